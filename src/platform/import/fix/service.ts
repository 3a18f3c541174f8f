import type pg from 'pg';
import { invalidField, problems } from '../../../kernel/errors/problem.ts';
import { actWith, type Context, systemActor } from '../../../kernel/tenancy/context.ts';
import type { FileCounts } from '../contract.ts';
import type { LoadRow } from '../load.ts';
import { forgetOutcomes, keepOutcomes, type RowOutcome, recordsShown } from '../outcome/queries.ts';
import type { ImportProblem } from '../problem.ts';
import { findFiles, type ImportFileRow, insertProblems } from '../queries.ts';
import type { Row } from '../read.ts';
import { beginRun } from '../run-setup.ts';
import { type ImportServices, lockImport, refuseBegun, refuseUnlessOpen } from '../service.ts';
import { type Fix, fixerOf } from './apply.ts';
import { RowCheck } from './check.ts';
import { type FixRequest, fixes_max, type NewFixes } from './contract.ts';
import {
  deleteFixes,
  type FixPlace,
  findFixes,
  findNames,
  forgetProblems,
  type KeptRow,
  keptRowsWith,
  problemsOf,
  setCounts,
  upsertFixes,
} from './queries.ts';

const rows_per_batch = 5_000;

export interface FixesMade {
  undo: FixRequest[];
  checked: number;
  counts: FileCounts;
}

/** A transaction with the connection on which rows are copied to be compared. */
export interface FixContext {
  ctx: Context;
  client: pg.PoolClient;
}

/** Corrects a file of an import, and checks again what that touches. */
export async function makeFixes(
  { ctx, client }: FixContext,
  services: ImportServices,
  import_id: string,
  { file_id, fixes }: NewFixes,
): Promise<FixesMade> {
  const row = await lockImport(ctx, import_id);
  refuseUnlessOpen(row, 'What went in is corrected in the records, or the import is taken back.');
  await refuseBegun(ctx, row);
  const file = await fileOf(ctx, import_id, file_id);
  const before = await findFixes(ctx, file_id);
  const places = fixes.map((fix, at) => placeOf(fix, file, `fixes.${at}`));
  refuseSealed(services, file, places);
  await refuseUnknownRecords(ctx, services, file, places);
  const old = new Map(before.map((fix) => [keyOf(fix), fix]));
  const said = new Map(places.map((place) => [keyOf(place), place]));
  const undo = [...said].map(([key, place]) => request(old.get(key) ?? { ...place, value: null }, !old.has(key)));
  const gone = [...said].filter(([, place]) => place.gone).flatMap(([key]) => old.get(key) ?? []);
  const written = [...said.values()].filter((place) => !place.gone);
  const count = before.length - gone.length + written.filter((place) => !old.has(keyOf(place))).length;
  if (count > fixes_max)
    throw problems.conflict(
      `A file takes ${fixes_max} corrections. Correct every cell with the same text at once, or correct the file itself and upload it again.`,
      'too_many_fixes',
    );
  if (gone.length > 0)
    await deleteFixes(
      ctx,
      file_id,
      gone.map(({ id }) => id),
    );
  if (written.length > 0)
    await upsertFixes(
      ctx,
      file_id,
      written.map(({ gone: _, ...place }) => place),
    );
  const after = await findFixes(ctx, file_id);
  const { names } = file.mapping!;
  const touched = await keptRowsWith(ctx, file_id, {
    rows: places.flatMap(({ row }) => row ?? []),
    texts: places.flatMap(({ column, was }) => (was === null ? [] : [{ at: names.indexOf(column!), was }])),
  });
  const counts = await checkAgain({ ctx, client }, services, { import_id, file, rows: touched, before, after });
  return { undo, checked: touched.length, counts };
}

/** A correction would keep the value as it is, and is shown to everybody who sees the import. */
function refuseSealed({ targets }: ImportServices, { mapping }: ImportFileRow, places: readonly FixPlace[]): void {
  const { resource, columns } = mapping!;
  const fields = targets.find((target) => target.resource === resource)?.fields ?? [];
  for (const [at, place] of places.entries()) {
    const mapped = columns.find(({ column }) => column === place.column);
    if (!fields.some(({ name, mask }) => mask && name === mapped?.field)) continue;
    const message = 'What this column has is sealed. Correct it in the file, and upload that again.';
    throw invalidField(`fixes.${at}.column`, 'not_allowed', message);
  }
}

/** Whoever says that a row is about a record sees that record. */
async function refuseUnknownRecords(
  ctx: Context,
  { targets }: ImportServices,
  { mapping }: ImportFileRow,
  places: FixPlace[],
): Promise<void> {
  const named = places.flatMap(({ record_id }, at) => (record_id === null ? [] : [{ record_id, at }]));
  if (named.length === 0) return;
  const { contract } = targets.find(({ resource }) => resource === mapping!.resource)!;
  const found = await recordsShown(ctx, contract, named.map(({ record_id }) => record_id)); // biome-ignore format: one call
  const absent = named.find(({ record_id }) => !found.has(record_id));
  if (absent)
    throw invalidField(`fixes.${absent.at}.record_id`, 'no_such_record', `There is no such ${contract.title}`);
}

type FoundCell = FixPlace & { gone: boolean };

const keyOf = ({ row, column, was }: FixPlace): string => JSON.stringify([row, column, was]);

function placeOf(fix: FixRequest, file: ImportFileRow, at: string): FoundCell {
  const ofRow = { column: null, was: null, value: null };
  if ('left_out' in fix) return { ...ofRow, row: fix.row, record_id: null, gone: !fix.left_out };
  if ('record_id' in fix) return { ...ofRow, row: fix.row, record_id: fix.record_id, gone: fix.record_id === null };
  if (!file.mapping!.names.includes(fix.column))
    throw invalidField(`${at}.column`, 'no_such_column', 'The file has no such column');
  const place = { column: fix.column, value: fix.value, record_id: null, gone: fix.value === null };
  return 'was' in fix ? { ...place, row: null, was: fix.was } : { ...place, row: fix.row, was: null };
}

/** As it would be asked for. */
function request({ row, column, was, value, record_id }: FixPlace, gone: boolean): FixRequest {
  if (record_id !== null) return { row: row!, record_id: gone ? null : record_id };
  if (column === null) return { row: row!, left_out: !gone };
  return row === null ? { column, was: was!, value } : { row, column, value };
}

async function fileOf(ctx: Context, import_id: string, file_id: string): Promise<ImportFileRow> {
  const file = (await findFiles(ctx, import_id)).find(({ id }) => id === file_id);
  if (!file) throw invalidField('file_id', 'no_such_record', 'This import has no such file');
  if (!file.mapping) throw problems.conflict('Say first what the rows of the file are.', 'not_ready');
  return file;
}

interface Again {
  import_id: string;
  file: ImportFileRow;
  rows: KeptRow[];
  before: Fix[];
  after: Fix[];
}

/** The counts go along with what becomes of the rows now instead of before. */
async function checkAgain(
  place: FixContext,
  { store, targets }: ImportServices,
  { import_id, file, rows, before, after }: Again,
): Promise<FileCounts> {
  const { ctx } = place;
  const { unnamed = 0, ...known } = file.counts;
  const counts: FileCounts = { rows: 0, created: 0, updated: 0, unchanged: 0, skipped: 0, errors: 0, ...known };
  if (rows.length === 0) return counts;
  const options = { db: ctx.db, store, tenant_id: ctx.tenant_id, import_id, user_id: ctx.actor.user_id, targets };
  const run = await beginRun({ ...options, dry: true }, ctx.actor);
  for (const [resource, names] of await findNames(ctx, import_id)) run.pretended.set(resource, names);
  const check = await RowCheck.open(run, file, file.mapping!);
  const fixers = [before, after].map((fixes) => fixerOf(fixes, file.mapping!.names));
  const found: ImportProblem[] = [];
  const outcomes: RowOutcome[] = [];
  for (let from = 0; from < rows.length; from += rows_per_batch) {
    const batch = rows
      .slice(from, from + rows_per_batch)
      .map((row): Row => ({ ...row, cells: [...row.cells], problems: [] }));
    const repeats = await repeatsOf(ctx, file.id, batch);
    const [was, now] = fixers.map((fixer) => check.read(batch, fixer));
    const past = await aside(place, () => check.outcome(place, was!, (row) => repeats.get(row.number)));
    // Some of what tells rows apart is worked out on the way.
    const keys = new Map(was!.made.map((row) => [row.number, check.keyOf(row)]));
    const repeated = (row: LoadRow) =>
      keys.get(row.number) === check.keyOf(row) ? repeats.get(row.number) : undefined;
    const present = await aside(place, () => check.outcome(place, now!, repeated));
    for (const key of Object.keys(counts) as (keyof FileCounts)[])
      counts[key] = Math.max(0, counts[key] + present.counts[key] - past.counts[key]);
    found.push(...present.problems);
    outcomes.push(...present.outcomes);
  }
  await actWith(ctx, systemActor(ctx.tenant_id).rights);
  await forgetProblems(
    ctx,
    file.id,
    rows.map(({ number }) => number),
  );
  if (found.length > 0) await insertProblems(ctx, file.id, found);
  await forgetOutcomes(ctx, file.id, rows.map(({ number }) => number)); // biome-ignore format: one call
  await keepOutcomes(ctx, file.id, outcomes);
  await setCounts(ctx, file.id, { ...counts, unnamed });
  return counts;
}

/** What the check of the whole file said of rows that repeat another one. */
async function repeatsOf(ctx: Context, file_id: string, rows: Row[]): Promise<Map<number, ImportProblem>> {
  const known = await problemsOf(
    ctx,
    file_id,
    rows.map(({ number }) => number),
  );
  return new Map(known.filter(({ code }) => code === 'duplicate_row').map((problem) => [problem.row, problem]));
}

/** Does something of which nothing stays in the database. */
async function aside<R>({ client }: FixContext, work: () => Promise<R>): Promise<R> {
  await client.query('savepoint aside');
  const result = await work();
  await client.query('rollback to savepoint aside');
  return result;
}

/** Has every cell of a column with this text mean another, in a file of which nothing was checked yet. */
export async function replaceTexts(
  ctx: Context,
  file_id: string,
  fixes: readonly { column: string; was: string; value: string }[],
): Promise<void> {
  if (fixes.length > 0) await upsertFixes(ctx, file_id, fixes.map((fix) => ({ ...fix, row: null, record_id: null }))); // biome-ignore format: one call
}

/** Takes one correction back. */
export async function removeFix(
  place: FixContext,
  services: ImportServices,
  import_id: string,
  fix_id: string,
): Promise<FixesMade> {
  const files = await findFiles(place.ctx, import_id);
  for (const { id: file_id } of files) {
    const fix = (await findFixes(place.ctx, file_id)).find(({ id }) => id === fix_id);
    if (fix) return makeFixes(place, services, import_id, { file_id, fixes: [request({ ...fix, value: null }, true)] });
  }
  throw problems.notFound('fix');
}
