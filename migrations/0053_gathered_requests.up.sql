-- Several requests of one caller, or of people with the same rights, may be done in one transaction. Each keeps its own change: the audit tells by
-- the record which request it was, and whose.

-- In such a transaction `app.request_id` is 'gathered', and `app.requests` has of each record the request (`id`), its person (`user`) and `ip`; else
-- null. Of several people `app.user_id` is nobody, so that whatever does not know of them can do what nobody may: nothing.
create function app.gathered_requests() returns jsonb language sql stable parallel safe as $$
  select case when current_setting('app.request_id', true) = 'gathered' then coalesce(nullif(current_setting('app.requests', true), ''), '{}')::jsonb end
$$;

-- Something that does not know of gathering wrote this record. The transaction fails, and each request is done alone.
create function app.refuse_unnamed(record uuid) returns text language plpgsql as $$
begin
  raise exception 'Record % was written by gathered requests, and none of them named it', record;
end $$;

-- An SQL function is taken into each statement that calls it, and set up with it, needed or not. This one is rarely needed.
create function app.request_of(gathered jsonb, record uuid) returns text language plpgsql as $$
begin
  return case when gathered is null then nullif(current_setting('app.request_id', true), '')
    else coalesce(gathered -> record::text ->> 'id', app.refuse_unnamed(record)) end;
end $$;

-- The person of the request that wrote a record.
create function app.person_of(gathered jsonb, record uuid) returns uuid language plpgsql as $$
begin
  return case when gathered is null then app.user_id() else (gathered -> record::text ->> 'user')::uuid end;
end $$;

create function app.ip_of(gathered jsonb, record uuid) returns inet language plpgsql as $$
begin
  return nullif(case when gathered is null then current_setting('app.ip', true) else gathered -> record::text ->> 'ip' end, '')::inet;
end $$;

alter policy append on audit_event with check (tenant_id = (select app.tenant_id())
  and (actor_id is not distinct from (select app.user_id()) or actor_id = app.person_of((select app.gathered_requests()), record_id)));

-- As before, and each event names the request of its record.
create or replace function app.record_change() returns trigger language plpgsql set enable_nestloop = off as $$
declare
  resource_name constant text := tg_argv[0];
  omitted constant text[] := tg_argv[1]::text[];
  redacted constant text[] := tg_argv[2]::text[];
  quiet constant text[] := coalesce(tg_argv[3], '{}')::text[];
  outbox_rows_max constant int := 100;
  hides constant boolean := redacted <> '{}';
  gathered constant jsonb := app.gathered_requests();
  -- Of all rows, unless several requests are done together.
  request constant text := case when gathered is null then nullif(current_setting('app.request_id', true), '') end;
  me constant uuid := app.user_id();
  ip constant inet := nullif(current_setting('app.ip', true), '')::inet;
  changed bigint;
begin
  if app.restores_archive() then return null; end if;
  if tg_op = 'INSERT' then
    insert into public.audit_event (tenant_id, action, resource, record_id, after, request_id, actor_id, ip)
    select n.tenant_id, 'create', resource_name, n.id, case when hides then app.redact(jsonb_strip_nulls(to_jsonb(n) - omitted - quiet), redacted) else jsonb_strip_nulls(to_jsonb(n) - omitted - quiet) end, case when gathered is null then request else app.request_of(gathered, n.id) end,
      case when gathered is null then me else app.person_of(gathered, n.id) end, case when gathered is null then ip else app.ip_of(gathered, n.id) end
    from new_rows n;
  elsif tg_op = 'UPDATE' then
    insert into public.audit_event (tenant_id, action, resource, record_id, before, after, request_id, actor_id, ip)
    select c.tenant_id, 'update', resource_name, c.id, d.before, d.after, case when gathered is null then request else app.request_of(gathered, c.id) end,
      case when gathered is null then me else app.person_of(gathered, c.id) end, case when gathered is null then ip else app.ip_of(gathered, c.id) end
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
    insert into public.audit_event (tenant_id, action, resource, record_id, before, request_id, actor_id, ip)
    select o.tenant_id, 'delete', resource_name, o.id, case when hides then app.redact(jsonb_strip_nulls(to_jsonb(o) - omitted - quiet), redacted) else jsonb_strip_nulls(to_jsonb(o) - omitted - quiet) end, case when gathered is null then request else app.request_of(gathered, o.id) end,
      case when gathered is null then me else app.person_of(gathered, o.id) end, case when gathered is null then ip else app.ip_of(gathered, o.id) end
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

-- By its owner; as before, and each request of a record somebody has to hear of is told.
set local role holdfast_system;
create or replace function app.leave_notice() returns trigger language plpgsql security definer set search_path = pg_catalog, public, app as $$
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
      where n.assignee_id is distinct from case when gathered is null then me else app.person_of(gathered, n.id) end and n.assignee_id is not null;
    when 'contact' then
      insert into notice_due (tenant_id, request_id) select distinct n.tenant_id, app.request_of(gathered, n.id) from new_rows n
      where n.owner_id is distinct from case when gathered is null then me else app.person_of(gathered, n.id) end and n.owner_id is not null or tg_op = 'UPDATE' and exists (select from follower f
        where f.tenant_id = n.tenant_id and f.contact_id = n.id and f.user_id is distinct from case when gathered is null then me else app.person_of(gathered, n.id) end and not f.muted);
    when 'company' then
      insert into notice_due (tenant_id, request_id) select distinct n.tenant_id, app.request_of(gathered, n.id) from new_rows n
      where n.owner_id is distinct from case when gathered is null then me else app.person_of(gathered, n.id) end and n.owner_id is not null or tg_op = 'UPDATE' and exists (select from follower f
        where f.tenant_id = n.tenant_id and f.company_id = n.id and f.user_id is distinct from case when gathered is null then me else app.person_of(gathered, n.id) end and not f.muted);
    else
      insert into notice_due (tenant_id, request_id) select distinct n.tenant_id, app.request_of(gathered, n.id) from new_rows n
      where n.owner_id is distinct from case when gathered is null then me else app.person_of(gathered, n.id) end and n.owner_id is not null or tg_op = 'UPDATE' and exists (select from follower f
        where f.tenant_id = n.tenant_id and f.deal_id = n.id and f.user_id is distinct from case when gathered is null then me else app.person_of(gathered, n.id) end and not f.muted);
  end case;
  return null;
end $$;
reset role;
