import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type Client, eventually, startTestApp, type TestApp, type TestTenant } from '../../../test/harness/app.ts';
import { asOwner } from '../../../test/harness/identity.ts';
import { follow, importNow } from '../../../test/harness/import.ts';
import { noticesAtRest } from '../../../test/harness/notices.ts';
import { type Mail, type MailSink, startMailSink } from '../../kernel/mail/sink.ts';

interface Person {
  user_id: string;
  api: Client;
}
let app: TestApp;
let sink: MailSink;
let tenant: TestTenant;
let ann: Person;
/** Happens while a mail is on its way. */
let meanwhile = async (_to: string): Promise<void> => undefined;
before(async () => {
  sink = await startMailSink({
    onRcptTo: ({ address }, _session, done) => void meanwhile(address).then(() => done(), done),
  });
  app = await startTestApp({ SMTP_URL: sink.url, PUBLIC_URL: 'https://crm.example' });
  tenant = await app.tenant('north');
  ann = await tenant.as('member', 'ann');
});
after(async () => {
  await app.stop();
  await sink.close();
});

async function made({ api }: Person, path: string, body: object) {
  const answer = await api('POST', `/api/v1/${path}`, body);
  assert.equal(answer.status, 201, JSON.stringify(answer.body));
  return answer.body;
}
const mention = (id: string, words = 'look at this') =>
  `<p><span data-type="mention" data-id="${id}">@x</span> ${words}</p>`;
const mailsTo = (name: string): Mail[] => sink.messages().filter(({ to }) => to.includes(`${name}@north.example`));
const quiet = () => noticesAtRest(app);
/** As if it were time for everybody's digest: what waits came long ago. */
async function digestTime(): Promise<void> {
  await quiet();
  await asOwner(
    app,
    `update notification set created_at = created_at - interval '8 days' where email = 'digest' and mailed_at is null`,
  );
  await asOwner(
    app,
    `update job set state = 'ready', run_at = now() where kind = 'notification.digest' and state = 'scheduled'`,
  );
  await quiet();
}
const settings = (person: Person, body: object) => person.api('PATCH', '/api/v1/notification-settings', body);

test('a mention is mailed at once, once, with the words, a link to the comment and a way to be rid of it', async () => {
  const ben = await tenant.as('member', 'ben');
  const contact = await made(ann, 'contacts', { given_name: 'Grace', family_name: 'Hopper' });
  const comment = await made(ann, 'comments', {
    record_id: contact.id,
    body: mention(ben.user_id, 'is this <b>R&amp;D</b>?'),
  });
  const [mail] = await eventually(async () => mailsTo('ben').length > 0 && mailsTo('ben'));
  assert.equal(mail!.subject, 'ann mentioned you on Grace Hopper');
  assert.match(mail!.text, /@ben is this R&D\?/);
  assert.ok(mail!.text.includes(`https://crm.example/contacts/${contact.id}#comment-${comment.id}`));
  assert.match(mail!.headers.get('message-id')!, /^<notification-[0-9a-f-]{36}@crm\.example>$/);
  assert.equal(mail!.headers.get('list-unsubscribe-post'), 'List-Unsubscribe=One-Click');
  // The server took the mail and the program died before it noted it.
  await quiet();
  await asOwner(app, `update notification set mailed_at = null where user_id = $1`, [ben.user_id]);
  const again = `update job set state = 'ready', attempts = 0 where kind = 'notification.mail' and state = 'done'`;
  await asOwner(app, again);
  await quiet();
  await asOwner(app, again);
  await quiet();
  const ids = mailsTo('ben').map(({ headers }) => headers.get('message-id'));
  assert.deepEqual(ids, [ids[0], ids[0]], 'sent twice at most, under one id');
});

test('the link in a mail ends such mails without signing in: by POST at once, by GET nothing', async () => {
  const cy = await tenant.as('member', 'cy');
  const contact = await made(ann, 'contacts', { given_name: 'Ada' });
  await made(ann, 'comments', { record_id: contact.id, body: mention(cy.user_id) });
  const [mail] = await eventually(async () => mailsTo('cy').length > 0 && mailsTo('cy'));
  const link = new URL(/^<(.*)>$/.exec(mail!.headers.get('list-unsubscribe')!)![1]!);
  assert.equal(link.origin, 'https://crm.example');
  const path = link.pathname + link.search;
  const way = async () => (await cy.api('GET', '/api/v1/notification-settings')).body.kinds.mentioned;
  const nobody = app.client();
  assert.match((await nobody('GET', path)).headers.get('content-type')!, /html/);
  assert.deepEqual(await way(), { in_app: true, email: 'at_once' });
  const form = { 'content-type': 'application/x-www-form-urlencoded' };
  const ended = await nobody('POST', path, 'List-Unsubscribe=One-Click', form);
  assert.deepEqual([ended.status, ended.body], [200, { what: 'mentioned' }]);
  assert.deepEqual(await way(), { in_app: true, email: 'off' });
  assert.equal((await nobody('POST', path)).status, 200, 'without a form, as from the page; a second time too');
  const token = link.searchParams.get('token')!;
  const forged = token.slice(0, 60) + (token[60] === 'A' ? 'B' : 'A') + token.slice(61);
  for (const wrong of [forged, token.slice(4), 'x'])
    assert.equal((await nobody('POST', `/unsubscribe?token=${wrong}`)).status, 410, wrong);
  assert.equal((await nobody('POST', '/api/v1/sign-in', 'email=x', form)).status, 415, 'no other address takes forms');
  await made(ann, 'comments', { record_id: contact.id, body: mention(cy.user_id, 'again') });
  await quiet();
  assert.equal(mailsTo('cy').length, 1);
});

test('a digest gathers what is not read yet, goes out once, and not at all when there is nothing', async () => {
  const dan = await tenant.as('member', 'dan');
  await settings(dan, { kinds: { mentioned: { email: 'digest' }, assigned: { email: 'digest' } } });
  const contact = await made(ann, 'contacts', { given_name: 'First', owner_id: dan.user_id });
  const comments: { id: string }[] = [];
  for (const words of ['one', 'two', 'three'])
    comments.push(await made(ann, 'comments', { record_id: contact.id, body: mention(dan.user_id, words) }));
  await quiet();
  const rows = (await dan.api('GET', '/api/v1/notifications')).body.data as {
    id: string;
    source: { id: string } | null;
  }[];
  const of = (n: number) => `/api/v1/notifications/${rows.find(({ source }) => source?.id === comments[n]!.id)!.id}`;
  await dan.api('PATCH', of(0), { read: true });
  await dan.api('PATCH', of(1), { snoozed_until: new Date(Date.now() + 3_600_000).toISOString() });
  assert.equal(mailsTo('dan').length, 0);
  await digestTime();
  const [mail] = mailsTo('dan');
  assert.equal(mail!.subject, '2 new in north');
  assert.match(mail!.text, /ann made you the owner of First/);
  assert.match(mail!.text, /ann mentioned you on First\n {2}“@dan three”/);
  assert.doesNotMatch(mail!.text, /@dan (one|two)/);
  await digestTime();
  assert.equal(mailsTo('dan').length, 1, 'what was put off is not new when it is not back');
});

test('what is made while a digest is on its way is in the next one', async () => {
  const jon = await tenant.as('member', 'jon');
  await settings(jon, { kinds: { assigned: { email: 'digest' } } });
  await made(ann, 'contacts', { given_name: 'Early', owner_id: jon.user_id });
  const late = await made(ann, 'contacts', { given_name: 'Late' });
  let made_late = false;
  meanwhile = async (to) => {
    if (made_late || !to.startsWith('jon@')) return;
    made_late = true;
    // Its event was before the digest began.
    await asOwner(
      app,
      `insert into notification (tenant_id, user_id, kind, cause, resource, record_id, in_app, email, created_at)
       select tenant_id, user_id, kind, cause || ' late', resource, $2, in_app, email, created_at from notification where user_id = $1`,
      [jon.user_id, late.id],
    );
  };
  await digestTime();
  meanwhile = async () => undefined;
  assert.match(mailsTo('jon')[0]!.text, /Early/);
  const waiting = await asOwner(app, 'select record_id from notification where user_id = $1 and mailed_at is null', [
    jon.user_id,
  ]);
  assert.deepEqual(waiting, [{ record_id: late.id }]);
});

test('a mail of finished work says which it was', async () => {
  const ida = await tenant.as('admin', 'ida');
  await settings(ida, { kinds: { finished: { email: 'at_once' } } });
  const people = Array.from({ length: 120 }, (_, number) => ({ given_name: 'Many', family_name: `M${number}` }));
  assert.equal((await ida.api('POST', '/api/v1/contacts/bulk', { data: people })).status, 201);
  const filter = JSON.stringify({ field: 'given_name', op: 'eq', value: 'Many' });
  const action = { kind: 'update', fields: { job_title: 'Clerk' } };
  assert.ok((await ida.api('POST', '/api/v1/changes', { resource: 'contact', filter, action })).status < 300);
  const [mail] = await eventually(async () => mailsTo('ida').length > 0 && mailsTo('ida'));
  assert.equal(mail!.subject, 'Your bulk change is done: 120 contacts changed');
  // One mail each: an import that was taken back made nothing.
  const { id } = await importNow(ida.api, [['a.csv', 'First Name,Last Name\nAda,Ek\nBo,Ek\n']]);
  const subjects = () => mailsTo('ida').map(({ subject }) => subject);
  await eventually(async () => subjects().includes('Your import is done: 2 records created or updated'));
  await follow(ida.api, id, 'reversal');
  await eventually(async () => subjects().includes('Your import was reverted'));
});

test('nobody is mailed what they may not read by then', async () => {
  const eve = await tenant.as('advisor', 'eve');
  await settings(eve, { kinds: { mentioned: { email: 'digest' } } });
  const contact = await made(eve, 'contacts', { given_name: 'Hers' });
  await made(ann, 'comments', { record_id: contact.id, body: mention(eve.user_id) });
  await quiet();
  await ann.api('PATCH', `/api/v1/contacts/${contact.id}`, { owner_id: ann.user_id });
  await digestTime();
  assert.deepEqual(mailsTo('eve'), []);
});

test('a digest whose hour was changed comes at the new one', async () => {
  const fay = await tenant.as('member', 'fay');
  await settings(fay, { kinds: { assigned: { email: 'digest' } }, digest_hour: 3 });
  await made(ann, 'contacts', { given_name: 'Later', owner_id: fay.user_id });
  await quiet();
  await settings(fay, { digest_hour: 17 });
  const jobs = (await asOwner(
    app,
    `select extract(hour from run_at at time zone 'UTC')::int as hour from job where kind = 'notification.digest'
      and payload ->> 'user_id' = $1 order by 1`,
    [fay.user_id],
  )) as { hour: number }[];
  assert.deepEqual(new Set(jobs.map(({ hour }) => hour)), new Set([3, 17]));
  await asOwner(
    app,
    `update job set state = 'ready', run_at = now() where kind = 'notification.digest' and payload ->> 'user_id' = $1`,
    [fay.user_id],
  );
  await quiet();
  assert.deepEqual(mailsTo('fay'), [], 'before its time nothing is sent');
});

test('digests go by the clock of the database: one whose time has come goes out, and the next is another day', async (t) => {
  const gil = await tenant.as('member', 'gil');
  const hour_ms = 3_600_000;
  const due = Math.floor(Date.now() / hour_ms) * hour_ms;
  await settings(gil, { kinds: { assigned: { email: 'digest' } }, digest_hour: new Date(due).getUTCHours() });
  await made(ann, 'contacts', { given_name: 'Punctual', owner_id: gil.user_id });
  await quiet();
  await asOwner(app, `update notification set created_at = $2 where user_id = $1`, [
    gil.user_id,
    new Date(due - hour_ms).toISOString(),
  ]);
  const now = Date.now.bind(Date);
  const behind_ms = now() - due + 120_000;
  t.mock.method(Date, 'now', () => now() - behind_ms);
  await asOwner(
    app,
    `update job set state = 'ready', run_at = now() where kind = 'notification.digest' and payload ->> 'user_id' = $1`,
    [gil.user_id],
  );
  await quiet();
  assert.equal(mailsTo('gil').length, 1);
  await made(ann, 'contacts', { given_name: 'Late', owner_id: gil.user_id });
  await quiet();
  assert.equal(mailsTo('gil').length, 1);
  const waiting = `select run_at > now() as later from job where kind = 'notification.digest' and payload ->> 'user_id' = $1
    and state = 'scheduled'`;
  assert.deepEqual(await asOwner(app, waiting, [gil.user_id]), [{ later: true }]);
});

test('a mail about a task leads to that task', async () => {
  const ivy = await tenant.as('member', 'ivy');
  await settings(ivy, { kinds: { assigned: { email: 'at_once' } } });
  const task = await made(ann, 'tasks', { title: 'Ring back', assignee_id: ivy.user_id });
  const [mail] = await eventually(async () => mailsTo('ivy').length > 0 && mailsTo('ivy'));
  assert.ok(mail!.text.includes(`https://crm.example/tasks?task=${task.id}`), mail!.text);
});

test('what comes by mail alone is mailed, though its person has marked all in the inbox as read', async () => {
  const kim = await tenant.as('member', 'kim');
  await settings(kim, { kinds: { assigned: { in_app: false, email: 'digest' }, mentioned: { email: 'digest' } } });
  const contact = await made(ann, 'contacts', { given_name: 'Unseen', owner_id: kim.user_id });
  await made(ann, 'comments', { record_id: contact.id, body: mention(kim.user_id) });
  await quiet();
  const read = await kim.api('POST', '/api/v1/notifications/readings', { until: '2099-01-01T00:00:00Z' });
  assert.deepEqual(read.body, { read: 1 });
  await digestTime();
  const [mail, ...others] = mailsTo('kim');
  assert.match(mail?.text ?? '', /made you the owner of Unseen/);
  assert.deepEqual([mail!.subject, others], ['1 new in north', []]);
});
