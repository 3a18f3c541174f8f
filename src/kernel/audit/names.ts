import { ruleOf } from '../access/table-rule.ts';
import { resourceNamed, resourceOfTable } from '../contract/resource.ts';
import { sql } from '../database/database.ts';
import { openLabels, storedLabelSql } from '../resource/label.ts';
import type { Context } from '../tenancy/context.ts';
import type { AuditEvent } from './contract.ts';

type Unnamed = Omit<AuditEvent, 'names'>;
interface Reference {
  table: string;
  id: string;
}

/** Adds the names of the records that events are about, and of those that their values refer to. */
export async function addNames(ctx: Context, events: readonly Unnamed[]): Promise<AuditEvent[]> {
  const references = events.map(referencesOf);
  const names = await findNames(ctx, references.flat());
  return events.map((event, at) => ({
    ...event,
    names: Object.fromEntries(
      references[at]!.flatMap(({ id }) => {
        const name = names.get(id);
        return name ? [[id, name]] : [];
      }),
    ),
  }));
}

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

function referencesOf({ resource, record_id, before, after }: Unnamed): Reference[] {
  const own = tableOf(resource);
  const values = [...Object.entries(before ?? {}), ...Object.entries(after ?? {})].flatMap(([field, value]) => {
    const table = referencedTable(resource, field);
    return table ? [value].flat().flatMap((id) => (uuid.test(String(id)) ? [{ table, id: String(id) }] : [])) : [];
  });
  return own && record_id ? [{ table: own, id: record_id }, ...values] : values;
}

const tableOf = (resource: string) => resourceNamed(resource)?.table;

/**
 * The table that a field refers to: from the contract, or, for rows without one, such as the roles of a user, from the
 * name of the column.
 */
const referencedTable = (resource: string, field: string): string | undefined =>
  resourceNamed(resource)?.meta.get(field)?.table ??
  (field === 'created_by' || field === ruleOf(resource)?.owner ? tableOf('user') : tableOf(field.replace(/_id$/, '')));

/** The names of records that the caller reads, by their ids. */
export const namesOfRecords = (
  ctx: Context,
  records: readonly { resource: string; id: string }[],
): Promise<Map<string, string>> =>
  findNames(
    ctx,
    records.flatMap(({ resource, id }) => {
      const table = tableOf(resource);
      return table ? { table, id } : [];
    }),
  );

/** Each by a look-up of its key, by the policies of its table. */
async function findNames(ctx: Context, references: readonly Reference[]): Promise<Map<string, string>> {
  const lookups = [...Map.groupBy(references, ({ table }) => table)].flatMap(([table, found]) => {
    const resource = resourceOfTable(table);
    // A file has no name of its own, nor has what may be a record of any type.
    if (!resource) return [];
    const ids = [...new Set(found.map(({ id }) => id))];
    return sql`select ${resource.name}::text as resource, i.id, (select ${storedLabelSql(resource)} from ${sql.table(table)} r
        where r.tenant_id = ${ctx.tenant_id} and r.id = i.id) as name from unnest(${ids}::uuid[]) as i (id)`;
  });
  if (lookups.length === 0) return new Map();
  const rows = await ctx.tx.many<{ resource: string; id: string; name: string | null }>(
    sql.join(lookups, sql` union all `),
  );
  await openLabels(ctx, rows);
  return new Map(rows.flatMap(({ id, name }) => (name ? [[id, name]] : [])));
}
