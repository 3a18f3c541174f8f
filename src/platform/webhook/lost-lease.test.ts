import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { eventually, startTestApp, type TestApp } from '../../../test/harness/app.ts';
import { asOwner } from '../../../test/harness/identity.ts';
import { type Receiver, startReceiver } from '../../../test/harness/receiver.ts';

let app: TestApp;
let receiver: Receiver;
before(async () => {
  app = await startTestApp({ ALLOW_PRIVATE_NETWORKS: 'true' });
  receiver = await startReceiver();
});
after(async () => {
  await app.stop();
  await receiver.stop();
});

test('a worker that slept longer than its lease sends nothing beside the one that has its job now', async () => {
  const admin = await (await app.tenant()).signedIn('admin');
  const made = async (path: string, body: object): Promise<string> => {
    const answer = await admin('POST', `/api/v1/${path}`, body);
    assert.equal(answer.status, 201, JSON.stringify(answer.body));
    return answer.body.id;
  };
  const names = () => receiver.received.map(({ body }) => body.data.record.name);
  const events = { contact: { verbs: ['created'] } };
  const id = await made('webhooks', { name: 'Hook', url: `${receiver.url}/hook`, events });
  let wakeUp = () => {};
  receiver.answer((_, response) => {
    wakeUp = () => response.writeHead(204).end();
  });
  for (const given_name of ['Ada', 'Bo']) await made('contacts', { given_name });
  await eventually(async () => receiver.received.length > 0);
  const job = `kind = 'webhook.send' and state = 'running' and payload ->> 'id' = '${id}'`;
  await asOwner(app, `update job set attempts = attempts + 1, worker = 'another' where ${job}`);
  receiver.answer((_, response) => response.writeHead(204).end());
  wakeUp();
  // It has left the rest to whoever looks later.
  const isLeft = async () => (await asOwner(app, `select from job where dedupe_key like '${id} %'`)).length > 0;
  await eventually(async () => receiver.received.length > 1 || (await isLeft()));
  assert.deepEqual(names(), ['Ada']);
  await asOwner(app, `update job set state = 'done' where ${job}`);
  await asOwner(app, 'update webhook_sending set sender_until = now()');
  await eventually(async () => receiver.received.length > 1);
  assert.deepEqual(names(), ['Ada', 'Bo']);
});
