-- The context that every transaction of the application sets with set_config(…, true): which workspace it is for, and who asks. Policies,
-- column defaults and functions read it here.
--
-- This file, rules.sql, audit.sql, access.sql and subjects.sql are applied before the others, in this order (`first_files` in
-- src/kernel/database/migrate.ts): policies and triggers of all files call their functions.
--
-- Functions that run with rights of their own, and trigger functions, end with set search_path = pg_catalog, public, app, pg_temp.
-- PostgreSQL looks for tables in a session's temporary schema before all others unless the search_path names pg_temp; a caller could put a
-- temporary table before the one that a function means, and have its own trigger run with the function's rights. Trigger functions count as
-- well, because in a cascade they run as the owner of the table with the search_path of whoever caused it.

-- The workspace that the transaction is for.
create or replace function app.tenant_id() returns uuid language sql stable parallel safe as
  $$ select nullif(current_setting('app.tenant_id', true), '')::uuid $$;

-- Whether the program itself asks, on behalf of nobody.
create or replace function app.is_system() returns boolean language sql stable parallel safe as
  $$ select current_setting('app.rights', true) = '*' $$;

-- Whether the statement restores the records of a tenant archive: their audit trail comes with them, so triggers write nothing. No
-- statement of the application can claim this, because its login is not a member of holdfast_system.
create or replace function app.restores_archive() returns boolean language sql stable as $$
  select current_setting('app.restoring', true) = 'on' and pg_has_role(session_user, 'holdfast_system', 'member')
$$;

-- Whether the statement stores values in another form and changes nothing that they say (src/operations/personal-sealing). As above, no
-- statement of the application can claim this.
create or replace function app.keeps_content() returns boolean language sql stable as $$
  select current_setting('app.keeping_content', true) = 'on' and pg_has_role(session_user, 'holdfast_system', 'member')
$$;

-- A personal text that filters, sorts and groups compare (src/kernel/resource/personal.ts). A sealed one has nothing to compare.
create or replace function app.comparable_text(field text, value text) returns text language plpgsql immutable parallel safe as $$
begin
  if starts_with(value, e'\x01sealed:') then
    raise exception using errcode = '23514', column = field,
      message = format('The texts of "%s" are sealed in this workspace: filters know only whether it is empty, lists have other orders',
        field);
  end if;
  return value;
end $$;

-- The same of a JSON list, which is a string where it is sealed.
create or replace function app.comparable_list(field text, list jsonb) returns jsonb language plpgsql immutable parallel safe as $$
begin
  if jsonb_typeof(list) = 'string' then perform app.comparable_text(field, list #>> '{}'); end if;
  return list;
end $$;

-- The same of names of people, which are composites where they are sealed (app.contact_name): asked once by a statement, so that it can
-- still go along an index of names.
create or replace function app.comparable_names(field text) returns boolean language plpgsql stable parallel safe as $$
begin
  if exists (select from tenant where id = app.tenant_id() and personal_sealing <> 'off') then
    raise exception using errcode = '23514', column = field,
      message = format('The texts of "%s" are sealed in this workspace: filters know only whether it is empty, lists have other orders',
        field);
  end if;
  return true;
end $$;

-- For changes that write personal texts in the clear: they begin anew where the workspace seals them by now.
create or replace function app.assert_unsealed() returns void language plpgsql stable as $$
begin
  if exists (select from tenant where id = app.tenant_id() and personal_sealing in ('sealing', 'on')) then
    raise serialization_failure using message = 'The workspace began to seal personal texts';
  end if;
end $$;

-- Version and time of each update.
create or replace function app.touch() returns trigger language plpgsql set search_path = pg_catalog, public, app, pg_temp as $$
begin
  if app.keeps_content() then return new; end if;
  new.version := old.version + 1;
  new.updated_at := now();
  return new;
end $$;

-- The days of a period, seen from today in the caller's time zone; weeks begin on Monday. Names: today, yesterday, tomorrow,
-- this|last|next_week|month|quarter|year, last|next_<n>_days, which end or begin with today.
create or replace function app.period(name text) returns daterange language plpgsql stable as $$
declare
  today constant date := (now() at time zone app.user_zone())::date;
  word constant text := split_part(name, '_', 1);
  rest constant text := split_part(name, '_', 2);
  unit interval;
  first_day date;
begin
  if name = 'today' then return daterange(today, today + 1); end if;
  if name = 'yesterday' then return daterange(today - 1, today); end if;
  if name = 'tomorrow' then return daterange(today + 1, today + 2); end if;
  if rest ~ '^[0-9]+$' then
    return case word when 'last' then daterange(today - rest::int + 1, today + 1) else daterange(today, today + rest::int) end;
  end if;
  unit := case rest when 'quarter' then interval '3 months' else ('1 ' || rest)::interval end;
  first_day := (date_trunc(rest, today::timestamp) + case word when 'last' then -unit when 'next' then unit else interval '0' end)::date;
  return daterange(first_day, (first_day + unit)::date);
end $$;

-- The moment at which a day begins in the caller's time zone. Where clocks are set back by an hour to midnight, it comes twice, and the day
-- begins with the first; PostgreSQL takes the second.
create or replace function app.local_midnight(day date) returns timestamptz language plpgsql stable as $$
declare
  zone constant text := app.user_zone();
  midnight constant timestamptz := day::timestamp at time zone zone;
  earlier constant timestamptz := midnight - interval '1 hour';
begin
  return case when earlier at time zone zone = day::timestamp then earlier else midnight end;
end $$;

-- Whether this PostgreSQL knows a time zone. Looked up, not listed: pg_timezone_names reads all its files.
create or replace function app.is_time_zone(name text) returns boolean language plpgsql stable as $$
begin
  perform now() at time zone name;
  return true;
exception when invalid_parameter_value then
  return false;
end $$;

-- ---------------------------------------------------------------------------------------------------------------------
-- As holdfast_system

set local role holdfast_system;

-- The time zone in which the caller's days begin and end.
create or replace function app.user_zone() returns text language sql stable security definer
  set search_path = pg_catalog, public, app, pg_temp as $$
  select coalesce(
    (select time_zone from user_account where tenant_id = app.tenant_id() and id = app.user_id()),
    (select time_zone from tenant where id = app.tenant_id()), 'UTC')
$$;
revoke all on function app.user_zone() from public;
grant execute on function app.user_zone() to holdfast_app;

reset role;

-- ---------------------------------------------------------------------------------------------------------------------
-- tenant

create or replace trigger touch before update on tenant for each row execute function app.touch();

-- ---------------------------------------------------------------------------------------------------------------------
-- As holdfast_system

set local role holdfast_system;

-- The day it is in the caller's workspace.
create or replace function app.today() returns date language sql stable parallel safe security definer
  set search_path = pg_catalog, public, app, pg_temp as $$
  select (now() at time zone coalesce((select t.time_zone from tenant t where t.id = app.tenant_id()), 'UTC'))::date
$$;
revoke all on function app.today() from public;
grant execute on function app.today() to holdfast_app;

-- When a day begins in the caller's workspace.
create or replace function app.midnight(day date) returns timestamptz language sql stable parallel safe security definer
  set search_path = pg_catalog, public, app, pg_temp as $$
  select day::timestamp at time zone coalesce((select t.time_zone from tenant t where t.id = app.tenant_id()), 'UTC')
$$;
revoke all on function app.midnight(date) from public;
grant execute on function app.midnight(date) to holdfast_app;

reset role;
