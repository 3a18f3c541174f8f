import { isDeepStrictEqual } from 'node:util';
import type pg from 'pg';
import { type ArchiveStore, measureLines, readArchive } from './archive-file.ts';
import { type Archive, contentOf, nameOf } from './catalogue.ts';

export interface ArchivedTrail {
  /** Files of the trail that are in the archive, and the events in those that were read. */
  periods: number;
  events: number;
  /** Records with events in them. */
  records: number;
  /** What was wrong with a file; none is read when there is no store to read from. */
  unreadable: string[];
  /** Periods that were deleted after their time. */
  deleted: number;
}

/**
 * Checks the archived trail against the catalogue, and collects the records that it is about in the temporary table
 * archived_record, in the transaction of whoever verifies. A database of an earlier version has no archive.
 */
export async function readArchivedTrail(client: pg.Client, store: ArchiveStore | undefined): Promise<ArchivedTrail> {
  const trail: ArchivedTrail = { periods: 0, events: 0, records: 0, unreadable: [], deleted: 0 };
  const { rows: archives } = await client.query<Archive>(
    `select id, source, of_tenant, first_at, end_at, state, storage_key, row_count::float8 as row_count,
      encode(content_sha256, 'hex') as content_sha256
     from public.lifecycle_archive where source = 'audit_event' and state in ('detached', 'archived', 'deleted') order by first_at`,
  );
  for (const archive of archives) {
    if (archive.state === 'deleted') {
      trail.deleted++;
      continue;
    }
    trail.periods++;
    if (!store) {
      trail.unreadable.push(`${nameOf(archive)}: not read`);
      continue;
    }
    try {
      const content = await measureLines(collecting(client, readArchive(store, archive.storage_key)));
      if (!isDeepStrictEqual(content, contentOf(archive))) throw new Error('it does not hold what was archived');
      trail.events += content.rows;
    } catch (error) {
      trail.unreadable.push(`${nameOf(archive)}: ${(error as Error).message}`);
    }
  }
  trail.records = Number((await client.query('select count(*) from pg_temp.archived_record')).rows[0].count);
  return trail;
}

async function* collecting(client: pg.Client, batches: AsyncIterable<string[]>): AsyncGenerator<string[]> {
  for await (const lines of batches) {
    await client.query(
      `insert into pg_temp.archived_record select distinct (l.line::jsonb ->> 'tenant_id')::uuid, (l.line::jsonb ->> 'record_id')::uuid
       from unnest($1::text[]) as l(line) where l.line::jsonb ->> 'record_id' is not null on conflict do nothing`,
      [lines],
    );
    yield lines;
  }
}
