import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import pg from 'pg';
import { type Client, type SharedTestApp, sharedTestApp, type TestTenant } from '../../../test/harness/app.ts';
import { boldOf, linesOf, pasted } from '../../../test/harness/pasted.ts';
import type { Rights } from '../../kernel/access/rights.ts';

let app: SharedTestApp;
let tenant: TestTenant;
let member: { api: Client; user_id: string };
before(async () => {
  app = await sharedTestApp();
  tenant = await app.tenant();
  member = await tenant.as('member');
});

async function made(api: Client, path: string, body: object) {
  const answer = await api('POST', `/api/v1/${path}`, body);
  assert.equal(answer.status, 201, JSON.stringify(answer.body));
  return answer.body;
}

async function addRole(key: string, rights: Rights): Promise<void> {
  const owner = new pg.Client({ connectionString: app.database.ownerUrl });
  await owner.connect();
  await owner.query('insert into role (tenant_id, key, name, rights) values ($1, $2, $2, $3)', [
    tenant.tenant_id,
    key,
    rights,
  ]);
  await owner.end();
}

test('a note belongs to a record, has its writer as author, and hostile HTML is left out of it', async () => {
  const contact = await made(member.api, 'contacts', { given_name: 'Ada' });
  const note = await made(member.api, 'notes', {
    records: [{ type: 'contact', id: contact.id }],
    body: `<p onclick="steal()">Met <b>Ada</b><script>steal()</script><img src="https://spy.example/p.gif">
      <a href="javascript:steal()">one</a> <a href="//spy.example">three</a>
      <a href="https://example.com" style="x">two</a><iframe src="//x"></iframe><svg onload="steal()"></svg></p>`,
  });
  assert.equal(note.author_id, member.user_id);
  assert.deepEqual(note.author, { id: member.user_id, name: 'member' });
  assert.deepEqual(note.records, [{ type: 'contact', id: contact.id, name: 'Ada' }]);
  assert.equal(note.pinned, false);
  assert.doesNotMatch(note.body, /steal|spy|script|img|iframe|style|svg|onclick/);
  assert.match(note.body, /<p>Met <b>Ada<\/b>/);
  assert.match(
    note.body,
    /<a href="https:\/\/example.com" rel="noopener noreferrer nofollow" target="_blank">two<\/a>/,
  );

  const changed = await member.api('PATCH', `/api/v1/notes/${note.id}`, {
    body: '<h1>X</h1><style>*{}</style>',
    pinned: true,
  });
  assert.deepEqual([changed.body.body, changed.body.pinned], ['<h1>X</h1>', true]);
});

test('a mail thread, a document and cells that are sent as a note keep each line, whether short or so long that they are read aside', async () => {
  const { id } = await made(member.api, 'contacts', { given_name: 'Thread' });
  for (const { name, html, lines, bold } of pasted)
    for (const times of [1, 40]) {
      const sent = Array(times).fill(`<div>${html}</div>`).join('');
      const { body } = await made(member.api, 'notes', { records: [{ type: 'contact', id }], body: sent });
      assert.deepEqual(linesOf(body), Array(times).fill(lines).flat(), `${name} ${times} times`);
      assert.deepEqual(boldOf(body), Array(times).fill(bold).flat(), `${name} ${times} times`);
      assert.doesNotMatch(body, /<a [^>]*>[^<]*(Delivery|README)/);
    }
});

test('a note without words, without a record, or in the name of another is refused', async () => {
  const contact = await made(member.api, 'contacts', { given_name: 'Empty' });
  const refused = async (body: object, field: string, verb = 'POST', path = '/api/v1/notes') => {
    const answer = await member.api(verb, path, body);
    assert.equal(answer.status, 422, JSON.stringify(answer.body));
    assert.equal(answer.body.errors[0].field, field);
  };
  const records = [{ type: 'contact', id: contact.id }];
  for (const body of ['', ' ', '<p></p>', '<script>x</script>', '<p>&nbsp; <br></p>'])
    await refused({ records, body }, 'body');
  await refused({ body: 'Hanging' }, 'records');
  await refused({ body: 'Forged', records, author_id: member.user_id }, 'author_id');
  await refused({ body: 'Of no type', records: [{ type: 'task', id: contact.id }] }, 'records.0.type');
  await refused({ body: 'Of another type', records: [{ type: 'deal', id: contact.id }] }, 'records.0.id');
  await refused({ body: 'Too much', records: Array.from({ length: 21 }, () => records[0]) }, 'records');
  await refused({ data: [{ body: 'Only one' }] }, 'data.0.records', 'POST', '/api/v1/notes/bulk');
  const note = await made(member.api, 'notes', { body: 'Held', records: [{ type: 'contact', id: contact.id }] });
  await refused({ records: [] }, 'records', 'PATCH', `/api/v1/notes/${note.id}`);
});

test('nobody attaches a note to a record they cannot read, nor to one in the trash', async () => {
  const admin = (await tenant.as('admin')).api;
  const adviser = (await tenant.as('advisor')).api;
  const theirs = await made(admin, 'contacts', { given_name: 'Theirs' });
  const mine = await made(adviser, 'contacts', { given_name: 'Mine' });
  const note = await made(adviser, 'notes', { body: 'Fine', records: [{ type: 'contact', id: mine.id }] });
  const stranger = (await (await app.tenant()).as('admin')).api;
  const foreign = await made(stranger, 'contacts', { given_name: 'Foreign' });
  const trashed = await made(adviser, 'companies', { name: 'Gone' });
  await adviser('DELETE', `/api/v1/companies/${trashed.id}`);
  for (const record of [
    { type: 'contact', id: theirs.id },
    { type: 'contact', id: foreign.id },
    { type: 'company', id: trashed.id },
  ]) {
    const subject = { records: [{ type: 'contact', id: mine.id }, record] };
    for (const answer of [
      await adviser('POST', '/api/v1/notes', { body: 'Sneaky', ...subject }),
      await adviser('PATCH', `/api/v1/notes/${note.id}`, subject),
    ]) {
      assert.equal(answer.status, 422, JSON.stringify([subject, answer.body]));
      assert.deepEqual([answer.body.errors[0].field, answer.body.errors[0].code], ['records.1.id', 'no_such_record']);
    }
  }
});

test('a note is seen only with its record', async () => {
  await addRole('reader', { contact: { read: 'own', create: 'own' }, note: { read: 'all', create: 'all' } });
  const reader = (await tenant.as('reader')).api;
  const theirs = await made(member.api, 'contacts', { given_name: 'Hidden' });
  const note = await made(member.api, 'notes', { body: 'Hidden too', records: [{ type: 'contact', id: theirs.id }] });
  assert.equal((await reader('GET', `/api/v1/notes/${note.id}`)).status, 404);
  const mine = await made(reader, 'contacts', { given_name: 'Shown' });
  const shown = await made(member.api, 'notes', { body: 'Shown too', records: [{ type: 'contact', id: mine.id }] });
  assert.equal((await reader('GET', `/api/v1/notes/${shown.id}`)).body.body, 'Shown too');
  const { body } = await reader('GET', '/api/v1/notes?limit=200');
  assert.deepEqual(
    body.data.map((n: { id: string }) => n.id),
    [shown.id],
  );
});

test('a member changes every note but deletes only the own', async () => {
  const colleague = await tenant.as('member', 'colleague');
  const contact = await made(member.api, 'contacts', { given_name: 'Shared' });
  const note = await made(member.api, 'notes', { body: 'By member', records: [{ type: 'contact', id: contact.id }] });
  assert.equal((await colleague.api('PATCH', `/api/v1/notes/${note.id}`, { pinned: true })).status, 200);
  assert.equal((await colleague.api('DELETE', `/api/v1/notes/${note.id}`)).status, 403);
  assert.equal((await member.api('DELETE', `/api/v1/notes/${note.id}`)).status, 204);
  assert.equal((await member.api('GET', `/api/v1/notes/${note.id}`)).status, 404);
  assert.equal((await member.api('POST', `/api/v1/notes/${note.id}/restoration`)).status, 200);
});

test('many texts of nothing but elements do not keep others waiting until they are read', async () => {
  const contact = await made(member.api, 'contacts', { given_name: 'Patient' });
  const body = `${'<b><i>'.repeat(15_000)}x`;
  const lists = [6, 6].map((length) =>
    Array.from({ length }, () => ({ records: [{ type: 'contact', id: contact.id }], body })),
  );
  let isStored = false;
  const stored = Promise.all(lists.map((data) => member.api('POST', '/api/v1/notes/bulk', { data }))).finally(() => {
    isStored = true;
  });
  let served = 0;
  while (!isStored) {
    assert.equal((await member.api('GET', `/api/v1/contacts/${contact.id}`)).status, 200);
    served++;
  }
  assert.deepEqual(
    (await stored).map(({ status }) => status),
    [201, 201],
  );
  // Counted, because a busy machine needs longer for both. With one turn of the event loop between two texts it is one
  // for two of them, or fewer.
  assert.ok(served >= 2 * lists.flat().length, `${served} requests of others were served`);
});
