import { keyColumn } from '../../kernel/contract/resource.ts';
import type { Context } from '../../kernel/tenancy/context.ts';
import { importKeys } from '../duplicate/index.ts';
import { withCustomFields } from './custom-cells.ts';
import type { ImportTarget, MatchKey } from './target.ts';

/** The targets as this workspace has them: with its own fields, and records found by its own rules. */
export async function tenantTargets(ctx: Context, targets: readonly ImportTarget[]): Promise<ImportTarget[]> {
  const own = await withCustomFields(ctx, targets);
  return Promise.all(
    own.map(async (target) => {
      const rules = await importKeys(ctx, target.resource);
      return rules ? { ...target, keys: [...target.keys, ...rules.map((fields) => keyOf(target, fields))] } : target;
    }),
  );
}

const keyOf = (
  { contract: { duplicateKeys }, ruleFields = {}, sharing }: ImportTarget,
  fields: readonly string[],
): MatchKey => ({
  from: fields.flatMap((field) => ruleFields[field]?.from ?? [field]),
  columns: fields.map((field) =>
    duplicateKeys?.includes(field) ? keyColumn(field) : (ruleFields[field]?.column ?? field),
  ),
  ...(sharing && fields.includes(sharing.rule.has) && !fields.includes(sharing.rule.lacks) && { isShared: true }),
});
