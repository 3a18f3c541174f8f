import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { type Client, type SharedTestApp, sharedTestApp, type TestTenant } from '../../../test/harness/app.ts';

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
  assert.deepEqual([inside, outside, secret, answer].map(({ audience }) => audience), ['internal', 'public', 'internal', 'public']); // biome-ignore format: one call
  const threads = async (query: string) => {
    const { body } = await ann('GET', `/api/v1/contacts/${id}/timeline?kinds=comment${query}`);
    return body.data.map(({ comment, replies }: { comment: { id: string }; replies: { id: string }[] }) => [comment.id, ...replies.map((reply) => reply.id)]); // biome-ignore format: one call
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
