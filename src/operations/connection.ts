import pg from 'pg';
import { noticeGone } from '../kernel/database/gone-client.ts';
import { backendOf } from '../kernel/database/pipeline.ts';
import { isElsewhere } from '../kernel/database/processors.ts';
import { yieldBackendProcessor } from '../kernel/fairness/priority.ts';

/**
 * A connection of an operation's own. When it is lost, whatever is asked of it says so; when the operation is killed,
 * the statement ends too. On the machine of the database it leaves the processor to others.
 */
export async function connect(connectionString: string, application_name: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString, application_name });
  client.on('error', () => {});
  await client.connect();
  await noticeGone(client);
  if (!isElsewhere(connectionString)) {
    const { processID, user } = backendOf(client);
    yieldBackendProcessor(processID, user);
  }
  return client;
}

/** One that sees the rows of all workspaces: as the owner, whose own eyes row-level security covers. */
export async function connectAsSystem(ownerUrl: string, application_name: string): Promise<pg.Client> {
  const client = await connect(ownerUrl, application_name);
  try {
    await client.query('set role holdfast_system');
    return client;
  } catch (error) {
    await client.end();
    throw error;
  }
}
