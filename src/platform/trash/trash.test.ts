import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { type Client, type SharedTestApp, sharedTestApp, type TestTenant } from '../../../test/harness/app.ts';
import { housekeep } from '../../../test/harness/housekeep.ts';
import { asOwner } from '../../../test/harness/identity.ts';
import { trash_days } from './contract.ts';

let app: SharedTestApp;
let tenant: TestTenant;
let api: Client;
let user_id: string;
before(async () => {
  app = await sharedTestApp();
  tenant = await app.tenant();
  ({ api, user_id } = await tenant.as('admin'));
});

async function trashed(noun: string, body: object, by = api) {
  const made = await by('POST', `/api/v1/${noun}`, body);
  assert.equal(made.status, 201, JSON.stringify(made.body));
  assert.equal((await by('DELETE', `/api/v1/${noun}/${made.body.id}`)).status, 204);
  return made.body.id as string;
}
const list = async (query = '', by = api) => (await by('GET', `/api/v1/trash?limit=200${query}`)).body.data;

test('the trash says what, when, by whom and until when, newest first, of every noun', async () => {
  const kept = (await api('POST', '/api/v1/contacts', { given_name: 'Kept' })).body.id;
  const ids = [
    await trashed('contacts', { given_name: 'Ada', family_name: 'Old' }),
    await trashed('companies', { name: 'Blue' }),
    await trashed('deals', { name: 'Big' }),
    await trashed('tasks', { title: 'Ring' }),
    await trashed('notes', { body: '<p>Said  <b>hello</b></p>', records: [{ type: 'contact', id: kept }] }),
    await trashed('activities', { kind: 'call', subject: 'Called', records: [{ type: 'contact', id: kept }] }),
  ];
  const rows = await list();
  assert.deepEqual(
    rows.map((row: { id: string }) => row.id),
    ids.toReversed(),
  );
  assert.deepEqual(
    rows.map((row: { name: string }) => row.name),
    ['Called', 'Said hello', 'Ring', 'Big', 'Blue', 'Ada Old'],
  );
  for (const row of rows) {
    assert.equal(row.deleted_by.id, user_id);
    assert.equal(Date.parse(row.kept_until) - Date.parse(row.deleted_at), trash_days * 86_400_000);
    assert.deepEqual([row.may_restore, row.may_purge], [true, true]);
  }
  assert.deepEqual(
    (await list('&resource=deal')).map((row: { name: string }) => row.name),
    ['Big'],
  );
  assert.equal((await api('GET', '/api/v1/trash?resource=user')).status, 422);
  const seen: string[] = [];
  for (let cursor = ''; ; ) {
    const { body } = await api('GET', `/api/v1/trash?limit=2${cursor}`);
    seen.push(...body.data.map((row: { id: string }) => row.id));
    if (body.next_cursor === null) break;
    cursor = `&cursor=${encodeURIComponent(body.next_cursor)}`;
  }
  assert.deepEqual(seen, ids.toReversed());
});

test('records come back with all that hangs on them, and that can be undone', async () => {
  const tag = (await api('POST', '/api/v1/tags', { name: 'Stays' })).body;
  const made = await api('POST', '/api/v1/contacts', { given_name: 'Back', tags: [tag.id] });
  const { id } = made.body;
  await api('POST', '/api/v1/notes', { body: '<p>Here</p>', records: [{ type: 'contact', id: id }] });
  await api('DELETE', `/api/v1/contacts/${id}`);
  const other = await trashed('companies', { name: 'Back too' });
  const items = [
    { resource: 'contact', id },
    { resource: 'company', id: other },
    { resource: 'contact', id: crypto.randomUUID() },
  ];
  const answer = await api('POST', '/api/v1/trash/restorations', { items });
  assert.equal(answer.status, 200);
  assert.deepEqual(answer.body, { done: 2, left: [items[2]] });
  const { body } = await api('GET', `/api/v1/contacts/${id}`);
  assert.deepEqual(
    body.tags.map((each: { name: string }) => each.name),
    ['Stays'],
  );
  const timeline = (await api('GET', `/api/v1/contacts/${id}/timeline?kinds=note`)).body.data;
  assert.equal(timeline.length, 1);
  assert.equal((await api('POST', `/api/v1/changes/${answer.headers.get('change-id')}/reversal`)).body.changed, 2);
  assert.equal((await api('GET', `/api/v1/contacts/${id}`)).status, 404);
  assert.equal((await api('POST', '/api/v1/trash/restorations', { items: [items[2]] })).status, 404);
});

test('deleting for good is final, and takes the right to delete everybody’s records', async () => {
  const member = await tenant.as('member');
  const mine = await trashed('contacts', { given_name: 'Mine' }, member.api);
  const theirs = await trashed('contacts', { given_name: 'Theirs' });
  const rows = await list('&resource=contact', member.api);
  const may = (id: string) => rows.find((row: { id: string }) => row.id === id);
  assert.deepEqual([may(mine).may_restore, may(mine).may_purge, may(theirs).may_restore], [true, false, false]);
  const items = [{ resource: 'contact', id: mine }];
  assert.equal((await member.api('POST', '/api/v1/trash/deletions', { items })).status, 403);
  assert.equal(
    (await member.api('POST', '/api/v1/trash/restorations', { items: [{ resource: 'contact', id: theirs }] })).status,
    404,
  );
  const gone = await api('POST', '/api/v1/trash/deletions', { items });
  assert.deepEqual(gone.body, { done: 1, left: [] });
  assert.equal((await api('POST', '/api/v1/trash/restorations', { items })).status, 404);
  const undone = await api('POST', `/api/v1/changes/${gone.headers.get('change-id')}/reversal`);
  assert.deepEqual([undone.status, undone.body.code], [409, 'nothing_to_undo']);
  const living = (await api('POST', '/api/v1/contacts', { given_name: 'Alive' })).body.id;
  assert.equal(
    (await api('POST', '/api/v1/trash/deletions', { items: [{ resource: 'contact', id: living }] })).status,
    404,
  );
});

test('what has been in the trash for 30 days is deleted, in every workspace, and the audit says so', async () => {
  const other = await (await app.tenant()).as('admin');
  const [old, young] = [
    await trashed('contacts', { given_name: 'Old' }, other.api),
    await trashed('contacts', { given_name: 'Young' }, other.api),
  ];
  await asOwner(app, `update contact set deleted_at = now() - interval '31 days' where id = $1`, [old]);
  await housekeep(app);
  assert.deepEqual(
    (await list('&resource=contact', other.api)).map((row: { id: string }) => row.id),
    [young],
  );
  const { data } = (await other.api('GET', `/api/v1/audit-events?record_id=${old}&action=delete`)).body;
  assert.deepEqual([data.length, data[0].actor_kind, data[0].actor], [1, 'system', null]);
});

test('a record by itself, too, comes back only by whoever may delete it', async () => {
  const id = await trashed('contacts', { family_name: 'Of the admin' });
  const member = (await tenant.as('member')).api;
  const restoration = `/api/v1/contacts/${id}/restoration`;
  assert.equal((await list('&resource=contact', member))[0].may_restore, false);
  assert.equal((await member('POST', restoration)).status, 404);
  assert.equal((await member('GET', `/api/v1/contacts/${id}`)).status, 404);
  assert.equal((await api('POST', restoration)).status, 200);
  assert.equal((await member('POST', restoration)).status, 404);
  const own = await trashed('contacts', { family_name: 'Of the member' }, member);
  assert.equal((await member('POST', `/api/v1/contacts/${own}/restoration`)).status, 200);
});

/** How something in the trash is deleted for good. */
const endings = {
  'by hand': async (resource: string, id: string) => {
    const { status, headers } = await api('POST', '/api/v1/trash/deletions', { items: [{ resource, id }] });
    assert.equal(status, 200);
    const undone = await api('POST', `/api/v1/changes/${headers.get('change-id')}/reversal`);
    assert.deepEqual([undone.status, undone.body.code], [409, 'nothing_to_undo'], JSON.stringify(undone.body));
  },
  'by its age': async (resource: string, id: string) => {
    await asOwner(app, `update ${resource} set deleted_at = now() - interval '31 days' where id = $1`, [id]);
    const [{ gone }] = (await asOwner(app, 'select app.delete_past_trash($1, $2, now(), $3, array[$4::uuid]) as gone', [
      resource,
      tenant.tenant_id,
      trash_days,
      id,
    ])) as [{ gone: number }];
    assert.equal(gone, 1);
  },
};

for (const [way, end] of Object.entries(endings)) {
  test(`what hangs on a record that is deleted for good ${way} stays where else it hangs`, async () => {
    const contact_id = (await api('POST', '/api/v1/contacts', { given_name: 'Left' })).body.id;
    const deal_id = (await api('POST', '/api/v1/deals', { name: 'Running' })).body.id;
    const bodies = {
      notes: { body: '<p>Said</p>' },
      tasks: { title: 'Ring' },
      activities: { kind: 'call', subject: 'Called' },
    };
    const made = async (on: object) => {
      const ids: Record<string, string> = {};
      for (const [plural, body] of Object.entries(bodies))
        ids[plural] = (await api('POST', `/api/v1/${plural}`, { ...body, ...on })).body.id;
      return ids;
    };
    const [left, running] = [
      { type: 'contact', id: contact_id },
      { type: 'deal', id: deal_id },
    ];
    const [shared, lone] = [await made({ records: [left, running] }), await made({ records: [left] })];
    await api('DELETE', `/api/v1/contacts/${contact_id}`);
    await end('contact', contact_id);
    for (const [plural, id] of Object.entries(shared)) {
      const { status, body } = await api('GET', `/api/v1/${plural}/${id}`);
      assert.deepEqual([status, body.records], [200, [{ ...running, name: 'Running' }]], plural);
    }
    for (const [plural, id] of Object.entries(lone))
      assert.equal((await api('GET', `/api/v1/${plural}/${id}`)).status, 404, plural);
    const { data } = (await api('GET', `/api/v1/deals/${deal_id}/timeline?kinds=note,task,activity`)).body;
    assert.equal(data.length, 3);
  });

  test(`answers to a comment that is deleted for good ${way} stay, as comments`, async () => {
    const contact_id = (await api('POST', '/api/v1/contacts', { given_name: 'Thread' })).body.id;
    const head = (await api('POST', '/api/v1/comments', { body: 'Regretted', record_id: contact_id })).body.id;
    const member = await tenant.as('member', `answers ${way}`);
    const reply = (await member.api('POST', '/api/v1/comments', { body: 'Answer', parent_id: head })).body.id;
    await api('DELETE', `/api/v1/comments/${head}`);
    await end('comment', head);
    const { data } = (await api('GET', `/api/v1/contacts/${contact_id}/timeline?kinds=comment`)).body;
    assert.deepEqual(
      data.map(({ comment }: { comment: { id: string; body: string } }) => [comment.id, comment.body]),
      [[reply, 'Answer']],
    );
  });
}
