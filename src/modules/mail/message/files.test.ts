import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import {
  type Client,
  client,
  eventually,
  startTestApp,
  type TestApp,
  type TestTenant,
} from '../../../../test/harness/app.ts';
import { breaks_off, eicar, type Listening, listenAs, serveClamd } from '../../../../test/harness/clamd.ts';
import { type Dovecot, dovecotSkip, mixed, rawMail, startDovecot } from '../../../../test/harness/dovecot.ts';
import { asOwner } from '../../../../test/harness/identity.ts';
import {
  compare,
  connectionOf,
  connectMailbox,
  made,
  read,
  startSubmission,
} from '../../../../test/harness/mailbox.ts';
import type { MailSink } from '../../../kernel/mail/sink.ts';

const skip = dovecotSkip;

let app: TestApp;
let tenant: TestTenant;
let dovecot: Dovecot;
let smtp: MailSink;
let clamd: Listening;
let scans = 0;
let api: Client;
let mailbox: string;

const startClamd = (port?: number) =>
  listenAs((socket) => {
    scans++;
    return serveClamd(socket);
  }, port);

before(async () => {
  if (skip) return;
  dovecot = await startDovecot();
  smtp = await startSubmission();
  clamd = await startClamd();
  app = await startTestApp({ ALLOW_PRIVATE_NETWORKS: 'true', CLAMD_URL: clamd.url });
  tenant = await app.tenant('post');
  ({ api } = await tenant.as('member', 'Mia'));
  await dovecot.as('mia@post.example', async (box) => {
    await box.append('INBOX', mailWith('Clean', 'the plan', 'plan.txt'));
    await box.append('INBOX', mailWith('Dirty', eicar, 'invoice.exe'));
    await box.append('INBOX', mailWith('Huge', 'x'.repeat(1_500_000), 'film.txt'));
    await box.append('INBOX', mailWith('Later', 'the other plan', 'later.txt'));
  });
  ({ id: mailbox } = await made(api, 'mailboxes', { name: 'Mia', address: 'mia@post.example', sharing: 'private' }));
  await connectMailbox(api, mailbox, connectionOf('mia@post.example', dovecot, smtp));
});
after(async () => {
  await app?.stop();
  await clamd?.close();
  await dovecot?.stop();
  await smtp?.close();
});

/** A mail with a text, and a file of the kind that pictures within a text are. */
const mailWith = (subject: string, content: string, name: string, date?: string) =>
  rawMail({
    ...(date && { date }),
    from: 'kim@client.example',
    to: 'mia@post.example',
    subject,
    ...mixed(
      ['Content-Type: text/html', '', `<p>See the file of ${subject}</p><img src="cid:file">`],
      [
        'Content-Type: image/png',
        'Content-ID: <file>',
        `Content-Disposition: inline; filename=${name}`,
        'Content-Transfer-Encoding: base64',
        '',
        ...(Buffer.from(content)
          .toString('base64')
          .match(/.{1,76}/g) ?? []),
      ],
    ),
  });

async function mailOf(subject: string) {
  const filter = encodeURIComponent(JSON.stringify({ field: 'subject', op: 'eq', value: subject }));
  const [found] = (await read(api, `messages?filter=${filter}`)).data;
  assert.ok(found, subject);
  return found;
}
const open = (id: string, by = api) => by('GET', `/api/v1/messages/${id}/files/0`);
const foundIn = async (id: string) =>
  (await read(api, `messages/${id}/content`)).files.map(({ found }: { found: string | null }) => found);

async function forwarded(id: string) {
  const mail = await made(api, 'outgoing-mails', {
    mailbox_id: mailbox,
    to: ['lou@partner.example'],
    subject: 'Fwd',
    forward_id: id,
  });
  const now = async () => {
    await asOwner(app, `update job set run_at = now() where kind = 'mail.send'`);
    return read(api, `outgoing-mails/${mail.id}`);
  };
  return { id: mail.id, now };
}

test('a file of a mail is scanned when it is first opened, and not again for days', { skip }, async () => {
  const { id, version, updated_at } = await mailOf('Clean');
  assert.equal(scans, 0, 'the import scans nothing');
  for (const _ of [1, 2]) assert.equal((await open(id)).status, 200);
  assert.equal((await open(id)).body, 'the plan');
  assert.equal(scans, 1);
  const after = await mailOf('Clean');
  assert.deepEqual([after.version, after.updated_at], [version, updated_at], 'that is no change of the mail');
  const putScan = (name: 'scanned_at' | 'sha256', value: string) =>
    asOwner(
      app,
      `update mail_message set file_scans = jsonb_set(file_scans, array['0', $2], to_jsonb($3::text)) where id = $1`,
      [id, name, value],
    );
  await putScan('scanned_at', '2026-01-01T00:00:00Z');
  assert.equal((await open(id)).status, 200);
  assert.equal(scans, 2, 'what is known by now may be more');
  await putScan('sha256', 'other');
  assert.equal((await open(id)).status, 200);
  assert.equal(scans, 3, 'what was said of other bytes says nothing of these');
});

test('an infected file is held back on each way out, and named where the mail is read', { skip }, async () => {
  const { id } = await mailOf('Dirty');
  scans = 0;
  for (const _ of [1, 2]) {
    const { status, body } = await open(id);
    assert.deepEqual([status, body.errors?.[0].code], [422, 'file_infected']);
    assert.equal(
      body.errors[0].message,
      'The file invoice.exe is held back: the virus scanner found Eicar-Test-Signature in it. Ask the sender for a clean one.',
    );
  }
  assert.equal(scans, 1);
  assert.deepEqual(await foundIn(id), ['Eicar-Test-Signature']);
  const page = await api('GET', `/api/v1/messages/${id}/html?pictures=true`);
  assert.match(page.body, /See the file of Dirty/, 'the mail itself is read');
  assert.doesNotMatch(page.body, /data:|cid:/, 'pictures within the text are files like others');
  const sent = smtp.messages().length;
  const mail = await forwarded(id);
  await eventually(async () => (await mail.now()).state === 'failed');
  assert.match((await mail.now()).problem, /invoice\.exe is held back/);
  assert.equal(smtp.messages().length, sent);
});

test('without a scanner files are given out, but for what one has found', { skip }, async () => {
  const node = await app.secondNode({ HOLDFAST_ROLE: 'web', CLAMD_URL: '' });
  const { key } = await tenant.as('member', 'Mia');
  const bare = client(node.address!, key);
  scans = 0;
  assert.equal((await open((await mailOf('Huge')).id, bare)).status, 200);
  assert.equal((await open((await mailOf('Dirty')).id, bare)).status, 422);
  assert.equal(scans, 0);
});

test('a file larger than the scanner takes is refused, with what to do', { skip }, async () => {
  const { id } = await mailOf('Huge');
  const { status, body } = await open(id);
  assert.deepEqual([status, body.code], [413, 'too_large']);
  assert.match(body.detail, /raise StreamMaxLength/);
});

test('while the scanner is away no file is given out that it has not seen, and the mail is read', {
  skip,
}, async () => {
  const { id } = await mailOf('Later');
  const { port } = clamd;
  await clamd.close();
  const { status, body } = await open(id);
  assert.deepEqual([status, body.code], [503, 'unavailable']);
  assert.match(body.detail, /virus scanner failed: ECONNREFUSED$/);
  assert.deepEqual(await foundIn(id), [null]);
  assert.equal((await api('GET', `/api/v1/messages/${id}/html`)).status, 200);
  const sent = smtp.messages().length;
  const mail = await forwarded(id);
  await eventually(async () => /virus scanner failed/.test((await mail.now()).problem));
  assert.equal((await mail.now()).state, 'waiting');
  assert.equal(smtp.messages().length, sent);
  clamd = await startClamd(port);
  await eventually(async () => (await mail.now()).state === 'sent');
  assert.deepEqual(smtp.messages().at(-1)!.attachments, [{ filename: 'later.txt', text: 'the other plan' }]);
  scans = 0;
  assert.equal((await open(id)).body, 'the other plan');
  assert.equal(scans, 0, 'it was scanned when it was forwarded');
});

test('files of new mail are scanned before anybody opens them, and an infected one is named', { skip }, async () => {
  const arrives = (subject: string, content: string, name: string, newer_ms = 0) =>
    dovecot.as('mia@post.example', (box) =>
      box.append('INBOX', mailWith(subject, content, name, new Date(Date.now() + newer_ms).toISOString())),
    );
  const isNamed = async (subject: string) =>
    (await foundIn((await mailOf(subject)).id)).join() === 'Eicar-Test-Signature';
  const isScanned = async (subject: string) =>
    (await asOwner(app, `select from mail_message where subject = $1 and file_scans <> '{}'`, [subject])).length === 1;
  await arrives('New and clean', 'the plan of today', 'today.txt');
  await arrives('New and dirty', eicar, 'today.exe');
  await compare(api, mailbox);
  await eventually(() => isNamed('New and dirty'));
  await eventually(() => isScanned('New and clean'));
  assert.equal(await isScanned('Huge'), false, 'a mail of before these days waits to be opened');

  await arrives('Behind', eicar, 'behind.exe');
  await arrives('In the way', breaks_off, 'way.txt', 5_000);
  await compare(api, mailbox);
  await eventually(() => isNamed('Behind'));
  assert.equal(await isScanned('In the way'), false);

  const { port } = clamd;
  await clamd.close();
  assert.equal(
    (await open((await mailOf('New and clean')).id)).body,
    'the plan of today',
    'nobody has to be asked again',
  );
  await arrives('While it is away', eicar, 'away.exe');
  await compare(api, mailbox);
  assert.equal(await isNamed('While it is away'), false);
  clamd = await startClamd(port);
  await eventually(async () => {
    await asOwner(app, `update job set run_at = now() where kind = 'mail.scan_files'`);
    return isNamed('While it is away');
  });
});
