import { createHash } from 'node:crypto';
import { cp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import { system_tenant_id } from '../../src/kernel/tenancy/context.ts';
import { archivedTables, excludedTables } from '../../src/operations/tenant-archive/choices.ts';
import { contentHash } from '../../src/operations/tenant-archive/content.ts';
import { sealManifest } from '../../src/operations/tenant-archive/manifest.ts';
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
          and not exists (select from job where tenant_id = $1 and (kind ~ '^score[.]' and state <> 'done' or kind ~ '^duplicate[.]'
            and state not in ('done', 'scheduled'))) as rest`,
        [tenant_id],
      );
      return rows[0].rest;
    });
  });

/** Stops all schedules, and waits for the jobs that they have enqueued. */
export const schedulesOff = (app: SharedTestApp) =>
  onOwner(app, async (client) => {
    await client.query('set role holdfast_system');
    await eventually(async () => (await client.query('select from schedule')).rowCount! > 0);
    await client.query(`update schedule set next_at = now() + interval '1 year'`);
    await eventually(
      async () => (await client.query(`select from job where state in ('ready', 'running')`)).rowCount === 0,
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
      counts[name] = Number(
        (
          await client.query(
            `select count(*) from ${name} ${['audit_event', 'record_history'].includes(name) ? `where tenant_id <> '${system_tenant_id}'` : ''}`,
          )
        ).rows[0].count,
      );
    return counts;
  });
  const keys = [];
  for await (const { key } of app.app.services.files.list()) keys.push(key);
  return { rows, keys: keys.sort() };
}

/** How the tables of an archive change, and what columns they then have. */
export type Forgery = [change: (tables: Record<string, string>) => void, columnsOf?: Record<string, string[]>];

/** A copy of an archive, in `dir`, whose tables say something else, with a manifest to match. */
export async function forgeArchive(whole: string, dir: string, ...[change, columnsOf = {}]: Forgery): Promise<string> {
  await rm(dir, { recursive: true, force: true });
  await cp(whole, dir, { recursive: true });
  const manifest = JSON.parse(await readFile(join(dir, 'manifest.json'), 'utf8'));
  const texts: Record<string, string> = {};
  for (const name of Object.keys(manifest.tables))
    texts[name] = await readFile(join(dir, 'tables', `${name}.jsonl`), 'utf8');
  change(texts);
  for (const [name, text] of Object.entries(texts)) {
    const { columns = [], rows = 0 } = manifest.tables[name] ?? {};
    manifest.tables[name] = {
      columns: columnsOf[name] ?? columns,
      rows,
      sha256: createHash('sha256').update(text).digest('hex'),
    };
    if (!name.includes('/')) await writeFile(join(dir, 'tables', `${name}.jsonl`), text);
  }
  const { manifest_sha256: _, ...content } = { ...manifest, content_sha256: contentHash(manifest.tables) };
  await writeFile(join(dir, 'manifest.json'), JSON.stringify(sealManifest(content)));
  return dir;
}
