import { randomBytes } from 'node:crypto';
import type pg from 'pg';
import { archivedTables, hashTables, keptTables } from '../tenant-archive/index.ts';
import type { BackupManifest } from './manifest.ts';

type Tenants = BackupManifest['tenants'];

/**
 * Rows and hash of each table, by workspace, as a snapshot has them that `client` sees too. The hashes are the same on
 * any server.
 */
export async function readContents(
  client: pg.Client,
  { databaseUrl, snapshot, signal }: { databaseUrl: string; snapshot: string; signal?: AbortSignal },
): Promise<Tenants> {
  const tenants: Tenants = {};
  for (const { id, name } of await readTenants(client)) {
    signal?.throwIfAborted();
    tenants[id] = { name, tables: await hashTables(databaseUrl, id, { snapshot }) };
  }
  return tenants;
}

/**
 * The same in a tenth of that time, of more tables, for what only a copy of the same files is compared with: hashes of
 * PostgreSQL, which may be others in its next major version or on another kind of processor. A table of which a
 * workspace has no row is not named. `client` sees all rows.
 */
export async function hashContents(client: pg.Client, seed: string, signal?: AbortSignal): Promise<Tenants> {
  const tenants: Tenants = {};
  for (const { id, name } of await readTenants(client)) tenants[id] = { name, tables: {} };
  // Helpers would take the processors from people: they do not have the low priority of this connection.
  await client.query('set max_parallel_workers_per_gather = 0');
  for (const table of await readKeptTables(client)) {
    signal?.throwIfAborted();
    for (const { tenant_id, ...found } of await hashTable(client, table, seed)) {
      // Events of a workspace that is gone come back with a month of the archive that is returned.
      const of = tenants[tenant_id];
      if (of) of.tables[table] = found;
    }
  }
  return tenants;
}

/**
 * Of these tables those that change without an event in the audit trail, such as when a key was last used: who wants
 * them to stand still has to lock them too.
 */
export const unauditedTables: readonly string[] = [
  'api_key',
  'calendar_address',
  'calendar_object',
  'change',
  'custom_conversion',
  'custom_conversion_value',
  'deal_score',
  'duplicate_suspect',
  'favourite',
  'follower',
  'import_file',
  'import_outcome',
  'import_problem',
  'import_row',
  'mail_folder',
  'mail_ledger',
  'mail_thread',
  'mailbox_alias',
  'notification',
  'outgoing_mail',
  'passkey',
  'score_model',
  'sharing_exception',
  'tenant',
  'trail_origin',
];

/**
 * Those that change together with an audited table, or with the trail itself, in the same transaction. Whoever waits
 * for the trail has locked them, so they cannot be locked as well. (History is also erased by its age.)
 */
export const auditedWithOthers: readonly string[] = [
  'attachment_version',
  'audit_event',
  'custom_value',
  'deal_share',
  'deal_stage_visit',
  'deleted_favourite',
  'deleted_stage',
  'document_version',
  'message_address',
  'message_reference',
  'record_history',
  'record_link',
  'subject',
];

/** The tables that are hashed, but for those that only a migration to come will make. */
export const readKeptTables = (client: pg.Client): Promise<string[]> => readPresent(client, keptTables);

export async function readPresent(client: pg.Client, tables: readonly string[]): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>(
    `select name from unnest($1::text[]) as name where to_regclass('public.' || quote_ident(name)) is not null`,
    [tables],
  );
  return rows.map(({ name }) => name);
}

export interface HashedTable {
  tenant_id: string;
  rows: number;
  hash: string;
}

/**
 * A table in one pass, by workspace. The hash of a row is hashed once more before it is added up: by itself it is a sum
 * over the columns, which does not change when two rows swap a value.
 */
export async function hashTable(client: pg.Client, table: string, seed: string): Promise<HashedTable[]> {
  const { tenantColumn = 'tenant_id' } = archivedTables[table] ?? {};
  const { rows } = await client.query<HashedTable>(
    `select t.${tenantColumn} as tenant_id, count(*)::float8 as rows, sum(hashint8extended(hash_record_extended(t, $1), $1))::text as hash
     from public.${table} t group by 1`,
    [seed],
  );
  return rows;
}

async function readTenants(client: pg.Client): Promise<{ id: string; name: string }[]> {
  const { rows } = await client.query<{ id: string; name: string }>('select id, name from public.tenant order by id');
  return rows;
}

/** Nobody knows it beforehand, so nobody can make rows whose hashes add up alike. */
export const newSeed = (): string => randomBytes(8).readBigInt64LE().toString();

/** A name that begins with the time, so that names sort by it. */
export const newBackupId = (at: Date, random: string): string =>
  `${at.toISOString().replaceAll(/[-:.]/g, '').toLowerCase()}-${random}`;

/** When a backup began, by its name; NaN for another name. */
export const timeOfBackup = (id: string): number =>
  Date.parse(id.replace(/^(\d{4})(\d\d)(\d\d)t(\d\d)(\d\d)(\d\d)(\d{3})z-.*$/, '$1-$2-$3T$4:$5:$6.$7Z'));

/** How far the clocks of two machines may differ. */
const clock_ms_max = 300_000;

/** Whether a moment is so far in the future that the clock it is of was wrong. */
export const isAhead = (moment: number, now = Date.now()): boolean => moment > now + clock_ms_max;

/**
 * Backups, or proofs of seconds, by their names. What was made while the clock was ahead comes behind all others: how
 * old it is, nobody knows.
 */
export function newestFirst(names: Iterable<string>): string[] {
  const now = Date.now();
  const sorted = [...names].sort().reverse();
  const ahead = sorted.filter((name) => isAhead(timeOfBackup(name), now));
  return [...sorted.filter((name) => !ahead.includes(name)), ...ahead];
}
