import pg from 'pg';

/** Runs `work` over a connection of its own, which is closed after it. */
export async function withClient<Result>(
  connectionString: string,
  application_name: string,
  work: (client: pg.Client) => Promise<Result>,
): Promise<Result> {
  const client = new pg.Client({ connectionString, application_name });
  await client.connect();
  try {
    return await work(client);
  } finally {
    // Ends an unfinished transaction too.
    await client.end();
  }
}

/**
 * The same as the system, which row-level security lets see all workspaces. Only the owner of the database may act as
 * the system.
 */
export const withSystemClient = <Result>(
  ownerUrl: string,
  application_name: string,
  work: (client: pg.Client) => Promise<Result>,
): Promise<Result> =>
  withClient(ownerUrl, application_name, async (client) => {
    await client.query('set role holdfast_system');
    return work(client);
  });
