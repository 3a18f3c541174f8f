create or replace function app.record_change() returns trigger language plpgsql
  set enable_nestloop = off set search_path = pg_catalog, public, app, pg_temp as $$
declare
  resource_name constant text := tg_argv[0];
  omitted constant text[] := tg_argv[1]::text[];
  redacted constant text[] := tg_argv[2]::text[];
  quiet constant text[] := coalesce(tg_argv[3], '{}')::text[];
  outbox_rows_max constant int := 100;
  gathered constant jsonb := app.gathered_requests();
  changed bigint;
begin
  if app.restores_archive() then return null; end if;
  if tg_op = 'INSERT' then
    insert into public.audit_event (tenant_id, action, resource, record_id, after, request_id)
    select n.tenant_id, 'create', resource_name, n.id, app.redact(jsonb_strip_nulls(to_jsonb(n) - omitted - quiet), redacted), app.request_of(gathered, n.id)
    from new_rows n;
  elsif tg_op = 'UPDATE' then
    insert into public.audit_event (tenant_id, action, resource, record_id, before, after, request_id)
    select c.tenant_id, 'update', resource_name, c.id, d.before, d.after, app.request_of(gathered, c.id)
    -- The offset keeps the planner from making each jsonb anew wherever it is used.
    from (select n.tenant_id, n.id, to_jsonb(o) - omitted as old, to_jsonb(n) - omitted as new
      from new_rows n join old_rows o on o.tenant_id = n.tenant_id and o.id = n.id offset 0) c
    cross join lateral (
      select jsonb_object_agg(f.key, app.shown(f.key, f.value, redacted)) as before,
        jsonb_object_agg(f.key, app.shown(f.key, c.new -> f.key, redacted)) as after
      from jsonb_each(c.old) f where f.value <> c.new -> f.key
      having bool_or(f.key <> all (quiet))) d
    where d.before is not null;
  else
    insert into public.audit_event (tenant_id, action, resource, record_id, before, request_id)
    select o.tenant_id, 'delete', resource_name, o.id, app.redact(jsonb_strip_nulls(to_jsonb(o) - omitted - quiet), redacted), app.request_of(gathered, o.id)
    from old_rows o;
  end if;
  get diagnostics changed = row_count;
  -- Rows without an audit event count too: a record whose tags alone changed is read again by open pages.
  if tg_op = 'UPDATE' then select count(*) into changed from new_rows; end if;

  if changed > outbox_rows_max then
    if tg_op = 'DELETE' then
      insert into public.outbox (tenant_id, resource, action)
      select distinct tenant_id, resource_name, 'delete' from old_rows;
    else
      insert into public.outbox (tenant_id, resource, action)
      select distinct tenant_id, resource_name, lower(replace(tg_op, 'INSERT', 'create')) from new_rows;
    end if;
  elsif tg_op = 'DELETE' then
    insert into public.outbox (tenant_id, resource, record_id, action)
    select tenant_id, resource_name, id, 'delete' from old_rows;
  else
    insert into public.outbox (tenant_id, resource, record_id, action)
    select tenant_id, resource_name, id, lower(replace(tg_op, 'INSERT', 'create')) from new_rows;
  end if;
  return null;
end $$;
create or replace function app.redact(value jsonb, secrets text[]) returns jsonb language sql immutable parallel safe as $$
  select case when value ?| secrets then (select jsonb_object_agg(f.key, app.shown(f.key, f.value, secrets)) from jsonb_each(value) f) else value end
$$;
create or replace function app.request_of(gathered jsonb, record uuid) returns text language sql as $$
  select case when gathered is null then nullif(current_setting('app.request_id', true), '')
    else coalesce(gathered ->> record::text, app.refuse_unnamed(record)) end
$$;

drop function app.authenticate_session(bytea, interval);
create function app.authenticate_session(token_hash bytea, idle interval)
returns table (tenant_id uuid, id uuid, user_id uuid, rights jsonb, second_factor_missing boolean)
language plpgsql volatile security definer set search_path = pg_catalog, public, app, pg_temp as $$
#variable_conflict use_column
declare s session; required boolean;
begin
  select session.* into s from session
  join user_account u on u.tenant_id = session.tenant_id and u.id = session.user_id
  where session.hash = token_hash and session.expires_at > now() and session.last_seen_at > now() - idle and u.status = 'active';
  if not found then return; end if;
  if s.last_seen_at < now() - interval '1 minute' then
    update session set last_seen_at = now() where (tenant_id, id) in
      (select tenant_id, id from session where tenant_id = s.tenant_id and id = s.id for update skip locked);
  end if;
  select t.second_factor_required into required from tenant t where t.id = s.tenant_id;
  return query select s.tenant_id, s.id, s.user_id, app.rights_of_user(s.tenant_id, s.user_id),
    required and not s.second_factor and not exists (select from user_totp f
      where f.tenant_id = s.tenant_id and f.user_id = s.user_id and f.confirmed_at is not null);
end $$;
call app.run_as_system(array['app.authenticate_session(bytea,interval)']::regprocedure[]);

set local role holdfast_system;
create or replace function app.leave_notice() returns trigger language plpgsql security definer set search_path = pg_catalog, public, app, pg_temp as $$
declare
  request constant text := nullif(current_setting('app.request_id', true), '');
  gathered constant jsonb := app.gathered_requests();
  me constant uuid := app.user_id();
begin
  -- What an import brings is told of as a whole.
  if request is null or nullif(current_setting('app.import_id', true), '') is not null or app.restores_archive() then return null; end if;
  case tg_table_name
    when 'comment' then
      insert into notice_due (tenant_id, request_id) select distinct n.tenant_id, app.request_of(gathered, n.id) from new_rows n
      where tg_op = 'INSERT' or n.mentions <> '{}';
    when 'note' then
      insert into notice_due (tenant_id, request_id) select distinct n.tenant_id, app.request_of(gathered, n.id) from new_rows n where n.mentions <> '{}';
    when 'task' then
      insert into notice_due (tenant_id, request_id) select distinct n.tenant_id, app.request_of(gathered, n.id) from new_rows n
      where n.assignee_id is distinct from me and n.assignee_id is not null;
    else
      insert into notice_due (tenant_id, request_id) select distinct n.tenant_id, app.request_of(gathered, n.id) from new_rows n
      where n.owner_id is distinct from me and n.owner_id is not null;
      if tg_op = 'INSERT' or (found and gathered is null) then return null; end if;
      case tg_table_name
        when 'contact' then
          insert into notice_due (tenant_id, request_id) select distinct n.tenant_id, app.request_of(gathered, n.id) from new_rows n join follower f
            on f.tenant_id = n.tenant_id and f.contact_id = n.id and f.user_id is distinct from me and not f.muted
          where n.owner_id is null or n.owner_id is not distinct from me;
        when 'company' then
          insert into notice_due (tenant_id, request_id) select distinct n.tenant_id, app.request_of(gathered, n.id) from new_rows n join follower f
            on f.tenant_id = n.tenant_id and f.company_id = n.id and f.user_id is distinct from me and not f.muted
          where n.owner_id is null or n.owner_id is not distinct from me;
        else
          insert into notice_due (tenant_id, request_id) select distinct n.tenant_id, app.request_of(gathered, n.id) from new_rows n join follower f
            on f.tenant_id = n.tenant_id and f.deal_id = n.id and f.user_id is distinct from me and not f.muted
          where n.owner_id is null or n.owner_id is not distinct from me;
      end case;
  end case;
  return null;
end $$;
reset role;

drop trigger forget_queues on tenant;
drop function app.forget_queues();
alter table idempotency_key add foreign key (tenant_id) references tenant on delete cascade;
alter table notice_due add foreign key (tenant_id) references tenant on delete cascade;
alter table score_due add foreign key (tenant_id) references tenant on delete cascade;
alter table suspect_due add foreign key (tenant_id) references tenant on delete cascade;

drop function app.contact_positions(uuid, uuid);
drop trigger mark_insert on contact_position;
drop trigger mark_update on contact_position;
drop function app.mark_positions();
drop trigger audit_insert on contact;
drop trigger audit_update on contact;
drop trigger audit_delete on contact;
call app.audit_changes('contact', 'contact', '{name, email_key, search_text}');
drop trigger touch on contact;
create trigger touch before update on contact for each row execute function app.touch();
alter table contact drop column had_positions;
