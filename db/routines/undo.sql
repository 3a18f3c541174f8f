-- Changes of many records and their reversal.

-- A row with each custom value beside its columns, as "custom.<key>".
create or replace function app.flat_row(value jsonb) returns jsonb language sql immutable parallel safe as $$
  select (value - 'custom') || coalesce((select jsonb_object_agg('custom.' || c.key, c.value) from jsonb_each(value -> 'custom') c), '{}')
$$;

-- A row with some values of its flat form written back.
create or replace function app.put_values(value jsonb, flat jsonb) returns jsonb language sql immutable parallel safe as $$
  select value
    || coalesce((select jsonb_object_agg(f.key, f.value) from jsonb_each(flat) f where f.key not like 'custom.%'), '{}')
    || coalesce((select jsonb_build_object('custom', jsonb_strip_nulls((value -> 'custom') || c.given))
      from (select jsonb_object_agg(substr(f.key, 8), f.value) as given from jsonb_each(flat) f where f.key like 'custom.%') c
      where c.given is not null), '{}')
$$;

-- The keys under which two flat rows differ.
create or replace function app.differing_keys(one jsonb, other jsonb) returns text[] language sql immutable parallel safe as $$
  select coalesce(array_agg(k.key order by k.key), '{}')
  from (select jsonb_object_keys(one) as key union select jsonb_object_keys(other)) k
  where one -> k.key is distinct from other -> k.key
$$;

-- ---------------------------------------------------------------------------------------------------------------------
-- change

drop policy if exists read on change;
create policy read on change for select to holdfast_app using (tenant_id = (select app.tenant_id()));
drop policy if exists append on change;
create policy append on change for insert to holdfast_app with check (tenant_id = (select app.tenant_id()));
drop policy if exists change on change;
create policy change on change for update to holdfast_app
  using (tenant_id = (select app.tenant_id()))
  with check (tenant_id = (select app.tenant_id()));
drop policy if exists remove on change;
create policy remove on change for delete to holdfast_app using (tenant_id = (select app.tenant_id()));
drop policy if exists system on change;
create policy system on change to holdfast_system using (true) with check (true);

-- ---------------------------------------------------------------------------------------------------------------------
-- change_item

drop policy if exists read on change_item;
create policy read on change_item for select to holdfast_app using (tenant_id = (select app.tenant_id()));
drop policy if exists append on change_item;
create policy append on change_item for insert to holdfast_app with check (tenant_id = (select app.tenant_id()));
drop policy if exists change on change_item;
create policy change on change_item for update to holdfast_app
  using (tenant_id = (select app.tenant_id()))
  with check (tenant_id = (select app.tenant_id()));
drop policy if exists remove on change_item;
create policy remove on change_item for delete to holdfast_app using (tenant_id = (select app.tenant_id()));
drop policy if exists system on change_item;
create policy system on change_item to holdfast_system using (true) with check (true);
