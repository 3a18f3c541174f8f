import type { RawBuilder } from 'kysely';
import { sql } from '../../../kernel/database/database.ts';
import type { Filter } from '../../../kernel/resource/filter.ts';
import { baseConditions } from '../../../kernel/resource/list.ts';
import type { Context } from '../../../kernel/tenancy/context.ts';
import { contact } from '../../directory/contact/contract.ts';
import { deal } from '../deal/contract.ts';
import type { RuleResource } from './contract.ts';

export interface Rule {
  id: string;
  name: string;
  resource: RuleResource;
  filter: Filter;
  points: number;
}

export function activeRules(ctx: Context): Promise<Rule[]> {
  return ctx.tx.many<Rule>(sql`select id, name, resource, filter, points from scoring_rule
    where tenant_id = ${ctx.tenant_id} and active order by name, id`);
}

export const rulesById = (ctx: Context, ids: readonly string[]): Promise<Rule[]> =>
  ctx.tx.many<Rule>(sql`select id, name, resource, filter, points from scoring_rule
    where tenant_id = ${ctx.tenant_id} and id = any (${ids})`);

/** Of those who wait for each other: what one adds, the next one counts. */
export async function countRules(ctx: Context): Promise<number> {
  await ctx.tx.run(sql`select pg_advisory_xact_lock(hashtextextended(${`scoring rules ${ctx.tenant_id}`}, 0))`);
  const row = await ctx.tx.one<{ rules: number }>(
    sql`select count(*)::int as rules from scoring_rule where tenant_id = ${ctx.tenant_id}`,
  );
  return row.rules;
}

/** Of the deals that are open, or of all contacts: how many there are, and how many are so; counted up to a limit. */
export function countMatches(
  ctx: Context,
  name: RuleResource,
  condition: RawBuilder<unknown>,
  counted_max: number,
): Promise<{ matches: number; total: number }> {
  const resource = name === 'deal' ? deal : contact;
  const all = sql.join(
    [...baseConditions(ctx, resource), ...(name === 'deal' ? [sql`r.status = 'open'`] : [])],
    sql` and `,
  );
  const from = sql`from ${sql.table(resource.table)} r where ${all}`;
  return ctx.tx.one(sql`select
    (select count(*)::int from (select ${from} and ${condition} limit ${counted_max}) m) as matches,
    (select count(*)::int from (select ${from} limit ${counted_max}) t) as total`);
}

/** For each of these records, whether it is so, condition by condition. */
export function askConditions(
  ctx: Context,
  name: RuleResource,
  conditions: readonly RawBuilder<unknown>[],
  ids: readonly string[],
): Promise<{ id: string; met: boolean[] }[]> {
  const asked = sql.join(conditions.map((condition) => sql`coalesce(${condition}, false)`));
  return ctx.tx.many(sql`select r.id, array[${asked}] as met from ${sql.table(name)} r
    where r.tenant_id = ${ctx.tenant_id} and r.id = any (${ids})`);
}
