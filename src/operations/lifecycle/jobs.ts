import { z } from 'zod';
import type { Config } from '../../kernel/config/config.ts';
import { tiersOf } from '../../kernel/files/tiered-store.ts';
import { type JobKind, type JobRun, jobKind } from '../../kernel/jobs/kind.ts';
import type { Schedule } from '../../kernel/jobs/schedule.ts';
import type { Services } from '../../kernel/services.ts';
import { connect } from '../connection.ts';
import { withOwnDatabase } from '../own-database.ts';
import type { Run } from './archive.ts';
import { asSystem } from './catalogue.ts';
import { paused_message, readPause } from './pause.ts';
import { returnPeriod } from './return.ts';
import { orphan_days } from './rules.ts';
import { runFiles, runLifecycle } from './run.ts';

export const lifecycle_kind = 'lifecycle';

/** After the nightly backup. */
export const lifecycleSchedules: Schedule[] = [
  { name: lifecycle_kind, cron: '47 4 * * *', timeZone: 'UTC', per: 'installation', kind: lifecycle_kind, payload: {} },
];

type LifecycleServices = Pick<Services, 'config' | 'files' | 'keyRing' | 'log'>;

/** Partitions belong to the role that migrates, so both work over a connection of it. */
export const lifecycleJobs = (services: LifecycleServices): JobKind[] => [
  jobKind({
    kind: lifecycle_kind,
    payload: z.object({}),
    concurrencyMax: 1,
    run: (run) =>
      withRun(services, run, async (lifecycle) => {
        const { client, at, log, signal } = lifecycle;
        const until = await asSystem(client, () => readPause(async (text) => (await client.query(text)).rows));
        if (until) return log.warn({ until }, paused_message);
        try {
          await runLifecycle(lifecycle);
        } finally {
          // Even when a month could not be archived.
          const tiers = tiersOf(services.files);
          await runFiles({ ...fileSettings(services.config), client, tiers, at, log, signal });
        }
      }),
  }),
  jobKind({
    kind: 'lifecycle.return',
    payload: z.object({
      source: z.enum(['audit_event', 'record_history']),
      first_at: z.iso.datetime({ offset: true }),
      days: z.int(),
    }),
    concurrencyMax: 1,
    run: (run, { source, first_at, days }) =>
      withRun(services, run, (lifecycle) =>
        returnPeriod(lifecycle, source, new Date(first_at), new Date(lifecycle.at.getTime() + days * 86_400_000)),
      ),
  }),
];

export const runSettings = ({ AUDIT_ARCHIVE_MONTHS, AUDIT_YEARS, HISTORY_DAYS }: Config) => ({
  archiveMonths: AUDIT_ARCHIVE_MONTHS,
  deleteYears: AUDIT_YEARS,
  historyDays: HISTORY_DAYS,
});

export const fileSettings = ({ FILES_WARM_AFTER_DAYS, FILES_COLD_AFTER_DAYS }: Config) => ({
  warmDays: FILES_WARM_AFTER_DAYS,
  coldDays: FILES_COLD_AFTER_DAYS,
  orphanDays: orphan_days,
});

function withRun(
  { config, files, keyRing }: LifecycleServices,
  { log, signal }: JobRun,
  work: (run: Run) => Promise<void>,
): Promise<void> {
  return withOwnDatabase(
    config,
    (url) => connect(url, 'holdfast-lifecycle'),
    async (client) => {
      // Of the database: by the clock of a worker which is ahead, what is still wanted would be past its time.
      const { rows } = await client.query<{ at: Date }>('select now() as at');
      await work({ ...runSettings(config), client, files, ring: keyRing, at: rows[0]!.at, log, signal });
    },
  );
}
