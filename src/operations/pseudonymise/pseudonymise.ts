import { createHash, randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type pg from 'pg';
import type { Config } from '../../kernel/config/config.ts';
import { clusterDir } from '../../kernel/database/embedded.ts';
import { problems } from '../../kernel/errors/problem.ts';
import { type FileStore, fileKey } from '../../kernel/files/file-store.ts';
import { connect } from '../connection.ts';
import { archivedTables } from '../tenant-archive/index.ts';
import { type CopiedTable, decideTables, detached_partitions } from './catalogue.ts';
import { readDefinitions, rewriteTable } from './rewrite.ts';
import type { TableRule } from './rules.ts';
import { Substitution } from './substitute.ts';
import { Replacer } from './values.ts';

export interface PseudonymiseOptions {
  /** As the owner of its tables. */
  ownerUrl: string;
  /** As a superuser, where there is one: the log of changes is emptied too. */
  superuserUrl?: string | null;
  /** Where it came from, for whoever asks the copy. */
  source: string;
  dryRun?: boolean;
  say: (line: string) => void;
  /** For tests: the rules of tables. */
  rules?: ReadonlyMap<string, TableRule>;
}

export interface PseudonymisedTable {
  name: string;
  rows: number;
  /** Rows that got substitutes, or that are gone. */
  substituted: number;
  emptied: number;
  columns: string[];
}

/** What a file of a copy holds. */
const placeholder = Buffer.from('What this file held was removed from this pseudonymised copy.\n');
const placeholder_sha256 = createHash('sha256').update(placeholder).digest('hex');
const files_batch = 500;
const log_segments_max = 200;

/**
 * Replaces what says something about people in a copy of an installation, in one transaction: all of it or nothing.
 * Triggers are off meanwhile, so that no history of the replaced values is written.
 */
export async function pseudonymise({
  ownerUrl,
  superuserUrl,
  source,
  dryRun = false,
  say,
  rules,
}: PseudonymiseOptions): Promise<PseudonymisedTable[]> {
  const client = await connect(ownerUrl, 'holdfast-pseudonymise');
  try {
    if (!dryRun) await holdBack(client, source);
    await client.query(`begin;
      select set_config('statement_timeout', '0', true), set_config('lock_timeout', '5s', true), set_config('search_path', 'pg_catalog, public', true),
        set_config('idle_in_transaction_session_timeout', '0', true)`);
    const tables = await decideTables(client, rules);
    const report = await (dryRun ? count(client, tables) : replaceAll(client, tables, say));
    await client.query(dryRun ? 'rollback' : 'commit');
    if (!dryRun) await removeTraces(client, say);
    if (!dryRun && superuserUrl) await removeLog(superuserUrl);
    return report;
  } finally {
    await client.end();
  }
}

/**
 * Before anything else, and committed: a copy whose replacing is interrupted, or refused because of a column, still has
 * real people in it, and must not write to them when somebody starts it.
 */
async function holdBack(client: pg.Client, source: string): Promise<void> {
  await client.query('begin; set local role holdfast_system');
  const { rowCount } = await client.query(
    `insert into public.pseudonymised_copy (source) values ($1)
     on conflict (single) do update set source = excluded.source, sends = false where pseudonymised_copy.replaced_at is null`,
    [source],
  );
  await client.query('commit');
  if (rowCount === 0) throw problems.conflict('This is a pseudonymised copy already. Restore another one.');
}

const nameOf = (client: pg.Client, { name }: Pick<CopiedTable, 'name'>) => `public.${client.escapeIdentifier(name)}`;

async function rowsOf(client: pg.Client, table: CopiedTable): Promise<number> {
  const { rows } = await client.query<{ rows: string }>(`select count(*) as rows from ${nameOf(client, table)}`);
  return Number(rows[0]!.rows);
}

const columnNames = ({ columns }: CopiedTable) => columns.map(({ name }) => name);

async function count(client: pg.Client, tables: readonly CopiedTable[]): Promise<PseudonymisedTable[]> {
  // The owner is held by row-level security, and lifting that would make everybody wait.
  await client.query('set local role holdfast_system');
  const report: PseudonymisedTable[] = [];
  for (const table of tables) {
    const rows = await rowsOf(client, table);
    report.push({
      name: table.name,
      rows,
      substituted: table.columns.length > 0 ? rows : 0,
      emptied: table.emptied ? rows : 0,
      columns: columnNames(table),
    });
  }
  return report;
}

/** Lifts row-level security for the owner, who would see no row. Returns the tables for which it was lifted. */
async function suspendSecurity(client: pg.Client, tables: readonly CopiedTable[]): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>(
    `select c.relname::text as name from pg_class c where c.relnamespace = 'public'::regnamespace and c.relforcerowsecurity
      and c.relname = any ($1)`,
    [tables.map(({ name }) => name)],
  );
  for (const table of rows) await client.query(`alter table ${nameOf(client, table)} no force row level security`);
  return rows.map(({ name }) => name);
}

/**
 * Switches triggers off, but for those that follow custom values, because they alone write the table by which these are
 * searched.
 */
async function suspendTriggers(client: pg.Client, tables: readonly CopiedTable[]): Promise<void> {
  for (const table of tables) await client.query(`alter table ${nameOf(client, table)} disable trigger user`);
  const { rows } = await client.query<{ table: string; trigger: string }>(
    `select t.tgrelid::regclass::text as table, t.tgname::text as trigger from pg_trigger t
     where t.tgfoid = 'app.keep_custom_values'::regproc and t.tgparentid = 0`,
  );
  for (const { table, trigger } of rows)
    await client.query(`alter table ${table} enable trigger ${client.escapeIdentifier(trigger)}`);
}

async function replaceAll(
  client: pg.Client,
  tables: readonly CopiedTable[],
  say: PseudonymiseOptions['say'],
): Promise<PseudonymisedTable[]> {
  const forced = await suspendSecurity(client, tables);
  await suspendTriggers(client, tables);
  const report: PseudonymisedTable[] = [];
  const work = { replacer: new Replacer(new Substitution()), definitions: await readDefinitions(client), say };
  for (const table of tables)
    report.push({
      name: table.name,
      rows: await rowsOf(client, table),
      substituted: 0,
      emptied: 0,
      columns: columnNames(table),
    });
  const gone = tables.filter(({ emptied }) => emptied);
  say(`Emptying ${gone.length} tables`);
  await client.query(`truncate ${gone.map((table) => nameOf(client, table)).join(', ')}`);
  // A substitute may be what another record still has, whose turn comes later: of four digits there are not many.
  await client.query('update custom_value set is_unique = false where is_unique');
  for (const [index, table] of tables.entries()) {
    const line = report[index]!;
    if (table.emptied) line.emptied = line.rows;
    else if (table.columns.length > 0) {
      say(`Replacing in ${table.name}`);
      line.substituted = await rewriteTable(client, table, work);
    }
  }
  await client.query(`update custom_value v set is_unique = true from custom_field f
    where f.tenant_id = v.tenant_id and f.id = v.field_id and f.is_unique and not v.is_unique`);
  await forgetFiles(client);
  await forgetArchives(client);
  await settle(client);
  // Triggers that wait for the end of the transaction would stand in the way.
  await client.query('set constraints all immediate');
  for (const table of tables) await client.query(`alter table ${nameOf(client, table)} enable trigger user`);
  // A copy may begin with a key of its own: nothing in it is sealed any more.
  await client.query('delete from app.key_check');
  await client.query('update public.pseudonymised_copy set replaced_at = now()');
  for (const name of forced) await client.query(`alter table ${nameOf(client, { name })} force row level security`);
  return report;
}

/**
 * Keeps the rows of attached files only, with new keys and a placeholder as content: the copy must not name the stored
 * files of the original.
 */
async function forgetFiles(client: pg.Client): Promise<void> {
  await client.query(`delete from file f where not exists (select from attachment a where a.tenant_id = f.tenant_id and a.file_id = f.id)
    and not exists (select from attachment_version v where v.tenant_id = f.tenant_id and v.file_id = f.id)
    and not exists (select from document_version d where d.tenant_id = f.tenant_id and d.file_id = f.id)`);
  const size = placeholder.length;
  await client.query('update file set size_bytes = $1, sha256 = decode($2, $3)', [size, placeholder_sha256, 'hex']);
  for (const table of ['attachment', 'attachment_version'])
    await client.query(`update ${table} set size_bytes = $1`, [size]);
  for (const table of ['document', 'document_version'])
    await client.query(`update ${table} set size_bytes = $1, sha256 = $2 where file_id is not null`, [
      size,
      placeholder_sha256,
    ]);
  const { rows } = await client.query<{ id: string; tenant_id: string; kind: string }>(
    'select id, tenant_id, kind from file',
  );
  for (let from = 0; from < rows.length; from += files_batch) {
    const some = rows.slice(from, from + files_batch);
    await client.query(
      `update file f set storage_key = v.key from unnest($1::uuid[], $2::uuid[], $3::text[]) as v (tenant_id, id, key)
       where f.tenant_id = v.tenant_id and f.id = v.id`,
      [
        some.map(({ tenant_id }) => tenant_id),
        some.map(({ id }) => id),
        some.map(({ tenant_id, kind }) => fileKey(tenant_id, kind, randomUUID())),
      ],
    );
  }
}

/** What was under way has no job any more that would end it, as in a workspace that arrives from elsewhere. */
async function settle(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ id: string }>('select id from tenant');
  for (const { id } of rows) {
    await client.query(`select set_config('app.tenant_id', $1, true)`, [id]);
    for (const { settles } of Object.values(archivedTables)) if (settles) await client.query(settles);
  }
}

/** Past months of the trail lie in files, and values in some of them. Those that are only there are gone. */
async function forgetArchives(client: pg.Client): Promise<void> {
  await client.query(`delete from lifecycle_archive where state in ('writing', 'verified', 'returned')`);
  await client.query(
    `update lifecycle_archive set state = 'deleted', deleted_at = now() where state in ('detached', 'archived')`,
  );
  const { rows } = await client.query<{ name: string }>(
    `select c.oid::regclass::text as name from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind = 'r'
      and not c.relispartition
       and c.relname ~ $1`,
    [detached_partitions],
  );
  for (const { name } of rows) await client.query(`drop table ${name}`);
}

/**
 * Rows that were replaced still lie in the files of the database until these are written anew, and samples of values in
 * its statistics.
 */
async function removeTraces(client: pg.Client, say: (line: string) => void): Promise<void> {
  say('Writing the database anew, without what was replaced');
  const { rows: tables } = await client.query<{ name: string }>(
    `select c.oid::regclass::text as name from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind = 'r'
       and pg_get_userbyid(c.relowner) = current_user order by 1`,
  );
  const { rows: able } = await client.query<{ clears: boolean }>(
    `select exists (select from pg_proc where proname = 'pg_clear_attribute_stats') as clears`,
  );
  if (able[0]!.clears)
    await client.query(`select pg_clear_attribute_stats(c.relnamespace::regnamespace::text, c.relname::text, a.attname::text, inherited)
      from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped cross
        join (values (false), (true)) as i (inherited)
      where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p', 'i') and pg_get_userbyid(c.relowner) = current_user
        and exists (select from pg_stats s where s.schemaname = 'public' and s.tablename = c.relname and s.attname = a.attname)`);
  for (const { name } of tables) await client.query(`vacuum (full, analyze) ${name}`);
}

/**
 * Segments of the log are used again under other names, with what they held, until they are written over; so the server
 * shall delete those it no longer needs, and goes through those it has set aside.
 */
async function removeLog(superuserUrl: string): Promise<void> {
  const client = await connect(superuserUrl, 'holdfast-pseudonymise');
  await client.query('alter system set wal_recycle = off');
  await client.query('select pg_reload_conf()');
  try {
    // The last that was set aside is the one in use, and may not be filled yet; the one after it is new.
    for (let round = 0, alone = 0; round < log_segments_max; round++) {
      await client.query('select pg_switch_wal()');
      await client.query('checkpoint');
      const { rows } = await client.query<{ left: number }>(
        `select count(*)::int as left from pg_ls_waldir() where name ~ '^[0-9A-F]{24}$'`,
      );
      alone = rows[0]!.left === 1 ? alone + 1 : 0;
      if (alone === 2) return;
    }
    throw new Error('The log of changes could not be emptied: something still needs it, such as a replication slot');
  } finally {
    await client.query('alter system reset wal_recycle');
    await client.query('select pg_reload_conf()');
    await client.end();
  }
}

/** Stores what stands in the place of the files; answers how many. */
export async function writePlaceholders(ownerUrl: string, files: FileStore): Promise<number> {
  const client = await connect(ownerUrl, 'holdfast-pseudonymise');
  try {
    await client.query('set role holdfast_system');
    const { rows } = await client.query<{ storage_key: string }>('select storage_key from file order by storage_key');
    for (const { storage_key } of rows)
      await files.put(storage_key, placeholder, { contentType: 'text/plain', sizeBytesMax: placeholder.length });
    return rows.length;
  } finally {
    await client.end();
  }
}

/** The log of the server in the data directory is that of the original: its statements hold values. */
export async function deleteServerLog({ DATABASE_URL, HOLDFAST_DATA }: Config): Promise<void> {
  if (DATABASE_URL) return;
  await rm(join(clusterDir(HOLDFAST_DATA), 'log'), { recursive: true, force: true });
}
