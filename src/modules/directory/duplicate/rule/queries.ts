import { sql } from '../../../../kernel/database/database.ts';
import type { Context } from '../../../../kernel/tenancy/context.ts';
import type { Rule } from './contract.ts';

/** Those of the workspace itself; undefined when it has none of its own. */
export async function findRules(ctx: Context, resource: string): Promise<Rule[] | undefined> {
  const row = await ctx.tx.maybe<{ rules: Rule[] }>(
    sql`select rules from duplicate_rules where tenant_id = ${ctx.tenant_id} and resource = ${resource}`,
  );
  return row?.rules;
}

export async function saveRules(ctx: Context, resource: string, rules: readonly Rule[]): Promise<void> {
  await ctx.tx.run(sql`insert into duplicate_rules (tenant_id, resource, rules) values (${ctx.tenant_id}, ${resource}, ${JSON.stringify(rules)})
    on conflict (tenant_id, resource) do update set rules = excluded.rules`);
}

export async function forgetRules(ctx: Context, resource: string): Promise<void> {
  await ctx.tx.run(sql`delete from duplicate_rules where tenant_id = ${ctx.tenant_id} and resource = ${resource}`);
}
