-- Of indexes that seem to cost the same, PostgreSQL takes the newest. While a table is empty all seem to: checks of foreign keys and lookups by id went
-- through an index of the tenant alone, and a connection kept that plan while the table filled. 6,000 deals in one statement took 14 s to look up
-- the deal of each first stage. So the primary key is made after all other indexes of its table; test/plans/keys.test.ts looks whether it is.
do $$
declare
  target record;
  meant record;
  referencing_keys jsonb;
begin
  for target in
    select k.conrelid::regclass as relation, k.conname as name, pg_get_constraintdef(k.oid) as definition
    from pg_constraint k join pg_class t on t.oid = k.conrelid
    where k.contype = 'p' and t.relkind = 'r' and not t.relispartition and t.relnamespace = 'public'::regnamespace
      and exists (select from pg_index i where i.indrelid = k.conrelid and i.indexrelid > k.conindid)
    order by 1
  loop
    select coalesce(jsonb_agg(jsonb_build_object('relation', f.conrelid::regclass::text, 'name', f.conname, 'definition', pg_get_constraintdef(f.oid)) order by f.oid), '[]')
      into referencing_keys from pg_constraint f where f.contype = 'f' and f.confrelid = target.relation;
    for meant in select * from jsonb_to_recordset(referencing_keys) f (relation text, name text, definition text) loop
      execute format('alter table %s drop constraint %I', meant.relation, meant.name);
    end loop;
    execute format('alter table %s drop constraint %I, add constraint %2$I %s', target.relation, target.name, target.definition);
    for meant in select * from jsonb_to_recordset(referencing_keys) f (relation text, name text, definition text) loop
      execute format('alter table %s add constraint %I %s', meant.relation, meant.name, meant.definition);
    end loop;
  end loop;
end $$;
