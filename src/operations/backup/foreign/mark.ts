import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import { connect } from '../../connection.ts';
import { type SeenMoment, seeMoment } from '../backup.ts';
import type { BackupStore } from '../backup-store.ts';
import { hashContents, newBackupId, newSeed } from '../contents.ts';
import { backUpFiles, missingText, recordedFiles } from '../files.ts';
import { system_role } from '../logical/catalogue.ts';
import type { LogicalSource } from '../logical/take.ts';
import { type MarkManifest, mark_format } from '../manifest.ts';

const archive_poll_ms = 500;

/**
 * Records what the database holds at one moment, and the place in its log. A change is either before that place and in
 * what was read, or neither: what changes is locked for the milliseconds between. It takes no right but that of the
 * owner of the tables.
 */
export async function recordMark(
  source: LogicalSource,
  backups: BackupStore,
  say: (line: string) => void,
): Promise<MarkManifest> {
  const { ownerUrl, files, version, signal } = source;
  const began_at = new Date();
  const id = newBackupId(began_at, randomBytes(3).toString('hex'));
  const client = await connect(ownerUrl, 'holdfast-backup');
  try {
    say('Recording the moment');
    const moment = await markMoment(client, ownerUrl);
    say('Copying the files, which the tool that backs up the database does not');
    await client.query(`set local role ${system_role}`);
    const filed = await backUpFiles(client, files, backups);
    for (const line of missingText(filed.missing)) say(line);
    say('Recording what the database holds');
    const seed = newSeed();
    const tenants = await hashContents(client, seed, signal);
    const manifest: MarkManifest = {
      format: mark_format,
      kind: 'mark',
      id,
      began_at: began_at.toISOString(),
      at: moment.at.toISOString(),
      version,
      postgres: moment.postgres,
      cluster_bytes: moment.bytes,
      base_bytes: 0,
      at_lsn: moment.at_lsn,
      segment: moment.segment,
      files: recordedFiles(filed),
      seed,
      tenants,
    };
    await backups.putJson('backup', id, manifest);
    return manifest;
  } finally {
    await client.end();
  }
}

/**
 * A moment of which nothing is recorded, and the segment that has to be in the archive for it. The log has a change
 * behind it.
 */
export async function noteMoment(ownerUrl: string): Promise<Pick<MarkManifest, 'at' | 'segment'>> {
  const client = await connect(ownerUrl, 'holdfast-proof');
  try {
    const { rows: moment } = await client.query<{ at: Date }>('select clock_timestamp() as at');
    await client.query('select pg_current_xact_id()');
    const { rows: after } = await client.query<{ segment: string }>(
      'select pg_walfile_name(pg_current_wal_insert_lsn()) as segment',
    );
    await endSegment(client);
    return { at: moment[0]!.at.toISOString(), segment: after[0]!.segment };
  } finally {
    await client.end();
  }
}

/** Where that is not allowed, the server's archive_timeout ends the segment, or the tool streams the log. */
const endSegment = (client: pg.Client) =>
  client.query('select pg_switch_wal()').catch((error: { code?: string }) => {
    if (error.code !== insufficient_privilege) throw error;
  });

interface Moment extends SeenMoment {
  /** Of all databases of the server: all of them are restored. */
  bytes: number;
  at_lsn: string;
  segment: string;
}

async function markMoment(client: pg.Client, ownerUrl: string): Promise<Moment> {
  const admin = await connect(ownerUrl, 'holdfast-backup');
  try {
    const seen = await seeMoment(admin, client);
    // With a number of its own the transaction ends with a record in the log, which is then behind the place.
    const place = await admin.query<{ lsn: string }>(
      'select pg_current_wal_insert_lsn()::text as lsn from pg_current_xact_id()',
    );
    await admin.query('commit');
    const after = await admin.query<{ segment: string }>(
      'select pg_walfile_name(pg_current_wal_insert_lsn()) as segment',
    );
    await endSegment(admin);
    const size = await client.query<{ bytes: number }>(
      `select sum(pg_database_size(oid))::float8 as bytes from pg_database where has_database_privilege(oid, 'connect')`,
    );
    return { ...seen, bytes: size.rows[0]!.bytes, at_lsn: place.rows[0]!.lsn, segment: after.rows[0]!.segment };
  } finally {
    await admin.end();
  }
}

const insufficient_privilege = '42501';

export interface Archiver {
  /**
   * Whether the server hands its log to a command; otherwise a tool receives it as a stream, which cannot be seen here.
   */
  on: boolean;
  last_segment: string | null;
  /** In milliseconds since 1970. */
  last_ms: number | null;
  failed_ms: number | null;
}

const iso = (ms: number) => new Date(ms).toISOString();

export const archiverText = `select current_setting('archive_mode') <> 'off' as on, substr(last_archived_wal, 1, 24) as last_segment,
  (extract(epoch from last_archived_time) * 1000)::float8 as last_ms,
  (extract(epoch from last_failed_time) * 1000)::float8 as failed_ms from pg_stat_archiver`;

/** Waits until the log up to the moment has been archived, and says how long after the moment that was. */
export async function awaitArchived(
  { at, segment }: Pick<MarkManifest, 'at' | 'segment'>,
  { ownerUrl, lossSecondsMax }: { ownerUrl: string; lossSecondsMax: number },
): Promise<string> {
  const client = await connect(ownerUrl, 'holdfast-proof');
  try {
    for (let first = true; ; first = false) {
      const archiver = (await client.query<Archiver>(archiverText)).rows[0]!;
      if (!archiver.on)
        return 'The server archives nothing itself (archive_mode is off); the restore shows whether the log is streamed';
      const { last_segment, last_ms, failed_ms } = archiver;
      if (last_segment !== null && last_segment >= segment) {
        if (first && last_segment > segment) return 'The log of the moment is in the archive';
        const there = last_segment === segment ? last_ms! : Date.now();
        return `The log of the moment was in the archive ${Math.max(1, Math.ceil((there - Date.parse(at)) / 1_000))} s after it`;
      }
      const waited = Math.floor((Date.now() - Date.parse(at)) / 1_000);
      if (waited > lossSecondsMax)
        throw new Error(
          `The log of the moment was not archived within ${lossSecondsMax} s (BACKUP_LOSS_SECONDS_MAX): ${
            failed_ms !== null && failed_ms > (last_ms ?? 0)
              ? `archive_command fails, the last time at ${iso(failed_ms)}`
              : 'archive_command does not fail, so it takes longer, or the segment is not full: set archive_timeout, or allow the role pg_switch_wal'
          }. The last that was is ${last_segment ?? 'none'}${last_ms === null ? '' : `, at ${iso(last_ms)}`}`,
        );
      await sleep(archive_poll_ms);
    }
  } finally {
    await client.end();
  }
}
