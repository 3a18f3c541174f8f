import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { readXlsx } from 'hucre';
import { type Client, eventually, type SharedTestApp, sharedTestApp } from '../../../test/harness/app.ts';
import { importNow, readUploads } from '../../../test/harness/import.ts';

let app: SharedTestApp;
before(async () => {
  app = await sharedTestApp();
});

const opportunities = new URL('../../../test/fixtures/opportunities/', import.meta.url);

async function exported(client: (path: string) => Promise<Response>, api: Client, body: object): Promise<Buffer> {
  const asked = await api('POST', '/api/v1/exports', { format: 'xlsx', ...body });
  assert.equal(asked.status, 202, JSON.stringify(asked.body));
  const { id } = asked.body;
  await eventually(async () => (await api('GET', `/api/v1/exports/${id}`)).body.state === 'done');
  const file = await client(`/api/v1/exports/${id}/content`);
  assert.match(file.headers.get('content-type')!, /spreadsheetml/);
  assert.match(file.headers.get('content-disposition')!, /\.xlsx"?$/);
  return Buffer.from(await file.arrayBuffer());
}

test('a list as a workbook: numbers, dates and relations as such, no formula; imported again it changes nothing', async () => {
  const { api, key } = await (await app.tenant()).as('admin');
  const get = (path: string) => fetch(app.url + path, { headers: { authorization: `Bearer ${key}` } });
  await importNow(api, await readUploads(opportunities));
  const [stage] = (await api('GET', '/api/v1/pipelines')).body.data[0].stages;
  const deal = {
    name: '=1+1',
    stage_id: stage.id,
    amount: '1234.50',
    currency: 'USD',
    expected_close_on: '2026-03-01',
  };
  const made = await api('POST', '/api/v1/deals', deal);
  assert.equal(made.status, 201, JSON.stringify(made.body));
  const early = { ...deal, name: 'Early', expected_close_on: '1899-12-31' };
  assert.equal((await api('POST', '/api/v1/deals', early)).status, 201);
  const columns = ['name', 'amount', 'expected_close_on', 'stage'];
  const bytes = await exported(get, api, { resource: 'deal', sort: 'name', columns });
  const { sheets } = await readXlsx(bytes);
  assert.equal(sheets[0]!.name, 'deals');
  const row = sheets[0]!.rows.find(([name]) => name === '=1+1')!;
  assert.deepEqual(row, ['=1+1', 1234.5, new Date('2026-03-01T00:00:00Z'), stage.name]);
  // No spreadsheet shows such a date: it begins with March 1900.
  assert.deepEqual(
    sheets[0]!.rows.find(([name]) => name === 'Early'),
    ['Early', 1234.5, '1899-12-31', stage.name],
  );
  const cells = [...(sheets[0]!.cells?.values() ?? [])];
  assert.ok(cells.every((cell) => cell.formula === undefined));

  const ada = { given_name: 'Ada', other_emails: [{ label: 'Work', value: 'a@b.example' }], phone: '+49 30 123' };
  assert.equal((await api('POST', '/api/v1/contacts', ada)).status, 201);
  const books = await Promise.all(
    ['company', 'contact', 'product', 'deal'].map(
      async (resource): Promise<[string, Buffer]> => [`${resource}.xlsx`, await exported(get, api, { resource })],
    ),
  );
  const { files, problem_samples } = await importNow(api, books);
  assert.deepEqual(problem_samples, []);
  for (const { name, counts } of files) {
    assert.ok(counts.rows > 0, name);
    assert.equal(counts.unchanged, counts.rows, `${name} ${JSON.stringify(counts)}`);
  }
  const list = (await api('GET', '/api/v1/exports?sort=-created_at')).body.data;
  assert.deepEqual(list.map((one: { format: string }) => one.format), Array(5).fill('xlsx')); // biome-ignore format: one call
});

test('a text that is longer than a cell of a workbook may be is cut there, and the cell says so', async () => {
  const { api, key } = await (await app.tenant()).as('admin');
  const get = (path: string) => fetch(app.url + path, { headers: { authorization: `Bearer ${key}` } });
  const { id: company_id } = (await api('POST', '/api/v1/companies', { name: 'Acme' })).body;
  const call = {
    kind: 'call',
    subject: 'Wordy',
    body: 'x'.repeat(40_000),
    records: [{ type: 'company', id: company_id }],
  };
  const made = await api('POST', '/api/v1/activities', call);
  assert.equal(made.status, 201, JSON.stringify(made.body));
  const { sheets } = await readXlsx(await exported(get, api, { resource: 'activity', columns: ['body'] }));
  const text = String(sheets[0]!.rows[1]![0]);
  assert.equal(text.length, 32_767);
  assert.match(text, /^x{32000}.*CSV has all of it\.\]$/);
});

test('a text that would mean something else in XML, or break the workbook, stands there as it is', async () => {
  const { api, key } = await (await app.tenant()).as('admin');
  const get = (path: string) => fetch(app.url + path, { headers: { authorization: `Bearer ${key}` } });
  const texts = ['Part _x0041_ <b>', 'not\uffffa letter', 'tab\tand \u000b.'];
  for (const [n, job_title] of texts.entries()) {
    const { status } = await api('POST', '/api/v1/contacts', { given_name: `P${n}`, job_title });
    assert.equal(status, 201);
  }
  const bytes = await exported(get, api, { resource: 'contact', sort: 'name', columns: ['job_title'] });
  const { sheets } = await readXlsx(bytes);
  const shown = ['Part _x0041_ <b>', 'not\ufffda letter', 'tab\tand \u000b.'];
  assert.deepEqual(sheets[0]!.rows.slice(1).map(([text]) => text), shown); // biome-ignore format: one call
});
