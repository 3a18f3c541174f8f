import type { Readable } from 'node:stream';
import type pg from 'pg';
import { to as copyTo } from 'pg-copy-streams';
import type { ResourceName, Rights } from '../../kernel/access/rights.ts';
import { carriers, ruleOf } from '../../kernel/access/table-rule.ts';
import type { Resource } from '../../kernel/contract/resource.ts';
import { type Database, sql } from '../../kernel/database/database.ts';
import { withLiterals } from '../../kernel/database/statement.ts';
import { invalidField } from '../../kernel/errors/problem.ts';
import { readCustomFields, type TenantFields } from '../../kernel/resource/custom.ts';
import { comparesPersonal, type Filter, filterSql, parseFilter } from '../../kernel/resource/filter.ts';
import { baseConditions, tenantFieldsFor } from '../../kernel/resource/list.ts';
import { mayHaveSealed } from '../../kernel/resource/personal.ts';
import { sealWholeFilter } from '../../kernel/resource/sealed-filter.ts';
import { orderBy } from '../../kernel/resource/sort.ts';
import type { Context } from '../../kernel/tenancy/context.ts';
import type { ExportColumn } from './column.ts';
import { cellOf, chosenColumns, exportColumns, isoTime, namedRights } from './columns.ts';
import type { Selection } from './contract.ts';
import type { ExportTarget } from './format.ts';
import { isOpenedOnItsWay } from './sealed.ts';

/** What is selected, as one statement for COPY, and the head of the file. Refuses what the selection cannot mean. */
export async function exportStatement(
  ctx: Context,
  targets: readonly ExportTarget[],
  target: ExportTarget,
  { filter, sort: asked, columns: names, format }: Omit<Selection, 'resource' | 'reason'>,
): Promise<{ columns: ExportColumn[]; copy: string }> {
  const resource = target.contract;
  const [custom, fields] = await Promise.all([
    readCustomFields(ctx, resource),
    tenantFieldsFor(ctx, { filter, sort: asked }),
  ]);
  const whole = target.formats?.[format];
  const chosen = whole ? [whole.column] : chosenColumns(exportColumns(target, custom, targets), target, names);
  const columns = format === 'xlsx' ? chosen.map(onClock) : chosen;
  const conditions = baseConditions(ctx, resource);
  const wanted = filter ? await sealWholeFilter(ctx, resource, parseFilter(filter), fields) : null;
  const sort = await orderWithoutNames(ctx, resource, { filter: wanted, sort: asked }, fields);
  if (wanted) conditions.push(filterSql(resource, wanted, fields));
  const joins = [...new Set(columns.flatMap(({ join }) => join ?? []))];
  const hasPersonal = columns.some(isOpenedOnItsWay);
  const mayBeSealed = hasPersonal && (await mayHaveSealed(ctx));
  const cells = columns.map((column) => cellOf(resource, column, mayBeSealed));
  const select = sql`select ${sql.join(cells)} from ${sql.table(resource.table)} r ${sql.join(joins, sql` `)}
    where ${sql.join(conditions, sql` and `)} ${sort ? sql`order by ${orderBy(resource, sort, fields)}` : sql``}`;
  return {
    columns: mayBeSealed
      ? columns
      : columns.map(({ personal: _, isRecord: __, namesPeople: ___, ...column }) => column),
    copy: withLiterals(sql`copy (${select}) to stdout (format csv, encoding 'utf8')`),
  };
}

/**
 * The order of a file, without that of names where they are sealed. What compares other sealed texts is refused before
 * the first byte: a file that has begun can only be broken off.
 */
async function orderWithoutNames(
  ctx: Context,
  resource: Resource,
  { filter, sort }: Pick<Selection, 'sort'> & { filter: Filter | null },
  fields: TenantFields,
): Promise<string | null> {
  const keys = (sort ?? '').split(',').filter(Boolean);
  const metaOf = (key: string) => resource.meta.get(key.replace(/^-/, ''));
  const isCompared = filter !== null && comparesPersonal({ resource, alias: 'r', fields }, filter);
  const isSorted = keys.some((key) => metaOf(key)?.sealable || metaOf(key)?.ofSealable);
  if (!(isCompared || isSorted) || !(await mayHaveSealed(ctx))) return sort;
  if (isCompared || keys.some((key) => metaOf(key)?.sealable))
    throw invalidField(isCompared ? 'filter' : 'sort', 'not_allowed', sealed_texts_compared);
  return keys.filter((key) => !metaOf(key)?.ofSealable).join(',') || 'created_at';
}

const sealed_texts_compared =
  'Texts of this field are sealed in this workspace: an export can have another order, and filters know only whether it is empty';

/**
 * The rights to records of other kinds that are told of in an export: those that its columns name, and those on which
 * its rows hang, for whose readers they are.
 */
export async function rightsBeside(
  ctx: Context,
  targets: readonly ExportTarget[],
  target: ExportTarget,
  { columns: names, format }: Pick<Selection, 'columns' | 'format'>,
): Promise<ResourceName[]> {
  const custom = await readCustomFields(ctx, target.contract);
  const whole = target.formats?.[format];
  const columns = whole ? [whole.column] : exportColumns(target, custom, targets);
  const hungOn = ruleOf(target.resource)?.hangs ? carriers() : [];
  return [...hungOn.flatMap(({ right }) => right ?? []), ...namedRights(columns, target, names)];
}

/**
 * Cells of a workbook have no time zone, so times stand there by the clock of whoever exports, and an import reads them
 * so.
 */
const onClock = (column: ExportColumn): ExportColumn =>
  column.kind === 'time'
    ? { ...column, value: isoTime(sql`(${column.value})::timestamptz at time zone (select app.user_zone())`) }
    : column;

/**
 * Joins are by hash, whatever the planner guesses of tables it has not looked at; to compile so wide a row saves
 * nothing.
 */
export async function planPlainly(ctx: Context): Promise<void> {
  await ctx.tx.run(sql`set local enable_nestloop = off`);
  await ctx.tx.run(sql`set local jit = off`);
}

/** The rows as the database writes them, as fast as they are taken. */
export function copyRows(client: pg.PoolClient, copy: string): Readable & { rowCount: number } {
  const rows = client.query(copyTo(copy)) as unknown as Readable & { rowCount: number };
  // When their connection is broken off nobody may be listening, and an error that nobody hears ends the process.
  rows.on('error', () => undefined);
  return rows;
}

export interface ExportRow extends Selection {
  id: string;
  rights: Rights;
  created_by: string | null;
}

export async function insertExport(
  ctx: Context,
  id: string,
  { resource, filter, sort, columns, format, reason }: Selection,
): Promise<void> {
  await ctx.tx.run(sql`insert into export (tenant_id, id, resource, filter, sort, columns, format, reason, rights, created_by)
    values (${ctx.tenant_id}, ${id}, ${resource}, ${filter}, ${sort}, ${columns}, ${format}, ${reason},
      ${JSON.stringify(ctx.actor.rights)}, ${ctx.actor.user_id})`);
}

export async function countPending(ctx: Context, most: number): Promise<number> {
  const { count } = await ctx.tx.one<{ count: number }>(sql`select count(*)::int as count from (
    select from export where tenant_id = ${ctx.tenant_id} and state in ('waiting', 'running') limit ${most}) pending`);
  return count;
}

export function findExport(ctx: Context, id: string): Promise<ExportRow | undefined> {
  return ctx.tx.maybe(sql`select id, resource, filter, sort, columns, format, reason, rights, created_by from export
    where tenant_id = ${ctx.tenant_id} and id = ${id}`);
}

/** `rights`: with which it is made. */
export async function beginExport(ctx: Context, id: string, rights: Rights): Promise<void> {
  await ctx.tx.run(
    sql`update export set state = 'running', rights = ${JSON.stringify(rights)} where tenant_id = ${ctx.tenant_id} and id = ${id}`,
  );
}

/** Whether an export is still being made; if so, it stays until the transaction ends. */
export async function lockRunning(ctx: Context, id: string): Promise<boolean> {
  const row =
    await ctx.tx.maybe(sql`select from export where tenant_id = ${ctx.tenant_id} and id = ${id} and state = 'running'
    for no key update`);
  return row !== undefined;
}

/** One that is over stays as it is: its job may be lost after it was done. */
export async function endExport(
  ctx: Context,
  id: string,
  end: { state: 'done' | 'failed'; row_count?: number; file_id?: string; error?: string },
): Promise<void> {
  await ctx.tx.run(sql`update export set state = ${end.state}, row_count = ${end.row_count ?? null}, file_id = ${end.file_id ?? null},
    error = ${end.error ?? null}, finished_at = now()
    where tenant_id = ${ctx.tenant_id} and id = ${id} and state in ('waiting', 'running')`);
}

/** Ends the exports of all workspaces that are older than so many hours and have no job any more. */
export async function endLost(db: Database, hours: number, message: string): Promise<void> {
  await db.call(sql`select app.fail_lost_exports(${hours}, ${message})`);
}

export async function insertExportFile(
  ctx: Context,
  file: {
    id: string;
    name: string;
    content_type: string;
    storage_key: string;
    size_bytes: number;
    sha256: string;
    created_by: string | null;
    days_kept: number;
  },
): Promise<void> {
  await ctx.tx.run(sql`insert into file (tenant_id, id, kind, name, content_type, size_bytes, sha256, storage_key, created_by, expires_at)
    values (${ctx.tenant_id}, ${file.id}, 'export', ${file.name}, ${file.content_type}, ${file.size_bytes}, decode(${file.sha256}, 'hex'),
      ${file.storage_key}, ${file.created_by}, now() + make_interval(days => ${file.days_kept}))`);
}

export function findExportFile(
  ctx: Context,
  export_id: string,
): Promise<{ name: string; content_type: string; storage_key: string } | undefined> {
  return ctx.tx.maybe(sql`select f.name, f.content_type, f.storage_key from export e join file f on f.tenant_id = e.tenant_id
    and f.id = e.file_id
    where e.tenant_id = ${ctx.tenant_id} and e.id = ${export_id}`);
}
