import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { eventually, startTestApp, type TestApp, unlimited } from '../../../../test/harness/app.ts';
import { type Dovecot, dovecotSkip, rawMail, startDovecot } from '../../../../test/harness/dovecot.ts';
import { type ImapProxy, startImapProxy } from '../../../../test/harness/imap-proxy.ts';
import {
  compare,
  connectionOf,
  connectMailbox,
  inSync,
  made,
  read,
  startSubmission,
} from '../../../../test/harness/mailbox.ts';
import type { MailSink } from '../../../kernel/mail/sink.ts';

let app: TestApp;
let dovecot: Dovecot;
let proxy: ImapProxy;
let smtp: MailSink;
before(async () => {
  if (dovecotSkip) return;
  dovecot = await startDovecot();
  proxy = await startImapProxy(dovecot.port);
  smtp = await startSubmission();
  app = await startTestApp({ ALLOW_PRIVATE_NETWORKS: 'true', ...unlimited });
});
after(async () => {
  await app?.stop();
  await proxy?.stop();
  await dovecot?.stop();
  await smtp?.close();
});

test('mail is found by meaning once what is being imported is there, and what people write at once', {
  skip: dovecotSkip,
  timeout: 180_000,
}, async () => {
  const { api } = await (await app.tenant('post')).as('admin', 'Ida');
  const records = [{ type: 'contact', id: (await made(api, 'contacts', { given_name: 'Ada' })).id }];
  const write = (body: string) => made(api, 'notes', { body: `<p>${body}</p>`, records });
  const search = async (q: string) => (await read(api, `search?by=meaning&q=${q}`)).meaning;
  const finds = async (q: string, id: string) =>
    (await search(q)).passages.some((passage: { id: string }) => passage.id === id);
  const send = (to: string, subject: string) =>
    dovecot.as(to, (client) =>
      client.append('INBOX', rawMail({ from: 'kim@client.example', to, subject, body: subject })),
    );
  const texts = Array.from({ length: 20 }, (_, n) => [
    `The pension and its annuity were explained for the retirement in year ${n}`,
    `A new yacht with a taller mast, and the crew trains for the regatta in week ${n}`,
  ]);
  const data = texts.flat().map((body) => ({ body: `<p>${body}</p>`, records }));
  await made(api, 'notes/bulk', { data });
  await eventually(async () => (await search('pension')).state === 'ready', 60_000);
  const [open, held] = ['open@post.example', 'held@post.example'];
  const { id: mailbox } = await made(api, 'mailboxes', { name: 'Open', address: open });
  await connectMailbox(api, mailbox, connectionOf(open, dovecot, smtp));

  await send(held, 'Waits');
  const { id: other } = await made(api, 'mailboxes', { name: 'Held', address: held });
  const fetching = proxy.hold(/UID FETCH .*BODY/);
  const put = await api('PUT', `/api/v1/mailboxes/${other}/connection`, connectionOf(held, proxy, smtp));
  assert.equal(put.status, 200);
  const release = await fetching;
  await send(open, 'The quince harvest');
  await compare(api, mailbox);
  await inSync(api, mailbox);
  const { data: messages } = await read(api, 'messages?limit=50');
  const { id } = messages.find(({ subject }: { subject: string }) => subject === 'The quince harvest');
  // Of one batch of events notes come first; the second note is of a later one.
  for (const body of ['The quince jelly', 'The quince cake']) {
    const note = await write(body);
    await eventually(() => finds('quince', note.id), 30_000);
  }
  assert.equal(await finds('quince', id), false);
  release();
  await inSync(api, other);
  await eventually(() => finds('quince', id), 60_000);
});
