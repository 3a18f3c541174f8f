import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { type Client, eventually, type SharedTestApp, sharedTestApp } from '../../../test/harness/app.ts';
import { asOwner } from '../../../test/harness/identity.ts';
import type { StorageReport } from './contract.ts';
import { forecast } from './forecast.ts';

const base = '/api/v1/installation';
let app: SharedTestApp;
let operator: Client;

const rows = (text: string, values: unknown[] = []) => asOwner(app, text, values) as Promise<Record<string, unknown>[]>;

before(async () => {
  app = await sharedTestApp();
  const home = await app.tenant();
  const { user_id } = await home.as('viewer', 'Olga');
  operator = await home.signedIn('viewer', 'Olga');
  await rows(`insert into operator (tenant_id, user_id, granted_by) values ($1, $2, 'a test')`, [
    home.tenant_id,
    user_id,
  ]);
});

const storage = async (): Promise<StorageReport> => (await operator('GET', `${base}/storage`)).body;
const room = async () =>
  (await operator('GET', base)).body.findings.find(({ check }: { check: string }) => check === 'room');
/** As if samples of so many days had been taken, of a disk that fills by so many bytes a day. */
const past = (days: number, perDay: number) =>
  rows(
    `insert into storage_sample (place, host, day, at, free_bytes, size_bytes, database_bytes, file_bytes, log_bytes)
     select place, host, day - n, at - n * interval '1 day', free_bytes + n * $2::bigint, size_bytes, 1, 1, 1 from storage_sample,
       generate_series(1, $1::int) n
     where day = (select max(day) from storage_sample)`,
    [days, Math.round(perDay)],
  );

test('the first sample is taken at once, and of one day nothing is foretold', async () => {
  const { data, sizes } = await eventually(async () => {
    const found = await storage();
    return found.sizes !== null && found;
  });
  const [disk] = data;
  assert.ok(disk!.free_bytes > 0 && disk!.size_bytes > disk!.free_bytes);
  assert.deepEqual([disk!.place, disk!.bytes_per_day, disk!.full_at], ['data', null, null]);
  assert.ok(sizes!.database_bytes > 1e6 && sizes!.log_bytes >= 0 && sizes!.log_bytes < sizes!.database_bytes);
  const { ok, detail } = await room();
  assert.deepEqual([ok, detail], [true, 'Too early to tell when a disk will be full']);
});

test('a disk that fills is told before it is full, the sooner the more urgently', async () => {
  await eventually(async () => (await storage()).data.length === 1);
  const free = 100e9;
  await rows(`update storage_sample set free_bytes = $1, size_bytes = 400e9`, [free]);
  for (const [days, ok, severity] of [
    [20, false, 'ticket'],
    [5, false, 'page'],
    [60, true, 'ticket'],
  ] as const) {
    await rows(`delete from storage_sample where day < (select max(day) from storage_sample)`);
    await past(10, free / days);
    const found = await room();
    const [shown] = (await storage()).data;
    assert.ok(shown!.free_bytes !== free && shown!.full_at, 'room as it is now, as the page Health says it too');
    const day = new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);
    assert.deepEqual([found.ok, found.severity], [ok, severity], found.detail);
    assert.match(found.detail, /^The disk of the data directory at .+ is full on about \d{4}-\d\d-\d\d$/);
    assert.ok(
      Math.abs(Date.parse(found.detail.slice(-10)) - Date.parse(day)) <= 86_400_000,
      `${found.detail}, not ${day}`,
    );
  }
  await rows(`delete from storage_sample where day < (select max(day) from storage_sample)`);
  await past(10, 0);
  assert.deepEqual([(await storage()).data[0]!.bytes_per_day, (await room()).ok], [0, true]);
});

test('a disk that is gone, with the worker that wrote to it, fills no more', async () => {
  await eventually(async () => (await storage()).data.length === 1);
  await rows(
    `insert into storage_sample (place, host, day, at, free_bytes, size_bytes, database_bytes, file_bytes, log_bytes)
     select 'data', 'gone', current_date - n, now() - n * interval '1 day', n * 1000000000::bigint, 400000000000, 1, 1, 1
       from generate_series(1, 20) n`,
  );
  assert.match((await room()).detail, /^The disk of the data directory at gone is full on about/);
  await rows(`delete from storage_sample where host = 'gone' and day > current_date - 11`);
  assert.deepEqual(
    (await storage()).data.filter(({ host }) => host === 'gone'),
    [],
  );
  assert.doesNotMatch((await room()).detail, /gone/);
});

test('one large import does not make a trend, and growing room has no end', () => {
  const sample = (day: number, free: number) => ({ at: new Date(day * 86_400_000).toISOString(), free_bytes: free });
  const steady = Array.from({ length: 20 }, (_, day) => sample(day, 1e12 - day * 1e9));
  assert.equal(forecast(steady).bytes_per_day, -1e9);
  const imported = steady.map(({ at, free_bytes }, day) => ({ at, free_bytes: free_bytes - (day >= 18 ? 300e9 : 0) }));
  const { bytes_per_day } = forecast(imported);
  assert.ok(bytes_per_day! <= -1e9 && bytes_per_day! > -2e9, `${bytes_per_day}`);
  assert.equal(forecast(steady.toReversed().map(({ free_bytes }, day) => sample(day, free_bytes))).full_at, null);
  assert.equal(forecast([]).full_at, null);
  assert.equal(forecast(steady.slice(0, 3)).bytes_per_day, null, 'two days');
});
