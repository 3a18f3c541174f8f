import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import {
  type Client,
  eventually,
  type SharedTestApp,
  sharedTestApp,
  type TestTenant,
} from '../../../test/harness/app.ts';
import { follow, upload } from '../../../test/harness/import.ts';

let app: SharedTestApp;
before(async () => {
  app = await sharedTestApp();
});

const full = { read: 'all', create: 'all', update: 'all', delete: 'all' };

/** A workspace with somebody who does not see the salaries of contacts, and else may what managers may. */
async function salaries() {
  const tenant = await app.tenant();
  const admin = await tenant.as('admin');
  const field = { resource: 'contact', key: 'salary', label: 'Salary', type: 'integer', visible_to: [] };
  assert.equal((await admin.api('POST', '/api/v1/custom-fields', field)).status, 201);
  const contact = { family_name: 'Lee', custom: { salary: 4711 } };
  assert.equal((await admin.api('POST', '/api/v1/contacts', contact)).status, 201);
  const rights = { contact: full, export: full, import: full, file: full, saved_mapping: full };
  const manager = (await withRole(tenant, admin.api, 'Supervisors', rights)).api;
  return { tenant, admin: admin.api, manager };
}

async function withRole(tenant: TestTenant, admin: Client, name: string, rights: object) {
  const role = await admin('POST', '/api/v1/roles', { name, rights });
  assert.equal(role.status, 201, JSON.stringify(role.body));
  return { role: role.body, ...(await tenant.as(role.body.key, name)) };
}

async function exported(api: Client, selection: object) {
  const asked = await api('POST', '/api/v1/exports', { resource: 'contact', ...selection });
  assert.equal(asked.status, 202, JSON.stringify(asked.body));
  return eventually(async () => {
    const { body } = await api('GET', `/api/v1/exports/${asked.body.id}`);
    return body.state === 'done' && body;
  });
}

test('the file of an export is for those who see as much as whoever made it', async () => {
  const { tenant, admin, manager } = await salaries();
  const whole = await exported(admin, {});
  const contentOf = async (api: Client, id: string) => (await api('GET', `/api/v1/exports/${id}/content`)).status;
  assert.equal(await contentOf(admin, whole.id), 200);
  assert.equal(await contentOf(manager, whole.id), 403, 'a field is hidden');
  const others = await withRole(tenant, admin, 'Fetchers', { export: { read: 'all' }, file: { read: 'all' } });
  assert.equal(await contentOf(others.api, whole.id), 403, 'no contact is seen');
  for (const api of [admin, manager, others.api])
    for (const path of ['', '/content'])
      assert.equal((await api('GET', `/api/v1/files/${whole.file_id}${path}`)).status, 404, 'only by its export');
  assert.equal(await contentOf(manager, (await exported(manager, {})).id), 200);
});

test('an export or a mapping that names a hidden field is not shown', async () => {
  const { admin, manager } = await salaries();
  const filter = JSON.stringify({ field: 'custom.salary', op: 'gt', value: 4000 });
  const named = await exported(admin, { filter, columns: ['family_name'] });
  assert.equal((await admin('GET', `/api/v1/exports/${named.id}`)).status, 200);
  assert.equal((await manager('GET', `/api/v1/exports/${named.id}`)).status, 404);
  assert.deepEqual((await manager('GET', '/api/v1/exports')).body.data, []);

  const mapping = { name: 'Payroll', resource: 'contact', columns: { Pay: 'custom.salary' } };
  assert.equal((await admin('POST', '/api/v1/saved-mappings', mapping)).status, 201);
  assert.equal((await admin('GET', '/api/v1/saved-mappings')).body.data.length, 1);
  assert.deepEqual((await manager('GET', '/api/v1/saved-mappings')).body.data, []);
});

test('whoever sees less than when they made an export does not fetch it any more', async () => {
  const { tenant, admin } = await salaries();
  const fetching = { export: { read: 'own', create: 'own' }, file: { read: 'own' } };
  const { api, role } = await withRole(tenant, admin, 'Leavers', { ...fetching, contact: { read: 'all' } });
  const made = await exported(api, {});
  const content = `/api/v1/exports/${made.id}/content`;
  assert.equal((await api('GET', content)).status, 200);
  const { status } = await admin('PATCH', `/api/v1/roles/${role.id}`, {
    rights: { ...fetching, contact: { read: 'own' } },
  });
  assert.equal(status, 200);
  assert.equal((await api('GET', content)).status, 403);
});

test('an export that names records of other kinds is for those who see these too', async () => {
  const tenant = await app.tenant();
  const admin = (await tenant.as('admin')).api;
  const made = async (path: string, body: object) => {
    const answer = await admin('POST', `/api/v1/${path}`, body);
    assert.equal(answer.status, 201, JSON.stringify(answer.body));
    return answer.body;
  };
  const { id: company_id } = await made('companies', { name: 'Acme' });
  const { id: contact_id } = await made('contacts', { family_name: 'Lee', company_id });
  await made('notes', { records: [{ type: 'contact', id: contact_id }], body: 'Told in confidence' });
  const content = async (api: Client, { id }: { id: string }) => {
    const { status, body } = await api('GET', `/api/v1/exports/${id}/content`);
    return [status, status === 200 && /Acme|confidence/.test(body)];
  };
  const [contacts, names, notes] = [
    await exported(admin, {}),
    await exported(admin, { columns: ['family_name'] }),
    await exported(admin, { resource: 'note', columns: ['body'] }),
  ];
  const rights = { contact: full, note: full, export: full, file: full };
  const clerk = (await withRole(tenant, admin, 'Clerks', rights)).api;
  assert.deepEqual(await content(clerk, contacts), [403, false], 'names of companies');
  assert.deepEqual(await content(clerk, names), [200, false], 'none of these columns names one');
  assert.deepEqual(await content(clerk, await exported(clerk, {})), [200, false]);
  const owner = (await withRole(tenant, admin, 'Owners', { ...rights, contact: { read: 'own' } })).api;
  assert.deepEqual((await owner('GET', '/api/v1/notes')).body.data, []);
  assert.deepEqual(await content(owner, notes), [403, false], 'notes on contacts of others');

  const fetching = { export: { read: 'own', create: 'own' }, file: { read: 'own' } };
  const wide = { ...fetching, contact: { read: 'all' }, company: { read: 'all' } };
  const { api, role } = await withRole(tenant, admin, 'Narrowed', wide);
  const own = await exported(api, {});
  assert.deepEqual(await content(api, own), [200, true]);
  const narrowed = { rights: { ...wide, company: { read: 'own' } } };
  assert.equal((await admin('PATCH', `/api/v1/roles/${role.id}`, narrowed)).status, 200);
  assert.deepEqual(await content(api, own), [403, false]);
});

test('what stands in the files of an import is for whoever sent them and those who see as much', async () => {
  const { tenant, admin, manager } = await salaries();
  const { body: made } = await upload(admin, [
    ['people.csv', 'First name,Last name,Salary\nAnn,Lee,4711\nBen,Kim,much\n'],
  ]);
  const checked = await follow(admin, made.id, 'dry-runs');
  const file_id = checked.files[0]!.file_id!;
  const fetcher = await withRole(tenant, admin, 'Readers', {
    import: { read: 'all', create: 'all', update: 'all' },
    file: { read: 'all', create: 'own' },
  });
  const mappedAway = { files: [{ id: made.files[0].id, columns: { Salary: null } }] };
  for (const api of [manager, fetcher.api]) {
    for (const path of ['', '/rows?only=all', '/rows', '/errors', '/fixes'])
      assert.equal((await api('GET', `/api/v1/imports/${made.id}${path}`)).status, 403, path);
    assert.equal((await api('PATCH', `/api/v1/imports/${made.id}`, mappedAway)).status, 403);
    assert.equal((await api('POST', `/api/v1/imports/${made.id}/dry-runs`)).status, 403);
    for (const path of ['', '/content'])
      assert.equal((await api('GET', `/api/v1/files/${file_id}${path}`)).status, 404, path);
    assert.equal((await api('POST', '/api/v1/imports', { file_ids: [file_id] })).status, 422);
  }
  for (const path of ['', '/rows?only=all', '/errors'])
    assert.equal((await admin('GET', `/api/v1/imports/${made.id}${path}`)).status, 200, path);
  assert.equal((await admin('GET', `/api/v1/files/${file_id}/content`)).status, 200);

  const member = (await tenant.as('member')).api;
  const { body: theirs } = await upload(member, [['list.csv', 'First name,Last name\nCid,Ray\n']]);
  assert.equal((await manager('GET', `/api/v1/imports/${theirs.id}`)).status, 200, 'nothing is kept from them');
  assert.equal((await member('GET', `/api/v1/imports/${theirs.id}`)).status, 200);
});
