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
import { asOwner, asTableOwner } from '../../../test/harness/identity.ts';
import { made, read } from '../../../test/harness/mailbox.ts';
import { calendar_password, ics, type Radicale, radicaleSkip, startRadicale } from '../../../test/harness/radicale.ts';
import { expand } from './meeting/ical/expand.ts';

const skip = radicaleSkip;
let app: TestApp;
let tenant: TestTenant;
let radicale: Radicale;
before(async () => {
  if (skip) return;
  radicale = await startRadicale(['mia', 'olga', 'ben', 'zoe', 'ned', 'ida']);
  app = await startTestApp({
    ALLOW_PRIVATE_NETWORKS: 'true',
    ...unlimited,
  });
  tenant = await app.tenant('dates');
  await asOwner(app, `update tenant set time_zone = 'Europe/Berlin' where id = $1`, [tenant.tenant_id]);
});
after(async () => {
  await app?.stop();
  await radicale?.stop();
}); // biome-ignore format: a step a line

interface Meeting {
  id: string;
  version: number;
  title: string | null;
  shown: string;
  occurred_at: string;
  ends_at: string;
  status: string;
  calendar_id: string;
  is_moved: boolean;
  people_text: string;
  records: { name: string }[];
}
const meetings = async (api: Client): Promise<Meeting[]> => (await read(api, 'meetings?limit=200')).data;
const titles = async (api: Client) => (await meetings(api)).map(({ title }) => title);
const person = async (name: string) => {
  const { api, user_id } = await tenant.as('member', name);
  await asOwner(app, `update user_account set time_zone = 'Europe/Berlin' where id = $1`, [user_id]);
  return api;
};

/** An account of somebody, connected, with what the server has. */
async function connected(api: Client, user: string) {
  const account = await made(api, 'calendar-accounts', {
    url: radicale.url,
    username: user,
    password: calendar_password,
  });
  await inSync(api, account.id);
  return account as { id: string; calendars: { calendar_id: string; name: string }[] };
}
const inSync = (api: Client, id: string) => calendarsInSync(api, id, 'failed');
/** Looks at an account once more; `isFull`: at each item. */
const look = (api: Client, id: string, isFull: boolean) => lookAtCalendars(app, api, id, isFull, 'failed');
const day = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10).replaceAll('-', '');

test('series, their exceptions, moved and cancelled times, days, zones and changes of the clocks are read as RFC 5545 says', () => {
  const window = { from: '2026-01-01T00:00:00Z', to: '2026-12-31T00:00:00Z', zone: 'Europe/Berlin' };
  const times = (...events: string[][]) =>
    expand({ ics: ics(...events), ...window }).occurrences.map(({ starts_at, ends_at, status, is_moved }) =>
      [starts_at.slice(0, 16), ends_at.slice(0, 16), status, is_moved].join(' '),
    );
  const weekly = [
    'UID:1',
    'DTSTART;TZID=Europe/Berlin:20260320T090000',
    'DTEND;TZID=Europe/Berlin:20260320T100000',
    'RRULE:FREQ=WEEKLY;UNTIL=20260417T070000Z',
    'EXDATE:20260327T080000Z',
  ];
  const moved = [
    'UID:1',
    'RECURRENCE-ID;TZID=Europe/Berlin:20260403T090000',
    'DTSTART;TZID=America/New_York:20260404T050000',
    'DURATION:PT1H',
  ];
  const cancelled = [
    'UID:1',
    'RECURRENCE-ID:20260410T070000Z',
    'DTSTART;TZID=Europe/Berlin:20260410T090000',
    'DTEND;TZID=Europe/Berlin:20260410T100000',
    'STATUS:CANCELLED',
  ];
  // At nine by the clock before and after it changes on 29 March; the last one is the very end of the rule.
  assert.deepEqual(times(weekly, moved, cancelled), [
    '2026-03-20T08:00 2026-03-20T09:00 confirmed false',
    '2026-04-04T09:00 2026-04-04T10:00 confirmed true',
    '2026-04-10T07:00 2026-04-10T08:00 cancelled false',
    '2026-04-17T07:00 2026-04-17T08:00 confirmed false',
  ]);
  const night = [
    'UID:2',
    'DTSTART;TZID=Europe/Berlin:20260328T010000',
    'DTEND;TZID=Europe/Berlin:20260328T040000',
    'RRULE:FREQ=DAILY;COUNT=2',
  ];
  assert.deepEqual(
    times(night).map((text) => text.slice(0, 33)),
    ['2026-03-28T00:00 2026-03-28T03:00', '2026-03-29T00:00 2026-03-29T03:00'],
  );
  assert.equal(
    times([
      'UID:3',
      'DTSTART;TZID=Europe/Berlin:20260329T010000',
      'DTEND;TZID=Europe/Berlin:20260329T040000',
    ])[0]!.slice(0, 33),
    '2026-03-29T00:00 2026-03-29T02:00',
  );

  const [holiday] = expand({
    ics: ics(['UID:4', 'DTSTART;VALUE=DATE:20260329', 'DTEND;VALUE=DATE:20260331']),
    ...window,
  }).occurrences;
  assert.deepEqual(
    [holiday!.starts_on, holiday!.ends_on, holiday!.starts_at, holiday!.ends_at],
    ['2026-03-29', '2026-03-30', '2026-03-28T23:00:00.000Z', '2026-03-30T22:00:00.000Z'],
  );
  const [odd] = expand({
    ics: ics(['UID:5', 'DTSTART;TZID=Mars/Olympus:20260329T100000', 'DURATION:PT1H']),
    ...window,
  }).occurrences;
  assert.deepEqual(
    [odd!.unknown_time_zone, odd!.time_zone, odd!.starts_at],
    ['Mars/Olympus', 'Europe/Berlin', '2026-03-29T08:00:00.000Z'],
  );
  const windows = expand({
    ics: ics(['UID:6', 'DTSTART;TZID=W. Europe Standard Time:20260701T100000', 'DURATION:PT1H']),
    ...window,
  }).occurrences[0]!;
  assert.deepEqual([windows.starts_at, windows.unknown_time_zone], ['2026-07-01T08:00:00.000Z', null]);

  // 500 exceptions: each moved by two hours, none twice.
  const days = Array.from({ length: 500 }, (_, at) =>
    new Date(Date.UTC(2025, 11, 1 + at)).toISOString().slice(0, 10).replaceAll('-', ''),
  );
  const daily = ['UID:7', 'DTSTART:20251201T080000Z', 'DURATION:PT1H', 'RRULE:FREQ=DAILY;COUNT=510'];
  const many = expand({
    ics: ics(
      daily,
      ...days.map((one) => ['UID:7', `RECURRENCE-ID:${one}T080000Z`, `DTSTART:${one}T100000Z`, 'DURATION:PT1H']),
    ),
    ...window,
  });
  assert.deepEqual(
    [many.occurrences.length, new Set(many.occurrences.map(({ starts_at }) => starts_at.slice(11, 13)))],
    [364, new Set(['10'])],
  );
  const seconds = expand({ ics: ics(['UID:8', 'DTSTART:20260101T000000Z', 'RRULE:FREQ=SECONDLY']), ...window });
  assert.deepEqual([seconds.is_cut, seconds.occurrences.length], [true, 1000]);
});

test('what is wrong with an account is said in words, and nothing is stored', { skip }, async () => {
  const api = await person('Wanda');
  const connect = async (body: object) =>
    (
      await api('POST', '/api/v1/calendar-accounts', {
        url: radicale.url,
        username: 'mia',
        password: calendar_password,
        ...body,
      })
    ).body.errors[0].message;
  assert.match(await connect({ password: 'wrong' }), /refuses the user name or the password.*app password/);
  assert.match(await connect({ url: 'http://127.0.0.1:2/' }), /Nothing answers at 127\.0\.0\.1:2/);
  assert.match(await connect({ url: 'http://dav.example.com/' }), /in the clear/);
  assert.deepEqual((await read(api, 'calendar-accounts')).data, []);
});

test('a calendar follows its provider by what has changed, and by ETags once the token is lost; meetings stand with their people', {
  skip,
}, async () => {
  const api = await person('Mia');
  const href = await radicale.calendar('mia', 'Work');
  const contact = await made(api, 'contacts', {
    given_name: 'Kim',
    email: 'old@kim.example',
    other_emails: [{ label: null, value: 'Kim@Client.example' }],
  });
  const company = await made(api, 'companies', { name: 'Client', domain: 'client.example' });
  const event = (uid: string, title: string, from: string, ...more: string[]) =>
    ics([`UID:${uid}`, `SUMMARY:${title}`, `DTSTART:${from}`, 'DURATION:PT1H', ...more]);
  const withKim = [
    'ORGANIZER;CN=Mia:mailto:mia@dates.example',
    'ATTENDEE;CN=Kim;PARTSTAT=ACCEPTED:mailto:KIM@client.example',
    'ATTENDEE:mailto:lee@lee.example',
    'DESCRIPTION:About the walnut table',
  ];
  await radicale.put('mia', `${href}a.ics`, event('a', 'Offer', `${day(1)}T090000Z`, ...withKim));
  await radicale.put(
    'mia',
    `${href}b.ics`,
    event('b', 'Jour fixe', `${day(-14)}T100000Z`, 'RRULE:FREQ=WEEKLY;COUNT=4'),
  );
  const account = await connected(api, 'mia');
  assert.deepEqual(
    account.calendars.map(({ name }) => name),
    ['Work'],
  );
  assert.deepEqual((await titles(api)).sort(), ['Jour fixe', 'Jour fixe', 'Jour fixe', 'Jour fixe', 'Offer']);
  const [offer] = (await meetings(api)).filter(({ title }) => title === 'Offer');
  assert.deepEqual(
    [offer!.records.map(({ name }) => name).sort(), offer!.people_text],
    [['Client', 'Kim'], 'Mia, Kim, lee@lee.example'],
  );
  for (const path of [`contacts/${contact.id}`, `companies/${company.id}`])
    assert.deepEqual(
      (await read(api, `${path}/timeline?kinds=meeting`)).data.map(
        (entry: { meeting: Meeting }) => entry.meeting.title,
      ),
      ['Offer'],
    );
  const people = await read(api, `meetings/${offer!.id}/people`);
  assert.deepEqual(
    people.data.map(({ address, answer, contact: known }: Record<string, { name: string }>) => [
      address,
      answer,
      known?.name,
    ]),
    [
      ['mia@dates.example', 'none', undefined],
      ['kim@client.example', 'accepted', 'Kim'],
      ['lee@lee.example', 'none', undefined],
    ],
  );
  assert.equal((await read(api, 'search?q=walnut')).written[0].resource, 'meeting');
  // Whoever becomes a contact later gets the meetings of before.
  const lee = await made(api, 'contacts', { given_name: 'Lee', email: 'lee@lee.example' });
  await eventually(async () => (await read(api, `contacts/${lee.id}/timeline?kinds=meeting`)).data.length === 1);

  const fetched = async () =>
    (await asOwner(
      app,
      `select href, at::text from calendar_object where calendar_id = $1 and outcome = 'imported' order by href`,
      [offer!.calendar_id],
    )) as { href: string; at: string }[];
  const first = await fetched();
  await radicale.put('mia', `${href}c.ics`, event('c', 'Lunch', `${day(2)}T110000Z`));
  await radicale.put('mia', `${href}a.ics`, event('a', 'Offer moved', `${day(3)}T090000Z`, ...withKim));
  await look(api, account.id, false);
  assert.deepEqual((await titles(api)).filter((title) => title !== 'Jour fixe').sort(), ['Lunch', 'Offer moved']);
  assert.equal((await meetings(api)).find(({ title }) => title === 'Offer moved')!.id, offer!.id);
  await radicale.remove('mia', `${href}c.ics`);
  await asOwner(
    app,
    `update calendar_source set sync_token = 'http://radicale.org/ns/sync/lost' where account_id = $1`,
    [account.id],
  );
  await look(api, account.id, false);
  assert.deepEqual(
    (await titles(api)).filter((title) => title !== 'Jour fixe'),
    ['Offer moved'],
  );
  // What did not change was not fetched again, neither by the token nor without it.
  assert.deepEqual(
    (await fetched()).find((one) => one.href.endsWith('b.ics')),
    first.find((one) => one.href.endsWith('b.ics')),
  );
  const [{ sync_token }] = (await asOwner(app, `select sync_token from calendar_source where account_id = $1`, [
    account.id,
  ])) as [{ sync_token: string }];
  assert.notEqual(sync_token, 'http://radicale.org/ns/sync/lost');

  // An item that nobody can read says why, and the others are there.
  await asOwner(app, `update calendar_object set ics = 'nonsense' where href like '%b.ics' and calendar_id = $1`, [
    offer!.calendar_id,
  ]);
  await asOwner(app, `update calendar_source set expanded_until = now() where account_id = $1`, [account.id]);
  await look(api, account.id, true);
  const items = (await read(api, `calendar-sources/${offer!.calendar_id}/items?outcome=failed`)).data;
  assert.match(items[0].sentence, /cannot be read|no calendar/);
  const [{ calendars }] = (await read(api, 'calendar-accounts')).data;
  assert.match(calendars[0].sentence, /^In sync, but 1 of 2 items cannot be read/);
});

test('meetings are seen as far as the owner of a calendar shares it, by nobody more, on each way to them', {
  skip,
}, async () => {
  const [owner, other, admin] = [await person('Olga'), await person('Otto'), (await tenant.as('admin')).api];
  const href = await radicale.calendar('olga', 'Own');
  const contact = await made(owner, 'contacts', { given_name: 'Pat', email: 'pat@pat.example' });
  const lines = [
    `DTSTART:${day(1)}T090000Z`,
    'DURATION:PT1H',
    'ATTENDEE:mailto:pat@pat.example',
    'LOCATION:Cave',
    'DESCRIPTION:About the basalt floor',
  ];
  await radicale.put('olga', `${href}a.ics`, ics(['UID:a', 'SUMMARY:Quartzite', ...lines]));
  await radicale.put('olga', `${href}b.ics`, ics(['UID:b', 'SUMMARY:Feldspar', 'CLASS:PRIVATE', ...lines]));
  const {
    calendars: [own],
  } = await connected(owner, 'olga');
  const path = `/api/v1/meeting-calendars/${own!.calendar_id}`;
  const share = async (sharing: string) => assert.equal((await owner('PATCH', path, { sharing })).status, 200);
  const all = await meetings(owner);
  assert.deepEqual(all.map(({ title }) => title).sort(), ['Feldspar', 'Quartzite']);
  const quartzite = all.find(({ title }) => title === 'Quartzite')!;
  const seenBy = async (api: Client) => {
    const listed = (await meetings(api)).filter(({ calendar_id }) => calendar_id === own!.calendar_id);
    const found = async (word: string) => (await read(api, `search?q=${word}`)).written.length;
    const filter = encodeURIComponent('{"field":"title","op":"eq","value":"Quartzite"}');
    const timeline = (await read(api, `contacts/${contact.id}/timeline?kinds=meeting`)).data as { meeting: Meeting }[];
    const single = await api('GET', `/api/v1/meetings/${quartzite.id}`);
    return {
      listed: listed.map(({ title, shown, people_text }) => [title, shown, people_text]),
      one: single.status === 404 ? undefined : single.body.title,
      timeline: timeline.map((entry) => entry.meeting.title),
      hits: [await found('quartzite'), await found('basalt'), await found('feldspar')],
      filtered: (await read(api, `meetings?filter=${filter}`)).data.length,
      people: (await api('GET', `/api/v1/meetings/${quartzite.id}/people`)).body.data?.length,
    };
  };
  const nothing = { listed: [], one: undefined, timeline: [], hits: [0, 0, 0], filtered: 0, people: undefined };
  const busy = {
    listed: [[null, 'exists', 'pat@pat.example']],
    one: null,
    timeline: [null],
    hits: [0, 0, 0],
    filtered: 0,
    people: 0,
  };
  const everything = {
    listed: [['Quartzite', 'everything', 'pat@pat.example']],
    one: 'Quartzite',
    timeline: ['Quartzite'],
    hits: [1, 1, 0],
    filtered: 1,
    people: 1,
  };
  for (const [sharing, expected] of [
    ['private', nothing],
    ['participants', busy],
    ['all', everything],
    ['private', nothing],
  ] as const) {
    await share(sharing);
    for (const api of [other, admin]) assert.deepEqual(await seenBy(api), expected, sharing);
    assert.deepEqual((await seenBy(owner)).hits, [1, 2, 1]);
  }
  await share('all');
  for (const api of [other, admin]) {
    assert.notEqual((await api('PATCH', path, { sharing: 'all' })).status, 200);
    assert.notEqual((await api('PATCH', `/api/v1/meetings/${quartzite.id}/event`, { title: 'Theirs' })).status, 200);
    assert.notEqual((await api('DELETE', `/api/v1/meetings/${quartzite.id}/event`)).status, 204);
    assert.equal((await api('GET', `/api/v1/calendar-sources/${own!.calendar_id}/items`)).status, 404);
    assert.deepEqual((await read(api, 'calendar-accounts')).data, []);
  }
});

test('meetings are made, moved and deleted at the provider; one that was changed there meanwhile stays, and both are shown', {
  skip,
}, async () => {
  const api = await person('Ben');
  const href = await radicale.calendar('ben', 'Plans');
  const {
    id: account,
    calendars: [own],
  } = await connected(api, 'ben');
  const at = (days: number, hour: number) =>
    `${new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10)}T${String(hour).padStart(2, '0')}:00:00.000Z`;
  const create = (body: object) => made(api, `meeting-calendars/${own!.calendar_id}/meetings`, body);
  const change = (id: string, body: object, query = '', version?: number) =>
    api(
      'PATCH',
      `/api/v1/meetings/${id}/event${query}`,
      body,
      version === undefined ? {} : { 'if-match': `"${version}"` },
    );
  const review = await create({
    title: 'Review, part 1',
    starts_at: at(2, 9),
    ends_at: at(2, 10),
    people: [{ name: 'Kai', address: 'kai@kai.example' }],
  });
  assert.deepEqual(
    [review.title, review.occurred_at, review.time_zone, review.people_text.includes('Kai')],
    ['Review, part 1', at(2, 9), 'Europe/Berlin', true],
  );
  const [item] = await radicale.list('ben', href);
  const text = () => radicale.get('ben', item!);
  assert.match((await text())!, /SUMMARY:Review\\, part 1/);
  assert.match((await text())!, /ATTENDEE;CN=Kai/);
  assert.match((await text())!, /DTSTART;TZID=Europe\/Berlin/);
  const moved = await change(review.id, { starts_at: at(3, 12), ends_at: at(3, 14) }, '', review.version);
  assert.deepEqual(
    [moved.status, moved.body.id, moved.body.occurred_at, moved.body.ends_at],
    [200, review.id, at(3, 12), at(3, 14)],
  );
  assert.equal((await change(review.id, { title: 'Stale' }, '', review.version)).status, 412);

  await radicale.put('ben', item!, (await text())!.replace('SUMMARY:Review\\, part 1', 'SUMMARY:Changed there'));
  const conflict = await change(review.id, { title: 'Changed here' });
  assert.deepEqual([conflict.status, conflict.body.code, conflict.body.current.title], [412, 'stale', 'Changed there']);
  assert.match((await text())!, /SUMMARY:Changed there/);
  const again = await change(review.id, { title: 'Changed here' }, '', conflict.body.current.version);
  assert.deepEqual([again.status, again.body.title], [200, 'Changed here']);
  assert.match((await text())!, /SUMMARY:Changed here/);

  await radicale.put(
    'ben',
    `${href}s.ics`,
    ics([
      'UID:s',
      'SUMMARY:Series',
      `DTSTART;TZID=Europe/Berlin:${day(1)}T090000`,
      'DURATION:PT1H',
      'RRULE:FREQ=DAILY;COUNT=3',
    ]),
  );
  await look(api, account, false);
  const series = async () => (await meetings(api)).filter(({ title }) => title?.startsWith('Series'));
  const [one, two] = await series();
  assert.equal(
    (await change(two!.id, { title: 'Series apart', starts_at: at(2, 18), ends_at: at(2, 19) })).status,
    200,
  );
  assert.equal((await api('DELETE', `/api/v1/meetings/${one!.id}/event`)).status, 204);
  await look(api, account, true);
  assert.deepEqual((await series()).map(({ title, is_moved }) => [title, is_moved]).sort(), [
    ['Series apart', true],
    ['Series', false],
  ]);
  assert.match((await radicale.get('ben', `${href}s.ics`))!, /EXDATE;TZID=Europe\/Berlin/);
  assert.equal((await api('DELETE', `/api/v1/meetings/${review.id}/event`)).status, 204);
  assert.deepEqual(await radicale.list('ben', href), [`${href}s.ics`]);
  assert.equal((await api('DELETE', `/api/v1/meetings/${two!.id}/event?scope=series`)).status, 204);
  const left = (await meetings(api)).filter(({ calendar_id }) => calendar_id === own!.calendar_id);
  assert.deepEqual([await radicale.list('ben', href), left], [[], []]);
  const wrong = await api('POST', `/api/v1/meeting-calendars/${own!.calendar_id}/meetings`, {
    title: 'X',
    starts_at: at(2, 9),
    ends_at: at(2, 8),
  });
  assert.equal(wrong.body.errors[0].code, 'too_early');
});

test('a run that lost its account goes no further, and more than a hundred deletions wait for a word', {
  skip,
}, async () => {
  const api = await person('Zoe');
  const href = await radicale.calendar('zoe', 'Many');
  const put = async (at: number) =>
    radicale.put(
      'zoe',
      `${href}${at}.ics`,
      ics([`UID:${at}`, `SUMMARY:M${at}`, `DTSTART:${day(1)}T090000Z`, 'DURATION:PT1H']),
    );
  for (let at = 0; at < 102; at++) await put(at);
  const {
    id,
    calendars: [own],
  } = await connected(api, 'zoe');
  const here = async () =>
    (
      (await asOwner(app, `select count(*)::int as n from meeting where calendar_id = $1`, [own!.calendar_id])) as [
        { n: number },
      ]
    )[0].n;
  assert.equal(await here(), 102);
  // Somebody else has the account: until its time has run out nothing is written.
  await asOwner(
    app,
    `update calendar_account set lease = 'nobody 0', leased_until = now() + interval '4 seconds' where id = $1`,
    [id],
  );
  await put(102);
  await made(api, `calendar-accounts/${id}/comparisons`);
  assert.equal(await here(), 102);
  await eventually(async () => (await here()) === 103);
  await inSync(api, id);
  for (let at = 0; at < 101; at++) await radicale.remove('zoe', `${href}${at}.ics`);
  await made(api, `calendar-accounts/${id}/comparisons`);
  const source = async () => (await read(api, 'calendar-accounts')).data[0].calendars[0];
  await eventually(async () => (await source()).state === 'asks');
  assert.match((await source()).sentence, /^101 meetings are gone at your provider\. Confirm/);
  assert.equal(await here(), 103);
  await made(api, `calendar-sources/${own!.calendar_id}/deletions`);
  await eventually(async () => (await here()) === 2);
});

test('an account is looked at again after each attempt at it met trouble of our own, such as a full disk', {
  skip,
}, async () => {
  const api = await person('Ida');
  await radicale.calendar('ida', 'Work');
  const { id } = await connected(api, 'ida');
  const jobs = async (states: string[]) =>
    (await asOwner(
      app,
      `select id from job where kind = 'calendar.sync' and payload ->> 'account_id' = $1 and state = any ($2)`,
      [id, states],
    )) as { id: string }[];
  const now = ({ id: job }: { id: string }, attempts: string) =>
    asOwner(app, `update job set run_at = now(), state = 'ready', attempts = ${attempts} where id = $1`, [job]);
  await eventually(async () => (await jobs(['scheduled'])).length === 1);
  await asTableOwner(
    app,
    'calendar_account',
    `alter table calendar_account add constraint refused check (id <> '${id}' or lease is null) not valid`,
  );
  // The last attempt is the next one.
  await now((await jobs(['scheduled']))[0]!, 'attempts_max - 1');
  await eventually(async () => (await jobs(['failed'])).length === 1);
  await asTableOwner(app, 'calendar_account', 'alter table calendar_account drop constraint refused');
  const [next] = await jobs(['scheduled', 'ready']);
  await asOwner(app, `update calendar_source set synced_at = null, state = 'syncing' where account_id = $1`, [id]);
  await now(next!, '0');
  await inSync(api, id);
});
