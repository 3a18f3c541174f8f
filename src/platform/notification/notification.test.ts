import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type Client, eventually, startTestApp, type TestApp, type TestTenant } from '../../../test/harness/app.ts';
import { asOwner, systemClient } from '../../../test/harness/identity.ts';
import { follow, upload } from '../../../test/harness/import.ts';
import { noticesAtRest } from '../../../test/harness/notices.ts';
import { openStream } from '../../../test/harness/stream.ts';
import { sql } from '../../kernel/database/database.ts';
import { systemActor, withContext } from '../../kernel/tenancy/context.ts';
import type { Notification } from './contract.ts';

interface Person {
  user_id: string;
  api: Client;
  key: string;
}
let app: TestApp;
let tenant: TestTenant;
let admin: Person;
let ann: Person;
let ben: Person;
before(async () => {
  app = await startTestApp();
  tenant = await app.tenant();
  admin = await tenant.as('admin');
  ann = await tenant.as('member', 'Ann');
  ben = await tenant.as('member', 'Ben');
});
after(() => app.stop());

async function made({ api }: Person, path: string, body: object) {
  const answer = await api('POST', `/api/v1/${path}`, body);
  assert.equal(answer.status, 201, JSON.stringify(answer.body));
  return answer.body;
}
const mention = (...ids: string[]) =>
  `<p>${ids.map((id) => `<span data-type="mention" data-id="${id}">@x</span>`).join(' ')} look</p>`;

const inbox = async ({ api }: Person, view = 'unread'): Promise<Notification[]> =>
  (await api('GET', `/api/v1/notifications?view=${view}&limit=100`)).body.data;
/** Everything that was to be told has been. */
const quiet = () => noticesAtRest(app);
/** What a person was told of one record, as `kind by whom`. */
async function toldOf(person: Person, record_id: string, view = 'all'): Promise<string[]> {
  await quiet();
  const rows = await inbox(person, view);
  return rows.filter(({ record }) => record?.id === record_id).map(({ kind, actor }) => `${kind} by ${actor?.name}`);
}

test('a mention, a reply and a comment on what one follows are told once each, and never to their author', async () => {
  const contact = await made(ann, 'contacts', { given_name: 'Thread' });
  const first = await made(ann, 'comments', { record_id: contact.id, body: mention(ben.user_id) });
  assert.deepEqual(await toldOf(ben, contact.id), ['mentioned by Ann']);
  const [told] = await inbox(ben);
  assert.deepEqual(told!.source, { resource: 'comment', id: first.id, text: '@Ben look' });
  assert.equal(told!.record!.name, 'Thread');
  // He follows it now, and so does its owner.
  await made(ben, 'comments', { parent_id: first.id, body: 'Seen' });
  await made(admin, 'comments', { record_id: contact.id, body: mention(ann.user_id) });
  assert.deepEqual(await toldOf(ann, contact.id), ['mentioned by admin', 'commented by Ben']);
  assert.deepEqual(await toldOf(ben, contact.id), ['commented by admin', 'mentioned by Ann']);
  await ann.api('PATCH', `/api/v1/comments/${first.id}`, { body: `${mention(ben.user_id)}<p>More</p>` });
  await ann.api('PATCH', `/api/v1/comments/${first.id}`, { body: 'Nobody' });
  await ann.api('PATCH', `/api/v1/comments/${first.id}`, { body: mention(ben.user_id, admin.user_id) });
  assert.deepEqual(await toldOf(ben, contact.id), ['commented by admin', 'mentioned by Ann']);
  assert.deepEqual(await toldOf(admin, contact.id), ['mentioned by Ann']);
  await made(ann, 'notes', { records: [{ type: 'contact', id: contact.id }], body: mention(ben.user_id) });
  assert.equal((await toldOf(ben, contact.id))[0], 'mentioned by Ann');
});

test('who is given a record or a task hears of it; who follows one hears of its changes, shown as one', async () => {
  const deal = await made(ann, 'deals', { name: 'Handed over' });
  await ann.api('PATCH', `/api/v1/deals/${deal.id}`, { owner_id: ben.user_id });
  await ann.api('PATCH', `/api/v1/deals/${deal.id}`, { name: 'Handed over well', amount: '10' });
  await ann.api('PATCH', `/api/v1/deals/${deal.id}`, { source: 'Fair' });
  await quiet();
  const rows = (await inbox(ben)).filter(({ record }) => record?.id === deal.id);
  assert.deepEqual(
    rows.map(({ kind, grouped, fields }) => ({ kind, grouped, fields })),
    [
      { kind: 'changed', grouped: 2, fields: ['Source'] },
      { kind: 'assigned', grouped: 1, fields: [] },
    ],
  );
  assert.equal(rows[0]!.via?.type, 'api_key');
  const summary = async () => (await ben.api('GET', '/api/v1/notifications/summary')).body.unread;
  const before = await summary();
  assert.equal((await ben.api('PATCH', `/api/v1/notifications/${rows[0]!.id}`, { read: true })).status, 200);
  assert.equal(await summary(), before - 1);
  assert.deepEqual(await toldOf(ben, deal.id, 'unread'), ['assigned by Ann']);
  await ann.api('PATCH', `/api/v1/deals/${deal.id}`, { source: 'Web' });
  assert.deepEqual(await toldOf(ben, deal.id, 'unread'), ['changed by Ann', 'assigned by Ann']);
  const task = await made(ann, 'tasks', {
    title: 'Ring',
    records: [{ type: 'deal', id: deal.id }],
    assignee_id: ben.user_id,
  });
  assert.deepEqual(await toldOf(ben, task.id), ['assigned by Ann']);
  assert.deepEqual(await toldOf(ann, deal.id), []);
});

test('many records at once are told as one', async () => {
  const data = Array.from({ length: 12 }, (_, i) => ({ given_name: `Bulk ${i}`, owner_id: ben.user_id }));
  await made(ann, 'contacts/bulk', { data });
  await quiet();
  const rows = (await inbox(ben)).filter(({ kind, resource }) => kind === 'assigned' && resource === 'contact');
  assert.deepEqual(
    rows.map(({ record }) => record),
    [null],
  );
});

test('whoever stops following stays so, as an owner too, and mentions still reach them', async () => {
  const company = await made(ben, 'companies', { name: 'Loud' });
  const path = `/api/v1/companies/${company.id}`;
  const followers = async () =>
    (await ann.api('GET', `${path}/followers`)).body.data.map((p: { name: string }) => p.name);
  assert.deepEqual(await followers(), ['Ben']);
  assert.equal((await ann.api('PUT', `${path}/following`)).body.following, true);
  assert.deepEqual(await followers(), ['Ann', 'Ben']);
  for (const person of [ann, ben])
    assert.equal((await person.api('DELETE', `${path}/following`)).body.following, false);
  assert.deepEqual(await followers(), []);
  await admin.api('PATCH', path, { city: 'Bern' });
  const comment = await made(admin, 'comments', { record_id: company.id, body: 'Anyone?' });
  await made(ann, 'comments', { parent_id: comment.id, body: 'Me' });
  await made(admin, 'comments', { parent_id: comment.id, body: mention(ben.user_id) });
  assert.deepEqual(await toldOf(ann, company.id), []);
  assert.deepEqual(await toldOf(ben, company.id), ['mentioned by admin']);
});

test('nobody is told of what they may not read, nor shown what they may no longer read', async () => {
  const adviser = await tenant.as('advisor', 'Ada');
  const contact = await made(adviser, 'contacts', { given_name: 'Private' });
  await made(ann, 'comments', { record_id: contact.id, body: mention(adviser.user_id) });
  assert.deepEqual(await toldOf(adviser, contact.id), ['mentioned by Ann']);
  await ann.api('PATCH', `/api/v1/contacts/${contact.id}`, { owner_id: ann.user_id });
  assert.deepEqual(await toldOf(adviser, contact.id), []);
  const { unread } = (await adviser.api('GET', '/api/v1/notifications/summary')).body;
  assert.equal(unread, 0);
  // She still follows it, and is told nothing.
  await made(ann, 'comments', { record_id: contact.id, body: 'Behind her back' });
  await quiet();
  await ann.api('PATCH', `/api/v1/contacts/${contact.id}`, { owner_id: adviser.user_id });
  assert.deepEqual(await toldOf(adviser, contact.id), ['assigned by Ann', 'mentioned by Ann']);
  // What is in the trash is shown to nobody, until it is back.
  await ann.api('DELETE', `/api/v1/contacts/${contact.id}`);
  await admin.api('DELETE', `/api/v1/contacts/${contact.id}`);
  assert.deepEqual(await toldOf(adviser, contact.id), []);
  const stranger = await tenant.as('member', 'Stranger');
  const [row] = await inbox(ben, 'all');
  assert.equal((await stranger.api('PATCH', `/api/v1/notifications/${row!.id}`, { read: true })).status, 404);
});

test('what is put off comes back, and all can be read at once', async () => {
  const cy = await tenant.as('member', 'Cy');
  const contact = await made(ann, 'contacts', { given_name: 'Later', owner_id: cy.user_id });
  await toldOf(cy, contact.id);
  const [row] = await inbox(cy);
  const put = (body: object) => cy.api('PATCH', `/api/v1/notifications/${row!.id}`, body);
  const until = new Date(Date.now() + 3_600_000).toISOString();
  assert.equal((await put({ snoozed_until: until })).body.snoozed_until, until);
  assert.deepEqual((await cy.api('GET', '/api/v1/notifications/summary')).body, { unread: 0, wakes_at: until });
  assert.deepEqual([(await inbox(cy)).length, (await inbox(cy, 'snoozed')).length], [0, 1]);
  await asOwner(app, `update notification set snoozed_until = now() - interval '1 second' where id = $1`, [row!.id]);
  assert.equal((await inbox(cy)).length, 1);
  const all = await cy.api('POST', '/api/v1/notifications/readings', { until: new Date().toISOString() });
  assert.deepEqual(all.body, { read: 1 });
  assert.deepEqual([(await inbox(cy)).length, (await inbox(cy, 'all')).length], [0, 1]);
  assert.equal((await put({ read: false })).body.read_at, null);
  assert.equal((await inbox(cy)).length, 1);
  // What was read, too, is unread when it comes back.
  assert.ok((await put({ read: true })).body.read_at);
  assert.deepEqual((await put({ snoozed_until: until })).body, { id: row!.id, read_at: null, snoozed_until: until });
  assert.equal((await inbox(cy, 'snoozed')).length, 1);
  assert.ok((await put({ read: true, snoozed_until: null })).body.read_at);
});

test('a key that may not see a record does not mark what its person was told of it', async () => {
  const contact = await made(ann, 'contacts', { given_name: 'Unseen by a key', owner_id: admin.user_id });
  await toldOf(admin, contact.id);
  const role_id = (await admin.api('GET', '/api/v1/roles')).body.data.find(
    ({ key }: { key: string }) => key === 'admin',
  ).id;
  const { key } = await made(admin, 'api-keys', { name: 'Tags', role_id, scopes: { tag: { read: 'all' } } });
  const narrow = { ...admin, api: app.client(key) };
  const told = (await inbox(admin)).find(({ record }) => record?.id === contact.id)!;
  assert.equal((await narrow.api('PATCH', `/api/v1/notifications/${told.id}`, { read: true })).status, 404);
  const until = new Date().toISOString();
  assert.deepEqual((await narrow.api('POST', '/api/v1/notifications/readings', { until })).body, { read: 0 });
  assert.deepEqual(await toldOf(admin, contact.id, 'unread'), ['assigned by Ann']);
  assert.ok((await admin.api('PATCH', `/api/v1/notifications/${told.id}`, { read: true })).body.read_at);
});

test('each kind goes where its person wants it', async () => {
  const dan = await tenant.as('member', 'Dan');
  const settings = await dan.api('GET', '/api/v1/notification-settings');
  assert.deepEqual(settings.body.kinds.changed, { in_app: true, email: 'off' });
  const off = { kinds: { assigned: { in_app: false, email: 'off' } }, digest_hour: 17 };
  const saved = await dan.api('PATCH', '/api/v1/notification-settings', off, { 'if-match': '"0"' });
  assert.deepEqual([saved.body.kinds.assigned, saved.body.digest_hour], [{ in_app: false, email: 'off' }, 17]);
  assert.deepEqual(saved.body.kinds.mentioned, settings.body.kinds.mentioned);
  assert.equal((await dan.api('PATCH', '/api/v1/notification-settings', off, { 'if-match': '"0"' })).status, 412);
  assert.equal((await dan.api('PATCH', '/api/v1/notification-settings', { kinds: { other: {} } })).status, 422);
  const contact = await made(ann, 'contacts', { given_name: 'Silent', owner_id: dan.user_id });
  await ann.api('PATCH', `/api/v1/contacts/${contact.id}`, { city: 'Bern' });
  assert.deepEqual(await toldOf(dan, contact.id), ['changed by Ann']);
});

test('of changes of the settings at the same time none is lost', async () => {
  const zoe = await tenant.as('member', 'Zoe');
  const kinds = Object.keys((await zoe.api('GET', '/api/v1/notification-settings')).body.kinds);
  const off = { in_app: false, email: 'off' };
  await Promise.all(kinds.map((kind) => zoe.api('PATCH', '/api/v1/notification-settings', { kinds: { [kind]: off } })));
  const { body } = await zoe.api('GET', '/api/v1/notification-settings');
  assert.deepEqual(body.kinds, Object.fromEntries(kinds.map((kind) => [kind, off])));
  const same = await Promise.all(
    [6, 7, 8].map((digest_hour) =>
      zoe.api('PATCH', '/api/v1/notification-settings', { digest_hour }, { 'if-match': `"${body.version}"` }),
    ),
  );
  assert.deepEqual(same.map(({ status }) => status).sort(), [200, 412, 412]);
});

test('a task is told of when it is due and when its reminder comes, once each, and not when it is done', async () => {
  const ago = (minutes: number) => new Date(Date.now() - minutes * 60_000).toISOString();
  const task = (title: string, body: object) => made(ann, 'tasks', { title, assignee_id: ann.user_id, ...body });
  const due = await task('Due', { due_at: ago(5), remind_at: ago(30) });
  const done = await task('Done', { due_at: ago(5), status: 'done' });
  const later = await task('Later', { due_at: ago(-60) });
  const same = await task('Same', { due_at: ago(10), remind_at: null });
  for (let i = 0; i < 2; i++) {
    await asOwner(app, `select app.schedule_task_notices(now() - interval '1 hour')`);
    await quiet();
  }
  const count = async ({ id }: { id: string }) => (await toldOf(ann, id)).length;
  assert.deepEqual([await count(due), await count(done), await count(later), await count(same)], [2, 0, 0, 1]);
});

test('a task that is due now is told of, though the clock of the process is more than a day ahead', async (t) => {
  const due = await made(ann, 'tasks', { title: 'Now', assignee_id: ann.user_id, due_at: new Date().toISOString() });
  t.mock.timers.enable({ apis: ['Date'], now: Date.now() + 25 * 3_600_000 });
  await asOwner(
    app,
    `insert into job (tenant_id, kind, payload) values ('00000000-0000-0000-0000-000000000000', 'notification.due_tasks',
      '{"previous_at": null}')`,
  );
  await quiet();
  assert.equal((await toldOf(ann, due.id)).length, 1);
});

test('of a task that is due on a day its assignee is told once, at nine in the morning of that day', async () => {
  // Where it is between nine and ten now.
  const hour = new Date().getUTCHours();
  const ahead = hour > 21 ? 33 - hour : 9 - hour;
  const near = await tenant.as('member', 'Near nine');
  await asOwner(app, 'update user_account set time_zone = $1 where id = $2', [
    `Etc/GMT${ahead > 0 ? '-' : '+'}${Math.abs(ahead)}`,
    near.user_id,
  ]);
  const day = (days: number) => new Date(Date.now() + (ahead + 24 * days) * 3_600_000).toISOString().slice(0, 10);
  const [today, yesterday, tomorrow] = await Promise.all(
    [0, -1, 1].map((days) => made(ann, 'tasks', { title: 'Of a day', assignee_id: near.user_id, due_on: day(days) })),
  );
  for (let i = 0; i < 2; i++) {
    await asOwner(app, `select app.schedule_task_notices(now() - interval '1 hour')`);
    await quiet();
  }
  const count = async ({ id }: { id: string }) =>
    (await toldOf(near, id)).filter((told) => told.startsWith('task_due')).length;
  assert.deepEqual([await count(today), await count(yesterday), await count(tomorrow)], [1, 0, 0]);
  const { data } = (await near.api('GET', '/api/v1/notifications?view=all')).body;
  const { state } = data.find(({ kind }: { kind: string }) => kind === 'task_due');
  assert.equal(state, today.due_on, 'without the time that follows from the day');
});

test('of however many tasks that are due at once each is told of', async () => {
  const busy = await tenant.as('member', 'Busy');
  await asOwner(
    app,
    `insert into task (tenant_id, assignee_id, title, due_at)
      select $1, $2, 'Task ' || n, date_trunc('minute', now()) - n % 2 * interval '1 minute' from generate_series(1, 5100) n`,
    [tenant.tenant_id, busy.user_id],
  );
  await asOwner(app, `select app.schedule_task_notices(now() - interval '1 hour')`);
  await quiet();
  const told = `select count(*)::int as count from notification where user_id = $1 and kind = 'task_due'`;
  assert.deepEqual(await asOwner(app, told, [busy.user_id]), [{ count: 5100 }]);
});

test('tasks are told of from the earliest time that a waiting job was asked to look back to', async () => {
  const waiting = await app.tenant();
  const { user_id } = await waiting.as('member');
  const system = await systemClient(app);
  const about = [waiting.tenant_id];
  await system.query('begin');
  await system.query(
    `insert into task (tenant_id, assignee_id, title, due_at)
      select $1, $2, 'Task ' || n, now() - n * interval '10 minutes' from generate_series(1, 5) n`,
    [...about, user_id],
  );
  const sinces: string[] = [];
  for (const minutes of [20, 55, 30]) {
    await system.query(`select app.schedule_task_notices(now() - $1 * interval '1 minute')`, [minutes]);
    const { rows } = await system.query(
      `select round(extract(epoch from now() - (payload ->> 'since')::timestamptz) / 60)::int as minutes from job
        where kind = 'notification.tasks' and tenant_id = $1 and state = 'ready'`,
      about,
    );
    sinces.push(rows.map((row) => row.minutes).join());
  }
  await system.query('rollback');
  await system.end();
  assert.deepEqual(sinces, ['20', '55', '55']);
});

test('work in the background says that it has ended, to whoever began it', async () => {
  // What is read at once is had, and nothing to tell of.
  assert.equal((await ann.api('GET', '/api/v1/contacts/export.csv')).status, 200);
  const made_ = await ann.api('POST', '/api/v1/exports', { resource: 'contact', format: 'csv' });
  assert.ok(made_.status < 300, JSON.stringify(made_.body));
  await eventually(async () => (await inbox(ann)).some(({ record }) => record?.id === made_.body.id));
  const row = (await inbox(ann)).find(({ record }) => record?.id === made_.body.id);
  assert.deepEqual([row!.kind, row!.resource, row!.state], ['finished', 'export', 'done']);
  await quiet();
  const ended = (await inbox(ann)).filter(({ kind }) => kind === 'finished');
  assert.equal(ended.length, 1);
  assert.deepEqual([ended[0]!.work!.kind, typeof ended[0]!.work!.rows, ended[0]!.fields], ['csv', 'number', []]);
  assert.ok(Date.parse(ended[0]!.work!.begun_at) <= Date.parse(ended[0]!.at));
});

test('work in the background says which it was: what it made of how many records', async () => {
  const eve = await tenant.as('admin', 'Eve');
  const people = Array.from({ length: 120 }, (_, number) => ({ given_name: 'Many', family_name: `M${number}` }));
  assert.equal((await eve.api('POST', '/api/v1/contacts/bulk', { data: people })).status, 201);
  const filter = JSON.stringify({ field: 'given_name', op: 'eq', value: 'Many' });
  const change = async (action: object) => {
    const begun = await eve.api('POST', '/api/v1/changes', { resource: 'contact', filter, action });
    assert.ok(begun.status < 300, JSON.stringify(begun.body));
    let told: Notification | undefined;
    await eventually(async () => (told = (await inbox(eve)).find(({ record }) => record?.id === begun.body.id)));
    return [told!.record!.name, told!.work!.kind, told!.work!.rows, told!.fields];
  };
  const fields = { lead_status: 'working', job_title: 'Clerk' };
  assert.deepEqual(await change({ kind: 'update', fields }), ['contact', 'update', 120, ['Job title', 'Lead status']]);
  assert.deepEqual(await change({ kind: 'delete' }), ['contact', 'delete', 120, []]);

  const rows = ['Company Name,City', 'One,Rome', 'Two,Oslo', ',Bern'].join('\n');
  const { body } = await upload(eve.api, [['firms.csv', rows]]);
  await follow(eve.api, body.id, 'dry-runs');
  await follow(eve.api, body.id, 'runs');
  await eventually(async () => (await inbox(eve)).some(({ record }) => record?.id === body.id));
  const imported = (await inbox(eve)).find(({ record }) => record?.id === body.id);
  assert.deepEqual([imported!.record!.name, imported!.work!.kind, imported!.work!.rows], ['firms.csv', 'import', 2]);
});

test('suspected duplicates are told once a day to those who look after the data', async () => {
  for (let i = 0; i < 2; i++) {
    for (let n = 0; n < 2; n++) await made(admin, 'contacts', { given_name: 'Twin', email: `twin${i}@example.com` });
    await admin.api('POST', '/api/v1/duplicates/search');
    await eventually(async () => {
      const { data } = (await admin.api('GET', '/api/v1/duplicates?resource=contact')).body;
      return data.length > i;
    });
    await quiet();
  }
  const told = async (person: Person) => (await inbox(person)).filter(({ kind }) => kind === 'duplicates_found').length;
  assert.deepEqual([await told(admin), await told(ben)], [1, 0]);
});

test('word of duplicates that waits already is not given before the new ones are there', async () => {
  const { tenant_id } = await app.tenant();
  await asOwner(
    app,
    `insert into job (tenant_id, kind, payload, dedupe_key, state, run_at) values ($1, 'notification.duplicates', '{}', 'all', 'scheduled',
      now() + interval '1 hour')`,
    [tenant_id],
  );
  const claimable = `select from job where tenant_id = $1 and kind = 'notification.duplicates' for update skip locked`;
  await withContext(app.app.services.db, systemActor(tenant_id), async ({ tx }) => {
    await tx.run(sql`insert into duplicate_suspect (tenant_id, resource, one_id, other_id, score, reasons)
      select ${tenant_id}, 'contact', least(a, b), greatest(a, b), 0.9, '{same_email}'
        from (select gen_random_uuid() as a, gen_random_uuid() as b) pair`);
    assert.equal((await asOwner(app, claimable, [tenant_id])).length, 0);
  });
  assert.equal((await asOwner(app, claimable, [tenant_id])).length, 1);
});

test('open pages of the person hear of it, those of others do not', async () => {
  const contact = await made(ann, 'contacts', { given_name: 'Live' });
  const [mine, theirs] = [await openStream(app.url, ben.key), await openStream(app.url, admin.key)];
  await made(ann, 'comments', { record_id: contact.id, body: mention(ben.user_id) });
  const of = (stream: typeof mine, resource: string) =>
    stream.changes().filter(({ data }) => data.resource === resource);
  await eventually(async () => of(mine, 'notification').length > 0 && of(theirs, 'comment').length > 0);
  // What they themselves were told of before may still come.
  assert.ok(of(theirs, 'notification').every(({ data }) => data.id === admin.user_id));
  mine.close();
  theirs.close();
});

test('nobody is told of what changed in fields that they may not see', async () => {
  for (const [key, visible_to] of [
    ['hush', []],
    ['open', null],
  ])
    await made(admin, 'custom-fields', { resource: 'contact', key, label: key, type: 'text', visible_to });
  const { id } = await made(admin, 'contacts', { given_name: 'Quiet', owner_id: ben.user_id });
  const change = async (body: object) => {
    assert.equal((await admin.api('PATCH', `/api/v1/contacts/${id}`, body)).status, 200);
    await quiet();
    const told = (await inbox(ben)).filter(({ kind, record }) => kind === 'changed' && record?.id === id);
    await ben.api('POST', '/api/v1/notifications/readings', { until: new Date(Date.now() + 60_000).toISOString() });
    return told.map(({ fields }) => fields);
  };
  assert.deepEqual(await change({ custom: { hush: 'one' } }), []);
  assert.deepEqual(await change({ custom: { hush: 'two' }, city: 'Rome' }), [['City']]);
  assert.deepEqual(await change({ custom: { hush: 'three', open: 'yes' } }), [['Custom fields']]);
  assert.deepEqual(await change({ custom: { open: 'no' } }), [['Custom fields']]);
});
