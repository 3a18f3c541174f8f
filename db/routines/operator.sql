-- What operators of the installation may see and do, across workspaces, but for the content of these.

set local role holdfast_system;

-- Whether the caller is an operator, signed in as a person: a key never is. A password alone does not do: the session had a second factor,
-- or its person has set one up in it, or it began with a link of the command line. One that began with a provider is an operator's only
-- when an operator made the provider: the others let in no operator, and their sessions end with the grant.
create or replace function app.is_operator() returns boolean language sql stable security definer
  set search_path = pg_catalog, public, app, pg_temp as $$
  select current_setting('app.actor_kind', true) = 'user'
    and exists (select from operator o
      join session s on s.tenant_id = o.tenant_id and s.user_id = o.user_id
        and s.id = nullif(current_setting('app.credential_id', true), '')::uuid
      where o.tenant_id = app.tenant_id() and o.user_id = app.user_id()
        and (s.second_factor or s.method in ('link', 'provider')
          or exists (select from user_totp f where f.tenant_id = o.tenant_id and f.user_id = o.user_id and f.confirmed_at is not null)))
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
  returns table (workspace text, id uuid, kind text, state text, attempts int, attempts_max int, error text, run_at timestamptz,
    started_at timestamptz, finished_at timestamptz)
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
  update job j set state = 'ready', attempts = 0, run_at = now(), error = null, progress = null, cancel_requested = false,
    finished_at = null
    from tenant t where t.id = j.tenant_id and j.id = job_id and j.state in ('failed', 'in_doubt')
      returning j.kind, t.name into found_kind, workspace;
  if found then perform app.note_operation('job.retry', format('%s %s, %s', found_kind, job_id, workspace), reason); end if;
  return found_kind;
end $$;
revoke all on function app.operator_retry(uuid, text) from public;
grant execute on function app.operator_retry(uuid, text) to holdfast_app;

-- Tells all processes that somebody became an operator or is none any more, since their cached sessions say so. The caller may belong to
-- another workspace, which is not told who it was.
create or replace function app.signal_operator(of_tenant uuid, of_user uuid) returns void language sql volatile security definer
  set search_path = pg_catalog, public, app, pg_temp as $$
  insert into audit_event (tenant_id, action, resource, record_id, actor_kind, actor_id, credential_id, ip, request_id)
  values (of_tenant, 'signal', 'user', of_user, 'system', null, null, null, null)
$$;
revoke all on function app.signal_operator(uuid, uuid) from public;

-- Takes from somebody who becomes an operator the ways in that others may have: accounts at providers of the workspace, whose
-- administrators say there who is who, and sign-ins under way. The workspace is not told who granted it. Whoever came in through such a
-- provider may have left a password, a passkey or an app of their own, so where there was one these go too, and all sessions. Returns how
-- many of each.
create or replace function app.drop_planted_sign_ins(of_tenant uuid, of_user uuid) returns jsonb language plpgsql volatile security definer
  set search_path = pg_catalog, public, app, pg_temp as $$
declare
  settings constant text[] := '{app.actor_kind,app.user_id,app.credential_id,app.ip,app.request_id}';
  caller constant text[] := array(select coalesce(current_setting(name, true), '') from unnest(settings) with ordinality s (name, nth)
    order by nth);
  providers int; sessions int := 0; passkeys int := 0; apps int := 0; passwords int := 0; came_in boolean;
begin
  perform set_config(name, case name when 'app.actor_kind' then 'system' else '' end, true) from unnest(settings) name;
  -- Whoever signs in meanwhile waits here, and then learns that this is an operator.
  perform from user_account u where u.tenant_id = of_tenant and u.id = of_user for update;
  came_in := exists (select from session s where s.tenant_id = of_tenant and s.user_id = of_user and s.method = 'provider');
  delete from external_identity e where e.tenant_id = of_tenant and e.user_id = of_user
    and not exists (select from sign_in_provider p where p.tenant_id = of_tenant and p.id = e.provider_id and p.by_operator);
  get diagnostics providers = row_count;
  delete from one_time_token t where t.tenant_id = of_tenant and t.user_id = of_user and t.kind in ('identity_link', 'second_factor');
  if providers > 0 or came_in then
    delete from one_time_token t where t.tenant_id = of_tenant and t.user_id = of_user;
    delete from session s where s.tenant_id = of_tenant and s.user_id = of_user;
    get diagnostics sessions = row_count;
    delete from passkey p where p.tenant_id = of_tenant and p.user_id = of_user;
    get diagnostics passkeys = row_count;
    delete from user_totp f where f.tenant_id = of_tenant and f.user_id = of_user;
    get diagnostics apps = row_count;
    delete from user_password p where p.tenant_id = of_tenant and p.user_id = of_user;
    get diagnostics passwords = row_count;
  end if;
  perform set_config(name, value, true) from unnest(settings, caller) s (name, value);
  return jsonb_build_object('providers', providers, 'passkeys', passkeys, 'second_factors', apps, 'passwords', passwords, 'sessions',
    sessions);
end $$;
revoke all on function app.drop_planted_sign_ins(uuid, uuid) from public;

-- Whether somebody of the caller's workspace operates the installation, and a provider was not made by an operator: then it does not let
-- them in.
create or replace function app.provider_refuses(provider uuid, person uuid) returns boolean language sql stable security definer
  set search_path = pg_catalog, public, app, pg_temp as $$
  select exists (select from operator o where o.tenant_id = app.tenant_id() and o.user_id = person)
    and not exists (select from sign_in_provider p where p.tenant_id = app.tenant_id() and p.id = provider and p.by_operator)
$$;
revoke all on function app.provider_refuses(uuid, uuid) from public;
grant execute on function app.provider_refuses(uuid, uuid) to holdfast_app;

-- Makes a member of a workspace an operator. Returns which ways to sign in this took from them; null when no such member signs in: an
-- invited account belongs to nobody yet, and the administrators of its workspace decide who gets it. Of an operator nothing is taken again.
create or replace function app.grant_operator(workspace text, email text, reason text) returns jsonb
  language plpgsql volatile security definer
  set search_path = pg_catalog, public, app, pg_temp as $$
declare who record; dropped jsonb;
begin
  perform app.refuse_unless_operator();
  select u.tenant_id, u.id, format('%s <%s>, %s', u.name, u.email, t.name) as label into who from user_account u
    join tenant t on t.id = u.tenant_id
    where t.name = workspace and u.email_key = lower(grant_operator.email) and u.kind = 'member'
      and app.has_access(u.status, u.access_until);
  if who.id is null then return null; end if;
  insert into operator (tenant_id, user_id, granted_by)
    select who.tenant_id, who.id, left(format('%s, %s', u.name, t.name), 200) from user_account u join tenant t on t.id = u.tenant_id
    where u.tenant_id = app.tenant_id() and u.id = app.user_id() on conflict do nothing;
  dropped := case when found then app.drop_planted_sign_ins(who.tenant_id, who.id) else '{}' end;
  perform app.signal_operator(who.tenant_id, who.id);
  perform app.note_operation('operator.grant', left(who.label, 500), reason);
  return dropped;
end $$;
revoke all on function app.grant_operator(text, text, text) from public;
grant execute on function app.grant_operator(text, text, text) to holdfast_app;

-- For the release before, which asks only whether there is such a member.
create or replace function app.operator_grant(workspace text, email text, reason text) returns boolean
  language sql volatile security definer
  set search_path = pg_catalog, public, app, pg_temp as $$
  select app.grant_operator(workspace, email, reason) is not null
$$;
revoke all on function app.operator_grant(text, text, text) from public;
grant execute on function app.operator_grant(text, text, text) to holdfast_app;

-- Ends that: 'done', 'none' when they are no operator, 'last' when nobody would be left who may sign in.
create or replace function app.operator_revoke(of_tenant uuid, of_user uuid, reason text) returns text
  language plpgsql volatile security definer
  set search_path = pg_catalog, public, app, pg_temp as $$
declare label text;
begin
  perform app.refuse_unless_operator();
  -- Two who remove each other at once wait for each other here.
  lock table operator in share row exclusive mode;
  perform app.refuse_unless_operator();
  select format('%s <%s>, %s', u.name, u.email, t.name) into label from operator o
    join user_account u on u.tenant_id = o.tenant_id and u.id = o.user_id join tenant t on t.id = o.tenant_id where o.tenant_id = of_tenant
      and o.user_id = of_user;
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
  if not exists (select from pg_class c where c.relname = table_name and c.relnamespace = 'public'::regnamespace
    and c.relkind in ('r', 'p', 'm')) then return false; end if;
  perform app.note_operation('database.vacuum', table_name, reason);
  insert into job (tenant_id, kind, payload, state, attempts_max, dedupe_key)
  values ('00000000-0000-0000-0000-000000000000', 'database.vacuum', jsonb_build_object('table', table_name), 'ready', 1, table_name)
  on conflict (tenant_id, kind, dedupe_key) where dedupe_key is not null and state in ('scheduled', 'ready') do nothing;
  return true;
end $$;
revoke all on function app.operator_vacuum(text, text) from public;
grant execute on function app.operator_vacuum(text, text) to holdfast_app;

reset role;

-- A provider that an operator made may let in operators, so nobody else changes where it leads.
create or replace function app.protect_operator_provider() returns trigger language plpgsql
  set search_path = pg_catalog, public, app, pg_temp as $$
begin
  if current_setting('app.actor_kind', true) not in ('user', 'api_key') then return coalesce(new, old); end if;
  if tg_op = 'INSERT' then
    new.by_operator := app.is_operator();
    return new;
  end if;
  if old.by_operator and not app.is_operator() then
    raise insufficient_privilege using message = 'Only operators of the installation change a provider that one of them made';
  end if;
  if tg_op = 'DELETE' then return old; end if;
  new.by_operator := old.by_operator;
  return new;
end $$;
create or replace trigger by_operator before insert or update or delete on sign_in_provider for each row
  execute function app.protect_operator_provider();
