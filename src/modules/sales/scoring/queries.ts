import type { RawBuilder } from 'kysely';
import { sql } from '../../../kernel/database/database.ts';
import type { FeedEvent } from '../../../kernel/feed/consumer.ts';
import type { Context } from '../../../kernel/tenancy/context.ts';
import type { DealFacts } from './facts.ts';

export interface KnownDeal {
  id: string;
  status: 'open' | 'won' | 'lost';
  closed_on: string | null;
  /** The facts when the deal was last scored while open. */
  known: DealFacts | null;
  /** The present facts; the amount only while the deal is open. */
  now: DealFacts;
}

/**
 * Selects deals with their facts, `chosen` by their columns id, company_id and opened_on. What was won and lost before
 * is counted in one pass over each company's closings and openings by day: counted for each deal, it would take the
 * square of the deals of a company.
 */
const knownDeals = (ctx: Context, chosen: RawBuilder<unknown>) => sql`
  with chosen as materialized (${chosen}),
  days as (
    select id, company_id, opened_on as day, null as ended from chosen
    union all
    select null, o.company_id, o.closed_on, o.status
    from (select distinct company_id from chosen) c join deal o on o.tenant_id = ${ctx.tenant_id} and o.company_id = c.company_id
    where o.status <> 'open' and o.closed_on is not null and o.deleted_at is null),
  counted as (
    select id, company_id is not null and day is not null as known, count(*) filter (where ended = 'won') over earlier as won,
      count(*) filter (where ended = 'lost') over earlier as lost
    from days window earlier as (partition by company_id order by day groups between unbounded preceding and 1 preceding))
  select d.id, d.status, d.closed_on, s.known, jsonb_build_object(
    'pipeline_id', d.pipeline_id, 'source', nullif(trim(d.source), ''), 'owner_id', d.owner_id,
    'product_ids', array(select distinct l.product_id from deal_line l where l.tenant_id = d.tenant_id and l.deal_id = d.id order by 1),
    'industry', nullif(trim(c.industry), ''), 'country', nullif(trim(c.country), ''), 'employees', c.employee_count,
    'amount', case when d.status = 'open' and d.currency = t.default_currency then d.amount / app.currency_factor(d.currency)::numeric end,
    'won_before', case when b.known then b.won else 0 end, 'lost_before', case when b.known then b.lost else 0 end, 'weekday',
      extract(isodow from d.opened_on)::int) as now
  from counted b
  join deal d on d.tenant_id = ${ctx.tenant_id} and d.id = b.id
  join tenant t on t.id = d.tenant_id
  left join company c on c.tenant_id = d.tenant_id and c.id = d.company_id
  left join deal_score s on s.tenant_id = d.tenant_id and s.deal_id = d.id
  where b.id is not null`;

/** The most recently closed deals, up to a limit. */
export function closedDeals(ctx: Context, deals_max: number): Promise<KnownDeal[]> {
  return ctx.tx.many<KnownDeal>(
    knownDeals(
      ctx,
      sql`select id, company_id, opened_on from deal
        where tenant_id = ${ctx.tenant_id} and status <> 'open' and closed_on is not null and deleted_at is null
        order by closed_on desc, id limit ${deals_max}`,
    ),
  );
}

export const dealsById = (ctx: Context, ids: readonly string[]): Promise<KnownDeal[]> =>
  ctx.tx.many<KnownDeal>(
    knownDeals(
      ctx,
      sql`select id, company_id, opened_on from deal where tenant_id = ${ctx.tenant_id} and id = any (${ids}) and deleted_at is null`,
    ),
  );

export function countClosed(ctx: Context): Promise<{ won: number; lost: number }> {
  return ctx.tx.one(sql`select count(*) filter (where status = 'won')::int as won, count(*) filter (where status = 'lost')::int as lost
    from deal where tenant_id = ${ctx.tenant_id} and status <> 'open' and closed_on is not null and deleted_at is null`);
}

/**
 * Only one transaction at a time scores the deals of a workspace, so that the scores written last were computed last.
 */
export async function lockScores(ctx: Context): Promise<void> {
  await ctx.tx.run(sql`select pg_advisory_xact_lock(hashtextextended(${`deal scores ${ctx.tenant_id}`}, 0))`);
}

/**
 * The deals whose score may change after these events, up to a limit: the deals themselves, those of lines, and the
 * open ones of companies and contacts; those of tags likewise. Of which record a line or a tag was, history has, also
 * once it is deleted.
 */
export async function dealsOf(ctx: Context, events: readonly FeedEvent[], rows_max: number): Promise<string[]> {
  const of = (resource: string) => events.filter((event) => event.resource === resource);
  const ids = (resource: string) => of(resource).map(({ record_id }) => record_id);
  const attached = [...of('deal_line'), ...of('record_tag')].map(({ seq }) => seq);
  const rows = await ctx.tx.many<{ id: string }>(sql`
    with attached as (
      select coalesce(v.row ->> 'record_id', v.row ->> 'deal_id', v.row ->> 'contact_id', v.row ->> 'company_id')::uuid as record_id
      from record_history h cross join lateral (values (h.before), (h.after)) v (row)
      where h.tenant_id = ${ctx.tenant_id} and h.seq = any (${attached}::bigint[]))
    select id from (
      select unnest(${ids('deal')}::uuid[]) as id
      union select d.id from deal d where d.tenant_id = ${ctx.tenant_id} and d.id = any (array(select record_id from attached))
      union select l.deal_id from deal_line l where l.tenant_id = ${ctx.tenant_id} and l.id = any (${ids('deal_line')}::uuid[])
      union select d.id from deal d
        where d.tenant_id = ${ctx.tenant_id} and d.status = 'open'
          and d.company_id = any (${ids('company')}::uuid[] || array(select record_id from attached))
      union select d.id from deal d
        where d.tenant_id = ${ctx.tenant_id} and d.status = 'open'
          and d.contact_id = any (${ids('contact')}::uuid[] || array(select record_id from attached))
    ) due where id is not null limit ${rows_max}`);
  return rows.map(({ id }) => id);
}

/** The next deals that have, or should have, a score. */
export async function nextDeals(ctx: Context, after: string | null, rows_max: number): Promise<string[]> {
  const rows = await ctx.tx.many<{ id: string }>(sql`select id from deal
    where tenant_id = ${ctx.tenant_id} ${after === null ? sql`` : sql`and id > ${after}`} and (status = 'open' or score is not null)
    order by id limit ${rows_max}`);
  return rows.map(({ id }) => id);
}

/** The deals of these that exist. */
export async function existingDeals(ctx: Context, ids: readonly string[]): Promise<string[]> {
  const rows = await ctx.tx.many<{ id: string }>(
    sql`select id from deal where tenant_id = ${ctx.tenant_id} and id = any (${ids})`,
  );
  return rows.map(({ id }) => id);
}

/**
 * Locks those that nobody else has locked. Waiting for the others could deadlock, if their transactions wait for one of
 * these.
 */
export async function lockDeals(ctx: Context, ids: readonly string[]): Promise<string[]> {
  const rows = await ctx.tx.many<{
    id: string;
  }>(sql`select id from deal where tenant_id = ${ctx.tenant_id} and id = any (${ids})
    order by id for no key update skip locked`);
  return rows.map((row) => row.id);
}

/** A stored reason; names are looked up when it is shown. */
export interface StoredReason {
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
  reasons: StoredReason[];
  known: DealFacts;
}

/** Writes only differences, so that a night without changes writes nothing. */
export async function upsertDealScores(ctx: Context, rows: readonly ScoreRow[]): Promise<void> {
  await ctx.tx.run(sql`insert into deal_score (tenant_id, deal_id, model_id, score, base, rule_points, reasons, known)
    select ${ctx.tenant_id}, r.* from jsonb_to_recordset(${JSON.stringify(rows)})
      as r (deal_id uuid, model_id uuid, score int, base int, rule_points int, reasons jsonb, known jsonb)
    on conflict (tenant_id, deal_id) do update set model_id = excluded.model_id, score = excluded.score, base = excluded.base,
      rule_points = excluded.rule_points, reasons = excluded.reasons, known = excluded.known, scored_at = now()
    where (deal_score.model_id, deal_score.score, deal_score.base, deal_score.rule_points, deal_score.reasons, deal_score.known)
      is distinct from (excluded.model_id, excluded.score, excluded.base, excluded.rule_points, excluded.reasons, excluded.known)`);
}

/** Copies the scores to the deals; closed deals have none. */
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

/** The names of records that models and reasons refer to, as far as the caller may see them. */
export async function namesOf(ctx: Context, ids: readonly string[]): Promise<Map<string, string>> {
  const table = (name: string) =>
    sql`select id, name from ${sql.table(name)} where tenant_id = ${ctx.tenant_id} and id = any (${ids})`;
  const parts = ['pipeline', 'user_account', 'product'].map(table);
  const rows = await ctx.tx.many<{ id: string; name: string }>(sql.join(parts, sql` union all `));
  return new Map(rows.map(({ id, name }) => [id, name]));
}
