import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { withClient } from './database/client.ts';
import { StartFailure } from './database/embedded.ts';

/**
 * A folder in a data directory for as long as a restore fills it. Whoever is at it holds the lock in it, which a kill
 * releases.
 */
export const restoreMarker = (dataDir: string): string => join(dataDir, 'restoring');
/** A schema in a database for as long as a restore fills that. */
export const restore_schema = 'holdfast_restore';

/**
 * What a restore that was killed has left may start as if it were whole: PostgreSQL goes on without the command line
 * and applies the log to the end, and only the files are missing; of a logical backup it may be the tables without a
 * row, and of a pseudonymised copy real people.
 */
export function refuseHalfDirectory(dataDir: string): void {
  if (!existsSync(restoreMarker(dataDir))) return;
  throw new StartFailure(
    `The restore into ${resolve(dataDir)} has not finished: it still runs, or was interrupted. To begin it anew, run the same holdfast restore --to again: it clears away what is there.`,
  );
}

const postgres_oldest = 16;

/** Before the first statement that an older one does not know. */
export async function refuseOldPostgres(ownerUrl: string): Promise<void> {
  const { number, version } = await withClient(ownerUrl, 'holdfast-start', async (client) => {
    const { rows } = await client.query<{ number: number; version: string }>(
      `select current_setting('server_version_num')::int as number, current_setting('server_version') as version`,
    );
    return rows[0]!;
  });
  if (number >= postgres_oldest * 10_000) return;
  throw new StartFailure(
    `The PostgreSQL at DATABASE_URL is of version ${version}. Holdfast needs ${postgres_oldest} to 18: upgrade it (pg_upgrade, or your provider’s console), then start again. Nothing was changed.`,
  );
}

export async function refuseHalfDatabase(ownerUrl: string): Promise<void> {
  const { rowCount } = await withClient(ownerUrl, 'holdfast-start', (client) =>
    client.query('select from pg_namespace where nspname = $1', [restore_schema]),
  );
  if (rowCount === 0) return;
  throw new StartFailure(
    'The restore into the database at DATABASE_URL has not finished: it still runs, or was interrupted. To begin it anew, run holdfast restore --into-database again: it clears away what is there.',
  );
}
