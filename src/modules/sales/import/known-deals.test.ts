import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { type Client, type SharedTestApp, sharedTestApp } from '../../../../test/harness/app.ts';
import { importNow } from '../../../../test/harness/import.ts';

let app: SharedTestApp;
before(async () => {
  app = await sharedTestApp();
});

interface Stage {
  id: string;
  name: string;
}
interface Pipeline {
  id: string;
  name: string;
  stages: Stage[];
}

/** Two pipelines with the usual stages, and the deals that are asked for in the second. */
async function workspace(...deals: { stage: string; [field: string]: unknown }[]) {
  const { api } = await (await app.tenant()).as('admin');
  const made: Pipeline[] = [];
  for (const name of ['Sales', 'Partners']) made.push((await api('POST', '/api/v1/pipelines', { name })).body);
  const stageOf = (name: string) => made[1]!.stages.find((stage) => stage.name === name)!.id;
  for (const [at, { stage, ...deal }] of deals.entries()) {
    const stage_id = stageOf(stage);
    const { status, body } = await api('POST', '/api/v1/deals', {
      name: `Deal ${at}`,
      external_id: `${at}`,
      stage_id,
      ...deal,
    });
    assert.equal(status, 201, JSON.stringify(body));
  }
  return api;
}

async function load(api: Client, rows: string[], options: object = {}): Promise<string[]> {
  const done = await importNow(api, [['deals.csv', rows.join('\n')]], () => ({ options }));
  assert.equal(done.state, 'done', String(done.error));
  return done.problem_samples.map(({ row, code }) => `${row} ${code}`);
}

const shown = async (api: Client, ...fields: string[]) => {
  const { data } = (await api('GET', '/api/v1/deals?sort=external_id')).body;
  return data.map((deal: Record<string, { name?: string } | null>) =>
    fields.map((field) => deal[field]?.name ?? deal[field]),
  );
};

/** Where the workspace is. */
async function today(api: Client): Promise<string> {
  const { body } = await api('POST', '/api/v1/deals', { name: 'New today' });
  await api('DELETE', `/api/v1/deals/${body.id}`);
  return body.opened_on;
}

for (const blank_cells of ['keep', 'clear']) {
  test(`an empty stage leaves a known deal where it is, and a new one begins (empty cells: ${blank_cells})`, async () => {
    const api = await workspace(
      { stage: 'Proposal' },
      { stage: 'Won', closed_on: '2026-03-01' },
      { stage: 'Won', closed_on: '2026-03-01' },
    );
    const rows = [
      'Deal ID,Deal Name,Stage,Source',
      '0,Deal 0,,Fair',
      '1,Deal 1,,Fair',
      '2,Deal 2,Lost,Fair',
      '3,New,,Fair',
    ];
    assert.deepEqual(await load(api, rows, { blank_cells }), []);
    assert.deepEqual(await shown(api, 'pipeline', 'stage', 'status', 'closed_on', 'source'), [
      ['Partners', 'Proposal', 'open', null, 'Fair'],
      ['Partners', 'Won', 'won', '2026-03-01', 'Fair'],
      ['Partners', 'Lost', 'lost', await today(api), 'Fair'],
      ['Sales', 'Qualified', 'open', null, 'Fair'],
    ]);
  });
}

for (const blank_cells of ['keep', 'clear']) {
  test(`a known deal that a file closes was closed today unless it says when, for the reason it gives alone (empty cells: ${blank_cells})`, async () => {
    const closed = { closed_on: '2026-03-01', close_note: 'As agreed' };
    const api = await workspace(
      { stage: 'Proposal' },
      { stage: 'Won', ...closed },
      { stage: 'Won', ...closed },
      { stage: 'Won', ...closed },
      { stage: 'Won', ...closed },
    );
    const { data } = (await api('GET', '/api/v1/deals?sort=external_id')).body;
    const reason = (await api('POST', '/api/v1/close-reasons', { name: 'Best offer', outcome: 'won' })).body;
    for (const { id, status } of data)
      if (status === 'won') await api('PATCH', `/api/v1/deals/${id}`, { close_reason_id: reason.id });
    const options = { blank_cells };
    assert.deepEqual(
      await load(
        api,
        ['Deal ID,Deal Name,Stage', '0,Deal 0,Won', '1,Deal 1,Lost', '2,Deal 2,Proposal', '3,Deal 3,Won'],
        options,
      ),
      [],
    );
    assert.deepEqual(
      await load(api, ['Deal ID,Deal Name,Stage,Close date,Lost reason', '4,Deal 4,Lost,2026-05-05,Price'], options),
      [],
    );
    const day = await today(api);
    assert.deepEqual(await shown(api, 'stage', 'closed_on', 'close_reason', 'close_note'), [
      ['Won', day, null, null],
      ['Lost', day, null, 'As agreed'],
      ['Proposal', null, null, null],
      ['Won', '2026-03-01', 'Best offer', 'As agreed'],
      ['Lost', '2026-05-05', 'Price', 'As agreed'],
    ]);
  });
}

test('a known deal that a file closes is written once where the file says all of it', async () => {
  const api = await workspace({ stage: 'Proposal' }, { stage: 'Proposal' });
  const rows = ['Deal ID,Deal Name,Stage,Close date', '0,Deal 0,Won,2026-05-05', '1,Deal 1,Won,'];
  assert.deepEqual(await load(api, rows), []);
  assert.deepEqual(await shown(api, 'status', 'closed_on'), [['won', '2026-05-05'], ['won', await today(api)]]); // biome-ignore format: one call
  const { data } = (await api('GET', '/api/v1/deals?sort=external_id')).body;
  assert.deepEqual(data.map(({ version }: { version: number }) => version), [2, 3]); // biome-ignore format: one call
});

test('the reason of one outcome is none for another where the stage asks for one', async () => {
  const api = await workspace({ stage: 'Won' });
  const [deal] = (await api('GET', '/api/v1/deals')).body.data;
  const reason = (await api('POST', '/api/v1/close-reasons', { name: 'Best offer', outcome: 'won' })).body;
  await api('PATCH', `/api/v1/deals/${deal.id}`, { close_reason_id: reason.id });
  const filter = encodeURIComponent(JSON.stringify({ field: 'pipeline_id', op: 'eq', value: deal.pipeline_id }));
  const { data } = (await api('GET', `/api/v1/stages?filter=${filter}`)).body;
  const lost = data.find(({ kind }: { kind: string }) => kind === 'lost');
  await api('PATCH', `/api/v1/stages/${lost.id}`, { required_fields: ['close_reason_id'] });
  assert.deepEqual(await load(api, ['Deal ID,Deal Name,Stage', '0,Deal 0,Lost']), ['2 required_by_stage']);
  assert.deepEqual(await load(api, ['Deal ID,Deal Name,Stage,Lost reason', '0,Deal 0,Lost,Price']), []);
  assert.deepEqual(await shown(api, 'stage', 'close_reason'), [['Lost', 'Price']]);
});

test('a pipeline that a row names moves a known deal only where it is another one than the deal is in', async () => {
  const api = await workspace({ stage: 'Proposal' }, { stage: 'Proposal' }, { stage: 'Proposal' });
  const rows = ['Deal ID,Deal Name,Pipeline,Stage', '0,Deal 0,Partners,', '1,Deal 1,Sales,', '2,Deal 2,,Won'];
  assert.deepEqual(await load(api, rows), []);
  assert.deepEqual(await shown(api, 'pipeline', 'stage'), [
    ['Partners', 'Proposal'],
    ['Sales', 'Qualified'],
    ['Partners', 'Won'],
  ]);
  assert.deepEqual(await load(api, ['Deal ID,Deal Name,Pipeline', '2,Deal 2,Partners', '1,Deal 1,Partners']), []);
  assert.deepEqual(await shown(api, 'pipeline', 'stage'), [
    ['Partners', 'Proposal'],
    ['Partners', 'Qualified'],
    ['Partners', 'Won'],
  ]);
});

test('a closed deal that a row puts into another pipeline stays closed', async () => {
  const closing = { closed_on: '2026-03-01', close_note: 'As agreed' };
  const api = await workspace({ stage: 'Won', ...closing }, { stage: 'Lost', ...closing });
  assert.deepEqual(await load(api, ['Deal ID,Deal Name,Pipeline', '0,Deal 0,Sales', '1,Deal 1,Sales']), []);
  assert.deepEqual(await shown(api, 'pipeline', 'stage', 'status', 'closed_on', 'close_note'), [
    ['Sales', 'Won', 'won', '2026-03-01', 'As agreed'],
    ['Sales', 'Lost', 'lost', '2026-03-01', 'As agreed'],
  ]);
});

for (const head of [
  'Deal ID,Deal Name,Stage,Close date,Lost reason',
  'Deal ID,Deal Name,Source,Close date,Lost reason',
]) {
  test(`a closing date and a reason go where the known deal stands (${head})`, async () => {
    const api = await workspace({ stage: 'Proposal' }, { stage: 'Lost', closed_on: '2026-03-01' });
    const rows = [head, '0,Deal 0,,2026-09-01,Price', '1,Deal 1,,2026-09-02,Price', '2,New,,2026-09-03,Price'];
    assert.deepEqual(await load(api, rows, { blank_cells: 'clear' }), []);
    assert.deepEqual(await shown(api, 'stage', 'closed_on', 'expected_close_on', 'close_reason'), [
      ['Proposal', null, '2026-09-01', null],
      ['Lost', '2026-09-02', null, 'Price'],
      ['Qualified', null, '2026-09-03', null],
    ]);
  });
}

test('a known deal keeps its name where the cell is empty', async () => {
  const api = await workspace({ stage: 'Proposal' });
  await api('POST', '/api/v1/products', { name: 'Chair', unit_price: '90.00', currency: 'USD' });
  assert.deepEqual(await load(api, ['Deal ID,Deal Name,Product', '0,,Chair', '1,,Chair']), []);
  assert.deepEqual(await shown(api, 'name'), [['Deal 0'], ['Chair']]);
});

test('an amount that names no currency is in the one that the known record has', async () => {
  const api = await workspace(
    { stage: 'Proposal', amount: '5.00', currency: 'EUR' },
    { stage: 'Proposal', amount: '5', currency: 'JPY' },
    { stage: 'Proposal', amount: '5', currency: 'JPY' },
    { stage: 'Proposal', amount: '5.00', currency: 'EUR' },
    { stage: 'Proposal', amount: '5.00', currency: 'EUR' },
  );
  await api('POST', '/api/v1/companies', { name: 'Acme', external_id: 'a', annual_revenue: '5', currency: 'JPY' });
  const amounts = ['0,Deal 0,7000', '1,Deal 1,7000', '2,Deal 2,70.5', '3,Deal 3,', '4,Deal 4,$ 8.50', '5,New,9'];
  assert.deepEqual(await load(api, ['Deal ID,Deal Name,Amount', ...amounts]), ['4 too_many_decimals']);
  const after = [
    ['7000.00', 'EUR'],
    ['7000', 'JPY'],
    ['5', 'JPY'],
    ['5.00', 'EUR'],
    ['8.50', 'USD'],
    ['9.00', 'USD'],
  ];
  assert.deepEqual(await shown(api, 'amount', 'currency'), after);
  const said = ['0,Deal 0,1,', '1,Deal 1,2,USD', '3,Deal 3,,USD'];
  assert.deepEqual(await load(api, ['Deal ID,Deal Name,Amount,Currency', ...said]), []);
  assert.deepEqual((await shown(api, 'amount', 'currency')).slice(0, 4), [
    ['1.00', 'EUR'],
    ['2.00', 'USD'],
    ['5', 'JPY'],
    ['5.00', 'EUR'],
  ]);
  assert.deepEqual(await load(api, ['Deal ID,Deal Name,Amount', '0,Deal 0,3'], { currency: 'USD' }), []);
  assert.deepEqual((await shown(api, 'amount', 'currency'))[0], ['3.00', 'USD']);
  assert.deepEqual(await load(api, ['Company ID,Company Name,Annual revenue', 'a,Acme,12']), []);
  const [company] = (await api('GET', '/api/v1/companies')).body.data;
  assert.deepEqual([company.annual_revenue, company.currency], ['12', 'JPY']);
});

test('a currency is a code or a sign; an amount whose currency cannot be read is left out, and never taken for another', async () => {
  const api = await workspace({ stage: 'Proposal', amount: '5.00', currency: 'EUR' });
  const rows = ['0,Deal 0,1000,Euro', '1,Roof,1000,€', '2,Wall,1000,¥', '3,Door,1000,$', '4,Gate,,Euro'];
  const problems = await load(api, ['Deal ID,Deal Name,Amount,Currency', ...rows]);
  const [known, unclear, alone] = ['2', '4', '6'].map((row) => `${row} unknown_currency`);
  assert.deepEqual(
    problems.sort(),
    [known, known, unclear, unclear, alone],
    'the amount is named as well as the currency',
  );
  assert.deepEqual(await shown(api, 'amount', 'currency'), [
    ['5.00', 'EUR'],
    ['1000.00', 'EUR'],
    [null, 'USD'],
    ['1000.00', 'USD'],
    [null, 'USD'],
  ]);
});

test('a file changes no currency in which figures are written otherwise, nor that of products', async () => {
  const api = await workspace(
    { stage: 'Proposal', amount: '7000', currency: 'JPY' },
    { stage: 'Proposal', amount: '5.00', currency: 'EUR' },
    { stage: 'Proposal', currency: 'JPY' },
  );
  const { body: chair } = await api('POST', '/api/v1/products', {
    name: 'Chair',
    unit_price: '90.00',
    currency: 'EUR',
  });
  const priced = { name: 'Priced', external_id: '3', currency: 'EUR', lines: [{ product_id: chair.id }] };
  assert.equal((await api('POST', '/api/v1/deals', priced)).status, 201);
  const alone = ['Deal ID,Deal Name,Currency', '0,Deal 0,EUR', '1,Deal 1,USD', '2,Deal 2,EUR', '3,Priced,USD'];
  assert.deepEqual(await load(api, alone), ['2 currency_alone', '5 in_use']);
  const head = 'Deal ID,Deal Name,Amount,Currency';
  assert.deepEqual(await load(api, [head, '0,Deal 0,60.50,EUR', '3,Priced,100,USD']), ['3 in_use']);
  assert.deepEqual(await load(api, [head, '3,Priced,100,EUR']), []);
  assert.deepEqual(await shown(api, 'amount', 'currency'), [
    ['60.50', 'EUR'],
    ['5.00', 'USD'],
    [null, 'EUR'],
    ['100.00', 'EUR'],
  ]);
});
