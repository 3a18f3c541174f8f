drop function app.purge_trash(int, int);
drop index contact_trash, company_trash, deal_trash, note_trash, task_trash, activity_trash;
create or replace function app.note_stage_change() returns trigger language plpgsql as $$
begin
  new.stage_entered_at := now();
  if old.status = 'open' then
    new.last_open_stage_id := old.stage_id;
  end if;
  return new;
end $$;

drop trigger audit_insert on deal;
drop trigger audit_update on deal;
drop trigger audit_delete on deal;
drop procedure app.audit_changes(regclass, text, text[], text[], text[]);
create procedure app.audit_changes(target regclass, resource text, omitted text[] default '{}', redacted text[] default '{}')
language plpgsql as $$
declare
  arguments constant text := format('%L, %L, %L', resource, omitted || array['tenant_id', 'version', 'updated_at'], redacted);
begin
  execute format('create trigger audit_insert after insert on %s referencing new table as new_rows
    for each statement execute function app.record_change(%s)', target, arguments);
  execute format('create trigger audit_update after update on %s referencing old table as old_rows new table as new_rows
    for each statement execute function app.record_change(%s)', target, arguments);
  execute format('create trigger audit_delete after delete on %s referencing old table as old_rows
    for each statement execute function app.record_change(%s)', target, arguments);
end $$;

create or replace function app.record_change() returns trigger language plpgsql set enable_nestloop = off as $$
declare
  resource_name constant text := tg_argv[0];
  omitted constant text[] := tg_argv[1]::text[];
  redacted constant text[] := tg_argv[2]::text[];
  outbox_rows_max constant int := 100;
  changed bigint;
begin
  if tg_op = 'INSERT' then
    insert into public.audit_event (tenant_id, action, resource, record_id, after)
    select n.tenant_id, 'create', resource_name, n.id, app.redact(jsonb_strip_nulls(to_jsonb(n) - omitted), redacted)
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
      from jsonb_each(c.old) f where f.value <> c.new -> f.key) d
    where d.before is not null;
  else
    insert into public.audit_event (tenant_id, action, resource, record_id, before)
    select o.tenant_id, 'delete', resource_name, o.id, app.redact(jsonb_strip_nulls(to_jsonb(o) - omitted), redacted)
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

call app.audit_changes('deal', 'deal', '{search_text, position, last_open_stage_id}');
drop function app.differing_keys(jsonb, jsonb), app.put_values(jsonb, jsonb), app.flat_row(jsonb);
drop table change_item, change;
drop index audit_event_request;
