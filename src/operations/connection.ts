import pg from 'pg';

/** A connection of an operation's own. When it is lost, whatever is asked of it says so. */
export async function connect(connectionString: string, application_name: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString, application_name });
  client.on('error', () => {});
  await client.connect();
  return client;
}
