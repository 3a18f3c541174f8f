import assert from 'node:assert/strict';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { eventually, type TestApp, type TestTenant } from '../../../test/harness/app.ts';
import { destination, source } from '../../../test/harness/archive.ts';
import { type LifecycleWorld, startLifecycleWorld } from '../../../test/harness/lifecycle.ts';
import type { FileStore } from '../../kernel/files/file-store.ts';
import { exportTenant, importTenant } from '../tenant-archive/index.ts';
import type { Step } from './archive.ts';
import { returnPeriod } from './return.ts';

/** A month for each test. */
let world: LifecycleWorld;
let app: TestApp;
let tenant: TestTenant;
let [rows, past, lifecycle, there, archives, pathOf] = [] as unknown as [
  LifecycleWorld['rows'],
  LifecycleWorld['past'],
  LifecycleWorld['lifecycle'],
  LifecycleWorld['there'],
  LifecycleWorld['archives'],
  LifecycleWorld['pathOf'],
];

before(async () => {
  world = await startLifecycleWorld();
  ({ app, tenant, rows, past, lifecycle, there, archives, pathOf } = world);
});
after(() => world.stop());

test('wherever it stops, the database or a whole file has everything, and the next run completes it', async () => {
  const steps: Step[] = ['begun', 'written', 'verified', 'detached', 'removed'];
  for (const [i, stop] of steps.entries()) {
    for (const source of ['record_history', 'audit_event']) {
      const old = await past(31 + i, [`Stopped ${stop}`]);
      const crash = lifecycle({
        after: (step, archive) => {
          if (step === stop && archive.source === source) throw new Error(`killed after ${step}`);
        },
      });
      await assert.rejects(crash, /killed after/, `${stop} ${source}`);
      const live =
        (await there(old.table)) && (await rows(`select from ${old.table} where record_id = $1`, [old.ids[0]])).length;
      const whole = (await archives(old.first_at)).filter(
        ({ source: of, state }) => of === 'audit_event' && !['writing', 'deleted'].includes(state),
      );
      for (const { storage_key } of whole) await stat(pathOf(storage_key));
      assert.ok(live || whole.length > 0, `${stop} ${source}: nothing has the events`);
      await lifecycle();
      const all = await archives(old.first_at);
      assert.equal(await there(old.table), false, `${stop} ${source}`);
      assert.ok(
        all.every(({ state }) => state === 'archived'),
        JSON.stringify(all),
      );
      assert.deepEqual(all.map(({ source: of, row_count }) => [of, row_count]).slice(-1), [['record_history', 1]]);
      assert.equal((await rows('select from record_history where record_id = $1', [old.ids[0]])).length, 0);
    }
  }
});

test('a process that is killed with its connections leaves nothing half done', async () => {
  const old = await past(37, ['Killed']);
  for (const stop of ['written', 'detached'] as const) {
    await lifecycle({
      after: (step, { source }) => {
        if (step === stop && source === 'audit_event') throw new Error('killed');
      },
    }).catch(() => {});
    await rows(`select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'holdfast-lifecycle'`);
  }
  await lifecycle();
  assert.deepEqual(
    (await archives(old.first_at)).map(({ state }) => state),
    ['archived', 'archived'],
  );
});

test('a file that the store damaged is not believed: the month stays in the database, and why is told', async () => {
  const old = await past(38, ['Damaged']);
  const { files } = app.app.services;
  const damaging: FileStore = Object.create(files, {
    get: {
      value: async (key: string) => {
        const bytes = await buffer(await files.get(key));
        bytes[bytes.length - 1]! ^= 1;
        return Readable.from([bytes]);
      },
    },
  });
  await assert.rejects(lifecycle({ files: damaging }), /periods could not be archived/);
  assert.equal((await rows(`select from ${old.table}`)).length, 1);
  const [failed] = await rows('select state, error from lifecycle_archive where first_at = $1', [old.first_at]);
  assert.equal(failed.state, 'writing');
  assert.match(failed.error, /changed, cut off/);
  await lifecycle();
  assert.equal(await there(old.table), false);
});

test('a file that was lost before its month left the database is written again', async () => {
  const old = await past(44, ['Lost']);
  const crash = lifecycle({
    after: (step, { source }) => {
      if (step === 'verified' && source === 'audit_event') throw new Error('killed');
    },
  });
  await assert.rejects(crash);
  const [lost] = await archives(old.first_at);
  assert.deepEqual([lost!.source, lost!.state], ['audit_event', 'verified']);
  await rm(pathOf(lost!.storage_key));
  await lifecycle();
  assert.equal(await there(old.table), false);
  const [events, ...others] = await archives(old.first_at);
  assert.deepEqual([events!.source, events!.state, events!.row_count], ['audit_event', 'archived', 1]);
  assert.deepEqual(
    others.map(({ source }) => source),
    ['record_history'],
  );
  await stat(pathOf(events!.storage_key));
});

test('what comes to a month while it is archived is in the file too', async () => {
  const old = await past(39, ['First']);
  let late = '';
  await lifecycle({
    after: async (step, { source }) => {
      if (step !== 'verified' || source !== 'audit_event' || late) return;
      late = (await past(39, ['Late'])).ids[0]!;
    },
  });
  assert.equal(await there(old.table), false);
  const [events] = await archives(old.first_at);
  assert.deepEqual([events!.source, events!.state, events!.row_count], ['audit_event', 'archived', 2]);
  // Its value waits for the next run.
  assert.equal((await rows('select from record_history where record_id = $1', [late])).length, 1);
  await lifecycle();
  assert.equal((await rows('select from record_history where record_id = $1', [late])).length, 0);
});

test('killed while a better file of a detached month was written, it is completed by the next run', async () => {
  const old = await past(43, ['First']);
  let verified = 0;
  const crash = lifecycle({
    after: async (step, { source, first_at }) => {
      if (step !== 'verified' || source !== 'audit_event' || first_at.getTime() !== old.first_at.getTime()) return;
      if (++verified === 2) throw new Error('killed');
      await past(43, ['Late']);
    },
  });
  await assert.rejects(crash);
  assert.equal(verified, 2);
  await lifecycle();
  assert.equal(await there(old.table), false);
  const events = (await archives(old.first_at)).filter(({ source }) => source === 'audit_event');
  assert.deepEqual(
    events.map(({ state, row_count }) => [state, row_count]),
    [['archived', 2]],
  );
});

test('nobody waits for the trail longer than a tenth of a second at a time, whoever holds it', async () => {
  const old = await past(40, ['Busy']);
  const reader = new pg.Client({ connectionString: app.database.ownerUrl });
  await reader.connect();
  await reader.query('begin; lock table audit_event in access share mode');
  let done = false;
  const running = lifecycle().finally(() => {
    done = true;
  });
  const waits: number[] = [];
  for (const until = Date.now() + 1_500; Date.now() < until; ) {
    const began = performance.now();
    await rows(`insert into audit_event (tenant_id, action, resource) values ($1, 'signal', 'contact')`, [
      tenant.tenant_id,
    ]);
    waits.push(performance.now() - began);
    await sleep(5);
  }
  assert.equal(done, false, 'the reader kept it from detaching');
  assert.equal(await there(old.table), true);
  await reader.query('rollback');
  await reader.end();
  await running;
  assert.equal(await there(old.table), false);
  assert.ok(Math.max(...waits) < 300, `a writer waited ${Math.max(...waits)} ms`);
});

/** Has a month returned, as a worker does, over a connection with this name. */
async function returning(name: string, source: 'audit_event' | 'record_history', first_at: Date, files?: FileStore) {
  const client = new pg.Client({ connectionString: app.database.ownerUrl, application_name: name });
  await client.connect();
  const { files: stored, keyRing: ring } = app.app.services;
  const until = new Date(Date.now() + 86_400_000);
  await returnPeriod({ client, files: files ?? stored, ring, at: new Date() }, source, first_at, until).finally(() =>
    client.end(),
  );
}

/** The file store, told of each read; what it throws the read does. */
const watched = (told: () => void): FileStore => {
  const { files } = app.app.services;
  return Object.create(files, {
    get: {
      value: (key: string) => {
        told();
        return files.get(key);
      },
    },
  });
};

test('two who return a month at once bring it back whole, and its file stays what it was', async () => {
  const old = await past(41, ['One', 'Two', 'Three']);
  await lifecycle();
  const blocker = new pg.Client({ connectionString: app.database.ownerUrl });
  await blocker.connect();
  // The first has loaded everything, and waits to attach it.
  await blocker.query('begin; lock table audit_event in share update exclusive mode');
  const first = returning('return-1', 'audit_event', old.first_at);
  await eventually(
    async () =>
      (
        await rows(
          `select from pg_stat_activity where application_name = 'return-1' and query like 'alter table%attach%'`,
        )
      ).length > 0,
  );
  let reads = 0;
  const second = returning(
    'return-2',
    'audit_event',
    old.first_at,
    watched(() => reads++),
  );
  const loaded = async () =>
    (
      await rows(
        `select from pg_stat_activity where application_name = 'return-2' and (query like '%advisory%' or query like 'create table%'
          or query like '%attach%')`,
      )
    ).length > 0;
  await eventually(async () => reads > 1 || (await loaded()));
  await blocker.query('rollback');
  await blocker.end();
  const outcomes = await Promise.allSettled([first, second]);
  assert.deepEqual(
    outcomes.map(({ status }) => status),
    ['fulfilled', 'fulfilled'],
    JSON.stringify(outcomes.map((outcome) => 'reason' in outcome && String(outcome.reason))),
  );
  assert.equal((await rows(`select from ${old.table}`)).length, 3);
  // At the end of its days it goes, and is in the archive as before.
  await lifecycle({ at: new Date(Date.now() + 2 * 86_400_000) });
  assert.equal(await there(old.table), false);
  const events = (await archives(old.first_at)).filter(({ source }) => source === 'audit_event');
  assert.deepEqual(
    events.map(({ state, row_count }) => [state, row_count]),
    [['archived', 3]],
  );
});

test('values whose return was interrupted come back when it is tried again', async () => {
  const old = await past(42, ['Half']);
  await lifecycle();
  let reads = 0;
  const failing = watched(() => {
    // The second time they are loaded.
    if (++reads === 2) throw new Error('the store is away');
  });
  await assert.rejects(returning('return-3', 'record_history', old.first_at, failing), /the store is away/);
  const values = () => rows('select from record_history where record_id = $1', [old.ids[0]]);
  assert.equal((await values()).length, 0);
  await returning('return-3', 'record_history', old.first_at);
  assert.equal((await values()).length, 1);
});

test('what is held while a run deletes stays, though the run had found it', async () => {
  const months = [await past(100, ['Older']), await past(99, ['Newer'])];
  await lifecycle({ deleteYears: 50 });
  const hold = (body: string) =>
    rows(`set role holdfast_system; create or replace function app.is_held(kind text, of_tenant uuid, first_at timestamptz, end_at timestamptz) returns boolean
      language sql stable security definer set search_path = pg_catalog, public, app, pg_temp as $$ select ${body} $$; reset role`);
  try {
    await lifecycle({ after: (step) => (step === 'file_deleted' ? hold('true').then(() => {}) : undefined) });
  } finally {
    await hold('false');
  }
  const states = (await Promise.all(months.map(({ first_at }) => archives(first_at)))).flat().map(({ state }) => state);
  assert.deepEqual(states.toSorted(), ['archived', 'archived', 'archived', 'deleted']);
});

test('the past of a workspace that arrives while old months are archived lies in months of its own', async () => {
  const moving = await app.tenant('moving');
  const { api } = await moving.as('admin', 'Mona');
  const form = new FormData();
  form.append('file', new Blob(['What was agreed.'], { type: 'text/plain' }), 'agreed.txt');
  assert.equal((await api('POST', '/api/v1/files', form)).status, 201);
  const old = await past(28, ['Of long ago'], api);
  const work = await mkdtemp(join(tmpdir(), 'holdfast-moving-'));
  try {
    await exportTenant(source(app, moving.tenant_id), join(work, 'archive'));
    await lifecycle();
    const { files } = app.app.services;
    let stored = 0;
    const whileArchiving: FileStore = Object.create(files, {
      put: {
        value: async (...given: Parameters<FileStore['put']>) => {
          await lifecycle();
          stored++;
          return files.put(...given);
        },
      },
    });
    await importTenant({ ...destination(app, 'moved'), store: whileArchiving }, join(work, 'archive'));
    assert.ok(stored > 0);
    assert.equal(await there(old.table), true);
    assert.deepEqual(await rows('select record_id from audit_event_default'), []);
    await lifecycle();
    assert.equal((await archives(old.first_at)).filter(({ source: of }) => of === 'audit_event').length, 2);
  } finally {
    await rm(work, { recursive: true });
  }
});

test('whoever pages through the archive finds the rest in a file that is written again meanwhile', async () => {
  const old = await past(29, ['One', 'Two', 'Three']);
  await lifecycle();
  const to = new Date(old.first_at.getTime() + 31 * 86_400_000).toISOString();
  const found: string[] = [];
  for (let cursor: string | null = ''; cursor !== null; ) {
    const { body } = await world.api(
      'GET',
      `/api/v1/audit-archive?from=${old.first_at.toISOString()}&to=${to}&resource=contact&limit=1${cursor && `&cursor=${cursor}`}`,
    );
    found.push(...body.data.map((event: { record_id: string }) => event.record_id));
    cursor = body.next_cursor;
    await rows(`update lifecycle_archive set id = app.uuid_v7() where first_at = $1 and source = 'audit_event'`, [
      old.first_at,
    ]);
  }
  assert.deepEqual(found, [...old.ids].reverse());
});
