import type pg from 'pg';
import type { Config } from '../kernel/config/config.ts';
import { JobFailed } from '../kernel/jobs/kind.ts';
import { ownDatabase } from './backup/backup.ts';
import { connectAsSystem } from './connection.ts';

/**
 * Work of a job on the rows of all workspaces, over a connection of its own as the owner of the database. A worker that
 * does not know the owner's address fails it.
 */
export async function withOwnDatabase<Result>(
  config: Config,
  application_name: string,
  work: (client: pg.Client) => Promise<Result>,
): Promise<Result> {
  const url = config.DATABASE_URL ?? ownDatabase(config);
  if (!url) throw new JobFailed('This worker does not know the address of the database for the role that migrates.');
  const client = await connectAsSystem(url, application_name);
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
