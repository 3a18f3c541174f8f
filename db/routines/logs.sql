-- The log of the program: stored in daily partitions, searched newest first within a limit of time.

-- Makes the partition of a day.
create or replace function app.ensure_log_partition(day date) returns void language plpgsql volatile security definer
  set search_path = pg_catalog, public, app, pg_temp as $$
declare partition_name text := 'log_line_' || to_char(day, 'YYYY_MM_DD');
begin
  if to_regclass('public.' || partition_name) is not null then return; end if;
  -- Two processes may want it at once.
  perform pg_advisory_xact_lock(hashtextextended('log_line partitions', 0));
  -- By a statement of its own: names that to_regclass did not find before may be remembered as missing.
  if exists (select from pg_class where relname = partition_name and relnamespace = 'public'::regnamespace) then return; end if;
  execute format('create table public.%I partition of public.log_line for values from (%L) to (%L)
    with (autovacuum_vacuum_insert_scale_factor = 0.2, autovacuum_analyze_scale_factor = 0.2)',
    partition_name, day::timestamp at time zone 'UTC', (day + 1)::timestamp at time zone 'UTC');
  -- Accessible only through the parent, whose policies apply.
  execute format('revoke all on public.%I from public', partition_name);
end $$;
revoke all on function app.ensure_log_partition(date) from public;
grant execute on function app.ensure_log_partition(date) to holdfast_system;

create or replace function app.ensure_log_partitions(days_ahead int default 3) returns void language plpgsql volatile security definer
  set search_path = pg_catalog, public, app, pg_temp as $$
begin
  for i in 0..days_ahead loop perform app.ensure_log_partition((now() at time zone 'UTC')::date + i); end loop;
end $$;
revoke all on function app.ensure_log_partitions(int) from public;
grant execute on function app.ensure_log_partitions(int) to holdfast_app;

-- The days of the log that are older than so many days.
create or replace function app.past_log(days int, moment timestamptz default now()) returns setof regclass
  language sql stable security definer
  set search_path = pg_catalog, public, app, pg_temp as $$
  select i.inhrelid::regclass from pg_inherits i join pg_class c on c.oid = i.inhrelid
  where i.inhparent = 'public.log_line'::regclass
    and to_date(substr(c.relname, 10), 'YYYY_MM_DD') < (moment at time zone 'UTC')::date - days
  order by c.relname
$$;
revoke all on function app.past_log(int, timestamptz) from public;
grant execute on function app.past_log(int, timestamptz) to holdfast_system;

-- Drops the oldest of them. Returns how many that were: call until it is 0. Whoever writes to the log waits behind this, so it does not
-- wait long.
create or replace function app.purge_log(days int) returns int language plpgsql volatile security definer
  set search_path = pg_catalog, public, app, pg_temp set lock_timeout = '100ms' as $$
declare past regclass;
begin
  if days < 1 then raise exception 'The log is kept for a day at least'; end if;
  select p into past from app.past_log(days) p limit 1;
  if past is null then return 0; end if;
  execute format('drop table %s', past);
  return 1;
end $$;
revoke all on function app.purge_log(int) from public;
grant execute on function app.purge_log(int) to holdfast_app;

-- Makes the index for texts of one day that is over, whose lines are all but complete: kept up to date line by line, it would cost more
-- than all else that is done to store a line. Returns whether there was a day without it.
create or replace function app.index_log() returns boolean language plpgsql volatile security definer
  set search_path = pg_catalog, public, app, pg_temp as $$
declare partition_name text;
begin
  select c.relname into partition_name from pg_inherits i join pg_class c on c.oid = i.inhrelid
  where i.inhparent = 'public.log_line'::regclass and to_regclass('public.' || c.relname || '_text') is null
    and to_date(substr(c.relname, 10), 'YYYY_MM_DD') < ((now() - interval '10 minutes') at time zone 'UTC')::date
  order by c.relname desc limit 1;
  if not found then return false; end if;
  execute format('create index %I on public.%I using gin ((message || '' '' || data) gin_trgm_ops) with (fastupdate = off)',
    partition_name || '_text', partition_name);
  execute format('analyze public.%I', partition_name);
  return true;
end $$;
revoke all on function app.index_log() from public;
grant execute on function app.index_log() to holdfast_app;

-- ---------------------------------------------------------------------------------------------------------------------
-- As holdfast_system

set local role holdfast_system;

-- Stores lines, and counts them. Lines that it has already are left out, and so are those that are past the time for which lines are kept:
-- they come from a process that could not send them for longer.
create or replace function app.append_log(lines jsonb) returns int language plpgsql volatile security definer
  set search_path = pg_catalog, public, app, pg_temp as $$
declare day date; stored int;
begin
  -- A clock that is far ahead must not make partitions of years to come.
  for day in select distinct (least((l ->> 'at')::timestamptz, now() + interval '1 day') at time zone 'UTC')::date
    from jsonb_array_elements(lines) l loop
    if to_regclass('public.log_line_' || to_char(day, 'YYYY_MM_DD')) is null and day > (now() - interval '3650 days')::date then
      perform app.ensure_log_partition(day);
    end if;
  end loop;
  with given as (
    select least(l.at, date_trunc('day', now() + interval '1 day', 'UTC')) as at, l.id, l.level, l.tenant_id, l.user_id, l.route,
      l.request_id, l.trace_id, l.process, l.message, l.data
    from jsonb_to_recordset(lines) as l (at timestamptz, id uuid, level smallint, tenant_id uuid, user_id uuid, route text, request_id text,
      trace_id text, process text, message text, data text)
    where l.at > now() - interval '3650 days'
  ), added as (
    insert into log_line (at, id, level, tenant_id, user_id, route, request_id, trace_id, process, message, data)
    select * from given on conflict do nothing returning at, tenant_id, level
  ), summed as (
    select date_bin('5 minutes', a.at, 'epoch') as at, a.tenant_id, a.level, count(*) as lines from added a
    group by grouping sets ((1, a.tenant_id, a.level), (1, a.level)) having grouping(a.tenant_id) = 1 or a.tenant_id is not null
  ), counted as (
    -- In one order, so that processes that count at once do not wait for each other in a circle.
    insert into log_count as c (at, tenant_id, level, lines) select * from summed order by tenant_id nulls first, at, level
    on conflict (tenant_id, at, level) do update set lines = c.lines + excluded.lines
  )
  select count(*) into stored from added;
  return stored;
end $$;
revoke all on function app.append_log(jsonb) from public;
grant execute on function app.append_log(jsonb) to holdfast_app;

-- The filter that the caller may use: an operator sees all lines, others with the right those of their workspace.
create or replace function app.log_scope(everything boolean, filter jsonb) returns jsonb language plpgsql stable security definer
  set search_path = pg_catalog, public, app, pg_temp as $$
begin
  if everything then
    perform app.refuse_unless_operator();
    return filter;
  end if;
  if app.tenant_id() is null or app.some_scope('log', 'read') = 'none' then
    raise insufficient_privilege using message = 'The log needs the right to read it';
  end if;
  return filter || jsonb_build_object('tenant_id', app.tenant_id());
end $$;
revoke all on function app.log_scope(boolean, jsonb) from public;
-- A store beside the database asks for it, and looks for what it answers.
grant execute on function app.log_scope(boolean, jsonb) to holdfast_app;

-- Each part of a filter as a condition on a line, those that usually leave the fewest lines first.
create or replace function app.log_conditions(filter jsonb) returns table (part text, condition text) language sql stable
  set search_path = pg_catalog, public, app, pg_temp as $$
  select c.part, c.condition from (values
    (1, 'request_id', format('l.request_id = %L', filter ->> 'request_id')),
    (2, 'trace_id', format('l.trace_id = %L', filter ->> 'trace_id')),
    (3, 'user_id', format('l.user_id = %L', filter ->> 'user_id')),
    (4, 'level', case when (filter ->> 'level')::int > 30 then format('l.level >= %s', (filter ->> 'level')::int) end),
    (5, 'route', format('l.route = %L', filter ->> 'route')),
    (6, 'tenant_id', format('l.tenant_id = %L', filter ->> 'tenant_id')),
    (7, 'text', format('(l.message || '' '' || l.data) ilike %L',
      '%' || replace(replace(replace(filter ->> 'text', '\', '\\'), '%', '\%'), '_', '\_') || '%'))
  ) as c (place, part, condition)
  where c.condition is not null and filter ->> c.part is not null order by c.place
$$;
revoke all on function app.log_conditions(jsonb) from public;

-- The condition of an index by which at most some thousand lines are to be looked at; null when each leaves more. It counts that far,
-- because no statistics know how often some user met some error.
create or replace function app.log_driver(filter jsonb) returns text language plpgsql stable
  set search_path = pg_catalog, public, app, pg_temp set enable_seqscan = off as $$
declare few constant int := 5000; candidate record; found_rows int;
begin
  for candidate in select * from app.log_conditions(filter) c where c.part <> 'text' loop
    execute format('select count(*) from (select from log_line l where l.at >= %L and l.at < %L and %s limit %s) as counted',
      filter ->> 'from', filter ->> 'to', candidate.condition, few + 1) into found_rows;
    if found_rows <= few then return candidate.condition; end if;
  end loop;
  return null;
end $$;
revoke all on function app.log_driver(jsonb) from public;

-- Lines before (before_at, before_id), the newest first: {"lines": […], "searched_to": …, "searched_to_id": …}. It looks for a quarter of a
-- second, and at one part at least; the other two say before which line, which need not be among those found, it goes on when that was not
-- all the way. Where an index leaves few lines, it reads these; else it reads day by day, some ten thousand lines at a time, or asks the
-- day's index for texts when the text is rare.
create or replace function app.search_log(everything boolean, filter jsonb, before_at timestamptz, before_id uuid, rows_max int)
  returns jsonb language plpgsql stable security definer
  set search_path = pg_catalog, public, app, pg_temp set enable_seqscan = off set jit = off as $$
declare
  budget constant interval := '250 milliseconds';
  chunk_rows constant int := 10000;
  rare_share constant real := 0.01;
  columns constant text := 'l.at, l.id, l.level, l.tenant_id, l.user_id, l.route, l.request_id, l.trace_id, l.process, l.message, l.data';
  began timestamptz := clock_timestamp();
  given jsonb := app.log_scope(everything, filter);
  first_at timestamptz := (given ->> 'from')::timestamptz;
  last_at timestamptz := coalesce(before_at, (given ->> 'to')::timestamptz);
  -- Without a line to begin before, the time ends before its end.
  last_id uuid := coalesce(before_id, '00000000-0000-0000-0000-000000000000');
  every text; without_text text; text_condition text; driver text;
  out jsonb := '[]'; hits jsonb; day record; low timestamptz; seen int; matching int; rare boolean; reached_at timestamptz; reached_id uuid;
  counted int := 0; matched int := 0; looked boolean := false;
begin
  select coalesce(string_agg(c.condition, ' and '), 'true'), coalesce(string_agg(c.condition, ' and ') filter (where c.part <> 'text'),
    'true'),
    max(c.condition) filter (where c.part = 'text')
    into every, without_text, text_condition from app.log_conditions(given) c;
  driver := app.log_driver(given || jsonb_build_object('to', last_at + interval '1 millisecond'));
  if driver is not null then
    execute format('with few as materialized (select * from log_line l where l.at >= %L and (l.at, l.id) < (%L, %L) and %s)
      select coalesce(jsonb_agg(to_jsonb(l)), ''[]'') from (select %s from few l where %s order by l.at desc, l.id desc limit %s) l',
      first_at, last_at, last_id, driver, columns, every, rows_max) into hits;
    return jsonb_build_object('lines', hits, 'searched_to', null);
  end if;
  for day in
    select d.day::timestamp at time zone 'UTC' as opens, (d.day + 1)::timestamp at time zone 'UTC' as closes,
      to_regclass('public.' || d.name || '_text') is not null as indexed
    from (select c.relname as name, to_date(substr(c.relname, 10), 'YYYY_MM_DD') as day from pg_inherits i
      join pg_class c on c.oid = i.inhrelid
      where i.inhparent = 'public.log_line'::regclass) d
    where (d.day + 1)::timestamp at time zone 'UTC' > first_at and d.day::timestamp at time zone 'UTC' <= last_at order by d.day desc
  loop
    low := greatest(first_at, day.opens);
    if last_at >= day.closes then
      last_at := day.closes;
      last_id := '00000000-0000-0000-0000-000000000000';
    end if;
    loop
      if looked and clock_timestamp() - began > budget then
        return jsonb_build_object('lines', out, 'searched_to', last_at, 'searched_to_id', last_id);
      end if;
      looked := true;
      rare := text_condition is not null and length(given ->> 'text') > 2 and counted > 0 and matched < counted * rare_share;
      if rare and day.indexed then
        execute format('with few as materialized (select * from log_line l where l.at >= %L and l.at < %L and (l.at, l.id) < (%L, %L) and %s)
          select coalesce(jsonb_agg(to_jsonb(l)), ''[]'') from (select %s from few l where %s order by l.at desc, l.id desc limit %s) l',
          low, day.closes, last_at, last_id, text_condition, columns, without_text, rows_max - jsonb_array_length(out)) into hits;
        seen := 0;
      else
        execute format('select count(*), count(*) filter (where k.hit), (array_agg(k.at))[count(*)], (array_agg(k.id))[count(*)],
            (select coalesce(jsonb_agg(to_jsonb(h)), ''[]'') from (
              select %s from log_line l join unnest((array_agg(k.at) filter (where k.hit))[:%s], (array_agg(k.id) filter (where k.hit))[:%s]) as f (at, id)
              on l.at = f.at and l.id = f.id and l.at >= %L and l.at < %L order by l.at desc, l.id desc) h)
          from (select l.at, l.id, (%s) as hit from log_line l where l.at >= %L and l.at < %L and (l.at, l.id) < (%L, %L) and %s
            order by l.at desc, l.id desc limit %s) k',
          columns, rows_max - jsonb_array_length(out), rows_max - jsonb_array_length(out), low, day.closes,
            coalesce(text_condition, 'true'), low, day.closes,
          last_at, last_id, without_text, chunk_rows)
          into seen, matching, reached_at, reached_id, hits;
        counted := counted + seen;
        matched := matched + matching;
      end if;
      out := out || hits;
      if jsonb_array_length(out) >= rows_max then return jsonb_build_object('lines', out, 'searched_to', null); end if;
      exit when seen < chunk_rows;
      last_at := reached_at;
      last_id := reached_id;
    end loop;
  end loop;
  return jsonb_build_object('lines', out, 'searched_to', null);
end $$;
revoke all on function app.search_log(boolean, jsonb, timestamptz, uuid, int) from public;
grant execute on function app.search_log(boolean, jsonb, timestamptz, uuid, int) to holdfast_app;

-- How many lines there are in each of so many equal parts of the time from..to, and how many of them say that something is wrong:
-- {"bars": [[lines, warnings, errors], …], "counted_to": …}. By workspace and level alone that is counted when lines are stored; otherwise
-- it is counted here, the newest first, as long as the next part is likely to end within less than half a second.
create or replace function app.log_histogram(everything boolean, filter jsonb, bars_max int) returns jsonb
  language plpgsql stable security definer
  set search_path = pg_catalog, public, app, pg_temp set enable_seqscan = off set jit = off as $$
declare
  budget constant interval := '400 milliseconds';
  slice_lines constant int := 200000;
  began timestamptz := clock_timestamp();
  slice_began timestamptz;
  longest interval := '0';
  given jsonb := app.log_scope(everything, filter);
  first_at timestamptz := (given ->> 'from')::timestamptz;
  last_at timestamptz := (given ->> 'to')::timestamptz;
  width interval := (last_at - first_at) / bars_max;
  -- An index is used for equality and for null, not for "is not distinct from".
  counts_of text := case when given ->> 'tenant_id' is null then 'c.tenant_id is null'
    else format('c.tenant_id = %L', given ->> 'tenant_id') end;
  every text; driver text; part record; bar record;
  lines int[] := array_fill(0, array[bars_max]); warnings int[] := lines; errors int[] := lines;
begin
  select coalesce(string_agg(c.condition, ' and '), 'true') into every from app.log_conditions(given) c;
  if not exists (select from app.log_conditions(given) c where c.part not in ('tenant_id', 'level')) and width >= interval '5 minutes' then
    for bar in execute format('
      select least(%s, 1 + floor(extract(epoch from c.at - %L) / %s)::int) as place, sum(c.lines)::int as lines,
        coalesce(sum(c.lines) filter (where c.level between 40 and 49), 0)::int as warnings, coalesce(sum(c.lines) filter (where c.level >= 50), 0)::int as errors
      from log_count c where c.at >= %L and c.at < %L and %s and c.level >= %s group by 1',
      bars_max, first_at, extract(epoch from width), first_at, last_at, counts_of, coalesce((given ->> 'level')::int, 0))
    loop
      lines[bar.place] := bar.lines;
      warnings[bar.place] := bar.warnings;
      errors[bar.place] := bar.errors;
    end loop;
    return app.log_bars(lines, warnings, errors, null);
  end if;
  driver := app.log_driver(given);
  -- Newest first, each with about as many lines as are counted in a tenth of a second, where processors are as usual.
  for part in execute format('
    select max(h.closes) as closes, min(h.opens) as opens from (
      select greatest(d.at, %1$L) as opens, least(d.at + interval ''1 hour'', %2$L) as closes,
        case when %3$L then 0 else sum(coalesce(c.lines, 0)) over (order by d.at desc) / %4$s end as slice
      from generate_series(date_trunc(''hour'', %1$L::timestamptz), %2$L::timestamptz, ''1 hour'') as d (at)
      left join (select date_trunc(''hour'', c.at) as at, sum(c.lines) as lines from log_count c
        where c.at >= %1$L::timestamptz - interval ''1 hour'' and c.at < %2$L and %5$s group by 1) c on c.at = d.at
    ) h where h.opens < h.closes group by floor(h.slice) order by 1 desc', first_at, last_at, driver is not null, slice_lines, counts_of)
  loop
    if clock_timestamp() - began + longest > budget then return app.log_bars(lines, warnings, errors, part.closes); end if;
    slice_began := clock_timestamp();
    for bar in
      execute format('with %s select least(%s, 1 + floor(extract(epoch from l.at - %L) / %s)::int) as place, count(*)::int as lines,
          count(*) filter (where l.level between 40 and 49)::int as warnings, count(*) filter (where l.level >= 50)::int as errors
        from few l where %s group by 1',
        case when driver is null then format('few as not materialized (select * from log_line l where l.at >= %L and l.at < %L)',
          part.opens, part.closes)
          else format('few as materialized (select * from log_line l where l.at >= %L and l.at < %L and %s)', part.opens, part.closes,
            driver) end,
        bars_max, first_at, extract(epoch from width), every)
    loop
      lines[bar.place] := lines[bar.place] + bar.lines;
      warnings[bar.place] := warnings[bar.place] + bar.warnings;
      errors[bar.place] := errors[bar.place] + bar.errors;
    end loop;
    longest := greatest(longest, clock_timestamp() - slice_began);
  end loop;
  return app.log_bars(lines, warnings, errors, null);
end $$;
revoke all on function app.log_histogram(boolean, jsonb, int) from public;
grant execute on function app.log_histogram(boolean, jsonb, int) to holdfast_app;

create or replace function app.log_bars(lines int[], warnings int[], errors int[], counted_to timestamptz) returns jsonb language sql stable
  set search_path = pg_catalog, public, app, pg_temp as $$
  select jsonb_build_object('bars', jsonb_agg(jsonb_build_array(b.lines, b.warnings, b.errors) order by b.place), 'counted_to', counted_to)
  from unnest(log_bars.lines, log_bars.warnings, log_bars.errors) with ordinality as b (lines, warnings, errors, place)
$$;
revoke all on function app.log_bars(int[], int[], int[], timestamptz) from public;

-- The workspaces, for an operator to choose one.
create or replace function app.log_workspaces() returns table (id uuid, name text, title text) language plpgsql stable security definer
  set search_path = pg_catalog, public, app, pg_temp as $$
begin
  perform app.refuse_unless_operator();
  return query select t.id, t.name, t.title from tenant t order by t.name limit 1000;
end $$;
revoke all on function app.log_workspaces() from public;
grant execute on function app.log_workspaces() to holdfast_app;

reset role;
