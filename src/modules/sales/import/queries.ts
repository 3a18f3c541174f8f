import { sql } from '../../../kernel/database/database.ts';
import type { Values } from '../../../kernel/resource/store.ts';
import type { Context } from '../../../kernel/tenancy/context.ts';
import { listed } from '../../../platform/csv/index.ts';
import { today } from '../deal/index.ts';
import type { StageKind } from '../stage/contract.ts';

export interface StageToMake {
  id: string;
  pipeline_id: string;
  name: string;
  kind: StageKind;
  probability_percent: number;
  position: number;
}

export interface KnownStage {
  id: string;
  pipeline_id: string;
  pipeline: string;
  name: string;
  kind: StageKind;
  import_id: string | null;
}

/** All stages of the tenant with the name of their pipeline, those of the first pipeline first. */
export function stagesOf(ctx: Context): Promise<KnownStage[]> {
  return ctx.tx.many(sql`select s.id, s.pipeline_id, p.name as pipeline, s.name, s.kind, s.import_id
    from stage s join pipeline p on p.tenant_id = s.tenant_id and p.id = s.pipeline_id
    where s.tenant_id = ${ctx.tenant_id} order by p.position, p.id, s.position, s.id`);
}

export async function pipelineNames(ctx: Context): Promise<string[]> {
  const rows = await ctx.tx.many<{ name: string }>(sql`select name from pipeline where tenant_id = ${ctx.tenant_id}`);
  return rows.map(({ name }) => name);
}

export async function insertPipeline(
  ctx: Context,
  made: { id: string; name: string; import_id: string },
): Promise<void> {
  await ctx.tx.run(sql`insert into pipeline (tenant_id, id, name, position, import_id)
    select ${ctx.tenant_id}, ${made.id}, ${made.name}, coalesce(max(position), 0) + 1, ${made.import_id}
    from pipeline where tenant_id = ${ctx.tenant_id}`);
}

export async function insertStages(ctx: Context, stages: StageToMake[], import_id: string): Promise<void> {
  await ctx.tx.run(sql`insert into stage (tenant_id, id, pipeline_id, name, kind, probability_percent, position, import_id)
    select ${ctx.tenant_id}, id, pipeline_id, name, kind, probability_percent, position, ${import_id}
    from jsonb_to_recordset(${JSON.stringify(stages)}::jsonb)
      as s (id uuid, pipeline_id uuid, name text, kind text, probability_percent int, position int)`);
}

export async function placeStages(ctx: Context, stages: StageToMake[]): Promise<void> {
  await ctx.tx.run(sql`update stage s set position = n.position, probability_percent = n.probability_percent
    from jsonb_to_recordset(${JSON.stringify(stages)}::jsonb) as n (id uuid, position int, probability_percent int)
    where s.tenant_id = ${ctx.tenant_id} and s.id = n.id and (s.position, s.probability_percent) is distinct
      from (n.position, n.probability_percent)`);
}

export interface WantedReason {
  name: string;
  outcome: string;
}

export async function insertReasons(ctx: Context, reasons: WantedReason[]): Promise<void> {
  await ctx.tx.run(sql`insert into close_reason (tenant_id, name, outcome)
    select ${ctx.tenant_id}, name, outcome from jsonb_to_recordset(${JSON.stringify(reasons)}::jsonb) as r (name text, outcome text)
    on conflict do nothing`);
}

export function reasonsOf(ctx: Context): Promise<(WantedReason & { id: string })[]> {
  return ctx.tx.many(sql`select id, name, outcome from close_reason where tenant_id = ${ctx.tenant_id}`);
}

export interface Standing {
  id: string;
  pipeline_id: string;
  stage_id: string;
  status: StageKind;
}

/** The present pipeline, stage and status of deals. */
export async function standings(ctx: Context, ids: string[]): Promise<Standing[]> {
  if (ids.length === 0) return [];
  return ctx.tx.many(sql`select id, pipeline_id, stage_id, status from deal
    where tenant_id = ${ctx.tenant_id} and id = any (${ids}::uuid[])`);
}

/** The currencies of those deals that have products. */
export function currenciesOfPriced(ctx: Context, ids: string[]): Promise<{ id: string; currency: string }[]> {
  return ctx.tx.many(sql`select id, currency from deal d where tenant_id = ${ctx.tenant_id} and id = any (${ids}::uuid[])
    and exists (select from deal_line l where l.tenant_id = d.tenant_id and l.deal_id = d.id)`);
}

/** Deals as they are now, with `lines: true` for those that have products. */
export async function dealsNow(ctx: Context, ids: string[]): Promise<Map<string, Values>> {
  const rows = await ctx.tx.many<{ deal: Values }>(sql`select to_jsonb(d) || jsonb_build_object('lines',
      case when exists (select from deal_line l where l.tenant_id = d.tenant_id and l.deal_id = d.id) then true end) as deal
    from deal d where d.tenant_id = ${ctx.tenant_id} and d.id = any (${ids})`);
  return new Map(rows.map(({ deal }) => [deal.id as string, deal]));
}

export interface WantedLine {
  deal_id: string;
  product_id: string;
  position: number;
  /** The quantity in the file; an existing line keeps values that the file does not have. */
  quantity: string | null;
  /** In the currency of the deal. */
  unit_price: string | null;
  discount_percent: string | null;
  /**
   * The price in minor units of a new line without one in the file; null: that of the product, if it is in the currency
   * of the deal.
   */
  usual_price: string | null;
  /** The same where the product has no price either. */
  near_price: string | null;
}

/**
 * Updates the lines of deals with the values of a file, and adds missing ones. The second row of a product is its
 * second line.
 */
export async function placeLines(ctx: Context, lines: WantedLine[], import_id: string): Promise<void> {
  const deals = [...new Set(lines.map(({ deal_id }) => deal_id))];
  const wanted = sql`select *, row_number() over (partition by deal_id, product_id order by position) as nth
    from jsonb_to_recordset(${JSON.stringify(lines)}::jsonb) as w (deal_id uuid, product_id uuid, position int, quantity numeric,
      unit_price numeric, discount_percent numeric, usual_price bigint, near_price bigint)`;
  const known = sql`select *, row_number() over (partition by deal_id, product_id order by position, id) as nth
    from deal_line where tenant_id = ${ctx.tenant_id} and deal_id = any (${deals}::uuid[])`;
  const minor = sql`(w.unit_price * app.currency_factor(d.currency))::bigint`;
  if (lines.some(({ quantity, unit_price, discount_percent }) => quantity ?? unit_price ?? discount_percent))
    await ctx.tx.run(sql`update deal_line t set quantity = n.quantity, unit_price = n.unit_price, discount_percent = n.discount_percent
      from (select k.id, coalesce(w.quantity, k.quantity) as quantity, coalesce(${minor}, k.unit_price) as unit_price,
          coalesce(w.discount_percent, k.discount_percent) as discount_percent
        from (${wanted}) w join (${known}) k on k.deal_id = w.deal_id and k.product_id = w.product_id and k.nth = w.nth
        join deal d on d.tenant_id = ${ctx.tenant_id} and d.id = w.deal_id) n
      where t.tenant_id = ${ctx.tenant_id} and t.id = n.id
        and (t.quantity, t.unit_price, t.discount_percent) is distinct from (n.quantity, n.unit_price, n.discount_percent)`);
  await ctx.tx.run(sql`insert into deal_line (tenant_id, deal_id, product_id, quantity, unit_price, discount_percent, position, import_id)
    select d.tenant_id, d.id, p.id, coalesce(w.quantity, 1),
      coalesce(${minor}, w.usual_price, case when p.currency = d.currency then p.unit_price end, w.near_price, 0),
        coalesce(w.discount_percent, 0), w.position, ${import_id}
    from (${wanted}) w
    join deal d on d.tenant_id = ${ctx.tenant_id} and d.id = w.deal_id and d.id = any (${deals}::uuid[])
    join product p on p.tenant_id = ${ctx.tenant_id} and p.id = w.product_id
    where not exists (select from (${known}) k where k.deal_id = w.deal_id and k.product_id = w.product_id and k.nth = w.nth)`);
}

/**
 * As over HTTP: a deal that has come to another outcome closed today unless its row says when, and not for the reason
 * of the former one.
 */
export async function setClosings(
  ctx: Context,
  deals: Record<'id' | 'closed_on' | 'close_reason_id', string | null | undefined>[],
): Promise<void> {
  const given = sql`jsonb_to_recordset(${JSON.stringify(deals)}::jsonb) as w (id uuid, closed_on date, close_reason_id uuid)`;
  await ctx.tx.run(sql`update deal d set closed_on = n.closed_on, close_reason_id = n.close_reason_id, close_note = n.close_note
    from (select c.id, case when c.status <> 'open' then coalesce(w.closed_on, ${await today(ctx)}::date) end as closed_on,
        case when c.status <> 'open' then w.close_reason_id end as close_reason_id,
        case when c.status <> 'open' then c.close_note end as close_note
      from ${given} join deal c on c.tenant_id = ${ctx.tenant_id} and c.id = w.id) n
    where d.tenant_id = ${ctx.tenant_id} and d.id = n.id
      and (d.closed_on, d.close_reason_id, d.close_note) is distinct from (n.closed_on, n.close_reason_id, n.close_note)`);
}

const inOrder = sql`'; ' order by l.position, l.id`;
/** The lines of all deals at once: each column has a value per line. */
const join = sql`left join (select l.deal_id, string_agg(${listed(sql`p.name`)}, ${inOrder}) as names,
      string_agg(trim_scale(l.quantity)::text, ${inOrder}) as quantities,
      string_agg(app.decimal_amount(l.unit_price, d.currency), ${inOrder}) as prices,
      string_agg(trim_scale(l.discount_percent)::text, ${inOrder}) as discounts
    from deal_line l join product p on p.tenant_id = l.tenant_id and p.id = l.product_id
    join deal d on d.tenant_id = l.tenant_id and d.id = l.deal_id group by 1)
  x_lines on x_lines.deal_id = r.id`;
export const productNames = { value: sql`x_lines.names`, join };
export const lineQuantities = { value: sql`x_lines.quantities`, join };
export const linePrices = { value: sql`x_lines.prices`, join };
export const lineDiscounts = { value: sql`x_lines.discounts`, join };
