import type { RawBuilder } from 'kysely';
import type { Action } from '../access/rights.ts';
import type { FieldType } from '../contract/fields.ts';
import { fieldGroups, type Resource, withoutDerived } from '../contract/resource.ts';
import { sql } from '../database/database.ts';
import { type FieldError, problems } from '../errors/problem.ts';
import type { Context } from '../tenancy/context.ts';
import { type Refusal, writeRows } from './bisect-write.ts';
import { labelSql } from './label.ts';
import { baseConditions, reaches } from './list.ts';
import { refuseSealedMany } from './personal.ts';
import { settle } from './settle.ts';
import { changedValue, checkReferences, checkValues, columnsOf, rootPath, type Values } from './store.ts';

interface Row {
  id: string;
  name: string | null;
}

/** The outcome of a change of many records. */
export interface Outcome {
  changed: string[];
  /** Records that had these values before. */
  unchanged: number;
  refused: (Row & { code: 'gone' | Refusal })[];
}

/** Types whose value means the same on each record, unlike an amount, which depends on the currency of the record. */
const shared: ReadonlySet<FieldType> = new Set([
  'text',
  'email',
  'phone',
  'url',
  'long_text',
  'integer',
  'decimal',
  'date',
  'time',
  'duration',
  'boolean',
  'select',
  'reference',
  'list',
  'records',
  'custom',
]);

/** Fields that can be set on many records at once. */
export function sharedFields(resource: Resource): string[] {
  if (resource.appendOnly) return [];
  const grouped = new Set(fieldGroups(resource).flat());
  return [...resource.meta].flatMap(([name, { type, readOnly, createOnly }]) =>
    shared.has(type) && !readOnly && !createOnly && name !== 'external_id' && !grouped.has(name) ? [name] : [],
  );
}

/** Throws a 422 for values that are invalid, or cannot be set on many records at once. `path` precedes each field. */
export async function checkMany(ctx: Context, resource: Resource, input: Values, path: string): Promise<void> {
  const known = new Set(sharedFields(resource));
  const errors: FieldError[] = Object.keys(input)
    .filter((field) => !known.has(field))
    .map((field) => ({
      field: path + field,
      code: 'unknown_field',
      message: 'There is no such field here, or it cannot be set on many records at once',
    }));
  if (errors.length > 0) throw problems.invalid(errors);
  await refuseSealedMany(ctx, resource, input, path);
  await checkValues(ctx, resource, [input], { creating: false, errorPath: () => path });
}

/** Sets the same values on many records. */
export async function updateMany(
  ctx: Context,
  resource: Resource,
  ids: readonly string[],
  input: Values,
): Promise<Outcome> {
  const columns = Object.entries(columnsOf(resource, withoutDerived(resource, input), '')).map(([name, value]) => {
    const set = changedValue(resource, name, value);
    return { assigned: sql`${sql.ref(name)} = ${set}`, differs: sql`${sql.ref(`r.${name}`)} is distinct from ${set}` };
  });
  const assignments = sql.join(columns.map(({ assigned }) => assigned));
  const differs = sql.join(
    columns.map((column) => column.differs),
    sql` or `,
  );
  const outcome = await changeMany(ctx, resource, 'update', ids, (some) =>
    ctx.tx.many(
      sql`update ${sql.table(resource.table)} r set ${assignments} where ${these(ctx, some)} and (${differs}) returning r.id`,
    ),
  );
  // Again, because the write may have waited for a merge of what it refers to, or for a conversion of a field. Before
  // it, the definitions are not kept: whoever changes one would wait for the whole batch.
  await checkValues(ctx, resource, [input], { creating: false, errorPath: rootPath });
  return outcome;
}

/** Moves many records to the trash, or deletes them where the record type has none. */
export function trashMany(ctx: Context, resource: Resource, ids: readonly string[]): Promise<Outcome> {
  const table = sql.table(resource.table);
  return changeMany(ctx, resource, 'delete', ids, (some) =>
    ctx.tx.many(
      resource.trash
        ? sql`update ${table} r set deleted_at = now() where ${these(ctx, some)} and r.deleted_at is null returning r.id`
        : sql`delete from ${table} r where ${these(ctx, some)} returning r.id`,
    ),
  );
}

export interface TagChange {
  add: readonly string[];
  remove: readonly string[];
}

export function checkTags(ctx: Context, { add, remove }: TagChange, path: string): Promise<void> {
  const named = (ids: readonly string[], field: string) =>
    ids.map((id) => ({ field: path + field, table: 'tag', id: id.toLowerCase() }));
  return checkReferences(ctx, [...named(add, 'add'), ...named(remove, 'remove')]);
}

/** Gives many records tags and takes tags from them. */
export function tagMany(
  ctx: Context,
  resource: Resource,
  ids: readonly string[],
  { add, remove }: TagChange,
): Promise<Outcome> {
  return changeMany(ctx, resource, 'update', ids, async (some) => {
    const removed = ctx.tx.many<{
      id: string;
    }>(sql`delete from record_tag t where t.tenant_id = ${ctx.tenant_id} and t.record_id = any (${some})
      and t.tag_id = any (${remove}) returning t.record_id as id`);
    const added = ctx.tx.many<{ id: string }>(sql`insert into record_tag as t (tenant_id, tag_id, record_id)
      select ${ctx.tenant_id}, g.tag_id, r.id from unnest(${some}::uuid[]) r (id) cross join unnest(${add}::uuid[]) g (tag_id)
      on conflict do nothing returning t.record_id as id`);
    // Both are waited for: while one is, nobody would catch the failure of the other.
    await settle([removed, added]);
    const changed = [...new Set([...(await removed), ...(await added)].map(({ id }) => id))];
    return ctx.tx.many(
      sql`update ${sql.table(resource.table)} r set updated_at = now() where ${these(ctx, changed)} returning r.id`,
    );
  });
}

const these = (ctx: Context, ids: readonly string[]): RawBuilder<unknown> =>
  sql`r.tenant_id = ${ctx.tenant_id} and r.id = any (${ids})`;

async function changeMany(
  ctx: Context,
  resource: Resource,
  action: Action,
  ids: readonly string[],
  write: (ids: string[]) => Promise<{ id: string }[]>,
): Promise<Outcome> {
  const rows = await ctx.tx.many<
    Row & { may: boolean }
  >(sql`select r.id, ${labelSql(resource)} as name, ${reaches(ctx, resource, action)} as may
    from ${sql.table(resource.table)} r where ${sql.join([...baseConditions(ctx, resource), sql`r.id = any (${ids})`], sql` and `)}
      order by r.id`);
  const found = new Set(rows.map(({ id }) => id));
  const mine = rows.filter(({ may }) => may);
  const changed: string[] = [];
  const refused = await writeRows(ctx, mine, async (some) => {
    const writable = some.map(({ id }) => id);
    // Everybody who changes records and what hangs on them locks the records first, those of several by their id:
    // nobody waits crosswise.
    const locked = ctx.tx.run(
      sql`select from ${sql.table(resource.table)} r where ${these(ctx, writable)} order by r.id for no key update`,
    );
    const written = write(writable);
    await settle([locked, written]);
    changed.push(...(await written).map(({ id }) => id));
  });
  return {
    changed,
    unchanged: mine.length - refused.size - changed.length,
    refused: [
      ...ids.filter((id) => !found.has(id)).map((id) => ({ id, name: null, code: 'gone' as const })),
      ...rows.filter(({ may }) => !may).map(({ id, name }) => ({ id, name, code: 'forbidden' as const })),
      ...[...refused].map(([{ id, name }, code]) => ({ id, name, code })),
    ],
  };
}
