import type pg from 'pg';
import { archivedTables } from '../tenant-archive/choices.ts';

export interface TableContent {
  columns: string[];
  rows: number;
  /** Depends on what the rows hold, not on their order. */
  hash: string;
}

export interface TableChange {
  table: string;
  /** Null when the table is not there any more. */
  rows: { before: number; after: number | null };
  /** Columns that are not there any more. */
  dropped: string[];
  /** Whether the migration says its name. */
  named: boolean;
}

const catalogue = `
  select c.oid::regclass::text as name,
    array(select a.attname::text from pg_attribute a where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
      and a.attgenerated = '' order by a.attname) as columns
  from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
    and not exists (select from pg_depend d where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e')
  order by 1`;

/** The program's own notes, which say nothing about the records and may be many. */
const uncounted: ReadonlySet<string> = new Set(['log_line', 'log_count']);
/** Triggers write into these whatever a migration changes. */
const appended: ReadonlySet<string> = new Set(['audit_event', 'record_history']);

const quoted = (name: string) => `"${name.replaceAll('"', '""')}"`;

/**
 * Rows and hash of each table, as a role that sees all rows. `columns` says which columns count, so that a table can be
 * compared with what it held before it got more.
 */
export async function readContent(
  client: pg.Client,
  columns?: ReadonlyMap<string, TableContent>,
): Promise<Map<string, TableContent>> {
  await client.query(
    `set timezone = 'UTC'; set datestyle = 'ISO'; set intervalstyle = 'postgres'; set bytea_output = 'hex'; set extra_float_digits = 1`,
  );
  const content = new Map<string, TableContent>();
  for (const table of (await client.query<{ name: string; columns: string[] }>(catalogue)).rows) {
    if (uncounted.has(table.name)) continue;
    const wanted = columns?.get(table.name)?.columns ?? table.columns;
    const counted = wanted.filter((column) => table.columns.includes(column));
    const row = `row(${counted.map((column) => `t.${quoted(column)}`).join(', ')})::text`;
    const { rows } = await client.query<{ rows: number; hash: string }>(
      `select count(*)::float8 as rows, coalesce(sum(hashtextextended(${row}, 0)), 0)::text as hash from ${table.name} t`,
    );
    content.set(table.name, { columns: counted, ...rows[0]! });
  }
  return content;
}

/** Tables that hold something else than they did. Columns that are new do not count. */
export function changedTables(
  before: ReadonlyMap<string, TableContent>,
  after: ReadonlyMap<string, TableContent>,
  migrations: readonly string[],
): TableChange[] {
  const text = migrations.join('\n');
  const changes: TableChange[] = [];
  for (const [table, { columns, rows, hash }] of before) {
    const now = after.get(table);
    const dropped = now ? columns.filter((column) => !now.columns.includes(column)) : [];
    if (now && now.rows === rows && now.hash === hash && dropped.length === 0) continue;
    const named = new RegExp(`\\b${table.replaceAll(/\W/g, '\\$&')}\\b`).test(text);
    changes.push({ table, rows: { before: rows, after: now?.rows ?? null }, dropped, named });
  }
  return changes;
}

/**
 * What a migration did beyond what it says: a table of records whose name stands nowhere in it has other content, or
 * one of which rows are only ever added has lost some. So cascades and triggers that nobody thought of are found.
 */
export function unexpectedChanges(changes: readonly TableChange[]): string[] {
  return changes.flatMap(({ table, rows, dropped, named }) => {
    if (named) return [];
    if (rows.after === null) return `${table} is gone`;
    if (dropped.length > 0) return `${table} has lost ${dropped.join(', ')}`;
    if (appended.has(table))
      return rows.after < rows.before ? `${table} has ${rows.before - rows.after} rows less` : [];
    if (!archivedTables[table]) return [];
    const difference = rows.after - rows.before;
    if (difference === 0) return `${table} holds other values`;
    return `${table} has ${Math.abs(difference)} rows ${difference < 0 ? 'less' : 'more'}`;
  });
}
