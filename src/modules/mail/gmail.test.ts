import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import {
  type Client,
  eventually,
  startTestApp,
  type TestApp,
  type TestTenant,
  unlimited,
} from '../../../test/harness/app.ts';
import { rawMail } from '../../../test/harness/dovecot.ts';
import { connectGmail, googleAnswer } from '../../../test/harness/google/connect.ts';
import { FakeGoogle, google_client } from '../../../test/harness/google/fake.ts';
import { asOwner } from '../../../test/harness/identity.ts';
import { compare, inSync, made, read } from '../../../test/harness/mailbox.ts';

const address = 'zoe@gmail.example';
let google: FakeGoogle;
let app: TestApp;
let tenant: TestTenant;
let admin: Client;
before(async () => {
  google = await new FakeGoogle(address).start();
  app = await startTestApp({
    GOOGLE_URL: google.url,
    ALLOW_PRIVATE_NETWORKS: 'true',
    ...unlimited,
  });
  tenant = await app.tenant('post');
  ({ api: admin } = await tenant.as('admin', 'Ada'));
});
after(async () => {
  await app?.stop();
  await google?.stop();
});

const mail = (n: number | string, more: { to?: string; from?: string; subject?: string } = {}) =>
  Buffer.from(
    rawMail({
      from: more.from ?? 'kim@client.example',
      to: more.to ?? address,
      subject: more.subject ?? `M${n}`,
      id: `${n}@client.example`,
      body: `About ${n}`,
    }),
  );
const ledger = async (api: Client, id: string, more = '') =>
  (await read(api, `mail-ledger?mailbox_id=${id}${more}`)).data as {
    subject: string;
    outcome: string;
    sentence: string;
  }[];
const subjectsIn = async (api: Client, id: string, folder: string) => {
  const { data } = await read(api, `mailboxes/${id}/folders`);
  const { id: folder_id } = data.find(({ path, name }: { path: string; name: string }) =>
    [path, name].includes(folder),
  );
  const threads = await read(api, `threads?mailbox_id=${id}&folder_id=${folder_id}`);
  return threads.data.map(({ subject }: { subject: string }) => subject).sort();
};

/** A look at the provider as it comes once a minute, without listing all. */
const lookAgain = () =>
  asOwner(app, `update job set run_at = now() where kind = 'mail.sync' and state in ('scheduled', 'ready')`);

let zoe: Client;
let mailbox: string;

test('Gmail cannot be connected before an administrator has set up a client, which nobody else does', async () => {
  ({ api: zoe } = await tenant.as('member', 'Zoe'));
  ({ id: mailbox } = await made(zoe, 'mailboxes', { name: 'Zoe', address }));
  const before = await read(zoe, 'google-client');
  assert.deepEqual([before.is_set, before.client_id], [false, null]);
  assert.match(before.redirect_uri, /\/mail\/google$/);
  const early = await zoe('POST', `/api/v1/mailboxes/${mailbox}/google-consents`);
  assert.equal(early.status, 409);
  assert.match(early.body.detail, /An administrator sets it up/);
  const put = { ...google_client, is_testing: true };
  assert.equal((await zoe('PUT', '/api/v1/google-client', put)).status, 403);
  assert.equal((await admin('PUT', '/api/v1/google-client', { ...put, client_secret: undefined })).status, 422);
  const set = await admin('PUT', '/api/v1/google-client', put);
  assert.equal(set.status, 200, JSON.stringify(set.body));
  assert.deepEqual([set.body.is_set, set.body.is_testing], [true, true]);
  assert.doesNotMatch(JSON.stringify(set.body), /GOCSPX/);
});

test('who agrees at Google is connected: not somebody else, not by another account, not with half of it', async () => {
  const { url } = await made(zoe, `mailboxes/${mailbox}/google-consents`);
  google.ticked = ['https://www.googleapis.com/auth/userinfo.email'];
  const refused = await zoe('POST', '/api/v1/google-mailboxes', await googleAnswer(google, url));
  assert.match(refused.body.detail, /leave all boxes ticked/);
  google.ticked = null;
  const { api: mallory } = await tenant.as('member', 'Mallory');
  const stolen = await mallory('POST', '/api/v1/google-mailboxes', await googleAnswer(google, url));
  assert.equal(stolen.status, 409);
  const { id: other } = await made(zoe, 'mailboxes', { name: 'Other', address: 'other@gmail.example' });
  const wrong = await connectGmail(zoe, google, other);
  assert.match(wrong.body.errors[0].message, /At Google you are zoe@gmail\.example/);
  assert.equal((await zoe('GET', `/api/v1/mailboxes/${other}/connection`)).status, 404);
});

test('a mailbox of Gmail is imported once, with a row for each mail and its labels on it', async () => {
  const label = google.gmail.addLabel('Clients');
  for (let n = 0; n < 12; n++) google.gmail.deliver(mail(n));
  google.gmail.deliver(mail('labelled'), ['INBOX', label]);
  google.gmail.deliver(mail('archived'), [label]);
  google.gmail.deliver(mail('sent', { from: address, to: 'kim@client.example' }), ['SENT']);
  google.gmail.deliver(mail('spam'), ['SPAM', 'UNREAD']);
  google.gmail.deliver(mail('deleted', { subject: `${'s'.repeat(999)}😀` }), ['TRASH']);
  google.gmail.late_ms = 4000;
  google.gmail.deliver(mail('late'));
  google.gmail.late_ms = 0;
  google.exceedQuota(3);
  const connected = await connectGmail(zoe, google, mailbox);
  assert.equal(connected.status, 200, JSON.stringify(connected.body));
  await inSync(zoe, mailbox);
  // The late one is asked for again some seconds later.
  await eventually(async () => {
    await lookAgain();
    return (await subjectsIn(zoe, mailbox, 'INBOX')).includes('Mlate');
  });
  const { counts } = await read(zoe, `mail-ledger?mailbox_id=${mailbox}`);
  assert.deepEqual([counts.imported, counts.excluded, counts.listed], [16, 2, 0]);
  assert.equal((await read(zoe, `mailboxes/${mailbox}/connection`)).items, 18, 'a label counts no mail twice');
  assert.deepEqual(await subjectsIn(zoe, mailbox, 'Clients'), ['Marchived', 'Mlabelled']);
  assert.ok((await subjectsIn(zoe, mailbox, 'INBOX')).includes('Mlate'));
  assert.deepEqual(await subjectsIn(zoe, mailbox, 'SENT'), ['Msent']);
  const [spam] = await ledger(zoe, mailbox, '&q=Mspam');
  assert.match(spam!.sentence, /It is in the folder SPAM, which is not imported/);
  const { data } = await read(zoe, `mailboxes/${mailbox}/folders`);
  for (const { path, provider_count, ledger_count } of data) assert.equal(ledger_count, provider_count, path);
  assert.equal(google.gmail.given, 16, 'each was fetched once');
  assert.deepEqual(google.complaints, []);
});

test('a mailbox whose job was lost with its last attempt is looked at again some time', async () => {
  const timers = () =>
    asOwner(
      app,
      `select run_at from job where kind = 'mail.sync' and state = 'scheduled' and payload ->> 'mailbox_id' = $1`,
      [mailbox],
    );
  await eventually(async () => (await timers()).length === 1);
  await asOwner(
    app,
    `update job set state = 'running', attempts = attempts_max, worker = 'gone', lease_until = now() - interval '1 minute'
     where kind = 'mail.sync' and state = 'scheduled' and payload ->> 'mailbox_id' = $1`,
    [mailbox],
  );
  await eventually(async () => (await timers()).length === 1);
});

test('what a mailbox shares less of by a label is not shared, though its mail stands in another folder', async () => {
  const { api: colleague } = await tenant.as('member', 'Colleague');
  const { version } = await read(zoe, `mailboxes/${mailbox}`);
  const shared = await zoe('PATCH', `/api/v1/mailboxes/${mailbox}`, { sharing: 'all' }, { 'if-match': `"${version}"` });
  assert.equal(shared.status, 200, JSON.stringify(shared.body));
  const seen = async () =>
    ((await read(colleague, 'messages?limit=100')).data as { subject: string }[]).map(({ subject }) => subject);
  assert.ok((await seen()).includes('Mlabelled'));
  const { data } = await read(zoe, `mailboxes/${mailbox}/folders`);
  const { id: target_id } = data.find(({ name }: { name: string }) => name === 'Clients');
  const except = { kind: 'folder', target_id, level: 'private' };
  const put = await zoe('PUT', `/api/v1/mailboxes/${mailbox}/sharing-exceptions`, except);
  assert.equal(put.status, 200, JSON.stringify(put.body));
  const now = await seen();
  assert.ok(now.includes('M2') && !now.includes('Mlabelled') && !now.includes('Marchived'), String(now));
});

test('what changes at Gmail is here by its history, and what is done here is there', async () => {
  const [first, second] = [...google.gmail.mails.keys()];
  const { given } = google.gmail;
  google.asked.length = 0;
  google.gmail.relabel(first!, { remove: ['INBOX', 'UNREAD'] });
  google.gmail.remove(second!);
  google.gmail.deliver(mail('fresh'));
  google.gmail.late_ms = 2000;
  google.gmail.deliver(mail('fresh and late'));
  google.gmail.late_ms = 0;
  await eventually(async () => {
    await lookAgain();
    return (await subjectsIn(zoe, mailbox, 'INBOX')).includes('Mfresh');
  });
  await inSync(zoe, mailbox);
  await eventually(async () => {
    await lookAgain();
    return (await subjectsIn(zoe, mailbox, 'INBOX')).includes('Mfresh and late');
  });
  const inbox = await subjectsIn(zoe, mailbox, 'INBOX');
  assert.ok(!inbox.includes('M0') && !inbox.includes('M1'), String(inbox));
  assert.ok((await subjectsIn(zoe, mailbox, 'ALL')).includes('M0'));
  assert.equal((await ledger(zoe, mailbox, '&q=M1&outcome=gone'))[0]?.subject, 'M1');
  assert.equal(google.gmail.given, given + 2, 'nothing is fetched twice');
  assert.ok(!google.asked.some(({ method }) => method === 'gmail.users.messages.list'), 'nor listed anew');
  const { data: threads } = await read(zoe, `threads?mailbox_id=${mailbox}`);
  const { id } = threads.find(({ subject }: { subject: string }) => subject === 'M2');
  const third = [...google.gmail.mails.keys()][1]!;
  assert.equal((await zoe('PATCH', `/api/v1/threads/${id}`, { unread: false, move_to: 'archive' })).status, 200);
  await eventually(async () => {
    const { labels } = google.gmail.mails.get(third)!;
    return !labels.has('INBOX') && !labels.has('UNREAD');
  });
  await inSync(zoe, mailbox);
  assert.ok(!(await subjectsIn(zoe, mailbox, 'INBOX')).includes('M2'));
  assert.equal((await zoe('PATCH', `/api/v1/threads/${id}`, { move_to: 'inbox' })).status, 200);
  await eventually(async () => google.gmail.mails.get(third)!.labels.has('INBOX'));
  await inSync(zoe, mailbox);
  assert.equal(google.gmail.given, given + 2);
  assert.deepEqual(google.complaints, []);
});

test('a lost history leads to comparing identifiers, and an ended token to a new one', async () => {
  const { given } = google.gmail;
  google.gmail.deliver(mail('after'));
  google.gmail.forgetHistory();
  google.expire();
  // By looks as they come once a minute: nobody asks for a comparison.
  await eventually(async () => {
    await lookAgain();
    return (await subjectsIn(zoe, mailbox, 'INBOX')).includes('Mafter');
  });
  await inSync(zoe, mailbox);
  assert.equal(google.gmail.given, given + 1);
});

test('a grant that was taken back is said with what to do, and connecting again fetches nothing twice', async () => {
  const { given } = google.gmail;
  google.revoke();
  await made(zoe, `mailboxes/${mailbox}/comparisons`);
  await eventually(async () => (await read(zoe, `mailboxes/${mailbox}/connection`)).state === 'refused');
  const { problem } = await read(zoe, `mailboxes/${mailbox}/connection`);
  assert.match(problem, /Connect again; nothing is fetched twice/);
  google.gmail.deliver(mail('while'));
  assert.equal((await connectGmail(zoe, google, mailbox)).status, 200);
  await inSync(zoe, mailbox);
  assert.ok((await subjectsIn(zoe, mailbox, 'INBOX')).includes('Mwhile'));
  assert.equal(google.gmail.given, given + 1);
});

test('more than a hundred that are gone wait for a word, however often it is looked', async () => {
  const ids = Array.from({ length: 105 }, (_, n) => google.gmail.deliver(mail(`bulk${n}`)));
  await compare(zoe, mailbox);
  await inSync(zoe, mailbox);
  for (const id of ids) google.gmail.remove(id);
  await made(zoe, `mailboxes/${mailbox}/comparisons`);
  const asked = async () => {
    const { state, asked } = await read(zoe, `mailboxes/${mailbox}/connection`);
    return state === 'asks' && asked === 105;
  };
  await eventually(asked);
  const { compared_at } = await read(zoe, `mailboxes/${mailbox}/connection`);
  await eventually(async () => {
    await lookAgain();
    return (await read(zoe, `mailboxes/${mailbox}/connection`)).compared_at > compared_at;
  });
  assert.ok(await asked());
  await made(zoe, `mailboxes/${mailbox}/deletions`);
  await inSync(zoe, mailbox);
  assert.equal((await ledger(zoe, mailbox, '&outcome=gone&limit=100')).length, 100);
  assert.deepEqual(google.complaints, []);
});

const write = (subject: string, more: object = {}) =>
  made(zoe, 'outgoing-mails', { mailbox_id: mailbox, to: ['kim@client.example'], subject, body: subject, ...more });
const sendNow = () => asOwner(app, `update job set run_at = now() where kind = 'mail.send' and state = 'ready'`);
const stateOf = async (id: string) => (await read(zoe, `outgoing-mails/${id}`)).state;
const sentAt = (subject: string) =>
  [...google.gmail.mails.values()].filter(
    ({ labels, raw }) => labels.has('SENT') && raw.toString().includes(`Subject: ${subject}\r\n`),
  );

test('a mail goes out by Gmail once; one whose answer was lost is looked for there, and never sent again', async () => {
  const plain = await write('Plain', { bcc: ['boss@client.example'] });
  await sendNow();
  await eventually(async () => (await stateOf(plain.id)) === 'sent');
  assert.equal(sentAt('Plain').length, 1);
  assert.match(sentAt('Plain')[0]!.raw.toString(), /^Bcc: boss@client\.example\r$/m);
  google.breakOff('gmail.users.messages.send', true);
  google.gmail.late_ms = 1000;
  const taken = await write('Taken');
  await sendNow();
  await eventually(async () => (await stateOf(taken.id)) === 'sent');
  google.gmail.late_ms = 0;
  google.breakOff('gmail.users.messages.send', false);
  const lost = await write('Lost');
  await sendNow();
  await eventually(async () => (await stateOf(lost.id)) === 'in_doubt');
  await compare(zoe, mailbox);
  await inSync(zoe, mailbox);
  assert.deepEqual([sentAt('Taken').length, sentAt('Lost').length], [1, 0]);
  assert.equal(await stateOf(lost.id), 'in_doubt');
  assert.deepEqual(google.complaints, []);
});

test('a mail from an alias goes out by Gmail only where Gmail writes from it too', async () => {
  const alias = 'sales@gmail.example';
  await asOwner(
    app,
    `insert into mailbox_alias (tenant_id, mailbox_id, address, confirmed_at) values ($1, $2, $3, now())`,
    [tenant.tenant_id, mailbox, alias],
  );
  const refused = await write('From an alias', { from_address: alias });
  await sendNow();
  await eventually(async () => (await stateOf(refused.id)) === 'failed');
  assert.match((await read(zoe, `outgoing-mails/${refused.id}`)).problem, /does not let you write from sales@/);
  assert.equal(sentAt('From an alias').length, 0);
  google.gmail.sendAs.add(alias);
  const taken = await write('From my alias', { from_address: alias });
  await sendNow();
  await eventually(async () => (await stateOf(taken.id)) === 'sent');
  assert.match(sentAt('From my alias')[0]!.raw.toString(), /^From: .*sales@gmail\.example/m);
  assert.deepEqual(google.complaints, []);
});

test('a mail that Gmail cannot give out holds up no other one', async () => {
  const broken = google.gmail.deliver(mail('broken'));
  google.gmail.broken.add(broken);
  google.gmail.deliver(mail('sound'));
  await compare(zoe, mailbox);
  await eventually(async () => (await subjectsIn(zoe, mailbox, 'INBOX')).includes('Msound'));
  google.gmail.broken.delete(broken);
});

test('a mail that slips between two pages of a list, because another leaves it, is found where it is', async () => {
  const { gmail } = google;
  for (const n of ['slip 1', 'slip 2', 'slip 3', 'slip 4', 'slip 5']) gmail.deliver(mail(n), ['INBOX']);
  await compare(zoe, mailbox);
  gmail.page_rows = 2;
  gmail.afterPage = (label) => {
    if (label !== 'INBOX') return;
    delete gmail.afterPage;
    const [newest = ''] = [...gmail.mails.keys()].sort().reverse();
    gmail.relabel(newest, { remove: ['INBOX'] });
  };
  await compare(zoe, mailbox);
  await lookAgain();
  const slipped = await subjectsIn(zoe, mailbox, 'INBOX');
  for (const n of ['slip 1', 'slip 2', 'slip 3', 'slip 4']) assert.ok(slipped.includes(`M${n}`), n);
  assert.ok(!slipped.includes('Mslip 5'));
  gmail.page_rows = 500;
});
