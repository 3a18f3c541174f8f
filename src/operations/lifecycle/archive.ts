import { isDeepStrictEqual } from 'node:util';
import pg from 'pg';
import type { Logger } from 'pino';
import { type ArchiveStore, type Content, measureLines, readArchive, writeArchive } from './archive-file.ts';
import {
  type Archive,
  asSystem,
  beginArchive,
  contentOf,
  forgetArchive,
  listArchives,
  nameOf,
  noteError,
  noteVerified,
  type Period,
  partitionOf,
  setState,
} from './catalogue.ts';
import { eventLines, historyLines, lineOf, withBriefLock } from './rows.ts';

/** Rows of history that are deleted in one transaction. */
const delete_rows = 500;

export type Step = 'begun' | 'written' | 'verified' | 'detached' | 'removed' | 'file_deleted' | 'deleted';

export interface Run extends ArchiveStore {
  /** As the role that owns the tables. */
  client: pg.Client;
  /** What time it is. */
  at: Date;
  archiveMonths: number;
  deleteYears: number;
  /** Of `HISTORY_DAYS`; 0: values do not expire. */
  historyDays: number;
  log: Pick<Logger, 'info' | 'warn'>;
  signal?: AbortSignal | undefined;
  /** Told after each step; what it throws stops there. */
  after?: (step: Step, archive: Archive) => void | Promise<void>;
}

/**
 * Moves what is old enough into the file store, and goes on with what was begun. Returns what failed; it is tried again
 * at the next run.
 */
export async function archiveDue(run: Run): Promise<unknown[]> {
  const errors: unknown[] = [];
  const attempt = async (archive: Archive, work: () => Promise<unknown>) => {
    run.signal?.throwIfAborted();
    try {
      await work();
    } catch (error) {
      errors.push(error);
      run.log.warn({ err: error }, `archiving stopped at ${nameOf(archive)}`);
      await noteError(run.client, archive, error);
    }
  };
  for (const archive of await listArchives(run.client, `state = 'writing'`))
    await attempt(archive, () => discard(run, archive));
  for (const archive of await listArchives(
    run.client,
    `state = 'verified' or (state = 'returned' and returned_until <= $1)`,
    [run.at],
  ))
    await attempt(archive, () => resume(run, archive));
  for (const archive of await listArchives(run.client, `state = 'detached'`))
    await attempt(archive, async () => {
      await checkFile(run, archive);
      await finish(run, archive);
    });
  for (const period of await duePeriods(run)) {
    run.signal?.throwIfAborted();
    // Values go first: values without an event would be taken for smuggled ones.
    const failed = errors.length;
    for (const of_tenant of await tenantsWithHistory(run, period))
      await archivePeriod(run, { ...period, source: 'record_history', of_tenant }, attempt);
    if (errors.length > failed) continue;
    try {
      await archiveEvents(run, period, attempt);
    } catch (error) {
      run.signal?.throwIfAborted();
      errors.push(error);
    }
  }
  return errors;
}

type Attempt = (archive: Archive, work: () => Promise<unknown>) => Promise<void>;
type Month = Pick<Period, 'first_at' | 'end_at'>;

/** Months that are over for long enough, oldest first, but for those that an operator had returned. */
async function duePeriods({ client, at, archiveMonths }: Run): Promise<Month[]> {
  return asSystem(client, async () => {
    const { rows } = await client.query<Month>(
      `with months as (
         select p.first_at from app.lifecycle_partitions() p
         union select date_trunc('month', h.at, 'UTC') from public.record_history h
           where h.at < $1::timestamptz - make_interval(months => $2)
       )
       select m.first_at, m.first_at + interval '1 month' as end_at from months m
       where m.first_at + interval '1 month' <= $1::timestamptz - make_interval(months => $2)
         and not exists (select from public.lifecycle_archive a where a.source = 'audit_event' and a.first_at = m.first_at
           and a.state = 'returned')
       order by 1`,
      [at, archiveMonths],
    );
    return rows;
  });
}

async function tenantsWithHistory({ client }: Run, { first_at, end_at }: Month): Promise<string[]> {
  return asSystem(client, async () => {
    const { rows } = await client.query<{ tenant_id: string }>(
      `select distinct h.tenant_id from public.record_history h where h.at >= $1 and h.at < $2 and not exists (
         select from public.lifecycle_archive a where a.of_tenant = h.tenant_id and a.first_at = $1 and a.state = 'returned') order by 1`,
      [first_at, end_at],
    );
    return rows.map(({ tenant_id }) => tenant_id);
  });
}

async function archiveEvents(run: Run, month: Month, attempt: Attempt): Promise<void> {
  const table = partitionOf(month);
  const { rows } = await run.client.query('select to_regclass($1) is not null as there', [`public.${table}`]);
  if (!rows[0].there || (await dropEmpty(run, table))) return;
  await archivePeriod(run, { ...month, source: 'audit_event', of_tenant: null }, attempt);
}

/** A month in which nothing happened needs no file. Returns whether it was one. */
async function dropEmpty({ client, signal }: Run, table: string): Promise<boolean> {
  const name = pg.escapeIdentifier(table);
  const { rows } = await client.query(`select exists (select from public.${name}) as filled`);
  if (rows[0].filled) return false;
  try {
    await withBriefLock(client, signal, async () => {
      await client.query(`alter table public.audit_event detach partition public.${name}`);
      const late = await client.query(`select exists (select from public.${name}) as filled`);
      if (late.rows[0].filled) throw new Filled();
      await client.query(`drop table public.${name}`);
    });
  } catch (error) {
    if (error instanceof Filled) return false;
    throw error;
  }
  return true;
}

/** Somebody imported the past of a workspace meanwhile. */
class Filled extends Error {}

async function archivePeriod(run: Run, period: Period, attempt: Attempt): Promise<void> {
  const archive = await beginArchive(run.client, period);
  await attempt(archive, async () => {
    await run.after?.('begun', archive);
    await remove(run, await write(run, archive));
  });
}

const linesOf = ({ client }: Run, period: Period): AsyncGenerator<string[]> =>
  period.source === 'audit_event' ? eventLines(client, partitionOf(period)) : historyLines(client, period);

/** Writes the file, reads it back and compares. */
async function write(run: Run, archive: Archive): Promise<Archive> {
  const { stored, ...content } = await writeArchive(run, archive.storage_key, linesOf(run, archive));
  await run.after?.('written', archive);
  expectSame(archive, await measureLines(readArchive(run, archive.storage_key)), content);
  await noteVerified(run.client, archive, content, stored);
  await run.after?.('verified', archive);
  return { ...archive, state: 'verified', row_count: content.rows, content_sha256: content.sha256 };
}

/**
 * A file of an earlier run may have been lost or damaged since: then the rows in the database are the last, and stay
 * there.
 */
async function checkFile(run: Run, archive: Archive): Promise<void> {
  expectSame(archive, await measureLines(readArchive(run, archive.storage_key)), contentOf(archive));
}

function expectSame(period: Period, found: Content, expected: Content): void {
  if (isDeepStrictEqual(found, expected)) return;
  throw new Error(
    `The archived ${nameOf(period)} was read back with ${found.rows} rows and hash ${found.sha256}, not ${expected.rows} rows and ${expected.sha256}`,
  );
}

/** Goes on with a file of an earlier run, if it is still whole. */
async function resume(run: Run, archive: Archive): Promise<void> {
  try {
    await checkFile(run, archive);
  } catch (error) {
    // Of a returned period it is the record, which an operator may bring back. Of another nothing has left the tables
    // yet, so it is written again.
    if (archive.state === 'returned') throw error;
    run.signal?.throwIfAborted();
    run.log.warn({ err: error }, `the file of ${nameOf(archive)} is incomplete, and is written again`);
    return discard(run, archive);
  }
  await remove(run, archive);
}

/** A complete file is there: takes the rows out of the tables that people work on. */
async function remove(run: Run, archive: Archive): Promise<void> {
  const { client, at } = run;
  if (await isLeftOver(run, archive)) return discard(run, archive);
  if (archive.source === 'record_history') {
    await asSystem(client, () => setState(client, archive, 'detached', { at }));
  } else {
    const table = pg.escapeIdentifier(partitionOf(archive));
    await withBriefLock(client, run.signal, async () => {
      await client.query(`alter table public.audit_event detach partition public.${table}`);
      await client.query('set local role holdfast_system');
      await setState(client, archive, 'detached', { at });
    });
  }
  await run.after?.('detached', archive);
  await finish(run, { ...archive, state: 'detached' });
}

/**
 * A run that was killed while it wrote a better file of a detached table left that behind. Who finishes the table
 * writes it again.
 */
async function isLeftOver({ client }: Run, { id, source, state, first_at }: Archive): Promise<boolean> {
  if (source !== 'audit_event' || state !== 'verified') return false;
  const detached = `source = 'audit_event' and state = 'detached' and first_at = $1 and id <> $2`;
  return (await listArchives(client, detached, [first_at, id])).length > 0;
}

async function finish(run: Run, archive: Archive): Promise<void> {
  if (archive.source === 'record_history') await deleteHistory(run, archive);
  else await dropEvents(run, archive);
  run.log.info({ rows: archive.row_count }, `archived ${nameOf(archive)}`);
  await run.after?.('removed', archive);
}

/**
 * Drops the detached table if it holds what the file does. What came to it after the file was written makes another
 * file.
 */
async function dropEvents(run: Run, archive: Archive): Promise<void> {
  const { client, at } = run;
  const table = partitionOf(archive);
  const now = await measureLines(eventLines(client, table));
  if (!isDeepStrictEqual(now, contentOf(archive))) {
    const again = await write(run, await beginArchive(client, archive));
    await asSystem(client, async () => {
      await setState(client, again, 'detached', { at });
      await setState(client, archive, 'writing', { at });
    });
    await discard(run, archive);
    return dropEvents(run, again);
  }
  await asSystem(client, async () => {
    await setState(client, archive, 'archived', { at });
    await client.query(`reset role; drop table public.${pg.escapeIdentifier(table)}`);
  });
}

/**
 * Deletes exactly the rows that are in the file: one that was erased is gone already, and one that came later stays for
 * the next file.
 */
async function deleteHistory(run: Run, archive: Archive): Promise<void> {
  const { client } = run;
  for await (const lines of readArchive(run, archive.storage_key)) {
    for (let first = 0; first < lines.length; first += delete_rows) {
      run.signal?.throwIfAborted();
      await asSystem(client, () =>
        client.query(
          `delete from public.record_history h using unnest($2::text[]) as l(line)
           where h.tenant_id = $1 and h.seq = (l.line::jsonb ->> 'seq')::bigint and ${lineOf('h')} = l.line::jsonb`,
          [archive.of_tenant, lines.slice(first, first + delete_rows)],
        ),
      );
    }
  }
  await asSystem(client, () => setState(client, archive, 'archived', { at: run.at }));
}

/** The database has everything that such a file was to hold. */
async function discard(run: Run, archive: Archive): Promise<void> {
  await run.files.delete(archive.storage_key);
  await forgetArchive(run.client, archive);
}
