import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { eventually, startTestApp, type TestApp } from '../../../test/harness/app.ts';
import { asOwner } from '../../../test/harness/identity.ts';
import { type MailSink, startMailSink } from '../../kernel/mail/sink.ts';

let app: TestApp;
let sink: MailSink;
const held: (() => void)[] = [];
let hangs = true;
before(async () => {
  sink = await startMailSink({
    onRcptTo: (_, __, done) => {
      if (hangs) held.push(done);
      else done();
    },
  });
  app = await startTestApp({ SMTP_URL: sink.url, PUBLIC_URL: 'https://crm.example', WORKER_SLOTS: '8' });
});
after(async () => {
  hangs = false;
  for (const done of held) done();
  await app.stop();
  await sink.close();
});

test('a mail server that hangs keeps the worker from nothing but mail', async () => {
  for (const slug of ['north', 'south']) {
    const tenant = await app.tenant(slug);
    const [ann, ben] = [await tenant.as('member', 'ann'), await tenant.as('member', 'ben')];
    const contact = (await ann.api('POST', '/api/v1/contacts', { given_name: 'Grace' })).body;
    const body = `<p><span data-type="mention" data-id="${ben.user_id}">@ben</span></p>`;
    const comments = Array.from({ length: 8 }, () =>
      ann.api('POST', '/api/v1/comments', { record_id: contact.id, body }),
    );
    for (const { status } of await Promise.all(comments)) assert.equal(status, 201);
  }
  const stateOf = `select count(*)::int as count from job where kind = 'notification.mail' and state = any ($1)`;
  const count = async (...states: string[]) =>
    ((await asOwner(app, stateOf, [states])) as { count: number }[])[0]!.count;
  await eventually(async () => held.length > 0 && (await count('ready', 'running')) === 16);
  const { api } = await (await app.tenant()).as('admin');
  const asked = await api('POST', '/api/v1/exports', { resource: 'contact', format: 'csv' });
  assert.equal(asked.status, 202, JSON.stringify(asked.body));
  await eventually(async () => (await api('GET', `/api/v1/exports/${asked.body.id}`)).body.state === 'done', 8_000);
  assert.equal(await count('running'), 3, 'as many as the mailer has connections');
});
