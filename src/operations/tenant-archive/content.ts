import { createHash } from 'node:crypto';
import { type Readable, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type pg from 'pg';
import { to as copyTo } from 'pg-copy-streams';
import { measure } from '../../kernel/files/file-store.ts';
import { connect } from '../connection.ts';
import { RowHash } from '../row-hash.ts';
import { archivedTables, excludedTables } from './choices.ts';
import type { ArchiveTable } from './tables.ts';

/** Lines of JSON as COPY passes them on unchanged: what it would quote with stands in none. */
export const lineFormat = `(format csv, delimiter e'\\x02', quote e'\\x01', encoding 'utf8')`;

export interface TableDigest {
  columns: string[];
  rows: number;
  sha256: string;
}

/** Equal for the same rows in any order. */
export interface TableHash {
  rows: number;
  hash: string;
}

/** What the statements of an archive read, and values written the same on every server. */
const settings = `select set_config('app.tenant_id', $1, true), set_config('app.rights', '*', true), set_config('app.archive_left', $2,
  true),
  set_config('timezone', 'UTC', true), set_config('datestyle', 'ISO', true), set_config('intervalstyle', 'postgres', true),
  set_config('bytea_output', 'hex', true), set_config('extra_float_digits', '1', true)`;

export async function enterTenant(client: pg.Client, tenant_id: string): Promise<void> {
  const left = Object.values(excludedTables).flatMap(({ resource }) => resource ?? []);
  await client.query(settings, [tenant_id, `{${left.join(',')}}`]);
}

/**
 * Reads a workspace as it is at one moment, whatever is written meanwhile; with the name of a snapshot that another
 * transaction has exported, as it was then. As the application, under row-level security: a mistake in
 * what is read could not reach another workspace.
 */
export async function withSnapshot<R>(
  databaseUrl: string,
  tenant_id: string,
  work: (client: pg.Client) => Promise<R>,
  snapshot?: string,
): Promise<R> {
  const client = await connect(databaseUrl, 'holdfast-tenant-archive');
  try {
    await client.query('begin isolation level repeatable read read only');
    if (snapshot) await client.query(`set transaction snapshot ${client.escapeLiteral(snapshot)}`);
    await enterTenant(client, tenant_id);
    return await work(client);
  } finally {
    await client.end();
  }
}

/** The rows of a table that belong to the workspace, each column as it leaves. */
function rowsOf({ name, columns, leaves }: ArchiveTable): string {
  const { from = `public."${name}"`, rows = 'true', tenantColumn = 'tenant_id' } = archivedTables[name]!;
  const values = columns.map((column) => `${leaves[column] ?? `t."${column}"`} as "${column}"`).join(', ');
  return `select ${values} from ${from} t where t."${tenantColumn}" = (select app.tenant_id()) and ${rows}`;
}

/**
 * One line per row, columns and rows in an order that depends on nothing but their content. Only counted when nobody
 * takes them.
 */
export async function readTable(
  client: pg.Client,
  table: ArchiveTable,
  sink: Writable = nowhere(),
): Promise<TableDigest> {
  const { columns, order } = table;
  const lines = client.query(
    copyTo(`copy (
      select to_jsonb(r) from (
        ${rowsOf(table)}
        ${order.length > 0 ? `order by ${order.join(', ')}` : ''}
      ) r) to stdout ${lineFormat}`),
  ) as Readable & { rowCount: number };
  const measured = measure(lines, Number.POSITIVE_INFINITY);
  await pipeline(measured.stream, sink);
  // How many rows there were, the server says after the last of them; with the next answer it has been heard.
  await client.query('select');
  return { columns, rows: lines.rowCount, sha256: measured.result().sha256 };
}

/**
 * How many rows a table has, and the hash of what they hold. Without order and JSON it takes a fifth of the time of
 * reading them for an archive.
 */
export async function hashTable(client: pg.Client, table: ArchiveTable): Promise<TableHash> {
  const hash = new RowHash();
  await pipeline(client.query(copyTo(`copy (${rowsOf(table)}) to stdout`)), hash, nowhere());
  return hash.result();
}

export const nowhere = (): Writable => new Writable({ write: (_chunk, _encoding, done) => done() });

/**
 * One number for all the tables hold. A table that is empty counts for nothing, so that a new one leaves old numbers as
 * they are.
 */
export function contentHash(tables: Record<string, TableDigest>): string {
  const hash = createHash('sha256');
  for (const [name, { rows, sha256 }] of Object.entries(tables).sort(([a], [b]) => (a < b ? -1 : 1)))
    if (rows > 0) hash.update(`${name} ${rows} ${sha256}\n`);
  return hash.digest('hex');
}

export interface StoredRow {
  id: string;
  name: string;
  storage_key: string;
  sha256: string;
  size_bytes: number;
}

const files_per_page = 500;

/** The files of the workspace, a page at a time. */
export async function* storedFiles(client: pg.Client): AsyncGenerator<StoredRow> {
  let last: string | null = null;
  while (true) {
    const { rows }: { rows: StoredRow[] } = await client.query<StoredRow>(
      `select id, name, storage_key, encode(sha256, 'hex') as sha256, size_bytes::float8 as size_bytes from file
       where tenant_id = app.tenant_id() and ($1::uuid is null or id > $1) order by id limit ${files_per_page}`,
      [last],
    );
    yield* rows;
    if (rows.length < files_per_page) return;
    last = rows.at(-1)!.id;
  }
}
