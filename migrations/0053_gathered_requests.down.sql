create or replace function app.record_change() returns trigger language plpgsql set enable_nestloop = off as $$
declare
  resource_name constant text := tg_argv[0];
  omitted constant text[] := tg_argv[1]::text[];
  redacted constant text[] := tg_argv[2]::text[];
  quiet constant text[] := coalesce(tg_argv[3], '{}')::text[];
  outbox_rows_max constant int := 100;
  changed bigint;
begin
  if app.restores_archive() then return null; end if;
  if tg_op = 'INSERT' then
    insert into public.audit_event (tenant_id, action, resource, record_id, after)
    select n.tenant_id, 'create', resource_name, n.id, app.redact(jsonb_strip_nulls(to_jsonb(n) - omitted - quiet), redacted)
    from new_rows n;
  elsif tg_op = 'UPDATE' then
    insert into public.audit_event (tenant_id, action, resource, record_id, before, after)
    select c.tenant_id, 'update', resource_name, c.id, d.before, d.after
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
    insert into public.audit_event (tenant_id, action, resource, record_id, before)
    select o.tenant_id, 'delete', resource_name, o.id, app.redact(jsonb_strip_nulls(to_jsonb(o) - omitted - quiet), redacted)
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

set local role holdfast_system;
create or replace function app.leave_notice() returns trigger language plpgsql security definer set search_path = pg_catalog, public, app as $$
declare
  request constant text := nullif(current_setting('app.request_id', true), '');
  me constant uuid := app.user_id();
  wanted boolean;
begin
  -- What an import brings is told of as a whole.
  if request is null or nullif(current_setting('app.import_id', true), '') is not null or app.restores_archive() then return null; end if;
  if tg_table_name = 'comment' then
    wanted := tg_op = 'INSERT' or exists (select from new_rows where mentions <> '{}');
  elsif tg_table_name = 'note' then
    wanted := exists (select from new_rows where mentions <> '{}');
  elsif tg_table_name = 'task' then
    wanted := exists (select from new_rows where assignee_id is distinct from me and assignee_id is not null);
  else
    wanted := exists (select from new_rows where owner_id is distinct from me and owner_id is not null);
    if not wanted and tg_op = 'UPDATE' then
      case tg_table_name
        when 'contact' then wanted := exists (select from new_rows n join follower f
          on f.tenant_id = n.tenant_id and f.contact_id = n.id and f.user_id is distinct from me and not f.muted);
        when 'company' then wanted := exists (select from new_rows n join follower f
          on f.tenant_id = n.tenant_id and f.company_id = n.id and f.user_id is distinct from me and not f.muted);
        else wanted := exists (select from new_rows n join follower f
          on f.tenant_id = n.tenant_id and f.deal_id = n.id and f.user_id is distinct from me and not f.muted);
      end case;
    end if;
  end if;
  if wanted then
    insert into notice_due (tenant_id, request_id) values (app.tenant_id(), request);
  end if;
  return null;
end $$;
reset role;

drop function app.request_of(jsonb, uuid);
drop function app.refuse_unnamed(uuid);
alter policy append on audit_event with check (tenant_id = (select app.tenant_id()) and actor_id is not distinct from (select app.user_id()));
drop function app.person_of(jsonb, uuid), app.ip_of(jsonb, uuid);
drop function app.gathered_requests();
