-- PostgreSQL looks for tables in a session's temporary schema before all others, unless the search_path names pg_temp. A caller could
-- therefore put a temporary table before the one that a function means, and have its own trigger run with the function's rights.
-- Trigger functions count as well: in a cascade they run as the table's owner, with the search_path of whoever caused it.
-- TEMPORARY itself is revoked by the migrator, as it belongs to the database (src/kernel/database/migrate.ts).
do $$
declare f record;
begin
  for f in
    select p.oid::regprocedure as signature, pg_get_userbyid(p.proowner) = 'holdfast_system' as of_system
    from pg_proc p
    where p.pronamespace in ('app'::regnamespace, 'public'::regnamespace)
      and not exists (select from pg_depend d where d.objid = p.oid and d.deptype = 'e')
      and (p.prosecdef or p.prorettype = 'trigger'::regtype or p.proconfig::text like '%search_path=%')
  loop
    if f.of_system then set local role holdfast_system; end if;
    execute format('alter function %s set search_path = pg_catalog, public, app, pg_temp', f.signature);
    if f.of_system then reset role; end if;
  end loop;
end $$;
