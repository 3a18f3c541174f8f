import { findVisibleRecords } from '../../../kernel/audit/visibility.ts';
import { isHiddenField } from '../../../kernel/resource/custom.ts';
import type { Context } from '../../../kernel/tenancy/context.ts';
import type { Skip } from './contract.ts';

/** Shows each of these skips as the caller may read it: without the name of a record that is not the caller's to see, and without hidden custom fields. */
export async function shownSkips(ctx: Context, skips: readonly Skip[]): Promise<(skip: Skip) => Skip> {
  const isVisible = await findVisibleRecords(ctx, skips);
  return (skip) => ({
    ...skip,
    name: isVisible(skip) ? skip.name : null,
    fields: skip.fields?.filter((field) => !isHiddenField(ctx, skip.resource, field)) ?? null,
  });
}
