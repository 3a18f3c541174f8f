import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import {
  type Client,
  eventually,
  type SharedTestApp,
  sharedTestApp,
  type TestTenant,
} from '../../../test/harness/app.ts';
import { upload } from '../../../test/harness/import.ts';

let app: SharedTestApp;
let tenant: TestTenant;
let admin: Client;
let member: Client;
let roles: Record<string, string>;
/** A contact with a salary that members may not see, and a grade that they may see and not change. */
let ada: { id: string; version: number };
before(async () => {
  app = await sharedTestApp();
  tenant = await app.tenant();
  admin = (await tenant.as('admin')).api;
  const { data } = (await admin('GET', '/api/v1/roles?limit=200')).body;
  roles = Object.fromEntries(data.map(({ key, id }: { key: string; id: string }) => [key, id]));
  await made('custom-fields', {
    resource: 'contact',
    key: 'salary',
    label: 'Salary',
    type: 'integer',
    required: true,
    visible_to: [roles.manager],
  });
  await made('custom-fields', {
    resource: 'contact',
    key: 'grade',
    label: 'Grade',
    type: 'text',
    editable_by: [roles.manager],
  });
  await made('custom-fields', { resource: 'contact', key: 'open', label: 'Open', type: 'text' });
  await made('custom-fields', { resource: 'task', key: 'secret', label: 'Secret', type: 'text', visible_to: [] });
  member = (await tenant.as('member')).api;
  ada = await made('contacts', { given_name: 'Ada', custom: { salary: 54321, grade: 'G7', open: 'yes' } });
});

async function made(where: string, body: object, by = admin) {
  const answer = await by('POST', `/api/v1/${where}`, body);
  assert.equal(answer.status, 201, JSON.stringify(answer.body));
  return answer.body;
}

const seen = { grade: 'G7', open: 'yes' };
const asked = (query: object) =>
  new URLSearchParams(
    Object.entries(query).map(([key, value]): [string, string] => [
      key,
      typeof value === 'string' ? value : JSON.stringify(value),
    ]),
  );
const salary = { field: 'custom.salary', op: 'eq', value: 54321 };

test('whoever may change custom fields sees them all', async () => {
  const manager = (await tenant.as('manager')).api;
  for (const by of [admin, manager])
    assert.deepEqual((await by('GET', `/api/v1/contacts/${ada.id}`)).body.custom, { ...seen, salary: 54321 });
});

test('a hidden field is in no definition, and in no value that is read', async () => {
  const { data } = (await member('GET', '/api/v1/custom-fields')).body;
  assert.deepEqual(
    data.map(({ key }: { key: string }) => key),
    ['grade', 'open'],
  );
  assert.deepEqual((await member('GET', `/api/v1/contacts/${ada.id}`)).body.custom, seen);
  assert.deepEqual((await member('GET', '/api/v1/contacts')).body.data[0].custom, seen);
  const stale = await member('PATCH', `/api/v1/contacts/${ada.id}`, { city: 'Rome' }, { 'if-match': '"99"' });
  assert.deepEqual([stale.status, stale.body.current.custom], [412, seen]);
  const { rights } = (await (await tenant.signedIn('member'))('GET', '/api/v1/session')).body;
  assert.deepEqual(rights.fields, { 'contact.salary': 'none', 'contact.grade': 'read', 'task.secret': 'none' });
});

test('nor can it be filtered, sorted or summed by, exported, mapped or kept in a view', async () => {
  for (const query of [
    { filter: salary },
    { sort: 'custom.salary' },
    { sums: 'custom.salary' },
    { filter: { and: [salary] } },
  ]) {
    assert.equal((await admin('GET', `/api/v1/contacts?${asked(query)}`)).status, 200);
    assert.equal((await member('GET', `/api/v1/contacts?${asked(query)}`)).status, 422, JSON.stringify(query));
  }
  const related = { any: 'contacts', where: salary };
  assert.equal((await member('GET', `/api/v1/companies?${asked({ filter: related })}`)).status, 422);
  const csv = (await member('GET', '/api/v1/contacts/export.csv')).body as string;
  assert.ok(csv.includes('G7') && !csv.includes('54321') && !csv.includes('Salary'), csv);
  assert.equal((await member('GET', '/api/v1/contacts/export.csv?columns=custom.salary')).status, 422);
  const view = { resource: 'contact', name: 'Paid', layout: 'table' };
  assert.equal((await member('POST', '/api/v1/saved-views', { ...view, filter: salary })).status, 422);
  const shared = { ...view, shared: true, filter: null };
  await made('saved-views', { ...shared, name: 'By pay', sort: '-custom.salary' });
  await made('saved-views', {
    ...shared,
    name: 'With pay',
    filter: { any: 'company', where: { any: 'contacts', where: salary } },
  });
  await made('saved-views', { ...shared, name: 'Along pay', layout: 'board', arrangement: { by: 'custom.salary' } });
  await made('saved-views', { ...shared, name: 'Under pay', arrangement: { group: 'custom.salary' } });
  const plain = await made('saved-views', { ...shared, name: 'Plain', sort: 'custom.open' });
  const views = (await member('GET', '/api/v1/saved-views')).body;
  const names = views.data.map(({ name }: { name: string }) => name);
  assert.deepEqual(names, ['Plain'], 'a view that speaks of it is for those who may see it');
  assert.equal((await admin('GET', '/api/v1/saved-views')).body.data.length, 5);
  const columns = {
    order: ['name', 'custom.salary', 'custom.open'],
    hidden: ['custom.salary', 'city'],
    widths: { name: 320, 'custom.salary': 80 },
    pinned: ['custom.salary'],
  };
  const path = `/api/v1/saved-views/${plain.id}`;
  assert.deepEqual((await admin('PATCH', path, { columns })).body.columns, columns);
  assert.deepEqual((await admin('GET', path)).body.columns, columns);
  const left = { order: ['name', 'custom.open'], hidden: ['city'], widths: { name: 320 }, pinned: [] };
  assert.deepEqual((await member('GET', path)).body.columns, left);
  const rows = JSON.stringify((await member('GET', '/api/v1/saved-views')).body);
  assert.ok(!rows.includes('salary'), rows);
  const { body: arranger } = await admin('POST', '/api/v1/roles', {
    name: 'Arranger',
    rights: { contact: { read: 'all' }, saved_view: { read: 'all', update: 'all' } },
  });
  const arranges = (await tenant.as(arranger.key, 'Arranger')).api;
  const turned = { order: ['custom.open', 'name'], hidden: [], widths: { name: 100 }, pinned: ['name'] };
  assert.deepEqual((await arranges('PATCH', path, { columns: turned })).body.columns, turned);
  assert.deepEqual((await admin('GET', path)).body.columns, {
    order: ['custom.open', 'name', 'custom.salary'],
    hidden: ['custom.salary'],
    widths: { name: 100, 'custom.salary': 80 },
    pinned: ['name', 'custom.salary'],
  });
  const targets = JSON.stringify((await member('GET', '/api/v1/import-targets')).body);
  assert.ok(targets.includes('custom.open') && !targets.includes('custom.salary') && !targets.includes('custom.grade'));
});

test('a background export knows what its maker may see', async () => {
  const { id } = (await member('POST', '/api/v1/exports', { resource: 'contact', format: 'csv' })).body;
  const content = await eventually(async () => {
    const { status, body } = await member('GET', `/api/v1/exports/${id}/content`);
    return status === 200 && String(body);
  });
  assert.ok(content.includes('G7') && !content.includes('54321'));
});

test('nobody writes what they may not see or change, and writing leaves it as it is', async () => {
  const write = (custom: object) => member('PATCH', `/api/v1/contacts/${ada.id}`, { custom });
  assert.equal((await write({ salary: 1 })).body.errors[0].code, 'unknown_field');
  assert.equal((await write({ grade: 'G9' })).body.errors[0].code, 'forbidden');
  const bulk = { resource: 'contact', ids: [ada.id], action: { kind: 'update', fields: { custom: { salary: 1 } } } };
  assert.equal((await member('POST', '/api/v1/changes', bulk)).status, 422);
  assert.deepEqual((await write({ open: 'no' })).body.custom, { grade: 'G7', open: 'no' });
  await write({ open: 'yes' });
  assert.equal((await admin('GET', `/api/v1/contacts/${ada.id}`)).body.custom.salary, 54321);
  const own = await made('contacts', { given_name: 'New' }, member);
  assert.deepEqual(own.custom, {}, 'what is needed of those who see it is not asked of others');
  const ids = await upload(member, [['a.csv', 'First Name,Salary,custom.salary\nBo,7,8\n']]);
  const columns = JSON.stringify(ids);
  assert.ok(!columns.includes('"field":"custom.salary"'), columns);
});

test('history and audit leave its values out', async () => {
  await admin('PATCH', `/api/v1/contacts/${ada.id}`, { custom: { salary: 60000, open: 'maybe' } });
  await admin('PATCH', `/api/v1/contacts/${ada.id}`, { custom: { salary: 54321, open: 'yes' } });
  const history = JSON.stringify((await member('GET', `/api/v1/contacts/${ada.id}/timeline`)).body);
  assert.ok(history.includes('custom.open') && !history.includes('alary') && !history.includes('60000'), history);

  const auditor = await made('roles', {
    name: 'Auditor',
    rights: { audit: { read: 'all' }, contact: { read: 'all' }, api_key: { read: 'own', create: 'own' } },
  });
  const user = await tenant.as('viewer', 'auditor');
  await admin('PUT', `/api/v1/users/${user.user_id}/roles`, { role_ids: [auditor.id] });
  const page = await tenant.signedIn('viewer', 'auditor');
  const { status, body } = await page('GET', '/api/v1/audit-events?limit=200');
  assert.equal(status, 200);
  const told = JSON.stringify(body);
  assert.ok(told.includes('maybe') && !told.includes('salary') && !told.includes('60000') && !told.includes('Salary'));
  assert.ok(JSON.stringify((await admin('GET', '/api/v1/audit-events?limit=200')).body).includes('60000'));
});

test('what was undone names no field that the one who undoes it may not see', async () => {
  const change = await admin('PATCH', `/api/v1/contacts/${ada.id}`, { custom: { salary: 1, open: 'once' } });
  await admin('PATCH', `/api/v1/contacts/${ada.id}`, { custom: { salary: 54321 } });
  const { body } = await member('POST', `/api/v1/changes/${change.headers.get('change-id')}/reversal`);
  assert.ok(!JSON.stringify(body).includes('salary'), JSON.stringify(body));
  assert.deepEqual((await admin('GET', `/api/v1/contacts/${ada.id}`)).body.custom, { ...seen, salary: 54321 });
});

test('nor does undoing give anybody the right to change a field', async () => {
  const change = async (custom: object, more: object = {}) =>
    (await admin('PATCH', `/api/v1/contacts/${ada.id}`, { custom, ...more })).headers.get('change-id');
  const undo = (id: string | null) => member('POST', `/api/v1/changes/${id}/reversal`);
  for (const custom of [{ salary: 7 }, { grade: 'G8' }])
    assert.equal((await undo(await change(custom))).status, 403, JSON.stringify(custom));
  const { status, body } = await undo(await change({ salary: 8, grade: 'G9', open: 'no' }));
  assert.equal(status, 200, JSON.stringify(body));
  assert.deepEqual(
    body.skipped_samples.map(({ code, fields }: { code: string; fields: string[] }) => [code, fields]),
    [['forbidden', ['custom.grade']]],
  );
  const now = { salary: 8, grade: 'G9', open: 'yes' };
  assert.deepEqual((await admin('GET', `/api/v1/contacts/${ada.id}`)).body.custom, now);
  assert.equal((await undo(await change({ salary: 9 }, { city: 'Rome' }))).status, 200);
  const { custom, city } = (await admin('GET', `/api/v1/contacts/${ada.id}`)).body;
  assert.deepEqual([custom.salary, city], [9, null]);
  await change({ salary: 54321, grade: 'G7' });
});

test('nobody learns its value from duplicates', async () => {
  await made('custom-fields', { resource: 'contact', key: 'iban', label: 'IBAN', type: 'text', visible_to: [] });
  const names = { given_name: 'Grace', family_name: 'Hopper' };
  for (const family_name of ['Hopper', 'Hoppers'])
    await made('contacts', { ...names, family_name, custom: { iban: 'DE42', salary: 1 } });
  const when = [{ field: 'name', compare: 'similar', from: 0.6 }, { field: 'custom.iban', compare: 'same' }]; // biome-ignore format: a table
  const rules = { rules: [{ when, suspects: true, imports: false }] };
  assert.equal((await admin('PUT', '/api/v1/duplicate-rules/contact', rules)).status, 200);
  const matches = async (by: Client, iban: string) =>
    (await by('POST', '/api/v1/contacts/matches', { ...names, custom: { iban } })).body;
  assert.deepEqual([(await matches(admin, 'DE42')).data.length, (await matches(admin, 'DE43')).data.length], [2, 0]);
  // What a role may see of a new field holds a moment later for those who are at work.
  await eventually(async () => !JSON.stringify(await matches(member, 'DE42')).includes('iban'));
  assert.deepEqual(await matches(member, 'DE42'), await matches(member, 'DE43'));
  const pairs = async (by: Client) =>
    JSON.stringify((await by('GET', '/api/v1/duplicates?resource=contact')).body.data);
  await eventually(async () => (await pairs(admin)).includes('iban'));
  assert.equal(await pairs(member), '[]', 'that the pair is there would tell that it is the same');
  await admin('DELETE', '/api/v1/duplicate-rules/contact');
});

test('a merge leaves nothing behind in it: whoever may not change it cannot merge what it names', async () => {
  await made('custom-fields', { resource: 'task', key: 'boss', label: 'Boss', type: 'contact', visible_to: [] });
  const [one, two] = [
    await made('contacts', { given_name: 'One' }, member),
    await made('contacts', { given_name: 'Two' }, member),
  ];
  const task = await made('tasks', { title: 'Ask', custom: { boss: two.id } });
  const { version } = (await admin('GET', `/api/v1/contacts/${one.id}`)).body;
  const manager = await made('roles', {
    name: 'Merger',
    rights: { contact: { read: 'all', update: 'all', delete: 'all' }, task: { read: 'all', update: 'all' } },
  });
  const person = await tenant.as('viewer', 'merger');
  await admin('PUT', `/api/v1/users/${person.user_id}/roles`, { role_ids: [manager.id] });
  const merger = await tenant.signedIn('viewer', 'merger');
  const merge = (by: Client) =>
    by('POST', `/api/v1/contacts/${one.id}/merge`, { others: [two.id], values: {} }, { 'if-match': `"${version}"` });
  const refused = await merge(merger);
  assert.deepEqual([refused.status, (await admin('GET', `/api/v1/contacts/${two.id}`)).status], [403, 200]);
  assert.equal((await merge(admin)).status, 200);
  assert.equal((await admin('GET', `/api/v1/tasks/${task.id}`)).body.custom.boss, one.id);
});

test('a merge keeps values that whoever merges cannot choose: of hidden fields, fixed ones and retired ones', async () => {
  const field = (key: string, more: object) =>
    made('custom-fields', { resource: 'company', key, label: key, type: 'text', ...more });
  await field('margin', { visible_to: [roles.manager] });
  await field('vat', { visible_to: [roles.manager], is_unique: true });
  await field('tier', { editable_by: [roles.manager] });
  const { id: retired } = await field('fax', {});
  const merger = await tenant.as('member', 'Cleaner');
  const company = (name: string, custom: object) => made('companies', { name, custom, owner_id: merger.user_id });
  const one = await company('One', { tier: 'A' });
  const two = await company('Two', { margin: '12', tier: 'B', fax: '1' });
  const three = await company('Three', { margin: '34', vat: 'DE1', fax: '2' });
  await admin('DELETE', `/api/v1/custom-fields/${retired}`);
  const customOf = async ({ id }: { id: string }) => (await admin('GET', `/api/v1/companies/${id}`)).body.custom;
  const merged = await merger.api('POST', `/api/v1/companies/${one.id}/merge`, { others: [two.id, three.id] });
  assert.equal(merged.status, 200, JSON.stringify(merged.body));
  assert.deepEqual(merged.body.custom, { tier: 'A' });
  await admin('POST', `/api/v1/custom-fields/${retired}/restoration`);
  assert.deepEqual(await customOf(one), { tier: 'A', margin: '12', vat: 'DE1', fax: '1' });
  const undone = await admin('POST', `/api/v1/changes/${merged.headers.get('change-id')}/reversal`);
  assert.deepEqual([undone.status, undone.body.skipped], [200, 0], JSON.stringify(undone.body));
  assert.deepEqual(
    [await customOf(one), await customOf(three)],
    [{ tier: 'A' }, { margin: '34', vat: 'DE1', fax: '2' }],
  );
});

test('a task in a timeline shows no hidden field', async () => {
  await made('tasks', { title: 'Call', records: [{ type: 'contact', id: ada.id }], custom: { secret: 'psst' } });
  const { body } = await member('GET', `/api/v1/contacts/${ada.id}/timeline?kinds=task`);
  assert.deepEqual(body.data[0].task.custom, {});
});

test('of two roles the one that sees more counts, and nobody gives a role that sees more than they do', async () => {
  const helper = await made('roles', { name: 'Helper', rights: { contact: { read: 'all' } } });
  const person = await tenant.as('member', 'two-roles');
  const { id } = (await admin('GET', '/api/v1/custom-fields?sort=position')).body.data.find(
    ({ key }: { key: string }) => key === 'salary',
  );
  const visible = await admin('PATCH', `/api/v1/custom-fields/${id}`, { visible_to: [roles.manager, helper.id] });
  assert.equal(visible.status, 200);
  const page = await tenant.signedIn('member', 'two-roles');
  const custom = async () => (await page('GET', `/api/v1/contacts/${ada.id}`)).body.custom;
  assert.deepEqual(await custom(), seen);

  const people = await made('roles', {
    name: 'People',
    rights: { contact: { read: 'all' }, user: { read: 'all', create: 'all', update: 'all' }, role: { read: 'all' } },
  });
  const keeper = await tenant.as('viewer', 'keeper');
  await admin('PUT', `/api/v1/users/${keeper.user_id}/roles`, { role_ids: [people.id] });
  const keeps = await tenant.signedIn('viewer', 'keeper');
  const refused = await keeps('PUT', `/api/v1/users/${keeper.user_id}/roles`, { role_ids: [people.id, helper.id] });
  assert.equal(refused.status, 403, JSON.stringify(refused.body));

  await admin('PUT', `/api/v1/users/${person.user_id}/roles`, { role_ids: [roles.member, helper.id] });
  await eventually(async () => (await custom()).salary === 54321);
});

test('whoever does not see and change every record is refused a change of a field without the values they hold', async () => {
  const rights = { custom_field: { read: 'all', update: 'all' }, contact: { read: 'own', update: 'own' } };
  const { key } = await made('roles', { name: 'Field keepers', rights });
  const keeper = (await tenant.as(key, 'FieldKeeper')).api;
  const code = await made('custom-fields', { resource: 'contact', key: 'code', label: 'Code', type: 'text' });
  const options = ['Oslo branch', 'Rome branch'];
  const branch = await made('custom-fields', {
    resource: 'contact',
    key: 'branch',
    label: 'Branch',
    type: 'select',
    options,
  });
  for (const given_name of ['Bea', 'Cid'])
    await made('contacts', { given_name, custom: { salary: 1, code: 'top secret', branch: options[0] } });
  for (const [id, change, value] of [
    [code.id, { is_unique: true }, 'top secret'],
    [branch.id, { options: ['Rome branch'] }, 'Oslo branch'],
  ] as const) {
    const told = await admin('PATCH', `/api/v1/custom-fields/${id}`, change);
    assert.deepEqual([told.status, JSON.stringify(told.body).includes(value)], [422, true]);
    const refused = await keeper('PATCH', `/api/v1/custom-fields/${id}`, change);
    assert.deepEqual(
      [refused.status, JSON.stringify(refused.body).includes(value)],
      [422, false],
      JSON.stringify(refused.body),
    );
  }
});

test('a field can be changed after a role that it names is deleted, and stays as closed as it was', async () => {
  const role = await made('roles', { name: 'Payroll', rights: { contact: { read: 'all' } } });
  const roles_named = { visible_to: [role.id], editable_by: [role.id] };
  const field = { resource: 'contact', key: 'bonus', label: 'Bonus', type: 'integer', ...roles_named };
  const { id } = await made('custom-fields', field);
  assert.equal((await admin('DELETE', `/api/v1/roles/${role.id}`)).status, 204);
  const { visible_to, editable_by } = (await admin('GET', `/api/v1/custom-fields/${id}`)).body;
  const change = (body: object) => admin('PATCH', `/api/v1/custom-fields/${id}`, body);
  const renamed = await change({ label: 'Annual bonus', visible_to, editable_by });
  assert.deepEqual([renamed.status, renamed.body.label], [200, 'Annual bonus'], JSON.stringify(renamed.body));
  const keys = (await member('GET', '/api/v1/custom-fields')).body.data.map(({ key }: { key: string }) => key);
  assert.ok(!keys.includes('bonus'), keys.join());
  const opened = await change({ visible_to: [role.id, roles.member] });
  assert.equal(opened.status, 200, JSON.stringify(opened.body));
  assert.equal((await change({ visible_to: null })).status, 200);
  assert.equal((await change({ visible_to: [role.id] })).body.errors[0].field, 'visible_to', 'nobody names it anew');
});

test('of a change of hidden fields alone, neither the timeline nor the audit log tells who made it and when', async () => {
  const dan = await made('contacts', { given_name: 'Dan', custom: { salary: 1, open: 'no' } });
  const path = `/api/v1/contacts/${dan.id}`;
  const change = async (custom: object, more: object = {}) =>
    assert.equal((await admin('PATCH', path, { custom, ...more })).status, 200);
  await change({ salary: 2 });
  await change({ salary: 3, open: 'yes' });
  await change({ salary: 4 }, { job_title: 'Analyst' });
  await change({ salary: 5 });
  type Entry = { change: { action: string; changes: { field: string }[] } };
  const told = async (by: Client, limit = 50) => {
    const { body } = await by('GET', `${path}/timeline?kinds=change&limit=${limit}`);
    return body.data.map(({ change }: Entry) => change.changes.map(({ field }) => field).join() || change.action);
  };
  assert.deepEqual(await told(member), ['job_title', 'custom.open', 'create']);
  assert.deepEqual(await told(member, 2), ['job_title', 'custom.open'], 'nor does a page come short of entries');
  assert.equal((await told(admin)).length, 5);
  const auditor = await made('roles', {
    name: 'Auditors',
    rights: { contact: { read: 'all' }, audit: { read: 'all' } },
  });
  const { api } = await tenant.as(auditor.key, 'audits');
  const events = (by: Client) => by('GET', `/api/v1/audit-events?record_id=${dan.id}`);
  const seen_events = await events(api);
  assert.equal(seen_events.body.data?.length, 3, JSON.stringify(seen_events.body));
  assert.equal((await events(admin)).body.data.length, 5);
});
