import { sql } from '../../../kernel/database/database.ts';
import type { TenantFields } from '../../../kernel/resource/custom.ts';
import { type Filter, filterSql } from '../../../kernel/resource/filter.ts';
import { baseConditions } from '../../../kernel/resource/list.ts';
import type { Context } from '../../../kernel/tenancy/context.ts';
import { dealWorth, type Exchange, type RatedSum, ratedSums, rateJoin } from '../currency/index.ts';
import { deal } from '../deal/contract.ts';

export interface ColumnSum extends RatedSum {
  stage_id: string;
  count: number;
  rotting: number;
}

/** What is in each of these columns, per currency. */
export function columnSums(
  ctx: Context,
  exchange: Exchange,
  stageIds: string[],
  filter: Filter | undefined,
  fields: TenantFields,
): Promise<ColumnSum[]> {
  const conditions = [...baseConditions(ctx, deal), sql`r.stage_id = any (${stageIds})`];
  if (filter) conditions.push(filterSql(deal, filter, fields));
  return ctx.tx.many<ColumnSum>(sql`
    select r.stage_id, r.currency, count(*)::int as count, ${ratedSums(dealWorth, exchange)},
      (count(*) filter (where r.status = 'open' and r.stage_entered_at < now() - make_interval(days => s.rotting_days)))::int as rotting
    from deal r join stage s on s.tenant_id = r.tenant_id and s.id = r.stage_id ${rateJoin(ctx, exchange)}
    where ${sql.join(conditions, sql` and `)} group by r.stage_id, r.currency`);
}
