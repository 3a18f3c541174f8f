import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { Database } from '../../src/kernel/database/database.ts';
import { jobKind } from '../../src/kernel/jobs/kind.ts';
import { Worker } from '../../src/kernel/jobs/worker.ts';
import { createLog } from '../../src/kernel/logs/log.ts';

/** A worker alone, for tests that kill it: says when it holds a job, which never ends. */
const db = new Database({
  url: process.argv[2]!,
  connectionsMax: 2,
  statementTimeoutMs: 10_000,
  applicationName: 'job-process',
});
const endless = jobKind({
  kind: 'test.killed',
  payload: z.object({}),
  run: async () => {
    console.log('running');
    await sleep(3_600_000);
  },
});
new Worker({ db, log: createLog('silent'), kinds: [endless], slots: 1 }).start();
