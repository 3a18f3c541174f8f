import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type Client, startTestApp, type TestApp } from '../../../test/harness/app.ts';
import { asOwner } from '../../../test/harness/identity.ts';
import { upload } from '../../../test/harness/import.ts';

let app: TestApp;
before(async () => {
  // Without a worker jobs wait.
  app = await startTestApp({ HOLDFAST_ROLE: 'web' });
});
after(() => app.stop());

const workspace = async (): Promise<Client> => (await (await app.tenant()).as('admin')).api;

async function accepted(api: Client, path: string, body?: object) {
  const answer = await api('POST', `/api/v1/${path}`, body);
  assert.ok(answer.status < 300, `${path} ${answer.status} ${JSON.stringify(answer.body)}`);
  return answer;
}

/** The job of this kind that waits. */
async function waiting(api: Client, kind: string): Promise<string> {
  const { data } = (await api('GET', `/api/v1/jobs?kind=${kind}&state=ready`)).body;
  assert.equal(data.length, 1, JSON.stringify(data));
  return data[0].id;
}

async function cancel(api: Client, kind: string): Promise<void> {
  const { body } = await accepted(api, `jobs/${await waiting(api, kind)}/cancellation`);
  assert.equal(body.state, 'cancelled');
  assert.equal(body.payload, undefined);
}

const stateOf = async (api: Client, path: string) => (await api('GET', `/api/v1/${path}`)).body.state;

test('an undo whose job is cancelled, or was lost with its worker, is over and can be asked for again', async () => {
  const api = await workspace();
  const data = Array.from({ length: 501 }, (_, n) => ({ given_name: `Person ${n}` }));
  const made = await accepted(api, 'contacts/bulk', { data });
  const undo = async (): Promise<string> =>
    (await accepted(api, `changes/${made.headers.get('change-id')}/reversal`)).body.id;
  const id = await undo();
  const twice = await api('POST', `/api/v1/changes/${made.headers.get('change-id')}/reversal`);
  assert.deepEqual([twice.status, twice.body.code], [409, 'undone_already']);
  await cancel(api, 'change.run');
  assert.equal(await stateOf(api, `changes/${id}`), 'cancelled');
  assert.equal(await undo(), id);
  assert.equal(await stateOf(api, `changes/${id}`), 'waiting');

  await asOwner(app, `update job set state = 'failed' where id = $1`, [await waiting(api, 'change.run')]);
  assert.equal(await undo(), id);
  await waiting(api, 'change.run');
});

test('an import whose job is cancelled can be run, tried and taken back again', async () => {
  const api = await workspace();
  const { id } = (await upload(api, [['people.csv', 'First name,Last name\nAnn,Lee\n']])).body;
  const path = `imports/${id}`;
  await accepted(api, `${path}/dry-runs`);
  await cancel(api, 'import.run');
  assert.equal(await stateOf(api, path), 'ready');
  await accepted(api, `${path}/runs`);
  await cancel(api, 'import.run');
  assert.equal(await stateOf(api, path), 'cancelled');
  await accepted(api, `${path}/reversal`);
  assert.equal(await stateOf(api, path), 'reverting');
  await cancel(api, 'change.run');
  assert.equal(await stateOf(api, path), 'done');

  await accepted(api, `${path}/reversal`);
  await asOwner(app, `update job set state = 'failed' where id = $1`, [await waiting(api, 'change.run')]);
  await accepted(api, `${path}/reversal`);
  await waiting(api, 'change.run');
});

test('an export whose job is cancelled says so and waits no longer', async () => {
  const api = await workspace();
  const { body } = await accepted(api, 'exports', { resource: 'contact', format: 'csv' });
  await cancel(api, 'export.make');
  const { state, error } = (await api('GET', `/api/v1/exports/${body.id}`)).body;
  assert.deepEqual([state, error], ['failed', 'Its background job was cancelled. Export again to have the file.']);
});
