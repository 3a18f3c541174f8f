import pg from 'pg';
import { system_tenant_id } from '../../src/kernel/tenancy/context.ts';
import { archivedTables, excludedTables } from '../../src/operations/tenant-archive/choices.ts';
import type { TestApp } from './app.ts';
import { eventually } from './eventually.ts';

export const source = (app: TestApp, tenant_id: string) => ({
  databaseUrl: app.database.appUrl,
  store: app.app.services.files,
  tenant_id,
});
export const destination = (app: TestApp, name: string) => ({
  ownerUrl: app.database.ownerUrl,
  store: app.app.services.files,
  name,
});

export async function onOwner<R>(app: TestApp, run: (client: pg.Client) => Promise<R>): Promise<R> {
  const client = new pg.Client({ connectionString: app.database.ownerUrl });
  await client.connect();
  return run(client).finally(() => client.end());
}

/** Waits until nothing in a workspace is still to be scored or compared, so that two looks at it see the same. */
export const scoresAtRest = (app: TestApp, tenant_id: string) =>
  onOwner(app, async (client) => {
    await client.query('set role holdfast_system');
    await eventually(async () => {
      const { rows } = await client.query(
        `select not exists (select from score_due where tenant_id = $1) and not exists (select from suspect_due where tenant_id = $1)
          and not exists (select from job where tenant_id = $1 and kind ~ '^(score|duplicate)[.]' and state not in ('done', 'scheduled')) as rest`,
        [tenant_id],
      );
      return rows[0].rest;
    }, 30_000);
  });

/** What the program itself fills and empties in the background, whatever an import does. */
const passing = new Set([
  'outbox',
  'job',
  'score_due',
  'suspect_due',
  'notice_due',
  'usage_activity',
  'usage_route',
  'usage_statement',
]);

/** Everything that an import could leave: workspaces, rows of theirs, notes of files, bytes. */
export async function traces(app: TestApp) {
  const rows = await onOwner(app, async (client) => {
    await client.query('set role holdfast_system');
    const tables = [...Object.keys(archivedTables), ...Object.keys(excludedTables)].filter(
      (name) => !passing.has(name),
    );
    const counts: Record<string, number> = {};
    for (const name of tables)
      counts[name] = Number((await client.query(`select count(*) from ${name} ${name === 'audit_event' ? `where tenant_id <> '${system_tenant_id}'` : ''}`)).rows[0].count); // biome-ignore format: one call
    return counts;
  });
  const keys = [];
  for await (const { key } of app.app.services.files.list()) keys.push(key);
  return { rows, keys: keys.sort() };
}
