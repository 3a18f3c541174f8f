import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import ICAL from 'ical.js';
import pg from 'pg';
import { type Client, eventually, startTestApp, type TestApp, type TestTenant } from '../../../../test/harness/app.ts';
import { asOwner } from '../../../../test/harness/identity.ts';

let app: TestApp;
let tenant: TestTenant;
let api: Client;
before(async () => {
  app = await startTestApp({ PUBLIC_URL: 'https://crm.example' });
  tenant = await app.tenant();
  api = await tenant.signedIn('member');
  assert.equal((await api('PATCH', '/api/v1/profile', { time_zone: 'Europe/Berlin' })).status, 200);
});
after(() => app.stop());

async function made(path: string, body: object) {
  const answer = await api('POST', `/api/v1/${path}`, body);
  assert.equal(answer.status, 201, JSON.stringify(answer.body));
  return answer.body;
}

/** Makes the address, and answers its path. */
async function opened(client = api): Promise<string> {
  const { status, body } = await client('POST', '/api/v1/calendar-feed');
  assert.equal(status, 201, JSON.stringify(body));
  assert.match(body.address, /^https:\/\/crm\.example\/api\/v1\/calendars\/[\w-]{43}\.ics$/);
  return new URL(body.address).pathname;
}

const day_ms = 86_400_000;
const inDays = (days: number) => new Date(Math.round(Date.now() / 1000) * 1000 + days * day_ms).toISOString();

async function read(path: string, headers: Record<string, string> = {}) {
  const answer = await app.client()('GET', path, undefined, headers);
  return { ...answer, calendar: answer.status === 200 ? new ICAL.Component(ICAL.parse(answer.body)) : undefined };
}
const named = (calendar: ICAL.Component, kind: string, title: string) =>
  calendar.getAllSubcomponents(kind).filter((part) => part.getFirstPropertyValue('summary') === title);

test('tasks and meetings of a person, by a secret address, as the standard has them', async () => {
  const company = await made('companies', { name: 'Ölmühle, Söhne; & Co' });
  const title =
    `Send the offer, with "all" the papers; and a very long title ${'that must be folded '.repeat(5)}\\`.trim();
  const due_at = inDays(3);
  await made('tasks', {
    title,
    body: 'One\nTwo',
    due_at,
    priority: 'high',
    records: [{ type: 'company', id: company.id }],
  });
  await made('tasks', { title: 'No date' });
  await made('tasks', { title: 'Done', due_at, status: 'done' });
  await made('tasks', { title: 'Years ahead', due_at: inDays(800) });
  const colleague = await tenant.as('member', 'colleague');
  await made('tasks', { title: 'Somebody else’s', due_at, assignee_id: colleague.user_id });
  await made('activities', {
    kind: 'meeting',
    subject: 'Tour',
    occurred_at: inDays(1),
    duration_minutes: 90,
    records: [{ type: 'company', id: company.id }],
  });
  await made('activities', {
    kind: 'email',
    subject: 'No meeting',
    occurred_at: inDays(1),
    records: [{ type: 'company', id: company.id }],
  });
  const path = await opened();
  const { headers, body, calendar } = await read(path);
  assert.equal(headers.get('content-type'), 'text/calendar; charset=utf-8');
  for (const line of (body as string).split('\r\n')) assert.ok(Buffer.byteLength(line) <= 75, line);
  const events = calendar!.getAllSubcomponents('vevent').map((part) => new ICAL.Event(part));
  assert.deepEqual(events.map(({ summary }) => summary).sort(), [title, 'Tour'].sort());
  const task = events.find(({ summary }) => summary === title)!;
  assert.equal(task.startDate.toJSDate().toISOString(), new Date(due_at).toISOString());
  assert.equal(task.description, 'Ölmühle, Söhne; & Co\n\nOne\nTwo');
  const tour = events.find(({ summary }) => summary === 'Tour')!;
  assert.equal(tour.endDate.toUnixTime() - tour.startDate.toUnixTime(), 90 * 60);
  const todos = (await read(`${path}?tasks=todo`)).calendar!;
  const [todo] = named(todos, 'vtodo', title);
  assert.equal(
    (todo!.getFirstPropertyValue('due') as ICAL.Time).toJSDate().toISOString(),
    new Date(due_at).toISOString(),
  );
  assert.equal(todo!.getFirstPropertyValue('priority'), 3);
  assert.equal(todos.getAllSubcomponents('vevent').length, 1, 'meetings stay events');
});

test('what is due on a day stands there as a whole day, and so does what comes again', async () => {
  const planner = await tenant.signedIn('member', 'Petra Planner');
  const due_on = inDays(3).slice(0, 10);
  const made = await planner('POST', '/api/v1/tasks', { title: 'Whole day', due_on, recurrence: 'FREQ=WEEKLY' });
  assert.equal(made.status, 201, JSON.stringify(made.body));
  const path = await opened(planner);
  const of = async (form: string, name: string, at: string) => {
    const parts = named((await read(`${path}${form}`)).calendar!, name, 'Whole day');
    return parts.map((part) => String(part.getFirstPropertyValue(at)));
  };
  const next = new Date(Date.parse(due_on) + 7 * 86_400_000).toISOString().slice(0, 10);
  assert.deepEqual(await of('', 'vevent', 'dtstart'), [due_on, next]);
  // RFC 5545, section 3.8.2.3: what starts is due later than that, so what comes again goes from nine to the end of the day.
  assert.deepEqual(await of('?tasks=todo', 'vtodo', 'due'), [due_on, `${next}T23:59:59`]);
  assert.deepEqual(await of('?tasks=todo', 'vtodo', 'dtstart'), ['null', `${next}T09:00:00`]);
});

test('a to-do that comes again is due at its time', async () => {
  const planner = await tenant.signedIn('member', 'Tina Timer');
  const due_at = inDays(3).replace(/T.*/, 'T07:00:00.000Z');
  const made = await planner('POST', '/api/v1/tasks', { title: 'Ring', due_at, recurrence: 'FREQ=WEEKLY' });
  assert.equal(made.status, 201, JSON.stringify(made.body));
  const todos = named((await read(`${await opened(planner)}?tasks=todo`)).calendar!, 'vtodo', 'Ring');
  const [start, due] = ['dtstart', 'due'].map((name) => todos[1]!.getFirstPropertyValue(name) as ICAL.Time);
  assert.equal(due!.subtractDate(start!).toSeconds(), 1, 'as soon after its start as the standard allows');
});

test('line breaks of other machines and control characters leave the calendar whole', async () => {
  const writer = await tenant.signedIn('member', 'Wanda Windows');
  const title = 'Lines\u0007 of a form';
  const given = { title, body: 'One\r\nTwo\rThree\tfour\u007fand', due_at: inDays(3) };
  const task = await writer('POST', '/api/v1/tasks', given);
  assert.equal(task.status, 201, JSON.stringify(task.body));
  const { body, calendar } = await read(await opened(writer));
  for (const line of (body as string).split('\r\n')) assert.doesNotMatch(line, /[^\P{Cc}\t]/u);
  const [event] = calendar!.getAllSubcomponents('vevent').map((part) => new ICAL.Event(part));
  assert.deepEqual([event!.summary, event!.description], ['Lines  of a form', 'One\nTwo\nThree\tfour and']);
});

test('what has not changed is not sent again', async () => {
  const path = await opened();
  const first = await read(path);
  const [etag, modified] = ['etag', 'last-modified'].map((name) => first.headers.get(name)!);
  assert.equal((await read(path, { 'if-none-match': etag! })).status, 304);
  assert.equal((await read(path, { 'if-modified-since': modified! })).status, 304);
  assert.equal((await read(path)).headers.get('etag'), etag);
  const task = await made('tasks', { title: 'Another', due_at: inDays(2) });
  const second = await read(path, { 'if-none-match': etag!, 'if-modified-since': modified! });
  assert.equal(second.status, 200);
  await api('DELETE', `/api/v1/tasks/${task.id}`);
  assert.equal(
    (await read(path, { 'if-none-match': second.headers.get('etag')! })).status,
    200,
    'what is gone is news',
  );
});

test('the address is a secret that can be renewed and closed, and ends with the person’s account', async () => {
  const first = await opened();
  const shown = await api('GET', '/api/v1/calendar-feed');
  assert.equal(shown.body.open, true);
  assert.equal(JSON.stringify(shown.body).includes(first.slice(-47, -4)), false, 'never shown again');
  const second = await opened();
  assert.equal((await read(first)).status, 404);
  assert.equal((await read(second)).status, 200);
  assert.equal((await read(second.replace(/.{4}\.ics$/, 'AAAA.ics'))).status, 404);
  assert.equal((await read('/api/v1/calendars/short.ics')).status, 404);
  assert.equal((await api('DELETE', '/api/v1/calendar-feed')).status, 204);
  assert.equal((await read(second)).status, 404);
  assert.equal((await api('DELETE', '/api/v1/calendar-feed')).status, 404);

  const leaver = await tenant.signedIn('member', 'leaver');
  const theirs = await opened(leaver);
  const { user_id } = await tenant.as('member', 'leaver');
  const admin = (await tenant.as('admin')).api;
  assert.equal((await admin('POST', `/api/v1/users/${user_id}/deactivation`)).status < 300, true);
  assert.equal((await read(theirs)).status, 404);
});

test('an address that is closed while it is read is none any more', async () => {
  const reader = await tenant.signedIn('member', 'Reader');
  const path = await opened(reader);
  const owner = new pg.Client({ connectionString: app.database.ownerUrl });
  await owner.connect();
  await owner.query('begin; set local role holdfast_system');
  await owner.query(`delete from calendar_feed where hash = sha256(convert_to($1, 'UTF8'))`, [path.slice(-47, -4)]);
  const answer = read(path);
  await eventually(async () => {
    const { rows } = await owner.query(`select from pg_locks l join pg_stat_activity a on a.pid = l.pid
      where not l.granted and l.locktype in ('transactionid', 'tuple') and a.datname = current_database()`);
    return rows.length > 0;
  });
  await owner.query('commit');
  await owner.end();
  assert.deepEqual([(await answer).status, (await answer).body.code], [404, 'not_found']);
});

test('rights count at the time of reading', async () => {
  const person = await tenant.signedIn('member', 'demoted');
  const path = await opened(person);
  await person('POST', '/api/v1/tasks', { title: 'Mine', due_at: inDays(1) });
  assert.equal(named((await read(path)).calendar!, 'vevent', 'Mine').length, 1);
  const admin = (await tenant.as('admin')).api;
  const { user_id } = await tenant.as('member', 'demoted');
  const bare = await admin('POST', '/api/v1/roles', { name: 'Without tasks', rights: { tenant: { read: 'all' } } });
  const changed = await admin('PUT', `/api/v1/users/${user_id}/roles`, { role_ids: [bare.body.id] });
  assert.equal(changed.status, 200, JSON.stringify(changed.body));
  assert.equal(named((await read(path)).calendar!, 'vevent', 'Mine').length, 0);
});

test('an API key opens no address', async () => {
  const { api: key } = await tenant.as('member');
  assert.equal((await key('POST', '/api/v1/calendar-feed')).status, 403);
});

test('a series goes on by the clock on the wall, past a change of clocks', async () => {
  // Not at an hour that clocks leave out.
  const due_at = inDays(1).replace(/T\d+/, 'T09');
  await made('tasks', { title: 'Every week', due_at, recurrence: 'FREQ=WEEKLY' });
  const { calendar } = await read(await opened());
  const parts = named(calendar!, 'vevent', 'Every week');
  assert.equal(parts.length, 2, 'the task, and what follows');
  const series = parts.find((part) => part.hasProperty('rrule'))!;
  const zone = calendar!.getFirstSubcomponent('vtimezone')!;
  assert.equal(zone.getFirstPropertyValue('tzid'), 'Europe/Berlin');
  ICAL.TimezoneService.register(new ICAL.Timezone(zone));
  const times = new ICAL.Event(series).iterator();
  const hour = new Intl.DateTimeFormat('en', { hour: 'numeric', minute: 'numeric', timeZone: 'Europe/Berlin' });
  const seen = Array.from({ length: 52 }, () => times.next().toJSDate());
  assert.equal(new Set(seen.map((time) => hour.format(time))).size, 1);
  assert.equal(new Set(seen.map((time) => time.getUTCHours())).size, 2, 'in UTC it is an hour later in summer');
});

test('rules whose last time is very far, or beyond the calendar, are in the feed too', async () => {
  const person = await tenant.signedIn('member', 'patient');
  for (const recurrence of ['FREQ=DAILY;BYMONTHDAY=31;COUNT=999', 'FREQ=YEARLY;INTERVAL=999;COUNT=999']) {
    const task = await person('POST', '/api/v1/tasks', { title: recurrence, due_at: inDays(1), recurrence });
    assert.equal(task.status, 201, JSON.stringify(task.body));
  }
  const { status, calendar } = await read(await opened(person));
  assert.equal(status, 200);
  for (const rule of ['FREQ=DAILY;BYMONTHDAY=31;COUNT=999', 'FREQ=YEARLY;INTERVAL=999;COUNT=999'])
    assert.equal(named(calendar!, 'vevent', rule).length, 2, rule);
});

test('of somebody who has too many, all that is to come is there, and of the rest the latest', async () => {
  const busy = await tenant.signedIn('member', 'busy');
  const { user_id } = await tenant.as('member', 'busy');
  const company = await made('companies', { name: 'Everywhere' });
  for (const many of [
    `insert into activity (tenant_id, author_id, records, kind, subject, occurred_at)
      select $1, $2, array[$3::uuid], 'meeting', 'Met ' || n, now() - n * interval '1 hour' from generate_series(1, 1000) n`,
    `insert into task (tenant_id, assignee_id, records, title, due_at)
      select $1, $2, array[$3::uuid], 'Late ' || n, now() - n * interval '1 hour' from generate_series(1, 1000) n`,
  ])
    await asOwner(app, many, [tenant.tenant_id, user_id, company.id]);
  const about = { records: [{ type: 'company', id: company.id }] };
  const met = { ...about, kind: 'meeting', subject: 'To come', occurred_at: inDays(1) };
  assert.equal((await busy('POST', '/api/v1/activities', met)).status, 201);
  const todo = { ...about, title: 'To do', due_at: inDays(2) };
  assert.equal((await busy('POST', '/api/v1/tasks', todo)).status, 201);
  const { calendar } = await read(await opened(busy));
  for (const title of ['To come', 'Met 1', 'Met 999', 'To do', 'Late 1', 'Late 999'])
    assert.equal(named(calendar!, 'vevent', title).length, 1, title);
  for (const title of ['Met 1000', 'Late 1000']) assert.equal(named(calendar!, 'vevent', title).length, 0, title);
});
