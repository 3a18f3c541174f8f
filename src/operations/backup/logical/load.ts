import { pipeline } from 'node:stream/promises';
import type pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { migrate, readMigrations } from '../../../kernel/database/migrate.ts';
import { problems } from '../../../kernel/errors/problem.ts';
import { extendPresetRoles } from '../../../kernel/identity/index.ts';
import { appRoleOf } from '../../../kernel/installation.ts';
import type { MasterKeys } from '../../../kernel/vault/master-key.ts';
import { connect } from '../../connection.ts';
import type { BackupStore } from '../backup-store.ts';
import type { LogicalManifest } from '../manifest.ts';
import { type CopiedTable, copySettings, readTables } from './catalogue.ts';
import { readOut } from './take.ts';

export interface LoadOptions {
  /** The address of an empty database for the role that is to own it. */
  ownerUrl: string;
  masterKeys: MasterKeys;
  say: (line: string) => void;
  /** Called once the database was seen to be empty. */
  begin?: () => Promise<void>;
}

/**
 * Fills an empty database: this program makes the tables as they were, the rows are loaded into them and read again,
 * and only then come foreign keys, triggers and policies, and what later migrations change. Everything is compared;
 * whatever fails, the database is empty again.
 */
export async function loadBackup(
  backups: BackupStore,
  manifest: LogicalManifest,
  { ownerUrl, masterKeys, say, begin }: LoadOptions,
): Promise<{ rows: number }> {
  refuseOtherSchema(manifest);
  await refuseFilled(ownerUrl);
  const appRole = appRoleOf(ownerUrl, masterKeys);
  try {
    await begin?.();
    say('Making the tables');
    await migrate(ownerUrl, { appRole, tablesOf: new Set(manifest.migrations.map(({ version }) => version)) });
    say('Loading the rows');
    const rows = await loadRows(backups, manifest, ownerUrl);
    say('Making functions, policies and triggers');
    await migrate(ownerUrl, { appRole });
    await extendPresetRoles(ownerUrl);
    return { rows };
  } catch (error) {
    await emptyDatabase(ownerUrl).catch(() => {});
    throw error;
  }
}

/**
 * The rows fit only the tables that they came from, so each migration of then has to be among those of this program,
 * with the same text.
 */
function refuseOtherSchema({ id, version, migrations }: LogicalManifest): void {
  const known = new Map(readMigrations().map((one) => [one.version, one]));
  const other = migrations.find((one) => {
    const here = known.get(one.version);
    return here?.name !== one.name || here.checksum !== one.checksum;
  });
  if (other)
    throw problems.conflict(
      `The backup ${id} was made by Holdfast ${version}, whose tables this version cannot make: it has another migration ${other.name}, or none. Restore with Holdfast ${version}, or with one between that and a release that still has this migration.`,
    );
}

const own_relations = `from pg_class c where c.relnamespace in (select oid from pg_namespace where nspname in ('public', 'app'))
  and c.relkind in ('r', 'p', 'v', 'm', 'S', 'f')
  and not exists (select from pg_depend d where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e')`;

async function withOwner<R>(ownerUrl: string, work: (client: pg.Client) => Promise<R>): Promise<R> {
  const client = await connect(ownerUrl, 'holdfast-restore');
  return work(client).finally(() => client.end());
}

/** A restore never writes over anything. */
const refuseFilled = (ownerUrl: string) =>
  withOwner(ownerUrl, async (client) => {
    const { rows } = await client.query<{ name: string }>(
      `select c.oid::regclass::text as name ${own_relations} limit 1`,
    );
    if (rows[0])
      throw problems.conflict(`The database is not empty: it has ${rows[0].name}. Name a new or an empty database.`);
  });

/** As it was before it was filled. Only for one that was seen to be empty. */
export const emptyDatabase = (ownerUrl: string): Promise<void> =>
  withOwner(ownerUrl, async (client) => {
    await client.query(`drop schema if exists app cascade; drop schema public cascade; create schema public;
      grant usage on schema public to public`);
  });

const loadRows = (backups: BackupStore, manifest: LogicalManifest, ownerUrl: string): Promise<number> =>
  withOwner(ownerUrl, async (client) => {
    await client.query('begin');
    await client.query(copySettings);
    await makePartitions(client, manifest);
    const tables = await tablesOf(client, manifest);
    const withKeys = await dropForeignKeys(client);
    const forced = await suspendForcedSecurity(client);
    await client.query(`truncate ${tables.map(({ name }) => `public.${client.escapeIdentifier(name)}`).join(', ')}`);
    let total = 0;
    for (const table of tables) total += await loadTable(client, backups, manifest, table);
    for (const [name, { last_value, is_called }] of Object.entries(manifest.sequences))
      await client.query('select setval($1::regclass, $2, $3)', [
        `public.${client.escapeIdentifier(name)}`,
        last_value,
        is_called,
      ]);
    await beginFeedAnew(client);
    for (const statement of withKeys) await addForeignKey(client, statement);
    for (const name of forced) await client.query(`alter table ${name} force row level security`);
    await client.query('commit');
    await client.query('analyze');
    return total;
  });

/** Months and days of which there are rows, or were to be. */
async function makePartitions(client: pg.Client, { partitions }: LogicalManifest): Promise<void> {
  for (const [name, { parent, bounds, options }] of Object.entries(partitions)) {
    const table = `public.${client.escapeIdentifier(name)}`;
    const { rows } = await client.query('select to_regclass($1) is not null as present', [table]);
    if (rows[0].present) continue;
    await client.query(`create table ${table} partition of public.${client.escapeIdentifier(parent)} ${bounds}
      ${options ? `with (${options})` : ''}`);
    // Accessible only through the parent, whose policies apply.
    await client.query(`revoke all on ${table} from public`);
  }
}

async function tablesOf(client: pg.Client, { id, tables }: LogicalManifest): Promise<CopiedTable[]> {
  const here = new Map((await readTables(client)).map((table) => [table.name, table]));
  return Object.entries(tables).map(([name, { columns }]) => {
    const table = here.get(name);
    const found = table && columns.map((column) => table.columns.find((one) => one.name === column));
    if (!found || found.includes(undefined) || found.length !== table.columns.length)
      throw new Error(`The table ${name} of the backup ${id} is none that its migrations make: it was changed by hand`);
    return { name, columns: found as CopiedTable['columns'] };
  });
}

/**
 * Dropped rather than switched off, which takes a superuser; the statements that make them again check every row, all
 * at once.
 */
async function dropForeignKeys(client: pg.Client): Promise<string[]> {
  const { rows } = await client.query<{ drop: string; add: string }>(
    `select format('alter table %s drop constraint %I', k.conrelid::regclass, k.conname) as drop,
       format('alter table %s add constraint %I %s', k.conrelid::regclass, k.conname, pg_get_constraintdef(k.oid)) as add
     from pg_constraint k where k.contype = 'f' and k.conparentid = 0 and k.connamespace = 'public'::regnamespace
       order by k.conname, k.conrelid`,
  );
  if (rows.length > 0) await client.query(rows.map((one) => one.drop).join(';'));
  return rows.map((one) => one.add);
}

const addForeignKey = (client: pg.Client, statement: string) =>
  client.query(statement).catch((error: pg.DatabaseError) => {
    throw new Error(`The rows of the backup do not belong together: ${error.message}. ${error.detail ?? ''}`.trim(), {
      cause: error,
    });
  });

/** Lifts row-level security for the owner, who could not load a row. Returns the tables for which it was lifted. */
async function suspendForcedSecurity(client: pg.Client): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>(
    `select c.oid::regclass::text as name from pg_class c where c.relnamespace = 'public'::regnamespace and c.relforcerowsecurity
      order by 1`,
  );
  for (const { name } of rows) await client.query(`alter table ${name} no force row level security`);
  return rows.map(({ name }) => name);
}

async function loadTable(
  client: pg.Client,
  backups: BackupStore,
  manifest: LogicalManifest,
  table: CopiedTable,
): Promise<number> {
  const { name } = table;
  const recorded = manifest.tables[name]!;
  const columns = table.columns.map((column) => client.escapeIdentifier(column.name)).join(', ');
  try {
    await pipeline(
      await backups.get('table', recorded.object),
      client.query(
        copyFrom(`copy public.${client.escapeIdentifier(name)} (${columns}) from stdin (format text, encoding 'utf8')`),
      ),
    );
  } catch (error) {
    throw new Error(`The table ${name} could not be loaded: ${(error as Error).message}`, { cause: error });
  }
  const loaded = await readOut(client, table, async (rows) => void rows.resume());
  if (loaded.rows !== recorded.rows)
    throw new Error(`The table ${name} has ${loaded.rows} rows once loaded, and had ${recorded.rows}`);
  if (loaded.hash !== recorded.hash) throw new Error(`The table ${name} holds something else once loaded than it did`);
  return loaded.rows;
}

/**
 * Numbers of transactions are 0 in what was loaded, and are counted by this server now. So consumers of changes begin
 * after the last event that was loaded, known by its own number, as after a restore of the cluster (app.route_feed).
 */
const beginFeedAnew = (client: pg.Client) =>
  client.query(`update public.feed_router set xid = '0', seq = 9223372036854775807, restored_at = now(),
    seq_floor = greatest(seq_floor, seq_max, coalesce((select max(seq) from public.audit_event), 0))`);
