import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { z } from 'zod';
import { eventually, startTestApp, type TestApp, type TestTenant } from '../../../test/harness/app.ts';
import { asOwner } from '../../../test/harness/identity.ts';
import { sql } from '../database/database.ts';
import type { Consumer } from '../feed/consumer.ts';
import { ConsumerRunner } from '../feed/runner.ts';
import { createLog } from '../logs/log.ts';
import { type Actor, type Context, systemActor, withContext } from '../tenancy/context.ts';
import { type JobKind, jobKind } from './kind.ts';
import { enqueue } from './queue.ts';
import { Worker } from './worker.ts';

let app: TestApp;
let a: TestTenant;
before(async () => {
  app = await startTestApp({ HOLDFAST_ROLE: 'web' });
  a = await app.tenant();
});
after(() => app.stop());

const inTenant = <R>(tenant: TestTenant, work: (ctx: Context) => Promise<R>, actor?: Partial<Actor>) =>
  withContext(app.app.services.db, { ...systemActor(tenant.tenant_id), ...actor }, work);

/** Works while `during` does. */
async function working(kinds: JobKind[], during: () => Promise<void>): Promise<void> {
  const worker = new Worker({ db: app.app.services.db, log: createLog('silent'), kinds, slots: 2 });
  worker.start();
  await during().finally(() => worker.stop(0));
}

test('a job knows how many causes led to it and what its person acted through, and what it does says so', async () => {
  const key = crypto.randomUUID();
  const seen: { kind: string; depth: number; via: string | null }[] = [];
  const events: unknown[] = [];
  const kind = jobKind({
    kind: 'test.depth',
    payload: z.object({}),
    run: async ({ job, transaction }) => {
      seen.push({ kind: job.kind, depth: job.depth, via: job.via });
      await transaction(async (ctx) => {
        events.push(
          await ctx.tx.one(sql`insert into audit_event (tenant_id, action, resource) values (${ctx.tenant_id}, 'create', 'thing')
          returning depth, via, cause`),
        );
        // The first goes on with its own work, and then another kind is caused by it.
        if (seen.length === 1) await enqueue(ctx, 'test.depth', {});
        if (seen.length === 2) await enqueue(ctx, 'test.deeper', {});
      });
    },
  });
  const deeper = jobKind({
    kind: 'test.deeper',
    payload: z.object({}),
    run: async ({ job }) => void seen.push({ kind: job.kind, depth: job.depth, via: job.via }),
  });
  await working([kind, deeper], async () => {
    await inTenant(a, (ctx) => enqueue(ctx, 'test.depth', {}), { via: { type: 'api_key', id: key } });
    await eventually(async () => seen.length === 3);
  });
  const via = `api_key:${key}`;
  assert.deepEqual(seen, [
    { kind: 'test.depth', depth: 0, via },
    { kind: 'test.depth', depth: 0, via },
    { kind: 'test.deeper', depth: 1, via },
  ]);
  assert.deepEqual(events, [
    { depth: 1, via, cause: 'job test.depth' },
    { depth: 1, via, cause: 'job test.depth' },
  ]);
});

test('a loop that goes through a job ends as well', async () => {
  let runs = 0;
  const consumer: Consumer = {
    name: 'test.loop_by_job',
    version: 1,
    events: ['looped.create'],
    imports: true,
    starts: 'now',
    handle: async (ctx) => void (await enqueue(ctx, 'test.loop', {}, { dedupeKey: 'one' })),
  };
  const kind = jobKind({
    kind: 'test.loop',
    payload: z.object({}),
    run: async ({ finish, db, actor }) => {
      runs++;
      // Not in the transaction of the job: work that it does in others is caused by it as well.
      await withContext(db, actor, (ctx) => ctx.tx.run(sql`select app.record_event('create', 'looped', null)`));
      await finish(async () => {});
    },
  });
  const runner = new ConsumerRunner({ db: app.app.services.db, log: createLog('silent'), consumers: [consumer] });
  const asked = (text: string) => asOwner(app, text) as Promise<{ error: string }[]>;
  await working([kind], async () => {
    runner.start();
    try {
      await eventually(
        async () => (await asked(`select from feed_consumer where name = 'test.loop_by_job'`)).length > 0,
      );
      await inTenant(a, (ctx) => ctx.tx.run(sql`select app.record_event('create', 'looped', null)`));
      const aside = () => asked(`select error from feed_set_aside where consumer = 'test.loop_by_job'`);
      await eventually(async () => (await aside()).length > 0);
      assert.match((await aside())[0]!.error, /loop/);
    } finally {
      await runner.stop();
    }
  });
  // Each round adds two: the consumer, and the job that it enqueued.
  assert.equal(runs, 4);
});
