import { isDeepStrictEqual } from 'node:util';
import pg from 'pg';
import { JobFailed } from '../../kernel/jobs/kind.ts';
import type { Run } from './archive.ts';
import { measureLines, readArchive } from './archive-file.ts';
import {
  type Archive,
  asSystem,
  contentOf,
  lifecycle_turn,
  listArchives,
  nameOf,
  partitionOf,
  type Source,
  setState,
} from './catalogue.ts';
import { inTurn } from './file-run.ts';
import { eventLines, withBriefLock } from './rows.ts';

const insert_rows = 500;

type ReturnRun = Pick<Run, 'client' | 'files' | 'ring' | 'at' | 'signal'>;

/**
 * Puts an archived period back into the database until a time, if its files are whole. Not while another process does
 * so, or archives and deletes: two would load into one table, and a month that is half there would be taken for all
 * there is.
 */
export const returnPeriod = (run: ReturnRun, source: Source, first_at: Date, until: Date): Promise<void> =>
  inTurn(run, lifecycle_turn, () => returnInTurn(run, source, first_at, until));

async function returnInTurn(run: ReturnRun, source: Source, first_at: Date, until: Date): Promise<void> {
  // Values are said to be returned before they are: a run that goes on with one that stopped has to look at these too.
  const archives = await listArchives(
    run.client,
    `source = $1 and first_at = $2 and (state = 'archived' or (source = 'record_history' and state = 'returned' and returned_until > $3))`,
    [source, first_at, run.at],
  );
  if (archives.length > 1 && source === 'audit_event')
    throw new JobFailed(
      'Events came to this period after it was archived, in files of their own. Search them in the archive.',
    );
  for (const archive of archives) {
    run.signal?.throwIfAborted();
    const found = await measureLines(readArchive(run, archive.storage_key));
    if (!isDeepStrictEqual(found, contentOf(archive)))
      throw new JobFailed(`The file of ${nameOf(archive)} does not hold what was archived. Restore it from a backup.`);
    if (source === 'audit_event') await returnEvents(run, archive, until);
    else await returnHistory(run, archive, until);
  }
}

async function returnEvents(run: ReturnRun, archive: Archive, until: Date): Promise<void> {
  const { client } = run;
  const loading = pg.escapeIdentifier(`returning_${archive.id.replaceAll('-', '')}`);
  const table = partitionOf(archive);
  const taken = await client.query('select to_regclass($1) is not null as taken', [`public.${table}`]);
  if (taken.rows[0].taken)
    throw new JobFailed('Events came to this period after it was archived. They are archived first, at the next run.');
  // The constraint spares the default partition and this table from being read while both are locked.
  await client.query(`begin;
    drop table if exists public.${loading};
    create table public.${loading} (like public.audit_event including defaults including constraints including indexes);
    revoke all on public.${loading} from public;
    alter table public.${loading} add constraint within check (at is not null and at >= ${pg.escapeLiteral(archive.first_at.toISOString())}::timestamptz
      and at < ${pg.escapeLiteral(archive.end_at.toISOString())}::timestamptz);
    commit`);
  for await (const lines of batchesOf(run, archive))
    await client.query(
      `insert into public.${loading} select (jsonb_populate_record(null::public.audit_event, l.line::jsonb)).*
        from unnest($1::text[]) as l(line)`,
      [lines],
    );
  const loaded = await measureLines(eventLines(client, `returning_${archive.id.replaceAll('-', '')}`));
  if (!isDeepStrictEqual(loaded, contentOf(archive)))
    throw new JobFailed(
      `${nameOf(archive)} is not in the database what it is in its file. This is an error in Holdfast.`,
    );
  await withBriefLock(client, run.signal, async () => {
    await client.query(`alter table public.${loading} rename to ${pg.escapeIdentifier(table)}`);
    await client.query(
      `alter table public.audit_event attach partition public.${pg.escapeIdentifier(table)}
       for values from (${pg.escapeLiteral(archive.first_at.toISOString())}) to (${pg.escapeLiteral(archive.end_at.toISOString())})`,
    );
    await client.query(`alter table public.${pg.escapeIdentifier(table)} drop constraint within`);
    await client.query('set local role holdfast_system');
    await setState(client, archive, 'returned', { at: run.at, until });
  });
}

/** Said to be returned before it is: a run that stops in between leaves rows that go again at the end of the time. */
async function returnHistory(run: ReturnRun, archive: Archive, until: Date): Promise<void> {
  const { client } = run;
  await asSystem(client, () => setState(client, archive, 'returned', { at: run.at, until }));
  for await (const lines of batchesOf(run, archive))
    await asSystem(client, () =>
      client.query(
        `insert into public.record_history select (jsonb_populate_record(null::public.record_history, l.line::jsonb)).*
          from unnest($1::text[]) as l(line)
         on conflict do nothing`,
        [lines],
      ),
    );
}

async function* batchesOf(run: ReturnRun, archive: Archive): AsyncGenerator<string[]> {
  for await (const lines of readArchive(run, archive.storage_key))
    for (let first = 0; first < lines.length; first += insert_rows) {
      run.signal?.throwIfAborted();
      yield lines.slice(first, first + insert_rows);
    }
}
