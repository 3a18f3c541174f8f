set local role holdfast_system;
create or replace function app.readers_of(noun text, records uuid[], people uuid[]) returns table (record_id uuid, user_id uuid)
language plpgsql stable security definer set search_path = pg_catalog, public, app as $$
begin
  if noun not in ('contact', 'company', 'deal') then raise exception 'Nothing says who reads a %', noun; end if;
  return query execute format('
    with pair as materialized (select distinct p.record_id, p.user_id from unnest($1, $2) as p (record_id, user_id)),
    person as materialized (
      select u.id, jsonb_path_query_array(g.rights, ''$[*].keyvalue() ? (@.key == "*")'') <> ''[]'' as everything,
        jsonb_path_query_array(g.rights, ''$[*].%1$s.read'') as scopes
      from user_account u cross join lateral (select app.rights_of_user(u.tenant_id, u.id) as rights offset 0) g
      where u.tenant_id = app.tenant_id() and u.status = ''active'' and u.id in (select p.user_id from pair p)
    )
    select r.id, p.id from pair join person p on p.id = pair.user_id
    join %1$I r on r.tenant_id = app.tenant_id() and r.id = pair.record_id and r.deleted_at is null
    where p.everything or p.scopes ? ''all'' or (p.scopes ?| ''{own,team}'' and p.id = r.owner_id)
      or (p.scopes ? ''team'' and app.shares_team(p.id, r.owner_id))', noun) using records, people;
end $$;
reset role;
