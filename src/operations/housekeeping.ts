import { z } from 'zod';
import { type Database, sql } from '../kernel/database/database.ts';
import { expireFiles } from '../kernel/files/expire.ts';
import { type JobKind, type JobRun, jobKind } from '../kernel/jobs/kind.ts';
import type { Schedule } from '../kernel/jobs/schedule.ts';
import type { Services } from '../kernel/services.ts';
import { usage_days } from '../kernel/usage/contract.ts';
import { notification_days } from '../modules/directory/notification/contract.ts';
import { trash_days } from '../modules/directory/trash/contract.ts';
import { undo_days } from '../modules/directory/undo/contract.ts';
import { delivery_days } from '../modules/directory/webhook/contract.ts';
import { deleteOldCopy } from './upgrade/way-back.ts';

const kind = 'housekeeping';
const rounds_max = 100;
/** Error reports that were not seen for so long go. */
const error_days = 90;

export const housekeepingSchedules: Schedule[] = [
  { name: kind, cron: '0 * * * *', timeZone: 'UTC', per: 'installation', kind, payload: {}, beginsAtOnce: true },
];

/** Partitions ahead, and deleting what is past its time. Safe to do twice. */
export const housekeepingJobs = (services: Pick<Services, 'db' | 'config' | 'logStore'>): JobKind[] => [
  jobKind({ kind, payload: z.object({}), concurrencyMax: 1, run: (run) => tidy(services, run) }),
];

async function tidy(
  { db, config, logStore }: Pick<Services, 'db' | 'config' | 'logStore'>,
  { log, signal }: JobRun,
): Promise<void> {
  const { HISTORY_DAYS: history_days, LOG_DAYS: log_days } = config;
  await db.call(sql`select app.ensure_partitions()`);
  await tidyLog(db, log_days, signal);
  // A store that is away must not keep all else from being tidied; the next hour makes up for it.
  if (config.MONGODB_URL)
    await logStore.expire(signal).catch((error: Error) => {
      signal.throwIfAborted();
      log.warn({ err: error }, 'old lines of the log were not deleted; the next hour tries again');
    });
  await expireFiles(db, log);
  await deleteOldCopy(config.HOLDFAST_DATA);
  for (let round = 0; round < rounds_max; round++) {
    signal.throwIfAborted();
    const [row] = await db.call<{ gone: number }>(
      sql`select app.purge_expired() + app.purge_credentials() + app.purge_trash(${trash_days})
        + app.purge_conversions(${undo_days}) + app.purge_notifications(${notification_days})
        + app.purge_usage(${usage_days}) + app.purge_errors(${error_days}) + app.purge_feed() + app.purge_webhook_deliveries(${delivery_days})
        + case when ${history_days}::int > 0 then app.purge_history(${history_days}) else 0 end as gone`,
    );
    if (row!.gone === 0) return;
  }
}

/** Of the log: partitions ahead, those past their time dropped, and the index for texts of days that are over, one at a time. */
async function tidyLog(db: Database, days: number, signal: AbortSignal): Promise<void> {
  await db.call(sql`select app.ensure_log_partitions(), app.purge_log(${days})`);
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
