-- The job queue: rows that are enqueued in the caller's transaction, claimed with SKIP LOCKED, and held by a lease.

-- ---------------------------------------------------------------------------------------------------------------------
-- As holdfast_system

set local role holdfast_system;

-- Claims up to "slots" ready jobs for a worker and shares them evenly between tenants: a tenant with a hundred thousand waiting jobs gets no larger
-- part of a batch than one with a single job. "rooms" says how many jobs of each kind the worker has room for, "tenant_max" how many of one tenant
-- it runs at once, "busy" how many of each tenant it runs now.
create or replace function app.claim_jobs(worker_name text, rooms jsonb, slots int, tenant_max int, busy jsonb, lease_seconds int)
  returns setof job language sql volatile security definer set enable_seqscan = off set enable_bitmapscan = off
  set search_path = pg_catalog, public, app, pg_temp as $$
  with recursive waiting as (
    (select tenant_id, kind from job where state = 'ready' order by tenant_id, kind limit 1)
    union all
    select next.tenant_id, next.kind from waiting w cross join lateral (
      select j.tenant_id, j.kind from job j where j.state = 'ready' and (j.tenant_id, j.kind) > (w.tenant_id, w.kind)
      order by j.tenant_id, j.kind limit 1
    ) next
  ),
  open as materialized (
    select tenant_id, kind, (rooms ->> kind)::int as kind_room, tenant_max - coalesce((busy ->> tenant_id::text)::int, 0) as tenant_room
    from waiting where rooms ? kind
  ),
  chosen as materialized (
    select tenant_id, random() as turn from (select distinct tenant_id from open where tenant_room > 0) t order by turn limit slots
  ),
  share as materialized (select greatest(1, ceil(slots::numeric / greatest(1, count(*)))::int) as size from chosen),
  candidates as materialized (
    select j.*, c.turn, o.kind_room, least(o.tenant_room, s.size) as tenant_room
    from chosen c join open o on o.tenant_id = c.tenant_id cross join share s cross join lateral (
      select tenant_id, id, kind, priority, run_at from job
      where tenant_id = o.tenant_id and kind = o.kind and state = 'ready'
      order by priority desc, run_at, id limit least(s.size, o.tenant_room, o.kind_room)
      for update skip locked
    ) j
  ),
  ranked as (
    select *, row_number() over (partition by tenant_id order by priority desc, run_at, id) as place_in_tenant,
      row_number() over (partition by kind order by priority desc, turn, run_at, id) as place_in_kind
    from candidates
  ),
  picked as materialized (
    select tenant_id, id from ranked where place_in_tenant <= tenant_room and place_in_kind <= kind_room
    order by place_in_tenant, turn limit slots
  )
  update job set state = 'running', worker = worker_name, attempts = attempts + 1, started_at = clock_timestamp(),
    lease_until = clock_timestamp() + make_interval(secs => lease_seconds)
  from picked where job.tenant_id = picked.tenant_id and job.id = picked.id
  returning job.*
$$;
revoke all on function app.claim_jobs(text, jsonb, int, int, jsonb, int) from public;
grant execute on function app.claim_jobs(text, jsonb, int, int, jsonb, int) to holdfast_app;

-- Extends the leases of a worker's runs; a run is a job and its attempt. Answers which runs are still the worker's, and which should stop.
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

-- Puts a job that ran back into the queue. When a job of its kind with its key has been enqueued meanwhile, that job does its work instead.
create or replace function app.wait_again(tenant uuid, job_id uuid, new_state text, at timestamptz, reason text) returns void
  language plpgsql volatile set search_path = pg_catalog, public, app, pg_temp as $$
begin
  update job set state = new_state, run_at = at, error = reason, worker = null, lease_until = null where tenant_id = tenant and id = job_id;
exception when unique_violation then
  update job set state = 'cancelled', error = 'Another job like it waits and does its work', worker = null, lease_until = null,
    finished_at = clock_timestamp()
  where tenant_id = tenant and id = job_id;
end $$;
revoke all on function app.wait_again(uuid, uuid, text, timestamptz, text) from public;

-- Ends runs. outcomes is [{tenant_id, id, attempts, state, error, retry_seconds}]; state 'scheduled' asks for a retry, 'ready' gives back a run
-- that does not count as an attempt. A run whose lease was lost is left alone.
create or replace function app.finish_jobs(worker_name text, outcomes jsonb) returns void language plpgsql volatile security definer
  set search_path = pg_catalog, public, app, pg_temp as $$
declare o record;
begin
  update job set state = e.state, error = left(e.error, 4000), worker = null, lease_until = null, finished_at = clock_timestamp()
  from jsonb_to_recordset(outcomes) as e (tenant_id uuid, id uuid, attempts int, state text, error text)
  where job.tenant_id = e.tenant_id and job.id = e.id and job.attempts = e.attempts and job.state = 'running' and job.worker = worker_name
    and e.state in ('done', 'failed', 'cancelled');
  for o in
    select e.* from jsonb_to_recordset(outcomes) as e (tenant_id uuid, id uuid, attempts int, state text, error text, retry_seconds double precision)
    join job on job.tenant_id = e.tenant_id and job.id = e.id and job.attempts = e.attempts and job.state = 'running' and job.worker = worker_name
    where e.state in ('scheduled', 'ready') for update of job
  loop
    if o.state = 'ready' then
      update job set attempts = attempts - 1 where tenant_id = o.tenant_id and id = o.id;
    end if;
    perform app.wait_again(o.tenant_id, o.id, o.state, clock_timestamp() + make_interval(secs => o.retry_seconds), left(o.error, 4000));
  end loop;
end $$;
revoke all on function app.finish_jobs(text, jsonb) from public;
grant execute on function app.finish_jobs(text, jsonb) to holdfast_app;

-- Makes scheduled jobs ready when they are due, and takes back jobs whose worker is gone. Can be called from anywhere, often.
create or replace function app.tend_jobs() returns void language plpgsql volatile security definer
  set search_path = pg_catalog, public, app, pg_temp as $$
declare lost record;
begin
  with due as (
    select j.tenant_id, j.id from job j where j.state = 'scheduled' and j.run_at <= clock_timestamp()
    order by j.run_at limit 1000 for update skip locked
  )
  update job set state = 'ready' from due where job.tenant_id = due.tenant_id and job.id = due.id;
  for lost in
    select j.tenant_id, j.id, j.attempts, j.attempts_max, j.cancel_requested, j.run_at, j.error from job j
    where j.state = 'running' and j.lease_until < clock_timestamp() order by j.lease_until limit 1000 for update skip locked
  loop
    if lost.cancel_requested or lost.attempts >= lost.attempts_max then
      update job set state = case when lost.cancel_requested then 'cancelled' else 'failed' end, worker = null, lease_until = null,
        error = case when lost.cancel_requested then error else 'Its worker was lost ' || attempts || ' times' end, finished_at = clock_timestamp()
      where tenant_id = lost.tenant_id and id = lost.id;
    else
      perform app.wait_again(lost.tenant_id, lost.id, 'ready', lost.run_at, lost.error);
    end if;
  end loop;
end $$;
revoke all on function app.tend_jobs() from public;
grant execute on function app.tend_jobs() to holdfast_app;

-- How many jobs are ready, up to 10,000: for the health check.
create or replace function app.waiting_jobs() returns int language sql stable security definer
  set search_path = pg_catalog, public, app, pg_temp as
  $$ select count(*)::int from (select from job where state = 'ready' limit 10000) as waiting $$;
revoke all on function app.waiting_jobs() from public;
grant execute on function app.waiting_jobs() to holdfast_app;

-- Deletes what is past its time: outbox (48 hours), idempotency keys (24 hours), finished jobs (30 days). Bounded; call until it answers 0.
create or replace function app.purge_expired(rows_max int default 10000) returns int language plpgsql volatile security definer
  set search_path = pg_catalog, public, app, pg_temp as $$
declare gone int := 0; n int;
begin
  delete from outbox where ctid = any (array(select ctid from outbox where at < now() - interval '48 hours' limit rows_max));
  get diagnostics n = row_count; gone := gone + n;
  delete from idempotency_key where (tenant_id, actor_id, key) in
    (select tenant_id, actor_id, key from idempotency_key where created_at < now() - interval '24 hours' limit rows_max);
  get diagnostics n = row_count; gone := gone + n;
  delete from job where (tenant_id, id) in
    (select tenant_id, id from job where state in ('done', 'failed', 'cancelled') and finished_at < now() - interval '30 days' limit rows_max);
  get diagnostics n = row_count; gone := gone + n;
  return gone;
end $$;
revoke all on function app.purge_expired(int) from public;
grant execute on function app.purge_expired(int) to holdfast_app;

reset role;

-- ---------------------------------------------------------------------------------------------------------------------
-- job

drop policy if exists read on job;
create policy read on job for select to holdfast_app using (tenant_id = (select app.tenant_id()));
drop policy if exists append on job;
create policy append on job for insert to holdfast_app with check (tenant_id = (select app.tenant_id()));
drop policy if exists change on job;
create policy change on job for update to holdfast_app using (tenant_id = (select app.tenant_id())) with check (tenant_id = (select app.tenant_id()));
drop policy if exists remove on job;
create policy remove on job for delete to holdfast_app using (tenant_id = (select app.tenant_id()));
drop policy if exists system on job;
create policy system on job to holdfast_system using (true) with check (true);
