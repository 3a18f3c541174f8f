-- The job queue: rows that are enqueued in the caller's transaction, claimed with SKIP LOCKED, and held by a lease.

-- ---------------------------------------------------------------------------------------------------------------------
-- As holdfast_system

set local role holdfast_system;

-- Claims up to "slots" ready jobs for a worker and shares them evenly between tenants: a tenant with a hundred thousand waiting jobs gets
-- no larger part of a batch than one with a single job. "free_slots" says how many more jobs of each kind the worker may run, "tenant_max"
-- how many of one tenant it runs at once, "busy" how many of each tenant it runs now.
create or replace function app.claim_jobs(worker_name text, free_slots jsonb, slots int, tenant_max int, busy jsonb, lease_seconds int)
  returns setof job language plpgsql volatile security definer set enable_seqscan = off set enable_bitmapscan = off
  set search_path = pg_catalog, public, app, pg_temp as $$
begin
  -- Most polls find nothing. Each write wakes the workers, and to set up the statement below would cost a tenth of what the write does.
  if not exists (select from job where state = 'ready') then return; end if;
  return query with recursive waiting as (
    (select tenant_id, kind from job where state = 'ready' order by tenant_id, kind limit 1)
    union all
    select next.tenant_id, next.kind from waiting w cross join lateral (
      select j.tenant_id, j.kind from job j where j.state = 'ready' and (j.tenant_id, j.kind) > (w.tenant_id, w.kind)
      order by j.tenant_id, j.kind limit 1
    ) next
  ),
  open as materialized (
    select tenant_id, kind, (free_slots ->> kind)::int as kind_slots, tenant_max - coalesce((busy ->> tenant_id::text)::int,
      0) as tenant_slots
    from waiting where free_slots ? kind
  ),
  chosen as materialized (
    select tenant_id, random() as turn from (select distinct tenant_id from open where tenant_slots > 0) t order by turn limit slots
  ),
  share as materialized (select greatest(1, ceil(slots::numeric / greatest(1, count(*)))::int) as size from chosen),
  candidates as materialized (
    select j.*, c.turn, o.kind_slots, least(o.tenant_slots, s.size) as tenant_slots
    from chosen c join open o on o.tenant_id = c.tenant_id cross join share s cross join lateral (
      select tenant_id, id, kind, priority, run_at from job
      where tenant_id = o.tenant_id and kind = o.kind and state = 'ready'
      order by priority desc, run_at, id limit least(s.size, o.tenant_slots, o.kind_slots)
      for update skip locked
    ) j
  ),
  ranked as (
    select *, row_number() over (partition by tenant_id order by priority desc, run_at, id) as rank_in_tenant,
      row_number() over (partition by kind order by priority desc, turn, run_at, id) as rank_in_kind
    from candidates
  ),
  picked as materialized (
    select tenant_id, id from ranked where rank_in_tenant <= tenant_slots and rank_in_kind <= kind_slots
    order by rank_in_tenant, turn limit slots
  )
  update job set state = 'running', worker = worker_name, attempts = attempts + 1, started_at = clock_timestamp(),
    lease_until = clock_timestamp() + make_interval(secs => lease_seconds)
  from picked where job.tenant_id = picked.tenant_id and job.id = picked.id
  returning job.*;
end $$;
revoke all on function app.claim_jobs(text, jsonb, int, int, jsonb, int) from public;
grant execute on function app.claim_jobs(text, jsonb, int, int, jsonb, int) to holdfast_app;

-- Extends the leases of a worker's runs; a run is a job and its attempt. Returns which runs are still the worker's, and which should stop.
create or replace function app.renew_jobs(worker_name text, runs jsonb, lease_seconds int)
  returns table (id uuid, attempts int, cancel_requested boolean) language sql volatile security definer
  set search_path = pg_catalog, public, app, pg_temp as $$
  update job set lease_until = clock_timestamp() + make_interval(secs => lease_seconds)
  from jsonb_to_recordset(runs) as r (tenant_id uuid, id uuid, attempts int)
  where job.tenant_id = r.tenant_id and job.id = r.id and job.attempts = r.attempts and job.state = 'running' and job.worker = worker_name
  returning job.id, job.attempts, job.cancel_requested
$$;
revoke all on function app.renew_jobs(text, jsonb, int) from public;
grant execute on function app.renew_jobs(text, jsonb, int) to holdfast_app;

-- How a job ends that was not done: in doubt when another system may have done what it was for.
create or replace function app.final_state(job, state text) returns text language sql immutable
  set search_path = pg_catalog, public, app, pg_temp as
  $$ select case when $1.sent_at is null then $2 else 'in_doubt' end $$;
revoke all on function app.final_state(job, text) from public;

-- Puts a job that ran back into the queue. When a job of its kind with its key has been enqueued meanwhile, that job does its work instead,
-- and looks back as far as this one was to: no time at all is earlier than any.
create or replace function app.requeue_job(tenant uuid, job_id uuid, new_state text, at timestamptz, reason text) returns void
  language plpgsql volatile set search_path = pg_catalog, public, app, pg_temp as $$
declare
  looks_back constant text[] := '{since,previous_at}';
  lost job;
begin
  loop
    begin
      update job set state = new_state, run_at = at, error = reason, worker = null, lease_until = null where tenant_id = tenant
        and id = job_id;
      return;
    exception when unique_violation then
      select * into lost from job where tenant_id = tenant and id = job_id;
    end;
    exit when not lost.payload ?| looks_back;
    update job waiting set payload = waiting.payload || (
      select coalesce(jsonb_object_agg(b.key, lost.payload -> b.key), '{}') from unnest(looks_back) b (key)
      where lost.payload ? b.key
        and coalesce((lost.payload ->> b.key)::timestamptz, '-infinity') < coalesce((waiting.payload ->> b.key)::timestamptz, '-infinity'))
    where waiting.tenant_id = tenant and waiting.kind = lost.kind and waiting.dedupe_key = lost.dedupe_key
      and waiting.state in ('scheduled', 'ready');
    -- Otherwise it has just begun, and this one can wait in its place.
    exit when found;
  end loop;
  update job set state = app.final_state(job, 'cancelled'), error = 'Another job like it waits and does its work', worker = null,
    lease_until = null,
    finished_at = clock_timestamp()
  where tenant_id = tenant and id = job_id;
end $$;
revoke all on function app.requeue_job(uuid, uuid, text, timestamptz, text) from public;

-- Ends runs. outcomes is [{tenant_id, id, attempts, state, error, retry_seconds}]; state 'scheduled' asks for a retry, 'ready' gives back a
-- run that does not count as an attempt; 'lost' leaves it to app.lost_jobs, with the reason. A run whose lease was lost is left alone.
create or replace function app.finish_jobs(worker_name text, outcomes jsonb) returns void language plpgsql volatile security definer
  set search_path = pg_catalog, public, app, pg_temp as $$
declare o record;
begin
  update job set state = case when e.state in ('failed', 'cancelled') then app.final_state(job, e.state)
    else e.state end, error = left(e.error, 4000), worker = null, lease_until = null, finished_at = clock_timestamp()
  from jsonb_to_recordset(outcomes) as e (tenant_id uuid, id uuid, attempts int, state text, error text)
  where job.tenant_id = e.tenant_id and job.id = e.id and job.attempts = e.attempts and job.state = 'running' and job.worker = worker_name
    and e.state in ('done', 'failed', 'cancelled', 'in_doubt');
  update job set error = left(e.error, 4000), lease_until = clock_timestamp()
  from jsonb_to_recordset(outcomes) as e (tenant_id uuid, id uuid, attempts int, state text, error text)
  where job.tenant_id = e.tenant_id and job.id = e.id and job.attempts = e.attempts and job.state = 'running' and job.worker = worker_name
    and e.state = 'lost';
  for o in
    select e.* from jsonb_to_recordset(outcomes) as e (tenant_id uuid, id uuid, attempts int, state text, error text,
      retry_seconds double precision)
    join job on job.tenant_id = e.tenant_id and job.id = e.id and job.attempts = e.attempts and job.state = 'running'
      and job.worker = worker_name
    where e.state in ('scheduled', 'ready') for update of job
  loop
    if o.state = 'ready' then
      update job set attempts = attempts - 1 where tenant_id = o.tenant_id and id = o.id;
    end if;
    perform app.requeue_job(o.tenant_id, o.id, o.state, clock_timestamp() + make_interval(secs => o.retry_seconds), left(o.error, 4000));
  end loop;
end $$;
revoke all on function app.finish_jobs(text, jsonb) from public;
grant execute on function app.finish_jobs(text, jsonb) to holdfast_app;

-- Jobs whose lease has expired and that are not to be tried again: a worker ends them and tells what they were for.
create or replace function app.lost_jobs() returns table (tenant_id uuid, id uuid, attempts int) language sql stable security definer
  set search_path = pg_catalog, public, app, pg_temp as $$
  select j.tenant_id, j.id, j.attempts from job j
  where j.state = 'running' and j.lease_until < clock_timestamp() and (j.cancel_requested or j.attempts >= j.attempts_max)
  order by j.lease_until limit 100
$$;
revoke all on function app.lost_jobs() from public;
grant execute on function app.lost_jobs() to holdfast_app;

-- Ends such a job, unless it has got on meanwhile, and returns what it was for.
create or replace function app.end_lost_job(tenant uuid, job_id uuid, run_attempts int) returns table (kind text, payload jsonb, state text)
  language sql volatile security definer set search_path = pg_catalog, public, app, pg_temp as $$
  update job set state = app.final_state(job, case when job.cancel_requested then 'cancelled' else 'failed' end), worker = null,
    lease_until = null,
    error = case when job.cancel_requested then job.error else 'Its worker was lost ' || job.attempts || ' times' end,
      finished_at = clock_timestamp()
  where job.tenant_id = tenant and job.id = job_id and job.attempts = run_attempts and job.state = 'running'
    and job.lease_until < clock_timestamp()
  returning job.kind, job.payload, job.state
$$;
revoke all on function app.end_lost_job(uuid, uuid, int) from public;
grant execute on function app.end_lost_job(uuid, uuid, int) to holdfast_app;

-- Makes scheduled jobs ready when they are due, and requeues jobs whose lease has expired, because their worker is gone. Those that
-- are not to be tried again end in a minute here when nobody could tell what they were for. Returns how many became
-- ready, and in how many milliseconds the next job is due or the next lease expires; null when there is none. Any process may call it,
-- often.
--
-- A lease that ends later than any can was taken before the clock was set back: its worker, if it lives, renews it within those seconds.
drop function if exists app.reap_jobs();
create function app.reap_jobs(out moved int, out due_ms double precision) language plpgsql volatile security definer
  set search_path = pg_catalog, public, app, pg_temp as $$
declare
  lease_max constant interval := '1 minute';
  lease constant interval := '20 seconds';
  lost record;
begin
  with due as (
    select j.tenant_id, j.id from job j where j.state = 'scheduled' and j.run_at <= clock_timestamp()
    order by j.run_at limit 1000 for update skip locked
  )
  update job set state = 'ready' from due where job.tenant_id = due.tenant_id and job.id = due.id;
  get diagnostics moved = row_count;
  update job set lease_until = clock_timestamp() + lease
  from (select j.tenant_id, j.id from job j where j.state = 'running'
    and j.lease_until > clock_timestamp() + lease_max for update skip locked) late
  where job.tenant_id = late.tenant_id and job.id = late.id;
  for lost in
    select j.tenant_id, j.id, j.attempts, j.attempts_max, j.cancel_requested, j.run_at, j.error, j.lease_until from job j
    where j.state = 'running' and j.lease_until < clock_timestamp() order by j.lease_until limit 1000 for update skip locked
  loop
    if lost.cancel_requested or lost.attempts >= lost.attempts_max then
      continue when lost.lease_until > clock_timestamp() - interval '1 minute';
      perform app.end_lost_job(lost.tenant_id, lost.id, lost.attempts);
    else
      perform app.requeue_job(lost.tenant_id, lost.id, 'ready', lost.run_at, lost.error);
      moved := moved + 1;
    end if;
  end loop;
  due_ms := 1000 * extract(epoch from least(
    (select j.run_at from job j where j.state = 'scheduled' order by j.run_at limit 1),
    (select j.lease_until from job j where j.state = 'running' and j.lease_until > clock_timestamp() order by j.lease_until
      limit 1)) - clock_timestamp());
end $$;
revoke all on function app.reap_jobs() from public;
grant execute on function app.reap_jobs() to holdfast_app;

-- Schedules that are due, and those to be planned: new, declared differently, or of a workspace that has another time zone now. declared is
-- [{name, cron, time_zone, each_workspace}]; without a time zone that of the workspace counts. Those that operators have paused are not
-- among them, nor those of a workspace that is being deleted. Those whose last
-- time is yet to come are planned anew: the clock was set back, and their next time is by the old one.
create or replace function app.open_schedules(declared jsonb, rows_max int)
  returns table (tenant_id uuid, name text, time_zone text, next_at timestamptz, last_at timestamptz, is_due boolean, asked_at timestamptz)
  language sql volatile security definer set search_path = pg_catalog, public, app, pg_temp as $$
  select t.id, d.name, coalesce(d.time_zone, t.time_zone), s.next_at, s.last_at, coalesce(as_declared.yes
    and s.next_at <= clock_timestamp(), false), clock_timestamp()
  from jsonb_to_recordset(declared) as d (name text, cron text, time_zone text, each_workspace boolean)
  join tenant t on (t.id <> '00000000-0000-0000-0000-000000000000') = d.each_workspace
  left join schedule s on s.tenant_id = t.id and s.name = d.name
  cross join lateral (select s.cron = d.cron and s.time_zone = coalesce(d.time_zone, t.time_zone) as yes) as_declared
  where (as_declared.yes is not true or s.next_at <= clock_timestamp() or s.last_at > clock_timestamp() + interval '1 minute')
    and not exists (select from schedule_pause p where p.name = d.name)
    and not exists (select from tenant_deletion g where g.of_tenant = t.id)
  order by s.next_at nulls last limit rows_max
$$;
revoke all on function app.open_schedules(jsonb, int) from public;
grant execute on function app.open_schedules(jsonb, int) to holdfast_app;

-- Moves schedules on, those that are still at the time that was seen, and leaves the jobs of those that have a kind: so each time leaves
-- one job, however many processes look. steps is [{tenant_id, name, cron, time_zone, seen, next_at, kind, payload, dedupe_key}]. Returns
-- how many jobs were left.
create or replace function app.advance_schedules(steps jsonb) returns int language plpgsql volatile security definer
  set search_path = pg_catalog, public, app, pg_temp as $$
declare jobs int;
begin
  with step as materialized (
    select * from jsonb_to_recordset(steps) as s (tenant_id uuid, name text, cron text, time_zone text, seen timestamptz,
      next_at timestamptz, kind text,
      payload jsonb, dedupe_key text)
  ),
  made as (
    insert into schedule (tenant_id, name, cron, time_zone, next_at)
    select tenant_id, name, cron, time_zone, next_at from step where seen is null
    on conflict do nothing
  ),
  held as materialized (
    select s.tenant_id, s.name from schedule s join step on step.tenant_id = s.tenant_id and step.name = s.name and step.seen = s.next_at
    for update of s skip locked
  ),
  queued as (
    insert into job (tenant_id, kind, payload, run_at, dedupe_key)
    select step.tenant_id, step.kind, step.payload, step.seen, step.dedupe_key from step join held using (tenant_id, name)
      where step.kind is not null
    on conflict (tenant_id, kind, dedupe_key) where dedupe_key is not null and state in ('scheduled', 'ready') do nothing
    returning tenant_id, id, kind, dedupe_key
  ),
  moved as (
    update schedule s set cron = step.cron, time_zone = step.time_zone, next_at = step.next_at,
      last_at = case when step.kind is not null then step.seen when s.last_at > clock_timestamp() then clock_timestamp()
        else s.last_at end, job_id = coalesce(queued.id, s.job_id)
    from held join step using (tenant_id, name)
    left join queued on queued.tenant_id = step.tenant_id and queued.kind = step.kind and queued.dedupe_key = step.dedupe_key
    where s.tenant_id = held.tenant_id and s.name = held.name
  )
  select count(*) from queued into jobs;
  return jobs;
end $$;
revoke all on function app.advance_schedules(jsonb) from public;
grant execute on function app.advance_schedules(jsonb) to holdfast_app;

-- In how many milliseconds the next of these schedules is; null when none is planned.
create or replace function app.next_schedule_ms(names text[]) returns double precision language sql volatile security definer
  set search_path = pg_catalog, public, app, pg_temp as
  $$ select 1000 * extract(epoch from min(s.next_at) - clock_timestamp()) from schedule s where s.name = any (names)
    and not exists (select from schedule_pause p where p.name = s.name) $$;
revoke all on function app.next_schedule_ms(text[]) from public;
grant execute on function app.next_schedule_ms(text[]) to holdfast_app;

-- How many jobs are in doubt, up to 10,000: for the health check.
create or replace function app.jobs_in_doubt() returns int language sql stable security definer
  set search_path = pg_catalog, public, app, pg_temp as
  $$ select count(*)::int from (select from job where state = 'in_doubt' limit 10000) as doubtful $$;
revoke all on function app.jobs_in_doubt() from public;
grant execute on function app.jobs_in_doubt() to holdfast_app;

-- How many jobs failed for good within a day and were not run again, up to 10,000: for the operator's page.
create or replace function app.jobs_failed_lately() returns int language sql stable security definer
  set search_path = pg_catalog, public, app, pg_temp as
  $$ select count(*)::int from (select from job where state = 'failed' and finished_at > now() - interval '1 day' limit 10000) as failed $$;
revoke all on function app.jobs_failed_lately() from public;
grant execute on function app.jobs_failed_lately() to holdfast_app;

reset role;
