do $$
declare f record;
begin
  for f in
    select p.oid::regprocedure as signature, pg_get_userbyid(p.proowner) = 'holdfast_system' as of_system,
      not p.prosecdef and p.prorettype = 'trigger'::regtype as had_none
    from pg_proc p
    where p.pronamespace in ('app'::regnamespace, 'public'::regnamespace)
      and not exists (select from pg_depend d where d.objid = p.oid and d.deptype = 'e')
      and p.proconfig::text like '%search_path=%'
  loop
    if f.of_system then set local role holdfast_system; end if;
    execute format('alter function %s %s', f.signature,
      case when f.had_none then 'reset search_path' else 'set search_path = pg_catalog, public, app' end);
    if f.of_system then reset role; end if;
  end loop;
end $$;
