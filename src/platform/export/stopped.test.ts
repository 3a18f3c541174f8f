import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { type Client, eventually, type SharedTestApp, sharedTestApp } from '../../../test/harness/app.ts';
import { asOwner, systemClient } from '../../../test/harness/identity.ts';

let app: SharedTestApp;
before(async () => {
  app = await sharedTestApp();
});

interface Job {
  id: string;
  state: string;
}

/** Asks for an export, waits until it is being made, and keeps it from its end until `during` is over. */
async function whileMade(api: Client, during: (id: string, job: Job) => Promise<void>): Promise<void> {
  const owner = await systemClient(app);
  try {
    await owner.query('begin; lock table product in access exclusive mode');
    const { id } = (await api('POST', '/api/v1/exports', { resource: 'product' })).body;
    const [job] = await eventually(async () => {
      const { data } = (await api('GET', '/api/v1/jobs?kind=export.make&state=running')).body as { data: Job[] };
      return data.length === 1 && data;
    });
    await eventually(async () => (await api('GET', `/api/v1/exports/${id}`)).body.state === 'running');
    await during(id, job!);
  } finally {
    await owner.end();
  }
}

const jobEnded = (api: Client, { id }: Job) =>
  eventually(async () => {
    const { state } = (await api('GET', `/api/v1/jobs/${id}`)).body as Job;
    return state !== 'running' && state;
  });
const filesOf = (tenant_id: string) => asOwner(app, 'select kind, name from file where tenant_id = $1', [tenant_id]);

test('an export that is stopped while it is made ends at once', async () => {
  const { tenant_id, as } = await app.tenant();
  const { api } = await as('admin');
  await whileMade(api, async (id, job) => {
    assert.equal((await api('POST', `/api/v1/jobs/${job.id}/cancellation`)).status, 200);
    assert.equal(await jobEnded(api, job), 'cancelled');
    const { state, error } = (await api('GET', `/api/v1/exports/${id}`)).body;
    assert.deepEqual([state, /was cancelled/.test(error)], ['failed', true]);
  });
  await eventually(async () => {
    const { totalCount, idleCount } = app.app.services.db.streamPool;
    return totalCount === idleCount;
  });
  assert.deepEqual(await filesOf(tenant_id), []);
});

test('of an export that is deleted nothing is kept, whether or not it was made', async () => {
  const { tenant_id, as } = await app.tenant();
  const { api } = await as('admin');
  await whileMade(api, async (id, job) => {
    assert.equal((await api('DELETE', `/api/v1/exports/${id}`)).status, 204);
    assert.equal(await jobEnded(api, job), 'cancelled');
  });
  const { id } = (await api('POST', '/api/v1/exports', { resource: 'product' })).body;
  await eventually(async () => (await api('GET', `/api/v1/exports/${id}`)).body.state === 'done');
  assert.equal((await filesOf(tenant_id)).length, 1);
  assert.equal((await api('DELETE', `/api/v1/exports/${id}`)).status, 204);
  assert.deepEqual(await filesOf(tenant_id), []);
});
