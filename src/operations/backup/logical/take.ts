import { randomBytes } from 'node:crypto';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type pg from 'pg';
import { to as copyTo } from 'pg-copy-streams';
import { problems } from '../../../kernel/errors/problem.ts';
import type { FileStore } from '../../../kernel/files/file-store.ts';
import { connect } from '../../connection.ts';
import { RowHash } from '../../row-hash.ts';
import type { BackupStore } from '../backup-store.ts';
import { newBackupId, readContents } from '../contents.ts';
import { backUpFiles, missingText, recordedFiles } from '../files.ts';
import { type LogicalManifest, logical_format, type RecordedMigration } from '../manifest.ts';
import {
  type CopiedTable,
  copyOut,
  copySettings,
  readPartitions,
  readSequences,
  readTables,
  refuseHiddenRows,
  system_role,
} from './catalogue.ts';

const tables_at_once = 2;

export interface LogicalSource {
  /** As the owner of the tables; it needs no more rights than that. */
  ownerUrl: string;
  /** The address for the application's role. */
  databaseUrl: string;
  files: FileStore;
  version: string;
  signal?: AbortSignal;
}

/**
 * The name in the backup store of one table of a backup. It has the number of the table, because a name could be too
 * long.
 */
const objectName = (id: string, place: number): string => `${id}_${String(place).padStart(4, '0')}`;
const backupOf = (object: string): string => object.split('_')[0]!;

/** The databases of one server share its identifier, so theirs is part of the name. */
export async function identifyDatabase(ownerUrl: string): Promise<string> {
  const client = await connect(ownerUrl, 'holdfast-backup');
  try {
    const { rows } = await client.query<{ installation: string }>(
      `select format('%s-%s', system_identifier, d.oid) as installation from pg_control_system() cross join pg_database d
        where d.datname = current_database()`,
    );
    return rows[0]!.installation;
  } finally {
    await client.end();
  }
}

/**
 * Makes a backup of all rows as one snapshot has them, and of the files; last what it holds. One without that is none.
 */
export async function takeLogicalBackup(
  source: LogicalSource,
  backups: BackupStore,
  say: (line: string) => void,
): Promise<LogicalManifest> {
  const { ownerUrl, databaseUrl, files, version } = source;
  const began_at = new Date();
  const id = newBackupId(began_at, randomBytes(3).toString('hex'));
  const client = await connect(ownerUrl, 'holdfast-backup');
  try {
    await client.query('begin isolation level repeatable read read only');
    await client.query(copySettings);
    await lockBackups(client);
    await deleteLeftovers(backups);
    const { rows } = await client.query<{ snapshot: string; at: Date; postgres: string; bytes: number }>(
      `select pg_export_snapshot() as snapshot, clock_timestamp() as at, current_setting('server_version') as postgres,
         pg_database_size(current_database())::float8 as bytes`,
    );
    const { snapshot, at, postgres, bytes: cluster_bytes } = rows[0]!;
    await refuseHiddenRows(client);
    const migrations = await readMigrations(client);
    const tables = await readTables(client);
    const partitions = await readPartitions(client);
    say(`Copying ${tables.length} tables`);
    const copied = await copyTables(tables, { source, backups, id, snapshot });
    const sequences = await readSequences(client);
    say('Copying the files');
    await client.query(`set local role ${system_role}`);
    const filed = await backUpFiles(client, files, backups);
    for (const line of missingText(filed.missing)) say(line);
    say('Recording what it holds');
    const tenants = await readContents(client, {
      databaseUrl,
      snapshot,
      ...(source.signal && { signal: source.signal }),
    });
    await refuseMigratedMeanwhile(ownerUrl, migrations);
    const manifest: LogicalManifest = {
      format: logical_format,
      kind: 'logical',
      id,
      began_at: began_at.toISOString(),
      at: at.toISOString(),
      version,
      postgres,
      cluster_bytes,
      base_bytes: Object.values(copied).reduce((sum, { bytes }) => sum + bytes, 0),
      files: recordedFiles(filed),
      tenants,
      migrations,
      tables: copied,
      sequences,
      partitions,
    };
    await backups.putJson('backup', id, manifest);
    return manifest;
  } catch (error) {
    // What was stored of it is of no use to anybody.
    await deleteTables(backups, (of) => of === id).catch(() => {});
    throw error;
  } finally {
    await client.end();
  }
}

/** Whoever has it may delete what an earlier backup left behind that was killed. It ends with the transaction. */
async function lockBackups(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ locked: boolean }>(
    `select pg_try_advisory_xact_lock(hashtextextended('holdfast logical backup', 0)) as locked`,
  );
  if (!rows[0]!.locked) throw problems.conflict('A backup of this database is being made already.');
}

/** Deletes the tables of backups that a condition is true of. */
export async function deleteTables(backups: BackupStore, wanted: (id: string) => boolean): Promise<void> {
  for (const name of await backups.list('table')) if (wanted(backupOf(name))) await backups.delete('table', name);
}

async function deleteLeftovers(backups: BackupStore): Promise<void> {
  const complete = new Set(await backups.list('backup'));
  await deleteTables(backups, (id) => !complete.has(id));
}

async function readMigrations(client: pg.Client): Promise<RecordedMigration[]> {
  const { rows } = await client.query<RecordedMigration>(
    'select version, name, checksum from app.schema_migration order by version',
  );
  return rows;
}

/** A table that a migration rewrote looks empty to a snapshot of before. */
async function refuseMigratedMeanwhile(ownerUrl: string, before: RecordedMigration[]): Promise<void> {
  const client = await connect(ownerUrl, 'holdfast-backup');
  const now = await readMigrations(client).finally(() => client.end());
  if (now.length !== before.length || now.some(({ checksum }, at) => checksum !== before[at]!.checksum))
    throw new Error('The database was migrated while the backup was made, so the backup is void. Make another.');
}

interface Copying {
  source: LogicalSource;
  backups: BackupStore;
  id: string;
  snapshot: string;
}

async function copyTables(tables: readonly CopiedTable[], copying: Copying): Promise<LogicalManifest['tables']> {
  const copied: LogicalManifest['tables'] = {};
  const waiting = [...tables];
  let failed = false;
  const work = async () => {
    const client = await connect(copying.source.ownerUrl, 'holdfast-backup');
    try {
      for (let table = waiting.shift(); table && !failed; table = waiting.shift()) {
        copying.source.signal?.throwIfAborted();
        copied[table.name] = await copyTable(client, table, objectName(copying.id, tables.indexOf(table)), copying);
      }
    } catch (error) {
      failed = true;
      throw error;
    } finally {
      await client.end();
    }
  };
  const done = await Promise.allSettled(Array.from({ length: tables_at_once }, work));
  for (const one of done) if (one.status === 'rejected') throw one.reason;
  return Object.fromEntries(Object.entries(copied).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/**
 * In a transaction of its own, so that a table is locked, against migrations and new partitions, no longer than it
 * takes to read it.
 */
async function copyTable(
  client: pg.Client,
  table: CopiedTable,
  object: string,
  { backups, snapshot }: Copying,
): Promise<LogicalManifest['tables'][string]> {
  await client.query('begin isolation level repeatable read read only');
  await client.query(`set transaction snapshot ${client.escapeLiteral(snapshot)}`);
  await client.query(`set local role ${system_role}`);
  await client.query(copySettings);
  const size = await readTableBytes(client, table);
  const { bytes, ...counted } = await readOut(client, table, (rows) => backups.put('table', object, rows, size));
  await client.query('commit');
  return { object, columns: table.columns.map(({ name }) => name), ...counted, bytes };
}

/** The size of a table with its partitions, before it is compressed. */
async function readTableBytes(client: pg.Client, { name }: CopiedTable): Promise<number> {
  const { rows } = await client.query<{ bytes: number }>(
    `select (pg_total_relation_size(c.oid) + coalesce((select sum(pg_total_relation_size(p.relid)) from pg_partition_tree(c.oid) p
      where p.relid <> c.oid), 0))::float8
       as bytes
     from pg_class c where c.relnamespace = 'public'::regnamespace and c.relname = $1`,
    [name],
  );
  return rows[0]!.bytes;
}

/** Reads a table as COPY writes it, counted and hashed; `take` stores what passes. */
export async function readOut<Taken>(
  client: pg.Client,
  table: CopiedTable,
  take: (rows: Readable) => Promise<Taken>,
): Promise<{ rows: number; hash: string; bytes: Taken }> {
  const rows = client.query(copyTo(copyOut(client, table))) as Readable;
  const counted = new RowHash();
  const taken = take(counted);
  const read = pipeline(rows, counted);
  const [passed, stored] = await Promise.allSettled([read, taken]);
  // When one of them fails the other does too, and the store says best why.
  if (stored.status === 'rejected') throw stored.reason;
  if (passed.status === 'rejected') throw passed.reason;
  return { ...counted.result(), bytes: stored.value };
}
