import { scopeOf } from '../../../kernel/access/rights.ts';
import { type Resource, resourceOfTable } from '../../../kernel/contract/resource.ts';
import { sql } from '../../../kernel/database/database.ts';
import { customPrefix, readCustomFields, referencedTable } from '../../../kernel/resource/custom.ts';
import { valueError } from '../../../kernel/resource/custom-values.ts';
import type { Values } from '../../../kernel/resource/store.ts';
import type { Context } from '../../../kernel/tenancy/context.ts';

interface Row {
  fields: string[];
  record: { before: string };
}

/**
 * Custom fields whose earlier values are not valid any more: an option has been taken away, the field has another type by now, or the record that a
 * value names is deleted for good, as far as the caller would see it. That a field is needed by now keeps nobody from emptying it again.
 */
export async function misfits<R extends Row>(
  ctx: Context,
  resource: Resource,
  rows: readonly R[],
): Promise<Map<R, string[]>> {
  const customised = rows.filter(({ fields }) => fields.some((field) => field.startsWith(customPrefix)));
  if (customised.length === 0) return new Map();
  const known = await readCustomFields(ctx, resource);
  const values = customised.flatMap((row) => {
    const before = JSON.parse(row.record.before) as Values;
    return row.fields.flatMap((name) => {
      const definition = name.startsWith(customPrefix) && known.get(name.slice(customPrefix.length));
      const value = before[name] ?? null;
      return definition && value !== null ? { row, name, definition, value } : [];
    });
  });
  const invalid = new Set(values.filter(({ definition, value }) => valueError(definition, value)));
  const named = values.flatMap((each) => {
    const table = referencedTable(each.definition.type);
    return table && !invalid.has(each) && seesAllOf(ctx, table)
      ? { each, table, id: (each.value as string).toLowerCase() }
      : [];
  });
  for (const [table, references] of Map.groupBy(named, (reference) => reference.table)) {
    const found = await ctx.tx.many<{ id: string }>(sql`select r.id from ${sql.table(table)} r
      where r.tenant_id = ${ctx.tenant_id} and r.id = any (${references.map(({ id }) => id)}::uuid[])`);
    const present = new Set(found.map(({ id }) => id));
    for (const { each, id } of references) if (!present.has(id)) invalid.add(each);
  }
  const byRow = Map.groupBy(invalid, ({ row }) => row);
  return new Map([...byRow].map(([row, of]) => [row, of.map(({ name }) => name)]));
}

/** To others, a record that they do not see looks as one that is gone. */
function seesAllOf({ actor }: Context, table: string): boolean {
  const named = resourceOfTable(table);
  return named !== undefined && scopeOf(actor.rights, named.right, 'read') === 'all';
}
