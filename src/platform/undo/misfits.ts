import { scopeOf } from '../../kernel/access/rights.ts';
import { type Resource, resourceOfTable } from '../../kernel/contract/resource.ts';
import { type CustomFields, customPrefix, readCustomFields, referencedTable } from '../../kernel/resource/custom.ts';
import { valueError } from '../../kernel/resource/custom-values.ts';
import type { Values } from '../../kernel/resource/store.ts';
import type { Context } from '../../kernel/tenancy/context.ts';
import { existing } from './record-queries.ts';

interface Row {
  fields: string[];
  record: { before: string };
}

/**
 * Fields whose earlier values are not valid any more: the record that a value names is deleted for good, as far as the
 * caller would see it, or, of a custom field, an option has been taken away, or the field has another type by now. That
 * a field is needed by now keeps nobody from emptying it again.
 */
export async function misfits<R extends Row>(
  ctx: Context,
  resource: Resource,
  rows: readonly R[],
): Promise<Map<R, string[]>> {
  const isCustom = (name: string) => name.startsWith(customPrefix);
  const concerned = rows.filter(({ fields }) => fields.some((name) => isCustom(name) || tableOf(resource, name)));
  if (concerned.length === 0) return new Map();
  const isCustomised = concerned.some(({ fields }) => fields.some(isCustom));
  const known: CustomFields = isCustomised ? await readCustomFields(ctx, resource) : new Map();
  const values = concerned.flatMap((row) => {
    const before = JSON.parse(row.record.before) as Values;
    return row.fields.flatMap((name) => {
      const value = before[name] ?? null;
      if (value === null) return [];
      const definition = isCustom(name) ? known.get(name.slice(customPrefix.length)) : undefined;
      return {
        row,
        name,
        value,
        definition,
        table: definition ? referencedTable(definition.type) : tableOf(resource, name),
      };
    });
  });
  const invalid = new Set(values.filter(({ definition, value }) => definition && valueError(definition, value)));
  const references = values.filter((each) => each.table && !invalid.has(each) && seesAllOf(ctx, each.table));
  for (const [table, named] of Map.groupBy(references, (reference) => reference.table!)) {
    const idOf = ({ value }: (typeof named)[number]) => (value as string).toLowerCase();
    const present = await existing(ctx, table, named.map(idOf));
    for (const each of named) if (!present.has(idOf(each))) invalid.add(each);
  }
  const byRow = Map.groupBy(invalid, ({ row }) => row);
  return new Map([...byRow].map(([row, of]) => [row, of.map(({ name }) => name)]));
}

/** The table of the records that a field of the record type itself names. */
function tableOf({ meta }: Resource, name: string): string | undefined {
  const field = meta.get(name);
  return field?.type === 'reference' && !field.ofAnyType ? field.table : undefined;
}

/** To others, a record that they do not see looks as one that is gone. */
function seesAllOf({ actor }: Context, table: string): boolean {
  const named = resourceOfTable(table);
  return named !== undefined && scopeOf(actor.rights, named.right, 'read') === 'all';
}
