import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { type Client, type SharedTestApp, sharedTestApp, type TestTenant } from '../../../../test/harness/app.ts';
import { asOwner } from '../../../../test/harness/identity.ts';
import { importNow } from '../../../../test/harness/import.ts';
import { recurrenceError } from './recurrence.ts';

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

test('a task is the own of who makes it, unless somebody or nobody is named', async () => {
  const colleague = await tenant.as('member', 'colleague');
  const mine = await made(member.api, 'tasks', {
    title: 'Ring',
    due_at: '2026-12-01T09:00:00+01:00',
    priority: 'high',
  });
  assert.deepEqual(mine.assignee, { id: member.user_id, name: 'member' });
  assert.deepEqual([mine.status, mine.priority, mine.due_at], ['open', 'high', '2026-12-01T08:00:00.000Z']);
  const theirs = await made(member.api, 'tasks', { title: 'Ring', assignee_id: colleague.user_id });
  assert.equal(theirs.assignee.name, 'colleague');
  assert.equal((await made(member.api, 'tasks', { title: 'Ring', assignee_id: null })).assignee, null);

  const adviser = (await tenant.as('advisor')).api;
  const other = await adviser('POST', '/api/v1/tasks', { title: 'For another', assignee_id: colleague.user_id });
  assert.equal(other.status, 403, 'whose rights end at the own gives no work to others');
});

test('a done task knows since when; an open one does not', async () => {
  const { api } = member;
  const task = await made(api, 'tasks', { title: 'Write' });
  assert.equal(task.completed_at, null);
  const patch = async (body: object) => (await api('PATCH', `/api/v1/tasks/${task.id}`, body)).body;
  const done = await patch({ status: 'done' });
  assert.ok(Math.abs(Date.parse(done.completed_at) - Date.now()) < 60_000);
  assert.equal((await patch({ title: 'Written', status: 'done' })).completed_at, done.completed_at);
  assert.equal((await patch({ title: 'Written well' })).completed_at, done.completed_at);
  assert.equal((await patch({ status: 'open' })).completed_at, null);
  assert.notEqual((await made(api, 'tasks', { title: 'Done at once', status: 'done' })).completed_at, null);
  const bulk = await api('POST', '/api/v1/tasks/bulk', { data: [{ title: 'a', status: 'done' }, { title: 'b' }] });
  assert.deepEqual(
    bulk.body.data.map((t: { completed_at: string | null }) => t.completed_at !== null),
    [true, false],
  );
  const forged = await api('PATCH', `/api/v1/tasks/${task.id}`, { completed_at: '2020-01-01T00:00:00Z' });
  assert.deepEqual([forged.status, forged.body.errors[0].field], [422, 'completed_at']);
});

test('a task is due on a day by its end where its assignee lives; a time takes the place of the day', async () => {
  const { api } = member;
  const far = await tenant.as('member', 'far');
  await asOwner(app, 'update user_account set time_zone = $1 where id = $2', ['Pacific/Auckland', far.user_id]);
  const { id, ...task } = await made(api, 'tasks', {
    title: 'Send the report',
    due_on: '2026-12-01',
    remind_before: 'P1D',
    assignee_id: far.user_id,
  });
  const seen = ({ due_on, due_at, remind_at }: typeof task) => [due_on, due_at, remind_at];
  assert.deepEqual(
    seen(task),
    ['2026-12-01', '2026-12-01T10:59:59.000Z', '2026-11-29T20:00:00.000Z'],
    'at nine, a day before',
  );
  const change = async (body: object) => {
    const answer = await api('PATCH', `/api/v1/tasks/${id}`, body);
    assert.equal(answer.status, 200, JSON.stringify(answer.body));
    return seen(answer.body);
  };
  const there = ['2026-12-03', '2026-12-03T10:59:59.000Z', '2026-12-01T20:00:00.000Z'];
  assert.deepEqual(await change({ due_on: '2026-12-03' }), there);
  assert.deepEqual(await change({ title: 'Send both reports' }), there);
  const timed = await change({ due_at: '2026-12-03T08:00:00Z' });
  assert.deepEqual(timed, [null, '2026-12-03T08:00:00.000Z', '2026-12-02T08:00:00.000Z']);
  assert.deepEqual(await change({ due_on: '2026-12-04', due_at: null }), [
    '2026-12-04',
    '2026-12-04T10:59:59.000Z',
    '2026-12-02T20:00:00.000Z',
  ]);
  assert.deepEqual((await change({ assignee_id: null })).slice(0, 2), ['2026-12-04', '2026-12-04T23:59:59.000Z']);
  assert.deepEqual(await change({ due_on: null }), [null, null, null]);
  const answer = await api('POST', '/api/v1/tasks', { title: 'When?', due_on: '2026-02-30' });
  assert.deepEqual([answer.status, answer.body.errors[0].field], [422, 'due_on']);
});

test('undo puts back when a task was due, and lets the day say at what time', async () => {
  const { api } = member;
  const far = await tenant.as('member', 'far away');
  await asOwner(app, 'update user_account set time_zone = $1 where id = $2', ['Pacific/Auckland', far.user_id]);
  const elsewhere = { assignee_id: far.user_id };
  /** Changes a task twice, and takes the first change back. */
  const undone = async (task: object, first: object, second?: object) => {
    const { id } = await made(api, 'tasks', { title: 'Send the report', ...task });
    const change = async (body: object) => {
      const answer = await api('PATCH', `/api/v1/tasks/${id}`, body);
      assert.equal(answer.status, 200, JSON.stringify(answer.body));
      return answer.headers.get('change-id');
    };
    const older = await change(first);
    if (second) await change(second);
    const { status, body } = await api('POST', `/api/v1/changes/${older}/reversal`);
    const { due_on, due_at } = (await api('GET', `/api/v1/tasks/${id}`)).body;
    return [due_on, due_at, body.skipped_samples ?? status];
  };
  const byDay = { due_on: '2030-01-07' };
  const byTime = { due_at: '2030-01-09T08:00:00.000Z' };
  const day = ['2030-01-07', '2030-01-07T23:59:59.000Z', []];
  const time = [null, byTime.due_at, []];
  assert.deepEqual(await undone(byDay, elsewhere), day, 'who does it');
  assert.deepEqual(await undone(byDay, byTime), day, 'a day, then a time');
  assert.deepEqual(await undone(byTime, byDay), time, 'a time, then a day');
  assert.deepEqual(await undone(byTime, byDay, elsewhere), time, 'a time, then a day elsewhere');
  const end = { due_at: '2030-01-07T23:59:59.000Z' };
  assert.deepEqual(await undone(end, byDay), [null, end.due_at, []], 'a time that is the end of the day');
  const moved = await undone(byDay, { due_on: '2030-01-08' }, elsewhere);
  assert.deepEqual(moved, ['2030-01-07', '2030-01-07T10:59:59.000Z', []], 'another day, then elsewhere');

  const later = ['2030-01-10', '2030-01-10T23:59:59.000Z', 409];
  assert.deepEqual(await undone(byTime, byDay, { due_on: '2030-01-10' }), later, 'a later day stays');
  const timed = await undone(byDay, { due_at: '2030-01-08T07:00:00Z' }, byTime);
  assert.deepEqual(timed, [null, byTime.due_at, 409], 'a later time stays');
  const partly = await undone(byTime, { ...byDay, title: 'Write the report' }, { due_on: '2030-01-10' });
  assert.deepEqual(partly[2][0].fields, ['due_on'], 'named once');
});

test('a task of a day repeats by days', async () => {
  const { api } = member;
  const task = { title: 'Empty the bins', due_on: '2030-01-07', recurrence: 'FREQ=WEEKLY' };
  const { id } = await made(api, 'tasks', task);
  await api('PATCH', `/api/v1/tasks/${id}`, { status: 'done' });
  const filter = JSON.stringify({ field: 'title', op: 'eq', value: 'Empty the bins' });
  const { body } = await api('GET', `/api/v1/tasks?filter=${encodeURIComponent(filter)}&sort=due_on`);
  assert.deepEqual(
    body.data.map(({ status, due_on, due_at }: (typeof body.data)[0]) => [status, due_on, due_at]),
    [
      ['done', '2030-01-07', '2030-01-07T23:59:59.000Z'],
      ['open', '2030-01-14', '2030-01-14T23:59:59.000Z'],
    ],
  );
});

test('times that no calendar or database knows are refused', async () => {
  for (const due_at of [
    '2026-02-30T00:00:00Z',
    '0000-01-01T00:00:00Z',
    '0001-01-01T00:00:00+05:00',
    '9999-12-31T23:59:59-05:00',
    '2026-01-01T00:00:00+20:00',
    '2026-01-01',
    'soon',
    7,
  ]) {
    const { status } = await member.api('POST', '/api/v1/tasks', { title: 'When?', due_at });
    assert.ok(status === 400 || status === 422, `${due_at}: ${status}`);
  }
});

test('a recurrence is a rule of RFC 5545', async () => {
  const { api } = member;
  const task = await made(api, 'tasks', { title: 'Weekly', recurrence: 'FREQ=WEEKLY;BYDAY=MO,-1FR;INTERVAL=2' });
  assert.equal(task.recurrence, 'FREQ=WEEKLY;BYDAY=MO,-1FR;INTERVAL=2');
  const refused = await api('PATCH', `/api/v1/tasks/${task.id}`, { recurrence: 'every monday' });
  assert.deepEqual([refused.status, refused.body.errors[0].field], [422, 'recurrence']);
  const bulk = await api('POST', '/api/v1/tasks/bulk', {
    data: [{ title: 'a' }, { title: 'b', recurrence: 'FREQ=X' }],
  });
  assert.equal(bulk.body.errors[0].field, 'data.1.recurrence');
  for (const rule of [
    'FREQ=DAILY',
    'FREQ=MONTHLY;BYMONTHDAY=-1;COUNT=12',
    'FREQ=YEARLY;BYMONTH=2;UNTIL=20280229',
    'FREQ=DAILY;UNTIL=20261224T235959Z',
  ])
    assert.equal(recurrenceError(rule), undefined, rule);
  for (const rule of [
    'BYDAY=MO',
    'FREQ=HOURLY',
    'FREQ=DAILY;FREQ=DAILY',
    'FREQ=DAILY;COUNT=0',
    'FREQ=DAILY;COUNT=1;UNTIL=20270101',
    'FREQ=DAILY;UNTIL=20260230',
    'FREQ=WEEKLY;BYDAY=XX',
    'FREQ=MONTHLY;BYMONTHDAY=32',
    'FREQ=DAILY;X=1',
    'freq=daily',
    'FREQ=DAILY;',
    'FREQ=DAILY=2',
    'constructor=1',
  ])
    assert.notEqual(recurrenceError(rule), undefined, rule);
});

test('activities have a kind, a time and a writer, and hang on a record', async () => {
  const { api, user_id } = member;
  const company = await made(api, 'companies', { name: 'Acme' });
  const call = await made(api, 'activities', {
    kind: 'call',
    subject: 'Prices',
    records: [{ type: 'company', id: company.id }],
    duration_minutes: 12,
  });
  assert.equal(call.author_id, user_id);
  assert.ok(Math.abs(Date.parse(call.occurred_at) - Date.now()) < 60_000);
  assert.deepEqual(call.records, [{ type: 'company', id: company.id, name: 'Acme' }]);
  const records = [{ type: 'company', id: company.id }];
  for (const [body, field] of [
    [{ subject: 'No kind', records }, 'kind'],
    [{ kind: 'fax', subject: 'Odd', records }, 'kind'],
    [{ kind: 'call', subject: 'Alone' }, 'records'],
    [{ kind: 'call', subject: 'Long', records, duration_minutes: -1 }, 'duration_minutes'],
  ] as const) {
    const answer = await api('POST', '/api/v1/activities', body);
    assert.deepEqual([answer.status, answer.body.errors?.[0].field], [422, field]);
  }
});

const open = async (api: Client) => {
  const filter = JSON.stringify({
    and: [
      { field: 'status', op: 'eq', value: 'open' },
      { field: 'title', op: 'eq', value: 'Water the plants' },
    ],
  });
  return (await api('GET', `/api/v1/tasks?${new URLSearchParams({ filter, sort: 'due_at' })}`)).body.data;
};

test('a task that repeats, once done, leaves the next one behind, by the clock where its assignee lives', async () => {
  const { api, user_id } = await tenant.as('member', 'gardener');
  await (await tenant.signedIn('member', 'gardener'))('PATCH', '/api/v1/profile', { time_zone: 'Europe/Berlin' });
  const first = await made(api, 'tasks', {
    title: 'Water the plants',
    priority: 'high',
    // Nine o'clock in summer; the clocks go back on the Sunday between.
    due_at: '2099-10-19T07:00:00Z',
    remind_at: '2099-10-19T06:30:00Z',
    recurrence: 'FREQ=WEEKLY;BYDAY=MO;COUNT=3',
  });
  const done = await api('PATCH', `/api/v1/tasks/${first.id}`, { status: 'done' });
  assert.equal(done.status, 200, JSON.stringify(done.body));
  const [second, ...others] = await open(api);
  assert.deepEqual(others, []);
  assert.deepEqual(
    [second.due_at, second.remind_at, second.priority, second.assignee_id, second.recurrence],
    ['2099-10-26T08:00:00.000Z', '2099-10-26T07:30:00.000Z', 'high', user_id, first.recurrence],
  );

  // Whoever ticks it off twice, or at the same time, gets one next task.
  await Promise.all([1, 2].map(() => api('PATCH', `/api/v1/tasks/${second.id}`, { status: 'done' })));
  const [third, ...more] = await open(api);
  assert.deepEqual([third.due_at, more], ['2099-11-02T08:00:00.000Z', []]);
  await api('PATCH', `/api/v1/tasks/${third.id}`, { status: 'done' });
  assert.deepEqual(await open(api), [], 'three were wanted');
});

test('a task that was done by mistake is open again, and the next one is gone', async () => {
  const { api } = await tenant.as('member', 'baker');
  const task = await made(api, 'tasks', {
    title: 'Water the plants',
    due_at: '2099-01-05T07:00:00Z',
    recurrence: 'FREQ=DAILY',
  });
  const done = await api('PATCH', `/api/v1/tasks/${task.id}`, { status: 'done' });
  assert.notEqual((await open(api))[0].id, task.id);
  const undone = await api('POST', `/api/v1/changes/${done.headers.get('change-id')}/reversal`);
  assert.ok(undone.status < 300, JSON.stringify(undone.body));
  assert.deepEqual(
    (await open(api)).map(({ id }: { id: string }) => id),
    [task.id],
  );
});

test('a series goes on without what is in the trash or retired, and without what is needed only since then', async () => {
  const { api } = await (await app.tenant()).as('admin');
  const field = (key: string, more: object = {}) =>
    made(api, 'custom-fields', { resource: 'task', key, label: key, type: 'text', ...more });
  await field('place');
  await field('serial', { is_unique: true });
  const retired = await field('season');
  const contact = await made(api, 'contacts', { given_name: 'Ada' });
  const company = await made(api, 'companies', { name: 'Acme' });
  const task = await made(api, 'tasks', {
    title: 'Water the plants',
    due_at: '2099-01-05T07:00:00Z',
    recurrence: 'FREQ=DAILY',
    records: [
      { type: 'contact', id: contact.id },
      { type: 'company', id: company.id },
    ],
    custom: { place: 'Hall', serial: '1', season: 'Spring' },
  });
  assert.equal((await api('DELETE', `/api/v1/contacts/${contact.id}`)).status, 204);
  assert.equal((await api('DELETE', `/api/v1/custom-fields/${retired.id}`)).status, 204);
  await field('effort', { required: true });

  const done = await api('PATCH', `/api/v1/tasks/${task.id}`, { status: 'done', priority: 'urgent' });
  assert.equal(done.status, 200, JSON.stringify(done.body));
  const [next, ...others] = await open(api);
  assert.deepEqual(others, []);
  assert.deepEqual(
    [next.due_at, next.priority, next.records, next.custom],
    ['2099-01-06T07:00:00.000Z', 'urgent', [{ type: 'company', id: company.id, name: 'Acme' }], { place: 'Hall' }],
  );
});

test('a series goes on when somebody ticks it off who may create no tasks and sees not all of their fields', async () => {
  const workspace = await app.tenant();
  const { api } = await workspace.as('admin');
  const worker = await workspace.as('contractor');
  await made(api, 'custom-fields', { resource: 'task', key: 'secret', label: 'Secret', type: 'text', visible_to: [] });
  const task = await made(api, 'tasks', {
    title: 'Water the plants',
    due_at: '2099-01-05T07:00:00Z',
    recurrence: 'FREQ=DAILY',
    assignee_id: worker.user_id,
    custom: { secret: 'Key under the mat' },
  });
  const done = await worker.api('PATCH', `/api/v1/tasks/${task.id}`, { status: 'done' });
  assert.equal(done.status, 200, JSON.stringify(done.body));
  const [next] = await open(api);
  assert.deepEqual([next.assignee_id, next.custom], [worker.user_id, task.custom]);
});

test('a series goes on when a file ticks off its task', async () => {
  const { api } = await (await app.tenant()).as('admin');
  const task = await made(api, 'tasks', {
    title: 'Water the plants',
    body: 'With rain',
    due_at: '2099-01-05T07:00:00Z',
    recurrence: 'FREQ=DAILY',
  });
  const file = `Holdfast id,Title,Status,Priority\n${task.id},Water the plants,done,high\n`;
  const imported = await importNow(api, [['tasks.csv', file]], ({ files: [one] }) => ({
    files: [{ id: one!.id, resource: 'task' }],
  }));
  assert.deepEqual(imported.problem_samples, []);
  const [next, ...others] = await open(api);
  assert.deepEqual(others, []);
  assert.deepEqual([next.due_at, next.body, next.priority], ['2099-01-06T07:00:00.000Z', 'With rain', 'high']);
});

test('a task that is ticked off again has the same next task, whatever became of that', async () => {
  const { api } = await (await app.tenant()).as('admin');
  const patch = async (id: string, body: object) => {
    const answer = await api('PATCH', `/api/v1/tasks/${id}`, body);
    assert.equal(answer.status, 200, JSON.stringify(answer.body));
    return answer.headers.get('change-id');
  };
  const tick = (id: string) => patch(id, { status: 'done' });
  const untick = (id: string) => patch(id, { status: 'open' });
  const ids = async () => (await open(api)).map(({ id }: { id: string }) => id);
  const title = 'Water the plants';
  const first = await made(api, 'tasks', { title, due_at: '2099-01-05T07:00:00Z', recurrence: 'FREQ=DAILY' });
  await tick(first.id);
  const [second] = await ids();
  await untick(first.id);
  await patch(second, { body: 'With rain', due_at: '2099-01-09T07:00:00Z' });
  await patch(first.id, { due_at: '2099-01-06T07:00:00Z' });
  await tick(first.id);
  assert.deepEqual(await ids(), [second]);
  assert.equal((await api('GET', `/api/v1/tasks/${second}`)).body.body, 'With rain');

  await tick(second);
  const [third] = await ids();
  await untick(first.id);
  await tick(first.id);
  assert.deepEqual(await ids(), [third], 'the next one is done already');

  // Taken back, the next one is in the trash; ticked off again, it is there as the task says now.
  await untick(second);
  assert.equal((await api('DELETE', `/api/v1/tasks/${third}`)).status, 204);
  await patch(second, { body: 'Without rain' });
  const again = await tick(second);
  const [back, ...others] = await open(api);
  assert.deepEqual([back.id, back.body, others], [third, 'Without rain', []]);
  const undone = await api('POST', `/api/v1/changes/${again}/reversal`);
  assert.deepEqual([undone.status, undone.body.skipped], [200, 0], JSON.stringify(undone.body));
  assert.deepEqual(await ids(), [second]);

  await patch(second, { recurrence: 'FREQ=WEEKLY' });
  await tick(second);
  const [weekly] = await ids();
  assert.notEqual(weekly, third, 'another rule is another series');
});
