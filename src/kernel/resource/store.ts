import type { RawBuilder } from 'kysely';
import { scopeOf } from '../access/rights.ts';
import { durationSeconds } from '../contract/duration.ts';
import { jsonListTypes, separateRowTypes } from '../contract/fields.ts';
import { trimmedText } from '../contract/names.ts';
import { type Resource, resourceNamed, resourceOfTable } from '../contract/resource.ts';
import { sql } from '../database/database.ts';
import { statementCache } from '../database/statement.ts';
import { uuidV7 } from '../database/uuid.ts';
import { type FieldError, invalidField, problems } from '../errors/problem.ts';
import type { Context } from '../tenancy/context.ts';
import { tenantCurrency } from '../tenancy/currency.ts';
import { keepDefinitions, readCustomFields, readRetiredFields } from './custom.ts';
import { checkCustomValues, type Reference } from './custom-values.ts';
import { asShown, baseConditions, callerBy, narrowedScope, reaches } from './list.ts';
import { minorUnits } from './money.ts';
import { idIs, presentRow, selectColumns, selectColumnsOfOne, sourceSql } from './row.ts';
import { openRows, sealRows } from './sealed.ts';
import { settle } from './settle.ts';
import { setTags, tagsOf } from './tags.ts';

export type Values = Record<string, unknown>;
type Sql = RawBuilder<unknown>;
/** The error path of a record: what precedes its fields in errors. */
export type ErrorPath = (index: number) => string;
export const rootPath: ErrorPath = () => '';
export const itemPath: ErrorPath = (index) => `data.${index}.`;

const finds = statementCache<{ tenant_id: string; user_id: string | null; id: string }>();

/** One record as the API shows it, or undefined when it is absent, trashed, or hidden from the caller. */
export async function findRow(ctx: Context, of: Resource, id: string): Promise<Values | undefined> {
  const { tenant_id, actor } = ctx;
  const resource = asShown(ctx, of);
  const found = finds<Values>(
    `${resource.name} ${resource.table} ${narrowedScope(ctx, resource)} ${actor.rights.outside}`,
    { tenant_id, user_id: actor.user_id, id },
    (given) => {
      const conditions = baseConditions(callerBy(actor.rights, given), resource);
      const where = sql.join([...conditions, sql`r.id = ${given.id}`], sql` and `);
      return sql`select ${selectColumnsOfOne(resource)} from ${sourceSql(resource)} where ${where}`;
    },
  );
  const row = await ctx.tx.maybe(found);
  if (row) await openRows(ctx, resource, [row]);
  return row && presentRow(resource, row);
}

export async function getRow(ctx: Context, resource: Resource, id: string): Promise<Values> {
  const row = await findRow(ctx, resource, id);
  if (row) return row;
  const into = resource.merges && (await mergedInto(ctx, resource, id));
  throw into ? problems.merged(resource.title, into) : problems.notFound(resource.title);
}

/** The record that an absent one was merged into, where the caller sees both. */
async function mergedInto(ctx: Context, { table }: Resource, id: string): Promise<string | undefined> {
  const survivor = await ctx.tx.maybe<{ id: string }>(sql`select s.id from ${sql.table(table)} r
    join ${sql.table(table)} s on s.tenant_id = r.tenant_id and s.id = r.merged_into_id and s.deleted_at is null
    where r.tenant_id = ${ctx.tenant_id} and r.id = ${id} and r.deleted_at is not null`);
  return survivor?.id;
}

/** Creates one record and returns it as the API shows it. `fixed` are columns that no request may set. */
export async function createRow(ctx: Context, resource: Resource, input: Values, fixed: Values = {}): Promise<Values> {
  const [row] = await createRows(ctx, resource, [input], fixed, rootPath);
  return row!;
}

/** Creates records all or nothing, in order. */
export async function createRows(
  ctx: Context,
  resource: Resource,
  inputs: Values[],
  fixed: Values = {},
  errorPath: ErrorPath = inputs.length > 1 ? itemPath : rootPath,
): Promise<Values[]> {
  const ids = inputs.map(() => uuidV7());
  const rows = (await withDefaultCurrency(ctx, resource, inputs)).map((input, i) => ({
    ...columnsOf(resource, withOwner(resource, input, ctx.actor.user_id), errorPath(i)),
    ...fixed,
    id: ids[i],
  }));
  await sealRows(ctx, resource, rows);
  const kept = keepDefinitionsOf(ctx, resource, inputs);
  const checked = checkValues(ctx, resource, inputs, { creating: true, errorPath });
  await refusedFirst(inputs, kept, checked);
  if (canReturnRows(ctx, resource, inputs)) {
    const made = ctx.tx.many<Values>(sql`${insertSql(ctx, resource, rows)} returning ${selectColumnsOfOne(resource)}`);
    await settle([kept, checked, made, refuseMerged(ctx, resource, inputs, errorPath, checked)]);
    return presentInOrder(ctx, resource, ids, await made);
  }
  const inserted = ctx.tx.run(insertSql(ctx, resource, rows));
  const unmerged = refuseMerged(ctx, resource, inputs, errorPath, checked);
  const tagged = inputs.map((input, i) => setTags(ctx, ids[i]!, tagsOf(resource, input) ?? [], { isNew: true }));
  const read = ctx.tx.many<Values>(
    sql`select ${selectColumns(resource)} from ${sourceSql(resource)} where r.tenant_id = ${ctx.tenant_id} and ${idIs(ids)}`,
  );
  await settle([kept, checked, inserted, unmerged, ...tagged, read]);
  return presentInOrder(ctx, resource, ids, await read);
}

/**
 * Changes the given fields of one record. `version` is that of If-Match; `fixed` are columns that no request may set.
 * Throws 404, 403, or 412 with the current record.
 */
export async function updateRow(
  ctx: Context,
  resource: Resource,
  id: string,
  input: Values,
  version?: number,
  fixed: Values = {},
): Promise<Values> {
  const values = { ...columnsOf(resource, await withCurrency(ctx, resource, id, input, version), ''), ...fixed };
  await sealRows(ctx, resource, [values], id);
  const assignments = Object.entries(values).map(
    ([name, value]) => sql`${sql.ref(name)} = ${changedValue(resource, name, value)}`,
  );
  // Even a change of tags alone makes a new version of the record.
  if (assignments.length === 0) assignments.push(sql`updated_at = now()`);
  const where = sql.join(changeConditions(ctx, resource, 'update', id, version), sql` and `);
  const kept = keepDefinitionsOf(ctx, resource, [input]);
  const checked = checkValues(ctx, resource, [input], { creating: false, errorPath: rootPath, id });
  await refusedFirst([input], kept, checked);
  const update = sql`update ${sql.table(resource.table)} r set ${sql.join(assignments)} where ${where}`;
  if (canReturnRows(ctx, resource, [{ ...input, ...fixed }])) {
    const answered = ctx.tx.maybe<Values>(sql`${update} returning ${selectColumnsOfOne(resource)}`);
    await settle([kept, checked, answered, refuseMerged(ctx, resource, [input], rootPath, checked)]);
    const row = (await answered) ?? (await refuseChange(ctx, resource, id, version));
    await openRows(ctx, resource, [row]);
    return presentRow(resource, row);
  }
  const changed = ctx.tx.run(update);
  const unmerged = refuseMerged(ctx, resource, [input], rootPath, checked);
  const tags = tagsOf(resource, input);
  if (tags) {
    // Whoever has not locked the record, because it is another version by now, would wait crosswise with others who
    // write its tags.
    await settle([kept, checked, changed, unmerged]);
    if ((await changed) === 0) await refuseChange(ctx, resource, id, version);
  }
  const tagged = tags && setTags(ctx, id, tags);
  const read = findRow(ctx, resource, id);
  await settle([kept, checked, changed, unmerged, tagged, read]);
  if ((await changed) === 0) await refuseChange(ctx, resource, id, version);
  return (await read) ?? { id };
}

/**
 * Whether the INSERT can return the rows: nothing changes them afterwards, and the caller may read them whatever they
 * contain. Under row-level security, returning a row that the caller may not read would fail the INSERT.
 */
function canReturnRows({ actor }: Context, resource: Resource, inputs: readonly Values[]): boolean {
  if (!resource.settled || scopeOf(actor.rights, resource.right, 'read') !== 'all') return false;
  const names = inputs.flatMap((input) => Object.keys(input).filter((name) => input[name] !== undefined));
  return names.every((name) => {
    const meta = resource.meta.get(name);
    return meta !== undefined && !separateRowTypes.has(meta.type);
  });
}

/** Rows in the order of the ids. A record that the caller may not read has only its id. */
async function presentInOrder(
  ctx: Context,
  resource: Resource,
  ids: readonly string[],
  rows: Values[],
): Promise<Values[]> {
  await openRows(ctx, resource, rows);
  const byId = new Map(rows.map((row) => [row.id as string, presentRow(resource, row)]));
  return ids.map((id) => byId.get(id) ?? { id });
}

/** Locks a record until the transaction ends, after the same checks as a change. Returns its present values. */
export async function lockRow(ctx: Context, resource: Resource, id: string, version?: number): Promise<Values> {
  const where = sql.join(changeConditions(ctx, resource, 'update', id, version), sql` and `);
  const locked = ctx.tx.run(sql`select from ${sql.table(resource.table)} r where ${where} for no key update`);
  // Sent along: it runs when the lock is held.
  const row = findRow(ctx, resource, id);
  await settle([locked, row]);
  if ((await locked) === 0) await refuseChange(ctx, resource, id, version);
  return (await row) ?? getRow(ctx, resource, id);
}

/** Moves a record to the trash, or deletes it where the record type has none. */
export async function deleteRow(ctx: Context, resource: Resource, id: string, version?: number): Promise<void> {
  const where = sql.join(changeConditions(ctx, resource, 'delete', id, version), sql` and `);
  const table = sql.table(resource.table);
  const gone = await ctx.tx.run(
    resource.trash
      ? sql`update ${table} r set deleted_at = now() where ${where}`
      : sql`delete from ${table} r where ${where}`,
  );
  if (gone === 0) await refuseChange(ctx, resource, id, version);
}

/** Restores a record from the trash, for whoever may move it there. */
export async function restoreRow(ctx: Context, resource: Resource, id: string): Promise<Values> {
  const restored = await ctx.tx.run(sql`update ${sql.table(resource.table)} r set deleted_at = null
    where r.tenant_id = ${ctx.tenant_id} and r.id = ${id} and r.deleted_at is not null and ${reaches(ctx, resource, 'delete')}`);
  if (restored === 0) throw problems.notFound(`${resource.title} in the trash`);
  return getRow(ctx, resource, id);
}

function changeConditions(
  ctx: Context,
  resource: Resource,
  action: 'update' | 'delete',
  id: string,
  version?: number,
): Sql[] {
  const conditions = [...baseConditions(ctx, resource), sql`r.id = ${id}`];
  if (version !== undefined) conditions.push(sql`r.version = ${version}`);
  conditions.push(reaches(ctx, resource, action));
  return conditions;
}

async function refuseChange(ctx: Context, resource: Resource, id: string, version?: number): Promise<never> {
  const current = await getRow(ctx, resource, id);
  if (version !== undefined && current.version !== version) throw problems.stale(current);
  throw problems.forbidden();
}

function withOwner(resource: Resource, input: Values, user_id: string | null): Values {
  if (!resource.owner || input[resource.owner] !== undefined || !resource.meta.has(resource.owner)) return input;
  return { ...input, [resource.owner]: user_id };
}

/** A new record without a currency gets that of the tenant. */
async function withDefaultCurrency(ctx: Context, resource: Resource, inputs: Values[]): Promise<Values[]> {
  const fields = [...resource.meta].filter(([, meta]) => meta.type === 'currency').map(([name]) => name);
  if (inputs.every((input) => fields.every((field) => input[field] !== undefined))) return inputs;
  const currency = await tenantCurrency(ctx);
  return inputs.map((input) => ({ ...Object.fromEntries(fields.map((field) => [field, currency])), ...input }));
}

/**
 * An amount without a currency is in the record's present currency. A currency without an amount keeps the figure: 1054
 * stays 1054, even if the other currency has other minor units. Both are written, so the record is locked before the
 * missing one is read: another change of it would be undone.
 */
async function withCurrency(
  ctx: Context,
  resource: Resource,
  id: string,
  input: Values,
  version?: number,
): Promise<Values> {
  const halves = [...resource.meta].filter(
    ([name, meta]) =>
      meta.type === 'money' && (input[name] === undefined) !== (input[meta.currencyField!] === undefined),
  );
  if (halves.length === 0) return input;
  const current = await lockRow(ctx, resource, id, version);
  const completed = { ...input };
  for (const [name, meta] of halves) {
    const missing = input[name] === undefined ? name : meta.currencyField!;
    completed[missing] = current[missing];
  }
  return completed;
}

/** From the API's values to the table's columns. */
export function columnsOf(resource: Resource, input: Values, path: string): Values {
  const columns: Values = {};
  for (const [name, value] of Object.entries(input)) {
    const meta = resource.meta.get(name);
    if (!meta || separateRowTypes.has(meta.type) || value === undefined) continue;
    if (meta.type === 'money' && value !== null) {
      columns[name] = minorUnits(value as string, input[meta.currencyField!] as string, path + name).toString();
    } else if (meta.type === 'duration' && value !== null) {
      columns[name] = durationSeconds(value as string);
    } else if (meta.type === 'currency') {
      minorUnits('0', value as string, path + name);
      columns[name] = value;
    } else if (meta.type === 'records') {
      columns[name] = [...new Set((value as { id: string }[]).map(({ id }) => id.toLowerCase()))];
    } else if (meta.type === 'custom') {
      columns[name] = trimmedTexts(value as Values);
    } else {
      columns[name] = value === '' && !meta.required ? null : value;
    }
  }
  return columns;
}

/**
 * Custom values as they are stored. Texts are checked without the spaces around them and in composed letters: one that
 * only one record may have is not had twice by a space or by another form of its letters.
 */
export const trimmedTexts = (custom: Values): Values =>
  Object.fromEntries(
    Object.entries(custom).map(([key, value]) => [key, typeof value === 'string' ? trimmedText(value) : value]),
  );

function insertSql(ctx: Context, resource: Resource, rows: Values[]): Sql {
  const customised = resource.meta.has('custom') ? ['custom'] : [];
  const names = [...new Set([...rows.flatMap((row) => Object.keys(row)), ...customised])];
  const table = sql.table(resource.table);
  const into = sql`insert into ${table} as r (tenant_id, ${sql.join(names.map((n) => sql.ref(n)))})`;
  const tuples = rows.map(
    (row) => sql`(${sql.join([sql`${ctx.tenant_id}`, ...names.map((n) => valueSql(resource, n, row))])})`,
  );
  return sql`${into} values ${sql.join(tuples)}`;
}

/** In custom values, absent and null are the same; a field that is not sent gets its default. */
function valueSql(resource: Resource, column: string, row: Values): Sql {
  if (column === 'custom')
    return sql`jsonb_strip_nulls((select app.custom_defaults(${resource.name})) || ${JSON.stringify(row.custom ?? {})}::jsonb)`;
  return column in row ? sql`${parameterOf(resource, column, row[column])}` : sql`default`;
}

/**
 * A value as a parameter of a statement. A JSON list is passed as text, because the driver would make a PostgreSQL
 * array of it.
 */
export const parameterOf = ({ meta }: Resource, column: string, value: unknown): unknown =>
  jsonListTypes.has(meta.get(column)?.type) && value !== null ? JSON.stringify(value) : value;

/**
 * What a column of the row `r` becomes. Custom values that are not sent stay as they are, and so do records that the
 * caller may not see.
 */
export function changedValue(resource: Resource, column: string, value: unknown): Sql {
  if (column === 'custom') return sql`jsonb_strip_nulls(r.custom || ${JSON.stringify(value)}::jsonb)`;
  if (resource.meta.get(column)?.type === 'records')
    return sql`app.with_unseen_records(r.${sql.ref(column)}, ${value}::uuid[])`;
  return sql`${parameterOf(resource, column, value)}`;
}

const keepDefinitionsOf = (ctx: Context, resource: Resource, inputs: Values[]): Promise<void> | undefined =>
  resource.meta.has('custom') && inputs.some((input) => input.custom !== undefined)
    ? keepDefinitions(ctx, resource)
    : undefined;

/**
 * Everything else of a write is sent along with its checks. Custom values are checked before: their contract is not
 * known to Zod, and a trigger works on each of them.
 */
const refusedFirst = async (
  inputs: Values[],
  kept: Promise<void> | undefined,
  checked: Promise<unknown>,
): Promise<void> => {
  if (inputs.some(({ custom }) => custom !== undefined)) await settle([kept, checked]);
};

/**
 * Checks what the contract alone cannot know: custom fields, and whether the referenced records exist. Answers the
 * references among the custom values.
 */
export async function checkValues(
  ctx: Context,
  resource: Resource,
  inputs: Values[],
  { creating, errorPath, id }: { creating: boolean; errorPath: ErrorPath; id?: string },
): Promise<Reference[]> {
  const named = inputs.flatMap((input, index) => namedRecords(resource, input, errorPath(index)));
  const customised = resource.meta.has('custom') && (creating || inputs.some((input) => input.custom !== undefined));
  const checkCustom = async () => {
    const [fields, retired] = await Promise.all([
      readCustomFields(ctx, resource),
      readRetiredFields(ctx, resource, inputs, id),
    ]);
    const custom = checkCustomValues(fields, inputs, { creating, errorPath, retired, ...(id && { id }) });
    await checkReferences(ctx, custom);
    return custom;
  };
  const [, custom] = await Promise.all([checkReferences(ctx, named), customised ? checkCustom() : []]);
  return custom;
}

/**
 * Asked again behind the write, whose foreign keys wait for the end of a merge: otherwise it would refer to a record
 * that is part of another one by then, and that the merge did not move to the survivor. Custom values wait in their
 * trigger (app.keep_custom_values).
 */
async function refuseMerged(
  ctx: Context,
  resource: Resource,
  inputs: Values[],
  errorPath: ErrorPath,
  checked: Promise<Reference[]>,
): Promise<void> {
  const named = inputs.flatMap((input, index) => namedRecords(resource, input, errorPath(index)));
  await Promise.all([
    checkReferences(
      ctx,
      named.filter(({ table }) => resourceOfTable(table)?.merges),
    ),
    checked.then((custom) => checkReferences(ctx, custom)),
  ]);
}

function namedRecords(resource: Resource, input: Values, errorPath: string): Reference[] {
  return [...resource.meta].flatMap(([field, meta]) => {
    if (meta.type === 'reference' && input[field])
      return [{ field: errorPath + field, table: meta.table!, id: (input[field] as string).toLowerCase() }];
    if (meta.type === 'records')
      return namedEntries((input[field] ?? []) as { type: string; id: string }[], errorPath + field);
    if (meta.type !== 'tags') return [];
    const tags = (input[field] as string[] | undefined) ?? [];
    return tags.map((id) => ({ field: errorPath + field, table: 'tag', id: id.toLowerCase() }));
  });
}

/** The records that an entry is about, each to be looked for among those of its type. */
const namedEntries = (named: { type: string; id: string }[], path: string): Reference[] =>
  named.map(({ type, id }, at) => {
    const resource = resourceNamed(type);
    if (!resource?.attachable)
      throw invalidField(
        `${path}.${at}.type`,
        'unknown_type',
        `Nothing can be attached to records of a type "${type}"`,
      );
    return { field: `${path}.${at}.id`, table: resource.table, id: id.toLowerCase() };
  });

/** Refuses references to records that are absent, of another tenant, trashed or hidden from the caller. */
export async function checkReferences(ctx: Context, references: Reference[]): Promise<void> {
  const missing: FieldError[] = [];
  await Promise.all(
    [...Map.groupBy(references, (reference) => reference.table)].map(async ([table, entries]) => {
      const ids = [...new Set(entries.map((entry) => entry.id))];
      const found = await ctx.tx.many<{ id: string }>(sql`select r.id from ${sql.table(table)} r
        where r.tenant_id = ${ctx.tenant_id} and ${idIs(ids)}
          and ${resourceOfTable(table)?.trash ? sql`r.deleted_at is null` : sql`true`}`);
      const present = new Set(found.map((row) => row.id));
      for (const { field, id } of entries) {
        const message = `There is no ${table.replace(/_/g, ' ')} with the id ${id}`;
        if (!present.has(id)) missing.push({ field, code: 'no_such_record', message });
      }
    }),
  );
  if (missing.length > 0) throw problems.invalid(missing);
}
