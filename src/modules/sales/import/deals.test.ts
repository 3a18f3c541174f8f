import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { isDeepStrictEqual } from 'node:util';
import { type Client, eventually, type SharedTestApp, sharedTestApp } from '../../../../test/harness/app.ts';
import { follow, importNow, upload } from '../../../../test/harness/import.ts';

let app: SharedTestApp;
before(async () => {
  app = await sharedTestApp();
});

interface Deal {
  name: string;
  status: string;
  amount: string | null;
  currency: string;
  stage: { name: string };
  pipeline: { name: string };
  company: { name: string } | null;
  closed_on: string | null;
  expected_close_on: string | null;
  close_reason: { name: string } | null;
  lines: { product: { name: string }; unit_price: string }[];
}

const deals = async (api: Client): Promise<Deal[]> => (await api('GET', '/api/v1/deals?sort=name&limit=200')).body.data;
const head = 'Deal ID,Deal Name,Company,Product,Stage,Close date,Amount,Currency,Lost reason';

test('deals come with stage, dates, products and reasons as the rules of deals want them, and follow the file when it changes', async () => {
  const { api } = await (await app.tenant()).as('admin');
  await api('POST', '/api/v1/products', { name: 'Chair', unit_price: '90.00', currency: 'USD' });
  await api('POST', '/api/v1/products', { name: 'Desk', unit_price: '300.00', currency: 'USD' });
  const first = [
    head,
    '1,Office,Acme,Chair; Desk,Closed Won,2026-03-01,1000.50,USD,',
    '2,Shop,Acme,Chair,Closed Lost,2026-03-02,0,USD,Price',
    '3,Plant,Beta,chair,Negotiation,2026-09-01,70,USD,Price',
    '4,Yen,Beta,,Negotiation,,7000,JPY,',
    '5,Fraction,Beta,,Negotiation,,70.5,JPY,',
    '6,Unknown,Beta,Sofa,Negotiation,,1,USD,',
  ].join('\n');
  const made = await importNow(api, [['deals.csv', first]], () => ({
    options: { missing_relations: 'create', bad_cells: 'leave_out_row' },
  }));
  assert.equal(made.state, 'done', String(made.error));
  assert.deepEqual(
    made.problem_samples.map(({ row, code }) => [row, code]),
    [[6, 'too_many_decimals']],
  );
  const shown = (await deals(api)).map((deal) => [
    deal.name,
    deal.status,
    deal.stage.name,
    deal.amount,
    deal.closed_on,
    deal.expected_close_on,
    deal.close_reason?.name ?? null,
    deal.lines.map(({ product, unit_price }) => `${product.name} ${unit_price}`).join(', '),
  ]);
  assert.deepEqual(shown, [
    ['Office', 'won', 'Closed Won', '1000.50', '2026-03-01', null, null, 'Chair 90.00, Desk 300.00'],
    ['Plant', 'open', 'Negotiation', '70.00', null, '2026-09-01', null, 'Chair 70.00'],
    ['Shop', 'lost', 'Closed Lost', '0.00', '2026-03-02', null, 'Price', 'Chair 90.00'],
    ['Unknown', 'open', 'Negotiation', '1.00', null, null, null, 'Sofa 1.00'],
    ['Yen', 'open', 'Negotiation', '7000', null, null, null, ''],
  ]);
  assert.deepEqual(
    (await api('GET', '/api/v1/companies?sort=name')).body.data.map(({ name }: { name: string }) => name),
    ['Acme', 'Beta'],
  );

  const second = [
    head,
    '1,Office,Acme,,Negotiation,2026-12-01,1000.50,USD,',
    '3,Plant,Beta,,Closed Lost,2026-09-02,70,USD,Timing',
  ].join('\n');
  const changed = await importNow(api, [['deals.csv', second]]);
  assert.equal(changed.files[0]?.counts.updated, 2);
  const [office, plant] = await deals(api);
  assert.deepEqual([office!.status, office!.closed_on, office!.expected_close_on], ['open', null, '2026-12-01']);
  assert.deepEqual([plant!.status, plant!.closed_on, plant!.close_reason?.name], ['lost', '2026-09-02', 'Timing']);
});

test('stages go into the pipeline that has most of them; a pipeline that is named is found or made', async () => {
  const { api } = await (await app.tenant()).as('admin');
  await api('POST', '/api/v1/pipelines', { name: 'Partners' });
  const pipelines = async () =>
    (await api('GET', '/api/v1/pipelines')).body.data as { name: string; stages: { name: string; kind: string }[] }[];
  const usual = (await pipelines())[0]!.stages.map(({ name }) => name);
  await importNow(api, [['a.csv', 'Deal ID,Deal Name,Stage\n1,One,proposal\n2,Two,Legal review\n3,Three,Won\n']]);
  // What a job has changed shows within a second.
  const shown = async () => (await pipelines()).map(({ name, stages }) => [name, stages.map((stage) => stage.name)]);
  await eventually(async () => isDeepStrictEqual(await shown(), [['Partners', [...usual, 'Legal review']]]));
  await importNow(api, [
    ['b.csv', 'Deal ID,Deal Name,Pipeline,Stage\n4,Four,Renewals,Renewing\n5,Five,partners,Won\n'],
  ]);
  await eventually(async () => (await pipelines()).length === 2);
  const [partners, renewals] = await pipelines();
  assert.equal(partners!.stages.length, usual.length + 1);
  assert.deepEqual([renewals!.name, renewals!.stages.map(({ kind }) => kind)], ['Renewals', ['open', 'won', 'lost']]);
  assert.deepEqual(
    (await deals(api)).map(({ name, pipeline, stage }) => [name, pipeline.name, stage.name]),
    [
      ['Five', 'Partners', 'Won'],
      ['Four', 'Renewals', 'Renewing'],
      ['One', 'Partners', 'Proposal'],
      ['Three', 'Partners', 'Won'],
      ['Two', 'Partners', 'Legal review'],
    ],
  );
});

test('a column that is no stage makes no stages without end, and no pipelines', async () => {
  const { api } = await (await app.tenant()).as('admin');
  const kept = (await api('POST', '/api/v1/pipelines', { name: 'Sales' })).body.stages.length;
  const numbers = Array.from({ length: 300 }, (_, n) => n);
  for (const csv of [
    `Deal ID,Deal Name,Stage\n${numbers.map((n) => `${n},Deal ${n},Ticket ${n}`).join('\n')}`,
    `Deal ID,Deal Name,Pipeline,Stage\n${numbers.map((n) => `${n},Deal ${n},Pipe of ${n},Asked`).join('\n')}`,
  ]) {
    const { body } = await upload(api, [['a.csv', csv]]);
    for (const step of ['dry-runs', 'runs'] as const) {
      const { state, files, problem_samples } = await follow(api, body.id, step);
      assert.equal(state, step === 'runs' ? 'done' : 'ready');
      assert.ok(files[0]!.counts.errors >= 100, JSON.stringify(files[0]!.counts));
      assert.ok(problem_samples.every(({ code }) => code === 'too_many_stages'), JSON.stringify(problem_samples));
    } // biome-ignore format: one call
  }
  const { data } = (await api('GET', '/api/v1/pipelines?limit=200')).body;
  assert.equal(data.find(({ name }: { name: string }) => name === 'Sales').stages.length, kept);
  assert.equal((await api('GET', '/api/v1/pipelines?count=exact&limit=1')).body.total, 200);
});

test('a column that says something else of each deal makes no close reasons, and what it says is kept where one wants that', async () => {
  const { api } = await (await app.tenant()).as('admin');
  const rows = Array.from({ length: 250 }, (_, n) => `${n},Deal ${n},Lost,They said ${n}`);
  const csv = `Deal ID,Deal Name,Stage,Lost reason\n${rows.join('\n')}`;
  const { body } = await upload(api, [['a.csv', csv]]);
  assert.equal((await api('PATCH', `/api/v1/imports/${body.id}`, { options: { bad_cells: 'note' } })).status, 200);
  for (const step of ['dry-runs', 'runs'] as const) {
    const { state, files, problem_samples } = await follow(api, body.id, step);
    assert.equal(state, step === 'runs' ? 'done' : 'ready');
    assert.equal(files[0]!.counts.created, 250);
    assert.ok(problem_samples.length > 0);
    for (const { code, severity } of problem_samples)
      assert.deepEqual([code, severity], ['too_many_reasons', 'warning']);
  }
  assert.deepEqual((await api('GET', '/api/v1/close-reasons')).body.data, []);
  const filter = encodeURIComponent(JSON.stringify({ field: 'name', op: 'eq', value: 'Deal 7' }));
  const [deal] = (await api('GET', `/api/v1/deals?filter=${filter}`)).body.data;
  const of = encodeURIComponent(JSON.stringify({ field: 'records', op: 'has', value: deal.id }));
  assert.match((await api('GET', `/api/v1/notes?filter=${of}`)).body.data[0].body, /They said 7/);
  // A few are made.
  const few = await importNow(api, [['b.csv', 'Deal ID,Deal Name,Stage,Lost reason\n900,Late,Lost,Too late\n']]);
  assert.deepEqual(few.problem_samples, []);
  await eventually(async () => (await api('GET', '/api/v1/close-reasons')).body.data.length === 1);
});

test('the check of a long file leaves out the same close reasons and stages as its run', async () => {
  const { api } = await (await app.tenant()).as('admin');
  await api('POST', '/api/v1/pipelines', { name: 'Sales' });
  // In two batches, each of which would be few enough by itself.
  const rows = Array.from({ length: 2_700 }, (_, n) => {
    const [step, reason] = n < 2_500 ? [`Step ${n % 240}`, `Reason ${n % 300}`] : [`Then ${n}`, `Late ${n}`];
    return `${n},Deal ${n},${n % 2 ? `Lost,${reason}` : `${step},`}`;
  });
  const { body } = await upload(api, [['a.csv', `Deal ID,Deal Name,Stage,Lost reason\n${rows.join('\n')}`]]);
  const seen = [];
  for (const step of ['dry-runs', 'runs'] as const) {
    const { state, files, problem_samples } = await follow(api, body.id, step);
    assert.equal(state, step === 'runs' ? 'done' : 'ready');
    seen.push([files[0]!.counts.created, files[0]!.counts.errors, problem_samples]);
  }
  assert.deepEqual([seen[1]![0], seen[1]![1]], [2_600, 100]);
  assert.deepEqual(seen[0], seen[1]);
});

test('a pipeline that comes up twice in a file is made once, with the stages that every pipeline has', async () => {
  for (const rows of [
    ['1,One,New business,Lead', '2,Two,New Business,Won', '3,Three,NEW BUSINESS,Open'],
    ['1,One,,Lead', '2,Two,Sales,Won', '3,Three,sales,Open'],
  ]) {
    const { api } = await (await app.tenant()).as('admin');
    const { body } = await upload(api, [['a.csv', `Deal ID,Deal Name,Pipeline,Stage\n${rows.join('\n')}\n`]]);
    for (const step of ['dry-runs', 'runs'] as const) {
      const { state, error, files, problem_samples } = await follow(api, body.id, step);
      assert.equal(state, step === 'runs' ? 'done' : 'ready', String(error));
      assert.deepEqual([files[0]?.counts.created, problem_samples], [3, []]);
    }
    const { data } = (await api('GET', '/api/v1/pipelines')).body;
    assert.equal(data.length, 1);
    assert.deepEqual(data[0].stages.map(({ name }: { name: string }) => name).sort(), ['Lead', 'Lost', 'Open', 'Won']);
    assert.deepEqual(
      (await deals(api)).map(({ name, stage }) => [name, stage.name]),
      [
        ['One', 'Lead'],
        ['Three', 'Open'],
        ['Two', 'Won'],
      ],
    );
  }
});

test('a pipeline made for rows that name none is not taken for one that is called Sales', async () => {
  const { api } = await (await app.tenant()).as('admin');
  assert.equal((await api('POST', '/api/v1/pipelines', { name: 'SALES' })).status, 201);
  const file = 'Deal ID,Deal Name,Pipeline,Stage\n1,One,,Tasting\n2,Two,Sales,Proposal\n3,Three,Sales,Pouring\n';
  const { body } = await upload(api, [['a.csv', file]]);
  for (const step of ['dry-runs', 'runs'] as const) {
    const { state, error, problem_samples } = await follow(api, body.id, step);
    assert.equal(state, step === 'runs' ? 'done' : 'ready', String(error));
    assert.deepEqual(problem_samples, []);
  }
  assert.deepEqual(
    (await deals(api)).map(({ name, pipeline, stage }) => [name, pipeline.name, stage.name]),
    [
      ['One', 'Sales 2', 'Tasting'],
      ['Three', 'SALES', 'Pouring'],
      ['Two', 'SALES', 'Proposal'],
    ],
  );
});

test('a pipeline that stays when an import is taken back keeps all its stages; one that goes takes them along', async () => {
  const { api } = await (await app.tenant()).as('admin');
  await api('POST', '/api/v1/pipelines', { name: 'Partners' });
  const done = await importNow(api, [
    ['a.csv', 'Deal ID,Deal Name,Pipeline,Stage\n1,One,Renewals,Renewing\n2,Two,Leases,Signed\n'],
  ]);
  const one = (await api('GET', '/api/v1/deals?sort=name')).body.data[0];
  assert.equal((await api('PATCH', `/api/v1/deals/${one.id}`, { name: 'One more' })).status, 200);
  const { state, error, reversal } = await follow(api, done.id, 'reversal');
  assert.equal(state, 'reverted', String(error));
  assert.deepEqual(
    reversal?.kinds?.map(({ resource, deleted, kept, gone }) => [resource, deleted, kept, gone]),
    [
      ['deal', 1, 1, 0],
      ['pipeline', 1, 1, 0],
    ],
  );
  const { data } = (await api('GET', '/api/v1/pipelines?sort=name')).body;
  assert.deepEqual(
    data
      .map(({ name, stages }: { name: string; stages: { kind: string }[] }) => [name, stages.map(({ kind }) => kind)])
      .slice(1),
    [['Renewals', ['open', 'won', 'lost']]],
  );
});

test('who may make no stages gets a line for each row that needs one', async () => {
  const tenant = await app.tenant();
  const { api } = await tenant.as('member');
  const done = await importNow(api, [['a.csv', 'Deal ID,Deal Name,Stage\n1,One,Proposal\n']]);
  assert.deepEqual(
    done.problem_samples.map(({ code }) => code),
    ['no_such_stage'],
  );
  assert.deepEqual(await deals(api), []);
});

test('what a stage asks for is asked of rows that begin in it or move there, in the check as in the import', async () => {
  const { api } = await (await app.tenant()).as('admin');
  const { stages } = (await api('POST', '/api/v1/pipelines', { name: 'Sales' })).body;
  const named = (name: string) => stages.find((stage: { name: string }) => stage.name === name).id;
  const ask = (name: string, required_fields: string[]) =>
    api('PATCH', `/api/v1/stages/${named(name)}`, { required_fields });
  await ask('Proposal', ['expected_close_on', 'lines', 'owner_id']);
  await ask('Lost', ['close_reason_id']);
  await api('POST', '/api/v1/products', { name: 'Chair', unit_price: '90.00', currency: 'USD' });
  const known = (
    await api('POST', '/api/v1/deals', { name: 'Known', external_id: '9', expected_close_on: '2027-01-01' })
  ).body;
  const file = [
    'Deal ID,Deal Name,Product,Stage,Close date,Lost reason',
    '1,Whole,Chair,Proposal,2027-01-31,',
    '2,Bare,,Proposal,,',
    '3,Closed,,Lost,,Price',
    '4,Silent,,Lost,,',
    '9,Known,,Proposal,,',
    '9,Known,Chair,Proposal,,',
  ];
  const problems = [
    [3, 'The stage “Proposal” asks for Expected close, which this deal does not have.'],
    [3, 'The stage “Proposal” asks for Products, which this deal does not have.'],
    [5, 'The stage “Lost” asks for Close reason, which this deal does not have.'],
    [6, 'The stage “Proposal” asks for Products, which this deal does not have.'],
  ];
  const said = ({ problem_samples }: Awaited<ReturnType<typeof importNow>>) =>
    problem_samples.filter(({ code }) => code === 'required_by_stage').map(({ row, message }) => [row, message]);
  const { id } = (await upload(api, [['deals.csv', file.slice(0, -1).join('\n')]])).body;
  assert.deepEqual(said(await follow(api, id, 'dry-runs')), problems);
  assert.deepEqual(said(await follow(api, id, 'runs')), problems);
  assert.deepEqual(
    (await deals(api)).map(({ name, stage }) => [name, stage.name]),
    [
      ['Closed', 'Lost'],
      ['Known', 'Qualified'],
      ['Whole', 'Proposal'],
    ],
  );
  // A later file brings what was missing.
  const later = await importNow(api, [['later.csv', [file[0], file[6]].join('\n')]]);
  assert.deepEqual(said(later), []);
  assert.equal((await api('GET', `/api/v1/deals/${known.id}`)).body.stage_id, named('Proposal'));
});

test('stages that differ in a sign alone are not taken for each other, and what could be two of them is refused', async () => {
  const { api } = await (await app.tenant()).as('admin');
  const pipeline_id = (await api('POST', '/api/v1/pipelines', { name: 'Grades' })).body.id;
  for (const name of ['Tier', 'Tier+', 'Tier.'])
    assert.equal((await api('POST', '/api/v1/stages', { pipeline_id, name, kind: 'open' })).status, 201);
  const rows = ['1,One,Grades,Tier', '2,Two,Grades,Tier+', '3,Three,Grades,Tier.', '4,Four,grades,tier'];
  const file = `Deal ID,Deal Name,Pipeline,Stage\n${rows.join('\n')}\n`;
  const done = await importNow(api, [['a.csv', file]]);
  const expected = [['One', 'Tier'], ['Three', 'Tier.'], ['Two', 'Tier+']]; // biome-ignore format: one list
  const shown = async () => (await deals(api)).map(({ name, stage }) => [name, stage.name]);
  assert.deepEqual(await shown(), expected);
  assert.deepEqual(
    done.problem_samples.map(({ code, row }) => [code, row]),
    [['ambiguous_name', 5]],
  );
  assert.match(done.problem_samples[0]!.message, /called much like “tier”/);
  await importNow(api, [['a.csv', file.replaceAll(',Pipeline', ',Other').replaceAll('Grades', '-')]]);
  assert.deepEqual(await shown(), expected);
});

test('the check says which rows name a pipeline or a stage that is too long; the others go in', async () => {
  const { api } = await (await app.tenant()).as('admin');
  const long = 'x'.repeat(101);
  const rows = [`1,One,Renewals,${long}`, `2,Two,${long},Renewing`, '3,Three,Renewals,Renewing'];
  const made = await upload(api, [['a.csv', `Deal ID,Deal Name,Pipeline,Stage\n${rows.join('\n')}\n`]]);
  for (const step of ['dry-runs', 'runs'] as const) {
    const { state, error, problem_samples, files } = await follow(api, made.body.id, step);
    assert.equal(state, step === 'runs' ? 'done' : 'ready', String(error));
    assert.deepEqual(
      problem_samples.map(({ code, row }) => [code, row]),
      [
        ['too_long', 2],
        ['too_long', 3],
      ],
    );
    assert.equal(files[0]?.counts.created, 1);
  }
  assert.deepEqual((await deals(api)).map(({ name }) => name), ['Three']); // biome-ignore format: one call
});

test('an amount with the sign of another currency than its row says is named and left out; decimals are those of each currency', async () => {
  const { api } = await (await app.tenant()).as('admin');
  const csv = (rows: string) => `Deal Name,Stage,Amount,Currency\n${rows}`;
  const done = await importNow(api, [['Deals.csv', csv('A,Lead,€5,USD\nB,Lead,€7.50,EUR\nC,Lead,€8,\n')]]);
  assert.deepEqual(
    done.problem_samples.map(({ row, column, code }) => [row, column, code]),
    [[2, 'Amount', 'other_currency']],
  );
  const amounts = async (first: string) =>
    (await deals(api)).flatMap(({ name, amount, currency }) => (name >= first ? [[name, amount, currency]] : []));
  assert.deepEqual(await amounts('A'), [['A', null, 'USD'], ['B', '7.50', 'EUR'], ['C', '8.00', 'EUR']]); // biome-ignore format: a table
  await importNow(api, [
    ['More.csv', csv('M1,Lead,12.50,EUR\nM2,Lead,1.234,KWD\nM3,Lead,1500,JPY\nM4,Lead,1.5,KWD\n')],
  ]);
  await importNow(api, [['Kuwait.csv', 'Deal Name,Stage,Amount\nN1,Lead,KWD 1.234\nN2,Lead,KWD 2.500\n']]);
  assert.deepEqual(await amounts('M'), [
    ['M1', '12.50', 'EUR'],
    ['M2', '1.234', 'KWD'],
    ['M3', '1500', 'JPY'],
    ['M4', '1.500', 'KWD'],
    ['N1', '1.234', 'KWD'],
    ['N2', '2.500', 'KWD'],
  ]);
  const { id } = (await api('POST', '/api/v1/exports', { resource: 'deal', format: 'csv' })).body;
  const exported = await eventually(async () => {
    const { body } = await api('GET', `/api/v1/exports/${id}`);
    return body.state === 'done' && (await api('GET', `/api/v1/exports/${id}/content`)).body;
  });
  assert.match(exported, /1\.234.*KWD/);
  assert.match(exported, /1500.*JPY/);
});
