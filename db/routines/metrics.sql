-- Figures for /metrics that stand in rows of all workspaces. None names a workspace or a person.

-- ---------------------------------------------------------------------------------------------------------------------
-- As holdfast_system

set local role holdfast_system;

-- Jobs by kind, as {kind, state, jobs, oldest_seconds}. Of each state at most rows_max are looked at, so that a long queue is counted as
-- fast as a short one; of the failed ones the latest of the last day.
create or replace function app.job_figures(rows_max int)
  returns table (kind text, state text, jobs int, oldest_seconds double precision)
  language sql stable security definer set search_path = pg_catalog, public, app, pg_temp as $$
  with looked_at as (
    (select j.kind, 'waiting' as state, j.run_at as since from job j where j.state = 'ready' limit rows_max)
    union all
    (select j.kind, 'running', j.started_at from job j where j.state = 'running' limit rows_max)
    union all
    (select j.kind, 'in_doubt', j.finished_at from job j where j.state = 'in_doubt' limit rows_max)
    union all
    (select j.kind, 'failed', j.finished_at from job j where j.state = 'failed' and j.finished_at > now() - interval '1 day'
      order by j.finished_at desc limit rows_max)
  )
  select l.kind, l.state, count(*)::int, extract(epoch from greatest(clock_timestamp() - min(l.since), interval '0'))::double precision
  from looked_at l group by l.kind, l.state
$$;
revoke all on function app.job_figures(int) from public;
grant execute on function app.job_figures(int) to holdfast_app;

-- How many workspaces there are, and how many people used one of them yesterday or today (UTC).
create or replace function app.usage_figures() returns table (workspaces int, active_users int)
  language sql stable security definer set search_path = pg_catalog, public, app, pg_temp as $$
  select count(*)::int, coalesce(sum(a.users), 0)::int
  from tenant t cross join lateral (
    select count(distinct u.user_id) as users from usage_activity u
    where u.tenant_id = t.id and u.day >= (now() at time zone 'UTC')::date - 1) a
  where t.id <> '00000000-0000-0000-0000-000000000000'
$$;
revoke all on function app.usage_figures() from public;
grant execute on function app.usage_figures() to holdfast_app;

reset role;
