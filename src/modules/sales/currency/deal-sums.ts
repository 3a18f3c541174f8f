import type { RawBuilder } from 'kysely';
import { sql } from '../../../kernel/database/database.ts';
import { filterSql, parseFilter } from '../../../kernel/resource/filter.ts';
import { baseConditions, tenantFieldsFor } from '../../../kernel/resource/list.ts';
import type { Context } from '../../../kernel/tenancy/context.ts';
import { deal } from '../deal/contract.ts';
import type { MoneyTotal } from './contract.ts';
import { type DatedAmount, totalOf } from './total.ts';

/** The day whose rate a deal `r` counts at; null for what is open, and for what needs no rate. */
export const rateDay: RawBuilder<string | null> = sql`case when r.status <> 'open'
  and r.currency <> (select t.default_currency from tenant t where t.id = r.tenant_id) then r.closed_on end`;

/** What all deals that match come to. */
export async function dealTotal(ctx: Context, query: { filter?: string | undefined }): Promise<MoneyTotal> {
  const conditions = [...baseConditions(ctx, deal), sql`r.amount is not null`];
  if (query.filter !== undefined) {
    const fields = await tenantFieldsFor(ctx, { filter: query.filter });
    conditions.push(filterSql(deal, parseFilter(query.filter), fields));
  }
  const sums = await ctx.tx.many<DatedAmount>(sql`select r.currency, ${rateDay} as day, sum(r.amount)::text as amount
    from deal r where ${sql.join(conditions, sql` and `)} group by 1, 2`);
  return totalOf(ctx, sums);
}
