import pg from 'pg';

/** A connection of an operation's own. When it is lost, whatever is asked of it says so. */
export async function connect(connectionString: string, application_name: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString, application_name });
  client.on('error', () => {});
  await client.connect();
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
