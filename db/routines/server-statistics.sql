-- What operators see of the database server. These functions are the migrating role's own: it may read the server's statistics and signal
-- connections where somebody granted it pg_monitor and pg_signal_backend, which holdfast_system need not have. They read catalogs and
-- statistics, and no table.

set local role holdfast_system;
grant execute on function app.refuse_unless_operator(), app.note_operation(text, text, text) to session_user;
reset role;

-- A statement without the values that stand in it. PostgreSQL replaces them by $1 and so on, but not always: not in commands such as ALTER
-- ROLE, and not when it had no room to remember the statement until its end.
create or replace function app.without_literals(statement text) returns text language sql immutable parallel safe
  set search_path = pg_catalog, public, app, pg_temp as $$
  select case when statement ~* '^\s*(select|insert|update|delete|merge|with)\M' then
    regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(left(statement, 20000),
      '--[^\n]*', ' ', 'g'),
      '/\*.*?\*/', ' ', 'g'),
      -- Between dollars: to the end, because nothing tells where it ends if not the tag.
      '\$[A-Za-z_]*\$.*$', '?'),
      '\m[eE]''([^''\\]|\\.|'''')*(''|$)', '?', 'g'),
      '''([^'']|'''')*(''|$)', '?', 'g'),
      '(^|[^\w$.])\d[\w.]*', '\1?', 'g'),
      '\s+', ' ', 'g')
    else upper(substring(statement from '^\s*([A-Za-z]{1,20}(?:\s+[A-Za-z]{1,20})?)\M')) end
$$;
revoke all on function app.without_literals(text) from public;
grant execute on function app.without_literals(text) to holdfast_app;

-- Size, age and limits of the database, and what the role that reads this may see and do.
create or replace function app.operator_database() returns jsonb language plpgsql stable security definer
  set search_path = pg_catalog, public, app, pg_temp as $$
begin
  perform app.refuse_unless_operator();
  return (select jsonb_build_object(
    'version', current_setting('server_version'), 'started_at', pg_postmaster_start_time(), 'stats_since', d.stats_reset,
    'bytes', pg_database_size(d.datname), 'hit_ratio', round(d.blks_hit / nullif(d.blks_hit + d.blks_read, 0)::numeric, 4),
    'connections', (select sum(numbackends) from pg_stat_database), 'connections_max', current_setting('max_connections')::int,
    'transaction_age', (select age(datfrozenxid) from pg_database where oid = d.datid),
    'transaction_age_max', current_setting('autovacuum_freeze_max_age')::bigint,
    'deadlocks', d.deadlocks, 'role', current_user,
    'may_read_all', pg_has_role(current_user, 'pg_read_all_stats', 'usage'),
    'may_end', pg_has_role(current_user, 'pg_signal_backend', 'usage'))
  from pg_stat_database d where d.datname = current_database());
end $$;
revoke all on function app.operator_database() from public;
grant execute on function app.operator_database() to holdfast_app;

-- The largest tables; a partitioned one counts as one. What is free or dead in them is an estimate from the widths of columns, null where
-- these are unknown.
create or replace function app.operator_tables(rows_max int) returns jsonb language plpgsql stable security definer
  set search_path = pg_catalog, public, app, pg_temp as $$
begin
  perform app.refuse_unless_operator();
  return (with leaf as (
    select coalesce(pg_partition_root(c.oid), c.oid) as root, c.oid, c.relispartition, c.reltuples, pg_table_size(c.oid) as table_bytes,
      pg_indexes_size(c.oid) as index_bytes, pg_relation_size(c.oid) as heap_bytes,
      (select sum(w.avg_width * (1 - w.null_frac)) from pg_stats w where w.schemaname = 'public' and w.tablename = c.relname
        and not w.inherited) as row_bytes,
      s.n_live_tup, s.n_dead_tup, s.n_mod_since_analyze, greatest(s.last_vacuum, s.last_autovacuum) as vacuumed_at,
      greatest(s.last_analyze, s.last_autoanalyze) as analyzed_at
    from pg_class c left join pg_stat_all_tables s on s.relid = c.oid
    where c.relkind in ('r', 'm') and c.relnamespace = 'public'::regnamespace
      -- To ask for the size of a table is to wait for whoever has it for themselves.
      and not exists (select from pg_locks l where l.relation = c.oid and l.mode = 'AccessExclusiveLock')
  ), of_root as (
    select root::regclass::text as name, sum(table_bytes + index_bytes) as bytes, sum(index_bytes) as index_bytes,
      count(*) filter (where relispartition) as partitions,
      sum(greatest(n_live_tup, reltuples, 0)) as rows, sum(n_dead_tup) as dead_rows, sum(n_mod_since_analyze) as changed_rows,
      max(vacuumed_at) as vacuumed_at, max(analyzed_at) as analyzed_at,
      sum(case when row_bytes is not null and reltuples > 0
        then greatest(0, heap_bytes - ceil(reltuples * (28 + row_bytes) / 8168) * 8192) end)::bigint as unused_bytes
    from leaf group by root order by 2 desc limit rows_max)
  select coalesce(jsonb_agg(to_jsonb(t) order by t.bytes desc), '[]') from of_root t);
end $$;
revoke all on function app.operator_tables(int) from public;
grant execute on function app.operator_tables(int) to holdfast_app;

-- Indexes that are invalid, the same as another, or never used since the statistics began; those of partitions count with their parent.
create or replace function app.operator_indexes(rows_max int) returns jsonb language plpgsql stable security definer
  set search_path = pg_catalog, public, app, pg_temp as $$
begin
  perform app.refuse_unless_operator();
  return (with leaf as (
    select coalesce(pg_partition_root(i.indexrelid), i.indexrelid) as root, coalesce(pg_partition_root(i.indrelid),
      i.indrelid) as root_table,
      i.indrelid, i.indexrelid, i.indisvalid, i.indisunique or i.indisprimary
        or i.indisexclusion as enforces, pg_relation_size(i.indexrelid) as bytes, s.idx_scan,
      first_value(i.indexrelid) over (partition by i.indrelid, i.indkey::text, i.indclass::text, i.indcollation::text, i.indoption::text,
        am.amname,
        coalesce(pg_get_expr(i.indexprs, i.indrelid), ''), coalesce(pg_get_expr(i.indpred, i.indrelid), '')
        order by i.indisunique or i.indisprimary or i.indisexclusion desc, i.indexrelid) as first
    from pg_index i join pg_class c on c.oid = i.indexrelid join pg_am am on am.oid = c.relam left
      join pg_stat_all_indexes s on s.indexrelid = i.indexrelid
    where c.relnamespace = 'public'::regnamespace and c.relkind = 'i'
      and not exists (select from pg_locks l where l.relation in (i.indrelid, i.indexrelid) and l.mode = 'AccessExclusiveLock')
  ), of_root as (
    select root::regclass::text as name, root_table::regclass::text as table, sum(bytes) as bytes,
      case when not bool_and(indisvalid) then 'invalid' when bool_or(first <> indexrelid) then 'duplicate' else 'unused' end as problem,
      min(case when first <> indexrelid then coalesce(pg_partition_root(first), first)::regclass::text end) as same_as,
      coalesce(sum(idx_scan), 0) as scans
    from leaf group by root, root_table
    having not bool_and(indisvalid) or bool_or(first <> indexrelid) or (not bool_or(enforces) and coalesce(sum(idx_scan), 0) = 0))
  select coalesce(jsonb_agg(to_jsonb(t) order by t.place, t.bytes desc), '[]')
  from (select *, array_position('{invalid,duplicate,unused}', problem) as place from of_root order by place, bytes desc limit rows_max) t);
end $$;
revoke all on function app.operator_indexes(int) from public;
grant execute on function app.operator_indexes(int) to holdfast_app;

-- Where pg_stat_statements is; null when the extension is not installed in this database.
create or replace function app.statements_schema() returns name language sql stable set search_path = pg_catalog, public, app, pg_temp as
  $$ select n.nspname from pg_extension e join pg_namespace n on n.oid = e.extnamespace where e.extname = 'pg_stat_statements' $$;
revoke all on function app.statements_schema() from public;

-- The statements that took most time in all, without values.
create or replace function app.operator_statements(rows_max int) returns jsonb language plpgsql stable security definer
  set search_path = pg_catalog, public, app, pg_temp as $$
declare place name = app.statements_schema(); answer jsonb;
begin
  perform app.refuse_unless_operator();
  if place is null then return '{"state": "missing", "data": []}'; end if;
  execute format($q$
    with counted as (
      select queryid, app.without_literals(min(query)) as statement, sum(calls) as calls, sum(total_exec_time) as total_ms,
        max(max_exec_time) as max_ms,
        sum(rows) as rows, sqrt(sum(calls * stddev_exec_time ^ 2) / sum(calls)) as deviation_ms
      from %I.pg_stat_statements where dbid = (select oid from pg_database where datname = current_database()) and calls > 0
        and queryid is not null group by queryid),
    top as (
      select queryid::text as id, left(statement, 2000) as statement, calls, total_ms, total_ms / calls as mean_ms,
        least(max_ms, total_ms / calls + 1.645 * deviation_ms) as slow_ms, max_ms, rows,
        total_ms / nullif(sum(total_ms) over (), 0) as share from counted order by total_ms desc limit $1)
    select jsonb_build_object('state', 'read', 'data', coalesce(jsonb_agg(to_jsonb(t) order by t.total_ms desc), '[]'))
      from top t $q$, place)
  into answer using rows_max;
  return answer;
exception when object_not_in_prerequisite_state then return '{"state": "not_loaded", "data": []}';
end $$;
revoke all on function app.operator_statements(int) from public;
grant execute on function app.operator_statements(int) to holdfast_app;

-- A statement to be planned, when it holds no value: null otherwise, and when it is not remembered any more.
create or replace function app.operator_statement(id bigint) returns text language plpgsql stable security definer
  set search_path = pg_catalog, public, app, pg_temp as $$
declare place name = app.statements_schema(); answer text;
begin
  perform app.refuse_unless_operator();
  if place is null then return null; end if;
  execute format($q$ select query from %I.pg_stat_statements where queryid = $1
    and dbid = (select oid from pg_database where datname = current_database())
    and query ~* '^\s*(select|insert|update|delete|merge|with)\M' and query !~ '''|;' limit 1 $q$, place) into answer using id;
  return answer;
end $$;
revoke all on function app.operator_statement(bigint) from public;
grant execute on function app.operator_statement(bigint) to holdfast_app;

-- How the caller's statement would be run, whatever the values. It is planned with the caller's rights, and not run.
create or replace function app.generic_plan(statement text) returns setof text language plpgsql volatile security invoker
  set search_path = pg_catalog, public, app, pg_temp as $$
begin
  return query execute 'explain (generic_plan, costs) ' || statement;
end $$;
revoke all on function app.generic_plan(text) from public;
grant execute on function app.generic_plan(text) to holdfast_app;

-- A connection, as the page names it: a process id alone may be somebody else's a moment later.
create or replace function app.backend_id(pid int, backend_start timestamptz) returns text language sql stable
  set search_path = pg_catalog, public, app, pg_temp as
  $$ select format('%s-%s', pid, (extract(epoch from backend_start) * 1000000)::bigint) $$;
revoke all on function app.backend_id(int, timestamptz) from public;

-- Connections to this database: those that wait for others first, then those whose transaction is the oldest. What they run is told without
-- values.
create or replace function app.operator_connections(rows_max int) returns jsonb language plpgsql stable security definer
  set search_path = pg_catalog, public, app, pg_temp as $$
declare place name = app.statements_schema(); known jsonb = '{}'; answer jsonb;
begin
  perform app.refuse_unless_operator();
  begin
    if place is not null then
      execute format($q$ select coalesce(jsonb_object_agg(s.queryid::text, app.without_literals(s.query)), '{}') from (
        select queryid, min(query) as query from %I.pg_stat_statements where queryid in (
          select query_id from pg_stat_activity where datname = current_database() and state <> 'idle') group by queryid limit 200) s $q$,
            place) into known;
    end if;
  exception when object_not_in_prerequisite_state then known = '{}';
  end;
  select coalesce(jsonb_agg(to_jsonb(t) - 'waits' order by t.waits desc, t.transaction_seconds desc nulls last, t.pid), '[]') into answer
    from (
    select app.backend_id(a.pid, a.backend_start) as id, a.pid, a.application_name as application, a.usename::text as role, a.state,
      coalesce(a.wait_event_type = 'Lock', false) as waits, concat_ws(': ', a.wait_event_type, a.wait_event) as wait_event,
        a.pid = pg_backend_pid() as own,
      extract(epoch from clock_timestamp() - a.backend_start)::float8 as connected_seconds,
      extract(epoch from clock_timestamp() - a.xact_start)::float8 as transaction_seconds,
      extract(epoch from clock_timestamp() - a.state_change)::float8 as state_seconds,
      coalesce(left(known ->> a.query_id::text, 2000), upper(substring(a.query from '^\s*([A-Za-z]{1,20})\M'))) as statement,
      case when a.wait_event_type = 'Lock' then to_jsonb(pg_blocking_pids(a.pid)) else '[]' end as blocked_by,
      (select concat_ws(' ', l.relation::regclass::text, l.mode) from pg_locks l where l.pid = a.pid and not l.granted limit 1) as wanted
    from pg_stat_activity a where a.datname = current_database() and a.backend_type = 'client backend'
    order by (a.wait_event_type = 'Lock') is true desc, a.xact_start nulls last limit rows_max) t;
  return answer;
end $$;
revoke all on function app.operator_connections(int) from public;
grant execute on function app.operator_connections(int) to holdfast_app;

-- Cancels the statement of a connection to this database, or closes it. False when it is not there any more.
create or replace function app.operator_end(id text, close boolean, reason text) returns boolean language plpgsql volatile security definer
  set search_path = pg_catalog, public, app, pg_temp as $$
declare found_pid int; what text;
begin
  perform app.refuse_unless_operator();
  select a.pid, format('%s %s', a.pid, a.application_name) into found_pid, what from pg_stat_activity a
    where a.datname = current_database() and a.backend_type = 'client backend' and a.pid <> pg_backend_pid()
      and app.backend_id(a.pid, a.backend_start) = id;
  if found_pid is null then return false; end if;
  perform app.note_operation(case when close then 'connection.close' else 'connection.cancel' end, left(what, 500), reason);
  return case when close then pg_terminate_backend(found_pid) else pg_cancel_backend(found_pid) end;
end $$;
revoke all on function app.operator_end(text, boolean, text) from public;
grant execute on function app.operator_end(text, boolean, text) to holdfast_app;

-- Replicas, and the slots for which the server keeps its log. What a version of PostgreSQL does not tell is null.
create or replace function app.operator_replication(rows_max int) returns jsonb language plpgsql stable security definer
  set search_path = pg_catalog, public, app, pg_temp as $$
begin
  perform app.refuse_unless_operator();
  return jsonb_build_object(
    'slots', (select coalesce(jsonb_agg(to_jsonb(t)), '[]') from (
      select s.slot_name as name, s.slot_type as type, s.active, s.wal_status, to_jsonb(s) ->> 'inactive_since' as inactive_since,
        case when not pg_is_in_recovery() then pg_wal_lsn_diff(pg_current_wal_lsn(), s.restart_lsn)::bigint end as kept_bytes
      from pg_replication_slots s order by s.slot_name limit rows_max) t),
    'replicas', (select coalesce(jsonb_agg(to_jsonb(t)), '[]') from (
      select r.application_name as name, r.state, r.sync_state, extract(epoch from r.replay_lag)::float8 as lag_seconds
      from pg_stat_replication r order by r.application_name limit rows_max) t));
end $$;
revoke all on function app.operator_replication(int) from public;
grant execute on function app.operator_replication(int) to holdfast_app;
