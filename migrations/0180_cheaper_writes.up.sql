-- What every write pays for though few need it.

-- Few contacts have positions besides their own company, yet each answer with a contact set up the query for them, an eighth of an update. Contacts
-- that ever had one say so. It is not the record's own: it makes no new version and no event in the trail.
alter table contact add column had_positions boolean not null default false;
drop trigger touch on contact;
create trigger touch before update on contact for each row when (new.had_positions = old.had_positions) execute function app.touch();
drop trigger audit_insert on contact;
drop trigger audit_update on contact;
drop trigger audit_delete on contact;
call app.audit_changes('contact', 'contact', '{name, email_key, search_text, had_positions}');

create function app.mark_positions() returns trigger language plpgsql security definer set search_path = pg_catalog, public, app, pg_temp as $$
begin
  update contact c set had_positions = true from (select distinct tenant_id, contact_id from new_rows) n
    where c.tenant_id = n.tenant_id and c.id = n.contact_id and not c.had_positions;
  return null;
end $$;
create trigger mark_insert after insert on contact_position referencing new table as new_rows
  for each statement execute function app.mark_positions();
create trigger mark_update after update on contact_position referencing new table as new_rows
  for each statement execute function app.mark_positions();

-- Under the caller's rights. PL/pgSQL keeps the plan for the session.
create function app.contact_positions(tenant uuid, contact uuid) returns jsonb language plpgsql stable parallel safe as $$
begin
  return (select coalesce(jsonb_agg(n.item order by n.position, n.id), '[]') from contact_position_item n
    where n.tenant_id = tenant and n.contact_id = contact);
end $$;

-- Rows of a queue are there for seconds, answers to repeated requests for a day. Looking up and locking the workspace's row for each was as dear as
-- the row itself; they go with the workspace all the same.
alter table idempotency_key drop constraint idempotency_key_tenant_id_fkey;
alter table notice_due drop constraint notice_due_tenant_id_fkey;
alter table score_due drop constraint score_due_tenant_id_fkey;
alter table suspect_due drop constraint suspect_due_tenant_id_fkey;

create function app.forget_queues() returns trigger language plpgsql security definer set search_path = pg_catalog, public, app, pg_temp as $$
begin
  delete from idempotency_key where tenant_id = old.id;
  delete from notice_due where tenant_id = old.id;
  delete from score_due where tenant_id = old.id;
  delete from suspect_due where tenant_id = old.id;
  return null;
end $$;
create trigger forget_queues after delete on tenant for each row execute function app.forget_queues();

call app.run_as_system(array['app.mark_positions()', 'app.forget_queues()']::regprocedure[]);

-- As 0053 has it, with one statement for owner and followers of a record.
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
    when 'contact' then
      insert into notice_due (tenant_id, request_id) select distinct n.tenant_id, app.request_of(gathered, n.id) from new_rows n
      where n.owner_id is distinct from me and n.owner_id is not null or tg_op = 'UPDATE' and exists (select from follower f
        where f.tenant_id = n.tenant_id and f.contact_id = n.id and f.user_id is distinct from me and not f.muted);
    when 'company' then
      insert into notice_due (tenant_id, request_id) select distinct n.tenant_id, app.request_of(gathered, n.id) from new_rows n
      where n.owner_id is distinct from me and n.owner_id is not null or tg_op = 'UPDATE' and exists (select from follower f
        where f.tenant_id = n.tenant_id and f.company_id = n.id and f.user_id is distinct from me and not f.muted);
    else
      insert into notice_due (tenant_id, request_id) select distinct n.tenant_id, app.request_of(gathered, n.id) from new_rows n
      where n.owner_id is distinct from me and n.owner_id is not null or tg_op = 'UPDATE' and exists (select from follower f
        where f.tenant_id = n.tenant_id and f.deal_id = n.id and f.user_id is distinct from me and not f.muted);
  end case;
  return null;
end $$;
reset role;

-- The backfill is the system's: policies hide all rows from the owner.
set local role holdfast_system;
update contact c set had_positions = true where exists (select from contact_position p where p.tenant_id = c.tenant_id and p.contact_id = c.id);
reset role;

-- As 0082 has it, in one statement, with rights as text: taking large objects apart to put them into another was half of its cost.
drop function app.authenticate_session(bytea, interval);
create function app.authenticate_session(token_hash bytea, idle interval)
returns table (tenant_id uuid, id uuid, user_id uuid, rights json, second_factor_missing boolean)
language plpgsql volatile security definer set search_path = pg_catalog, public, app, pg_temp as $$
#variable_conflict use_column
declare seen timestamptz;
begin
  select s.tenant_id, s.id, s.user_id, s.last_seen_at,
    (select coalesce(json_agg(case when exists (select from custom_field f where f.tenant_id = s.tenant_id and (f.visible_to is not null or f.editable_by is not null))
        then r.rights || app.limited_fields(s.tenant_id, r.id, r.rights) else r.rights end), '[]')
      from user_role ur join role r on r.tenant_id = ur.tenant_id and r.id = ur.role_id where ur.tenant_id = s.tenant_id and ur.user_id = s.user_id),
    t.second_factor_required and not s.second_factor and not exists (select from user_totp f
      where f.tenant_id = s.tenant_id and f.user_id = s.user_id and f.confirmed_at is not null)
  into tenant_id, id, user_id, seen, rights, second_factor_missing
  from session s join user_account u on u.tenant_id = s.tenant_id and u.id = s.user_id join tenant t on t.id = s.tenant_id
  where s.hash = token_hash and s.expires_at > now() and s.last_seen_at > now() - idle and u.status = 'active';
  if not found then return; end if;
  if seen < now() - interval '1 minute' then
    update session s set last_seen_at = now() where (s.tenant_id, s.id) in
      (select l.tenant_id, l.id from session l where l.tenant_id = authenticate_session.tenant_id and l.id = authenticate_session.id for update skip locked);
  end if;
  return next;
end $$;
call app.run_as_system(array['app.authenticate_session(bytea,interval)']::regprocedure[]);

-- An SQL function is taken into each statement that calls it, and set up with it, needed or not. These are rarely needed.
create or replace function app.redact(value jsonb, secrets text[]) returns jsonb language plpgsql immutable parallel safe as $$
begin
  return (select coalesce(jsonb_object_agg(f.key, app.shown(f.key, f.value, secrets)), '{}') from jsonb_each(value) f);
end $$;
create or replace function app.request_of(gathered jsonb, record uuid) returns text language plpgsql as $$
begin
  return case when gathered is null then nullif(current_setting('app.request_id', true), '')
    else coalesce(gathered ->> record::text, app.refuse_unnamed(record)) end;
end $$;
create or replace function app.record_change() returns trigger language plpgsql
  set enable_nestloop = off set search_path = pg_catalog, public, app, pg_temp as $$
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
  changed bigint;
begin
  if app.restores_archive() then return null; end if;
  if tg_op = 'INSERT' then
    insert into public.audit_event (tenant_id, action, resource, record_id, after, request_id)
    select n.tenant_id, 'create', resource_name, n.id, case when hides then app.redact(jsonb_strip_nulls(to_jsonb(n) - omitted - quiet), redacted) else jsonb_strip_nulls(to_jsonb(n) - omitted - quiet) end, case when gathered is null then request else app.request_of(gathered, n.id) end
    from new_rows n;
  elsif tg_op = 'UPDATE' then
    insert into public.audit_event (tenant_id, action, resource, record_id, before, after, request_id)
    select c.tenant_id, 'update', resource_name, c.id, d.before, d.after, case when gathered is null then request else app.request_of(gathered, c.id) end
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
    select o.tenant_id, 'delete', resource_name, o.id, case when hides then app.redact(jsonb_strip_nulls(to_jsonb(o) - omitted - quiet), redacted) else jsonb_strip_nulls(to_jsonb(o) - omitted - quiet) end, case when gathered is null then request else app.request_of(gathered, o.id) end
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
