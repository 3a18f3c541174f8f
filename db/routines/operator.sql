-- What operators of the installation may see and do, across workspaces, but for the content of these.

set local role holdfast_system;

-- Whether the caller is an operator, signed in as a person: a key never is.
create or replace function app.is_operator() returns boolean language sql stable security definer
  set search_path = pg_catalog, public, app, pg_temp as $$
  select current_setting('app.actor_kind', true) = 'user'
    and exists (select from operator o where o.tenant_id = app.tenant_id() and o.user_id = app.user_id())
$$;
revoke all on function app.is_operator() from public;
grant execute on function app.is_operator() to holdfast_app;

create or replace function app.refuse_unless_operator() returns void language plpgsql stable security definer
  set search_path = pg_catalog, public, app, pg_temp as $$
begin
  if not app.is_operator() then raise insufficient_privilege using message = 'Only operators of the installation may do this'; end if;
end $$;
revoke all on function app.refuse_unless_operator() from public;

-- Adds to what operators did.
create or replace function app.note_operation(action text, target text, reason text) returns void language plpgsql volatile security definer
  set search_path = pg_catalog, public, app, pg_temp as $$
begin
  perform app.refuse_unless_operator();
  insert into operator_action (who, action, target, reason)
  select format('%s <%s>, %s', u.name, u.email, t.name), note_operation.action, note_operation.target, note_operation.reason
  from user_account u join tenant t on t.id = u.tenant_id where u.tenant_id = app.tenant_id() and u.id = app.user_id();
end $$;
revoke all on function app.note_operation(text, text, text) from public;

-- Has a job of the installation, which needs no payload, run now, unless one of its kind waits already.
create or replace function app.operator_enqueue(job_kind text, reason text) returns void language plpgsql volatile security definer
  set search_path = pg_catalog, public, app, pg_temp as $$
begin
  perform app.note_operation('job.enqueue', job_kind, reason);
  insert into job (tenant_id, kind, payload, state, attempts_max, dedupe_key)
  values ('00000000-0000-0000-0000-000000000000', job_kind, '{}', 'ready', 1, job_kind)
  on conflict (tenant_id, kind, dedupe_key) where dedupe_key is not null and state in ('scheduled', 'ready') do nothing;
end $$;
revoke all on function app.operator_enqueue(text, text) from public;
grant execute on function app.operator_enqueue(text, text) to holdfast_app;

create or replace function app.operator_actions(rows_max int)
  returns table (id uuid, at timestamptz, who text, action text, target text, reason text)
  language plpgsql stable security definer set search_path = pg_catalog, public, app, pg_temp as $$
begin
  perform app.refuse_unless_operator();
  return query select a.id, a.at, a.who, a.action, a.target, a.reason from operator_action a order by a.id desc limit rows_max;
end $$;
revoke all on function app.operator_actions(int) from public;
grant execute on function app.operator_actions(int) to holdfast_app;

create or replace function app.operators()
  returns table (tenant_id uuid, user_id uuid, name text, email text, workspace text, granted_at timestamptz, granted_by text)
  language plpgsql stable security definer set search_path = pg_catalog, public, app, pg_temp as $$
begin
  perform app.refuse_unless_operator();
  return query select o.tenant_id, o.user_id, u.name, u.email, t.name, o.granted_at, o.granted_by
    from operator o join user_account u on u.tenant_id = o.tenant_id and u.id = o.user_id join tenant t on t.id = o.tenant_id
    order by o.granted_at limit 200;
end $$;
revoke all on function app.operators() from public;
grant execute on function app.operators() to holdfast_app;

-- Jobs of all workspaces that failed, are in doubt or run, the latest of each, without what they are about.
create or replace function app.operator_jobs(rows_max int)
  returns table (workspace text, id uuid, kind text, state text, attempts int, attempts_max int, error text, run_at timestamptz, started_at timestamptz, finished_at timestamptz)
  language plpgsql stable security definer set search_path = pg_catalog, public, app, pg_temp as $$
begin
  perform app.refuse_unless_operator();
  return query select t.name, j.id, j.kind, j.state, j.attempts, j.attempts_max, j.error, j.run_at, j.started_at, j.finished_at
    from (
      (select * from job f where f.state = 'in_doubt' limit rows_max)
      union all (select * from job f where f.state = 'failed' order by f.finished_at desc limit rows_max)
      union all (select * from job f where f.state = 'running' limit rows_max)
    ) j join tenant t on t.id = j.tenant_id;
end $$;
revoke all on function app.operator_jobs(int) from public;
grant execute on function app.operator_jobs(int) to holdfast_app;

-- How many jobs wait, run, failed or are in doubt, up to 10,000 each.
create or replace function app.operator_job_counts() returns table (ready int, running int, failed int, in_doubt int)
  language plpgsql stable security definer set search_path = pg_catalog, public, app, pg_temp as $$
begin
  perform app.refuse_unless_operator();
  return query select
    (select count(*)::int from (select from job j where j.state = 'ready' limit 10000) as counted),
    (select count(*)::int from (select from job j where j.state = 'running' limit 10000) as counted),
    (select count(*)::int from (select from job j where j.state = 'failed' limit 10000) as counted),
    (select count(*)::int from (select from job j where j.state = 'in_doubt' limit 10000) as counted);
end $$;
revoke all on function app.operator_job_counts() from public;
grant execute on function app.operator_job_counts() to holdfast_app;

-- Lets a failed job of any workspace run again, or looks up one in doubt. Returns its kind; null when it is in neither state.
create or replace function app.operator_retry(job_id uuid, reason text) returns text language plpgsql volatile security definer
  set search_path = pg_catalog, public, app, pg_temp as $$
declare found_kind text; workspace text;
begin
  perform app.refuse_unless_operator();
  update job j set state = 'ready', attempts = 0, run_at = now(), error = null, progress = null, cancel_requested = false, finished_at = null
    from tenant t where t.id = j.tenant_id and j.id = job_id and j.state in ('failed', 'in_doubt') returning j.kind, t.name into found_kind, workspace;
  if found then perform app.note_operation('job.retry', format('%s %s, %s', found_kind, job_id, workspace), reason); end if;
  return found_kind;
end $$;
revoke all on function app.operator_retry(uuid, text) from public;
grant execute on function app.operator_retry(uuid, text) to holdfast_app;

-- Tells all processes that somebody became an operator or is none any more, since their cached sessions say so. The caller may belong to another workspace,
-- which is not told who it was.
create or replace function app.signal_operator(of_tenant uuid, of_user uuid) returns void language sql volatile security definer
  set search_path = pg_catalog, public, app, pg_temp as $$
  insert into audit_event (tenant_id, action, resource, record_id, actor_kind, actor_id, credential_id, ip, request_id)
  values (of_tenant, 'signal', 'user', of_user, 'system', null, null, null, null)
$$;
revoke all on function app.signal_operator(uuid, uuid) from public;

-- Makes a member of a workspace an operator. Returns whether there is such a member who signs in: an invited account belongs to nobody yet, and the
-- administrators of its workspace decide who gets it.
create or replace function app.operator_grant(workspace text, email text, reason text) returns boolean language plpgsql volatile security definer
  set search_path = pg_catalog, public, app, pg_temp as $$
declare who record;
begin
  perform app.refuse_unless_operator();
  select u.tenant_id, u.id, format('%s <%s>, %s', u.name, u.email, t.name) as label into who from user_account u join tenant t on t.id = u.tenant_id
    where t.name = workspace and u.email_key = lower(operator_grant.email) and u.kind = 'member'
      and app.has_access(u.status, u.access_until);
  if who.id is null then return false; end if;
  insert into operator (tenant_id, user_id, granted_by)
    select who.tenant_id, who.id, left(format('%s, %s', u.name, t.name), 200) from user_account u join tenant t on t.id = u.tenant_id
    where u.tenant_id = app.tenant_id() and u.id = app.user_id() on conflict do nothing;
  perform app.signal_operator(who.tenant_id, who.id);
  perform app.note_operation('operator.grant', left(who.label, 500), reason);
  return true;
end $$;
revoke all on function app.operator_grant(text, text, text) from public;
grant execute on function app.operator_grant(text, text, text) to holdfast_app;

-- Ends that: 'done', 'none' when they are no operator, 'last' when nobody would be left who may sign in.
create or replace function app.operator_revoke(of_tenant uuid, of_user uuid, reason text) returns text language plpgsql volatile security definer
  set search_path = pg_catalog, public, app, pg_temp as $$
declare label text;
begin
  perform app.refuse_unless_operator();
  -- Two who remove each other at once wait for each other here.
  lock table operator in share row exclusive mode;
  perform app.refuse_unless_operator();
  select format('%s <%s>, %s', u.name, u.email, t.name) into label from operator o
    join user_account u on u.tenant_id = o.tenant_id and u.id = o.user_id join tenant t on t.id = o.tenant_id where o.tenant_id = of_tenant and o.user_id = of_user;
  if label is null then return 'none'; end if;
  if not exists (select from operator o join user_account u on u.tenant_id = o.tenant_id and u.id = o.user_id
      where (o.tenant_id, o.user_id) <> (of_tenant, of_user) and app.has_access(u.status, u.access_until)) then return 'last'; end if;
  perform app.note_operation('operator.revoke', left(label, 500), reason);
  delete from operator o where o.tenant_id = of_tenant and o.user_id = of_user;
  perform app.signal_operator(of_tenant, of_user);
  return 'done';
end $$;
revoke all on function app.operator_revoke(uuid, uuid, text) from public;
grant execute on function app.operator_revoke(uuid, uuid, text) to holdfast_app;

-- Has a table vacuumed and analyzed by a worker, unless that waits already. Returns whether there is such a table.
create or replace function app.operator_vacuum(table_name text, reason text) returns boolean language plpgsql volatile security definer
  set search_path = pg_catalog, public, app, pg_temp as $$
begin
  perform app.refuse_unless_operator();
  if not exists (select from pg_class c where c.relname = table_name and c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p', 'm')) then return false; end if;
  perform app.note_operation('database.vacuum', table_name, reason);
  insert into job (tenant_id, kind, payload, state, attempts_max, dedupe_key)
  values ('00000000-0000-0000-0000-000000000000', 'database.vacuum', jsonb_build_object('table', table_name), 'ready', 1, table_name)
  on conflict (tenant_id, kind, dedupe_key) where dedupe_key is not null and state in ('scheduled', 'ready') do nothing;
  return true;
end $$;
revoke all on function app.operator_vacuum(text, text) from public;
grant execute on function app.operator_vacuum(text, text) to holdfast_app;

reset role;
