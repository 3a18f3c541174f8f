import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, test } from 'node:test';
import { startTestApp } from '../harness/app.ts';
import { eicar, type Listening, listenAs, serveClamd } from '../harness/clamd.ts';
import { type Dovecot, dovecotSkip, mixed, rawMail, startDovecot } from '../harness/dovecot.ts';
import { asOwner } from '../harness/identity.ts';
import { connectionOf, connectMailbox, made, startSubmission } from '../harness/mailbox.ts';
import { looksRight, open, setUp } from './browser.ts';

let clamd: Listening;
let dovecot: Dovecot;

const attached = (name: string, content: string) => [
  `Content-Disposition: attachment; filename=${name}`,
  'Content-Type: application/octet-stream',
  '',
  content,
];

/** A mailbox with a mail that has a clean and an infected file. */
const world = setUp(
  async ({ app, tenant, administrator }) => {
    if (dovecotSkip) return;
    dovecot = await startDovecot();
    const smtp = await startSubmission();
    const address = 'ada@post.example';
    const mail = rawMail({
      from: 'kim@client.example',
      to: address,
      subject: 'Files',
      ...mixed(
        ['Content-Type: text/plain', '', 'See the files'],
        attached('plan.txt', 'the plan'),
        attached('invoice.exe', eicar),
      ),
    });
    await dovecot.as(address, (box) => box.append('INBOX', mail));
    const { api } = await tenant.as('member', 'Ada');
    const { id } = await made(api, 'mailboxes', { name: 'Ada', address, sharing: 'private' });
    await connectMailbox(api, id, connectionOf(address, dovecot, smtp));
    await smtp.close();
    await asOwner(app, 'update mailbox set owner_id = $2 where id = $1', [id, administrator.user_id]);
  },
  {
    start: async () => {
      clamd = await listenAs(serveClamd);
      return startTestApp({ ALLOW_PRIVATE_NETWORKS: 'true', CLAMD_URL: clamd.url });
    },
  },
);
after(async () => {
  await clamd?.close();
  await dovecot?.stop();
});

test('a clean file of a mail is saved, and an infected one says why it is not', { skip: dovecotSkip }, async (t) => {
  const { page, expectRefusal } = await world.visit(t);
  const [{ id: mailbox }] = (await world.read('mailboxes')).data;
  const [thread] = (await world.read(`threads?mailbox_id=${mailbox}`)).data;
  await open(page, `/mail?mailbox=${mailbox}&thread=${thread.id}`);
  const files = page.getByRole('list', { name: 'Files' });
  const saved = page.waitForEvent('download');
  await files.getByRole('button', { name: 'plan.txt' }).click();
  const file = await saved;
  assert.equal(file.suggestedFilename(), 'plan.txt');
  assert.match(await readFile(await file.path(), 'utf8'), /^the plan/);
  expectRefusal(422);
  await files.getByRole('button', { name: 'invoice.exe' }).click();
  await page
    .getByText('The file invoice.exe is held back: the virus scanner found Eicar-Test-Signature in it')
    .waitFor();
  await files.getByText('held back: Eicar-Test-Signature').waitFor();
  await looksRight(page, 'mail-files');
});
