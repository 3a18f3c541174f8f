import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import pg from 'pg';
import { type Client, eventually, type SharedTestApp, sharedTestApp } from '../../../test/harness/app.ts';
import { countBlocked, systemClient } from '../../../test/harness/identity.ts';

let app: SharedTestApp;
before(async () => {
  app = await sharedTestApp();
});

const path = '/api/v1/custom-fields';
const workspace = async () => (await (await app.tenant()).as('admin')).api;

async function made(api: Client, where: string, body: object) {
  const answer = await api('POST', `/api/v1/${where}`, body);
  assert.equal(answer.status, 201, JSON.stringify(answer.body));
  return answer.body;
}

const textField = (api: Client, more: object = {}) =>
  made(api, 'custom-fields', { resource: 'contact', key: 'own', label: 'Own', type: 'text', ...more });
const contact = (api: Client, given_name: string, own?: unknown) =>
  made(api, 'contacts', { given_name, ...(own !== undefined && { custom: { own } }) });

/** What contacts hold, by name. */
async function held(api: Client): Promise<Record<string, unknown>> {
  const { data } = (await api('GET', '/api/v1/contacts?limit=200')).body;
  return Object.fromEntries(data.map((row: { name: string; custom: { own?: unknown } }) => [row.name, row.custom.own]));
}

const sorted = async (api: Client) =>
  (await api('GET', '/api/v1/contacts?sort=custom.own')).body.data.map(({ name }: { name: string }) => name).join('');

test('a preview says what fits and what does not, and changes nothing', async () => {
  const api = await workspace();
  const { id, version } = await textField(api);
  for (const [name, value] of [
    ['A', '10'],
    ['B', '9.0'],
    ['C', 'nine'],
    ['D', undefined],
  ] as const)
    await contact(api, name, value);
  const { status, body } = await api('POST', `${path}/${id}/conversion-previews`, { type: 'integer' });
  assert.equal(status, 200, JSON.stringify(body));
  assert.deepEqual([body.fit, body.unfit], [2, 1]);
  assert.deepEqual(
    body.unfit_samples.map(({ name, value, becomes }: Record<string, unknown>) => [name, value, becomes]),
    [['C', 'nine', null]],
  );
  assert.deepEqual(body.fit_samples.map(({ becomes }: { becomes: number }) => becomes).sort(), [10, 9].sort());
  assert.equal((await api('GET', `${path}/${id}`)).body.version, version);
  assert.deepEqual(await held(api), { A: '10', B: '9.0', C: 'nine', D: undefined });
});

test('a preview waits for nobody who writes values, and nobody for it', async () => {
  const tenant = await app.tenant();
  const { api } = await tenant.as('admin');
  const { id } = await textField(api);
  await contact(api, 'A', '10');
  const writer = new pg.Client({ connectionString: app.database.ownerUrl });
  await writer.connect();
  try {
    await writer.query('begin');
    await writer.query(`select pg_advisory_xact_lock_shared(app.custom_fields_lock($1, 'contact'))`, [
      tenant.tenant_id,
    ]);
    const { status, body } = await api('POST', `${path}/${id}/conversion-previews`, { type: 'integer' });
    assert.deepEqual([status, body.fit], [200, 1], JSON.stringify(body));
  } finally {
    await writer.end();
  }
});

test('a value that is written while its field is converted is one of the new type', async () => {
  const tenant = await app.tenant();
  const { api } = await tenant.as('admin');
  const { id } = await textField(api);
  const [{ id: known }, { id: other }] = [await contact(api, 'A'), await contact(api, 'C')];
  const converter = await systemClient(app);
  try {
    await converter.query('begin');
    await converter.query(`select pg_advisory_xact_lock(app.custom_fields_lock($1, 'contact'))`, [tenant.tenant_id]);
    const custom = { own: 'ten' };
    const writing = [
      api('POST', '/api/v1/contacts', { given_name: 'B', custom }),
      api('PATCH', `/api/v1/contacts/${known}`, { custom }),
    ];
    const action = { kind: 'update', fields: { custom } };
    const bulk = await api('POST', '/api/v1/changes', { resource: 'contact', ids: [other], action });
    await eventually(async () => (await countBlocked(converter)) > writing.length);
    await converter.query(`update custom_field set type = 'integer' where id = $1`, [id]);
    await converter.query('commit');
    for (const { status, body } of await Promise.all(writing))
      assert.deepEqual([status, body.errors?.[0].field], [422, 'custom.own'], JSON.stringify(body));
    const ended = await eventually(async () => {
      const { body } = await api('GET', `/api/v1/changes/${bulk.body.id}`);
      return !['waiting', 'running'].includes(body.state) && body;
    });
    assert.equal(ended.state, 'failed');
    assert.deepEqual(await held(api), { A: undefined, C: undefined });
  } finally {
    await converter.end();
  }
});

test('whoever may change fields may convert them and take that back, without the right to make or delete fields', async () => {
  const tenant = await app.tenant();
  const { api: admin } = await tenant.as('admin');
  const rights = { custom_field: { read: 'all', update: 'all' }, contact: { read: 'all', update: 'all' } };
  const { body: role } = await admin('POST', '/api/v1/roles', { name: 'Field keeper', rights });
  const { api } = await tenant.as(role.key);
  const { id } = await textField(admin);
  await contact(admin, 'A', '10');
  const done = await api('POST', `${path}/${id}/conversion`, { type: 'integer' });
  assert.equal(done.status, 200, JSON.stringify(done.body));
  assert.deepEqual(await held(admin), { A: 10 });
  assert.equal((await api('DELETE', `${path}/${id}/conversion`)).status, 200);
  assert.deepEqual(await held(admin), { A: '10' });
});

test('values that do not fit are refused, or left out and brought back', async () => {
  const api = await workspace();
  const { id } = await textField(api, { rules: { max: '20' } });
  for (const [name, value] of [
    ['A', '10'],
    ['B', '9'],
    ['C', 'nine'],
  ] as const)
    await contact(api, name, value);
  const convert = (body: object) => api('POST', `${path}/${id}/conversion`, body);
  const refused = await convert({ type: 'integer' });
  assert.deepEqual([refused.status, refused.body.code], [422, 'values_do_not_fit']);
  assert.deepEqual(await held(api), { A: '10', B: '9', C: 'nine' });

  const done = await convert({ type: 'integer', unfit: 'clear' });
  assert.deepEqual([done.status, done.body.type, done.body.rules], [200, 'integer', {}], JSON.stringify(done.body));
  assert.deepEqual(await held(api), { A: 10, B: 9, C: undefined });
  assert.equal(await sorted(api), 'BAC', 'as numbers now');
  const last = (await api('GET', `${path}/${id}/conversion`)).body.conversion;
  assert.deepEqual([last.from_type, last.to_type, last.converted, last.cleared], ['text', 'integer', 2, 1]);

  const change = done.headers.get('change-id');
  const undone = await api('POST', `/api/v1/changes/${change}/reversal`);
  assert.deepEqual([undone.status, undone.body.code], [409, 'is_conversion'], 'texts would lie in a field of numbers');

  await contact(api, 'D', 4);
  const back = await api('DELETE', `${path}/${id}/conversion`);
  assert.deepEqual(
    [back.status, back.body.type, back.body.rules],
    [200, 'text', { max: '20' }],
    JSON.stringify(back.body),
  );
  assert.deepEqual(await held(api), { A: '10', B: '9', C: 'nine', D: '4' });
  assert.equal(await sorted(api), 'ADBC', 'as texts again');
  assert.equal((await api('GET', `${path}/${id}/conversion`)).body.conversion, null);
  assert.equal((await api('DELETE', `${path}/${id}/conversion`)).status, 404);
  assert.equal(
    (await api('POST', `/api/v1/changes/${back.headers.get('change-id')}/reversal`)).body.code,
    'is_conversion',
  );
});

test('of values that become the same in a unique field all but one are shown as unfit, left out and brought back', async () => {
  const api = await workspace();
  const { id } = await textField(api, { is_unique: true });
  for (const [name, own] of [['A', '7'], ['B', '07'], ['C', '8.0'], ['D', '8']] as const) await contact(api, name, own); // biome-ignore format: one row
  const preview = await api('POST', `${path}/${id}/conversion-previews`, { type: 'decimal' });
  assert.equal(preview.status, 200, JSON.stringify(preview.body));
  const { fit, unfit, unfit_samples } = preview.body;
  const named = unfit_samples.map(({ name, value }: { name: string; value: string }) => [name, value]);
  assert.deepEqual([fit, unfit, named], [2, 2, [['B', '07'], ['D', '8']]]); // biome-ignore format: one list
  const convert = (unfit: string) => api('POST', `${path}/${id}/conversion`, { type: 'decimal', unfit });
  const refused = await convert('refuse');
  assert.deepEqual([refused.status, refused.body.code], [422, 'values_do_not_fit'], JSON.stringify(refused.body));
  const { status, body } = await convert('clear');
  assert.deepEqual([status, body.is_unique], [200, true], JSON.stringify(body));
  assert.deepEqual(await held(api), { A: '7', B: undefined, C: '8.0', D: undefined });
  const again = await api('POST', '/api/v1/contacts', { given_name: 'E', custom: { own: '8.00' } });
  assert.equal(again.status, 409, 'still unique');
  assert.equal((await api('DELETE', `${path}/${id}/conversion`)).status, 200);
  assert.deepEqual(await held(api), { A: '7', B: '07', C: '8.0', D: '8' });
});

test('values that would be there twice in the old type stop the way back by name', async () => {
  const api = await workspace();
  const { id } = await textField(api, { is_unique: true });
  await contact(api, 'A', 'x');
  const b = await contact(api, 'B', 'y');
  const convert = (type: string, more: object = {}) => api('POST', `${path}/${id}/conversion`, { type, ...more });
  assert.equal((await convert('multi_select', { options: ['x', 'y'] })).status, 200);
  assert.equal((await api('PATCH', `/api/v1/contacts/${b.id}`, { custom: { own: ['x'] } })).status, 200);
  const stopped = await api('DELETE', `${path}/${id}/conversion`);
  assert.deepEqual([stopped.status, stopped.body.code], [409, 'conflict'], JSON.stringify(stopped.body));
  assert.match(stopped.body.detail, /“A” \(x\), “B” \(x\)/);
  await api('PATCH', `/api/v1/contacts/${b.id}`, { custom: { own: ['y'] } });
  assert.equal((await api('DELETE', `${path}/${id}/conversion`)).status, 200);
  assert.deepEqual(await held(api), { A: 'x', B: 'y' });
});

test('what was set since keeps its value, and stops the way back where it has none in the old type', async () => {
  const api = await workspace();
  const { id } = await made(api, 'custom-fields', { resource: 'contact', key: 'own', label: 'Own', type: 'integer' });
  const a = await contact(api, 'A', 1);
  await contact(api, 'B', 2);
  assert.equal((await api('POST', `${path}/${id}/conversion`, { type: 'text' })).status, 200);
  assert.deepEqual(await held(api), { A: '1', B: '2' });
  await api('PATCH', `/api/v1/contacts/${a.id}`, { custom: { own: 'one' } });
  const stopped = await api('DELETE', `${path}/${id}/conversion`);
  assert.equal(stopped.status, 409);
  assert.match(stopped.body.detail, /“A”/);
  assert.deepEqual(await held(api), { A: 'one', B: '2' });
  await api('PATCH', `/api/v1/contacts/${a.id}`, { custom: { own: '11' } });
  assert.equal((await api('DELETE', `${path}/${id}/conversion`)).status, 200);
  assert.deepEqual(await held(api), { A: 11, B: 2 });
});

test('every type becomes every other where the value has a meaning there', async () => {
  for (const [from, more, value, to, options, becomes] of [
    ['text', {}, 'Gold', 'select', ['Gold', 'Silver'], 'Gold'],
    ['text', {}, 'a; b', 'multi_select', ['a', 'b'], ['a', 'b']],
    ['multi_select', { options: ['a', 'b'] }, ['b', 'a'], 'text', undefined, 'b; a'],
    ['text', {}, 'Yes', 'boolean', undefined, true],
    ['text', {}, '2026-02-28', 'date', undefined, '2026-02-28'],
    ['decimal', {}, '12.5', 'money', undefined, { amount: '12.5', currency: 'USD' }],
    ['money', {}, { amount: '3.00', currency: 'EUR' }, 'decimal', undefined, '3.00'],
    ['money', {}, { amount: '3.00', currency: 'EUR' }, 'text', undefined, '3.00 EUR'],
    ['text', {}, 'https://a.example', 'url', undefined, 'https://a.example'],
    ['boolean', {}, false, 'integer', undefined, undefined],
  ] as const) {
    const api = await workspace();
    const { id } = await made(api, 'custom-fields', {
      resource: 'contact',
      key: 'own',
      label: 'Own',
      type: from,
      ...more,
    });
    await contact(api, 'A', value);
    const { status, body } = await api('POST', `${path}/${id}/conversion`, {
      type: to,
      unfit: 'clear',
      ...(options && { options }),
    });
    assert.equal(status, 200, `${from} to ${to} ${JSON.stringify(body)}`);
    assert.deepEqual((await held(api)).A, becomes, `${from} to ${to}`);
    assert.equal((await api('DELETE', `${path}/${id}/conversion`)).status, 200);
    assert.deepEqual((await held(api)).A, value, `${to} back to ${from}`);
  }
});

test('texts become numbers and dates as an import reads them, and what does not fit is cleared', async () => {
  for (const [to, texts, becomes] of [
    ['decimal', ['1.234,50', '12,5', '1.000', '7 %', 'viele'], ['1234.50', '12.5', '1000', '7', undefined]],
    ['integer', ['1,200', '12,000,000', '3.0', '1.5'], [1200, 12_000_000, 3, undefined]],
    // Nothing says what the comma parts.
    ['decimal', ['1,234', '5', 'N/A'], [undefined, '5', undefined]],
    [
      'date',
      ['31.12.2025', '1.2.2026', '30.2.2026', '5. März 2026', '2026-04-01', 'soon'],
      ['2025-12-31', '2026-02-01', undefined, '2026-03-05', '2026-04-01', undefined],
    ],
    ['date', ['3/4/2026', '2026-04-05', '2026'], [undefined, '2026-04-05', undefined]],
    [
      'money',
      ['€ 1.234,50', '12,50 EUR', '7', 'KWD 1,234'],
      [
        { amount: '1234.50', currency: 'EUR' },
        { amount: '12.50', currency: 'EUR' },
        { amount: '7.00', currency: 'USD' },
        { amount: '1.234', currency: 'KWD' },
      ],
    ],
    ['boolean', ['wahr', 'x', 'nein', 'perhaps'], [true, true, false, undefined]],
  ] as const) {
    // biome-ignore format: a case a line
    const api = await workspace();
    const { id } = await textField(api);
    for (const [at, text] of texts.entries()) await contact(api, String(at), text);
    const preview = await api('POST', `${path}/${id}/conversion-previews`, { type: to });
    const { status, body } = await api('POST', `${path}/${id}/conversion`, { type: to, unfit: 'clear' });
    assert.equal(status, 200, `${to} ${JSON.stringify(body)}`);
    const after = await held(api);
    assert.deepEqual(
      texts.map((_, at) => after[at]),
      becomes,
      to,
    );
    assert.equal(preview.body.unfit, becomes.filter((value) => value === undefined).length, to);
    if (to !== 'boolean') {
      const filter = encodeURIComponent(JSON.stringify({ field: 'custom.own', op: 'is_empty' }));
      const empty = await api('GET', `/api/v1/contacts?sort=name&filter=${filter}`);
      assert.equal(empty.status, 200, JSON.stringify(empty.body));
      const { data } = empty.body;
      const cleared = texts.flatMap((_, at) => (becomes[at] === undefined ? [String(at)] : []));
      assert.deepEqual(
        data.map(({ name }: { name: string }) => name),
        cleared,
      );
    }
    assert.equal((await api('DELETE', `${path}/${id}/conversion`)).status, 200);
    assert.deepEqual(Object.values(await held(api)), texts, `${to} and back`);
  }
});

test('what cannot be converted, or not by whom, is refused', async () => {
  const tenant = await app.tenant();
  const { api } = await tenant.as('admin');
  const friend = await made(api, 'custom-fields', {
    resource: 'contact',
    key: 'friend',
    label: 'Friend',
    type: 'contact',
  });
  const convert = (id: string, body: object, by = api) => by('POST', `${path}/${id}/conversion`, body);
  assert.equal((await convert(friend.id, { type: 'text' })).body.errors[0].field, 'type');
  const { id } = await textField(api);
  assert.equal((await convert(id, { type: 'text' })).body.errors[0].field, 'type');
  assert.equal((await convert(id, { type: 'select' })).body.errors[0].field, 'options');
  assert.equal((await convert(id, { type: 'integer' }, (await tenant.as('member')).api)).status, 403);
});

test('two conversions at once come one after the other; whoever names the version they saw is told of the other', async () => {
  const api = await workspace();
  const { id, version } = await textField(api);
  await contact(api, 'A', '10');
  const convert = (type: string, headers = {}) => api('POST', `${path}/${id}/conversion`, { type }, headers);
  const seen = { 'if-match': `"${version}"` };
  const named = await Promise.all(['integer', 'decimal'].map((type) => convert(type, seen)));
  assert.deepEqual(named.map(({ status }) => status).sort(), [200, 412]);
  assert.equal((await api('DELETE', `${path}/${id}/conversion`, undefined, seen)).status, 412);
  assert.equal((await api('DELETE', `${path}/${id}/conversion`)).status, 200);
  assert.deepEqual(await held(api), { A: '10' });

  const both = await Promise.all(['integer', 'decimal'].map((type) => convert(type)));
  assert.deepEqual(
    both.map(({ status }) => status),
    [200, 200],
    JSON.stringify(both.map(({ body }) => body)),
  );
  const types: string[] = [];
  for (const _ of both) types.push((await api('DELETE', `${path}/${id}/conversion`)).body.type);
  assert.deepEqual([['integer', 'decimal'].includes(types[0]!), types[1]], [true, 'text'], types.join());
  assert.deepEqual(await held(api), { A: '10' });
});

test('a list that is read on after a conversion says so, and leaves no record out in silence', async () => {
  const api = await workspace();
  const { id } = await textField(api);
  for (const [at, given_name] of ['A', 'B', 'C', 'D'].entries()) await contact(api, given_name, String(at));
  const first = await api('GET', '/api/v1/contacts?sort=custom.own&limit=2');
  const next = `/api/v1/contacts?sort=custom.own&limit=2&cursor=${encodeURIComponent(first.body.next_cursor)}`;
  assert.deepEqual((await api('GET', next)).body.data.map(({ name }: { name: string }) => name), ['C', 'D']); // biome-ignore format: one call
  assert.equal((await api('POST', `${path}/${id}/conversion`, { type: 'integer' })).status, 200);
  const { status, body } = await api('GET', next);
  assert.deepEqual([status, body.code], [400, 'malformed_request'], JSON.stringify(body));
});

test('a default is of the type that its field has when the record is there', async () => {
  const tenant = await app.tenant();
  const { api } = await tenant.as('admin');
  const { id } = await textField(api, { default_value: 'ten' });
  const converter = await systemClient(app);
  try {
    await converter.query('begin');
    await converter.query(`select pg_advisory_xact_lock(app.custom_fields_lock($1, 'contact'))`, [tenant.tenant_id]);
    const created = api('POST', '/api/v1/contacts', { given_name: 'B' });
    await eventually(async () => (await countBlocked(converter)) > 0);
    await converter.query(`update custom_field set type = 'integer', default_value = null where id = $1`, [id]);
    await converter.query('commit');
    assert.equal((await created).status, 201);
    assert.deepEqual(await held(api), { B: undefined });
  } finally {
    await converter.end();
  }
});

test('a merge and what takes changes back wait for a conversion before they lock what it converts', async () => {
  const tenant = await app.tenant();
  const { api } = await tenant.as('admin');
  await textField(api);
  const [{ id }, other] = [await contact(api, 'A', '1'), await contact(api, 'B', '2')];
  const changed = await api('PATCH', `/api/v1/contacts/${id}`, { custom: { own: '3' } });
  const undo = `/api/v1/changes/${changed.headers.get('change-id')}/reversal`;
  const converter = await systemClient(app);
  try {
    for (const write of [
      () => api('POST', undo),
      () => api('POST', `/api/v1/contacts/${id}/merge`, { others: [other.id], values: { custom: { own: '4' } } }),
    ]) {
      await converter.query('begin');
      await converter.query(`select pg_advisory_xact_lock(app.custom_fields_lock($1, 'contact'))`, [tenant.tenant_id]);
      const waiting = write();
      await eventually(async () => (await countBlocked(converter)) > 0);
      await converter.query('select from contact where tenant_id = $1 for update nowait', [tenant.tenant_id]);
      await converter.query('commit');
      assert.equal((await waiting).status, 200);
    }
  } finally {
    await converter.end();
  }
});
