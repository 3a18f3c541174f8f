-- Duplicates: records merged into others, and pairs that may be one.

-- Where a record in the trash went. Taken back from there by itself, it stands for itself again.
do $$
declare merged text;
begin
  foreach merged in array array['contact', 'company'] loop
    execute format('alter table %1$I add column merged_into_id uuid,
      add foreign key (tenant_id, merged_into_id) references %1$I on delete set null (merged_into_id)', merged);
    execute format('create index %1$s_merged on %1$I (tenant_id, merged_into_id) where merged_into_id is not null', merged);
  end loop;
end $$;

create function app.forget_merge() returns trigger language plpgsql as $$
begin
  new.merged_into_id := null;
  return new;
end $$;
create trigger forget_merge before update of deleted_at on contact
  for each row when (new.deleted_at is null and new.merged_into_id is not null) execute function app.forget_merge();
create trigger forget_merge before update of deleted_at on company
  for each row when (new.deleted_at is null and new.merged_into_id is not null) execute function app.forget_merge();

-- Tables in which something still refers to records, by one of these columns ([table, column] each) or by a custom field, also where the
-- caller does not see it. The records themselves do not count.
create function app.references_left(target text, columns jsonb, ids uuid[]) returns text[] language plpgsql stable security definer
  set search_path = pg_catalog, public, app as $$
declare
  place record; found boolean; tables text[] := '{}';
begin
  for place in
    select c.value ->> 0 as relation, format('%I = any ($1)', c.value ->> 1) as condition from jsonb_array_elements(columns) c
    union all
    select f.resource, format('lower(custom ->> %L) = any ($1::text[])', f.key)
    from public.custom_field f where f.tenant_id = app.tenant_id() and f.type = target
  loop
    execute format('select exists (select from public.%I where tenant_id = app.tenant_id() and id <> all ($1) and %s)',
      place.relation, place.condition) using ids into found;
    if found and place.relation <> all (tables) then tables := tables || place.relation; end if;
  end loop;
  return tables;
end $$;
call app.run_as_system(array['app.references_left(text,jsonb,uuid[])']::regprocedure[]);
