import { Database } from '../../src/kernel/database/database.ts';
import { yieldProcessor } from '../../src/kernel/fairness/priority.ts';
import type { Consumer } from '../../src/kernel/feed/consumer.ts';
import { ConsumerRunner } from '../../src/kernel/feed/runner.ts';
import { createLog } from '../../src/kernel/logs/log.ts';

/**
 * Three consumers of contacts beside those of the product, with the priority of a worker: node
 * bench/workers/consumers.ts DATABASE_URL. Says "ready"; at each message it answers how many milliseconds after its
 * transaction began each event since the last was handled.
 */
yieldProcessor();
const db = new Database({
  url: process.argv[2]!,
  connectionsMax: 4,
  statementTimeoutMs: 30_000,
  applicationName: 'bench-consumers',
  inBackground: true,
});
let lags: number[] = [];
const consumers: Consumer[] = ['one', 'two', 'three'].map((name) => ({
  name: `bench.${name}`,
  version: 1,
  events: ['contact.create', 'contact.update'],
  imports: true,
  starts: 'now',
  handle: async (_, events) => {
    const now = Date.now();
    lags.push(...events.map(({ at }) => now - Date.parse(at)));
  },
}));
const runner = new ConsumerRunner({ db, log: createLog('warn'), consumers });
runner.start();
process.on('message', () => {
  process.send!(lags);
  lags = [];
});
process.on('SIGTERM', async () => {
  await runner.stop();
  await db.close();
  process.exit(0);
});
process.send!('ready');
