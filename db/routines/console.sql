-- What operators see and do about schedules, and what they see of the processes that run and of the room that is left.

set local role holdfast_system;

-- How each of these schedules stands, over all workspaces: when it is next, and how its last run ended. failed counts workspaces whose last
-- run did not do what it was for.
create or replace function app.operator_schedules(names text[])
  returns table (name text, cron text, time_zone text, rows_planned int, next_at timestamptz, last_at timestamptz, failed int, state text,
    started_at timestamptz, finished_at timestamptz, error text, paused_at timestamptz, paused_by text, pause_reason text)
  language plpgsql stable security definer set search_path = pg_catalog, public, app, pg_temp as $$
begin
  perform app.refuse_unless_operator();
  return query select n.name, a.cron, a.time_zone, a.rows_planned, a.next_at, a.last_at, a.failed, l.state, l.started_at, l.finished_at,
    l.error,
      p.paused_at, p.paused_by, p.reason
    from unnest(names) as n (name)
    cross join lateral (select min(s.cron) as cron, case when min(s.time_zone) = max(s.time_zone) then min(s.time_zone) end as time_zone,
        count(*)::int as rows_planned, min(s.next_at) as next_at, max(s.last_at) as last_at,
          (count(*) filter (where j.state in ('failed', 'in_doubt')))::int as failed
      from schedule s left join job j on j.tenant_id = s.tenant_id and j.id = s.job_id where s.name = n.name) a
    left join lateral (select j.state, j.started_at, j.finished_at, j.error from schedule s join job j on j.tenant_id = s.tenant_id
      and j.id = s.job_id
      where s.name = n.name order by j.created_at desc limit 1) l on true
    left join schedule_pause p on p.name = n.name;
end $$;
revoke all on function app.operator_schedules(text[]) from public;
grant execute on function app.operator_schedules(text[]) to holdfast_app;

-- Leaves the jobs of a schedule now, in each workspace that it runs for, unless one waits there already. Its next time stays. Returns how
-- many workspaces it is planned for: 0 when no worker has planned it yet.
create or replace function app.operator_run_schedule(schedule_name text, job_kind text, job_payload jsonb, job_key text,
  reason text) returns int
  language plpgsql volatile security definer set search_path = pg_catalog, public, app, pg_temp as $$
declare planned int;
begin
  perform app.refuse_unless_operator();
  with held as materialized (select s.tenant_id, s.last_at from schedule s where s.name = schedule_name order by s.tenant_id for update),
  queued as (
    insert into job (tenant_id, kind, payload, dedupe_key)
    select h.tenant_id, job_kind, job_payload || jsonb_build_object('previous_at', h.last_at), job_key from held h
    on conflict (tenant_id, kind, dedupe_key) where dedupe_key is not null and state in ('scheduled', 'ready') do nothing
    returning job.tenant_id, job.id
  ),
  noted as (
    update schedule s set last_at = clock_timestamp(), job_id = q.id from queued q where s.tenant_id = q.tenant_id
      and s.name = schedule_name
  )
  select count(*) from held into planned;
  if planned > 0 then perform app.note_operation('schedule.run', schedule_name, reason); end if;
  return planned;
end $$;
revoke all on function app.operator_run_schedule(text, text, jsonb, text, text) from public;
grant execute on function app.operator_run_schedule(text, text, jsonb, text, text) to holdfast_app;

-- Leaves no jobs of a schedule until it is resumed. Returns whether it was not paused before.
create or replace function app.operator_pause_schedule(schedule_name text, reason text) returns boolean
  language plpgsql volatile security definer
  set search_path = pg_catalog, public, app, pg_temp as $$
begin
  perform app.refuse_unless_operator();
  insert into schedule_pause (name, paused_by, reason)
    values (schedule_name, left(app.operation_by(), 500), operator_pause_schedule.reason) on conflict do nothing;
  if not found then return false; end if;
  perform app.note_operation('schedule.pause', schedule_name, reason);
  return true;
end $$;
revoke all on function app.operator_pause_schedule(text, text) from public;
grant execute on function app.operator_pause_schedule(text, text) to holdfast_app;

-- Lets it run again: a time that passed meanwhile is made up for once. Returns whether it was paused.
create or replace function app.operator_resume_schedule(schedule_name text, reason text) returns boolean
  language plpgsql volatile security definer
  set search_path = pg_catalog, public, app, pg_temp as $$
begin
  perform app.refuse_unless_operator();
  delete from schedule_pause where name = schedule_name;
  if not found then return false; end if;
  perform app.note_operation('schedule.resume', schedule_name, reason);
  return true;
end $$;
revoke all on function app.operator_resume_schedule(text, text) from public;
grant execute on function app.operator_resume_schedule(text, text) to holdfast_app;

-- Which schedules are paused, for health.
create or replace function app.paused_schedules() returns table (name text, paused_at timestamptz) language sql stable security definer
  set search_path = pg_catalog, public, app, pg_temp as
  $$ select p.name, p.paused_at from schedule_pause p order by p.paused_at limit 100 $$;
revoke all on function app.paused_schedules() from public;
grant execute on function app.paused_schedules() to holdfast_app;

-- A process that starts, or whose settings changed.
create or replace function app.write_process(given jsonb) returns void language sql volatile security definer
  set search_path = pg_catalog, public, app, pg_temp as $$
  insert into process as p (id, host, pid, role, version, commit, node_version, address, started_at, seen_at, memory_bytes, settings,
    unread)
  select g.id, g.host, g.pid, g.role, g.version, g.commit, g.node_version, g.address,
    clock_timestamp() - make_interval(secs => g.up_seconds), clock_timestamp(),
    g.memory_bytes, g.settings::jsonb, g.unread::jsonb
  from jsonb_to_record(given) as g (id uuid, host text, pid int, role text, version text, commit text, node_version text, address text,
    up_seconds double precision, memory_bytes bigint, settings text, unread text)
  on conflict (id) do update set seen_at = excluded.seen_at, memory_bytes = excluded.memory_bytes, settings = excluded.settings,
    unread = excluded.unread
$$;
revoke all on function app.write_process(jsonb) from public;
grant execute on function app.write_process(jsonb) to holdfast_app;

-- One that still runs. Forgets those that have said nothing for ten minutes. Returns whether it was known.
create or replace function app.see_process(process_id uuid, memory bigint) returns boolean language plpgsql volatile security definer
  set search_path = pg_catalog, public, app, pg_temp as $$
begin
  delete from process p where p.seen_at < clock_timestamp() - interval '10 minutes' and p.id <> process_id;
  update process p set seen_at = clock_timestamp(), memory_bytes = memory where p.id = process_id;
  return found;
end $$;
revoke all on function app.see_process(uuid, bigint) from public;
grant execute on function app.see_process(uuid, bigint) to holdfast_app;

create or replace function app.remove_process(process_id uuid) returns void language sql volatile security definer
  set search_path = pg_catalog, public, app, pg_temp as $$ delete from process p where p.id = process_id $$;
revoke all on function app.remove_process(uuid) from public;
grant execute on function app.remove_process(uuid) to holdfast_app;

-- Those seen within ten minutes, for health. Of secrets there are digests only.
create or replace function app.processes_seen()
  returns table (id uuid, host text, pid int, role text, version text, commit text, node_version text,
    address text, started_at timestamptz, seen_at timestamptz, silent_seconds double precision, memory_bytes double precision,
      settings jsonb, unread jsonb)
  language sql stable security definer set search_path = pg_catalog, public, app, pg_temp as $$
  select p.id, p.host, p.pid, p.role, p.version, p.commit, p.node_version, p.address, p.started_at, p.seen_at,
    extract(epoch from clock_timestamp() - p.seen_at)::double precision, p.memory_bytes::double precision, p.settings, p.unread
  from process p where p.seen_at > clock_timestamp() - interval '10 minutes' order by p.role, p.host, p.started_at limit 200
$$;
revoke all on function app.processes_seen() from public;
grant execute on function app.processes_seen() to holdfast_app;

create or replace function app.operator_processes()
  returns table (id uuid, host text, pid int, role text, version text, commit text, node_version text,
    address text, started_at timestamptz, seen_at timestamptz, silent_seconds double precision, memory_bytes double precision,
      settings jsonb, unread jsonb)
  language plpgsql stable security definer set search_path = pg_catalog, public, app, pg_temp as $$
begin
  perform app.refuse_unless_operator();
  return query select * from app.processes_seen();
end $$;
revoke all on function app.operator_processes() from public;
grant execute on function app.operator_processes() to holdfast_app;

-- How much room a disk has today, beside what the installation holds. holdfast_system may not ask how large the database is; who calls may.
-- The last sample of a day is the one that is kept, for 400 days.
create or replace function app.take_storage_sample(of_place text, of_host text, free double precision, size double precision,
  database_size double precision)
  returns void
  language plpgsql volatile security definer set search_path = pg_catalog, public, app, pg_temp as $$
begin
  insert into storage_sample as s (place, host, day, at, free_bytes, size_bytes, database_bytes, file_bytes, log_bytes)
  values (of_place, of_host, (now() at time zone 'UTC')::date, now(), free, size, database_size,
    (select coalesce(sum(f.size_bytes), 0) from file f),
    (select coalesce(sum(pg_total_relation_size(i.inhrelid)), 0) from pg_inherits i where i.inhparent = 'log_line'::regclass))
  on conflict (place, host, day) do update set at = excluded.at, free_bytes = excluded.free_bytes, size_bytes = excluded.size_bytes,
    database_bytes = excluded.database_bytes, file_bytes = excluded.file_bytes, log_bytes = excluded.log_bytes;
  delete from storage_sample s where s.day < (now() at time zone 'UTC')::date - 400;
end $$;
revoke all on function app.take_storage_sample(text, text, double precision, double precision, double precision) from public;
grant execute on function app.take_storage_sample(text, text, double precision, double precision, double precision) to holdfast_app;

-- Those of the last 30 days, for the forecast, of disks that are still there: one of which there is no sample for ten days has gone with
-- its worker. They say nothing of any workspace.
create or replace function app.storage_samples()
  returns table (place text, host text, at timestamptz, free_bytes double precision, size_bytes double precision,
    database_bytes double precision, file_bytes double precision, log_bytes double precision)
  language sql stable security definer set search_path = pg_catalog, public, app, pg_temp as $$
  select s.place, s.host, s.at, s.free_bytes::double precision, s.size_bytes::double precision, s.database_bytes::double precision,
    s.file_bytes::double precision,
    s.log_bytes::double precision
  from storage_sample s where s.day >= (now() at time zone 'UTC')::date - 30
    and exists (select from storage_sample n where n.place = s.place and n.host = s.host and n.at > now() - interval '10 days')
  order by s.place desc, s.host, s.day limit 3000
$$;
revoke all on function app.storage_samples() from public;
grant execute on function app.storage_samples() to holdfast_app;

-- What one check saw of all servers; what is no longer in the configuration goes. seen is [{endpoint, subject, issuer, valid_until,
-- distrust, error}].
create or replace function app.write_certificates(seen jsonb) returns void language plpgsql volatile security definer
  set search_path = pg_catalog, public, app, pg_temp as $$
begin
  delete from certificate c where c.endpoint not in (select f.endpoint from jsonb_to_recordset(seen) as f (endpoint text));
  insert into certificate as c (endpoint, subject, issuer, valid_until, distrust, error, checked_at)
  select f.endpoint, f.subject, f.issuer, f.valid_until, f.distrust, f.error, now()
  from jsonb_to_recordset(seen) as f (endpoint text, subject text, issuer text, valid_until timestamptz, distrust text, error text)
  on conflict (endpoint) do update set subject = coalesce(excluded.subject, c.subject), issuer = coalesce(excluded.issuer, c.issuer),
    valid_until = coalesce(excluded.valid_until, c.valid_until), distrust = case when excluded.error is null then excluded.distrust
      else c.distrust end,
    error = excluded.error, checked_at = excluded.checked_at;
end $$;
revoke all on function app.write_certificates(jsonb) from public;
grant execute on function app.write_certificates(jsonb) to holdfast_app;

create or replace function app.certificates_seen()
  returns table (endpoint text, subject text, issuer text, valid_until timestamptz, distrust text, error text,
    checked_at timestamptz)
  language sql stable security definer set search_path = pg_catalog, public, app, pg_temp as $$
  select c.endpoint, c.subject, c.issuer, c.valid_until, c.distrust, c.error, c.checked_at from certificate c
    order by c.valid_until nulls last, c.endpoint limit 200
$$;
revoke all on function app.certificates_seen() from public;
grant execute on function app.certificates_seen() to holdfast_app;

reset role;
