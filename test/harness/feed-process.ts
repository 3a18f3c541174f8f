import { setTimeout as sleep } from 'node:timers/promises';
import { Database, sql } from '../../src/kernel/database/database.ts';
import { ConsumerRunner } from '../../src/kernel/feed/runner.ts';
import { createLog } from '../../src/kernel/logs/log.ts';

/**
 * A process with one slow consumer, for tests that kill it: says when it has written effects that are not committed
 * yet.
 */
const db = new Database({
  url: process.argv[2]!,
  connectionsMax: 4,
  statementTimeoutMs: 10_000,
  applicationName: 'feed-process',
});
const slow = {
  name: 'test.killed',
  version: 1,
  events: ['thing.create'],
  imports: true,
  starts: 'now' as const,
  handle: async (ctx, events) => {
    await ctx.tx.run(sql`insert into effect (tenant_id, consumer, seq)
      select ${ctx.tenant_id}, 'test.killed', s from unnest(${events.map(({ seq }) => seq)}::bigint[]) s`);
    console.log('handling');
    await sleep(200);
  },
} satisfies import('../../src/kernel/feed/consumer.ts').Consumer;
new ConsumerRunner({ db, log: createLog('silent'), consumers: [slow] }).start();
