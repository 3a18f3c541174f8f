-- The planner's figures of what has grown since they were taken. A table that is all but empty is left alone: with figures of an empty table
-- foreign keys to it are checked by reading it from end to end, by plans that stay as it fills. Only its owner may ANALYZE a table, hence the
-- owner's function. What somebody else analyses just now is skipped, so nobody waits for anybody.
drop function app.analyze_records();
create function app.refresh_statistics() returns int language plpgsql volatile security definer set search_path = pg_catalog, public, app as $$
declare
  pages_min constant int := 8;
  growth_min constant real := 1.5;
  changed_rows_min constant int := 500;
  changed_share_min constant real := 0.1;
  grown regclass;
  refreshed int := 0;
begin
  for grown in
    select c.oid from pg_class c
    cross join lateral (select pg_relation_size(c.oid) / current_setting('block_size')::int as pages, pg_stat_get_mod_since_analyze(c.oid) as changes) now
    where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and not c.relispartition and c.relowner = (select oid from pg_roles where rolname = current_user)
      and now.pages >= pages_min and (now.pages > greatest(c.relpages, 0) * growth_min
        or now.changes > changed_rows_min + changed_share_min * greatest(c.reltuples, 0))
  loop
    execute format('analyze (skip_locked) %s', grown);
    refreshed := refreshed + 1;
  end loop;
  return refreshed;
end $$;
revoke all on function app.refresh_statistics() from public;
grant execute on function app.refresh_statistics() to holdfast_app;

-- Autovacuum waits until a tenth of a table has changed, by default. Of a workspace that is newer than the statistics the planner expects one row.
do $$
declare kept regclass;
begin
  for kept in
    select c.oid from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and not c.relispartition
      and exists (select from pg_trigger t where t.tgrelid = c.oid and t.tgname = 'audit_insert')
  loop
    execute format('alter table %s set (autovacuum_analyze_scale_factor = 0.02, autovacuum_analyze_threshold = 200)', kept);
  end loop;
  alter table custom_value set (autovacuum_analyze_scale_factor = 0.02, autovacuum_analyze_threshold = 200);
end $$;
