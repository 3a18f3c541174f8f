import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type Client, eventually, startTestApp, type TestApp, type TestTenant } from '../../../test/harness/app.ts';
import { type Dovecot, dovecotSkip, rawMail, startDovecot } from '../../../test/harness/dovecot.ts';
import { asOwner } from '../../../test/harness/identity.ts';
import {
  compare,
  connectionOf,
  connectMailbox,
  inSync,
  made,
  read,
  startSubmission,
} from '../../../test/harness/mailbox.ts';
import { type MailSink, startMailSink } from '../../kernel/mail/sink.ts';

const [address, alias] = ['olga@post.example', 'Sales@post.example'];

let app: TestApp;
let tenant: TestTenant;
let dovecot: Dovecot;
/** Of the provider of the mailbox, and of the installation. */
let smtp: MailSink;
let installation: MailSink;
let owner: Client;
let mailbox: string;
before(async () => {
  if (dovecotSkip) return;
  dovecot = await startDovecot();
  installation = await startMailSink();
  smtp = await startSubmission();
  app = await startTestApp({ ALLOW_PRIVATE_NETWORKS: 'true', SMTP_URL: installation.url, PUBLIC_URL: 'https://crm.example' });
  tenant = await app.tenant('aliases');
  owner = (await tenant.as('member', 'Olga')).api;
  mailbox = (await made(owner, 'mailboxes', { name: 'Olga', address })).id;
  await connectMailbox(owner, mailbox, connectionOf(address, dovecot, smtp));
}); // biome-ignore format: a step a line
after(async () => {
  await app?.stop();
  await dovecot?.stop();
  await smtp?.close();
  await installation?.close();
});

const codes = () => installation.messages().flatMap(({ text }) => /\b\d{8}\b/.exec(text)?.[0] ?? []);
const confirm = (id: string, code: string, api = owner) =>
  api('POST', `/api/v1/mailbox-aliases/${id}/confirmation`, { code });
const write = (body: object) =>
  owner('POST', '/api/v1/outgoing-mails', {
    mailbox_id: mailbox,
    to: ['pat@partner.example'],
    subject: 'Offer',
    ...body,
  });

test('an alias counts once the code that was sent there is written, which nobody can guess', { skip: dovecotSkip }, async () => {
  const added = await made(owner, `mailboxes/${mailbox}/aliases`, { address: alias });
  assert.deepEqual([added.address, added.confirmed_at], [alias.toLowerCase(), null]);
  await eventually(async () => codes().length === 1);
  const [mail] = installation.messages();
  assert.deepEqual([mail!.to, smtp.messages().length], [[alias.toLowerCase()], 0], 'the mailbox has no copy of the code');
  const refused = await write({ from_address: alias });
  assert.deepEqual([refused.status, refused.body.errors[0].field], [422, 'from_address']);
  const [code] = codes();
  const wrong = code === '00000000' ? '11111111' : '00000000';
  for (let n = 0; n < 5; n++) assert.equal((await confirm(added.id, wrong)).status, 422);
  assert.equal((await confirm(added.id, code!)).status, 422, 'after five wrong ones it counts no longer');
  await made(owner, `mailboxes/${mailbox}/aliases`, { address: alias });
  await eventually(async () => codes().length === 2);
  assert.equal((await confirm(added.id, codes()[1]!, (await tenant.as('admin')).api)).status, 404);
  assert.equal((await confirm(added.id, codes()[1]!)).status, 200);
  const { data } = await read(owner, `mailboxes/${mailbox}/aliases`);
  assert.notEqual(data[0].confirmed_at, null);
}); // biome-ignore format: a step a line

test('a mail goes out from an alias, and mail from there is ours and nobody else’s', { skip: dovecotSkip }, async () => {
  const sent = await write({ from_address: alias });
  assert.deepEqual([sent.status, sent.body.from_address], [201, alias.toLowerCase()]);
  await asOwner(app, `update job set run_at = now() where kind = 'mail.send'`);
  await eventually(async () => (await read(owner, `outgoing-mails/${sent.body.id}`)).state === 'sent');
  const [mail] = smtp.messages();
  assert.equal(mail!.from, alias.toLowerCase());
  assert.match(mail!.headers.get('from')!, /sales@post\.example/);
  const stranger = await made(owner, 'contacts', { given_name: 'Sales', email: alias });
  const pat = await made(owner, 'contacts', { given_name: 'Pat', email: 'pat@partner.example' });
  await dovecot.as(address, (client) =>
    client.append('Sent', rawMail({ from: alias, to: 'pat@partner.example', subject: 'From elsewhere', id: 'elsewhere@post.example' })),
  );
  await compare(owner, mailbox);
  await inSync(owner, mailbox);
  const filter = encodeURIComponent('{"field":"subject","op":"eq","value":"From elsewhere"}');
  const [message] = (await read(owner, `messages?filter=${filter}`)).data;
  assert.deepEqual([message.direction, message.author?.name], ['out', 'Olga']);
  assert.deepEqual(message.records.map(({ id }: { id: string }) => id), [pat.id], `not ${stranger.id}`);
}); // biome-ignore format: a step a line

test('once an alias is removed nothing goes out from there, what waits neither', { skip: dovecotSkip }, async () => {
  const waiting = await write({ from_address: alias, subject: 'Too late' });
  assert.equal(waiting.status, 201);
  const [{ id }] = (await read(owner, `mailboxes/${mailbox}/aliases`)).data;
  assert.equal((await owner('DELETE', `/api/v1/mailbox-aliases/${id}`)).status, 204);
  await asOwner(app, `update job set run_at = now() where kind = 'mail.send'`);
  await eventually(async () => (await read(owner, `outgoing-mails/${waiting.body.id}`)).state === 'failed');
  assert.ok(smtp.messages().every(({ subject }) => subject !== 'Too late'));
  assert.equal((await write({ from_address: alias })).status, 422);
}); // biome-ignore format: a step a line
