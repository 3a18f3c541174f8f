-- Where the caller's days begin and end.

create function app.user_zone() returns text language sql stable security definer set search_path = pg_catalog, public, app as $$
  select coalesce(
    (select time_zone from user_account where tenant_id = app.tenant_id() and id = app.user_id()),
    (select time_zone from tenant where id = app.tenant_id()), 'UTC')
$$;
call app.run_as_system(array['app.user_zone()']::regprocedure[]);

-- The days of a period, seen from today where the caller lives; weeks begin on Monday. Names: today, yesterday, tomorrow,
-- this|last|next_week|month|quarter|year, last|next_<n>_days, which end, or begin, with today.
create function app.period(name text) returns daterange language plpgsql stable as $$
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

-- When a day begins where the caller lives.
create function app.local_midnight(day date) returns timestamptz language sql stable as
  $$ select day::timestamp at time zone app.user_zone() $$;
