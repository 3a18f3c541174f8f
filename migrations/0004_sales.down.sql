drop table deal_line;
do $$
declare child text; name text;
begin
  foreach child in array array['note', 'task', 'activity', 'record_tag'] loop
    for name in select policyname from pg_policies where schemaname = 'public' and tablename = child loop
      execute format('drop policy %I on %I', name, child);
    end loop;
    foreach name in array array['audit_insert', 'audit_update', 'audit_delete', 'touch'] loop
      execute format('drop trigger if exists %I on %I', name, child);
    end loop;
    execute format('alter table %I no force row level security, disable row level security', child);
    execute format('revoke all on %I from holdfast_app, holdfast_system', child);
  end loop;
end $$;
alter table activity drop column deal_id;
alter table task drop column deal_id;
alter table note drop column deal_id;
alter table record_tag drop column deal_id;
drop table deal, close_reason, stage, pipeline, product;
