-- The audit trail, and the outbox from which open pages and other nodes learn what changed. Statement triggers named audit_insert, audit_update and
-- audit_delete (in the file of their table) write both in the transaction of the change, whatever code makes it.

-- A value as the audit trail shows it: of a secret only that there is one.
create or replace function app.shown(key text, value jsonb, secrets text[]) returns jsonb language sql immutable parallel safe as
  $$ select case when key = any (secrets) and value <> 'null' then '"[redacted]"' else value end $$;

-- A row as the audit trail shows it. PL/pgSQL, because a function in SQL would be set up with each statement of the audit trigger, though few
-- tables hold secrets.
create or replace function app.redact(value jsonb, secrets text[]) returns jsonb language plpgsql immutable parallel safe as $$
begin
  return (select coalesce(jsonb_object_agg(f.key, app.shown(f.key, f.value, secrets)), '{}') from jsonb_each(value) f);
end $$;

-- Statement trigger of every audited table: one audit event for each row that changed, and the outbox events, in the same transaction. Arguments:
-- the resource, columns to leave out (derived ones), columns to redact (secrets), and columns that are recorded only when another one changed too:
-- sorting the cards of a board leaves no event for each card, but taking back a move to another stage restores the card's place.
--
-- enable_nestloop is off because the plan that joins old to new rows is cached: a plan made for one row would be quadratic for many.
create or replace function app.record_change() returns trigger language plpgsql set enable_nestloop = off
  set search_path = pg_catalog, public, app, pg_temp as $$
declare
  resource_name constant text := tg_argv[0];
  omitted constant text[] := tg_argv[1]::text[];
  redacted constant text[] := tg_argv[2]::text[];
  quiet constant text[] := coalesce(tg_argv[3], '{}')::text[];
  outbox_rows_max constant int := 100;
  hides constant boolean := redacted <> '{}';
  gathered constant jsonb := app.gathered_requests();
  -- Of all rows; null when several requests are done together.
  request constant text := case when gathered is null then nullif(current_setting('app.request_id', true), '') end;
  me constant uuid := app.user_id();
  ip constant inet := nullif(current_setting('app.ip', true), '')::inet;
  changed bigint;
begin
  if app.restores_archive() then return null; end if;
  if tg_op = 'INSERT' then
    insert into public.audit_event (tenant_id, action, resource, record_id, after, request_id, actor_id, ip)
    select n.tenant_id, 'create', resource_name, n.id,
      case when hides then app.redact(jsonb_strip_nulls(to_jsonb(n) - omitted - quiet), redacted) else jsonb_strip_nulls(to_jsonb(n) - omitted - quiet) end,
      case when gathered is null then request else app.request_of(gathered, n.id) end,
      case when gathered is null then me else app.person_of(gathered, n.id) end,
      case when gathered is null then ip else app.ip_of(gathered, n.id) end
    from new_rows n;
  elsif tg_op = 'UPDATE' then
    insert into public.audit_event (tenant_id, action, resource, record_id, before, after, request_id, actor_id, ip)
    select c.tenant_id, 'update', resource_name, c.id, d.before, d.after,
      case when gathered is null then request else app.request_of(gathered, c.id) end,
      case when gathered is null then me else app.person_of(gathered, c.id) end,
      case when gathered is null then ip else app.ip_of(gathered, c.id) end
    -- The offset keeps the planner from computing each jsonb wherever it is used.
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
    select o.tenant_id, 'delete', resource_name, o.id,
      case when hides then app.redact(jsonb_strip_nulls(to_jsonb(o) - omitted - quiet), redacted) else jsonb_strip_nulls(to_jsonb(o) - omitted - quiet) end,
      case when gathered is null then request else app.request_of(gathered, o.id) end,
      case when gathered is null then me else app.person_of(gathered, o.id) end,
      case when gathered is null then ip else app.ip_of(gathered, o.id) end
    from old_rows o;
  end if;
  get diagnostics changed = row_count;
  -- Rows without an audit event count too: open pages read a record again when only its tags changed.
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

-- Makes the monthly partitions from some months back to some months ahead. Called at every start and every day; idempotent. Events of a month that
-- had no partition yet went to the default partition, and are moved.
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
      create temp table stray on commit drop as
        select * from public.audit_event_default where at >= first_moment and at < last_moment;
      delete from public.audit_event_default where at >= first_moment and at < last_moment;
      execute format('create table public.%I partition of public.audit_event for values from (%L) to (%L)',
        partition_name, first_moment, last_moment);
      -- Reached only through the parent, whose policies hold.
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

-- Where the outbox ends for a reader that starts now.
create or replace function app.outbox_end() returns table (xid text) language sql stable security definer
  set search_path = pg_catalog, public, app, pg_temp as $$ select pg_snapshot_xmin(pg_current_snapshot())::text $$;
revoke all on function app.outbox_end() from public;
grant execute on function app.outbox_end() to holdfast_app;

-- Events after (after_xid, after_seq) that no later commit can precede, oldest first.
create or replace function app.outbox_since(after_xid text, after_seq bigint, rows_max int)
  returns table (xid text, seq bigint, tenant_id uuid, resource text, record_id uuid, action text, at timestamptz)
  language sql stable security definer set search_path = pg_catalog, public, app, pg_temp as $$
  select o.xid::text, o.seq, o.tenant_id, o.resource, o.record_id, o.action, o.at from outbox o
  where (o.xid, o.seq) > (after_xid::xid8, after_seq) and o.xid < pg_snapshot_xmin(pg_current_snapshot())
  order by o.xid, o.seq limit rows_max
$$;
revoke all on function app.outbox_since(text, bigint, int) from public;
grant execute on function app.outbox_since(text, bigint, int) to holdfast_app;

reset role;

-- ---------------------------------------------------------------------------------------------------------------------
-- audit_event

drop policy if exists read on audit_event;
create policy read on audit_event for select to holdfast_app using (tenant_id = (select app.tenant_id()));
-- An event names the caller of the transaction, nobody else. The policy is for public because a cascade runs as the owner of the table; the grants
-- say who may insert at all.
drop policy if exists append on audit_event;
create policy append on audit_event for insert to public
  with check (tenant_id = (select app.tenant_id())
    and (not actor_id is distinct from (select app.user_id()) or actor_id = app.person_of((select app.gathered_requests()), record_id)));
drop policy if exists system on audit_event;
create policy system on audit_event to holdfast_system using (true) with check (true);

-- ---------------------------------------------------------------------------------------------------------------------
-- outbox

drop policy if exists append on outbox;
create policy append on outbox for insert to public with check (tenant_id = (select app.tenant_id()));
drop policy if exists system on outbox;
create policy system on outbox to holdfast_system using (true) with check (true);

-- The partitions from this month on. The program asks for them again at every start and every day.
select app.ensure_partitions();
