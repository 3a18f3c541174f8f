-- Taking changes back, changing many records at once, and the trash.

-- What one request did: its audit events name it. Imports have an index of their own.
create index audit_event_request on audit_event (tenant_id, request_id, seq) where request_id is not null and import_id is null;

-- A change of many records, or the taking back of one, that runs in batches. Its id stands as request_id in the audit events it causes.
create table change (
  tenant_id uuid not null references tenant on delete cascade,
  id uuid not null,
  kind text not null check (length(kind) <= 60),
  resource text check (length(resource) <= 60),
  -- Of a reversal: what it takes back, and of which record alone.
  of_change uuid,
  of_record uuid,
  action jsonb not null default '{}',
  -- What its creator may: it does not do more.
  rights jsonb not null default '{}',
  state text not null default 'waiting' check (state in ('waiting', 'running', 'done', 'failed', 'cancelled')),
  total int not null default 0,
  done int not null default 0,
  changed int not null default 0,
  unchanged int not null default 0,
  skipped int not null default 0,
  skipped_samples jsonb not null default '[]',
  -- Of a reversal: the audit event above which all are done.
  place bigint,
  cancel_requested boolean not null default false,
  error text,
  created_by uuid,
  created_at timestamptz(3) not null default now(),
  finished_at timestamptz(3),
  primary key (tenant_id, id),
  foreign key (tenant_id, created_by) references user_account on delete set null (created_by)
);
-- Each change is taken back once, as a whole or of one record.
create unique index change_of on change (tenant_id, of_change, of_record) nulls not distinct where of_change is not null;
create index change_created on change (tenant_id, created_at, id);
-- No audit: it is bookkeeping, written with every batch. What it does to records is audited there.
call app.protect('change');

-- The records that are still to be changed, chosen once when the change began.
create table change_item (
  tenant_id uuid not null,
  change_id uuid not null,
  position int not null,
  record_id uuid not null,
  primary key (tenant_id, change_id, position),
  foreign key (tenant_id, change_id) references change on delete cascade
);
call app.protect('change_item');

-- A row with each custom value beside its columns, as `custom.<key>`.
create function app.flat_row(value jsonb) returns jsonb language sql immutable parallel safe as $$
  select (value - 'custom') || coalesce((select jsonb_object_agg('custom.' || c.key, c.value) from jsonb_each(value -> 'custom') c), '{}')
$$;

-- A row with some values of its flat form put in.
create function app.put_values(value jsonb, flat jsonb) returns jsonb language sql immutable parallel safe as $$
  select value
    || coalesce((select jsonb_object_agg(f.key, f.value) from jsonb_each(flat) f where f.key not like 'custom.%'), '{}')
    || coalesce((select jsonb_build_object('custom', jsonb_strip_nulls((value -> 'custom') || c.given))
      from (select jsonb_object_agg(substr(f.key, 8), f.value) as given from jsonb_each(flat) f where f.key like 'custom.%') c
      where c.given is not null), '{}')
$$;

-- The keys under which two flat rows differ.
create function app.differing_keys(one jsonb, other jsonb) returns text[] language sql immutable parallel safe as $$
  select coalesce(array_agg(k.key order by k.key), '{}')
  from (select jsonb_object_keys(one) as key union select jsonb_object_keys(other)) k
  where one -> k.key is distinct from other -> k.key
$$;

-- The place of a card is told of a change that tells something else too: a move to another stage is taken back to where the card was,
-- and sorting the cards of a column still leaves no event for each.
create or replace function app.record_change() returns trigger language plpgsql set enable_nestloop = off as $$
declare
  resource_name constant text := tg_argv[0];
  omitted constant text[] := tg_argv[1]::text[];
  redacted constant text[] := tg_argv[2]::text[];
  quiet constant text[] := coalesce(tg_argv[3], '{}')::text[];
  outbox_rows_max constant int := 100;
  changed bigint;
begin
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

drop procedure app.audit_changes(regclass, text, text[], text[]);
create procedure app.audit_changes(target regclass, resource text, omitted text[] default '{}', redacted text[] default '{}', quiet text[] default '{}')
language plpgsql as $$
declare
  arguments constant text := format('%L, %L, %L, %L', resource, omitted || array['tenant_id', 'version', 'updated_at'], redacted, quiet);
begin
  execute format('create trigger audit_insert after insert on %s referencing new table as new_rows
    for each statement execute function app.record_change(%s)', target, arguments);
  execute format('create trigger audit_update after update on %s referencing old table as old_rows new table as new_rows
    for each statement execute function app.record_change(%s)', target, arguments);
  execute format('create trigger audit_delete after delete on %s referencing old table as old_rows
    for each statement execute function app.record_change(%s)', target, arguments);
end $$;

drop trigger audit_insert on deal;
drop trigger audit_update on deal;
drop trigger audit_delete on deal;
call app.audit_changes('deal', 'deal', '{search_text, last_open_stage_id}', quiet => '{position}');

-- A deal that is put back into a stage has been there since it came, not since it was put back: a time that is given stays.
create or replace function app.note_stage_change() returns trigger language plpgsql as $$
begin
  if new.stage_entered_at = old.stage_entered_at then
    new.stage_entered_at := now();
  end if;
  if old.status = 'open' then
    new.last_open_stage_id := old.stage_id;
  end if;
  return new;
end $$;

-- The trash, newest first, and what has been in it for 30 days.
do $$
declare trashed text;
begin
  foreach trashed in array array['contact', 'company', 'deal', 'note', 'task', 'activity'] loop
    execute format('create index %1$s_trash on %1$s (tenant_id, deleted_at, id) where deleted_at is not null', trashed);
  end loop;
end $$;

-- Deletes for good what has been in the trash for longer than that, up to so many rows. Call until it answers 0.
create function app.purge_trash(days int, rows_max int default 1000) returns int language plpgsql volatile security definer
  set search_path = pg_catalog, public, app as $$
declare
  workspace uuid; trashed text; gone int := 0; n int;
begin
  for workspace in select id from tenant loop
    -- A cascade writes its audit events as the table's owner, who must be of the tenant.
    perform set_config('app.tenant_id', workspace::text, true);
    foreach trashed in array array['note', 'task', 'activity', 'deal', 'contact', 'company'] loop
      execute format('delete from %1$I where tenant_id = $1 and id = any (array(select id from %1$I
        where tenant_id = $1 and deleted_at < now() - make_interval(days => $2) order by deleted_at, id limit $3))', trashed)
        using workspace, days, rows_max - gone;
      get diagnostics n = row_count;
      gone := gone + n;
      if gone >= rows_max then return gone; end if;
    end loop;
  end loop;
  return gone;
end $$;
call app.run_as_system(array['app.purge_trash(int,int)']::regprocedure[]);
