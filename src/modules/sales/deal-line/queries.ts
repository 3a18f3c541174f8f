import { sql } from '../../../kernel/database/database.ts';
import type { Context } from '../../../kernel/tenancy/context.ts';

export interface ProductPrice {
  id: string;
  unit_price: string | null;
  currency: string;
}

export interface NewLine {
  product_id: string;
  quantity: string;
  /** Minor units. */
  unit_price: string;
  discount_percent: string;
}

export function productPrices(ctx: Context, ids: string[]): Promise<ProductPrice[]> {
  return ctx.tx.many<ProductPrice>(
    sql`select id, unit_price, currency from product where tenant_id = ${ctx.tenant_id} and id = any (${ids})`,
  );
}

export async function deleteLines(ctx: Context, dealId: string): Promise<void> {
  await ctx.tx.run(sql`delete from deal_line where tenant_id = ${ctx.tenant_id} and deal_id = ${dealId}`);
}

export async function insertLines(ctx: Context, dealId: string, lines: NewLine[]): Promise<void> {
  await ctx.tx.run(sql`insert into deal_line (tenant_id, deal_id, product_id, quantity, unit_price, discount_percent, position)
    select ${ctx.tenant_id}, ${dealId}, l.product_id, l.quantity, l.unit_price, l.discount_percent, l.position
    from rows from (jsonb_to_recordset(${JSON.stringify(lines)})
      as (product_id uuid, quantity numeric, unit_price bigint, discount_percent numeric))
      with ordinality as l (product_id, quantity, unit_price, discount_percent, position)`);
}

/** The sum of a deal's lines as a decimal string. */
export async function linesTotal(ctx: Context, dealId: string, currency: string): Promise<string> {
  const row = await ctx.tx.one<{ total: string }>(sql`
    select app.decimal_amount(coalesce(sum(app.line_total(quantity, unit_price, discount_percent)), 0), ${currency}) as total
    from deal_line where tenant_id = ${ctx.tenant_id} and deal_id = ${dealId}`);
  return row.total;
}
