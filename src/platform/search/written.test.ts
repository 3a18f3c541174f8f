import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { type Client, type SharedTestApp, sharedTestApp, type TestTenant } from '../../../test/harness/app.ts';
import { asOwner } from '../../../test/harness/identity.ts';

let app: SharedTestApp;
let tenant: TestTenant;
let admin: Client;
let contact: { id: string };
before(async () => {
  app = await sharedTestApp();
  tenant = await app.tenant();
  admin = (await tenant.as('admin')).api;
  contact = await create(admin, 'contacts', { given_name: 'Ada', family_name: 'Byron' });
  const contact_id = contact.id;
  await create(admin, 'notes', {
    body: '<p>She <b>adores</b> sailing &amp; Übermut in Crème bays</p>',
    records: [{ type: 'contact', id: contact_id }],
  });
  await create(admin, 'activities', {
    kind: 'call',
    subject: 'Renewal of the policy',
    body: 'sailed along',
    records: [{ type: 'contact', id: contact_id }],
  });
  await create(admin, 'tasks', { title: 'Send the sailing brochure' });
  await create(admin, 'comments', { body: '<p>Has she <i>asked</i>?</p>', record_id: contact_id });
});

async function create(api: Client, path: string, body: object) {
  const answer = await api('POST', `/api/v1/${path}`, body);
  assert.equal(answer.status, 201, JSON.stringify(answer.body));
  return answer.body;
}

interface Hit {
  resource: string;
  id: string;
  title: string | null;
  excerpt: string;
  subject: { resource: string; id: string; name: string } | null;
}

async function written(q: string, api = admin): Promise<Hit[]> {
  const { status, body } = await api('GET', `/api/v1/search?q=${encodeURIComponent(q)}`);
  assert.equal(status, 200, JSON.stringify(body));
  return body.written;
}
const kinds = async (q: string, api = admin) => (await written(q, api)).map(({ resource }) => resource);

test('words are found by how they begin, in any order, whatever their case, accents and markup', async () => {
  assert.deepEqual(await kinds('sail'), ['task', 'activity', 'note']);
  assert.deepEqual(await kinds('brochure SEND'), ['task']);
  assert.deepEqual(await kinds('ask'), ['comment']);
  for (const q of ['ubermut', 'ÜBERMUT', 'creme b', 'ado sail']) assert.deepEqual(await kinds(q), ['note'], q);
  for (const q of ['amp', 'policies', 'ailing', "' | !x & (", '%', ':*']) assert.deepEqual(await kinds(q), [], q);
});

test('a mail that begins as a sealed text does is shown as it was written', async () => {
  const own = await tenant.as('advisor', 'postman');
  const box = await create(own.api, 'mailboxes', { name: 'Post', address: 'post@mail.example', sharing: 'private' });
  const body = '\u0001sealed:of somebody else';
  await asOwner(
    app,
    `with mail as (
       insert into mail_message (tenant_id, digest, conversation_id, subject, body, occurred_at, mailbox_ids)
       values ($1, sha256('quokka'), gen_random_uuid(), 'Count the quokkas', $3, now(), array[$2::uuid]) returning conversation_id)
     insert into mail_thread (tenant_id, mailbox_id, conversation_id, last_at, messages, unread)
       select $1, $2, conversation_id, now(), 1, 0 from mail`,
    [tenant.tenant_id, box.id, body],
  );
  const [hit] = await written('quokkas', own.api);
  assert.deepEqual([hit?.resource, hit?.excerpt], ['mail_message', body]);
});

test('a sharp s is found however it is written', async () => {
  const own = await tenant.as('advisor', 'sharp');
  const { id: contact_id } = await create(own.api, 'contacts', { given_name: 'Sharp' });
  await create(own.api, 'notes', { body: '<p>Große Messstraße</p>', records: [{ type: 'contact', id: contact_id }] });
  for (const api of [admin, own.api]) {
    for (const q of ['strasse', 'ssen']) assert.deepEqual(await kinds(q, api), [], q);
    for (const q of ['messstrasse', 'MESSSTRASSE', 'messstraße', 'grosse mess', 'gross', 'große'])
      assert.deepEqual(await kinds(q, api), ['note'], q);
    assert.match((await written('messstrasse', api))[0]!.excerpt, /Große Messstraße/);
  }
  await create(own.api, 'notes', { body: '<p>Schlussrechnung</p>', records: [{ type: 'contact', id: contact_id }] });
  for (const api of [admin, own.api]) assert.deepEqual(await kinds('schlußrechnung', api), ['note']);
});

test('a hit says what stands around the words and which record it hangs on', async () => {
  const [note] = await written('bays');
  assert.equal(note!.excerpt, '…es sailing & Übermut in Crème bays');
  for (const q of ['creme', 'CRÈME', 'Crème'.normalize('NFD')])
    assert.equal((await written(q))[0]!.excerpt, '…e adores sailing & Übermut in Crème bays', q);
  assert.deepEqual(note!.subject, { resource: 'contact', id: contact.id, name: 'Ada Byron' });
  assert.deepEqual((await written('brochure'))[0]!.subject, null);
  assert.equal((await written('renewal'))[0]!.title, 'Renewal of the policy');
});

test('what is in the trash, hangs on what is there, or is of another tenant is not found', async () => {
  const gone = await create(admin, 'contacts', { given_name: 'Gone' });
  const task = await create(admin, 'tasks', { title: 'Zebra one' });
  await create(admin, 'notes', { body: '<p>Zebra two</p>', records: [{ type: 'contact', id: gone.id }] });
  assert.deepEqual(await kinds('zebra'), ['note', 'task']);
  await admin('DELETE', `/api/v1/tasks/${task.id}`);
  assert.deepEqual(await kinds('zebra'), ['note']);
  await admin('DELETE', `/api/v1/contacts/${gone.id}`);
  assert.deepEqual(await kinds('zebra'), []);
  assert.deepEqual(await kinds('sail', (await (await app.tenant()).as('admin')).api), []);
});

test('with the scope "own" one finds what lies on own records only', async () => {
  const adviser = await tenant.as('advisor');
  assert.deepEqual(await kinds('sail', adviser.api), []);
  const own = await create(adviser.api, 'contacts', { given_name: 'Own' });
  await create(adviser.api, 'notes', { body: '<p>Giraffe</p>', records: [{ type: 'contact', id: own.id }] });
  assert.deepEqual(await kinds('giraffe', adviser.api), ['note']);
  await create(adviser.api, 'activities', {
    kind: 'call',
    subject: 'Über_Ångström',
    body: '北海道',
    records: [{ type: 'contact', id: own.id }],
  });
  for (const q of ['uber', 'angst', '海道', 'giraffe']) assert.equal((await kinds(q, adviser.api)).length, 1, q);
  for (const q of ['iraffe', 'ngstrom', '道海']) assert.deepEqual(await kinds(q, adviser.api), [], q);
  assert.deepEqual(await kinds('giraffe', (await tenant.as('advisor', 'another')).api), []);
  assert.deepEqual(await kinds('giraffe', (await tenant.as('customer')).api), []);
});

test('a rare word of long ago is found among thousands of newer entries', async () => {
  await create(admin, 'notes', { body: '<p>Quetzal</p>', records: [{ type: 'contact', id: contact.id }] });
  for (let n = 0; n < 5; n++) {
    const data = Array.from({ length: 500 }, (_, i) => ({
      body: `<p>Daily report ${n} ${i}</p>`,
      records: [{ type: 'contact', id: contact.id }],
    }));
    assert.equal((await admin('POST', '/api/v1/notes/bulk', { data })).status, 201);
  }
  assert.equal((await written('quetzal')).length, 1);
  assert.equal((await written('daily report')).length, 10);
});

test('what is written without spaces is found inside', async () => {
  const { id: contact_id } = await create(admin, 'contacts', { given_name: '太郎', family_name: '山田' });
  const note = await create(admin, 'notes', {
    records: [{ type: 'contact', id: contact_id }],
    body: '<p>昨日<b>東京都庁</b>で会議をしました。見積書を送る</p>',
  });
  await create(admin, 'tasks', { title: '京都へ電話する' });
  const task = await create(admin, 'tasks', { title: '请发送报价单给客户' });
  const found = async (q: string) => (await written(q)).map(({ id }) => id);
  for (const q of ['都庁', '会議', '見積', '東京', '東京 見積書', '会議をしました', '庁'])
    assert.deepEqual(await found(q), [note.id], q);
  for (const q of ['报价', '客户', '发送报价单']) assert.deepEqual(await found(q), [task.id], q);
  for (const q of ['東都', '会議 報告', '庁京']) assert.deepEqual(await found(q), [], q);
  assert.match((await written('見積'))[0]!.excerpt, /見積書/);
});
