import { z } from 'zod';
import { type Database, sql } from '../kernel/database/database.ts';
import { expireFiles } from '../kernel/files/expire.ts';
import { type JobKind, type JobRun, jobKind } from '../kernel/jobs/kind.ts';
import type { Schedule } from '../kernel/jobs/schedule.ts';
import { dropPastDays } from '../kernel/logs/postgres-log-store.ts';
import type { Services } from '../kernel/services.ts';
import { failLostExports } from '../platform/export/index.ts';
import { resumeWebhooks } from '../platform/webhook/index.ts';
import { removeLeftWorkbooks } from '../platform/xlsx/index.ts';
import { removeLeftCopies } from './backup/scratch.ts';
import { type Deleted, deletePastRows, deletePastTrash, noteRun, nothingDeleted } from './lifecycle/delete-past.ts';
import { paused_message, readPause } from './lifecycle/pause.ts';
import { type DeletionRule, deletionRules } from './lifecycle/rules.ts';
import { deleteOldCopy } from './upgrade/way-back.ts';

const kind = 'housekeeping';

export const housekeepingSchedules: Schedule[] = [
  { name: kind, cron: '0 * * * *', timeZone: 'UTC', per: 'installation', kind, payload: {}, beginsAtOnce: true },
];

type HousekeepingServices = Pick<Services, 'db' | 'config' | 'logStore'>;

/** Partitions ahead, deleting what is past its time, and looking after what was left behind. Safe to do twice. */
export const housekeepingJobs = (services: HousekeepingServices): JobKind[] => [
  jobKind({
    kind,
    payload: z.object({}),
    concurrencyMax: 1,
    run: async (run) => {
      await services.db.call(sql`select app.ensure_partitions()`);
      await services.db.call(sql`select app.ensure_log_partitions()`);
      await indexLog(services, run.signal);
      const until = await readPause((text) => services.db.call(sql.raw(text)));
      if (until) run.log.warn({ until }, paused_message);
      else await deleteByRules(services, { ...run, at: await readClock(services.db) });
      await failLostExports(services.db);
      await resumeWebhooks(services.db);
      const copies = await removeLeftCopies(services.config.HOLDFAST_DATA);
      if (copies > 0) run.log.info({ copies }, 'removed copies of the database that killed commands left behind');
      const workbooks = await removeLeftWorkbooks();
      if (workbooks > 0)
        run.log.info({ workbooks }, 'removed workbooks that were being read when their process was killed');
    },
  }),
];

/** The clock of the database: by that of a worker that is ahead, rows would be deleted that are still wanted. */
async function readClock(db: Services['db']): Promise<Date> {
  const [row] = await db.call<{ now: string }>(sql`select now() as now`);
  return new Date(row!.now);
}

type RuleRun = Pick<JobRun, 'log' | 'signal'> & { at: Date };

/**
 * Does what the hourly rules say. A rule that fails does not keep the others from being done; its error is on the page
 * until it works.
 */
export async function deleteByRules(services: HousekeepingServices, run: RuleRun): Promise<void> {
  for (const rule of deletionRules(services.config)) {
    if (rule.runs !== 'hourly' || rule.days === null) continue;
    run.signal.throwIfAborted();
    try {
      await noteRun(services.db, rule.name, run.at, await apply(services, run, rule));
    } catch (error) {
      run.signal.throwIfAborted();
      run.log.warn(
        { err: error },
        `the rule ${rule.name} could not delete what is past its time; the next hour tries again`,
      );
      await noteRun(services.db, rule.name, run.at, nothingDeleted(), error);
    }
  }
}

async function apply(
  { db, config, logStore }: HousekeepingServices,
  { log, signal, at }: RuleRun,
  rule: DeletionRule,
): Promise<Deleted> {
  switch (rule.name) {
    case 'trash':
      return deletePastTrash({ db, at, signal }, rule.days!);
    case 'files':
      return { ...nothingDeleted(), ...(await expireFiles(db, log, { at, signal })) };
    case 'log_lines': {
      // What is told are the days of lines; the counts of these lines go with them.
      const counts = await deletePastRows({ db, at, signal }, rule);
      // Lines from before they went to another store, and the days that are made ahead all the same.
      if (config.MONGODB_URL) await dropPastDays(() => dropOldestDay(db, rule.days!), signal);
      return { ...counts, rows: await logStore.expire(signal) };
    }
    case 'upgrade_copies':
      return { ...nothingDeleted(), rows: await deleteOldCopy(config.HOLDFAST_DATA, rule.days!) };
    default:
      return deletePastRows({ db, at, signal }, rule);
  }
}

async function dropOldestDay(db: Database, days: number): Promise<number> {
  const [row] = await db.call<{ gone: number }>(sql`select app.purge_log(${days}) as gone`);
  return row!.gone;
}

/** The index for texts of days of the log that are over, one at a time. */
async function indexLog({ db }: HousekeepingServices, signal: AbortSignal): Promise<void> {
  // An index may take longer than a statement of a request may.
  const client = await db.streamPool.connect();
  try {
    for (let made = true; made; ) {
      signal.throwIfAborted();
      made = (await client.query<{ made: boolean }>('select app.index_log() as made')).rows[0]!.made;
    }
  } finally {
    client.release();
  }
}
