import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startWithVans } from '../../test/fixtures/attach/app.ts';
import { about } from '../../test/harness/about.ts';
import type { Client, TestTenant } from '../../test/harness/app.ts';
import { asOwner } from '../../test/harness/identity.ts';
import { noticesAtRest } from '../../test/harness/notices.ts';
import type { RecordTypesApp } from '../../test/harness/record-types.ts';

interface Person {
  user_id: string;
  /** The routes of the program. */
  api: Client;
  /** The routes of vans. */
  vans: Client;
}
let app: RecordTypesApp;
let tenant: TestTenant;
let ann: Person;
let ben: Person;
let adviser: Person;
before(async () => {
  app = await startWithVans();
  tenant = await app.tenant();
  [ann, ben, adviser] = [await person('admin', 'Ann'), await person('member', 'Ben'), await person('advisor', 'Ada')];
});
after(() => app.stop());

async function person(role: string, name: string, of = tenant): Promise<Person> {
  const { api, key, user_id } = await of.as(role, name);
  return { api, user_id, vans: app.types(key) };
}
async function made(api: Client, path: string, body: object | FormData) {
  const answer = await api('POST', `/api/v1/${path}`, body);
  assert.equal(answer.status, 201, JSON.stringify(answer.body));
  return answer.body;
}
const vanOf = ({ vans }: Person, name: string) => made(vans, 'vans', { name });
const mention = (id: string) => `<p>Look, <span data-type="mention" data-id="${id}">@x</span></p>`;
const upload = (api: Client, name: string) => {
  const form = new FormData();
  form.set('file', new Blob([`bytes of ${name}`], { type: 'text/plain' }), name);
  return made(api, 'files', form);
};
const filterBy = (filter: object) => `filter=${encodeURIComponent(JSON.stringify(filter))}`;

/** A van with one of each kind of thing on it. */
async function ladenVan(owner: Person, word: string) {
  const van = await vanOf(owner, `Van ${word}`);
  const record_id = van.id as string;
  const records = [{ type: 'van', id: record_id }];
  const note = await made(owner.api, 'notes', { records, body: `${mention(ben.user_id)}<p>${word} note</p>` });
  const file = await upload(owner.api, `${word}.txt`);
  const attachment = await made(owner.api, 'attachments', { file_id: file.id, note_id: note.id });
  const comment = await made(owner.api, 'comments', { record_id, body: `${word} comment` });
  const reply = await made(owner.api, 'comments', { parent_id: comment.id, body: `${word} reply` });
  const task = await made(owner.api, 'tasks', {
    records,
    title: `${word} task`,
    due_at: '2100-01-08T09:00:00Z',
    remind_before: 'P1D',
  });
  const activity = await made(owner.api, 'activities', {
    records,
    kind: 'call',
    subject: `${word} call`,
    occurred_at: '2020-01-01T00:00:00Z',
  });
  return { van, note, attachment, comment, reply, task, activity };
}

test('notes with files and mentions, comments, tasks and activities hang on a record of any type, and say of which', async () => {
  const { van, note, attachment, comment, reply, task, activity } = await ladenVan(ann, 'Laden');
  const named = { type: 'van', id: van.id, name: 'Van Laden' };
  for (const each of [comment, reply]) assert.deepEqual(each.record, named);
  for (const each of [note, task, activity]) assert.deepEqual(each.records, [named]);
  assert.deepEqual(note.mentions, [ben.user_id]);
  assert.equal(task.remind_at, '2100-01-07T09:00:00.000Z');
  assert.equal((await ben.api('GET', `/api/v1/attachments/${attachment.id}/content`)).body, 'bytes of Laden.txt');
  const { body } = await ben.api('GET', `/api/v1/notes?${filterBy({ field: 'records', op: 'has', value: van.id })}`);
  assert.deepEqual(
    body.data.map(({ id, records }: { id: string; records: object }) => [id, records]),
    [[note.id, note.records]],
  );
  const moved = await ann.api(
    'PATCH',
    `/api/v1/notes/${note.id}`,
    about('note', 'van', (await vanOf(ann, 'Other')).id),
  );
  assert.equal(moved.body.records[0].name, 'Other');
});

test('nothing is attached to a record that is absent, in the trash, hidden, or of another workspace', async () => {
  const van = await vanOf(ann, 'Mine');
  const gone = await vanOf(ann, 'Gone');
  await ann.vans('DELETE', `/api/v1/vans/${gone.id}`);
  const stranger = await person('admin', 'Stranger', await app.tenant());
  const foreign = await vanOf(stranger, 'Foreign');
  for (const [
    by,
    record_id,
  ] of [[ann, crypto.randomUUID()], [ann, gone.id], [adviser, van.id], [ann, foreign.id], [stranger, van.id]] as const) // biome-ignore format: one line
    for (const [path, body] of [
      ['notes', { body: 'Sneaky' }],
      ['comments', { body: 'Sneaky' }],
      ['tasks', { title: 'Sneaky' }],
      ['activities', { kind: 'call', subject: 'Sneaky' }],
    ] as const) {
      // biome-ignore format: one line
      const answer = await by.api('POST', `/api/v1/${path}`, { ...about(path, 'van', record_id), ...body });
      assert.deepEqual(
        [answer.status, answer.body.errors?.[0].field],
        [422, path === 'comments' ? 'record_id' : 'records.0.id'],
        JSON.stringify(answer.body),
      );
      assert.equal(answer.body.errors[0].code, 'no_such_record');
    }
  assert.deepEqual(await asOwner(app, `select from subject where id in ('${gone.id}', '${foreign.id}')`), []);
});

test('the timeline of such a record has all of it, newest first, page by page', async () => {
  const { van, note, attachment, comment, reply, task, activity } = await ladenVan(ann, 'Timed');
  await ann.vans('PATCH', `/api/v1/vans/${van.id}`, { name: 'Van renamed' });
  const entries = [];
  let cursor = '';
  do {
    const { status, body } = await ben.vans(
      'GET',
      `/api/v1/vans/${van.id}/timeline?limit=2${cursor && `&cursor=${cursor}`}`,
    );
    assert.equal(status, 200, JSON.stringify(body));
    entries.push(...body.data);
    cursor = body.next_cursor ?? '';
  } while (cursor && entries.length < 20);
  assert.deepEqual(
    entries.map((entry) => [entry.kind, entry[entry.kind].id ?? entry.change.action]),
    [
      ['change', 'update'],
      ['task', task.id],
      ['comment', comment.id],
      ['note', note.id],
      ['change', 'create'],
      ['activity', activity.id],
    ],
  );
  assert.deepEqual(entries[3].attachments.map(({ id }: { id: string }) => id), [attachment.id]); // biome-ignore format: one line
  assert.deepEqual(entries[2].replies.map(({ id }: { id: string }) => id), [reply.id]); // biome-ignore format: one line
  const around = await ben.vans('GET', `/api/v1/vans/${van.id}/timeline?limit=2&around=${note.id}`);
  assert.deepEqual([around.body.data[0].id, around.body.has_newer], [note.id, true]);
});

test('records of any type have tags and followers, who hear of comments on them', async () => {
  const tag = await made(ann.api, 'tags', { name: 'Fleet' });
  const van = await made(ann.vans, 'vans', { name: 'Followed', tags: [tag.id] });
  assert.deepEqual(van.tags.map(({ name }: { name: string }) => name), ['Fleet']); // biome-ignore format: one line
  const filter = filterBy({ field: 'tags', op: 'has', value: tag.id });
  assert.equal((await ben.vans('GET', `/api/v1/vans?${filter}`)).body.data[0].id, van.id);
  const following = await ben.vans('PUT', `/api/v1/vans/${van.id}/following`);
  assert.deepEqual(following.body.data.map(({ name }: { name: string }) => name), ['Ben', 'Ann']); // biome-ignore format: one line
  await made(ann.api, 'comments', { record_id: van.id, body: 'For followers' });
  await made(ann.api, 'tasks', { ...about('tasks', 'van', van.id), title: 'For Ben', assignee_id: ben.user_id });
  await made(ann.api, 'notes', { ...about('notes', 'van', van.id), body: mention(ben.user_id) });
  await noticesAtRest(app);
  const { body } = await ben.vans('GET', '/api/v1/notifications?view=all&limit=100');
  const told = body.data.filter(
    ({ record }: { record: { name: string } | null }) => record && ['Followed', 'For Ben'].includes(record.name),
  );
  assert.deepEqual(
    told.map(({ kind, record, resource }: { kind: string; record: { name: string }; resource: string }) => [
      kind,
      resource,
      record.name,
    ]),
    [
      ['mentioned', 'van', 'Followed'],
      ['assigned', 'task', 'For Ben'],
      ['commented', 'van', 'Followed'],
    ],
  );
  const without = await ann.vans('PATCH', `/api/v1/vans/${van.id}`, { tags: [] });
  assert.deepEqual(without.body.tags, []);
  const undone = await ann.vans('POST', `/api/v1/changes/${without.headers.get('change-id')}/reversal`);
  assert.equal(undone.status, 200, JSON.stringify(undone.body));
  assert.equal((await ann.vans('GET', `/api/v1/vans/${van.id}`)).body.tags.length, 1);
});

test('who may not see a record sees nothing of what hangs on it, neither in lists and counts nor by search', async () => {
  const { van, note, attachment, comment, task, activity } = await ladenVan(ann, 'Veiled');
  const own = await ladenVan(adviser, 'Veiled');
  const refused = await ann.api('POST', '/api/v1/notes', {
    ...about('notes', 'van', van.id),
    body: mention(adviser.user_id),
  });
  assert.deepEqual([refused.status, refused.body.errors[0].code], [422, 'no_access'], JSON.stringify(refused.body));
  for (const address of ['', '/timeline', '/followers', '/people'])
    assert.equal((await adviser.vans('GET', `/api/v1/vans/${van.id}${address}`)).status, 404, address);
  for (const [plural, { id }, shown] of [
    ['notes', note, own.note],
    ['comments', comment, own.comment],
    ['tasks', task, own.task],
    ['activities', activity, own.activity],
  ] as const) {
    // biome-ignore format: one line
    assert.equal((await adviser.api('GET', `/api/v1/${plural}/${id}`)).status, 404, plural);
    const { body } = await adviser.api('GET', `/api/v1/${plural}?count=exact&limit=200`);
    const ids = body.data.map((row: { id: string }) => row.id);
    assert.ok(ids.includes(shown.id) && !ids.includes(id), plural);
    assert.equal(body.total, ids.length);
    assert.ok(
      body.data.every(
        (row: { record?: { id: string }; records?: { id: string }[] }) =>
          (row.record ?? row.records![0]!).id === own.van.id,
      ),
      plural,
    );
  }
  assert.equal((await adviser.api('GET', `/api/v1/attachments/${attachment.id}/content`)).status, 404);
  const written = async ({ api }: Person) => (await api('GET', '/api/v1/search?q=veiled&limit=50')).body.written;
  const found: { resource: string; subject: { id: string } }[] = await written(adviser);
  assert.deepEqual(found.map(({ resource }) => resource).sort(), ['activity', 'comment', 'comment', 'note', 'task']);
  assert.ok(found.every(({ subject }) => subject.id === own.van.id));
  const all: { subject: object }[] = await written(ann);
  assert.equal(all.length, 10);
  assert.ok(
    all.some(
      ({ subject }) => JSON.stringify(subject) === JSON.stringify({ resource: 'van', id: van.id, name: 'Van Veiled' }),
    ),
  );
  await adviser.vans('DELETE', `/api/v1/vans/${own.van.id}`);
  assert.deepEqual(await written(adviser), [], 'of a record in the trash, nothing is found');
});

test('to take back that a record was made leaves it alone when something hangs on it', async () => {
  const [bare, noted] = [
    await ann.vans('POST', '/api/v1/vans', { name: 'Bare' }),
    await ann.vans('POST', '/api/v1/vans', { name: 'Noted' }),
  ];
  await made(ben.api, 'notes', { ...about('notes', 'van', noted.body.id), body: 'Of somebody else' });
  const undone = [];
  for (const { headers } of [bare, noted])
    undone.push((await ann.vans('POST', `/api/v1/changes/${headers.get('change-id')}/reversal`)).body);
  assert.deepEqual([undone[0].changed, undone[1].skipped?.[0].code], [1, 'in_use']);
  assert.equal((await ann.vans('GET', `/api/v1/vans/${noted.body.id}`)).status, 200);
});

test('filters go from what is attached to the record, and back', async () => {
  const { van, note } = await ladenVan(ann, 'Related');
  const notes = await ben.api(
    'GET',
    `/api/v1/notes?${filterBy({ any: 'van', where: { field: 'name', op: 'eq', value: 'Van Related' } })}`,
  );
  assert.deepEqual(notes.body.data?.map(({ id }: { id: string }) => id), [note.id], JSON.stringify(notes.body)); // biome-ignore format: one line
  const vans = await ben.vans(
    'GET',
    `/api/v1/vans?${filterBy({ any: 'tasks', where: { field: 'title', op: 'eq', value: 'Related task' } })}`,
  );
  assert.deepEqual(vans.body.data?.map(({ id }: { id: string }) => id), [van.id], JSON.stringify(vans.body)); // biome-ignore format: one line
});

test('what hangs on a record goes with it, and nothing of another', async () => {
  const laden = await ladenVan(ann, 'Scrapped');
  const other = await ladenVan(ann, 'Kept');
  await ben.vans('PUT', `/api/v1/vans/${laden.van.id}/following`);
  const count = async ({ van, note }: typeof laden) => {
    const [row] = await asOwner(
      app,
      `select ${['note', 'comment', 'task', 'activity', 'follower']
        .map((table) => [
          table,
          ['comment', 'follower'].includes(table) ? 'record_id =' : `'${van.id}' = any (records) and '${van.id}' =`,
        ])
        .map(([table, named]) => `(select count(*) from ${table} where ${named} '${van.id}')::int as ${table}`)
        .join(', ')}, (select count(*) from subject where id = '${van.id}')::int as subject,
        (select count(*) from attachment where note_id = '${note.id}')::int as attachment`,
    );
    return row;
  };
  const full = { note: 1, comment: 2, task: 1, activity: 1, follower: 2, subject: 1, attachment: 1 };
  await noticesAtRest(app);
  assert.deepEqual(await count(laden), full);
  await ann.vans('DELETE', `/api/v1/vans/${laden.van.id}`);
  assert.deepEqual(await count(laden), full);
  const purged = await ann.vans('POST', '/api/v1/trash/deletions', { items: [{ resource: 'van', id: laden.van.id }] });
  assert.equal(purged.status, 200, JSON.stringify(purged.body));
  assert.deepEqual(await count(laden), {
    note: 0,
    comment: 0,
    task: 0,
    activity: 0,
    follower: 0,
    subject: 0,
    attachment: 0,
  });
  assert.equal((await ann.api('GET', `/api/v1/notes/${other.note.id}`)).status, 200);
  const { body } = await ann.api('GET', '/api/v1/search?q=scrapped&limit=50');
  assert.deepEqual(body.written, []);
});
