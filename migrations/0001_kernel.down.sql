drop table file, job, idempotency_key, user_role, role, team_member, team, user_account, outbox, audit_event, tenant cascade;
do $$
declare f record;
begin
  for f in select p.oid::regprocedure as signature, p.prokind from pg_proc p join pg_namespace n on n.oid = p.pronamespace where n.nspname = 'app'
  loop
    execute format('drop %s %s cascade', case f.prokind when 'p' then 'procedure' else 'function' end, f.signature);
  end loop;
end $$;
drop extension btree_gin, pg_trgm;
revoke all on schema app, public from holdfast_app, holdfast_system;
