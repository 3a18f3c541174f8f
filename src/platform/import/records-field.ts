import { definedResources, type Resource } from '../../kernel/contract/resource.ts';
import { sql } from '../../kernel/database/database.ts';
import type { Context } from '../../kernel/tenancy/context.ts';
import { listed } from '../csv/index.ts';
import type { RecordName } from '../subject.ts';
import type { Load, LoadRow } from './load.ts';
import { restage } from './staging.ts';
import type { TargetField } from './target.ts';
import { field } from './target-fields.ts';

/** Where the ids of the records of a type stand in a row. */
const idsOf = (type: string): string => `${type}_id`;

/** The types of which files name records, in the order in which an entry has them. */
const namedTypes = (): Resource[] =>
  definedResources().filter(({ attachable, meta }) => attachable && meta.has('name'));

/** The records that an entry is about, in files: a column for each type, with their names. */
export const recordFields = (): TargetField[] =>
  namedTypes().map(({ name, title, table, calledInFiles = [] }) =>
    field(
      name,
      'text',
      title.charAt(0).toUpperCase() + title.slice(1),
      [idsOf(name).replace('_', ' '), ...calledInFiles],
      {
        reference: { resource: name, by: 'name', many: true },
        columns: ['records'],
        idIn: idsOf(name),
        exported: {
          value: sql`(select string_agg(${listed(sql`x.name`)}, '; ' order by u.place) from unnest(r.records) with ordinality u (id, place)
          join ${sql.table(table)} x on x.tenant_id = r.tenant_id and x.id = u.id)`,
          join: sql``,
        },
      },
    ),
  );

/** The records that a row names. */
export const recordsOfRow = ({ values }: LoadRow): RecordName[] =>
  namedTypes().flatMap(({ name: type }) =>
    (values[idsOf(type)]?.split(';') ?? []).filter(Boolean).map((id) => ({ type, id })),
  );

const asArray = (ids: readonly string[]): string | null => (ids.length > 0 ? `{${[...new Set(ids)]}}` : null);

/** Puts the records that rows name together. */
export function gatherRecords(rows: readonly LoadRow[]): void {
  for (const row of rows) row.values.records = asArray(recordsOfRow(row).map(({ id }) => id));
}

/** An entry that is there stays about the records of the types that its row says nothing of. */
export async function keepOtherRecords({ ctx }: Load, { table }: Resource, rows: readonly LoadRow[]): Promise<void> {
  const found = rows.filter((row) => row.found && row.values.records);
  if (found.length === 0) return;
  const present = Map.groupBy(await recordsOf(ctx, table, found.map(({ id }) => id)), ({ entry }) => entry); // biome-ignore format: one call
  const changed = found.filter((row) => {
    const named = recordsOfRow(row);
    const types = new Set(named.map(({ type }) => type));
    const kept = (present.get(row.id) ?? []).filter(({ type }) => !types.has(type));
    row.values.records = asArray([...named, ...kept].map(({ id }) => id));
    return kept.length > 0;
  });
  await restage(ctx, changed, ['records']);
}

const recordsOf = (ctx: Context, table: string, ids: readonly string[]): Promise<(RecordName & { entry: string })[]> =>
  ctx.tx.many(sql`select e.id as entry, s.type, s.id from ${sql.table(table)} e cross join unnest(e.records) with ordinality u (id, place)
    join subject s on s.tenant_id = e.tenant_id and s.id = u.id
    where e.tenant_id = ${ctx.tenant_id} and e.id = any (${ids}::uuid[]) order by e.id, u.place`);
