do $$
declare kept regclass;
begin
  for kept in
    select c.oid from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and not c.relispartition
      and exists (select from pg_trigger t where t.tgrelid = c.oid and t.tgname = 'audit_insert')
  loop
    execute format('alter table %s reset (autovacuum_analyze_scale_factor, autovacuum_analyze_threshold)', kept);
  end loop;
  alter table custom_value reset (autovacuum_analyze_scale_factor, autovacuum_analyze_threshold);
end $$;
drop function app.refresh_statistics();
create function app.analyze_records() returns void language plpgsql volatile security definer set search_path = pg_catalog, public, app as $$
begin
  analyze user_account, team, company, contact, product, deal, deal_line, record_tag, note, task, activity, custom_value;
end $$;
revoke all on function app.analyze_records() from public;
grant execute on function app.analyze_records() to holdfast_app;
