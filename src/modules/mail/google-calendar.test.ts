import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import {
  type Client,
  eventually,
  startTestApp,
  type TestApp,
  type TestTenant,
  unlimited,
} from '../../../test/harness/app.ts';
import { calendarsInSync, lookAtCalendars } from '../../../test/harness/calendars.ts';
import { connectCalendars, connectGmail, googleAnswer } from '../../../test/harness/google/connect.ts';
import { FakeGoogle, google_client } from '../../../test/harness/google/fake.ts';
import { asOwner } from '../../../test/harness/identity.ts';
import { inSync, made, read } from '../../../test/harness/mailbox.ts';

const address = 'zoe@gmail.example';
let google: FakeGoogle;
let app: TestApp;
let tenant: TestTenant;
let zoe: Client;
/** The account, and its primary calendar here. */
let account: string;
let own: string;
before(async () => {
  google = await new FakeGoogle(address).start();
  app = await startTestApp({ GOOGLE_URL: google.url, ALLOW_PRIVATE_NETWORKS: 'true', ...unlimited });
  tenant = await app.tenant('dates');
  await asOwner(app, `update tenant set time_zone = 'Europe/Berlin' where id = $1`, [tenant.tenant_id]);
  const { api: admin } = await tenant.as('admin', 'Ada');
  assert.equal((await admin('PUT', '/api/v1/google-client', { ...google_client, is_testing: true })).status, 200);
  ({ api: zoe } = await tenant.as('member', 'Zoe'));
});
after(async () => {
  await app?.stop();
  await google?.stop();
});

interface Meeting {
  id: string;
  version: number;
  title: string | null;
  description: string;
  occurred_at: string;
  ends_at: string;
  starts_on: string | null;
  ends_on: string | null;
  is_moved: boolean;
  calendar_id: string;
  time_zone: string | null;
  people_text: string;
  records: { name: string }[];
}
const meetings = async (api: Client, title = ''): Promise<Meeting[]> =>
  ((await read(api, 'meetings?limit=200&sort=occurred_at')).data as Meeting[]).filter((one) =>
    (one.title ?? '').startsWith(title),
  );
const day = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);
/** A time by the clock of Berlin, as Google names it. */
const berlin = (days: number, hour: number) => ({
  dateTime: new Date(`${day(days)}T${String(hour).padStart(2, '0')}:00:00Z`).toISOString(),
  timeZone: 'Europe/Berlin',
});
const put = (draft: Parameters<typeof google.calendars.put>[1]) => google.calendars.put(address, draft);
const look = () => lookAtCalendars(app, zoe, account, false);

const change = (id: string, body: object, query = '', version?: number) =>
  zoe(
    'PATCH',
    `/api/v1/meetings/${id}/event${query}`,
    body,
    version === undefined ? {} : { 'if-match': `"${version}"` },
  );

test('calendars of Google are connected by its page, with a grant for calendars alone', async () => {
  const { url } = await made(zoe, 'google-calendar-consents');
  assert.equal(
    new URL(url).searchParams.get('scope'),
    'https://www.googleapis.com/auth/calendar.events https://www.googleapis.com/auth/calendar.calendarlist.readonly',
  );
  google.ticked = ['https://www.googleapis.com/auth/calendar.events'];
  const half = await connectCalendars(zoe, google);
  assert.match(half.body.detail, /leave all boxes ticked/);
  google.ticked = null;
  const answer = await googleAnswer(google, url);
  const { api: mallory } = await tenant.as('member', 'Mallory');
  assert.equal((await mallory('POST', '/api/v1/google-calendar-accounts', answer)).status, 409);
  assert.equal((await zoe('POST', '/api/v1/google-mailboxes', answer)).status, 409, 'it was begun for calendars');

  google.calendars.add('Team', 'team@group.calendar.google.com', 'reader');
  google.exceedQuota(3);
  const connected = await zoe('POST', '/api/v1/google-calendar-accounts', answer);
  assert.equal(connected.status, 200, JSON.stringify(connected.body));
  const { id, provider, username, calendars, ...rest } = connected.body;
  assert.deepEqual([provider, username, rest.url], ['google', address, null]);
  assert.deepEqual(
    calendars.map((one: Record<string, unknown>) => [one.name, one.is_writable, one.is_chosen]),
    [
      ['Team', false, false],
      [address, true, true],
    ],
  );
  account = id;
  own = calendars.find(({ name }: { name: string }) => name === address).calendar_id;
  assert.doesNotMatch(JSON.stringify(connected.body), /1\/\//);
  await calendarsInSync(zoe, account);
});

test('events become meetings with their people: series, moved and cancelled times, days, zones and texts', async () => {
  const contact = await made(zoe, 'contacts', { given_name: 'Kim', email: 'kim@client.example' });
  const attendees = [
    { email: address, organizer: true, responseStatus: 'accepted' as const },
    { email: 'KIM@client.example', displayName: 'Kim', responseStatus: 'declined' as const },
    { email: 'room@resource.calendar.google.com', displayName: 'Room 1', resource: true },
  ];
  const times = { start: berlin(1, 9), end: berlin(1, 10) };
  put({ summary: 'Offer', description: '<p>About the <b>walnut</b> table</p><br>Bye', attendees, ...times });
  put({ summary: 'Holiday', start: { date: day(3) }, end: { date: day(5) } });
  put({ summary: 'Odd', start: { ...times.start, timeZone: 'Mars/Olympus' }, end: times.end });
  const series = put({ summary: 'Jour fixe', recurrence: ['RRULE:FREQ=DAILY;COUNT=4'], ...times });
  google.calendars.putTime(address, series, berlin(2, 9), { start: berlin(2, 15), end: berlin(2, 16) });
  google.calendars.putTime(address, series, berlin(3, 9), { status: 'cancelled' });
  // To this time alone somebody is invited: its series is in no calendar of theirs.
  put({
    id: 'elsewhere_1',
    recurringEventId: 'elsewhere',
    originalStartTime: berlin(4, 11),
    summary: 'Guest',
    start: berlin(4, 12),
    end: berlin(4, 13),
  });
  google.calendars.page_rows = 2;
  await look();
  const [offer] = await meetings(zoe, 'Offer');
  assert.deepEqual(
    [offer!.occurred_at, offer!.time_zone, offer!.people_text, offer!.records.map(({ name }) => name)],
    [berlin(1, 9).dateTime, 'Europe/Berlin', `${address}, Kim`, ['Kim']],
  );
  assert.equal(offer!.description, 'About the walnut table\nBye');
  const timeline = await read(zoe, `contacts/${contact.id}/timeline?kinds=meeting`);
  assert.deepEqual(
    timeline.data.map((entry: { meeting: Meeting }) => entry.meeting.title),
    ['Offer'],
  );
  const people = await read(zoe, `meetings/${offer!.id}/people`);
  assert.deepEqual(
    people.data.map((one: Record<string, unknown>) => [one.address, one.answer, one.is_organizer]),
    [
      [address, 'accepted', true],
      ['kim@client.example', 'declined', false],
    ],
  );
  const [holiday] = await meetings(zoe, 'Holiday');
  assert.deepEqual([holiday!.starts_on, holiday!.ends_on], [day(3), day(4)]);
  assert.equal((await meetings(zoe, 'Odd'))[0]!.occurred_at, berlin(1, 9).dateTime);
  assert.deepEqual(
    (await meetings(zoe, 'Jour fixe')).map(({ occurred_at, is_moved }) => [occurred_at, is_moved]),
    [
      [berlin(1, 9).dateTime, false],
      [berlin(2, 15).dateTime, true],
      [berlin(4, 9).dateTime, false],
    ],
  );
  assert.equal((await meetings(zoe, 'Guest')).length, 1);
  assert.deepEqual(google.complaints, []);
});

test('what changes is told by the token; a token that is lost leads to a comparison that loads nothing again', async () => {
  const { calendars } = google;
  const [first] = await meetings(zoe, 'Offer');
  const offer = calendars.listed(address).find(({ summary }) => summary === 'Offer')!;
  put({ id: offer.id, summary: 'Offer moved', start: berlin(5, 9), end: berlin(5, 10) });
  calendars.isRepeated = true;
  calendars.page_rows = 1;
  await look();
  const [moved] = await meetings(zoe, 'Offer');
  assert.deepEqual([moved!.id, moved!.title, moved!.occurred_at], [first!.id, 'Offer moved', berlin(5, 9).dateTime]);

  calendars.page_rows = 2500;
  calendars.isRepeated = false;
  const kept = put({ summary: 'New', start: berlin(6, 9), end: berlin(6, 10) });
  calendars.remove(address, offer.id);
  calendars.forgetTokens();
  calendars.given = 0;
  await look();
  assert.deepEqual([(await meetings(zoe, 'Offer')).length, (await meetings(zoe, 'New')).length], [0, 1]);
  // The new one, and the one that is gone.
  assert.equal(calendars.given, 2, 'what is here already is not loaded again');
  const [{ calendars: sources }] = (await read(zoe, 'calendar-accounts')).data;
  const source = sources.find(({ calendar_id }: { calendar_id: string }) => calendar_id === own);
  assert.deepEqual([source.items, source.waiting, source.failed], [calendars.listed(address).length, 0, 0]);
  calendars.remove(address, kept);
  await look();
  assert.equal((await meetings(zoe, 'New')).length, 0);

  // One that is listed and not given out yet is asked for again, and is not gone.
  calendars.late_ms = 3000;
  put({ summary: 'Late', start: berlin(6, 9), end: berlin(6, 10) });
  calendars.late_ms = 0;
  calendars.forgetTokens();
  await lookAtCalendars(app, zoe, account, false, 'failed');
  const { data: items } = await read(zoe, `calendar-sources/${own}/items?outcome=failed`);
  assert.match(items[0].sentence, /lists it and did not give it out/);
  await eventually(async () => {
    await asOwner(app, `update calendar_object set retry_at = now(), attempts = 1 where outcome = 'failed'`, []);
    await lookAtCalendars(app, zoe, account, false, 'failed');
    return (await meetings(zoe, 'Late')).length === 1;
  });
  assert.deepEqual(google.complaints, []);
});

test('private events are their owner’s alone, whatever the calendar shares', async () => {
  const { api: colleague } = await tenant.as('member', 'Colleague');
  const times = { start: berlin(7, 9), end: berlin(7, 10) };
  put({ summary: 'Quartzite', ...times });
  put({ summary: 'Feldspar', visibility: 'private', ...times });
  put({ summary: 'Basalt', visibility: 'confidential', transparency: 'transparent', ...times } as object);
  await look();
  const shared = await zoe('PATCH', `/api/v1/meeting-calendars/${own}`, { sharing: 'all' });
  assert.equal(shared.status, 200);
  const seen = (await meetings(colleague)).map(({ title }) => title);
  assert.ok(seen.includes('Quartzite'));
  for (const title of ['Feldspar', 'Basalt']) {
    assert.ok(!seen.includes(title), title);
    assert.equal((await meetings(zoe, title)).length, 1);
    assert.deepEqual((await read(colleague, `search?q=${title}`)).written, []);
  }
});

test('meetings are made, moved and deleted at Google; one that was changed there meanwhile stays, and both are shown', async () => {
  const { calendars } = google;
  const at = (days: number, hour: number) => berlin(days, hour).dateTime;
  const title = 'Review';
  const review = await made(zoe, `meeting-calendars/${own}/meetings`, {
    title,
    starts_at: at(8, 9),
    ends_at: at(8, 10),
    people: [{ name: 'Kai', address: 'kai@kai.example' }],
  });
  assert.deepEqual([review.title, review.occurred_at, review.time_zone], [title, at(8, 9), 'Europe/Berlin']);
  const event = () => calendars.listed(address).find(({ summary }) => summary?.startsWith(title))!;
  assert.deepEqual(
    [event().start!.timeZone, event().attendees!.map(({ email }) => email)],
    ['Europe/Berlin', ['kai@kai.example']],
  );
  const moved = await change(review.id, { starts_at: at(9, 12), ends_at: at(9, 14) }, '', review.version);
  assert.deepEqual([moved.status, moved.body.id, moved.body.occurred_at], [200, review.id, at(9, 12)]);
  assert.equal((await change(review.id, { title: 'Stale' }, '', review.version)).status, 412);

  // What one leaves as it was read stays as it is there.
  put({ id: event().id, summary: 'Review there', description: '<b>Bold</b>' });
  const conflict = await change(review.id, { title: 'Review here' });
  assert.deepEqual([conflict.status, conflict.body.code, conflict.body.current.title], [412, 'stale', 'Review there']);
  const { current } = conflict.body;
  const people = [
    { name: 'Kai', address: 'kai@kai.example' },
    { name: '', address: 'lee@lee.example' },
  ];
  const again = await change(review.id, { title: 'Review here', description: 'Bold', people }, '', current.version);
  assert.deepEqual([again.status, again.body.title], [200, 'Review here']);
  assert.deepEqual(
    [event().summary, event().description, event().attendees!.map(({ email }) => email)],
    ['Review here', '<b>Bold</b>', ['kai@kai.example', 'lee@lee.example']],
  );
  assert.deepEqual(new Set(calendars.updates), new Set(['calendar.events.patch all']));
  const allDay = await change(review.id, { starts_on: day(9), ends_on: day(10) });
  assert.deepEqual([allDay.body.starts_on, allDay.body.ends_on], [day(9), day(10)]);
  assert.deepEqual([event().start, event().end], [{ date: day(9) }, { date: day(11) }]);
  assert.equal((await zoe('DELETE', `/api/v1/meetings/${review.id}/event`)).status, 204);
  assert.equal(event(), undefined);
  assert.equal((await meetings(zoe, title)).length, 0);
});

test('of a series one time is moved or deleted at Google, or all of it', async () => {
  const { calendars } = google;
  const times = { start: berlin(10, 9), end: berlin(10, 10) };
  const series = put({ summary: 'Weekly', recurrence: ['RRULE:FREQ=DAILY;COUNT=5'], ...times });
  await look();
  const [one, two, three, four] = await meetings(zoe, 'Weekly');
  const apart = { title: 'Weekly apart', starts_at: berlin(11, 18).dateTime, ends_at: berlin(11, 19).dateTime };
  const moved = await change(two!.id, apart);
  assert.deepEqual([moved.status, moved.body.id, moved.body.is_moved], [200, two!.id, true]);
  assert.equal((await zoe('DELETE', `/api/v1/meetings/${one!.id}/event`)).status, 204);
  const shown = async () => (await meetings(zoe, 'Weekly')).map(({ title, occurred_at }) => [title, occurred_at]);
  const expected = [
    ['Weekly apart', berlin(11, 18).dateTime],
    ['Weekly', berlin(12, 9).dateTime],
    ['Weekly', berlin(13, 9).dateTime],
    ['Weekly', berlin(14, 9).dateTime],
  ];
  assert.deepEqual(await shown(), expected);
  await look();
  assert.deepEqual(await shown(), expected, 'as Google has it');

  // Times that were changed there since they were read: one that was changed here before, and one that was not.
  const planned = (days: number) => berlin(days, 9);
  calendars.putTime(address, series, planned(11), { summary: 'Weekly there' });
  const first = await change(two!.id, { title: 'Weekly here' });
  assert.deepEqual([first.status, first.body.current.title], [412, 'Weekly there']);
  calendars.putTime(address, series, planned(12), { summary: 'Weekly new' });
  const second = await change(three!.id, { title: 'Weekly here' });
  assert.deepEqual([second.status, second.body.current.title], [412, 'Weekly new']);
  assert.equal((await zoe('DELETE', `/api/v1/meetings/${four!.id}/event?scope=series`)).status, 204);
  assert.deepEqual([await shown(), calendars.listed(address).some(({ id }) => id.startsWith(series))], [[], false]);
  assert.deepEqual(google.complaints, []);
});

test('a calendar that one only reads is imported when it is chosen, and one that is gone at Google says so', async () => {
  const team = 'team@group.calendar.google.com';
  google.calendars.put(team, { summary: 'Stand-up', start: berlin(1, 8), end: berlin(1, 9) });
  const sourceOf = async () => {
    const [{ calendars }] = (await read(zoe, 'calendar-accounts')).data;
    return calendars.find(({ name }: { name: string }) => name === 'Team');
  };
  const { calendar_id } = await sourceOf();
  assert.equal((await zoe('PATCH', `/api/v1/calendar-sources/${calendar_id}`, { is_chosen: true })).status, 200);
  await lookAtCalendars(app, zoe, account, false);
  const [meeting] = await meetings(zoe, 'Stand-up');
  assert.equal((await change(meeting!.id, { title: 'Mine' })).status, 409);
  const times = { starts_at: berlin(1, 8).dateTime, ends_at: berlin(1, 9).dateTime };
  const refused = await zoe('POST', `/api/v1/meeting-calendars/${calendar_id}/meetings`, { title: 'Mine', ...times });
  assert.equal(refused.status, 409);
  google.calendars.removeCalendar(team);
  await asOwner(app, `update job set run_at = now() where kind = 'calendar.sync' and state = 'scheduled'`, []);
  await eventually(async () => /no longer has this calendar/.test((await sourceOf()).sentence));
  assert.equal((await meetings(zoe, 'Stand-up')).length, 1, 'its meetings stay');
  assert.equal((await zoe('PATCH', `/api/v1/calendar-sources/${calendar_id}`, { is_chosen: false })).status, 200);
});

test('a grant that was taken back is said, made anew, and given back when the last that it was for is disconnected', async () => {
  google.expire();
  await look();
  google.revoke();
  await eventually(async () => {
    await asOwner(app, `update job set run_at = now() where kind = 'calendar.sync' and state = 'scheduled'`, []);
    const [{ problem }] = (await read(zoe, 'calendar-accounts')).data;
    return /Google no longer accepts the connection/.test(problem ?? '');
  });
  const fetched = google.calendars.given;
  assert.equal((await connectCalendars(zoe, google, account)).body.id, account);
  await lookAtCalendars(app, zoe, account, true);
  assert.equal(google.calendars.given, fetched, 'nothing is loaded again');
  assert.equal((await connectCalendars(zoe, google)).body.id, account, 'one address is one account');

  const { id: mailbox } = await made(zoe, 'mailboxes', { name: 'Zoe', address });
  assert.equal((await connectGmail(zoe, google, mailbox)).status, 200);
  await inSync(zoe, mailbox);
  assert.equal((await zoe('DELETE', `/api/v1/calendar-accounts/${account}`)).status, 204);
  const isIdle = () =>
    eventually(async () => {
      const left = await asOwner(app, `select from job where kind = 'google.revoke' and state <> 'done'`, []);
      return (left as unknown[]).length === 0;
    });
  await isIdle();
  // Google would end the grant of the mailbox too.
  assert.deepEqual(google.revoked, []);
  assert.ok((await meetings(zoe, 'Holiday')).length > 0, 'what was imported stays');
  assert.equal((await zoe('DELETE', `/api/v1/mailboxes/${mailbox}/connection`)).status, 204);
  await isIdle();
  assert.equal(google.revoked.length, 1);
  assert.deepEqual(google.complaints, []);
});
