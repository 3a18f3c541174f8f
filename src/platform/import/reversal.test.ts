import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type Client, eventually, startTestApp, type TestApp } from '../../../test/harness/app.ts';
import { asOwner, countBlocked, systemClient } from '../../../test/harness/identity.ts';
import { follow, importNow } from '../../../test/harness/import.ts';

let app: TestApp;
before(async () => {
  app = await startTestApp();
});
after(() => app.stop());

const workspace = async () => (await (await app.tenant()).as('admin')).api;
type Row = Record<string, unknown> & { id: string; name: string };
const named = async (api: Client, plural: string): Promise<Map<string, Row>> =>
  new Map((await api('GET', `/api/v1/${plural}?sort=name&limit=200`)).body.data.map((row: Row) => [row.name, row]));
const changeOf = ({ headers }: { headers: Headers }) => headers.get('change-id')!;

test('of a record that was there before, each field that nobody has set since gets its earlier value, and the others are named', async () => {
  const api = await workspace();
  await api('POST', '/api/v1/companies', { name: 'Known', domain: 'known.example', city: 'Oslo', country: 'NO' });
  const done = await importNow(api, [['c.csv', 'Company Name,Domain,City,Country\nKnown,known.example,Rome,IT\n']]);
  const { id } = (await named(api, 'companies')).get('Known')!;
  await api('PATCH', `/api/v1/companies/${id}`, { city: 'Bern', industry: 'Tea' });
  const { reversal } = await follow(api, done.id, 'reversal');
  const { city, country, industry } = (await api('GET', `/api/v1/companies/${id}`)).body;
  assert.deepEqual([city, country, industry], ['Bern', 'Norway', 'Tea']);
  assert.deepEqual(
    reversal?.kept_samples.map(({ name, fields, code }) => [name, fields, code]),
    [['Known', ['city'], 'changed_since']],
  );
  assert.deepEqual([reversal?.restored, reversal?.kept, reversal?.skipped], [1, 0, 1]);
});

test('an edit that was undone is none; what stays keeps those above it, also in a circle of who came first', async () => {
  const api = await workspace();
  const rows = ['Leaf,Branch', 'Branch,Root', 'Root,', 'Twig,Bough', 'Bough,', 'Back,'];
  const done = await importNow(api, [['c.csv', ['Company Name,Parent company', ...rows].join('\n')]]);
  assert.equal(done.state, 'done', String(done.error));
  const companies = await named(api, 'companies');
  const edit = (name: string, body: object) => api('PATCH', `/api/v1/companies/${companies.get(name)!.id}`, body);
  await edit('Leaf', { city: 'Bern' });
  const undone = await edit('Back', { city: 'Bern' });
  assert.equal((await api('POST', `/api/v1/changes/${changeOf(undone)}/reversal`)).status, 200);
  const { state, error, reversal } = await follow(api, done.id, 'reversal');
  assert.equal(state, 'reverted', String(error));
  assert.deepEqual([...(await named(api, 'companies')).keys()], ['Branch', 'Leaf', 'Root']);
  assert.deepEqual(
    reversal?.kept_samples.map(({ name, code }) => [name, code]).sort(),
    [['Branch', 'in_use'], ['Leaf', 'changed_since'], ['Root', 'in_use']], // biome-ignore format: one list
  );
  const leaf = (await named(api, 'companies')).get('Leaf')!;
  assert.equal((leaf.parent as Row).name, 'Branch', 'what stays is as the import left it');
});

test('without its history an import is still taken back where nothing has to be put back, and says what could not be', async () => {
  const api = await workspace();
  const known = (await api('POST', '/api/v1/contacts', { given_name: 'Kim', email: 'kim@x.example', city: 'Oslo' }))
    .body;
  const done = await importNow(api, [
    ['p.csv', 'First Name,Email,City,Tags\nKim,kim@x.example,Rome,cold\nAnn,ann@x.example,Rome,cold\n'],
  ]);
  await asOwner(
    app,
    'delete from record_history h using audit_event e where e.tenant_id = h.tenant_id and e.seq = h.seq and e.import_id = $1',
    [done.id],
  );
  const { state, error, reversal } = await follow(api, done.id, 'reversal');
  assert.equal(state, 'reverted', String(error));
  const left = await named(api, 'contacts');
  assert.deepEqual([...left.keys()], ['Kim']);
  assert.deepEqual([left.get('Kim')!.city, left.get('Kim')!.tags], ['Rome', []]);
  assert.deepEqual([...(await named(api, 'tags')).keys()], []);
  assert.deepEqual(
    reversal?.kept_samples.map(({ id, fields, code }) => [id, fields, code]),
    [[known.id, ['city'], 'erased']],
  );
});

test('a reversal that was stopped goes on where it stands when it is asked for again, and cannot itself be taken back', async () => {
  const api = await workspace();
  const count = 4_000;
  const rows = Array.from({ length: count }, (_, at) => `${at},Name ${at}`);
  const done = await importNow(api, [['people.csv', ['Record ID,First Name', ...rows].join('\n')]]);
  assert.equal(done.files[0]?.counts.created, count);
  const started = await api('POST', `/api/v1/imports/${done.id}/reversal`);
  assert.equal(started.status, 202, JSON.stringify(started.body));
  const change = `/api/v1/changes/${changeOf(started)}`;
  await eventually(async () => (await api('GET', change)).body.done > 0);
  assert.equal((await api('POST', `${change}/cancellation`)).status, 200);
  const stopped = await eventually(async () => {
    const { body } = await api('GET', `/api/v1/imports/${done.id}`);
    return body.state !== 'reverting' && body;
  });
  assert.equal(stopped.state, 'done');
  assert.match(stopped.error, /Revert it again/);
  const { done: soFar } = (await api('GET', change)).body;
  assert.ok(soFar > 0 && soFar < count, String(soFar));
  const { state, error, reversal } = await follow(api, done.id, 'reversal');
  assert.equal(state, 'reverted', String(error));
  assert.deepEqual(reversal?.kinds, [{ resource: 'contact', deleted: count, restored: 0, kept: 0, gone: 0 }]);
  const redo = await api('POST', `${change}/reversal`);
  assert.deepEqual([redo.status, redo.body.code], [409, 'is_import']);
});

test('what a custom field of another record names stays, and so does the value', async () => {
  const api = await workspace();
  const field = { resource: 'company', key: 'holding', label: 'Holding', type: 'company' };
  assert.equal((await api('POST', '/api/v1/custom-fields', field)).status, 201);
  const done = await importNow(api, [['c.csv', 'Company Name\nNamed\nUnnamed\n']]);
  const made = await named(api, 'companies');
  const idOf = (name: string) => made.get(name)!.id;
  const other = { name: 'Other', custom: { holding: idOf('Named') } };
  const { id } = (await api('POST', '/api/v1/companies', other)).body;
  const { state, error, reversal } = await follow(api, done.id, 'reversal');
  assert.equal(state, 'reverted', String(error));
  assert.deepEqual([...(await named(api, 'companies')).keys()], ['Named', 'Other']);
  assert.deepEqual((await api('GET', `/api/v1/companies/${id}`)).body.custom, { holding: idOf('Named') });
  assert.deepEqual(
    reversal?.kept_samples.map(({ name, code }) => [name, code]),
    [['Named', 'in_use']],
  );
});

test('what was left is named only to who may see it', async () => {
  const tenant = await app.tenant();
  const { api: admin } = await tenant.as('admin');
  const own = { read: 'own', create: 'own', update: 'own', delete: 'own' };
  const rights = { contact: own, import: own, file: { read: 'own', create: 'own' } };
  const role = await admin('POST', '/api/v1/roles', { name: 'Importer', rights });
  assert.equal(role.status, 201, JSON.stringify(role.body));
  const importer = await tenant.as(role.body.key);
  const colleague = await tenant.as('admin', 'colleague');
  const done = await importNow(importer.api, [['p.csv', 'First Name,Email\nAnn,ann@x.example\n']]);
  const [{ id }] = (await importer.api('GET', '/api/v1/contacts')).body.data;
  const theirs = { owner_id: colleague.user_id, given_name: 'Of another' };
  assert.equal((await admin('PATCH', `/api/v1/contacts/${id}`, theirs)).status, 200);
  const { reversal } = await follow(importer.api, done.id, 'reversal');
  const names = (report: { kept_samples: { name: string | null }[] } | null) =>
    report?.kept_samples.map(({ name }) => name);
  assert.deepEqual(names(reversal), [null]);
  const listed = (await importer.api('GET', '/api/v1/imports')).body.data;
  assert.deepEqual(names(listed[0].reversal), [null]);
  assert.deepEqual(names((await admin('GET', `/api/v1/imports/${done.id}`)).body.reversal), ['Of another']);
});

test('whoever is shut out takes back no more than the batch that is under way, and somebody else goes on', async () => {
  const tenant = await app.tenant();
  const { api } = await tenant.as('admin');
  const rows = Array.from({ length: 1_500 }, (_, n) => `${n},Ann ${n}`);
  const done = await importNow(api, [['a.csv', `Record ID,First name\n${rows.join('\n')}\n`]]);
  const { api: leaver, user_id } = await tenant.as('admin', 'leaver');
  const count = async () => (await api('GET', '/api/v1/contacts?limit=1&count=true')).body.total;
  const other = await systemClient(app);
  try {
    await other.query('begin');
    await other.query(`select from contact where tenant_id = $1 and external_id = '1499' for update`, [
      tenant.tenant_id,
    ]);
    assert.equal((await leaver('POST', `/api/v1/imports/${done.id}/reversal`)).status, 202);
    await eventually(async () => (await countBlocked(other)) > 0);
    assert.equal((await api('POST', `/api/v1/users/${user_id}/deactivation`)).status, 200);
    await other.query('commit');
  } finally {
    await other.end();
  }
  const stopped = await eventually(async () => {
    const { body } = await api('GET', `/api/v1/imports/${done.id}`);
    return body.state === 'done' && body;
  });
  assert.match(stopped.error, /may no longer revert imports/);
  assert.ok((await count()) > 0);
  assert.equal((await follow(api, done.id, 'reversal')).state, 'reverted');
  assert.equal(await count(), 0);
});
