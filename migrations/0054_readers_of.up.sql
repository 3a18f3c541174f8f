-- Who reads a record is asked for everyone who has to hear of a change. As before, with the rights of all of them read at once: one by one, with
-- what they may see of custom fields, they were half of what telling people took.
set local role holdfast_system;
create or replace function app.readers_of(noun text, records uuid[], people uuid[]) returns table (record_id uuid, user_id uuid)
language plpgsql stable security definer set search_path = pg_catalog, public, app as $$
begin
  if noun not in ('contact', 'company', 'deal') then raise exception 'Nothing says who reads a %', noun; end if;
  return query execute format('
    with pair as materialized (select distinct p.record_id, p.user_id from unnest($1, $2) as p (record_id, user_id)),
    person as materialized (
      select u.id, bool_or(g.rights ? ''*'') as everything, array_agg(g.rights #>> ''{%1$s,read}'') as scopes
      from user_account u join user_role h on h.tenant_id = u.tenant_id and h.user_id = u.id
      join role g on g.tenant_id = h.tenant_id and g.id = h.role_id
      where u.tenant_id = app.tenant_id() and u.status = ''active'' and u.id in (select p.user_id from pair p)
      group by u.id
    )
    select r.id, p.id from pair join person p on p.id = pair.user_id
    join %1$I r on r.tenant_id = app.tenant_id() and r.id = pair.record_id and r.deleted_at is null
    where p.everything or ''all'' = any (p.scopes) or (p.scopes && ''{own,team}'' and p.id = r.owner_id)
      or (''team'' = any (p.scopes) and app.shares_team(p.id, r.owner_id))', noun) using records, people;
end $$;
reset role;
