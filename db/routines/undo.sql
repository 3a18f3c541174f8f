-- Changes of many records and their reversal.

-- A row with each custom value beside its columns, as "custom.<key>".
create or replace function app.flat_row(value jsonb) returns jsonb language sql immutable parallel safe as $$
  select (value - 'custom') || coalesce((select jsonb_object_agg('custom.' || c.key, c.value)
    from jsonb_each(nullif(value -> 'custom', 'null')) c), '{}')
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
