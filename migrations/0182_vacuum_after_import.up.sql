-- Until a table is vacuumed each reader of new rows asks whether they are committed, and reads the list of what its search index has not taken in
-- yet: after an import counts and searches took half as long again until autovacuum came. So an import vacuums what it filled. The application
-- may lock these tables anyway, as it changes their rows. PostgreSQL 16 has no such right; there it waits for autovacuum.
do $$
declare filled regclass;
begin
  if current_setting('server_version_num')::int < 170000 then return; end if;
  for filled in
    select c.oid from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and not c.relispartition
      and has_table_privilege('holdfast_app', c.oid, 'insert') and has_table_privilege('holdfast_app', c.oid, 'update, delete')
  loop
    execute format('grant maintain on %s to holdfast_app', filled);
  end loop;
end $$;
