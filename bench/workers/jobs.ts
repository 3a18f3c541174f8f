import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { Database } from '../../src/kernel/database/database.ts';
import { jobKind } from '../../src/kernel/jobs/kind.ts';
import { Worker } from '../../src/kernel/jobs/worker.ts';
import { createLog } from '../../src/kernel/logs/log.ts';

/**
 * A worker with jobs that do nothing and jobs that never end unless tried again: node bench/workers/jobs.ts
 * DATABASE_URL
 */
const db = new Database({
  url: process.argv[2]!,
  connectionsMax: 10,
  statementTimeoutMs: 30_000,
  applicationName: 'bench-jobs',
});
const nothing = jobKind({ kind: 'bench.nothing', payload: z.object({}), run: async () => {} });
const stuckOnce = jobKind({
  kind: 'bench.stuck_once',
  payload: z.object({}),
  run: async ({ job, signal }) => {
    if (job.attempts === 1) await sleep(3_600_000, undefined, { signal });
  },
});
const worker = new Worker({ db, log: createLog('warn'), kinds: [nothing, stuckOnce], slots: 16 });
worker.start();
process.on('SIGTERM', async () => {
  await worker.stop();
  await db.close();
  process.exit(0);
});
process.stderr.write('ready\n');
