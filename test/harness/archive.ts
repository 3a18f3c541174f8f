import pg from 'pg';
import { system_tenant_id } from '../../src/kernel/tenancy/context.ts';
import { archivedTables, excludedTables } from '../../src/operations/tenant-archive/choices.ts';
import type { SharedTestApp } from './app.ts';
import { eventually } from './eventually.ts';
import { feedAtRest } from './feed.ts';

export const source = (app: SharedTestApp, tenant_id: string) => ({
  databaseUrl: app.database.appUrl,
  store: app.app.services.files,
  tenant_id,
});
export const destination = (app: SharedTestApp, name: string) => ({
  ownerUrl: app.database.ownerUrl,
  store: app.app.services.files,
  name,
});

export async function onOwner<R>(app: SharedTestApp, run: (client: pg.Client) => Promise<R>): Promise<R> {
  const client = new pg.Client({ connectionString: app.database.ownerUrl });
  await client.connect();
  return run(client).finally(() => client.end());
}

/** Waits until everything in a workspace is scored and compared, so that repeated reads give the same. */
export const scoresAtRest = (app: SharedTestApp, tenant_id: string) =>
  onOwner(app, async (client) => {
    await client.query('set role holdfast_system');
    await eventually(async () => {
      const { rows } = await client.query(
        `select ${feedAtRest}
          and not exists (select from job where tenant_id = $1 and (kind ~ '^score[.]' and state <> 'done' or kind ~ '^duplicate[.]' and state not in ('done', 'scheduled'))) as rest`,
        [tenant_id],
      );
      return rows[0].rest;
    }, 30_000);
  });

/** Stops all schedules, and waits for the jobs that they have enqueued. */
export const schedulesOff = (app: SharedTestApp) =>
  onOwner(app, async (client) => {
    await client.query('set role holdfast_system');
    await eventually(async () => (await client.query('select from schedule')).rowCount! > 0);
    await client.query(`update schedule set next_at = now() + interval '1 year'`);
    await eventually(
      async () => (await client.query(`select from job where state in ('ready', 'running')`)).rowCount === 0,
      30_000,
    );
  });

/** Tables that the program fills and empties in the background, whatever an import does. */
export const passing = new Set([
  'job',
  'schedule',
  'feed_mark',
  'feed_cursor',
  'usage_activity',
  'usage_route',
  'usage_statement',
  'log_line',
  'log_count',
]);

/** Everything that a failed import could leave behind: workspaces, their rows, files, bytes. */
export async function traces(app: SharedTestApp) {
  const rows = await onOwner(app, async (client) => {
    await client.query('set role holdfast_system');
    const tables = [...Object.keys(archivedTables), ...Object.keys(excludedTables)].filter(
      (name) => !passing.has(name),
    );
    const counts: Record<string, number> = {};
    for (const name of tables)
      counts[name] = Number((await client.query(`select count(*) from ${name} ${['audit_event', 'record_history'].includes(name) ? `where tenant_id <> '${system_tenant_id}'` : ''}`)).rows[0].count); // biome-ignore format: one call
    return counts;
  });
  const keys = [];
  for await (const { key } of app.app.services.files.list()) keys.push(key);
  return { rows, keys: keys.sort() };
}
