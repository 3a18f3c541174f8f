import type pg from 'pg';
import { system_tenant_id } from '../../kernel/tenancy/context.ts';
import { type AuditReport, verifyAudit } from '../audit-verify.ts';
import { connect, connectAsSystem } from '../connection.ts';
import { hashTables, type TableHash } from '../tenant-archive/index.ts';
import type { BackupStore } from './backup-store.ts';
import type { Found, Share } from './checks.ts';
import { hashTable, readKeptTables } from './contents.ts';
import { allFiles, hashOf, nameOf } from './files.ts';
import type { BackupManifest } from './manifest.ts';

/** Parts of different checks are weighed against each other by the bytes that they read, roughly. */
const row_bytes = 600;
/** To hash a row as text takes as long as to read this many bytes. */
const row_text_bytes = 10 * row_bytes;
/** The trail is read by one connection from beginning to end, so it has to begin first. */
const trail_weight = Number.MAX_SAFE_INTEGER;
const files_checked_max = 200;
/** Small indexes and tables share a connection: opening one takes longer than looking at them. */
const part_bytes_min = 16_000_000;

async function withSystem<R>(ownerUrl: string, work: (client: pg.Client) => Promise<R>): Promise<R> {
  const client = await connectAsSystem(ownerUrl, 'holdfast-proof');
  return work(client).finally(() => client.end());
}

/**
 * insufficient_privilege, feature_not_supported, undefined_file: what managed services answer to an extension that they
 * do not give.
 */
const may_not: ReadonlySet<unknown> = new Set(['42501', '0A000', '58P01']);

/**
 * Whether a large index has every row takes seven times as long as whether it is in order, so each has its turn in so
 * many proofs of a random second.
 */
export const index_turns = 3;
/** The size from which an index, with its table, is large. */
const large_bytes_min = 64_000_000;

interface Index {
  name: string;
  bytes: number;
  table_bytes: number;
  /**
   * For what it remembers of the table's rows: two bytes a row miss at most 2 % of what is wrong, and more takes longer
   * (PostgreSQL, amcheck).
   */
  memory: string;
}

export interface IndexCheck {
  /** Which of the large indexes are looked at for every row, from 0. */
  turn: number | 'all' | 'none';
  large_min?: number;
}

/**
 * Every B-tree: that its order holds, and that it has each row of its table. Others PostgreSQL's amcheck does not know.
 */
export async function checkIndexes(
  url: string,
  isSuperuser: boolean,
  share: Share,
  { turn, large_min = large_bytes_min }: IndexCheck,
): Promise<Found<undefined>> {
  try {
    const indexes = await listIndexes(url);
    const large = indexes.filter(({ bytes, table_bytes }) => bytes + table_bytes >= large_min);
    const later = new Set(large.filter((_, place) => turn !== 'all' && place % index_turns !== turn));
    const bytesOf = (index: Index) => index.bytes + (later.has(index) ? 0 : index.table_bytes);
    const parts = inParts(
      [...indexes].sort((a, b) => bytesOf(b) - bytesOf(a)),
      bytesOf,
    );
    await share(parts, weightOf, ({ items }) =>
      withClient(url, async (admin) => {
        for (const index of items) await checkIndex(admin, index, !later.has(index));
      }),
    );
    const detail =
      later.size === 0
        ? `${indexes.length} indexes`
        : `${indexes.length} indexes in order, and ${indexes.length - later.size} of them with every row; the other ${later.size} are large and have their turn when random seconds are proven`;
    return { detail, result: undefined };
  } catch (error) {
    const { code, cause } = error as { code?: unknown; cause?: { code?: unknown } };
    if (isSuperuser || !may_not.has(cause?.code ?? code)) throw error;
    const detail = 'Made anew from the rows; amcheck is not to be had in the database for proofs';
    return { detail, result: undefined };
  }
}

const listIndexes = (url: string): Promise<Index[]> =>
  withClient(url, async (admin) => {
    await admin.query('create extension if not exists amcheck');
    const { rows } = await admin.query<Index>(
      `select c.oid::regclass::text as name, pg_relation_size(c.oid)::float8 as bytes, pg_relation_size(i.indrelid)::float8 as table_bytes,
         case when t.reltuples < 0 then 65536 else greatest(4096, ceil(t.reltuples * 2 / 1024)) end::text || 'kB' as memory
       from pg_index i join pg_class c on c.oid = i.indexrelid join pg_class t on t.oid = i.indrelid join pg_am a on a.oid = c.relam
       where a.amname = 'btree' and c.relkind = 'i' and i.indisvalid and c.relpersistence = 'p' order by 1`,
    );
    return rows;
  });

async function checkIndex(admin: pg.Client, { name, memory }: Index, everyRow: boolean): Promise<void> {
  await admin
    .query(
      `select bt_index_check($1::regclass, heapallindexed => $3) from set_config('maintenance_work_mem', $2, false)`,
      [name, memory, everyRow],
    )
    .catch((error: Error) => {
      throw new Error(`The index ${name} is broken: ${error.message}`, { cause: error });
    });
}

async function withClient<R>(url: string, work: (client: pg.Client) => Promise<R>): Promise<R> {
  const client = await connect(url, 'holdfast-proof');
  return work(client).finally(() => client.end());
}

interface Part<Item> {
  items: Item[];
  bytes: number;
}

const weightOf = ({ bytes }: Part<unknown>) => bytes;

/** Each large one alone, small ones together. */
function inParts<Item>(items: readonly Item[], bytesOf: (item: Item) => number): Part<Item>[] {
  const parts: Part<Item>[] = [];
  for (const item of items) {
    const last = parts.at(-1);
    if (last && last.bytes < part_bytes_min) {
      last.items.push(item);
      last.bytes += bytesOf(item);
    } else parts.push({ items: [item], bytes: bytesOf(item) });
  }
  return parts;
}

interface RecordedTable {
  tenant_id: string;
  name: string;
  table: string;
  rows: number;
  hash: string;
}

export async function checkContent(
  databaseUrl: string,
  ownerUrl: string,
  { tenants, seed }: BackupManifest,
  share: Share,
): Promise<Found<undefined>> {
  const there = await withSystem(ownerUrl, async (admin) => {
    const { rows } = await admin.query<{ id: string }>('select id from public.tenant');
    return rows;
  });
  const gone = Object.keys(tenants).filter((id) => !there.some((row) => row.id === id));
  const extra = there.filter(({ id }) => !tenants[id]);
  if (gone.length + extra.length > 0)
    throw new Error(`${gone.length} workspaces are missing and ${extra.length} were not there`);
  await (seed === undefined
    ? compareByTenant(databaseUrl, tenants, share)
    : compareByTable(ownerUrl, tenants, seed, share));
  const all = Object.values(tenants).flatMap(({ tables }) => Object.values(tables));
  const total = all.reduce((sum, { rows }) => sum + rows, 0);
  const count = Object.keys(tenants).filter((id) => id !== system_tenant_id).length;
  return { detail: `${total.toLocaleString('en')} rows of ${count} workspaces, equal by hash`, result: undefined };
}

type Tenants = BackupManifest['tenants'];

/** By hashes of PostgreSQL: each table once, for all workspaces. */
async function compareByTable(ownerUrl: string, tenants: Tenants, seed: string, share: Share): Promise<void> {
  // Also those that were empty.
  const rowsOf = new Map((await withSystem(ownerUrl, readKeptTables)).map((table) => [table, 0]));
  for (const { tables } of Object.values(tenants))
    for (const [table, { rows }] of Object.entries(tables)) rowsOf.set(table, (rowsOf.get(table) ?? 0) + rows);
  const largest = [...rowsOf].sort(([, a], [, b]) => b - a);
  await share(
    inParts(largest, ([, rows]) => rows * row_bytes),
    weightOf,
    ({ items }) =>
      withSystem(ownerUrl, async (admin) => {
        for (const [table] of items) {
          const found = new Map((await hashTable(admin, table, seed)).map((hashed) => [hashed.tenant_id, hashed]));
          for (const [tenant_id, { name, tables }] of Object.entries(tenants))
            compare(table, name, tables[table] ?? nothing, found.get(tenant_id) ?? nothing);
        }
      }),
  );
}

const nothing: TableHash = { rows: 0, hash: '' };

/** Compares the rows of each workspace by hashes that are the same on any server. */
async function compareByTenant(databaseUrl: string, tenants: Tenants, share: Share): Promise<void> {
  const recorded = Object.entries(tenants).map(([tenant_id, { name, tables }]) =>
    Object.entries(tables)
      .map(([table, recordedHash]): RecordedTable => ({ tenant_id, name, table, ...recordedHash }))
      .sort((a, b) => b.rows - a.rows),
  );
  const parts = recorded.flatMap((tables) => inParts(tables, ({ rows }) => rows * row_text_bytes));
  await share(parts, weightOf, async ({ items }) => {
    const only = new Set(items.map(({ table }) => table));
    const restored = await hashTables(databaseUrl, items[0]!.tenant_id, { only });
    for (const { table, name, ...was } of items) {
      const found = restored[table];
      if (!found)
        throw new Error(`There is no table ${table} any more, of which the workspace ${name} had ${was.rows} rows`);
      compare(table, name, was, found);
    }
  });
}

function compare(table: string, name: string, was: TableHash, found: TableHash): void {
  if (found.rows !== was.rows)
    throw new Error(`${table} of the workspace ${name} has ${found.rows} rows and had ${was.rows}`);
  if (found.hash !== was.hash) throw new Error(`${table} of the workspace ${name} holds something else than it did`);
}

/**
 * From this many events on a sample is verified, so that the proof of a large installation ends. `holdfast audit
 * verify` verifies all.
 */
const events_checked_max = 100_000;

const trailText = ({ events, one_in }: AuditReport) =>
  one_in === 1
    ? `${events.toLocaleString('en')} events verify, and all values are those that they vouch for`
    : `Of ${events.toLocaleString('en')} events a sample verifies: of ${one_in} records one leads to what it holds, and of ${one_in} values one is that which its event vouches for`;

export async function checkAudit(ownerUrl: string, share: Share): Promise<Found<undefined>> {
  let detail = '';
  await share(
    [ownerUrl],
    () => trail_weight,
    async (url) => {
      const report = await verifyAudit(url, { checked_max: events_checked_max });
      const [first] = report.findings;
      if (first) throw new Error(`The audit trail does not verify: ${JSON.stringify(first)}`);
      detail = trailText(report);
    },
  );
  return { detail, result: undefined };
}

/** What is deleted again so soon after it was uploaded may be in no backup: its copy was not made yet. */
const copied_minutes_max = 10;

/**
 * Checks that each file has its copy, but for those that the backup is known to lack, and for a sample that the content
 * of the copy is right.
 */
export async function checkFiles(
  ownerUrl: string,
  { backups, manifest, target }: { backups: BackupStore; manifest: BackupManifest; target: 'recorded' | Date },
  share: Share,
): Promise<Found<undefined>> {
  const there = new Set(await backups.list('file'));
  const sample: { storage_key: string; sha256: string }[] = [];
  let copies = 0;
  const { without, lost } = await withSystem(ownerUrl, async (admin) => {
    const missing: string[] = [];
    for await (const file of allFiles(admin)) {
      if (!there.has(nameOf(file.storage_key))) {
        missing.push(file.storage_key);
        continue;
      }
      copies++;
      // Each of them is as likely to be looked at.
      if (sample.length < files_checked_max) sample.push(file);
      else if (Math.random() < files_checked_max / copies) sample[Math.floor(Math.random() * files_checked_max)] = file;
    }
    const unknown = beyondKnown(missing, manifest);
    return {
      without: missing.length,
      lost: target === 'recorded' ? unknown : await olderFiles(admin, unknown, target),
    };
  });
  const [first] = lost;
  if (first !== undefined)
    throw new Error(
      `There is no file ${first} in the backup store${lost.length > 1 ? `, nor ${lost.length - 1} more` : ''}`,
    );
  await share(
    sample,
    () => 0,
    async ({ storage_key, sha256 }) => {
      if ((await hashOf(backups, storage_key)) !== sha256)
        throw new Error(`The file ${storage_key} holds something else than it did`);
    },
  );
  const detail = `${sample.length} of ${copies} files, equal by hash`;
  return {
    detail: without === 0 ? detail : `${detail}; ${without} more have no copy in the backup store`,
    result: undefined,
  };
}

/**
 * The files without a copy that the backup is not known to lack. A backup names only some of those that it lacks, and
 * counts the rest.
 */
function beyondKnown(without: readonly string[], { files: { missing } }: BackupManifest): string[] {
  const named = new Set(missing?.some);
  const unnamed = (missing?.count ?? 0) - named.size;
  return without.filter((key) => !named.has(key)).slice(unnamed);
}

async function olderFiles(admin: pg.Client, keys: readonly string[], at: Date): Promise<string[]> {
  const { rows } = await admin.query<{ storage_key: string }>(
    `select k.storage_key from unnest($1::text[]) as k(storage_key) where not exists (select from public.file f
       where f.storage_key = k.storage_key and f.created_at > $2::timestamptz - make_interval(mins => ${copied_minutes_max}))`,
    [keys, at],
  );
  return rows.map(({ storage_key }) => storage_key);
}
