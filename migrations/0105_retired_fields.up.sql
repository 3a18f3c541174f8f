-- Records keep the values of retired custom fields until the fields are brought back, and no response shows them in between. Whoever may not read
-- definitions would not know which fields are retired, so the function reads them as the system.
create index custom_field_retired on custom_field (tenant_id, resource) where retired_at is not null;

-- PL/pgSQL keeps the plan of its query for the session; an SQL function would plan it for each list.
create function app.retired_keys(noun text) returns text[] language plpgsql stable parallel safe security definer
  set search_path = pg_catalog, public, app, pg_temp as $$
begin
  return array(select f.key from custom_field f where f.tenant_id = app.tenant_id() and f.resource = noun and f.retired_at is not null);
end $$;
call app.run_as_system(array['app.retired_keys(text)']::regprocedure[]);
