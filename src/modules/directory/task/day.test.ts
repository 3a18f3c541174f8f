import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import {
  type Client,
  eventually,
  type SharedTestApp,
  sharedTestApp,
  type TestTenant,
} from '../../../../test/harness/app.ts';
import { asOwner } from '../../../../test/harness/identity.ts';
import { importNow } from '../../../../test/harness/import.ts';

let app: SharedTestApp;
let tenant: TestTenant;
let api: Client;
before(async () => {
  app = await sharedTestApp();
  tenant = await app.tenant();
  api = (await tenant.as('member')).api;
});

async function made(client: Client, body: object) {
  const answer = await client('POST', '/api/v1/tasks', body);
  assert.equal(answer.status, 201, JSON.stringify(answer.body));
  return answer.body;
}

test('tasks of a day are put in order, and nothing else of them changes', async () => {
  const [a, b, c] = await Promise.all(['a', 'b', 'c'].map((title) => made(api, { title })));
  assert.equal(a.position, null);
  const put = await api('PUT', '/api/v1/task-order', { ids: [c.id, a.id, b.id] });
  assert.equal(put.status, 200, JSON.stringify(put.body));
  const filter = JSON.stringify({ field: 'position', op: 'not_empty' });
  const { data } = (await api('GET', `/api/v1/tasks?${new URLSearchParams({ filter, sort: 'position' })}`)).body;
  assert.deepEqual(
    data.map(({ title, position }: { title: string; position: number }) => [title, position]),
    [
      ['c', 1],
      ['a', 2],
      ['b', 3],
    ],
  );
  const admin = (await tenant.as('admin')).api;
  const events = (await admin('GET', `/api/v1/audit-events?resource=task&record_id=${a.id}`)).body.data;
  assert.deepEqual(
    events.map(({ action }: { action: string }) => action),
    ['create'],
    'the order of a day is no news about its tasks',
  );
  for (const ids of [[], [a.id, a.id], ['nonsense'], Array.from({ length: 201 }, () => crypto.randomUUID())])
    assert.equal((await api('PUT', '/api/v1/task-order', { ids })).status, 422, JSON.stringify(ids).slice(0, 50));
});

test('whoever may not change a task does not move it either', async () => {
  const task = await made(api, { title: 'Mine' });
  const adviser = (await tenant.as('advisor')).api;
  const put = await adviser('PUT', '/api/v1/task-order', { ids: [task.id] });
  assert.deepEqual([put.status, put.body.data], [200, []]);
  const other = await (await app.tenant()).as('admin');
  assert.deepEqual((await other.api('PUT', '/api/v1/task-order', { ids: [task.id] })).body.data, []);
  assert.equal((await api('GET', `/api/v1/tasks/${task.id}`)).body.position, null);
  assert.equal((await (await tenant.as('viewer')).api('PUT', '/api/v1/task-order', { ids: [task.id] })).status, 403);
});

test('a rule that no day fits is refused, soon and in words', async () => {
  for (const recurrence of [
    'FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30',
    'FREQ=WEEKLY;BYDAY=MO;BYSETPOS=5',
    'FREQ=DAILY;BYMONTHDAY=31;BYMONTH=4',
  ]) {
    const refused = await api('POST', '/api/v1/tasks', { title: 'Never', recurrence });
    assert.deepEqual([refused.status, refused.body.errors?.[0].code], [422, 'never_occurs'], recurrence);
    assert.match(refused.body.errors[0].message, /No day fits this rule/);
  }
  for (const recurrence of ['FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29', 'FREQ=MONTHLY;BYMONTHDAY=13;BYDAY=FR'])
    await made(api, { title: 'Seldom', recurrence });
  const rules = Array.from({ length: 51 }, (_, i) => ({ title: 'x', recurrence: `FREQ=DAILY;INTERVAL=${i + 1}` }));
  const bulk = await api('POST', '/api/v1/tasks/bulk', { data: rules });
  assert.deepEqual([bulk.status, bulk.body.errors[0].field], [422, 'data.50.recurrence']);
});

test('what repeats is foreseen by its rule, only for those who may read it', async () => {
  const { api: own, user_id } = await tenant.as('advisor', 'gardener');
  await (await tenant.signedIn('advisor', 'gardener'))('PATCH', '/api/v1/profile', { time_zone: 'Europe/Berlin' });
  const task = await made(own, { title: 'Water', due_at: '2099-10-19T07:00:00Z', recurrence: 'FREQ=WEEKLY;COUNT=4' });
  await made(own, { title: 'Once', due_at: '2099-10-20T07:00:00Z' });
  const ask = async (client: Client, from: string, to: string) =>
    client('GET', `/api/v1/task-occurrences?${new URLSearchParams({ from, to, assignee_id: user_id })}`);
  const october = await ask(own, '2099-10-01T00:00:00Z', '2099-11-30T00:00:00Z');
  assert.equal(october.status, 200, JSON.stringify(october.body));
  assert.deepEqual(
    october.body.data.map(({ due_at }: { due_at: string }) => due_at),
    ['2099-10-26T08:00:00.000Z', '2099-11-02T08:00:00.000Z', '2099-11-09T08:00:00.000Z'],
  );
  assert.equal(october.body.data[0].task_id, task.id);
  const later = await ask(own, '2099-11-02T08:00:00Z', '2099-11-05T00:00:00Z');
  assert.deepEqual(
    later.body.data.map(({ due_at }: { due_at: string }) => due_at),
    ['2099-11-02T08:00:00.000Z'],
  );
  const { api: stranger } = await tenant.as('advisor', 'stranger');
  assert.deepEqual((await ask(stranger, '2099-10-01T00:00:00Z', '2099-11-30T00:00:00Z')).body.data, []);
  for (const [from, to] of [
    ['2099-01-01T00:00:00Z', '2099-12-01T00:00:00Z'],
    ['2099-02-01T00:00:00Z', '2099-01-01T00:00:00Z'],
    ['soon', '2099-01-01T00:00:00Z'],
    ['9000-01-01T00:00:00Z', '9000-02-01T00:00:00Z'],
  ] as const)
    assert.equal((await ask(own, from, to)).status, 422, `${from} ${to}`);
});

test('of too many tasks that repeat the answer says that it does not have all', async () => {
  const { api: own, user_id } = await tenant.as('member', 'busy');
  const ask = async () =>
    (
      await own(
        'GET',
        `/api/v1/task-occurrences?${new URLSearchParams({ from: '2099-10-01T00:00:00Z', to: '2099-10-03T00:00:00Z', assignee_id: user_id })}`,
      )
    ).body;
  const tasks = (count: number) =>
    Array.from({ length: count }, (_, n) => ({
      title: `Daily ${n}`,
      due_at: '2099-10-01T07:00:00Z',
      recurrence: 'FREQ=DAILY',
    }));
  assert.equal((await own('POST', '/api/v1/tasks/bulk', { data: tasks(200) })).status, 201);
  const all = await ask();
  assert.deepEqual([all.data.length, all.is_cut], [200, false]);
  await made(own, tasks(1)[0]!);
  const some = await ask();
  assert.deepEqual([some.data.length, some.is_cut], [200, true]);
});

test('a reminder so long before moves with its task, on the calendar past a change of clocks', async () => {
  const { api: own } = await tenant.as('member', 'keeper');
  await (await tenant.signedIn('member', 'keeper'))('PATCH', '/api/v1/profile', { time_zone: 'Europe/Berlin' });
  const task = await made(own, { title: 'Wind the clock', due_at: '2099-10-25T08:00:00Z', remind_before: 'P1D' });
  // Nine in winter; nine the day before was still in summer.
  assert.equal(task.remind_at, '2099-10-24T07:00:00.000Z');
  const patch = async (body: object) => {
    const answer = await own('PATCH', `/api/v1/tasks/${task.id}`, body);
    assert.equal(answer.status, 200, JSON.stringify(answer.body));
    return { ...answer.body, change: answer.headers.get('change-id') };
  };
  assert.equal((await patch({ remind_before: 'PT24H' })).remind_at, '2099-10-24T08:00:00.000Z', 'hours are hours');
  const moved = await patch({ due_at: '2099-12-01T08:00:00Z' });
  assert.equal(moved.remind_at, '2099-11-30T08:00:00.000Z');
  const undone = await own('POST', `/api/v1/changes/${moved.change}/reversal`);
  assert.ok(undone.status < 300, JSON.stringify(undone.body));
  const back = (await own('GET', `/api/v1/tasks/${task.id}`)).body;
  assert.deepEqual(
    [back.due_at, back.remind_at, back.remind_before],
    ['2099-10-25T08:00:00.000Z', '2099-10-24T08:00:00.000Z', 'PT24H'],
  );
  const fixed = await patch({ remind_at: '2099-10-20T08:00:00Z' });
  assert.deepEqual([fixed.remind_at, fixed.remind_before], ['2099-10-20T08:00:00.000Z', null]);
  assert.equal((await patch({ due_at: '2099-12-01T08:00:00Z' })).remind_at, fixed.remind_at, 'one at a time stays');
  assert.equal(
    (await patch({ remind_before: 'PT0M', due_at: null })).remind_at,
    null,
    'before nothing there is nothing',
  );
  assert.deepEqual(
    [(await patch({ due_at: '2099-12-01T08:00:00Z' })).remind_at, (await patch({ remind_before: null })).remind_at],
    ['2099-12-01T08:00:00.000Z', null],
  );
  for (const body of [
    { remind_before: '1 day' },
    { remind_before: 'P1Y' },
    { remind_before: 'P1D', remind_at: '2099-01-01T00:00:00Z' },
  ])
    assert.equal((await own('PATCH', `/api/v1/tasks/${task.id}`, body)).body.errors?.[0].field, 'remind_before');
});

test('what repeats keeps its reminder so long before', async () => {
  const task = await made(api, {
    title: 'Sweep',
    due_at: '2099-03-02T09:00:00Z',
    remind_before: 'PT30M',
    recurrence: 'FREQ=DAILY',
  });
  await api('PATCH', `/api/v1/tasks/${task.id}`, { status: 'done' });
  const filter = JSON.stringify({
    and: [
      { field: 'title', op: 'eq', value: 'Sweep' },
      { field: 'status', op: 'eq', value: 'open' },
    ],
  });
  const { data } = (await api('GET', `/api/v1/tasks?${new URLSearchParams({ filter })}`)).body;
  assert.deepEqual(
    [data[0].due_at, data[0].remind_at, data[0].remind_before],
    ['2099-03-03T09:00:00.000Z', '2099-03-03T08:30:00.000Z', 'PT30M'],
  );
});

/** A member who lives in a zone. */
async function living(zone: string) {
  const person = await tenant.as('member', zone);
  await asOwner(app, 'update user_account set time_zone = $1 where id = $2', [zone, person.user_id]);
  return person;
}

/** Changes a task, and ticks it off if it is to be. Answers when the next of its series is due. */
async function goOn(id: string, body: object, client = api) {
  const done = await client('PATCH', `/api/v1/tasks/${id}`, { ...body, status: 'done' });
  assert.equal(done.status, 200, JSON.stringify(done.body));
  const filter = JSON.stringify({ field: 'title', op: 'eq', value: done.body.title });
  const { data } = (await api('GET', `/api/v1/tasks?filter=${encodeURIComponent(filter)}`)).body;
  const open = data.filter(({ status }: { status: string }) => status === 'open');
  assert.ok(open.length <= 1);
  return open[0] as { id: string; due_on: string | null; due_at: string } | undefined;
}

test('a series of days keeps its days, wherever its assignee lives', async () => {
  const [west, east] = [await living('America/Los_Angeles'), await living('Pacific/Auckland')];
  const weekly = { due_on: '2030-01-07', recurrence: 'FREQ=WEEKLY' };
  const first = await made(api, { title: 'Look at the ferns', ...weekly, assignee_id: west.user_id });
  const second = await goOn(first.id, { assignee_id: east.user_id });
  assert.deepEqual([second!.due_on, second!.due_at], ['2030-01-14', '2030-01-14T10:59:59.000Z']);
  const third = await goOn(second!.id, { assignee_id: west.user_id });
  assert.deepEqual([third!.due_on, third!.due_at], ['2030-01-21', '2030-01-22T07:59:59.000Z']);
});

test('a series that is nobody’s goes by the clock of the workspace, whoever ticks it off', async () => {
  const west = await living('America/Los_Angeles');
  const rest = { recurrence: 'FREQ=WEEKLY;BYDAY=MO', assignee_id: null };
  const { id } = await made(api, { title: 'Open the doors', due_at: '2030-01-07T07:00:00Z', ...rest });
  // There it is Sunday.
  assert.equal((await goOn(id, {}, west.api))!.due_at, '2030-01-14T07:00:00.000Z');
});

test('where a time takes the place of the day of a series, it goes on at that time', async () => {
  const weekly = { due_on: '2030-01-07', recurrence: 'FREQ=WEEKLY' };
  const at = '2030-01-16T09:00:00.000Z';
  const first = await made(api, { title: 'Ring', ...weekly });
  const second = await goOn(first.id, {});
  assert.equal((await api('PATCH', `/api/v1/tasks/${second!.id}`, { due_at: at })).status, 200);
  const third = await goOn(second!.id, {});
  assert.deepEqual([third!.due_on, third!.due_at], [null, '2030-01-23T09:00:00.000Z']);

  const other = await made(api, { title: 'Write', ...weekly });
  const next = await goOn(other.id, { due_at: at });
  assert.deepEqual([next!.due_on, next!.due_at], [null, '2030-01-23T09:00:00.000Z'], 'in the same request');
});

test('the first and the last days of the calendar are days like others', async () => {
  const last = await made(api, { title: 'Never again', due_on: '9999-12-30', recurrence: 'FREQ=DAILY' });
  assert.equal(await goOn(last.id, {}), undefined);
  for (const due of [{ due_on: '0001-01-01' }, { due_at: '0001-01-01T00:00:00Z' }]) {
    const first = await made(api, { title: 'Long ago', ...due, remind_before: 'P1W' });
    assert.equal(first.remind_at, '0001-01-01T00:00:00.000Z', 'there is no year before');
  }
});

test('of a day and a time the day counts, each time, also for many tasks', async () => {
  const both = { due_on: '2030-01-07', due_at: '2030-02-01T09:00:00Z' };
  const { id, due_on } = await made(api, { title: 'Both', ...both });
  assert.equal(due_on, '2030-01-07');
  for (const _ of [1, 2]) {
    const { body } = await api('PATCH', `/api/v1/tasks/${id}`, both);
    assert.deepEqual([body.due_on, body.due_at], ['2030-01-07', '2030-01-07T23:59:59.000Z']);
  }
  const action = { kind: 'update', fields: both };
  const many = await api('POST', '/api/v1/changes', { resource: 'task', ids: [id], action });
  assert.equal(many.status, 202, JSON.stringify(many.body));
  const { unchanged } = await eventually(async () => {
    const { body } = await api('GET', `/api/v1/changes/${many.body.id}`);
    return body.state === 'done' && body;
  });
  assert.equal(unchanged, 1);
});

test('a file with a day and a time for a task brings the day, however often it is imported', async () => {
  const { id } = await made(api, { title: 'From a file', due_on: '2030-01-06' });
  // As an export has them that was made where the day ended at another time.
  const file = `Holdfast id,Title,Due,Due day\n${id},From a file,2030-01-07T22:59:59Z,2030-01-07\n`;
  for (const _ of [1, 2]) {
    await importNow(api, [['tasks.csv', file]], ({ files: [one] }) => ({ files: [{ id: one!.id, resource: 'task' }] }));
    const { due_on, due_at } = (await api('GET', `/api/v1/tasks/${id}`)).body;
    assert.deepEqual([due_on, due_at], ['2030-01-07', '2030-01-07T23:59:59.000Z']);
  }
  const other = `Holdfast id,Title,Due,Due day\n${id},From a file,2030-01-08T09:00:00Z,\n`;
  await importNow(api, [['tasks.csv', other]], ({ files: [one] }) => ({ files: [{ id: one!.id, resource: 'task' }] }));
  const { due_on, due_at } = (await api('GET', `/api/v1/tasks/${id}`)).body;
  assert.deepEqual([due_on, due_at], [null, '2030-01-08T09:00:00.000Z'], 'a time alone takes the place of the day');
});
