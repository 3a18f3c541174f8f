import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { eventually, startTestApp, type TestApp, unlimited } from '../../../../../test/harness/app.ts';
import { type Dovecot, dovecotSkip, rawMail, startDovecot } from '../../../../../test/harness/dovecot.ts';
import { asOwner } from '../../../../../test/harness/identity.ts';
import {
  compare,
  connectionOf,
  connectMailbox,
  inSync,
  made,
  read,
  startSubmission,
} from '../../../../../test/harness/mailbox.ts';
import { withClient } from '../../../../kernel/database/client.ts';
import type { MailSink } from '../../../../kernel/mail/sink.ts';

const address = 'una@post.example';

let app: TestApp;
let dovecot: Dovecot;
let smtp: MailSink;
before(async () => {
  if (dovecotSkip) return;
  dovecot = await startDovecot();
  smtp = await startSubmission();
  app = await startTestApp({ ALLOW_PRIVATE_NETWORKS: 'true', ...unlimited });
});
after(async () => {
  await app?.stop();
  await dovecot?.stop();
  await smtp?.close();
});

/** A mail of so many parts within each other. */
function nested(levels: number): string {
  const begin = (level: number) => `Content-Type: multipart/mixed; boundary="b${level}"\r\n\r\n--b${level}\r\n`;
  const parts = Array.from({ length: levels }, (_, level) => begin(level)).join('');
  return `From: a@a.example\r\nTo: ${address}\r\nSubject: Nested\r\nMIME-Version: 1.0\r\n${parts}Content-Type: text/plain\r\n\r\nx`;
}

/** What the server of the recipient said is cut within a letter. */
const bounce = `From: mailer-daemon@a.example\r\nTo: ${address}\r\nSubject: Bounced\r\nMIME-Version: 1.0\r
Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r
--b\r\nContent-Type: text/plain\r\n\r\nIt was not delivered.\r
--b\r\nContent-Type: message/delivery-status; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r
Reporting-MTA: dns; a.example\r\n\r
Final-Recipient: rfc822; gone@a.example\r\nAction: failed\r\nStatus: 5.1.1\r
Diagnostic-Code: smtp; 550 ${'r'.repeat(495)}😀\r\n\r\n--b--\r\n`;

test('of mails that are read together one that cannot be read holds up no other, and no letter is cut in two', {
  skip: dovecotSkip,
}, async () => {
  const { api } = await (await app.tenant('post')).as('member', 'Una');
  const mail = (subject: string, body: string, name = 'A') =>
    rawMail({ from: `${name} <a@a.example>`, to: address, subject, body, id: `${subject.length}@a.example` });
  await dovecot.as(address, async (client) => {
    await client.append('INBOX', mail('First', 'One'));
    await client.append('INBOX', nested(200));
    await client.append('INBOX', mail(`${'s'.repeat(999)}😀`, 'Long subject'));
    await client.append('INBOX', mail('Snippet', `${'x'.repeat(199)}😀`));
    await client.append('INBOX', mail('Sender', 'Two', `${'n'.repeat(299)}😀`));
    await client.append('INBOX', mail('Large', 'A line of a large mail\r\n'.repeat(20_000)));
    await client.append('INBOX', bounce);
    // As JSON it would have the mark of sealed names, which no request may write.
    const marked = '{"name":"\\u0001name:[\\"x\\"]"}';
    await client.append('INBOX', mail(marked, marked, 'Marked'));
    await client.append('INBOX', mail('Last', 'Three'));
  });
  const { id: mailbox } = await made(api, 'mailboxes', { name: 'Una', address });
  await connectMailbox(api, mailbox, connectionOf(address, dovecot, smtp));
  await inSync(api, mailbox);

  const { data: items } = await read(api, `mail-ledger?mailbox_id=${mailbox}&limit=50`);
  const outcomes = items.map(({ subject, outcome }: Record<string, string>) => [subject!.slice(0, 7), outcome]).sort();
  assert.deepEqual(outcomes, [
    ['Bounced', 'imported'],
    ['First', 'imported'],
    ['Large', 'imported'],
    ['Last', 'imported'],
    ['Nested', 'failed'],
    ['Sender', 'imported'],
    ['Snippet', 'imported'],
    ['sssssss', 'imported'],
    ['{"name"', 'imported'],
  ]);
  const { data: messages } = await read(api, 'messages?limit=50');
  const snippets = messages.map(({ snippet }: { snippet: string }) => snippet);
  assert.ok(snippets.includes('One') && snippets.includes('Three'));
  assert.ok(snippets.includes('x'.repeat(199)) || snippets.includes(`${'x'.repeat(199)}\ufffd`));
});

test('mail is imported by the run that fetches it, and where the database refuses one, each by itself', {
  skip: dovecotSkip,
}, async () => {
  const own = 'ivo@post.example';
  const { api } = await (await app.tenant('refused')).as('member', 'Ivo');
  const append = (...subjects: string[]) =>
    dovecot.as(own, async (client) => {
      for (const subject of subjects)
        await client.append('INBOX', rawMail({ from: 'a@a.example', to: own, subject, id: `${subject}@a.example` }));
    });
  const outcomes = async () => {
    const { data } = await read(api, `mail-ledger?mailbox_id=${mailbox}&limit=50`);
    return data.map(({ subject, outcome }: Record<string, string>) => `${subject} ${outcome}`).sort();
  };
  const laterReads = async () =>
    (
      (await asOwner(app, `select from job where kind = 'mail.normalise' and payload ->> 'mailbox_id' = $1`, [
        mailbox,
      ])) as object[]
    ).length;
  await append('One', 'Two');
  const { id: mailbox } = await made(api, 'mailboxes', { name: 'Ivo', address: own });
  await connectMailbox(api, mailbox, connectionOf(own, dovecot, smtp));
  await inSync(api, mailbox);
  assert.deepEqual(await outcomes(), ['One imported', 'Two imported']);
  assert.equal(await laterReads(), 0);

  await withClient(app.database.ownerUrl, 'test', (client) =>
    client.query(`alter table mail_message add constraint refused check (subject <> 'Refused') not valid`),
  );
  await append('Three', 'Refused', 'Four');
  await compare(api, mailbox);
  assert.deepEqual(await outcomes(), [
    'Four imported',
    'One imported',
    'Refused failed',
    'Three imported',
    'Two imported',
  ]);
  assert.ok((await laterReads()) > 0);
});

const syncJobs = async (mailbox: string, states: string[]) =>
  (await asOwner(
    app,
    `select id, depth from job where kind = 'mail.sync' and payload ->> 'mailbox_id' = $1 and state = any ($2)`,
    [mailbox, states],
  )) as { id: string; depth: number }[];

test('a mailbox that is looked at again and again is no chain of causes, which would be taken for a loop', {
  skip: dovecotSkip,
}, async () => {
  const own = 'eve@post.example';
  const { api } = await (await app.tenant('polled')).as('member', 'Eve');
  const { id: mailbox } = await made(api, 'mailboxes', { name: 'Eve', address: own });
  await connectMailbox(api, mailbox, connectionOf(own, dovecot, smtp));
  await inSync(api, mailbox);
  const next = async (after = '') => {
    const [job] = await syncJobs(mailbox, ['scheduled', 'ready']);
    return job && job.id !== after ? job : undefined;
  };
  let job = (await eventually(() => next()))!;
  const { depth } = job;
  for (let n = 0; n < 3; n++) {
    await asOwner(app, 'update job set run_at = now() where id = $1', [job.id]);
    job = (await eventually(() => next(job.id)))!;
  }
  assert.equal(job.depth, depth);
});

test('a mailbox is looked at again after each attempt at it met trouble of our own, such as a full disk', {
  skip: dovecotSkip,
}, async () => {
  const own = 'fay@post.example';
  const { api } = await (await app.tenant('troubled')).as('member', 'Fay');
  const alter = (what: string) =>
    withClient(app.database.ownerUrl, 'test', (client) => client.query(`alter table file ${what}`));
  const { id: mailbox } = await made(api, 'mailboxes', { name: 'Fay', address: own });
  await connectMailbox(api, mailbox, connectionOf(own, dovecot, smtp));
  await alter(`add constraint refused check (content_type <> 'message/rfc822') not valid`);
  await dovecot.as(own, async (client) => {
    await client.append('INBOX', rawMail({ from: 'a@a.example', to: own, subject: 'One', id: 'one@fay.example' }));
  });
  // The last attempt is the next one.
  for (const { id } of await syncJobs(mailbox, ['scheduled', 'ready']))
    await asOwner(app, 'update job set run_at = now(), attempts = attempts_max - 1 where id = $1', [id]);
  await eventually(async () => (await syncJobs(mailbox, ['failed'])).length > 0);
  const [next] = await syncJobs(mailbox, ['scheduled', 'ready']);
  await alter('drop constraint refused');
  // The next look is later than the lease of the failed one lasts.
  await asOwner(app, 'update mail_connection set lease = null where mailbox_id = $1', [mailbox]);
  await asOwner(app, 'update job set run_at = now() where id = $1', [next!.id]);
  await inSync(api, mailbox);
  const { data } = await read(api, `mail-ledger?mailbox_id=${mailbox}`);
  assert.deepEqual(
    data.map(({ subject, outcome }: Record<string, string>) => `${subject} ${outcome}`),
    ['One imported'],
  );
});
