import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import type { Config } from '../../kernel/config/config.ts';
import { embeddedSuperuserUrl } from '../../kernel/database/embedded.ts';
import type { FileStore } from '../../kernel/files/file-store.ts';
import { connect } from '../connection.ts';
import type { BackupStore } from './backup-store.ts';
import { hashContents, newBackupId, newSeed, readPresent, unauditedTables } from './contents.ts';
import { copyBase } from './copy/copy.ts';
import { backUpFiles, missingText, recordedFiles } from './files.ts';
import { formatLsn, parseLsn } from './lsn.ts';
import { type BaseManifest, manifest_format } from './manifest.ts';
import { ReplicationConnection } from './replication.ts';
import { deleteUnfinishedCopies } from './retention.ts';
import { shippedLog } from './wal.ts';
import { WalStream } from './wal-stream.ts';

export interface BackupSource {
  /** Of Holdfast's database, as a role that may replicate. */
  superuserUrl: string;
  files: FileStore;
  version: string;
}

/**
 * Of the database that runs on the data directory, as its superuser; null where there is none, or another PostgreSQL.
 */
export const ownDatabase = ({ DATABASE_URL, HOLDFAST_DATA }: Config): string | null =>
  DATABASE_URL ? null : embeddedSuperuserUrl(HOLDFAST_DATA);

/** Makes a full backup in the backup store: base, log, files, and last what it holds. One without that is none. */
export async function takeBackup(
  { superuserUrl, files, version }: BackupSource,
  backups: BackupStore,
  say: (line: string) => void,
): Promise<BaseManifest> {
  // Its log must not replace that of another life of this database, of which this throws.
  await shippedLog(backups, superuserUrl);
  const began_at = new Date();
  const id = newBackupId(began_at, randomBytes(3).toString('hex'));
  const admin = await connect(superuserUrl, 'holdfast-backup');
  const hold = await holdLog(superuserUrl);
  try {
    await clearLeftCopies(admin, backups, say);
    say('Copying the database');
    const base = await copyBase(superuserUrl, backups, id, await readClusterBytes(admin));
    const moment = await markMoment(admin, superuserUrl, id);
    try {
      say('Copying the log of changes and the files');
      await new WalStream(backups, superuserUrl, base.timeline, parseLsn(base.start_lsn)).run({
        until: parseLsn(moment.at_lsn),
      });
      const copied = await backUpFiles(moment.client, files, backups);
      for (const line of missingText(copied.missing)) say(line);
      say('Recording what it holds');
      const seed = newSeed();
      const tenants = await hashContents(moment.client, seed);
      const manifest: BaseManifest = {
        format: manifest_format,
        kind: 'base',
        id,
        began_at: began_at.toISOString(),
        at: moment.at,
        version,
        postgres: moment.postgres,
        timeline: base.timeline,
        start_lsn: base.start_lsn,
        at_lsn: moment.at_lsn,
        restore_point: moment.name,
        database_password: decodeURIComponent(new URL(superuserUrl).password),
        cluster_bytes: base.cluster_bytes,
        base_bytes: base.bytes,
        files: recordedFiles(copied),
        seed,
        tenants,
      };
      await backups.putJson('backup', id, manifest);
      return manifest;
    } finally {
      await moment.client.end();
    }
  } catch (error) {
    // What was stored of it is of no use to anybody.
    await backups.delete('base', id).catch(() => {});
    throw error;
  } finally {
    await hold.end();
    await admin.end();
  }
}

const copying = `hashtextextended('holdfast base backup', 0)`;

/**
 * Deletes the copies of those that were killed: each has the size of the database, and several in a row would fill the
 * disk of the backups. Whoever makes one shares a lock for as long as its connection is open, so that nobody takes it
 * for left.
 */
async function clearLeftCopies(admin: pg.Client, backups: BackupStore, say: (line: string) => void): Promise<void> {
  const { rows } = await admin.query<{ alone: boolean }>(`select pg_try_advisory_lock(${copying}) as alone`);
  if (rows[0]!.alone) {
    const copies = await deleteUnfinishedCopies(backups);
    if (copies > 0) say(`Deleted ${copies === 1 ? 'the copy' : `${copies} copies`} of backups that were killed`);
  }
  await admin.query(`select pg_advisory_lock_shared(${copying})`);
  if (rows[0]!.alone) await admin.query(`select pg_advisory_unlock(${copying})`);
}

/** Of all databases, before they are compressed. */
async function readClusterBytes(admin: pg.Client): Promise<number> {
  const { rows } = await admin.query<{ bytes: number }>(
    'select sum(pg_database_size(oid))::float8 as bytes from pg_database',
  );
  return rows[0]!.bytes;
}

/** Keeps the server from throwing away the log that the backup needs, for as long as the connection is open. */
async function holdLog(url: string): Promise<ReplicationConnection> {
  const connection = new ReplicationConnection(url);
  await connection.connect();
  await connection.rows(
    `CREATE_REPLICATION_SLOT holdfast_base_${randomBytes(4).toString('hex')} TEMPORARY PHYSICAL RESERVE_WAL`,
  );
  return connection;
}

const lock_tries_max = 60;
const lock_wait_ms = 2_000;
/**
 * How often the tables without an audit trail have to be free as well; a vacuum may take longer, and the backup is
 * worth more than they are.
 */
const unaudited_tries_max = 5;
const lock_not_available = '55P03';

interface Moment {
  /** In a transaction that sees the moment. */
  client: pg.Client;
  name: string;
  at: string;
  at_lsn: string;
  postgres: string;
}

/**
 * Begins a transaction in which nobody else changes anything, because a change adds to the audit trail or is in one of
 * the few tables that it does not know of. These are not waited for: whoever changes one may wait for the trail, which
 * is locked by then, and others wait for that no longer than without them.
 */
async function lockTrail(admin: pg.Client): Promise<void> {
  const unaudited = (await readPresent(admin, unauditedTables)).map((table) => `public.${table}`).join(', ');
  for (let tried = 1; ; tried++) {
    const others =
      unaudited === '' || tried > unaudited_tries_max ? '' : `; lock table ${unaudited} in share mode nowait`;
    try {
      await admin.query(
        `begin; set local lock_timeout = ${lock_wait_ms}; lock table public.audit_event in share mode${others}`,
      );
      return;
    } catch (error) {
      await admin.query('rollback');
      if ((error as { code?: string }).code !== lock_not_available || tried >= lock_tries_max) throw error;
      await sleep(lock_wait_ms);
    }
  }
}

export interface SeenMoment {
  at: Date;
  postgres: string;
}

/**
 * Locks the trail, and what it does not know of, by `admin` and lets `client` see what is there then. The caller names
 * the place in the log, and then commits.
 */
export async function seeMoment(admin: pg.Client, client: pg.Client): Promise<SeenMoment> {
  await lockTrail(admin);
  await client.query('begin isolation level repeatable read read only');
  const { rows } = await client.query<SeenMoment>(
    `select clock_timestamp() as at, current_setting('server_version') as postgres`,
  );
  return rows[0]!;
}

/**
 * A moment that the log knows by name and a snapshot shows: no change is between the two, because what changes is
 * locked for the milliseconds that it takes to name them.
 */
async function markMoment(admin: pg.Client, superuserUrl: string, id: string): Promise<Moment> {
  const client = await connect(superuserUrl, 'holdfast-backup');
  try {
    const seen = await seeMoment(admin, client);
    const name = `holdfast ${id}`;
    const marked = await admin.query('select pg_create_restore_point($1)::text as lsn', [name]);
    await admin.query('commit');
    // The server writes it out now rather than within its pause.
    await admin.query('select pg_switch_wal()');
    return { ...seen, client, at: seen.at.toISOString(), name, at_lsn: formatLsn(parseLsn(marked.rows[0].lsn)) };
  } catch (error) {
    await client.end();
    throw error;
  }
}
