import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import {
  type Client,
  client,
  eventually,
  startTestApp,
  type TestApp,
  type TestTenant,
} from '../../../test/harness/app.ts';
import { asOwner } from '../../../test/harness/identity.ts';
import { type Receiver, startReceiver } from '../../../test/harness/receiver.ts';
import { type MailSink, startMailSink } from '../../kernel/mail/sink.ts';

let app: TestApp;
let home: TestTenant;
let sink: MailSink;
let receiver: Receiver;
/** Of the copy, in which a worker runs. */
let admin: Client;
let operator: Client;

const rows = (text: string, values: unknown[] = []) => asOwner(app, text, values) as Promise<Record<string, never>[]>;

before(async () => {
  [sink, receiver] = await Promise.all([startMailSink(), startReceiver()]);
  app = await startTestApp({
    HOLDFAST_ROLE: 'web',
    ALERTS_EVERY_SECONDS: '1',
    ALLOW_PRIVATE_NETWORKS: 'true',
    SMTP_URL: sink.url,
    PUBLIC_URL: 'https://crm.example',
  });
  home = await app.tenant();
  // What is started from now on is a copy; the first process, which has no worker, only makes people and signs them in.
  await rows(`insert into pseudonymised_copy (source, replaced_at) values ('a test', now())`);
  const node = await app.secondNode({ HOLDFAST_ROLE: 'all' });
  const { user_id, key } = await home.as('admin', 'Olga');
  admin = client(node.address!, key);
  operator = await home.signedIn('admin', 'Olga');
  await rows(`insert into operator (tenant_id, user_id, granted_by) values ($1, $2, 'a test')`, [
    home.tenant_id,
    user_id,
  ]);
});
after(async () => {
  await app.stop();
  await Promise.all([sink.close(), receiver.stop()]);
});

async function made(by: Client, path: string, body: object) {
  const answer = await by('POST', `/api/v1/${path}`, body);
  assert.ok(answer.status < 300, `${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
  return answer.body;
}

/** As if the next attempt was due. */
async function hurry() {
  await rows(`update alert_message set next_at = now() where state = 'waiting'`);
  await rows(
    `update job set run_at = now() where state = 'scheduled' and kind in ('webhook.send', 'alert.send', 'password_reset')`,
  );
}
const paths = () => receiver.received.map(({ path }) => path);

test('a copy holds back webhooks, alerts and mails until it may send, and then sends what it held back, once', async () => {
  const events = { contact: { verbs: ['created'] } };
  const { id } = await made(admin, 'webhooks', { name: 'Hook', url: `${receiver.url}/hook`, events });
  const common = { reason: 'For a test' };
  const told = await made(operator, 'installation/alert-receivers', {
    ...common,
    name: 'Hook',
    kind: 'webhook',
    url: `${receiver.url}/alert`,
  });
  const mailed = await made(operator, 'installation/alert-receivers', {
    ...common,
    name: 'Mail',
    kind: 'email',
    email: 'on.call@ops.example',
  });
  await made(admin, 'contacts', { given_name: 'Ada' });
  for (const one of [told, mailed]) await made(operator, `installation/alert-receivers/${one.id}/tests`, {});
  // Each was looked at by the worker.
  await eventually(async () => {
    await hurry();
    const messages = await rows(`select error from alert_message where state = 'waiting' and attempt_count > 0`);
    const hooks = await rows(`select 1 from job where kind = 'webhook.send' and state = 'done'`);
    return messages.length === 2 && hooks.length > 0;
  });
  const [log] = (await admin('GET', `/api/v1/webhooks/${id}/deliveries`)).body.data;
  assert.deepEqual([log.state, log.attempt_count], ['waiting', 0]);
  const { body } = await operator('GET', '/api/v1/installation/alert-receivers');
  for (const { last } of body.data) assert.match(last.error, /pseudonymised copy, which sends nothing/);
  assert.deepEqual([paths(), sink.messages().length], [[], 0]);

  await rows('update pseudonymised_copy set sends = true');
  await eventually(async () => {
    await hurry();
    return receiver.received.length >= 2 && sink.messages().length >= 1;
  });
  await rows('update pseudonymised_copy set sends = false');
  await eventually(async () => {
    const [delivery] = (await admin('GET', `/api/v1/webhooks/${id}/deliveries`)).body.data;
    const waiting = await rows(`select 1 from alert_message where state = 'waiting'`);
    return delivery.state === 'delivered' && waiting.length === 0;
  });
  assert.deepEqual(paths().sort(), ['/alert', '/hook']);
  assert.equal(sink.messages().length, 1);
});
