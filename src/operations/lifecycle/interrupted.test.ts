import assert from 'node:assert/strict';
import { stat } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import type { TestApp, TestTenant } from '../../../test/harness/app.ts';
import { type LifecycleWorld, startLifecycleWorld } from '../../../test/harness/lifecycle.ts';
import type { FileStore } from '../../kernel/files/file-store.ts';
import type { Step } from './archive.ts';

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
