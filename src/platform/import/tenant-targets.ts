import { keyColumn } from '../../kernel/contract/resource.ts';
import type { Context } from '../../kernel/tenancy/context.ts';
import { importKeys } from '../duplicate/index.ts';
import { withCustomFields } from './custom-cells.ts';
import type { ImportTarget, MatchKey } from './target.ts';

/** Columns of the file that give a value by which duplicates are told, where they are called otherwise. */
const givenBy: Record<string, readonly string[]> = { name: ['name', 'given_name', 'family_name', 'full_name'] };
/** Columns that hold it in the table. */
const columnOf: Record<string, string> = { email: 'email_key', company: 'company_id' };

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

const keyOf = ({ contract: { duplicateKeys }, sharesEmail }: ImportTarget, fields: readonly string[]): MatchKey => ({
  from: fields.flatMap((field) => givenBy[field] ?? [field]),
  columns: fields.map((field) => (duplicateKeys?.includes(field) ? keyColumn(field) : (columnOf[field] ?? field))),
  ...(sharesEmail && fields.includes('email') && !fields.includes('name') && { byFirstName: true }),
});
