import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import {
  type Client,
  client,
  eventually,
  type SharedTestApp,
  sharedTestApp,
  type TestTenant,
} from '../../../test/harness/app.ts';
import { asOwner, makePerson, signedIn } from '../../../test/harness/identity.ts';
import { openStream } from '../../../test/harness/stream.ts';

let app: SharedTestApp;
let tenant: TestTenant;
let ann: Client;
before(async () => {
  app = await sharedTestApp();
  tenant = await app.tenant();
  ann = (await tenant.as('member', 'Ann')).api;
});

async function made(path: string, body: object) {
  const answer = await ann('POST', `/api/v1/${path}`, body);
  assert.equal(answer.status, 201, JSON.stringify(answer.body));
  return answer.body;
}
const commentOn = (contact_id: string, body: string, more: object = {}) =>
  made('comments', { record_id: contact_id, body: `<p>${body}</p>`, ...more });
const refused = ({ status, body }: Awaited<ReturnType<Client>>) => [
  status,
  body.errors?.[0].field,
  body.errors?.[0].code,
];

test('a comment is internal unless it says otherwise, and lists and timelines are asked for one audience', async () => {
  const { id } = await made('contacts', { given_name: 'Ada' });
  const inside = await commentOn(id, 'Inside');
  const outside = await commentOn(id, 'Outside', { audience: 'public' });
  const secret = await commentOn(id, 'Among us', { parent_id: outside.id });
  const answer = await commentOn(id, 'To her', { parent_id: outside.id, audience: 'public' });
  assert.deepEqual(
    [inside, outside, secret, answer].map(({ audience }) => audience),
    ['internal', 'public', 'internal', 'public'],
  );
  const threads = async (query: string) => {
    const { body } = await ann('GET', `/api/v1/contacts/${id}/timeline?kinds=comment${query}`);
    return body.data.map(({ comment, replies }: { comment: { id: string }; replies: { id: string }[] }) => [
      comment.id,
      ...replies.map((reply) => reply.id),
    ]);
  };
  assert.deepEqual(await threads(''), [[outside.id, secret.id, answer.id], [inside.id]]);
  assert.deepEqual(await threads('&audience=public'), [[outside.id, answer.id]]);
  assert.deepEqual(await threads('&audience=internal'), [[inside.id]]);
  const filter = encodeURIComponent(JSON.stringify({ field: 'audience', op: 'eq', value: 'public' }));
  const list = await ann('GET', `/api/v1/comments?filter=${filter}`);
  assert.deepEqual(list.body.data.map((row: { id: string }) => row.id).sort(), [outside.id, answer.id].sort());
  assert.equal((await ann('GET', `/api/v1/contacts/${id}/timeline?audience=all`)).status, 422);
});

test('pages of one audience do not go on in those of the other', async () => {
  const { id } = await made('contacts', { given_name: 'Pages' });
  for (const n of [1, 2]) await commentOn(id, `Public ${n}`, { audience: 'public' });
  const path = `/api/v1/contacts/${id}/timeline?kinds=comment&limit=1`;
  const { next_cursor } = (await ann('GET', `${path}&audience=public`)).body;
  assert.equal((await ann('GET', `${path}&audience=public&cursor=${next_cursor}`)).status, 200);
  assert.equal((await ann('GET', `${path}&cursor=${next_cursor}`)).status, 400);
});

test('it becomes public by whoever may change it, and never internal again, not by undo either', async () => {
  const { id } = await made('contacts', { given_name: 'Bob' });
  const comment = await commentOn(id, 'Ours');
  const ben = (await tenant.as('member', 'Ben')).api;
  const path = `/api/v1/comments/${comment.id}`;
  assert.equal((await ben('PATCH', path, { audience: 'public' })).status, 403);
  const widened = await ann('PATCH', path, { audience: 'public' });
  assert.deepEqual([widened.status, widened.body.audience], [200, 'public']);
  assert.deepEqual(refused(await ann('PATCH', path, { audience: 'internal' })), [422, 'audience', 'not_allowed']);
  await ann('POST', `/api/v1/changes/${widened.headers.get('change-id')}/reversal`);
  assert.equal((await ann('GET', path)).body.audience, 'public');
  assert.equal((await ann('PATCH', path, { body: '<p>Reworded</p>' })).status, 200);
});

test('a reply to an internal comment cannot be public, nor become it before the comment does', async () => {
  const { id } = await made('contacts', { given_name: 'Cyd' });
  const head = await commentOn(id, 'Head');
  const asked = { record_id: id, parent_id: head.id, body: '<p>No</p>', audience: 'public' };
  assert.deepEqual(refused(await ann('POST', '/api/v1/comments', asked)), [422, 'audience', 'not_allowed']);
  const reply = await commentOn(id, 'Reply', { parent_id: head.id });
  const publish = (one: string) => ann('PATCH', `/api/v1/comments/${one}`, { audience: 'public' });
  assert.deepEqual(refused(await publish(reply.id)), [422, 'audience', 'not_allowed']);
  assert.equal((await publish(head.id)).status, 200);
  assert.equal(
    (await ann('GET', `/api/v1/comments/${reply.id}`)).body.audience,
    'internal',
    'replies stay as they are',
  );
  assert.equal((await publish(reply.id)).status, 200);
});

const idsOf = (rows: { id: string }[]) => rows.map(({ id }) => id).sort();

/**
 * Somebody who is no member and takes part in a contact, by a session and by a key that a member made for such people.
 */
async function outsiderOf(name: string) {
  const admin = (await tenant.as('admin', 'Root')).api;
  const own = { read: 'own', create: 'own' };
  const rights = { contact: { read: 'own' }, comment: own, note: own };
  const role = await admin('POST', '/api/v1/roles', { name: `${name}'s role`, kind: 'contractor', rights });
  assert.equal(role.status, 201, JSON.stringify(role.body));
  const person = await makePerson(app, tenant, name, 'contractor');
  const given = await admin('PUT', `/api/v1/users/${person.user_id}/roles`, { role_ids: [role.body.id] });
  assert.equal(given.status, 200, JSON.stringify(given.body));
  const browser = await signedIn(app, person);
  const contact = await made('contacts', { given_name: 'Olivia', family_name: name });
  assert.equal((await admin('PATCH', `/api/v1/contacts/${contact.id}`, { owner_id: person.user_id })).status, 200);
  return { ...person, role_id: role.body.id as string, browser, api: browser.send, contact_id: contact.id as string };
}

test('who is no member reads what is public of their records and what they said, and nothing internal, wherever they ask', async () => {
  const { api, browser, contact_id: id } = await outsiderOf('Outer');
  const elsewhere = await made('contacts', { given_name: 'Elsewhere' });
  await commentOn(elsewhere.id, 'Quokka elsewhere', { audience: 'public' });
  const stream = await openStream(app.url, browser.cookie()!);
  const internal = await commentOn(id, 'Quokka inside');
  const open = await commentOn(id, 'Quokka outside', { audience: 'public' });
  const among = await commentOn(id, 'Quokka among us', { parent_id: open.id });
  await made('notes', { records: [{ type: 'contact', id }], body: '<p>Quokka of ours</p>' });
  const said = (
    await api('POST', '/api/v1/comments', { record_id: id, parent_id: open.id, body: '<p>Quokka back</p>' })
  ).body;
  assert.equal(said.audience, 'public', JSON.stringify(said));
  const noted = (await api('POST', '/api/v1/notes', { records: [{ type: 'contact', id }], body: '<p>Quokka mine</p>' }))
    .body;
  const shown = idsOf([open, said]);

  assert.deepEqual(idsOf((await api('GET', '/api/v1/comments')).body.data), shown);
  const filter = encodeURIComponent(JSON.stringify({ field: 'audience', op: 'eq', value: 'internal' }));
  assert.deepEqual((await api('GET', `/api/v1/comments?filter=${filter}`)).body.data, []);
  for (const hidden of [internal, among]) assert.equal((await api('GET', `/api/v1/comments/${hidden.id}`)).status, 404);
  assert.equal((await api('GET', `/api/v1/comments/${open.id}`)).status, 200);
  for (const query of ['', '&audience=public']) {
    const { body } = await api('GET', `/api/v1/contacts/${id}/timeline?kinds=comment,note${query}`);
    const entries = body.data.flatMap(
      (entry: { comment?: { id: string }; note?: { id: string }; replies?: { id: string }[] }) => [
        entry.comment ?? entry.note,
        ...(entry.replies ?? []),
      ],
    );
    assert.deepEqual(idsOf(entries), idsOf([open, said, noted]), query);
  }
  assert.deepEqual((await api('GET', `/api/v1/contacts/${id}/timeline?kinds=comment&audience=internal`)).body.data, []);
  const found = await api('GET', '/api/v1/search?q=quokka');
  assert.deepEqual(idsOf(found.body.written), idsOf([open, said, noted]), JSON.stringify(found.body));

  await eventually(async () => stream.changes().some(({ data }) => data.id === said.id));
  const heard = new Set(stream.changes().map(({ data }) => data.id));
  assert.deepEqual(
    [open, internal, among].map((each) => heard.has(each.id)),
    [true, false, false],
  );
  stream.close();

  const exported = await api('POST', '/api/v1/exports', { resource: 'comment', format: 'csv' });
  assert.equal(exported.status, 403, JSON.stringify(exported.body));
});

test('who is no member reads no note of members, also where their role was given all notes past the program', async () => {
  const outsider = await outsiderOf('Noter');
  const { role_id, contact_id } = outsider;
  const records = [{ type: 'contact', id: contact_id }];
  const hidden = await made('notes', { records, body: '<p>Zebra of ours</p>' });
  const own = (await outsider.api('POST', '/api/v1/notes', { records, body: '<p>Zebra mine</p>' })).body;
  const every = `'{"contact": {"read": "own"}, "note": {"read": "all", "create": "all"}}'`;
  await asOwner(app, `update role set rights = ${every} where id = $1`, [role_id]);
  const api = (await signedIn(app, outsider)).send;
  assert.deepEqual(idsOf((await api('GET', '/api/v1/notes')).body.data), [own.id]);
  assert.equal((await api('GET', `/api/v1/notes/${hidden.id}`)).status, 404);
  assert.deepEqual(idsOf((await api('GET', '/api/v1/search?q=zebra')).body.written), [own.id]);
  const { body } = await api('GET', `/api/v1/contacts/${contact_id}/timeline?kinds=note`);
  assert.deepEqual(idsOf(body.data.map((entry: { note: { id: string } }) => entry.note)), [own.id]);
});

test('what somebody says who is no member is public, and they answer nothing that they do not see', async () => {
  const { api, contact_id: record_id } = await outsiderOf('Sayer');
  const say = (more: object) => api('POST', '/api/v1/comments', { record_id, body: '<p>Hello</p>', ...more });
  assert.deepEqual(refused(await say({ audience: 'internal' })), [422, 'audience', 'not_allowed']);
  assert.equal((await say({ audience: 'public' })).body.audience, 'public');
  const internal = await commentOn(record_id, 'Among us');
  assert.deepEqual(refused(await say({ parent_id: internal.id })), [422, 'parent_id', 'no_such_record']);
});

test('so it is for a key of a role for those who are no members, also where a member made it or another key', async () => {
  const { role_id } = await outsiderOf('Keeper');
  const admin = (await tenant.as('admin', 'Root')).api;
  const { id } = await made('contacts', { given_name: 'Of the administrator' });
  const me = (await admin('GET', '/api/v1/session')).body.user.id;
  assert.equal((await admin('PATCH', `/api/v1/contacts/${id}`, { owner_id: me })).status, 200);
  const internal = await commentOn(id, 'Among us');
  const open = await commentOn(id, 'For all', { audience: 'public' });
  const { key } = (await admin('POST', '/api/v1/api-keys', { name: 'portal', role_id })).body;
  const portal = client(app.url, key);
  assert.equal((await admin('GET', `/api/v1/comments/${internal.id}`)).status, 200);
  assert.equal((await portal('GET', `/api/v1/comments/${internal.id}`)).status, 404);
  assert.equal((await portal('GET', `/api/v1/comments/${open.id}`)).status, 200);
});
