import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startTestApp, type TestApp, type TestTenant } from '../harness/app.ts';

let app: TestApp;
let acme: TestTenant;
let other: TestTenant;
before(async () => {
  app = await startTestApp();
  acme = await app.tenant('acme');
  other = await app.tenant('other');
});
after(() => app.stop());

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
