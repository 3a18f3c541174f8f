import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { about } from '../../../test/harness/about.ts';
import { type Client, type SharedTestApp, sharedTestApp, type TestTenant } from '../../../test/harness/app.ts';
import { presetRoles } from '../../kernel/access/rights.ts';

let app: SharedTestApp;
let tenant: TestTenant;
let ann: { api: Client; user_id: string };
let ben: { api: Client; user_id: string };
before(async () => {
  app = await sharedTestApp();
  tenant = await app.tenant();
  ann = await tenant.as('member', 'Ann');
  ben = await tenant.as('member', 'Ben');
});

async function made(api: Client, path: string, body: object) {
  const answer = await api('POST', `/api/v1/${path}`, body);
  assert.equal(answer.status, 201, JSON.stringify(answer.body));
  return answer.body;
}
const contactOf = (api: Client, given_name: string) => made(api, 'contacts', { given_name });
const mention = (id: string, words = 'Somebody') =>
  `<p>Look, <span data-type="mention" data-id="${id}">@${words}</span></p>`;
const threadsOf = async (api: Client, path: string) =>
  (await api('GET', `/api/v1/${path}/timeline?kinds=comment`)).body.data;

test('comments stand on contacts, companies and deals, in threads with their replies, oldest reply first', async () => {
  const deal = await made(ann.api, 'deals', { name: 'Big' });
  const company = await made(ann.api, 'companies', { name: 'Blue' });
  const contact = await contactOf(ann.api, 'Ada');
  for (const [subject, path] of [
    [{ record_id: deal.id }, `deals/${deal.id}`],
    [{ record_id: company.id }, `companies/${company.id}`],
    [{ record_id: contact.id }, `contacts/${contact.id}`],
  ] as const) {
    const first = await made(ann.api, 'comments', { body: '<p>Is this <b>real</b>?</p>', ...subject });
    assert.deepEqual([first.author.name, first.mentions, first.parent_id], ['Ann', [], null]);
    const replies = [];
    for (const words of ['Yes', 'I asked'])
      replies.push(await made(ben.api, 'comments', { body: words, parent_id: first.id }));
    const [thread] = await threadsOf(ann.api, path);
    assert.equal(thread.comment.body, '<p>Is this <b>real</b>?</p>');
    assert.deepEqual(
      thread.replies.map((reply: { id: string; author: { name: string } }) => [reply.id, reply.author.name]),
      replies.map(({ id }) => [id, 'Ben']),
    );
    assert.deepEqual(replies[0], (await ann.api('GET', `/api/v1/comments/${replies[0].id}`)).body);
  }
});

test('of a long thread the newest replies are shown, and how many are left out', async () => {
  const contact = await contactOf(ann.api, 'Talkative');
  const first = await made(ann.api, 'comments', { body: 'Well?', record_id: contact.id });
  const data = Array.from({ length: 101 }, (_, n) => ({ body: `Reply ${n}`, parent_id: first.id }));
  const { body } = await ben.api('POST', '/api/v1/comments/bulk', { data });
  const ids = body.data.map(({ id }: { id: string }) => id);
  const shown = async () => {
    const [thread] = await threadsOf(ann.api, `contacts/${contact.id}`);
    return [thread.replies.map(({ id }: { id: string }) => id), thread.replies_left_out];
  };
  assert.deepEqual(await shown(), [ids.slice(1), 1]);
  const last = await made(ben.api, 'comments', { body: 'Last', parent_id: first.id });
  assert.deepEqual(await shown(), [[...ids.slice(2), last.id], 2]);
});

test('a reply answers a comment of the same record, never a reply, also past the program', async () => {
  const [one, two] = [await contactOf(ann.api, 'One'), await contactOf(ann.api, 'Two')];
  const first = await made(ann.api, 'comments', { body: 'First', record_id: one.id });
  const reply = await made(ann.api, 'comments', { body: 'Reply', parent_id: first.id });
  const refused = async (body: object, field: string) => {
    const answer = await ann.api('POST', '/api/v1/comments', body);
    assert.equal(answer.status, 422, JSON.stringify(answer.body));
    assert.equal(answer.body.errors[0].field, field);
  };
  await refused({ body: 'Deeper', parent_id: reply.id }, 'parent_id');
  await refused({ body: 'Elsewhere', parent_id: first.id, record_id: two.id }, 'record_id');
  await refused({ body: 'To nothing', parent_id: crypto.randomUUID() }, 'parent_id');
  await refused({ body: 'Nowhere' }, 'record_id');
  await refused({ body: 'To no record', record_id: crypto.randomUUID() }, 'record_id');
  await refused({ body: '<p> </p>', record_id: one.id }, 'body');
  const moved = await ann.api('PATCH', `/api/v1/comments/${reply.id}`, { parent_id: null });
  assert.equal(moved.status, 422);
});

test('hostile HTML is left out of a comment, and who is mentioned is called by the own name', async () => {
  const contact = await contactOf(ann.api, 'Hostile');
  const comment = await made(ann.api, 'comments', {
    record_id: contact.id,
    body: `<p onclick="x()">Hi <span data-type="mention" data-id="${ben.user_id}" style="x" class="y">@The boss</span>
      <span style="color:red">red</span><script>x()</script><img src="https://spy.example/p.gif">
      <a href="javascript:x()">a</a></p>`,
  });
  assert.doesNotMatch(comment.body, /script|onclick|img|spy|style|class|boss/);
  assert.match(
    comment.body,
    new RegExp(`<span data-type="mention" data-id="${ben.user_id}" data-label="Ben">@Ben</span>`),
  );
  assert.match(comment.body, /red/);
  assert.deepEqual(comment.mentions, [ben.user_id]);
  const changed = await ann.api('PATCH', `/api/v1/comments/${comment.id}`, { body: 'Nobody' });
  assert.deepEqual([changed.body.body, changed.body.mentions], ['Nobody', []]);
});

test('a text that grows too long by how it is stored is refused in words', async () => {
  const contact_id = (await contactOf(ann.api, 'Long')).id;
  for (const body of ['&'.repeat(30_000), '<a href="https://x.example">x</a>'.repeat(2_000)])
    for (const noun of ['comments', 'notes']) {
      const { status, body: answer } = await ann.api('POST', `/api/v1/${noun}`, {
        ...about(noun, 'contact', contact_id),
        body,
      });
      const [error] = answer.errors;
      assert.deepEqual(
        [status, error.field, error.code, error.message],
        [422, 'body', 'too_big', 'Write at most 100000 characters'],
      );
    }
});

test('to mention somebody whom it would not reach is refused, in comments and notes, saying who and why', async () => {
  const adviser = await tenant.as('advisor', 'Ada Viser');
  const theirs = await contactOf(adviser.api, 'Theirs');
  const hidden = await contactOf(ann.api, 'Hidden');
  const gone = await tenant.as('member', 'Gone');
  const admin = await tenant.as('admin');
  assert.ok((await admin.api('POST', `/api/v1/users/${gone.user_id}/deactivation`)).status < 300);
  const post = (noun: string, contact_id: string, id: string) =>
    ann.api('POST', `/api/v1/${noun}`, { ...about(noun, 'contact', contact_id), body: mention(id) });
  assert.equal((await post('comments', theirs.id, adviser.user_id)).status, 201);
  for (const [noun, contact] of [
    ['comments', hidden],
    ['notes', hidden],
    ['notes', theirs],
  ] as const) {
    const { status, body } = await post(noun, contact.id, adviser.user_id);
    assert.equal(status, 422, JSON.stringify(body));
    assert.deepEqual([body.errors[0].field, body.errors[0].code], ['body', 'no_access']);
    assert.match(body.errors[0].message, /^Ada Viser may not read this contact/);
  }
  const stranger = await (await app.tenant()).as('member');
  for (const id of [stranger.user_id, gone.user_id, crypto.randomUUID()]) {
    const { status, body } = await post('comments', hidden.id, id);
    assert.deepEqual([status, body.errors[0].code], [422, 'no_such_record']);
  }
  // What stands there already stays when the text around it is changed.
  const comment = (await post('comments', theirs.id, adviser.user_id)).body;
  await admin.api('PATCH', `/api/v1/contacts/${theirs.id}`, { owner_id: ann.user_id });
  const again = await ann.api('PATCH', `/api/v1/comments/${comment.id}`, {
    body: `${mention(adviser.user_id)}<p>More</p>`,
  });
  assert.deepEqual([again.status, again.body.mentions], [200, [adviser.user_id]]);
});

test('whom the page offers to mention is who may read the record', async () => {
  const people = await Promise.all(presetRoles().map(({ key }) => tenant.as(key, `Role ${key}`)));
  for (const owner of [people[0]!, people[3]!]) {
    const contact = await contactOf(owner.api, 'Read by');
    const { body } = await ann.api('GET', `/api/v1/contacts/${contact.id}/people?q=role&limit=20`);
    const offered = new Map(body.data.map((p: { id: string; may_read: boolean }) => [p.id, p.may_read]));
    const comment = await made(ann.api, 'comments', { body: 'Seen?', record_id: contact.id });
    for (const { api, user_id } of people) {
      const reads = (await api('GET', `/api/v1/comments/${comment.id}`)).status === 200;
      assert.equal(offered.get(user_id), reads, user_id);
    }
  }
  const named = await tenant.as('admin', 'Ida Strauß-O’Neil');
  const seen = await contactOf(named.api, 'Seen');
  for (const q of ['strauss', 'STRAUß', "strauss-o'n"]) {
    const found = await named.api('GET', `/api/v1/contacts/${seen.id}/people?q=${encodeURIComponent(q)}`);
    assert.deepEqual(
      found.body.data.map(({ id }: { id: string }) => id),
      [named.user_id],
      q,
    );
  }
  const contact = await contactOf(people[3]!.api, 'Asked');
  const outsider = people.find((_, i) => presetRoles()[i]!.key === 'kiosk')!;
  assert.equal((await outsider.api('GET', `/api/v1/contacts/${contact.id}/people`)).status, 404);
});

test('one changes one’s own comments; a manager may delete those of others; all of it can be taken back', async () => {
  const contact = await contactOf(ann.api, 'Words');
  const comment = await made(ann.api, 'comments', { body: 'Mine', record_id: contact.id });
  const path = `/api/v1/comments/${comment.id}`;
  const manager = await tenant.as('manager');
  for (const { api } of [ben, manager]) assert.equal((await api('PATCH', path, { body: 'Theirs' })).status, 403);
  assert.equal((await ben.api('DELETE', path)).status, 403);
  const edit = await ann.api('PATCH', path, { body: 'Better' });
  assert.equal((await ann.api('POST', `/api/v1/changes/${edit.headers.get('change-id')}/reversal`)).body.changed, 1);
  assert.equal((await ann.api('GET', path)).body.body, 'Mine');
  const gone = await manager.api('DELETE', path);
  assert.equal(gone.status, 204);
  const { body } = await manager.api('GET', '/api/v1/trash?resource=comment');
  assert.deepEqual([body.data[0].id, body.data[0].name], [comment.id, 'Mine']);
  assert.equal(
    (await manager.api('POST', `/api/v1/changes/${gone.headers.get('change-id')}/reversal`)).body.changed,
    1,
  );
  assert.equal((await ann.api('GET', path)).status, 200);
  const viewer = await tenant.as('viewer');
  assert.equal((await viewer.api('GET', path)).status, 200);
  assert.equal((await viewer.api('POST', '/api/v1/comments', { body: 'Hm', record_id: contact.id })).status, 403);
});

test('a deleted comment that others have answered keeps its place, without its words', async () => {
  const contact = await contactOf(ann.api, 'Thread');
  const comment = await made(ann.api, 'comments', { body: 'Regretted', record_id: contact.id });
  const reply = await made(ben.api, 'comments', { body: 'Answer', parent_id: comment.id });
  await ann.api('DELETE', `/api/v1/comments/${comment.id}`);
  const [thread] = await threadsOf(ben.api, `contacts/${contact.id}`);
  assert.ok(thread.comment.deleted_at);
  assert.doesNotMatch(JSON.stringify(thread.comment), /Regretted/);
  assert.deepEqual(
    thread.replies.map(({ id }: { id: string }) => id),
    [reply.id],
  );
  await ben.api('DELETE', `/api/v1/comments/${reply.id}`);
  assert.deepEqual(await threadsOf(ben.api, `contacts/${contact.id}`), []);
});

test('threads move with a merged record, and back', async () => {
  const { api } = await tenant.as('admin');
  const [kept, other] = [await contactOf(api, 'Kept'), await contactOf(api, 'Other')];
  const comment = await made(ben.api, 'comments', { body: 'On the other', record_id: other.id });
  await made(ann.api, 'comments', { body: 'Reply', parent_id: comment.id });
  const merged = await api(
    'POST',
    `/api/v1/contacts/${kept.id}/merge`,
    { others: [other.id], values: {} },
    { 'if-match': '"1"' },
  );
  assert.equal(merged.status, 200, JSON.stringify(merged.body));
  const counts = async (id: string) =>
    (await threadsOf(api, `contacts/${id}`)).map(({ replies }: { replies: unknown[] }) => replies.length);
  assert.deepEqual(await counts(kept.id), [1]);
  await api('POST', `/api/v1/changes/${merged.headers.get('change-id')}/reversal`);
  assert.deepEqual([await counts(kept.id), await counts(other.id)], [[], [1]]);
});

test('whoever may not see people is told of nobody: not to mention, not in refusals, not who else is here', async () => {
  const contact = await contactOf(ann.api, 'Counter');
  const admin = (await tenant.as('admin')).api;
  const rights = { contact: { read: 'all' }, comment: { read: 'all', create: 'own', update: 'all' } };
  const { key } = await made(admin, 'roles', { name: 'Desk', rights });
  const desk = await tenant.as(key, 'Desk');
  const people = await desk.api('GET', `/api/v1/contacts/${contact.id}/people?limit=20`);
  assert.deepEqual(
    people.body.data.map(({ id }: { id: string }) => id),
    [desk.user_id],
  );
  const refused = await desk.api('POST', '/api/v1/comments', { record_id: contact.id, body: mention(ben.user_id) });
  assert.deepEqual([refused.status, refused.body.errors[0].code], [422, 'no_such_record']);
  const presence = `/api/v1/contacts/${contact.id}/presence`;
  await ann.api('PUT', presence);
  assert.deepEqual((await desk.api('PUT', presence)).body.data, []);
  assert.deepEqual((await ann.api('PUT', presence)).body.data, [{ id: desk.user_id, name: 'Desk' }]);
  const comment = await made(ann.api, 'comments', { record_id: contact.id, body: mention(ben.user_id) });
  const changed = await desk.api('PATCH', `/api/v1/comments/${comment.id}`, { body: `${comment.body}<p>More</p>` });
  assert.deepEqual([changed.status, changed.body.mentions], [200, [ben.user_id]], 'who stands there stays');
});
