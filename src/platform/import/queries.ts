import type { Rights } from '../../kernel/access/rights.ts';
import { sql } from '../../kernel/database/database.ts';
import type { Context } from '../../kernel/tenancy/context.ts';
import { cutText } from '../csv/index.ts';
import type {
  FileAnswers,
  FileCounts,
  ImportOptions,
  RelationMatches,
  ReversalReport,
  UnknownOptions,
} from './contract.ts';
import { foundColumn, openKept, sealKept } from './kept-cells.ts';
import type { Found, MappingInUse } from './mapping-in-use.ts';
import type { ImportProblem } from './problem.ts';
import type { FileTally } from './tally.ts';

export interface ImportRow {
  id: string;
  state: string;
  options: ImportOptions;
  rights: Rights;
  created_by: string | null;
  cancel_requested: boolean;
  /**
   * Nothing was heard of a run for `silent_seconds_max`, by the clock of the database, which says when something was.
   */
  is_silent: boolean;
}

/** A run that has said nothing for so long is gone, and may be started again where it stands. */
const silent_seconds_max = 60;

/** With the refused rows that no problem names, because there are too many. */
export type StoredCounts = FileCounts & { unnamed?: number };

export interface ImportFileRow {
  id: string;
  import_id: string;
  position: number;
  file_id: string | null;
  storage_key: string | null;
  name: string;
  size_bytes: number;
  found: Found;
  answers: FileAnswers;
  mapping: MappingInUse | null;
  phase: 'rows' | 'relations' | 'done';
  rows_done: number;
  bytes_done: number;
  counts: Partial<StoredCounts>;
  matches: RelationMatches[];
  /** Rows with a value, by column; empty before the first pass. */
  filled: number[];
  unknown_options: UnknownOptions[];
}

export function findImport(ctx: Context, id: string, lock = false): Promise<ImportRow | undefined> {
  return ctx.tx.maybe(sql`select id, state, options, rights, created_by, cancel_requested, greatest(updated_at,
      (select max(f.progressed_at) from import_file f where f.tenant_id = import.tenant_id and f.import_id = import.id))
      < now() - make_interval(secs => ${silent_seconds_max}) as is_silent from import
    where tenant_id = ${ctx.tenant_id} and id = ${id} ${lock ? sql`for no key update` : sql``}`);
}

/** For whom its files are. */
export const findMaker = (
  ctx: Context,
  id: string,
): Promise<Pick<ImportRow, 'rights' | 'created_by'> & { resources: (string | null)[] }> =>
  ctx.tx.one(sql`select i.rights, i.created_by, array(select distinct f.mapping ->> 'resource' from import_file f
      where f.tenant_id = i.tenant_id and f.import_id = i.id) as resources
    from import i where i.tenant_id = ${ctx.tenant_id} and i.id = ${id}`);

/** In the order of loading. The keys of the stored files are for the program alone. */
export async function findFiles(ctx: Context, import_id: string): Promise<ImportFileRow[]> {
  const rows = await ctx.tx.many<
    ImportFileRow & { found_envelope: Buffer | null }
  >(sql`select i.id, i.import_id, i.position, i.file_id, f.storage_key, i.name, i.size_bytes::int8::float8 as size_bytes,
      i.found, i.found_envelope, i.answers, i.mapping, i.phase, i.rows_done,
      i.bytes_done::float8 as bytes_done, i.counts, i.matches, i.filled, i.unknown_options
    from import_file i left join file f on f.tenant_id = i.tenant_id and f.id = i.file_id
    where i.tenant_id = ${ctx.tenant_id} and i.import_id = ${import_id} order by i.position, i.id`);
  const sealed = rows.flatMap((row) => (row.found_envelope ? [{ row: row.id, value: row.found_envelope }] : []));
  const opened = await openKept<SeenCells>(ctx, foundColumn, sealed);
  const seen = new Map(sealed.map(({ row }, at) => [row, opened[at]]));
  return rows.map(({ found_envelope: _, ...row }) => ({ ...row, found: withSeen(row.found, seen.get(row.id)) }));
}

/** What is found in the cells of a file, which is sealed. The rest is about its form, its columns and their fields. */
type SeenCells = Pick<Found, 'preview' | 'questions' | 'problems'> & {
  columns: Pick<Found['columns'][number], 'samples' | 'choices'>[];
};

const withoutSeen = (found: Found): Found => ({
  ...found,
  preview: [],
  questions: [],
  problems: [],
  columns: found.columns.map((column) => ({ ...column, samples: [], choices: null })),
});

const withSeen = (found: Found, seen: SeenCells | undefined): Found =>
  seen
    ? { ...found, ...seen, columns: found.columns.map((column, at) => ({ ...column, ...seen.columns[at] })) }
    : found;

/** Files as they are stored, with what was seen in their cells sealed. */
async function withEnvelopes<F extends { id: string; found: Found }>(ctx: Context, files: readonly F[]) {
  const seen = files.map(({ id, found: { preview, questions, problems, columns } }) => {
    const own = columns.map(({ samples, choices = null }) => ({ samples, choices }));
    return { row: id, value: { preview, questions, problems, columns: own } satisfies SeenCells };
  });
  const envelopes = await sealKept(ctx, foundColumn, seen);
  return files.map((file, at) => ({ ...file, found: withoutSeen(file.found), found_envelope: envelopes[at] }));
}

export async function insertImport(
  ctx: Context,
  made: { id: string; name: string; options: ImportOptions },
): Promise<void> {
  await ctx.tx.run(sql`insert into import (tenant_id, id, name, options, rights, created_by)
    values (${ctx.tenant_id}, ${made.id}, ${made.name}, ${JSON.stringify(made.options)}, ${JSON.stringify(ctx.actor.rights)},
      ${ctx.actor.user_id})`);
}

export interface NewFile {
  id: string;
  position: number;
  file_id: string;
  name: string;
  size_bytes: number;
  answers: FileAnswers;
  found: Found;
  mapping: MappingInUse | null;
}

export async function insertFiles(ctx: Context, import_id: string, files: NewFile[]): Promise<void> {
  await ctx.tx.run(sql`insert into import_file (tenant_id, id, import_id, position, file_id, name, size_bytes, answers, found,
      found_envelope, mapping)
    select ${ctx.tenant_id}, id, ${import_id}, position, file_id, name, size_bytes, answers, found, found_envelope, nullif(mapping, 'null')
    from jsonb_to_recordset(${JSON.stringify(await withEnvelopes(ctx, files))}::jsonb) as f (id uuid, position int, file_id uuid, name text,
      size_bytes bigint, answers jsonb, found jsonb, found_envelope bytea, mapping jsonb)`);
}

/** What was said and found about the files. */
export async function updateFiles(
  ctx: Context,
  files: { id: string; position: number; found: Found; answers: FileAnswers; mapping: MappingInUse | null }[],
): Promise<void> {
  await ctx.tx.run(sql`update import_file i set position = f.position, found = f.found, found_envelope = f.found_envelope,
      answers = f.answers, mapping = nullif(f.mapping, 'null')
    from jsonb_to_recordset(${JSON.stringify(await withEnvelopes(ctx, files))}::jsonb)
      as f (id uuid, position int, found jsonb, found_envelope bytea, answers jsonb, mapping jsonb)
    where i.tenant_id = ${ctx.tenant_id} and i.id = f.id`);
}

export async function startOver(ctx: Context, import_id: string): Promise<void> {
  await ctx.tx.run(sql`update import_file set phase = 'rows', rows_done = 0, bytes_done = 0, counts = '{}', matches = '[]', filled = '[]',
    unknown_options = '[]', names = null
    where tenant_id = ${ctx.tenant_id} and import_id = ${import_id}`);
  for (const table of ['import_problem', 'import_row', 'import_outcome'])
    await ctx.tx.run(sql`delete from ${sql.table(table)} where tenant_id = ${ctx.tenant_id} and import_file_id in
      (select id from import_file where tenant_id = ${ctx.tenant_id} and import_id = ${import_id})`);
}

export async function updateImport(ctx: Context, id: string, options: ImportOptions): Promise<void> {
  await ctx.tx.run(
    sql`update import set options = ${JSON.stringify(options)} where tenant_id = ${ctx.tenant_id} and id = ${id}`,
  );
}

/** A run has the rights of whoever starts it. */
export async function startImport(ctx: Context, id: string, state: string): Promise<void> {
  await ctx.tx.run(sql`update import set state = ${state}, rights = ${JSON.stringify(ctx.actor.rights)}, cancel_requested = false,
    error = null,
    started_at = now(), finished_at = null where tenant_id = ${ctx.tenant_id} and id = ${id}`);
}

export async function endImport(
  ctx: Context,
  id: string,
  end: { state: string; error?: string | null; reversal?: ReversalReport },
): Promise<void> {
  await ctx.tx.run(sql`update import set state = ${end.state}, error = ${end.error ?? null}, finished_at = now(),
      reversal = coalesce(${end.reversal ? JSON.stringify(end.reversal) : null}::jsonb, reversal)
    where tenant_id = ${ctx.tenant_id} and id = ${id}`);
}

export async function requestCancel(ctx: Context, id: string): Promise<void> {
  await ctx.tx.run(sql`update import set cancel_requested = true where tenant_id = ${ctx.tenant_id} and id = ${id}`);
}

export async function isJobCancelled(ctx: Context, job_id: string): Promise<boolean> {
  const row = await ctx.tx.maybe<{ cancel_requested: boolean }>(
    sql`select cancel_requested from job where tenant_id = ${ctx.tenant_id} and id = ${job_id}`,
  );
  return row?.cancel_requested === true;
}

export interface Progress {
  file_id: string;
  phase: ImportFileRow['phase'];
  /** Where the file stood before, so that of two runs of one import only one goes on. */
  before: Pick<ImportFileRow, 'phase' | 'rows_done'>;
  rows_done: number;
  /** Of the file, in this phase: how far it is, for those who watch. */
  bytes_done: number;
  counts: StoredCounts;
  matches: RelationMatches[];
  /** Of the first pass alone: the second reads the same rows again. */
  tally?: FileTally;
}

/**
 * Notes how far a file is, with its batch. Answers whether to stop; undefined when another run has gone on with the
 * file.
 */
export async function saveProgress(ctx: Context, import_id: string, now: Progress): Promise<boolean | undefined> {
  const row = await ctx.tx.maybe<{
    cancel_requested: boolean;
  }>(sql`update import_file f set phase = ${now.phase}, rows_done = ${now.rows_done}, bytes_done = ${now.bytes_done},
      progressed_at = clock_timestamp(),
      counts = ${JSON.stringify(now.counts)}, matches = ${JSON.stringify(now.matches)}${now.tally ? tallied(now.tally) : sql``}
    from import i where f.tenant_id = ${ctx.tenant_id} and f.id = ${now.file_id} and f.rows_done = ${now.before.rows_done}
      and f.phase = ${now.before.phase}
      and i.tenant_id = f.tenant_id and i.id = f.import_id returning i.cancel_requested`);
  // Bookkeeping has no audit, and so no event by itself.
  await ctx.tx.run(sql`select app.signal('import', ${[import_id]}::uuid[])`);
  return row?.cancel_requested;
}

const tallied = ({ filled, unknownOptions }: FileTally) =>
  sql`, filled = ${JSON.stringify(filled)}, unknown_options = ${JSON.stringify(unknownOptions)}`;

const value_characters_max = 200;

export async function insertProblems(ctx: Context, import_file_id: string, problems: ImportProblem[]): Promise<void> {
  const rows = problems.map(({ row, column, message, ...rest }) => ({
    ...rest,
    row_number: row,
    column_name: column && cutText(column, value_characters_max),
    message: message.replaceAll('\0', '�').toWellFormed(),
  }));
  await ctx.tx.run(sql`insert into import_problem (tenant_id, import_file_id, row_number, column_name, code, severity, message)
    select ${ctx.tenant_id}, ${import_file_id}, row_number, column_name, code, severity, message
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as p (row_number int, column_name text, code text, severity text,
      message text)`);
}

/** Rows of a file that did not go in. */
export async function refusedRows(ctx: Context, import_file_id: string): Promise<number[]> {
  const rows = await ctx.tx.many<{ row_number: number }>(sql`select distinct row_number from import_problem
    where tenant_id = ${ctx.tenant_id} and import_file_id = ${import_file_id} and severity = 'error' and row_number is not null`);
  return rows.map(({ row_number }) => row_number);
}

export interface ProblemSample extends ImportProblem {
  file_id: string;
  count: number;
}

/** Some of each kind, and how many there are of the kind. */
export function sampleProblems(ctx: Context, import_id: string, each_max: number): Promise<ProblemSample[]> {
  return ctx.tx.many(sql`select import_file_id as file_id, row_number as row, column_name as "column", code, severity, message, count::int
    from (
      select p.*, count(*) over kind as count, row_number() over (partition by p.import_file_id, p.code, p.column_name
        order by p.row_number) as place
      from import_problem p join import_file f on f.tenant_id = p.tenant_id and f.id = p.import_file_id
      where p.tenant_id = ${ctx.tenant_id} and f.import_id = ${import_id}
      window kind as (partition by p.import_file_id, p.code, p.column_name)) as ranked
    where place <= ${each_max} order by file_id, count desc, code, row limit 500`);
}

/** The errors of a file in the order of its rows, a page after the given row. */
export function errorsAfter(
  ctx: Context,
  import_file_id: string,
  after_row: number,
  rows_max: number,
): Promise<{ row: number; column: string | null; message: string }[]> {
  return ctx.tx.many(sql`select row_number as row, column_name as "column", message from import_problem
    where tenant_id = ${ctx.tenant_id} and import_file_id = ${import_file_id} and severity = 'error' and row_number > ${after_row}
      and row_number <= (select max(row_number) from (select row_number from import_problem where tenant_id = ${ctx.tenant_id}
        and import_file_id = ${import_file_id} and severity = 'error' and row_number > ${after_row} order by row_number
          limit ${rows_max}) as page)
    order by row_number, id`);
}

export function findSavedMappings(
  ctx: Context,
): Promise<{ id: string; resource: string; columns: Record<string, string | null> }[]> {
  return ctx.tx.many(
    sql`select id, resource, columns from saved_mapping where tenant_id = ${ctx.tenant_id} order by updated_at desc limit 200`,
  );
}

export const savedMappingNamed = (ctx: Context, name: string): Promise<{ id: string } | undefined> =>
  ctx.tx.maybe(
    sql`select id from saved_mapping where tenant_id = ${ctx.tenant_id} and app.folded_name(name) = app.folded_name(${name})`,
  );

export function findStoredFiles(
  ctx: Context,
  ids: string[],
): Promise<{ id: string; name: string; size_bytes: number; storage_key: string }[]> {
  return ctx.tx.many(sql`select id, name, size_bytes::float8 as size_bytes, storage_key from file
    where tenant_id = ${ctx.tenant_id} and id = any (${ids}::uuid[]) and not app.read_elsewhere(id)`);
}

export interface NewStoredFile {
  id: string;
  kind: 'upload' | 'export';
  name: string;
  content_type: string;
  size_bytes: number;
  sha256: string;
  storage_key: string;
  days_kept: number;
}

export async function insertStoredFile(ctx: Context, file: NewStoredFile): Promise<void> {
  await ctx.tx.run(sql`insert into file (tenant_id, id, kind, name, content_type, size_bytes, sha256, storage_key, created_by, expires_at)
    values (${ctx.tenant_id}, ${file.id}, ${file.kind}, ${file.name}, ${file.content_type}, ${file.size_bytes},
      decode(${file.sha256}, 'hex'),
      ${file.storage_key}, ${ctx.actor.user_id}, now() + make_interval(days => ${file.days_kept}))`);
}

/** Where the clock of the caller hangs. */
export async function callerZone(ctx: Context): Promise<string> {
  return (await ctx.tx.one<{ zone: string }>(sql`select app.user_zone() as zone`)).zone;
}

/** Columns of a table that nobody writes. */
export async function generatedColumns(ctx: Context, table: string): Promise<string[]> {
  const rows = await ctx.tx.many<{ attname: string }>(sql`select attname::text from pg_attribute
    where attrelid = to_regclass(${table}) and attgenerated <> ''`);
  return rows.map(({ attname }) => attname);
}

/** The ids of the tags that these names name, as they are written or folded. */
export async function tagsNamed(ctx: Context, names: string[]): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  const add = (rows: { name: string; id: string }[]) => {
    for (const { name, id } of rows) found.set(name, id);
  };
  if (names.length === 0) return found;
  add(
    await ctx.tx.many(sql`select w.name, t.id from unnest(${names}::text[]) w (name)
      cross join lateral (select t.id from tag t where t.tenant_id = ${ctx.tenant_id} and t.name = w.name offset 0) t`),
  );
  // No index can be asked for these as row-level security is on, so all tags are folded, which is rarely needed.
  const others = names.filter((name) => !found.has(name));
  if (others.length > 0)
    add(
      await ctx.tx.many(sql`with folded as materialized (select t.id, app.folded_name(t.name) as key from tag t
        where t.tenant_id = ${ctx.tenant_id}),
        w as materialized (select w.name, app.folded_name(w.name) as key from unnest(${others}::text[]) w (name))
        select w.name, folded.id from w join folded using (key)`),
    );
  return found;
}

export async function insertTags(
  ctx: Context,
  tagged: { record_id: string; tag: string }[],
  import_id: string,
  makesTags: boolean,
): Promise<void> {
  const names = [...new Set(tagged.map(({ tag }) => tag))];
  if (makesTags) {
    await ctx.tx.run(sql`insert into tag (tenant_id, name, import_id) select ${ctx.tenant_id}::uuid, w.tag, ${import_id}::uuid
      from unnest(${names}::text[]) w (tag) on conflict do nothing`);
  }
  const ids = await tagsNamed(ctx, names);
  const links = tagged.flatMap(({ record_id, tag }) => (ids.has(tag) ? [{ record_id, tag_id: ids.get(tag) }] : []));
  await ctx.tx.run(sql`insert into record_tag (tenant_id, tag_id, record_id) select ${ctx.tenant_id}::uuid, w.tag_id, w.record_id
    from jsonb_to_recordset(${JSON.stringify(links)}::jsonb) as w (record_id uuid, tag_id uuid)
    on conflict do nothing`);
}

/** Whether it has created or changed anything. */
export async function hasWritten(ctx: Context, id: string): Promise<boolean> {
  const { written } = await ctx.tx.one<{ written: boolean }>(
    sql`select exists (select from recorded_change where tenant_id = ${ctx.tenant_id} and import_id = ${id}) as written`,
  );
  return written;
}

/**
 * Whether a part of the past since the import began is not in the database: what it did could be undone in part only.
 */
export async function isArchived(ctx: Context, id: string): Promise<boolean> {
  const { archived } = await ctx.tx.one<{ archived: boolean }>(sql`
    select exists (select from app.archived_periods() p join import i on i.tenant_id = ${ctx.tenant_id} and i.id = ${id}
      where p.end_at > i.created_at) as archived`);
  return archived;
}
