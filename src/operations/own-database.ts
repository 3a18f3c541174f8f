import type pg from 'pg';
import type { Config } from '../kernel/config/config.ts';
import { JobFailed } from '../kernel/jobs/kind.ts';
import { ownDatabase } from './backup/backup.ts';

/**
 * Work of a job over a connection of its own to the address of the database's owner. A worker that does not know the
 * address fails it.
 */
export async function withOwnDatabase<Result>(
  config: Config,
  connect: (ownerUrl: string) => Promise<pg.Client>,
  work: (client: pg.Client) => Promise<Result>,
): Promise<Result> {
  const url = config.DATABASE_URL ?? ownDatabase(config);
  if (!url) throw new JobFailed('This worker does not know the address of the database for the role that migrates.');
  const client = await connect(url);
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
