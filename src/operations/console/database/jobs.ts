import pg from 'pg';
import { z } from 'zod';
import type { Config } from '../../../kernel/config/config.ts';
import { type JobKind, type JobRun, jobKind } from '../../../kernel/jobs/kind.ts';
import type { Services } from '../../../kernel/services.ts';
import { connect } from '../../connection.ts';
import { withOwnDatabase } from '../../own-database.ts';

/** Another that vacuums the table, or a change of its definition, is not waited for longer. */
const lock_seconds_max = 30;
const vacuum_minutes_max = 120;

/** Only the owner of a table may vacuum it, so this is done over a connection of the role that migrates. */
export const databaseJobs = ({ config }: Pick<Services, 'config'>): JobKind[] => [
  jobKind({
    kind: 'database.vacuum',
    payload: z.object({ table: z.string() }),
    concurrencyMax: 1,
    run: (run, { table }) => vacuum(config, table, run),
  }),
];

function vacuum(config: Config, table: string, { signal }: JobRun): Promise<void> {
  return withOwnDatabase(
    config,
    (url) => connect(url, 'holdfast-vacuum'),
    async (client) => {
      const stop = () => void client.end();
      signal.addEventListener('abort', stop);
      try {
        await client.query(
          `set lock_timeout = '${lock_seconds_max}s'; set statement_timeout = '${vacuum_minutes_max}min'`,
        );
        await client.query(`vacuum (analyze) public.${pg.escapeIdentifier(table)}`);
      } finally {
        signal.removeEventListener('abort', stop);
      }
    },
  );
}
