import { definedResources, type Resource } from '../../../kernel/contract/resource.ts';
import { sql } from '../../../kernel/database/database.ts';
import { hasSealableLabel } from '../../../kernel/resource/label.ts';
import { sealableFields } from '../../../kernel/resource/personal.ts';
import type { Context } from '../../../kernel/tenancy/context.ts';
import { cellsColumn, openKept, sealKept } from '../kept-cells.ts';
import type { NamedRecord } from '../match.ts';
import type { ImportProblem } from '../problem.ts';
import type { StoredCounts } from '../queries.ts';
import type { Fix } from './apply.ts';

/** Rows that are larger are told with their problems, but not kept. */
const kept_row_bytes_max = 64 * 1024;

export interface KeptRow {
  number: number;
  /** As they stand in the file. */
  cells: readonly string[];
}

export const findFixes = (ctx: Context, file_id: string): Promise<Fix[]> =>
  ctx.tx.many(sql`select id, row_number as row, column_name as "column", was, value, record_id from import_fix
    where tenant_id = ${ctx.tenant_id} and import_file_id = ${file_id} order by id`);

export const fixesAfter = (ctx: Context, file_id: string, after: string | undefined, limit: number): Promise<Fix[]> =>
  ctx.tx.many(sql`select id, row_number as row, column_name as "column", was, value, record_id from import_fix
    where tenant_id = ${ctx.tenant_id} and import_file_id = ${file_id} and (${after ?? null}::uuid is null or id < ${after ?? null}::uuid)
    order by id desc limit ${limit}`);

export type FixPlace = Omit<Fix, 'id'>;

/** Writes what was said; of one place only what was said last. */
export async function upsertFixes(ctx: Context, file_id: string, fixes: FixPlace[]): Promise<void> {
  await ctx.tx.run(sql`insert into import_fix (tenant_id, import_file_id, row_number, column_name, was, value, record_id, created_by)
    select ${ctx.tenant_id}, ${file_id}, f."row", f."column", f.was, f.value, f.record_id, ${ctx.actor.user_id}
    from jsonb_to_recordset(${JSON.stringify(fixes)}::jsonb) as f ("row" int, "column" text, was text, value text, record_id uuid)
    on conflict (tenant_id, import_file_id, row_number, md5(column_name), md5(was)) do update set value = excluded.value,
      record_id = excluded.record_id
      where row(import_fix.value, import_fix.record_id) is distinct from row(excluded.value, excluded.record_id)`);
}

export async function deleteFixes(ctx: Context, file_id: string, ids: string[]): Promise<void> {
  await ctx.tx.run(
    sql`delete from import_fix where tenant_id = ${ctx.tenant_id} and import_file_id = ${file_id} and id = any (${ids})`,
  );
}

/** A file that is read otherwise has other rows and columns. */
export async function forgetFixes(ctx: Context, file_ids: string[]): Promise<void> {
  await ctx.tx.run(
    sql`delete from import_fix where tenant_id = ${ctx.tenant_id} and import_file_id = any (${file_ids})`,
  );
}

/** `isSealed`: a column of the file goes into a sealed field, and so its cells are sealed too. */
export async function keepRows(ctx: Context, file_id: string, rows: KeptRow[], isSealed: boolean): Promise<void> {
  const small = rows.filter(({ cells }) => cells.reduce((sum, cell) => sum + cell.length, 0) <= kept_row_bytes_max);
  const envelopes = isSealed
    ? await sealKept(ctx, cellsColumn, small.map((row) => ({ row: placeOf(file_id, row), value: row.cells }))) // biome-ignore format: one call
    : [];
  const kept = isSealed ? small.map(({ number }, at) => ({ number, cells: [], envelope: envelopes[at] })) : small;
  const text = JSON.stringify(kept).replaceAll('\\u0000', '�').toWellFormed();
  await ctx.tx.run(sql`insert into import_row (tenant_id, import_file_id, row_number, cells, cells_envelope)
    select ${ctx.tenant_id}, ${file_id}, r.number, array(select jsonb_array_elements_text(r.cells)), r.envelope
    from jsonb_to_recordset(${text}::jsonb) as r (number int, cells jsonb, envelope bytea) on conflict do nothing`);
}

/** Whether the row `k` is of a file about records of this type. */
const isOfFileAbout = (resource: string) => sql`exists (select from import_file f
  where f.tenant_id = k.tenant_id and f.id = k.import_file_id and f.mapping ->> 'resource' = ${resource})`;

/** Forgets what checks say that they would change in these texts, or make with such a name: the next one says it again. */
export async function forgetChanges(ctx: Context, resource: Resource): Promise<void> {
  const { name } = resource;
  const fields = sealableFields(resource);
  await ctx.tx.run(sql`update import_outcome k set changes = changes - ${fields}::text[]
    where tenant_id = ${ctx.tenant_id} and jsonb_exists_any(changes, ${fields}::text[]) and ${isOfFileAbout(name)}`);
  if (!hasSealableLabel(resource)) return;
  await ctx.tx.run(sql`update import_outcome k set name = ''
    where tenant_id = ${ctx.tenant_id} and name <> '' and ${isOfFileAbout(name)}`);
}

/**
 * Forgets how rows call records whose names are sealed: in reports of what matched, in problems, and beside references
 * that a check says it would set.
 */
export async function forgetNamed(ctx: Context, resource: Resource): Promise<void> {
  const { tenant_id } = ctx;
  const nothing = JSON.stringify({ normalised: [], ambiguous: [], missing: [], created: [] });
  const isNamed = sql`m.report ->> 'resource' = ${resource.name}`;
  await ctx.tx.run(sql`update import_problem p set value = null,
      message = ${'The name of a record that was meant is sealed by now. Check the import again.'}
    from import_file f cross join jsonb_array_elements(f.matches) m (report)
    where p.tenant_id = ${tenant_id} and f.tenant_id = p.tenant_id and f.id = p.import_file_id and ${isNamed}
      and p.column_name = m.report ->> 'column' and p.code in ('ambiguous_name', 'no_such_record')`);
  await ctx.tx.run(sql`update import_file f set matches = (
      select jsonb_agg(case when ${isNamed} then m.report || ${nothing}::jsonb else m.report end order by m.place)
      from jsonb_array_elements(f.matches) with ordinality m (report, place))
    where f.tenant_id = ${tenant_id} and exists (select from jsonb_array_elements(f.matches) m (report) where ${isNamed})`);
  const references = definedResources().flatMap(({ meta }) =>
    [...meta].flatMap(([field, { table }]) => (table === resource.table ? field : [])),
  );
  for (const field of new Set(references))
    await ctx.tx.run(sql`update import_outcome set changes = jsonb_set(changes, array[${field}::text, 'name'], '""')
      where tenant_id = ${tenant_id} and changes #>> array[${field}::text, 'name'] <> ''`);
}

/** Seals rows that were kept in the clear, some of them, whatever they are about: any may go into notes. Answers how many. */
export async function sealKeptRows(ctx: Context, rows_max: number): Promise<number> {
  const rows = await ctx.tx.many<KeptRow & { id: string; file_id: string }>(
    sql`select k.id, k.import_file_id as file_id, k.row_number as number, k.cells from import_row k
      where k.tenant_id = ${ctx.tenant_id} and k.cells_envelope is null and k.cells <> '{}' limit ${rows_max} for update`,
  );
  const kept = rows.map(({ file_id, ...row }) => ({ row: placeOf(file_id, row), value: row.cells }));
  for (const [at, envelope] of (await sealKept(ctx, cellsColumn, kept)).entries())
    await ctx.tx.run(sql`update import_row set cells = '{}', cells_envelope = ${envelope}::text::bytea
      where tenant_id = ${ctx.tenant_id} and id = ${rows[at]!.id}`);
  return rows.length;
}

const placeOf = (file_id: string, { number }: Pick<KeptRow, 'number'>): string => `${file_id} ${number}`;

type StoredRow = KeptRow & { envelope: Buffer | null };

/** The rows as they were kept, without those that do not open. */
async function opened(ctx: Context, file_id: string, rows: readonly StoredRow[]): Promise<KeptRow[]> {
  const sealed = rows.flatMap((row) => (row.envelope ? [{ row: placeOf(file_id, row), value: row.envelope }] : []));
  if (sealed.length === 0) return rows.map(({ number, cells }) => ({ number, cells }));
  const cells = await openKept<string[]>(ctx, cellsColumn, sealed);
  const known = new Map(sealed.map(({ row }, at) => [row, cells[at]]));
  return rows.flatMap((row) => {
    const own = row.envelope ? known.get(placeOf(file_id, row)) : row.cells;
    return own ? [{ number: row.number, cells: own }] : [];
  });
}

export const keptAfter = async (ctx: Context, file_id: string, after: number, limit: number): Promise<KeptRow[]> =>
  opened(
    ctx,
    file_id,
    await ctx.tx.many<StoredRow>(sql`select row_number as number, cells, cells_envelope as envelope from import_row
    where tenant_id = ${ctx.tenant_id} and import_file_id = ${file_id} and row_number > ${after} order by row_number limit ${limit}`),
  );

/**
 * Of the rows that are kept, those with these numbers, and those with one of these texts in a column (its place from
 * 0).
 */
export async function keptRowsWith(
  ctx: Context,
  file_id: string,
  { rows, texts }: { rows: number[]; texts: { at: number; was: string }[] },
): Promise<KeptRow[]> {
  const found =
    await ctx.tx.many<StoredRow>(sql`select row_number as number, cells, cells_envelope as envelope from import_row r
    where tenant_id = ${ctx.tenant_id} and import_file_id = ${file_id} and (row_number = any (${rows}) or exists (
      select from jsonb_to_recordset(${JSON.stringify(texts)}::jsonb) as t (at int, was text)
      where r.cells[t.at + 1] = t.was or r.cells_envelope is not null))
    order by row_number`);
  const kept = await opened(ctx, file_id, found);
  const named = new Set(rows);
  return kept.filter(({ number, cells }) => named.has(number) || texts.some(({ at, was }) => cells[at] === was));
}

export const countKept = async (ctx: Context, file_id: string): Promise<number> =>
  (
    await ctx.tx.one<{ count: number }>(
      sql`select count(*)::int as count from import_row where tenant_id = ${ctx.tenant_id} and import_file_id = ${file_id}`,
    )
  ).count;

/** What the last check found about rows, in their order. */
export const problemsOf = (
  ctx: Context,
  file_id: string,
  rows: number[],
): Promise<(ImportProblem & { row: number })[]> =>
  ctx.tx.many(sql`select row_number as row, column_name as "column", code, severity, message from import_problem
    where tenant_id = ${ctx.tenant_id} and import_file_id = ${file_id} and row_number = any (${rows}) order by row_number, id`);

export async function forgetProblems(ctx: Context, file_id: string, rows: number[]): Promise<void> {
  await ctx.tx.run(sql`delete from import_problem
    where tenant_id = ${ctx.tenant_id} and import_file_id = ${file_id} and row_number = any (${rows})`);
}

export async function setCounts(ctx: Context, file_id: string, counts: StoredCounts): Promise<void> {
  await ctx.tx.run(sql`update import_file set counts = ${JSON.stringify(counts)}
    where tenant_id = ${ctx.tenant_id} and id = ${file_id}`);
}

export async function keepNames(ctx: Context, file_id: string, names: NamedRecord[]): Promise<void> {
  await ctx.tx.run(sql`update import_file set names = ${JSON.stringify(names)}
    where tenant_id = ${ctx.tenant_id} and id = ${file_id}`);
}

/** Records that the last check would have made, by resource. */
export async function findNames(ctx: Context, import_id: string): Promise<Map<string, NamedRecord[]>> {
  const rows = await ctx.tx.many<{ resource: string; names: NamedRecord[] }>(sql`
    select mapping ->> 'resource' as resource, names from import_file
    where tenant_id = ${ctx.tenant_id} and import_id = ${import_id} and names is not null order by position`);
  return new Map(
    [...Map.groupBy(rows, ({ resource }) => resource)].map(([resource, found]) => [
      resource,
      found.flatMap(({ names }) => names),
    ]),
  );
}
