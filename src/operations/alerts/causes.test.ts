import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { alertsFor } from '../../../test/harness/alerts.ts';
import {
  type Client,
  eventually,
  startTestApp,
  type TestApp,
  type TestTenant,
  unlimited,
} from '../../../test/harness/app.ts';
import { asOwner } from '../../../test/harness/identity.ts';
import type { App } from '../../app.ts';

/**
 * Each alert is raised by what it is about, is one, and ends with it. Those about backups, replicas and connections:
 * causes-of-server.test.ts.
 */

let app: TestApp;
let home: TestTenant;
let ann: Client;
let desk: ReturnType<typeof alertsFor>;

const rows = (text: string, values: unknown[] = []) => asOwner(app, text, values) as Promise<Record<string, unknown>[]>;

before(async () => {
  app = await startTestApp({
    HOLDFAST_ROLE: 'web',
    ALERTS_EVERY_SECONDS: '1',
    ...unlimited,
  });
  home = await app.tenant();
  const { user_id, api } = await home.as('admin', 'Ann');
  ann = api;
  desk = alertsFor(await home.signedIn('admin', 'Ann'), 30_000);
  await rows(`insert into operator (tenant_id, user_id, granted_by) values ($1, $2, 'a test')`, [
    home.tenant_id,
    user_id,
  ]);
  await rows(
    `reset role; create function fail() returns trigger language plpgsql as $$ begin raise exception 'no room for it'; end $$;
    create trigger fail before insert on tag for each row when (new.name like 'fail%') execute function fail()`,
  );
});
after(() => app.stop());

/** As long as `work` takes, a transaction is open that began so. */
async function held(statement: string, work: () => Promise<unknown>, url = app.database.ownerUrl): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(`begin; ${statement}`);
    await work();
  } finally {
    await client.end();
  }
}

test('without a worker its absence, jobs that wait and consumers that are behind; a job that fails for good', async () => {
  await desk.set('HoldfastWorkerDown');
  for (const rule of ['HoldfastJobsWait', 'HoldfastFeedBehind']) await desk.set(rule, { threshold: 1 });
  await desk.set('HoldfastJobsFail', { threshold: 0 });
  assert.equal((await ann('POST', '/api/v1/contacts', { given_name: 'Waits' })).status, 201);
  const { body: asked } = await ann('POST', '/api/v1/exports', { resource: 'contact', format: 'csv' });
  const [job] = await rows(`select id, payload from job where state = 'ready' and kind like 'export%'`);
  assert.ok(job, JSON.stringify(asked));
  await rows(`update job set attempts_max = 1, payload = '{}' where id = $1`, [job.id]);
  const waiting = ['HoldfastWorkerDown', 'HoldfastJobsWait', 'HoldfastFeedBehind'];
  for (const rule of waiting) await desk.fires(rule);
  await app.secondNode({ HOLDFAST_ROLE: 'worker' });
  for (const rule of waiting) await desk.ends(rule);
  assert.match((await desk.fires('HoldfastJobsFail')).detail, /^1 more jobs than an hour ago have failed for good/);
  await rows(`update job set state = 'ready', attempts = 0, payload = $2, finished_at = null where id = $1`, [
    job.id,
    JSON.stringify(job.payload),
  ]);
  await desk.ends('HoldfastJobsFail');
});

test('requests that are slow, and that fail', async () => {
  await desk.set('HoldfastSlow');
  await desk.set('HoldfastErrors');
  const quick = async (count: number) => {
    for (let n = 0; n < count; n++) assert.equal((await ann('GET', '/api/v1/tags')).status, 200);
  };
  let waiting: Promise<unknown> | undefined;
  await held('lock table tag in access exclusive mode', async () => {
    waiting = Promise.all(Array.from({ length: 8 }, (_, n) => ann('GET', `/api/v1/tags?limit=${n + 1}`)));
    await sleep(1_600);
  });
  await waiting;
  assert.match((await desk.fires('HoldfastSlow')).detail, /^One request in twenty to .+ takes more than/);
  await quick(400);
  await desk.ends('HoldfastSlow');

  for (let n = 0; n < 40; n++) assert.equal((await ann('POST', '/api/v1/tags', { name: `fail ${n}` })).status, 500);
  assert.match((await desk.fires('HoldfastErrors')).detail, /% of the requests to .+ fail/);
  await quick(2_500);
  await desk.ends('HoldfastErrors');
});

test('a transaction that stays open', async () => {
  await desk.set('HoldfastTransactionLong', { threshold: 1 });
  // The application's role sees no transactions but its own, unless it may read all statistics.
  await held('select from tag', () => desk.fires('HoldfastTransactionLong'), app.database.appUrl);
  await desk.ends('HoldfastTransactionLong');
});

test('a leap of the clock, until deletion by age goes on', async () => {
  await desk.set('HoldfastDeletionPaused');
  await rows(`select app.note_rule_run('trash', now() - interval '8 days', 0, 0, 0, null)`);
  await rows('select app.pause_deletion(now(), 7, 24)');
  assert.match((await desk.fires('HoldfastDeletionPaused')).detail, /In 24 h what is past its time is deleted/);
  await rows(`select app.note_rule_run('trash', now(), 0, 0, 0, null)`);
  await desk.ends('HoldfastDeletionPaused');
});

test('an event that a consumer cannot handle', async () => {
  await desk.set('HoldfastFeedSetAside');
  const { user_id, api } = await home.as('member', 'Ben');
  const contact = (await ann('POST', '/api/v1/contacts', { given_name: 'Poison' })).body;
  await rows(
    `reset role; alter table notification add constraint poison check (record_id <> '${contact.id}') not valid`,
  );
  assert.equal((await ann('PATCH', `/api/v1/contacts/${contact.id}`, { owner_id: user_id })).status, 200);
  assert.match((await desk.fires('HoldfastFeedSetAside')).detail, /could not handle 1 events and set them aside/);
  await rows('reset role; alter table notification drop constraint poison');
  await rows('update feed_set_aside set again = true');
  await desk.ends('HoldfastFeedSetAside');
  assert.equal((await api('GET', '/api/v1/notifications?view=all')).body.data.length, 1);
});

/** Fills a small disk under a node of its own, and answers what the instance of its alert is called. */
async function fill(t: TestContext, settings: Record<string, string>, nameOf: (node: App) => RegExp): Promise<void> {
  const small = await mkdtemp(join(tmpdir(), 'holdfast-small-'));
  if (spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=64m', 'holdfast', small]).status !== 0)
    return t.skip('file systems may not be mounted here');
  const node = await app.secondNode({ HOLDFAST_DATA: small, ...settings });
  try {
    await desk.set('HoldfastDiskFull');
    const here = async () =>
      (await desk.listed()).firing.filter(
        ({ rule, labels }) => rule === 'HoldfastDiskFull' && nameOf(node).test(labels.instance ?? ''),
      );
    assert.deepEqual(await here(), []);
    await writeFile(join(small, 'ballast'), Buffer.alloc(56 * 1024 ** 2));
    const alert = await eventually(async () => (await here())[0]);
    assert.match(alert.detail, /^1\d(\.\d+)? ?% of the disk of the data directory/);
    await rm(join(small, 'ballast'));
    await eventually(async () => (await here()).length === 0);
  } finally {
    await node.stop();
    spawnSync('umount', [small]);
    await rm(small, { recursive: true });
  }
}

test('a disk that fills', (t) => fill(t, {}, ({ address }) => new RegExp(`:${new URL(address!).port}$`)));

test('a disk that fills on a machine that only works', (t) => fill(t, { HOLDFAST_ROLE: 'worker' }, () => / worker /));

test('figures that cannot be read', async () => {
  await desk.set('HoldfastFiguresMissing');
  await rows('reset role; alter table error_report rename to error_report_away');
  try {
    assert.match((await desk.fires('HoldfastFiguresMissing')).detail, /^The figures of “errors” cannot be read/);
  } finally {
    await rows('reset role; alter table error_report_away rename to error_report');
  }
  await desk.ends('HoldfastFiguresMissing');
});

test('a process that computes for too long', async () => {
  await desk.set('HoldfastEventLoopBlocked');
  const until = Date.now() + 20_000;
  const blocking = (async () => {
    while (Date.now() < until && !(await desk.listed()).firing.some(({ rule }) => rule === 'HoldfastEventLoopBlocked'))
      for (let n = 0; n < 2; n++) {
        // Longer than a busy machine lets a process wait for its turn: that would keep the alert up.
        for (const end = performance.now() + 750; performance.now() < end; );
        await sleep(20);
      }
  })();
  assert.match((await desk.fires('HoldfastEventLoopBlocked')).detail, /is delayed by [\d.]+ s|is delayed by \d+ ms/);
  await blocking;
  await desk.ends('HoldfastEventLoopBlocked');
});

test('that no process serves, which a worker tells of', async () => {
  await desk.set('HoldfastNobodyServes');
  const state = async () =>
    (await rows(`select state from alert where rule = 'HoldfastNobodyServes'`)).map((row) => String(row.state));
  assert.deepEqual(await state(), []);
  await app.app.stop();
  await eventually(async () => (await state()).includes('firing'));
  await app.secondNode({ HOLDFAST_ROLE: 'web' });
  await eventually(async () => (await state()).includes('resolved'));
  assert.deepEqual(await state(), ['resolved']);
});
