-- Consumers of the change feed (src/kernel/feed, docs/decisions/0193-consumers-of-the-feed.md).

-- ---------------------------------------------------------------------------------------------------------------------
-- As holdfast_system

set local role holdfast_system;

-- Makes consumers known: [{name, version, events, imports, from_beginning}]. One that is known in a newer version stays as it is. Holds the
-- router's lock, so that the router does not read on meanwhile.
create or replace function app.register_consumers(consumers jsonb) returns void language plpgsql volatile security definer
  set search_path = pg_catalog, public, app, pg_temp as $$
declare c record;
begin
  perform pg_advisory_xact_lock(hashtextextended('feed router', 0));
  for c in select * from jsonb_to_recordset(consumers) as c (name text, version int, events text[], imports boolean,
    from_beginning boolean) loop
    if exists (select from feed_consumer f where f.name = c.name) then
      update feed_consumer f set version = c.version, events = c.events, imports = c.imports
      where f.name = c.name and f.version <= c.version and (f.version, f.events, f.imports) is distinct
        from (c.version, c.events, c.imports);
    else
      insert into feed_consumer (name, version, events, imports) values (c.name, c.version, c.events, c.imports);
      if c.from_beginning then
        insert into feed_mark (tenant_id, consumer, from_xid, from_seq, until_xid, until_seq, since)
        select t.id, c.name, '0', 9223372036854775807, p.xid, p.seq, '-infinity' from tenant t cross join feed_router p;
        insert into feed_cursor (tenant_id, consumer) select t.id, c.name from tenant t;
      end if;
    end if;
  end loop;
end $$;
revoke all on function app.register_consumers(jsonb) from public;
grant execute on function app.register_consumers(jsonb) to holdfast_app;

-- Reads the next so many events of the feed, once for all consumers, and marks which of them have something to do for which workspaces. A
-- mark that is there goes on being where its consumer left off; a new one begins where this part does, so that nobody reads again what
-- others wrote meanwhile. One process at a time. Returns how many events it read. Planned once for a connection: it is called all day,
-- mostly for nothing, and planning took ten times as long as that.
create or replace function app.route_feed(events_max int) returns int language plpgsql volatile security definer
  set search_path = pg_catalog, public, app, pg_temp set plan_cache_mode = force_generic_plan as $$
declare
  router feed_router;
  events int;
begin
  -- Not a row lock: those take a transaction's number each time, and nobody's number may be needed when nothing happens.
  if not pg_try_advisory_xact_lock(hashtextextended('feed router', 0)) then return 0; end if;
  select * into strict router from feed_router;
  if router.xid >= pg_snapshot_xmax(pg_current_snapshot()) then
    -- The database was restored into a cluster that has not counted that far. What is new is known by its number from now on: numbers are
    -- restored.
    router.seq_floor := greatest(router.seq_floor, router.seq_max,
      (select max(e.seq) from audit_event e where (e.xid, e.seq) > (router.xid, router.seq)));
    router.xid := '0';
    router.seq := 9223372036854775807;
    update feed_router set xid = router.xid, seq = router.seq, seq_floor = router.seq_floor, restored_at = now();
    delete from feed_mark;
    delete from feed_cursor;
  end if;
  with read as materialized (
    select e.xid, e.seq, e.tenant_id, e.resource || '.' || e.action as what, e.import_id is not null as imported, e.at
    from audit_event e
    -- The last condition excludes partitions of future months. A day of tolerance, because clocks are set back.
    where (e.xid, e.seq) > (router.xid, router.seq) and e.xid < pg_snapshot_xmin(pg_current_snapshot()) and e.at <= now() + interval '1 day'
    order by e.xid, e.seq limit events_max
  ), ending as (
    select r.xid, r.seq from read r order by r.xid desc, r.seq desc limit 1
  ), wanted as materialized (
    select r.tenant_id, c.name as consumer, min(r.at) as since
    from read r join feed_consumer c on (r.what = any (c.events) or '*' = any (c.events)) and (c.imports or not r.imported)
      join tenant t on t.id = r.tenant_id
    where r.seq > router.seq_floor group by r.tenant_id, c.name
  ), cursors as (
    insert into feed_cursor (tenant_id, consumer) select w.tenant_id, w.consumer from wanted w on conflict do nothing
  ), marks as (
    insert into feed_mark (tenant_id, consumer, from_xid, from_seq, until_xid, until_seq, since)
    select w.tenant_id, w.consumer, router.xid, router.seq, e.xid, e.seq, w.since from wanted w cross join ending e
    on conflict (tenant_id, consumer) do update
      set until_xid = excluded.until_xid, until_seq = excluded.until_seq, since = least(feed_mark.since, excluded.since)
  ), moved as (
    update feed_router p set xid = e.xid, seq = e.seq, seq_max = greatest(p.seq_max, (select max(r.seq) from read r)) from ending e
  )
  select count(*) into events from read;
  return events;
end $$;
revoke all on function app.route_feed(int) from public;
grant execute on function app.route_feed(int) to holdfast_app;

-- In how many milliseconds a cursor with this not_before may be served. No wait is longer than a minute: a later time is from before the
-- clock was set back, and is over.
create or replace function app.feed_wait_ms(not_before timestamptz) returns int language sql volatile as $$
  select case when not_before < clock_timestamp() + interval '2 minutes'
    then greatest(0, ceil(1000 * extract(epoch from not_before - clock_timestamp())))::int else 0 end
$$;

-- Up to so many pairs of a workspace and a consumer that wait to be served, and in how many milliseconds they may be: consumers take turns,
-- and within one the workspace comes first that was not served for longest. consumers is [{name, version}]; what is registered in another
-- version is left to others.
create or replace function app.feed_waiting(consumers jsonb, pairs_max int) returns table (tenant_id uuid, consumer text, in_ms int)
  language sql stable security definer set search_path = pg_catalog, public, app, pg_temp as $$
  select w.tenant_id, w.consumer, w.in_ms from (
    select m.tenant_id, m.consumer, p.served_at, d.in_ms,
      row_number() over (partition by m.consumer, d.in_ms > 0 order by p.served_at nulls first) as turn
    from (
      select k.tenant_id, k.consumer from feed_mark k union select s.tenant_id, s.consumer from feed_set_aside s where s.again
    ) m
    join feed_consumer f on f.name = m.consumer
    join jsonb_to_recordset(consumers) as c (name text, version int) on c.name = f.name and c.version = f.version
    left join feed_cursor p on p.tenant_id = m.tenant_id and p.consumer = m.consumer
    cross join lateral (select app.feed_wait_ms(p.not_before) as in_ms) d
  ) w
  order by w.in_ms > 0, w.turn, w.served_at nulls first limit pairs_max
$$;
revoke all on function app.feed_waiting(jsonb, int) from public;
grant execute on function app.feed_waiting(jsonb, int) to holdfast_app;

-- The next events of the transaction's workspace for a consumer, and the position that is reached with them. No row when there is nothing
-- to do, or another process is doing it. The lock lasts as long as the transaction and goes with its connection.
--
-- Planned once for a connection, as route_feed.
--
-- An advisory lock instead of one on the row of the cursor: that would give the transaction a number at once, and nobody reads events
-- beyond the lowest number that is still in use.
create or replace function app.take_feed(consumer_name text, consumer_version int, events_max int)
  returns table (xid text, seq bigint, again boolean, events jsonb) language plpgsql volatile security definer
  set search_path = pg_catalog, public, app, pg_temp set plan_cache_mode = force_generic_plan as $$
#variable_conflict use_column
declare
  me constant uuid := app.tenant_id();
  read_max constant int := 5000;
  c feed_consumer; mark feed_mark; cur feed_cursor; floor_seq bigint;
begin
  if not pg_try_advisory_xact_lock(hashtextextended(format('feed %s %s', consumer_name, me), 0)) then return; end if;
  select * into c from feed_consumer f where f.name = consumer_name and f.version = consumer_version;
  if not found then return; end if;
  return query
    select s.xid::text, s.seq, true, jsonb_build_array(f) from feed_set_aside s
    cross join lateral (
      select e.xid, e.seq, e.at, e.action, e.resource, e.record_id, e.fields, e.actor_id, e.request_id, e.import_id, e.cause, e.depth
      from audit_event e where e.tenant_id = s.tenant_id and e.seq = s.seq and e.at = s.at
    ) f
    where s.tenant_id = me and s.consumer = consumer_name and s.again order by s.seq limit 1;
  if found then return; end if;
  -- The months of those that are left were archived since somebody asked for them: they would wait for ever. One that somebody asks for at
  -- this moment is not among them.
  update feed_set_aside s set again = false where s.tenant_id = me and s.consumer = consumer_name and s.again
    and not exists (select from audit_event e where e.tenant_id = s.tenant_id and e.seq = s.seq and e.at = s.at);
  select * into mark from feed_mark m where m.tenant_id = me and m.consumer = consumer_name;
  if not found then return; end if;
  select * into cur from feed_cursor p where p.tenant_id = me and p.consumer = consumer_name;
  if app.feed_wait_ms(cur.not_before) > 0 then return; end if;
  select p.seq_floor into floor_seq from feed_router p;
  -- The cursor of one that was not behind stands before the mark; all in between is for others.
  if (cur.xid, cur.seq) < (mark.from_xid, mark.from_seq) then
    cur.xid := mark.from_xid;
    cur.seq := mark.from_seq;
  end if;
  if (cur.xid, cur.seq) < (cur.alone_xid, cur.alone_seq) then events_max := 1; end if;
  return query
    with read as materialized (
      select e.xid, e.seq, e.at, e.action, e.resource, e.record_id, e.fields, e.actor_id, e.request_id, e.import_id, e.cause, e.depth
      from audit_event e
      where e.tenant_id = me and (e.xid, e.seq) > (cur.xid, cur.seq) and (e.xid, e.seq) <= (mark.until_xid, mark.until_seq)
        and e.at >= mark.since and e.at <= now() + interval '1 day'
      order by e.xid, e.seq limit read_max
    ), fitting as materialized (
      select r.* from read r
      where (r.resource || '.' || r.action = any (c.events) or '*' = any (c.events)) and (c.imports or r.import_id is null)
        and r.seq > floor_seq
      order by r.xid, r.seq limit events_max
    ), reached as (
      select f.xid, f.seq from (select * from fitting order by xid desc, seq desc limit 1) f
        where (select count(*) from fitting) = events_max
      union all
      select r.xid, r.seq from (select * from read order by xid desc, seq desc limit 1) r
      where (select count(*) from fitting) < events_max and (select count(*) from read) = read_max
      union all
      select mark.until_xid, mark.until_seq where (select count(*) from fitting) < events_max and (select count(*) from read) < read_max
    )
    select p.xid::text, p.seq, false, coalesce((select jsonb_agg(f order by f.xid, f.seq) from fitting f), '[]') from reached p;
end $$;
revoke all on function app.take_feed(text, int, int) from public;
grant execute on function app.take_feed(text, int, int) to holdfast_app;

-- Moves a consumer's cursor to a position. The next batch gathers for a moment, unless there are more events already.
create or replace function app.advance_feed(consumer_name text, to_xid text, to_seq bigint, last_at timestamptz) returns void
  language plpgsql volatile security definer set search_path = pg_catalog, public, app, pg_temp as $$
declare
  me constant uuid := app.tenant_id();
  gather constant interval := '300 milliseconds';
begin
  delete from feed_mark m where m.tenant_id = me and m.consumer = consumer_name and (m.until_xid, m.until_seq) <= (to_xid::xid8, to_seq);
  update feed_cursor p set xid = to_xid::xid8, seq = to_seq, at = coalesce(last_at, p.at), served_at = clock_timestamp(), failures = 0,
    error = null,
    not_before = case when found then clock_timestamp() + gather end
  where p.tenant_id = me and p.consumer = consumer_name;
end $$;
revoke all on function app.advance_feed(text, text, bigint, timestamptz) from public;
grant execute on function app.advance_feed(text, text, bigint, timestamptz) to holdfast_app;

-- Sets events aside: [{xid, seq, at}]. Of one workspace and consumer so many, then the consumer stands still there: something is wrong with
-- all.
create or replace function app.set_aside(consumer_name text, events jsonb, reason text) returns void
  language plpgsql volatile security definer set search_path = pg_catalog, public, app, pg_temp as $$
declare
  me constant uuid := app.tenant_id();
  rows_max constant int := 1000;
begin
  insert into feed_set_aside (tenant_id, consumer, seq, xid, at, error)
  select me, consumer_name, e.seq, e.xid::xid8, e.at, left(reason, 2000)
    from jsonb_to_recordset(events) as e (xid text, seq bigint, at timestamptz)
  on conflict (tenant_id, consumer, seq) do update set error = excluded.error, set_aside_at = clock_timestamp(), again = false;
  if (select count(*) from feed_set_aside s where s.tenant_id = me and s.consumer = consumer_name) > rows_max then
    raise exception 'More than % events are set aside', rows_max;
  end if;
end $$;
revoke all on function app.set_aside(text, jsonb, text) from public;
grant execute on function app.set_aside(text, jsonb, text) to holdfast_app;

-- Notes that a consumer failed at events ([{xid, seq, at}]), whose end is the position given. It tries them again a little later; several
-- that failed twice, one at a time. An event that failed four times by itself is set aside, and the consumer goes on after it.
create or replace function app.feed_failed(consumer_name text, to_xid text, to_seq bigint, events jsonb, reason text) returns text
  language plpgsql volatile security definer set search_path = pg_catalog, public, app, pg_temp as $$
declare
  me constant uuid := app.tenant_id();
  together_max constant int := 2;
  alone_max constant int := 4;
  wait_max constant interval := '1 minute';
  cur feed_cursor;
begin
  -- The transaction that failed may still be rolling back. Or somebody has taken them meanwhile, and done better.
  perform pg_advisory_xact_lock(hashtextextended(format('feed %s %s', consumer_name, me), 0));
  select * into cur from feed_cursor p where p.tenant_id = me and p.consumer = consumer_name;
  if not found or (cur.xid, cur.seq) >= (to_xid::xid8, to_seq) then return 'taken'; end if;
  cur.failures := cur.failures + 1;
  if jsonb_array_length(events) = 1 and cur.failures >= alone_max then
    begin
      perform app.set_aside(consumer_name, events, reason);
      perform app.advance_feed(consumer_name, to_xid, to_seq, (events -> 0 ->> 'at')::timestamptz);
      return 'set aside';
    exception when raise_exception then
      -- There are too many already.
      null;
    end;
  end if;
  if jsonb_array_length(events) > 1 and cur.failures >= together_max then
    update feed_cursor set failures = 0, error = left(reason, 2000), alone_xid = to_xid::xid8, alone_seq = to_seq,
      served_at = clock_timestamp(),
      not_before = null
    where tenant_id = me and consumer = consumer_name;
    return 'alone';
  end if;
  update feed_cursor set failures = cur.failures, error = left(reason, 2000), served_at = clock_timestamp(),
    not_before = clock_timestamp() + least(wait_max, interval '250 milliseconds' * 2 ^ least(cur.failures, 20))
  where tenant_id = me and consumer = consumer_name;
  return 'later';
end $$;
revoke all on function app.feed_failed(text, text, bigint, jsonb, text) from public;
grant execute on function app.feed_failed(text, text, bigint, jsonb, text) to holdfast_app;

-- A consumer asked to be served later.
create or replace function app.postpone_feed(consumer_name text, seconds double precision) returns void
  language sql volatile security definer
  set search_path = pg_catalog, public, app, pg_temp as $$
  update feed_cursor set not_before = clock_timestamp() + make_interval(secs => seconds), served_at = clock_timestamp()
  where tenant_id = app.tenant_id() and consumer = consumer_name
$$;
revoke all on function app.postpone_feed(text, double precision) from public;
grant execute on function app.postpone_feed(text, double precision) to holdfast_app;

-- An event that was handed out again is done with.
create or replace function app.handled_again(consumer_name text, event_seq bigint) returns void language sql volatile security definer
  set search_path = pg_catalog, public, app, pg_temp as $$
  delete from feed_set_aside where tenant_id = app.tenant_id() and consumer = consumer_name and seq = event_seq
$$;
revoke all on function app.handled_again(text, bigint) from public;
grant execute on function app.handled_again(text, bigint) to holdfast_app;

-- How each consumer stands: in how many workspaces it is behind, and since when; in how many it fails, and why; how many events are set
-- aside. The router itself is shown without a version.
create or replace function app.feed_health()
  returns table (consumer text, version int, behind int, lag_seconds double precision, failing int, set_aside int, error text,
    restored_at timestamptz)
  language sql stable security definer set search_path = pg_catalog, public, app, pg_temp as $$
  select 'router', null::int, 0, coalesce(extract(epoch from now() - (
      select e.at from audit_event e
      where (e.xid, e.seq) > (p.xid, p.seq) and e.xid < pg_snapshot_xmin(pg_current_snapshot()) and e.at <= now() + interval '1 day'
      order by e.xid, e.seq limit 1)), 0)::double precision, 0, 0, null, p.restored_at
  from feed_router p
  union all
  select c.name, c.version, count(m.consumer)::int,
    -- Of a consumer that is new, the mark is from the beginning of time: it is as late as the workspace is old. A last event in the future
    -- was written before the clock was set back, and says nothing about those that wait.
    coalesce(extract(epoch from max(now() - greatest(
      coalesce(nullif(m.since, '-infinity'), least(t.created_at, now())), case when p.at <= now() then p.at end))), 0)::double precision,
    count(*) filter (where p.failures > 0)::int,
    (select count(*)::int from feed_set_aside s where s.consumer = c.name),
    coalesce(max(p.error), (select s.error from feed_set_aside s where s.consumer = c.name order by s.set_aside_at desc limit 1)), null
  from feed_consumer c left join feed_mark m on m.consumer = c.name
  left join feed_cursor p on p.consumer = m.consumer and p.tenant_id = m.tenant_id
  left join tenant t on t.id = m.tenant_id
  group by c.name, c.version
$$;
revoke all on function app.feed_health() from public;
grant execute on function app.feed_health() to holdfast_app;

-- For a consumer that this installation has no use for any more: nobody would serve it, and it would fall behind for ever. What it set
-- aside goes with it. Should it come back, it is a new one.
create or replace function app.forget_consumer(consumer_name text) returns void language plpgsql volatile security definer
  set search_path = pg_catalog, public, app, pg_temp as $$
begin
  if not exists (select from feed_consumer c where c.name = consumer_name) then return; end if;
  perform pg_advisory_xact_lock(hashtextextended('feed router', 0));
  delete from feed_consumer c where c.name = consumer_name;
  delete from feed_mark m where m.consumer = consumer_name;
  delete from feed_cursor p where p.consumer = consumer_name;
  delete from feed_set_aside s where s.consumer = consumer_name;
end $$;
revoke all on function app.forget_consumer(text) from public;
grant execute on function app.forget_consumer(text) to holdfast_app;

reset role;
