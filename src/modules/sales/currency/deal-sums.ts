import type { RawBuilder } from 'kysely';
import type { Resource } from '../../../kernel/contract/resource.ts';
import { sql } from '../../../kernel/database/database.ts';
import { filterSql, parseFilter } from '../../../kernel/resource/filter.ts';
import { baseConditions, tenantFieldsFor } from '../../../kernel/resource/list.ts';
import type { Context } from '../../../kernel/tenancy/context.ts';
import { deal } from '../deal/contract.ts';
import { dealProduct } from '../deal-product/contract.ts';
import type { MoneyTotal, TotalQuery } from './contract.ts';
import { dealWorth, type RatedSum, ratedSums, rateJoin, readExchange } from './queries.ts';
import { Total } from './total.ts';

/** The rows whose amounts are added up, and their deals. */
interface Source {
  resource: Resource;
  /** The alias of the deals. */
  deal: string;
  /** What counts of a row. */
  amount: RawBuilder<unknown>;
  join: ReturnType<typeof sql>;
}

const deals: Source = { resource: deal, deal: 'r', amount: dealWorth, join: sql`` };
const products: Source = {
  resource: dealProduct,
  deal: 'd',
  amount: sql`r.amount`,
  join: sql`join deal d on d.tenant_id = r.tenant_id and d.id = r.deal_id`,
};

/** What all deals that match come to. */
export const dealTotal = (ctx: Context, query: TotalQuery): Promise<MoneyTotal> => readTotal(ctx, deals, query);
/** What the products of deals that match come to, each with its share of the deal's amount. */
export const dealProductTotal = (ctx: Context, query: TotalQuery): Promise<MoneyTotal> =>
  readTotal(ctx, products, query);

async function readTotal(ctx: Context, source: Source, { filter, weighted }: TotalQuery): Promise<MoneyTotal> {
  const [exchange, fields] = await Promise.all([readExchange(ctx), tenantFieldsFor(ctx, { filter })]);
  const conditions = baseConditions(ctx, source.resource);
  if (filter !== undefined) conditions.push(filterSql(source.resource, parseFilter(filter), fields));
  const of = (column: string) => sql.ref(`${source.deal}.${column}`);
  const [percent, stage] =
    weighted === 'true'
      ? [sql`s.probability_percent`, sql`join stage s on s.tenant_id = r.tenant_id and s.id = ${of('stage_id')}`]
      : [sql`100`, sql``];
  const sums = await ctx.tx.many<RatedSum & { percent: number }>(sql`
    select r.currency, ${percent} as percent, ${ratedSums(source.amount, exchange)}
    from ${sql.table(source.resource.table)} r ${source.join} ${stage} ${rateJoin(ctx, exchange, source.deal)}
    where ${sql.join(conditions, sql` and `)} group by 1, 2`);
  const total = new Total(exchange.currency);
  for (const sum of sums) total.add(sum, BigInt(sum.percent));
  return total.result(100n);
}
