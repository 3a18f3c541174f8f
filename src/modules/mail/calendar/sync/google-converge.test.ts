import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { type Client, eventually, startTestApp, type TestApp, unlimited } from '../../../../../test/harness/app.ts';
import { calendarsInSync } from '../../../../../test/harness/calendars.ts';
import { connectCalendars } from '../../../../../test/harness/google/connect.ts';
import { FakeGoogle, google_client } from '../../../../../test/harness/google/fake.ts';
import { asOwner } from '../../../../../test/harness/identity.ts';
import { made, read } from '../../../../../test/harness/mailbox.ts';
import type { GoogleEvent } from '../../meeting/index.ts';

/** A longer run: HOLDFAST_CALENDAR_PLANS=100. */
const plans = Number(process.env.HOLDFAST_CALENDAR_PLANS ?? 3);
const seed = Number(process.env.HOLDFAST_CALENDAR_SEED ?? 53);
const address = 'zoe@gmail.example';
const series_times = 4;

let google: FakeGoogle;
let app: TestApp;
before(async () => {
  google = await new FakeGoogle(address).start();
  app = await startTestApp({ GOOGLE_URL: google.url, ALLOW_PRIVATE_NETWORKS: 'true', ...unlimited });
});
after(async () => {
  await app?.stop();
  await google?.stop();
});

const at = (days: number, hour: number) => ({
  dateTime: `${new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10)}T${String(hour).padStart(2, '0')}:00:00Z`,
  timeZone: 'UTC',
});
const from = (days: number, hour: number) => ({ start: at(days, hour), end: at(days, hour + 1) });

test('whatever happens at Google while its answers are late, refused or lost, ledger and meetings end as its calendar', {
  timeout: plans * 120_000,
}, async () => {
  const tenant = await app.tenant('dates');
  const { api: admin } = await tenant.as('admin', 'Ada');
  assert.equal((await admin('PUT', '/api/v1/google-client', { ...google_client, is_testing: false })).status, 200);
  const { api } = await tenant.as('member', 'Zoe');
  const { calendars } = google;
  let count = 0;
  const write = (draft: Parameters<typeof calendars.put>[1] = {}) =>
    calendars.put(address, { summary: `E${++count}`, ...from(1, 9), ...draft });
  const writeSeries = () => write({ recurrence: [`RRULE:FREQ=DAILY;COUNT=${series_times}`] });
  write();
  writeSeries();
  const { body } = await connectCalendars(api, google);
  const account: string = body.id;
  await calendarsInSync(api, account);

  const nth = (n: number, of = calendars.listed(address)) => of[n % Math.max(1, of.length)];
  const series = (n: number) =>
    nth(
      n,
      calendars.listed(address).filter(({ recurrence }) => recurrence),
    );
  const ofSeries = (n: number, draft: Partial<GoogleEvent>) => {
    if (!series(n)) writeSeries();
    const event = series(n);
    if (event) calendars.putTime(address, event.id, at(1 + (n % series_times), 9), draft);
  };
  const changes = {
    write: () => write(),
    writeDay: () =>
      write({ start: { date: at(2, 0).dateTime.slice(0, 10) }, end: { date: at(3, 0).dateTime.slice(0, 10) } }),
    writeSeries,
    writeLate: () => {
      calendars.late_ms = 500;
      write();
      calendars.late_ms = 0;
    },
    writeGuest: () => write({ recurringEventId: `elsewhere${count}`, originalStartTime: at(2, 9), ...from(2, 11) }),
    rename: (n: number) => nth(n)?.status === 'confirmed' && write({ ...nth(n), summary: `R${++count}` }),
    moveTime: (n: number) => ofSeries(n, { status: 'confirmed', summary: `T${++count}`, ...from(5, 15) }),
    cancelTime: (n: number) => ofSeries(n, { status: 'cancelled' }),
    remove: (n: number) => calendars.remove(address, nth(n)?.id ?? ''),
    removeSeries: (n: number) => calendars.remove(address, series(n)?.id ?? ''),
  };
  const interruptions = {
    none: () => undefined,
    lost: () =>
      asOwner(app, `update calendar_account set lease = 'nobody 0', leased_until = now() where id = $1`, [account]),
    double: () =>
      asOwner(
        app,
        `insert into job (tenant_id, kind, payload, state, run_at, attempts_max)
         select tenant_id, 'calendar.sync', jsonb_build_object('account_id', id), 'ready', now(), 5
         from calendar_account where id = $1`,
        [account],
      ),
    tokens: () => calendars.forgetTokens(),
    token: () => asOwner(app, 'update calendar_source set sync_token = null where account_id = $1', [account]),
    quota: () => google.exceedQuota(2),
    expired: () => google.expire(),
    brokenList: () => google.breakOff('calendar.events.list', false),
    brokenGet: () => google.breakOff('calendar.events.get', true),
    smallPages: () => {
      calendars.page_rows = 2;
    },
    repeated: () => {
      calendars.isRepeated = true;
    },
  };
  const step = fc.record({
    change: fc.constantFrom(...(Object.keys(changes) as (keyof typeof changes)[])),
    interruption: fc.constantFrom(...(Object.keys(interruptions) as (keyof typeof interruptions)[])),
    at: fc.integer({ min: 0, max: 40 }),
    pause: fc.constantFrom(0, 0, 100, 400),
    // Seldom, so that changes are mostly told by tokens.
    isComparedAnew: fc.nat(9).map((n) => n === 0),
  });
  const steps = fc.array(step, { minLength: 12, maxLength: 20 });
  const wanted = fc.asyncProperty(steps, async (plan) => {
    for (const { change, interruption, at: which, isComparedAnew, pause } of plan) {
      if (isComparedAnew) await made(api, `calendar-accounts/${account}/comparisons`);
      else await lookAgain();
      changes[change](which);
      await interruptions[interruption]();
      await sleep(pause);
    }
    calendars.isRepeated = false;
    // By what changed since the token, before all is compared once more.
    await settle(api);
    // By a token that is lost, and by one that is not; both on several pages.
    for (const isLost of [true, false]) {
      calendars.page_rows = 2;
      for (let n = 0; n < 3; n++) write();
      changes.cancelTime(plan.length);
      changes.remove(plan[0]!.at);
      if (isLost) calendars.forgetTokens();
      await settle(api);
    }
    calendars.page_rows = 2500;
    await made(api, `calendar-accounts/${account}/comparisons`);
    await calendarsInSync(api, account);
    await isEqual(api);
    assert.deepEqual(google.complaints, []);
  });
  await fc.assert(wanted, { numRuns: plans, seed, endOnFailure: true });
});

/** Looks until ledger and meetings are what Google has; what they lack after that is said. */
async function settle(api: Client): Promise<void> {
  await eventually(async () => {
    await lookAgain();
    await sleep(500);
    return isEqual(api).then(
      () => true,
      () => false,
    );
  }).catch(() => undefined);
  await isEqual(api);
}

/** A look at the provider as it comes every two minutes, and at what it did not give out. */
async function lookAgain(): Promise<void> {
  await asOwner(app, `update calendar_object set retry_at = now(), attempts = 1 where outcome = 'failed'`, []);
  await asOwner(
    app,
    `update job set run_at = now() where kind = 'calendar.sync' and state in ('scheduled', 'ready')`,
    [],
  );
}

/** What takes place by Google's word: of series each time, as it was changed. */
function takingPlace(): string[] {
  const listed = google.calendars.listed(address);
  const shown = (title: string, { date, dateTime }: NonNullable<GoogleEvent['start']>) =>
    `${title} ${date ?? new Date(dateTime!).toISOString()}`;
  return listed.flatMap(({ id, status, summary = '', start, recurrence, recurringEventId }) => {
    if (status === 'cancelled') return [];
    if (!recurrence)
      return recurringEventId && listed.some((one) => one.id === recurringEventId) ? [] : shown(summary, start!);
    const parts = listed.filter((one) => one.recurringEventId === id);
    const changed = parts.filter((one) => one.status !== 'cancelled').map((one) => shown(one.summary!, one.start!));
    const planned = parts.map(({ originalStartTime }) => Date.parse(originalStartTime!.dateTime!));
    const times = Array.from({ length: series_times }, (_, n) => Date.parse(start!.dateTime!) + n * 86_400_000);
    const left = times.filter((ms) => !planned.includes(ms)).map((ms) => `${summary} ${new Date(ms).toISOString()}`);
    return [...changed, ...left];
  });
}

/** That ledger and meetings are what Google has, by its own word. */
async function isEqual(api: Client): Promise<void> {
  const listed = google.calendars.listed(address);
  const rows = (await asOwner(
    app,
    `select href || ' ' || coalesce(fetched_etag, '') as item, outcome from calendar_object where outcome <> 'gone'`,
    [],
  )) as { item: string; outcome: string }[];
  assert.deepEqual(
    rows.map(({ item }) => item).sort(),
    listed.map(({ id, etag }) => `${id} ${etag}`).sort(),
    'each event of Google has its row, as it is, and no other has',
  );
  assert.deepEqual(
    rows.filter(({ outcome }) => outcome !== 'imported'),
    [],
    'nothing waits',
  );
  const meetings = (await asOwner(
    app,
    `select title || ' ' || coalesce(starts_on::text, to_char(occurred_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')) as item
     from meeting`,
    [],
  )) as { item: string }[];
  assert.deepEqual(meetings.map(({ item }) => item).sort(), takingPlace().sort(), 'each takes place once');
  const [{ calendars }] = (await read(api, 'calendar-accounts')).data;
  assert.deepEqual([calendars[0].items, calendars[0].waiting, calendars[0].failed], [listed.length, 0, 0]);
}
