import { findVisibleRecords } from '../../kernel/audit/visibility.ts';
import { isHiddenField } from '../../kernel/resource/custom.ts';
import type { Context } from '../../kernel/tenancy/context.ts';
import type { ReferencedBy, Skip } from './contract.ts';
import { namesFoundAgain } from './stored-names.ts';

/**
 * Shows each of these skips as the caller may read it: without the names of records that are not the caller's to see,
 * and without hidden custom fields.
 */
export async function shownSkips(ctx: Context, skips: readonly Skip[]): Promise<(skip: Skip) => Skip> {
  const referring = skips.flatMap(({ referenced_by }) => referenced_by?.records ?? []);
  const isVisible = await findVisibleRecords(ctx, [...skips, ...referring]);
  const names = await namesFoundAgain(ctx, [...skips, ...referring].filter(isVisible));
  const shown = ({ records, others }: ReferencedBy): ReferencedBy => {
    const named = records.filter(isVisible);
    return {
      records: named.map((record) => ({ ...record, name: record.name || (names.get(record.id) ?? '') })),
      others: others + records.length - named.length,
    };
  };
  return ({ referenced_by, ...skip }) => ({
    ...skip,
    ...(referenced_by && { referenced_by: shown(referenced_by) }),
    name: isVisible(skip) ? (skip.name ?? names.get(skip.id) ?? null) : null,
    fields: skip.fields?.filter((field) => !isHiddenField(ctx, skip.resource, field)) ?? null,
  });
}
