drop function app.reach_gained(uuid, uuid[]);
drop function app.team_mates_of_role(uuid);
drop function app.team_mates_of(uuid[]);
create or replace function app.scope_owners(resource text, action text) returns uuid[] language sql stable parallel safe as $$
  select case app.scope(resource, action)
    when 'own' then array[app.user_id()]
    when 'team' then array(
      select app.user_id() union
      select them.user_id from public.team_member mine
      join public.team_member them on them.tenant_id = mine.tenant_id and them.team_id = mine.team_id
      where mine.tenant_id = app.tenant_id() and mine.user_id = app.user_id())
    else '{}'::uuid[]
  end
$$;
drop function app.team_mates();
