import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { Database } from '../../src/kernel/database/database.ts';
import { jobKind } from '../../src/kernel/jobs/kind.ts';
import { enqueue } from '../../src/kernel/jobs/queue.ts';
import { Worker } from '../../src/kernel/jobs/worker.ts';
import { createLog } from '../../src/kernel/logs/log.ts';
import { ordering, plainOrdering } from './ordering.ts';

/** A worker alone, for tests that kill it: says the kind of the job that it holds, which never ends. */
const db = new Database({
  url: process.argv[2]!,
  connectionsMax: 2,
  statementTimeoutMs: 10_000,
  applicationName: 'job-process',
});
const payload = z.looseObject({});
const forever = (kind: string) => {
  console.log(kind);
  return sleep(3_600_000);
};
const endless = (kind: string) => jobKind({ kind, payload, run: () => forever(kind) });
const kinds = [
  ordering,
  plainOrdering,
  endless('test.killed'),
  endless('test.before'),
  jobKind({
    kind: 'test.after',
    payload,
    run: async ({ finish }) => {
      await finish((ctx) => enqueue(ctx, 'test.effect', {}));
      await forever('test.after');
    },
  }),
];
new Worker({ db, log: createLog('silent'), kinds, slots: 1 }).start();
