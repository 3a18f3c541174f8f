import { sql } from '../../../kernel/database/database.ts';
import type { Context } from '../../../kernel/tenancy/context.ts';
import type { Rule } from './contract.ts';

/** The rules of the workspace itself; undefined when it has none of its own. */
export const findRules = (ctx: Context, resource: string): Promise<{ rules: Rule[]; version: number } | undefined> =>
  ctx.tx.maybe(
    sql`select rules, version from duplicate_rules where tenant_id = ${ctx.tenant_id} and resource = ${resource}`,
  );

/** False when `version` is given and is not the present one; without rules of its own the workspace is at 0. */
export async function saveRules(
  ctx: Context,
  resource: string,
  rules: readonly Rule[],
  version?: number,
): Promise<boolean> {
  const expected = version ?? null;
  const changed = await ctx.tx.run(sql`insert into duplicate_rules as present (tenant_id, resource, rules)
    select ${ctx.tenant_id}, ${resource}, ${JSON.stringify(rules)}::jsonb
    where ${expected}::int is null or ${expected}::int = coalesce(
      (select version from duplicate_rules where tenant_id = ${ctx.tenant_id} and resource = ${resource}), 0)
    on conflict (tenant_id, resource) do update set rules = excluded.rules
      where ${expected}::int is null or present.version = ${expected}::int`);
  return changed === 1;
}

export async function forgetRules(ctx: Context, resource: string): Promise<void> {
  await ctx.tx.run(sql`delete from duplicate_rules where tenant_id = ${ctx.tenant_id} and resource = ${resource}`);
}
