import type { Resource } from '../../kernel/contract/resource.ts';
import { errorsBelow, invalidField, problems } from '../../kernel/errors/problem.ts';
import { crudRoutes } from '../../kernel/http/crud.ts';
import type { Route } from '../../kernel/http/route.ts';
import { filterSql, parseFilter } from '../../kernel/resource/filter.ts';
import { checkFilterReferences } from '../../kernel/resource/filter-references.ts';
import { tenantFieldsFor } from '../../kernel/resource/list.ts';
import { orderBy } from '../../kernel/resource/sort.ts';
import { getRow, type Values } from '../../kernel/resource/store.ts';
import type { Context } from '../../kernel/tenancy/context.ts';
import { savedView } from './contract.ts';
import { type Columns, wholeColumns } from './queries.ts';

/**
 * Views are of their makers. What is kept has to be a list that can be asked for: filter and sort are tried when they
 * are stored.
 */
export function savedViewRoutes(records: readonly Resource[]): Route[] {
  const check = async (ctx: Context, name: unknown, { filter, sort }: Values, before?: unknown) => {
    const resource = records.find((each) => each.name === name);
    if (!resource) return;
    const asSent = { filter: filter ? JSON.stringify(filter) : null, sort: (sort as string | null) ?? null };
    const fields = await tenantFieldsFor(ctx, asSent);
    if (asSent.sort) orderBy(resource, asSent.sort, fields);
    if (!asSent.filter) return;
    const parsed = parseFilter(asSent.filter);
    filterSql(resource, parsed, fields);
    await checkFilterReferences(ctx, resource, parsed, fields, before);
  };
  return crudRoutes(savedView, {
    cacheTags: ['saved_view'],
    beforeCreate: async (ctx, inputs, errorPath) => {
      if (!ctx.actor.user_id)
        throw invalidField(`${errorPath(0)}owner_id`, 'no_person', 'A view belongs to a person; this key has none');
      for (const [index, input] of inputs.entries())
        await errorsBelow(errorPath(index), () => check(ctx, input.resource, input));
      return inputs.map((input) => ({ ...input, owner_id: ctx.actor.user_id }));
    },
    beforeUpdate: async (ctx, id, input) => {
      if (input.filter !== undefined || input.sort !== undefined) {
        const { resource, filter } = await getRow(ctx, savedView, id);
        await check(ctx, resource, input, filter);
      }
      return input.columns ? { ...input, columns: await withUnseen(ctx, id, input.columns as Columns) } : input;
    },
  });
}

/** Whoever arranges a view anew leaves where it is what they are not shown of it. */
async function withUnseen(ctx: Context, id: string, told: Columns): Promise<Columns> {
  const whole = await wholeColumns(ctx, id);
  if (!whole) throw problems.notFound(savedView.title);
  const { columns, unseen } = whole;
  const isUnseen = (name: string) => unseen.includes(name);
  const kept = (part: 'order' | 'hidden' | 'pinned') => [...told[part], ...(columns[part] ?? []).filter(isUnseen)];
  const widths = Object.entries(columns.widths ?? {}).filter(([name]) => isUnseen(name));
  return {
    order: kept('order'),
    hidden: kept('hidden'),
    pinned: kept('pinned'),
    widths: { ...told.widths, ...Object.fromEntries(widths) },
  };
}
