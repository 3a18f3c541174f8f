import { sql } from '../../../kernel/database/database.ts';
import { dequeue } from '../../../kernel/database/dequeue.ts';
import type { Context } from '../../../kernel/tenancy/context.ts';
import type { DealFacts } from './facts.ts';

export interface KnownDeal {
  id: string;
  status: 'open' | 'won' | 'lost';
  closed_on: string | null;
  /** As it was when the deal was last scored while open. */
  known: DealFacts | null;
  /** As it is now; of the amount only while the deal is open. */
  now: DealFacts;
}

/** A statement about deals `d`, with what is known of each. */
const knownDeals = (ctx: Context) => sql`
  select d.id, d.status, d.closed_on, s.known, jsonb_build_object(
    'pipeline_id', d.pipeline_id, 'source', nullif(trim(d.source), ''), 'owner_id', d.owner_id,
    'product_ids', array(select distinct l.product_id from deal_line l where l.tenant_id = d.tenant_id and l.deal_id = d.id order by 1),
    'industry', nullif(trim(c.industry), ''), 'country', nullif(trim(c.country), ''), 'employees', c.employee_count,
    'amount', case when d.status = 'open' and d.currency = t.default_currency then d.amount / app.currency_factor(d.currency)::numeric end,
    'won_before', b.won, 'lost_before', b.lost, 'weekday', extract(isodow from d.opened_on)::int) as now
  from deal d
  join tenant t on t.id = d.tenant_id
  left join company c on c.tenant_id = d.tenant_id and c.id = d.company_id
  left join deal_score s on s.tenant_id = d.tenant_id and s.deal_id = d.id
  cross join lateral (
    select count(*) filter (where o.status = 'won')::int as won, count(*) filter (where o.status = 'lost')::int as lost
    from deal o where o.tenant_id = d.tenant_id and o.company_id = d.company_id and o.closed_on < d.opened_on and o.deleted_at is null) b
  where d.tenant_id = ${ctx.tenant_id} and d.deleted_at is null`;

/** The last of them to be closed, up to a limit. */
export function closedDeals(ctx: Context, deals_max: number): Promise<KnownDeal[]> {
  return ctx.tx.many<KnownDeal>(sql`${knownDeals(ctx)} and d.id = any (array(
    select e.id from deal e where e.tenant_id = ${ctx.tenant_id} and e.status <> 'open' and e.closed_on is not null and e.deleted_at is null
    order by e.closed_on desc, e.id limit ${deals_max}))`);
}

export const dealsById = (ctx: Context, ids: readonly string[]): Promise<KnownDeal[]> =>
  ctx.tx.many<KnownDeal>(sql`${knownDeals(ctx)} and d.id = any (${ids})`);

export function countClosed(ctx: Context): Promise<{ won: number; lost: number }> {
  return ctx.tx.one(sql`select count(*) filter (where status = 'won')::int as won, count(*) filter (where status = 'lost')::int as lost
    from deal where tenant_id = ${ctx.tenant_id} and status <> 'open' and closed_on is not null and deleted_at is null`);
}

/** One at a time scores the deals of a workspace: what is written last was read last. */
export async function lockScores(ctx: Context): Promise<void> {
  await ctx.tx.run(sql`select pg_advisory_xact_lock(hashtextextended(${`deal scores ${ctx.tenant_id}`}, 0))`);
}

/** Puts every deal that has, or should have, a score in place of the word that all of them have. */
export async function expandTenantWideEntries(ctx: Context): Promise<void> {
  await ctx.tx.run(sql`with all_due as (
      delete from score_due where tenant_id = ${ctx.tenant_id} and deal_id is null returning id
    )
    insert into score_due (tenant_id, deal_id)
    select ${ctx.tenant_id}, d.id from deal d
    where exists (select from all_due) and d.tenant_id = ${ctx.tenant_id} and (d.status = 'open' or d.score is not null)`);
}

/** Takes up to so many deals off the list, however often they stand on it. */
export async function dequeueDeals(ctx: Context, rows_max: number): Promise<string[]> {
  const rows = await ctx.tx.many<{ deal_id: string }>(sql`
    with taken as (${dequeue(ctx, 'score_due', rows_max, sql`and deal_id is not null`)}) select distinct deal_id from taken order by deal_id`);
  return rows.map((row) => row.deal_id);
}

/** Those that somebody was changing are looked at again; those that are gone are not. */
export async function requeueSkipped(ctx: Context, dealIds: readonly string[]): Promise<void> {
  if (dealIds.length === 0) return;
  await ctx.tx.run(sql`insert into score_due (tenant_id, deal_id)
    select ${ctx.tenant_id}, id from deal where tenant_id = ${ctx.tenant_id} and id = any (${dealIds})`);
}

export async function makeAllDue(ctx: Context): Promise<void> {
  await ctx.tx.run(sql`insert into score_due (tenant_id) values (${ctx.tenant_id})`);
}

/** Locks those that nobody is changing: whoever is will have them scored again. */
export async function lockDeals(ctx: Context, ids: readonly string[]): Promise<string[]> {
  const rows = await ctx.tx.many<{
    id: string;
  }>(sql`select id from deal where tenant_id = ${ctx.tenant_id} and id = any (${ids})
    order by id for no key update skip locked`);
  return rows.map((row) => row.id);
}

/** A reason as it is kept: names are read when it is shown. */
export interface KeptReason {
  kind: 'model' | 'rule';
  factor?: string;
  values?: string[];
  rule_id?: string;
  points: number;
}

export interface ScoreRow {
  deal_id: string;
  model_id: string | null;
  score: number | null;
  base: number | null;
  rule_points: number;
  reasons: KeptReason[];
  known: DealFacts;
}

/** Only what is different is written, so that a night in which nothing happened changes nothing. */
export async function upsertDealScores(ctx: Context, rows: readonly ScoreRow[]): Promise<void> {
  await ctx.tx.run(sql`insert into deal_score (tenant_id, deal_id, model_id, score, base, rule_points, reasons, known)
    select ${ctx.tenant_id}, r.* from jsonb_to_recordset(${JSON.stringify(rows)})
      as r (deal_id uuid, model_id uuid, score int, base int, rule_points int, reasons jsonb, known jsonb)
    on conflict (tenant_id, deal_id) do update set model_id = excluded.model_id, score = excluded.score, base = excluded.base,
      rule_points = excluded.rule_points, reasons = excluded.reasons, known = excluded.known, scored_at = now()
    where (deal_score.model_id, deal_score.score, deal_score.base, deal_score.rule_points, deal_score.reasons, deal_score.known)
      is distinct from (excluded.model_id, excluded.score, excluded.base, excluded.rule_points, excluded.reasons, excluded.known)`);
}

/** Puts the scores beside the deals; what is closed has none. */
export async function updateDealScoreColumn(
  ctx: Context,
  rows: readonly { deal_id: string; score: number | null }[],
): Promise<void> {
  await ctx.tx.run(sql`update deal d set score = r.score from jsonb_to_recordset(${JSON.stringify(rows)}) as r (deal_id uuid, score int)
    where d.tenant_id = ${ctx.tenant_id} and d.id = r.deal_id and d.score is distinct from r.score`);
}

export interface ReadScore extends Omit<ScoreRow, 'known'> {
  scored_at: string;
  status: 'open' | 'won' | 'lost';
  verdict: string | null;
}

export function findScore(ctx: Context, dealId: string): Promise<ReadScore | undefined> {
  return ctx.tx.maybe<ReadScore>(sql`select s.deal_id, s.model_id, s.score, s.base, s.rule_points, s.reasons, s.scored_at, d.status,
      (select m.verdict from score_model m where m.tenant_id = s.tenant_id and m.id = s.model_id) as verdict
    from deal_score s join deal d on d.tenant_id = s.tenant_id and d.id = s.deal_id
    where s.tenant_id = ${ctx.tenant_id} and s.deal_id = ${dealId}`);
}

/** Names of what models and reasons mention by id, of those that the caller may see. */
export async function namesOf(ctx: Context, ids: readonly string[]): Promise<Map<string, string>> {
  const table = (name: string) =>
    sql`select id, name from ${sql.table(name)} where tenant_id = ${ctx.tenant_id} and id = any (${ids})`;
  const parts = ['pipeline', 'user_account', 'product', 'scoring_rule'].map(table);
  const rows = await ctx.tx.many<{ id: string; name: string }>(sql.join(parts, sql` union all `));
  return new Map(rows.map(({ id, name }) => [id, name]));
}
