-- The audit trail with its values, and the feed of changes that is read from it. Statement triggers named audit_insert, audit_update and
-- audit_delete (in the file of their table) write both in the transaction of the change, whatever code makes it.

-- A value as history stores it: of a secret only that there is one.
create or replace function app.redact_value(key text, value jsonb, secrets text[]) returns jsonb language sql immutable parallel safe as
  $$ select case when key = any (secrets) and value <> 'null' then '"[redacted]"' else value end $$;

-- A row as history stores it. PL/pgSQL, because an SQL function would be set up with each statement of the audit trigger, though few tables
-- hold secrets.
create or replace function app.redact(value jsonb, secrets text[]) returns jsonb language plpgsql immutable parallel safe as $$
begin
  return (select coalesce(jsonb_object_agg(f.key, app.redact_value(f.key, f.value, secrets)), '{}') from jsonb_each(value) f);
end $$;

-- The commitment that the audit trail stores for values: SHA-256 of the 16 bytes of the salt, then the values of before and after as
-- PostgreSQL writes jsonb, each preceded by a letter that no JSON begins with, so that they cannot be confused. Without the salt, nobody
-- can guess the values from it.
create or replace function app.commitment(salt uuid, before jsonb, after jsonb) returns bytea language sql stable parallel safe as
  $$ select sha256(uuid_send(salt) || convert_to(coalesce('b' || before::text, '') || coalesce('a' || after::text, ''), 'UTF8')) $$;

-- Statement trigger of every audited table: one audit event and its history for each row that changed, in the same transaction. Arguments:
-- the resource, columns to leave out (derived ones), columns to redact (secrets), and columns that are recorded only when another one
-- changed too: sorting the cards of a board leaves no history of each card, but taking back a move to another stage restores the card's
-- place.
--
-- Rows without a recorded change leave a signal, so that open pages read them again, e.g. when only their tags changed. Many rows leave one
-- signal.
--
-- enable_nestloop is off because the plan that joins old to new rows is cached: a plan made for one row would be quadratic for many.
create or replace function app.record_change() returns trigger language plpgsql set enable_nestloop = off
  set search_path = pg_catalog, public, app, pg_temp as $$
declare
  resource_name constant text := tg_argv[0];
  omitted constant text[] := tg_argv[1]::text[];
  redacted constant text[] := tg_argv[2]::text[];
  quiet constant text[] := coalesce(tg_argv[3], '{}')::text[];
  signals_max constant int := 100;
  hides constant boolean := redacted <> '{}';
  quiet_tenants uuid[];
  quiet_ids uuid[];
begin
  if app.restores_archive() or app.keeps_content() then return null; end if;
  if tg_op = 'INSERT' then
    with c as materialized (
      select n.tenant_id, n.id, nextval('public.audit_event_seq_seq') as seq, gen_random_uuid() as salt,
        jsonb_strip_nulls(to_jsonb(n) - omitted - quiet) as after
      from new_rows n
    ), shown as materialized (
      select c.tenant_id, c.id, c.seq, c.salt, case when hides then app.redact(c.after, redacted) else c.after end as after from c
    ), h as (
      insert into public.record_history (tenant_id, seq, resource, record_id, salt, after)
      select s.tenant_id, s.seq, resource_name, s.id, s.salt, s.after from shown s
    )
    insert into public.audit_event (tenant_id, seq, action, resource, record_id, commitment)
    select s.tenant_id, s.seq, 'create', resource_name, s.id, app.commitment(s.salt, null, s.after) from shown s;
  elsif tg_op = 'UPDATE' then
    with c as materialized (
      select n.tenant_id, n.id, to_jsonb(o) - omitted as old, to_jsonb(n) - omitted as new
      from new_rows n join old_rows o on o.tenant_id = n.tenant_id and o.id = n.id
    ), d as materialized (
      select c.tenant_id, c.id, nextval('public.audit_event_seq_seq') as seq, gen_random_uuid() as salt, v.fields, v.before, v.after
      from c left join lateral (
        select array_agg(f.key) as fields, jsonb_object_agg(f.key, app.redact_value(f.key, f.value, redacted)) as before,
          jsonb_object_agg(f.key, app.redact_value(f.key, c.new -> f.key, redacted)) as after
        from jsonb_each(c.old) f where f.value <> c.new -> f.key
        having bool_or(f.key <> all (quiet))) v on true
    ), h as (
      insert into public.record_history (tenant_id, seq, resource, record_id, salt, before, after)
      select d.tenant_id, d.seq, resource_name, d.id, d.salt, d.before, d.after from d where d.before is not null
    ), e as (
      insert into public.audit_event (tenant_id, seq, action, resource, record_id, fields, commitment)
      select d.tenant_id, d.seq, 'update', resource_name, d.id, d.fields, app.commitment(d.salt, d.before, d.after) from d
        where d.before is not null
    )
    select array_agg(d.tenant_id), array_agg(d.id) into quiet_tenants, quiet_ids from d where d.before is null;
    -- A statement of its own, because most updates have none, and to set up an INSERT that writes nothing is a twentieth of an update.
    if quiet_ids is not null then
      insert into public.audit_event (tenant_id, action, resource, record_id)
      select distinct u.tenant_id, 'signal', resource_name, case when cardinality(quiet_ids) <= signals_max then u.id end
      from unnest(quiet_tenants, quiet_ids) as u (tenant_id, id);
    end if;
  else
    with c as materialized (
      select o.tenant_id, o.id, nextval('public.audit_event_seq_seq') as seq, gen_random_uuid() as salt,
        jsonb_strip_nulls(to_jsonb(o) - omitted - quiet) as before
      from old_rows o
    ), shown as materialized (
      select c.tenant_id, c.id, c.seq, c.salt, case when hides then app.redact(c.before, redacted) else c.before end as before from c
    ), h as (
      insert into public.record_history (tenant_id, seq, resource, record_id, salt, before)
      select s.tenant_id, s.seq, resource_name, s.id, s.salt, s.before from shown s
    )
    insert into public.audit_event (tenant_id, seq, action, resource, record_id, commitment)
    select s.tenant_id, s.seq, 'delete', resource_name, s.id, app.commitment(s.salt, s.before, null) from shown s;
  end if;
  return null;
end $$;

-- One audit event for what is no plain change of a row, such as a sign-in or a merge. Values must hold no secret.
create or replace function app.record_event(action text, resource text, record uuid, before jsonb default null,
  after jsonb default null) returns void
  language plpgsql volatile set search_path = pg_catalog, public, app, pg_temp as $$
declare
  seq constant bigint := nextval('public.audit_event_seq_seq');
  salt constant uuid := case when coalesce(before, after) is not null then gen_random_uuid() end;
begin
  insert into public.audit_event (tenant_id, seq, action, resource, record_id, commitment)
  values (app.tenant_id(), seq, action, resource, record, case when salt is not null then app.commitment(salt, before, after) end);
  if salt is null then return; end if;
  insert into public.record_history (tenant_id, seq, resource, record_id, salt, before, after)
  values (app.tenant_id(), seq, resource, record, salt, before, after);
end $$;

-- Sends a signal, by which open pages read records again, though no change was recorded.
create or replace function app.signal(resource text, records uuid[]) returns void language sql volatile
  set search_path = pg_catalog, public, app, pg_temp as $$
  insert into public.audit_event (tenant_id, action, resource, record_id) select app.tenant_id(), 'signal', signal.resource, r
    from unnest(records) r
$$;

-- Whether the caller may read the history of a record: who reads all of its kind reads it, else who reads the record itself. Of rows that
-- belong to records, such as a tag of a contact, it is whoever reads these, also when the row is gone. Of a record that is gone, nobody
-- else can be asked. Of what may be private, such as a view, the row itself is asked, and of one that is gone whether it was the caller's,
-- or shared with the caller; of the tiles of a dashboard the dashboard.
create or replace function app.reads_history(noun text, record uuid, before jsonb, after jsonb) returns boolean
  language plpgsql stable as $$
declare
  tab constant text := case noun when 'user' then 'user_account' else noun end;
  named constant jsonb := coalesce(before, '{}') || coalesce(after, '{}');
  found boolean; parents uuid[];
begin
  if app.hangs_on_records(noun) then
    if app.sees_all_subjects() and app.full_scope(app.right_of(noun), 'read') is not null then return true; end if;
  elsif app.full_scope(app.right_of(noun), 'read') is not null and (not app.may_be_private(noun) or app.is_system()) then
    return true;
  end if;
  if record is null or (select count(*) from pg_attribute where attrelid = to_regclass('public.' || quote_ident(tab))
    and attname in ('id', 'tenant_id')) < 2 then
    return app.some_scope('audit', 'read') <> 'none';
  end if;
  execute format('select exists (select from public.%I r where r.tenant_id = app.tenant_id() and r.id = $1)', tab) into found using record;
  if not found and app.may_be_private(noun) then
    if named ? 'dashboard_id' then
      return exists (select from public.dashboard d where d.tenant_id = app.tenant_id() and d.id = (named ->> 'dashboard_id')::uuid)
        or app.saw_dashboard((named ->> 'dashboard_id')::uuid);
    end if;
    return coalesce((named ->> app.owner_column(noun))::uuid = app.user_id(), false) or coalesce((named ->> 'shared')::boolean, false)
      or coalesce((named ->> 'team_id')::uuid = any (app.own_teams()), false);
  end if;
  if found or app.owner_column(noun) is not null or not app.hangs_on_records(noun) then return found; end if;
  if named ? 'records' then return app.reads_some_subject(array(select r::uuid
    from jsonb_array_elements_text(named -> 'records') r)); end if;
  -- What is part of a record, and what was attached to records before they were named together, has a column for each.
  parents := array_remove(array[named ->> 'contact_id', named ->> 'company_id', named ->> 'deal_id', named ->> 'record_id'], null)::uuid[];
  return parents <> '{}' and app.reads_every_subject(parents);
end $$;

-- Values of history by the columns of today: until migration 0028, what is attached to records named them in a column for each of some
-- types. Of an update of a note, a task or an activity it takes those that the event names for all of its records, so only whole rows of
-- these are read through it.
create or replace function app.current_values(noun text, content jsonb) returns jsonb language sql immutable parallel safe as $$
  select case
    when content is null or not content ?| '{contact_id,company_id,deal_id,record_id}' then content
    when noun in ('comment', 'record_tag') then content - '{contact_id,company_id,deal_id}'::text[] || jsonb_build_object('record_id',
      coalesce(content ->> 'record_id', content ->> 'contact_id', content ->> 'company_id', content ->> 'deal_id'))
    when noun in ('note', 'task', 'activity')
      then jsonb_build_object('records', to_jsonb(array_remove(array[content ->> 'deal_id', content ->> 'contact_id',
      content ->> 'company_id', content ->> 'record_id'], null))) || (content - '{contact_id,company_id,deal_id,record_id}'::text[])
    else content
  end
$$;

-- Audit events with their values, as far as there are any and the caller may read them: looked up by key. Joined, a planner whose
-- statistics are from before most of the history was written would merge it with all history of the tenant.
create or replace view recorded_change with (security_invoker = true) as
  select e.tenant_id, e.seq, e.xid, e.at, e.actor_kind, e.actor_id, e.credential_id, e.action, e.resource, e.record_id, e.fields,
    e.commitment, e.ip,
    e.request_id, e.import_id, e.cause, e.depth,
    case when e.resource in ('comment', 'record_tag') then app.current_values(e.resource, h.before) else h.before end as before,
    case when e.resource in ('comment', 'record_tag') then app.current_values(e.resource, h.after) else h.after end as after, e.via
  from audit_event e
    left join lateral (select c.before, c.after from record_history c where c.tenant_id = e.tenant_id and c.seq = e.seq offset 0) h on true
  where e.action <> 'signal';
grant select on recorded_change to holdfast_app, holdfast_system;


-- What a person acted through, as the trail stores it. Events of before it was stored name the key alone; those of an import, the import.
create or replace function app.via_text(via text, actor_kind text, credential_id uuid, import_id uuid) returns text
  language sql immutable parallel safe
  as $$ select coalesce(via, case when actor_kind = 'api_key' then 'api_key:' || credential_id end, 'import:' || import_id) $$;

-- Makes the monthly partitions from some months back to some months ahead. Called at every start and every day; idempotent. Events of a
-- month that had no partition yet went to the default partition, and are moved.
create or replace function app.ensure_partitions(months_ahead int default 12, months_back int default 0) returns int
  language plpgsql volatile security definer set search_path = pg_catalog, public, app, pg_temp as $$
declare
  month date; first_moment timestamptz; last_moment timestamptz; made int := 0; partition_name text;
begin
  for i in -months_back..months_ahead loop
    month := (date_trunc('month', now() at time zone 'UTC') + make_interval(months => i))::date;
    first_moment := month::timestamp at time zone 'UTC';
    last_moment := (month + interval '1 month') at time zone 'UTC';
    partition_name := 'audit_event_' || to_char(month, 'YYYY_MM');
    if to_regclass('public.' || partition_name) is null then
      lock table public.audit_event in share update exclusive mode;
      -- Made by another process meanwhile.
      continue when to_regclass('public.' || partition_name) is not null;
      create temp table stray on commit drop as
        select * from public.audit_event_default where at >= first_moment and at < last_moment;
      delete from public.audit_event_default where at >= first_moment and at < last_moment;
      execute format('create table public.%I partition of public.audit_event for values from (%L) to (%L)
        with (autovacuum_analyze_scale_factor = 0.02, autovacuum_analyze_threshold = 200)', partition_name, first_moment, last_moment);
      -- Accessible only through the parent, whose policies apply.
      execute format('revoke all on public.%I from public', partition_name);
      execute format('insert into public.%I overriding system value select * from pg_temp.stray', partition_name);
      drop table pg_temp.stray;
      made := made + 1;
    end if;
  end loop;
  return made;
end $$;
revoke all on function app.ensure_partitions(int, int) from public;
grant execute on function app.ensure_partitions(int, int) to holdfast_app;

-- ---------------------------------------------------------------------------------------------------------------------
-- As holdfast_system

set local role holdfast_system;

-- What a person acted through, for people: its type, its id and what it is called, null where it is gone. Of an import, the import.
create or replace function app.via_of(via text, import_id uuid) returns json language sql stable security definer
  set search_path = pg_catalog, public, app, pg_temp as $$
  select json_build_object('type', v.type, 'id', v.id, 'name', k.name)
  from (select coalesce(split_part(via, ':', 1), 'import') as type, coalesce(split_part(via, ':', 2)::uuid, import_id) as id) v
  left join api_key k on v.type = 'api_key' and k.tenant_id = app.tenant_id() and k.id = v.id
  where v.id is not null
$$;
revoke all on function app.via_of(text, uuid) from public;
grant execute on function app.via_of(text, uuid) to holdfast_app;

-- Whether the caller saw a dashboard that is gone: it was theirs, or shared.
create or replace function app.saw_dashboard(dashboard uuid) returns boolean language sql stable security definer
  set search_path = pg_catalog, public, app, pg_temp as $$
  select coalesce((select (e.before ->> 'owner_id')::uuid = app.user_id() or (e.before ->> 'shared')::boolean from recorded_change e
    where e.tenant_id = app.tenant_id() and e.record_id = dashboard and e.resource = 'dashboard' and e.action = 'delete' and e.at <= now()
    order by e.at desc, e.seq desc limit 1), false)
$$;
revoke all on function app.saw_dashboard(uuid) from public;
grant execute on function app.saw_dashboard(uuid) to holdfast_app;

-- The end of the feed, for a reader that starts now.
create or replace function app.feed_end() returns table (xid text) language sql stable security definer
  set search_path = pg_catalog, public, app, pg_temp as $$ select pg_snapshot_xmin(pg_current_snapshot())::text $$;
revoke all on function app.feed_end() from public;
grant execute on function app.feed_end() to holdfast_app;

-- The timeline that is written to, as eight digits: another one after a standby took over or a backup was restored.
create or replace function app.feed_history() returns text
  language sql volatile as $$ select left(pg_walfile_name(pg_current_wal_lsn()), 8) $$;
revoke all on function app.feed_history() from public;
grant execute on function app.feed_history() to holdfast_app;

-- Changes after (after_xid, after_seq) that no later commit can precede, oldest first, for open pages: a change of many like records by one
-- transaction is told once, without a record, at the place of the first. Reads so many events; the last row is always the last event, so
-- that the next reading goes on behind it. Planned once for a connection, as route_feed.
create or replace function app.feed_since(after_xid text, after_seq bigint, rows_max int)
  returns table (xid text, seq bigint, tenant_id uuid, resource text, record_id uuid, action text, at timestamptz)
  language sql stable security definer set search_path = pg_catalog, public, app, pg_temp set plan_cache_mode = force_generic_plan as $$
  with read as materialized (
    select e.xid, e.seq, e.tenant_id, e.resource, e.record_id, case e.action when 'signal' then 'update' else e.action end as action, e.at
    from audit_event e
    -- The last condition excludes partitions of future months. A day of tolerance, because clocks are set back.
    where (e.xid, e.seq) > (after_xid::xid8, after_seq) and e.xid < pg_snapshot_xmin(pg_current_snapshot())
      and e.at <= now() + interval '1 day'
    order by e.xid, e.seq limit rows_max
  ), counted as (
    select r.*, count(*) over alike as alike, row_number() over (alike order by r.seq) as place, lead(r.xid) over (order by r.xid,
      r.seq) is null as is_last
    from read r window alike as (partition by r.xid, r.tenant_id, r.resource, r.action)
  )
  select c.xid::text, c.seq, c.tenant_id, c.resource, case when c.alike <= 100 or (c.is_last and c.place > 1)
    then c.record_id end, c.action, c.at
  from counted c where c.alike <= 100 or c.place = 1 or c.is_last order by c.xid, c.seq
$$;
revoke all on function app.feed_since(text, bigint, int) from public;
grant execute on function app.feed_since(text, bigint, int) to holdfast_app;

-- Erases the values of changes older than so many days, up to so many changes; their events stay, and the trail verifies. Call until it
-- returns 0.
create or replace function app.purge_history(days int, rows_max int default 10000) returns int language plpgsql volatile security definer
  set search_path = pg_catalog, public, app, pg_temp as $$
declare gone int;
begin
  delete from record_history where ctid = any (array(
    select ctid from record_history where at < now() - make_interval(days => purge_history.days) limit rows_max));
  get diagnostics gone = row_count;
  return gone;
end $$;
revoke all on function app.purge_history(int, int) from public;
grant execute on function app.purge_history(int, int) to holdfast_app;

reset role;

-- ---------------------------------------------------------------------------------------------------------------------
-- record_history

-- The partitions from this month on. The program asks for them again at every start and every day.
select app.ensure_partitions();
