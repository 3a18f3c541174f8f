import type { RawBuilder } from 'kysely';
import { type Database, sql } from '../database/database.ts';
import { type Context, systemActor, withContext } from '../tenancy/context.ts';
import type { Counts } from './recorder.ts';

/** In a fixed order, so that processes that write at the same time cannot deadlock. */
const inOrder = (entries: Map<string, unknown>): string =>
  JSON.stringify([...entries].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, entry]) => entry));

export function writeCounts(db: Database, tenant_id: string, { activity, routes, statements }: Counts): Promise<void> {
  return withContext(db, systemActor(tenant_id), async ({ tx }) => {
    if (activity.size > 0)
      tx.post(sql`insert into usage_activity as u (tenant_id, day, user_id, feature, requests)
        select ${tenant_id}, c.day, c.user_id, c.feature, c.requests
        from jsonb_to_recordset(${inOrder(activity)}::jsonb) as c (day date, user_id uuid, feature text, requests int)
        where exists (select from user_account a where a.tenant_id = ${tenant_id} and a.id = c.user_id)
        on conflict (tenant_id, day, user_id, feature) do update set requests = u.requests + excluded.requests`);
    if (routes.size > 0)
      tx.post(sql`insert into usage_route as u (tenant_id, day, method, path, requests, refused, failed, total_ms, max_ms, counts)
        select ${tenant_id}, c.* from jsonb_to_recordset(${inOrder(routes)}::jsonb)
          as c (day date, method text, path text, requests int, refused int, failed int, total_ms double precision, max_ms real,
            counts int[])
        on conflict (tenant_id, day, method, path) do update set requests = u.requests + excluded.requests,
          refused = u.refused + excluded.refused,
          failed = u.failed + excluded.failed, total_ms = u.total_ms + excluded.total_ms, max_ms = greatest(u.max_ms, excluded.max_ms),
          counts = app.add_counts(u.counts, excluded.counts)`);
    if (statements.size > 0)
      tx.post(sql`insert into usage_statement as u (tenant_id, day, operation, hash, statement, runs, total_ms, max_ms)
        select ${tenant_id}, c.day, c.operation, decode(c.hash, 'hex'), c.statement, c.runs, c.total_ms, c.max_ms
        from jsonb_to_recordset(${inOrder(statements)}::jsonb)
          as c (day date, operation text, hash text, statement text, runs int, total_ms double precision, max_ms real)
        on conflict (tenant_id, day, operation, hash) do update set runs = u.runs + excluded.runs,
          total_ms = u.total_ms + excluded.total_ms,
          max_ms = greatest(u.max_ms, excluded.max_ms)`);
  });
}

export interface Period {
  from: string;
  to: string;
}

const within = (ctx: Context, { from, to }: Period): RawBuilder<unknown> =>
  sql`u.tenant_id = ${ctx.tenant_id} and u.day between ${from}::date and ${to}::date`;

/** The feature under which the database counts sign-ins. */
const signing_in = 'Signing in';

export interface DayRow {
  from: string;
  people: number;
  requests: number;
  sign_ins: number;
}

/** Each day or week of the period, including those without anybody. */
export function activityBy(ctx: Context, unit: 'day' | 'week', period: Period): Promise<DayRow[]> {
  return ctx.tx.many(sql`select to_char(d.at, 'YYYY-MM-DD') as from, count(distinct u.user_id)::int as people,
      coalesce(sum(u.requests) filter (where u.feature <> ${signing_in}), 0)::int as requests,
      coalesce(sum(u.requests) filter (where u.feature = ${signing_in}), 0)::int as sign_ins
    from generate_series(date_trunc(${unit}, ${period.from}::timestamp), ${period.to}::timestamp, ('1 ' || ${unit})::interval) as d (at)
    left join usage_activity u on date_trunc(${unit}, u.day::timestamp) = d.at and ${within(ctx, period)}
    group by d.at order by d.at`);
}

export async function activePeople(ctx: Context, period: Period): Promise<number> {
  const { people } = await ctx.tx.one<{ people: number }>(
    sql`select count(distinct u.user_id)::int as people from usage_activity u where ${within(ctx, period)}`,
  );
  return people;
}

export interface FeatureRow {
  feature: string;
  people: number;
  requests: number;
}

export function features(ctx: Context, period: Period): Promise<FeatureRow[]> {
  return ctx.tx.many(sql`select u.feature, count(distinct u.user_id)::int as people, sum(u.requests)::int as requests
    from usage_activity u where ${within(ctx, period)} and u.feature <> ${signing_in}
    group by u.feature order by requests desc, u.feature limit 200`);
}

export interface PersonRow {
  user: { id: string; name: string };
  days: number;
  sign_ins: number;
  requests: number;
  last_day: string;
  favourite: string | null;
}

export function people(ctx: Context, period: Period, rows_max: number): Promise<PersonRow[]> {
  return ctx.tx.many(sql`select jsonb_build_object('id', a.id, 'name', a.name) as user, count(distinct u.day)::int as days,
      coalesce(sum(u.requests) filter (where u.feature = ${signing_in}), 0)::int as sign_ins,
      coalesce(sum(u.requests) filter (where u.feature <> ${signing_in}), 0)::int as requests,
      to_char(max(u.day), 'YYYY-MM-DD') as last_day,
      (select f.feature from usage_activity f where f.tenant_id = a.tenant_id and f.user_id = a.id and f.feature <> ${signing_in}
         and f.day between ${period.from}::date and ${period.to}::date group by f.feature order by sum(f.requests) desc, f.feature
           limit 1) as favourite
    from usage_activity u join user_account a on a.tenant_id = u.tenant_id and a.id = u.user_id
    where ${within(ctx, period)} group by a.tenant_id, a.id, a.name order by requests desc, a.name limit ${rows_max}`);
}

export interface TimingRow {
  method: string;
  path: string;
  requests: number;
  refused: number;
  failed: number;
  mean_ms: number;
  max_ms: number;
  counts: number[];
}

export function timings(ctx: Context, period: Period, rows_max: number): Promise<TimingRow[]> {
  return ctx.tx.many(sql`select u.method, u.path, sum(u.requests)::int as requests, sum(u.refused)::int as refused,
    sum(u.failed)::int as failed,
      sum(u.total_ms) / sum(u.requests) as mean_ms, max(u.max_ms)::float8 as max_ms, (
        select array_agg(s.count order by s.step) from (
          select c.step, sum(c.count)::int as count from usage_route r cross join lateral unnest(r.counts) with ordinality as c (count,
            step)
          where r.tenant_id = u.tenant_id and r.method = u.method and r.path = u.path
            and r.day between ${period.from}::date and ${period.to}::date
          group by c.step) s) as counts
    from usage_route u where ${within(ctx, period)} group by u.tenant_id, u.method, u.path order by sum(u.requests) desc, u.path, u.method
      limit ${rows_max}`);
}

export interface StatementRow {
  statement: string;
  operation: string;
  runs: number;
  mean_ms: number;
  max_ms: number;
}

export function slowStatements(ctx: Context, period: Period, rows_max: number): Promise<StatementRow[]> {
  return ctx.tx.many(sql`select min(u.statement) as statement, u.operation, sum(u.runs)::int as runs,
    sum(u.total_ms) / sum(u.runs) as mean_ms,
      max(u.max_ms)::float8 as max_ms
    from usage_statement u where ${within(ctx, period)} group by u.operation, u.hash order by sum(u.total_ms) desc, u.operation
      limit ${rows_max}`);
}
