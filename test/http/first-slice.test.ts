import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { createRow } from '../../src/kernel/resource/store.ts';
import { systemActor, withContext } from '../../src/kernel/tenancy/context.ts';
import { contact } from '../../src/modules/directory/contact/contract.ts';
import { type SharedTestApp, sharedTestApp, type TestTenant } from '../harness/app.ts';

let app: SharedTestApp;
let acme: TestTenant;
let other: TestTenant;
before(async () => {
  app = await sharedTestApp();
  acme = await app.tenant('acme');
  other = await app.tenant('other');
});

test('a contact goes in, comes back, changes, and is another tenant’s secret', async () => {
  const { api } = await acme.as('admin');
  const made = await api('POST', '/api/v1/contacts', {
    given_name: 'Ada',
    family_name: 'Lovelace',
    email: 'Ada@Example.com',
  });
  assert.equal(made.status, 201, JSON.stringify(made.body));
  assert.equal(made.body.name, 'Ada Lovelace');
  const path = made.headers.get('location')!;
  const changed = await api('PATCH', path, { job_title: 'Analyst' }, { 'if-match': made.headers.get('etag')! });
  assert.equal(changed.status, 200, JSON.stringify(changed.body));
  const stale = await api('PATCH', path, { job_title: 'Countess' }, { 'if-match': made.headers.get('etag')! });
  assert.equal(stale.status, 412);
  assert.equal(stale.body.current.job_title, 'Analyst');
  const listed = await api('GET', '/api/v1/contacts?count=true');
  assert.equal(listed.body.total, 1);
  const foreign = await (await other.as('admin')).api('GET', path);
  assert.equal(foreign.status, 404);
  const gone = await api('DELETE', path);
  assert.equal(gone.status, 204);
  assert.equal((await api('GET', path)).status, 404);
});

/** Whoever reads everything is answered by the statement that writes; others, and tags, by another after it. */
test('what a write answers is what a read answers, by whatever rights', async () => {
  const admin = await acme.as('admin');
  const company = (await admin.api('POST', '/api/v1/companies', { name: 'Acme', domain: 'acme.example' })).body;
  const tag = (await admin.api('POST', '/api/v1/tags', { name: 'Key' })).body;
  for (const role of ['admin', 'member', 'advisor']) {
    const { api, user_id } = await acme.as(role);
    const own = await api('POST', '/api/v1/companies', { name: `Of ${role}` });
    assert.deepEqual((await api('GET', own.headers.get('location')!)).body, own.body, role);
    const company_id = role === 'advisor' ? own.body.id : company.id;
    const made = await api('POST', '/api/v1/contacts', { given_name: 'Ada', company_id, other_emails: [] });
    assert.equal(made.status, 201, JSON.stringify(made.body));
    assert.deepEqual(made.body.owner, { id: user_id, name: role });
    assert.equal(made.body.company.id, company_id);
    const path = made.headers.get('location')!;
    const sees = async (body: unknown) => assert.deepEqual((await api('GET', path)).body, body, role);
    await sees(made.body);
    const renamed = await api('PATCH', path, { family_name: 'King', company_id: null });
    assert.deepEqual([renamed.body.name, renamed.body.company, renamed.body.version], ['Ada King', null, 2], role);
    await sees(renamed.body);
    const tagged = await api('PATCH', path, { job_title: 'Analyst', tags: [tag.id] });
    assert.deepEqual([tagged.body.job_title, tagged.body.tags.length], ['Analyst', 1], role);
    await sees(tagged.body);
    const kept = await api('PATCH', path, { city: 'London' });
    assert.deepEqual(kept.body.tags, tagged.body.tags, role);
    await sees(kept.body);
  }
  const narrow = {
    ...systemActor(acme.tenant_id),
    user_id: admin.user_id,
    rights: { contact: { create: 'all', read: 'own' } },
  } as const;
  const passed = await withContext(app.app.services.db, narrow, (ctx) =>
    createRow(ctx, contact, { given_name: 'Bo', owner_id: null }),
  );
  assert.deepEqual(Object.keys(passed), ['id'], 'whose contacts one may not read, one may bring');
  assert.equal((await admin.api('GET', `/api/v1/contacts/${passed.id}`)).status, 200);
});
