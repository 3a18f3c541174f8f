-- Upkeep of the database.

-- Refreshes the planner's statistics of tables that have grown since they were taken. A table that is all but empty is left alone: with
-- statistics of an empty table, foreign keys to it are checked by sequential scans, in plans that are kept while it fills. Only its owner
-- may ANALYZE a table, hence a function of the owner. What another process is analysing is skipped, so nobody waits.
create or replace function app.refresh_statistics() returns int language plpgsql volatile security definer
  set search_path = pg_catalog, public, app, pg_temp as $$
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
    cross join lateral (
      select pg_relation_size(c.oid) / current_setting('block_size')::int as pages,
        pg_stat_get_mod_since_analyze(c.oid) as changes) now
    where c.relnamespace = 'public'::regnamespace and c.relkind = 'r'
      and (not c.relispartition or c.oid in (select i.inhrelid from pg_inherits i where i.inhparent = 'public.audit_event'::regclass))
      and c.relowner = (select oid from pg_roles where rolname = current_user)
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

-- ---------------------------------------------------------------------------------------------------------------------
-- As holdfast_system

set local role holdfast_system;

-- Rows of a queue live for seconds, and idempotency keys for a day; every change leaves history. A foreign key to the tenant cost as much
-- as the row itself (it looks up and locks the tenant's row), so these tables have none and are emptied here, of what came since the
-- program deleted their rows in batches (src/operations/tenant-deletion). The program deletes the audit trail afterwards.
create or replace function app.forget_queues() returns trigger language plpgsql security definer
  set search_path = pg_catalog, public, app, pg_temp as $$
begin
  delete from idempotency_key where tenant_id = old.id;
  delete from record_history where tenant_id = old.id;
  delete from feed_mark where tenant_id = old.id;
  delete from feed_cursor where tenant_id = old.id;
  delete from feed_set_aside where tenant_id = old.id;
  delete from log_line where tenant_id = old.id;
  delete from log_count where tenant_id = old.id;
  -- The files of its history are deleted by the next run of the lifecycle.
  update lifecycle_archive set expired = true where of_tenant = old.id and state <> 'deleted';
  return null;
end $$;
revoke all on function app.forget_queues() from public;
grant execute on function app.forget_queues() to session_user;

reset role;

-- ---------------------------------------------------------------------------------------------------------------------
-- Triggers on the tables of others

create or replace trigger forget_queues after delete on tenant for each row execute function app.forget_queues();
