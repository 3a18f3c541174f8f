import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { type Client, type SharedTestApp, sharedTestApp, type TestTenant } from '../../../test/harness/app.ts';
import { importNow } from '../../../test/harness/import.ts';
import { definedResources } from '../../kernel/contract/resource.ts';
import { sql } from '../../kernel/database/database.ts';

let app: SharedTestApp;
let tenant: TestTenant;
before(async () => {
  app = await sharedTestApp();
  tenant = await app.tenant();
});

async function create(api: Client, path: string, body: object) {
  const answer = await api('POST', `/api/v1/${path}`, body);
  assert.equal(answer.status, 201, JSON.stringify(answer.body));
  return answer.body;
}

test('a timeline holds notes, activities, tasks and field changes, newest first', async () => {
  const { api, user_id } = await tenant.as('member');
  const company = await create(api, 'companies', { name: 'Blue Ltd' });
  const contact = await create(api, 'contacts', { given_name: 'Ada', lead_status: 'new' });
  await create(api, 'activities', {
    kind: 'call',
    subject: 'Long ago',
    records: [{ type: 'contact', id: contact.id }],
    occurred_at: '2020-01-01T00:00:00Z',
  });
  await create(api, 'notes', { body: '<p>Hello</p>', records: [{ type: 'contact', id: contact.id }] });
  await create(api, 'tasks', { title: 'Ring her', records: [{ type: 'contact', id: contact.id }] });
  await api('PATCH', `/api/v1/contacts/${contact.id}`, { lead_status: 'working', company_id: company.id });

  const { status, body } = await api('GET', `/api/v1/contacts/${contact.id}/timeline`);
  assert.equal(status, 200, JSON.stringify(body));
  assert.deepEqual(
    body.data.map((e: { kind: string }) => e.kind),
    ['change', 'task', 'note', 'change', 'activity'],
  );
  const [changed, task, note, created, activity] = body.data;
  assert.deepEqual(changed.change.actor, { id: user_id, name: 'member' });
  assert.deepEqual([changed.change.via.type, created.change.via.name], ['api_key', changed.change.via.name]);
  assert.equal(changed.change.action, 'update');
  assert.deepEqual(changed.change.changes, [
    { field: 'company_id', title: 'Company', before: null, after: { id: company.id, name: 'Blue Ltd' } },
    { field: 'lead_status', title: 'Lead status', before: 'new', after: 'working' },
  ]);
  assert.equal(task.task.title, 'Ring her');
  assert.equal(note.note.body, '<p>Hello</p>');
  assert.equal(created.change.action, 'create');
  assert.equal(activity.at, '2020-01-01T00:00:00.000Z');
});

test('a timeline says what people acted through: an import, and nothing at a page', async () => {
  const { api } = await tenant.as('admin');
  const page = await tenant.signedIn('admin');
  const { id: by_import } = await importNow(page, [['a.csv', 'First Name,Last Name\nVia,Import\n']]);
  const filter = encodeURIComponent('{"field":"given_name","op":"eq","value":"Via"}');
  const [contact] = (await api('GET', `/api/v1/contacts?filter=${filter}`)).body.data;
  await page('PATCH', `/api/v1/contacts/${contact.id}`, { city: 'Ulm' });
  const { body } = await api('GET', `/api/v1/contacts/${contact.id}/timeline?kinds=change`);
  assert.deepEqual(
    body.data.map(({ change }: { change: { via: object | null } }) => change.via),
    [null, { type: 'import', id: by_import, name: null }],
  );
});

test('a record comes along with its timeline as its own address shows it, or says what became of it', async () => {
  const { api } = await tenant.as('member');
  const contact = await create(api, 'contacts', { given_name: 'Opened', tags: [] });
  await create(api, 'notes', { body: '<p>Hello</p>', records: [{ type: 'contact', id: contact.id }] });
  const address = `/api/v1/contacts/${contact.id}`;
  const opened = (await api('GET', `${address}/timeline?record=true`)).body;
  const { record, ...page } = opened;
  assert.deepEqual(record, (await api('GET', address)).body);
  assert.deepEqual(page, (await api('GET', `${address}/timeline`)).body);

  const admin = await tenant.as('admin');
  const survivor = await create(admin.api, 'contacts', { given_name: 'Survivor' });
  const merged = await admin.api('POST', `/api/v1/contacts/${survivor.id}/merge`, { others: [contact.id] });
  assert.equal(merged.status, 200, JSON.stringify(merged.body));
  const gone = await admin.api('GET', `${address}/timeline?record=true`);
  assert.deepEqual([gone.status, gone.body.merged_into], [404, survivor.id]);
});

test('pages of a timeline follow each other without gap or double, also where times are equal', async () => {
  const { api } = await tenant.as('member');
  const contact = await create(api, 'contacts', { given_name: 'Page' });
  const at = '2024-05-05T05:05:05Z';
  const data = Array.from({ length: 7 }, (_, i) => ({
    kind: 'email',
    subject: `Mail ${i}`,
    records: [{ type: 'contact', id: contact.id }],
    occurred_at: i < 5 ? at : '2024-05-06T00:00:00Z',
  }));
  await api('POST', '/api/v1/activities/bulk', { data });
  const notes = Array.from({ length: 5 }, (_, i) => ({
    body: `Note ${i}`,
    records: [{ type: 'contact', id: contact.id }],
  }));
  const noted = await api('POST', '/api/v1/notes/bulk', { data: notes });
  const calls = Array.from({ length: 3 }, (_, i) => ({
    kind: 'call',
    subject: `At the time of the notes ${i}`,
    records: [{ type: 'contact', id: contact.id }],
    occurred_at: noted.body.data[0].created_at,
  }));
  await api('POST', '/api/v1/activities/bulk', { data: calls });
  for (const status of ['new', 'working', 'qualified']) {
    await api('PATCH', `/api/v1/contacts/${contact.id}`, { lead_status: status });
  }

  const whole = await api('GET', `/api/v1/contacts/${contact.id}/timeline?limit=100`);
  const key = (e: { kind: string; id: string }) => `${e.kind}:${e.id}`;
  assert.equal(whole.body.data.length, 19);
  for (const limit of [1, 3]) {
    const seen: string[] = [];
    for (let cursor = ''; ; ) {
      const { status, body } = await api('GET', `/api/v1/contacts/${contact.id}/timeline?limit=${limit}${cursor}`);
      assert.equal(status, 200);
      seen.push(...body.data.map(key));
      if (body.next_cursor === null) break;
      cursor = `&cursor=${encodeURIComponent(body.next_cursor)}`;
    }
    assert.deepEqual(seen, whole.body.data.map(key));
  }

  const onlyNotes = await api('GET', `/api/v1/contacts/${contact.id}/timeline?kinds=note`);
  assert.deepEqual(new Set(onlyNotes.body.data.map((e: { kind: string }) => e.kind)), new Set(['note']));
  const first = await api('GET', `/api/v1/contacts/${contact.id}/timeline?limit=3`);
  const foreign = await api(
    'GET',
    `/api/v1/contacts/${contact.id}/timeline?kinds=note&cursor=${encodeURIComponent(first.body.next_cursor)}`,
  );
  assert.equal(foreign.status, 400);
});

test('an entry that is asked for is on the first page, however old it is', async () => {
  const { api } = await tenant.as('member');
  const contact = await create(api, 'contacts', { given_name: 'Long' });
  const old = await create(api, 'notes', { body: '<p>Old</p>', records: [{ type: 'contact', id: contact.id }] });
  const thread = await create(api, 'comments', { body: '<p>Asked</p>', record_id: contact.id });
  const reply = await create(api, 'comments', { body: '<p>Answered</p>', parent_id: thread.id });
  const gone = await create(api, 'notes', { body: '<p>Gone</p>', records: [{ type: 'contact', id: contact.id }] });
  assert.equal((await api('DELETE', `/api/v1/notes/${gone.id}`)).status, 204);
  const data = Array.from({ length: 8 }, (_, n) => ({
    title: `Task ${n}`,
    records: [{ type: 'contact', id: contact.id }],
  }));
  await api('POST', '/api/v1/tasks/bulk', { data });
  const page = async (around: string, more = '', by = api) =>
    (await by('GET', `/api/v1/contacts/${contact.id}/timeline?limit=5&around=${around}${more}`)).body;
  const ids = ({ data }: { data: { id: string }[] }) => data.map(({ id }) => id);
  const newest = ids((await api('GET', `/api/v1/contacts/${contact.id}/timeline?limit=5`)).body);

  for (const [asked, shown] of [
    [old.id, old.id],
    [thread.id, thread.id],
    [reply.id, thread.id],
  ]) {
    const found = await page(asked);
    assert.deepEqual([ids(found)[0], found.has_newer], [shown, true]);
  }
  const whole = await page(thread.id);
  assert.deepEqual([ids(whole)[1], whole.data[0].replies[0].id], [old.id, reply.id], 'it goes on with what is older');
  const next = await page(
    thread.id,
    `&cursor=${encodeURIComponent((await api('GET', `/api/v1/contacts/${contact.id}/timeline?limit=5`)).body.next_cursor)}`,
  );
  assert.equal(next.has_newer, false, 'a later page is a later page');

  // What is near, is not there, is not of the kinds asked for or hangs on another record changes nothing.
  const elsewhere = await create(api, 'contacts', { given_name: 'Else' });
  const other = await create(api, 'notes', { body: '<p>Other</p>', records: [{ type: 'contact', id: elsewhere.id }] });
  for (const around of [newest[3]!, gone.id, other.id, contact.id]) {
    const found = await page(around);
    assert.deepEqual([ids(found), found.has_newer], [newest, false], around);
  }
  assert.equal((await page(old.id, '&kinds=task,change')).has_newer, false);
  const adviser = await tenant.as('advisor');
  assert.equal((await page(old.id, '', adviser.api)).code, 'not_found');
});

test('trash, restoration and amounts are told in words', async () => {
  const { api } = await tenant.as('admin');
  const company = await create(api, 'companies', { name: 'Coin', annual_revenue: '1000.50', currency: 'USD' });
  await api('PATCH', `/api/v1/companies/${company.id}`, { annual_revenue: '12.3' });
  await api('DELETE', `/api/v1/companies/${company.id}`);
  await api('POST', `/api/v1/companies/${company.id}/restoration`);
  const { body } = await api('GET', `/api/v1/companies/${company.id}/timeline`);
  assert.deepEqual(
    body.data.map((e: { change: { action: string } }) => e.change.action),
    ['restore', 'trash', 'update', 'create'],
  );
  assert.deepEqual(body.data[2].change.changes, [
    { field: 'annual_revenue', title: 'Annual revenue', before: '1000.50', after: '12.30', currency: 'USD' },
  ]);
});

test('amounts stay in the currency of their time after it is changed', async () => {
  const { api } = await tenant.as('admin');
  const company = await create(api, 'companies', { name: 'Moved', annual_revenue: '1000.50', currency: 'USD' });
  for (const body of [
    { annual_revenue: '12.30' },
    { annual_revenue: '1500', currency: 'JPY' },
    { annual_revenue: '1600' },
  ]) {
    const { status } = await api('PATCH', `/api/v1/companies/${company.id}`, body);
    assert.equal(status, 200);
  }
  const { body } = await api('GET', `/api/v1/companies/${company.id}/timeline?kinds=change&limit=3`);
  const amounts = body.data.map(
    ({ change }: { change: { changes: { field: string; before: string; after: string; currency: string }[] } }) => {
      const { before, after, currency } = change.changes.find(({ field }) => field === 'annual_revenue')!;
      return [before, after, currency];
    },
  );
  assert.deepEqual(amounts, [
    ['1500', '1600', 'JPY'],
    ['12.30', '1500', 'JPY'],
    ['1000.50', '12.30', 'USD'],
  ]);
});

test('a deal has a timeline too, with amounts in its currency and custom fields by their label', async () => {
  const { api } = await tenant.as('admin');
  await create(api, 'custom-fields', { resource: 'deal', key: 'renewal', label: 'Renewal on', type: 'date' });
  const pipeline = await create(api, 'pipelines', { name: 'Sales' });
  const [stage] = (await api('GET', '/api/v1/stages')).body.data;
  const deal = await create(api, 'deals', {
    name: 'Yen',
    pipeline_id: pipeline.id,
    stage_id: stage.id,
    amount: '500',
    currency: 'JPY',
  });
  await create(api, 'tasks', { title: 'Ask', records: [{ type: 'deal', id: deal.id }] });
  const patched = await api('PATCH', `/api/v1/deals/${deal.id}`, { amount: '750', custom: { renewal: '2027-01-31' } });
  assert.equal(patched.status, 200, JSON.stringify(patched.body));
  const { body } = await api('GET', `/api/v1/deals/${deal.id}/timeline`);
  const [changed, task] = body.data;
  assert.deepEqual(task.task.records, [{ type: 'deal', id: deal.id, name: 'Yen' }]);
  assert.deepEqual(changed.change.changes, [
    { field: 'amount', title: 'Amount', before: '500', after: '750', currency: 'JPY' },
    { field: 'custom.renewal', title: 'Renewal on', before: null, after: '2027-01-31' },
  ]);
});

test('who may not read a record gets no timeline of it', async () => {
  const { api } = await tenant.as('admin');
  const contact = await create(api, 'contacts', { given_name: 'Secret' });
  const adviser = await tenant.as('advisor');
  const other = await (await app.tenant()).as('admin');
  for (const someone of [adviser.api, other.api]) {
    const answer = await someone('GET', `/api/v1/contacts/${contact.id}/timeline`);
    assert.equal(answer.status, 404);
    assert.equal(answer.body.code, 'not_found');
  }
});

test('whatever the fields of a record with a timeline refer to has its name there', async () => {
  const tables = new Set(
    definedResources().flatMap(({ attachable, meta }) =>
      attachable ? [...meta.values()].flatMap(({ table }) => table ?? []) : [],
    ),
  );
  assert.ok(tables.size > 3, String([...tables]));
  for (const table of tables)
    await app.app.services.db.call(sql`select app.name_of(${table}, gen_random_uuid(), gen_random_uuid())`);
});
