-- Team scope works for roles that may not read teams, and the questions behind the rule "nobody grants what they do not have".

-- The caller and everybody who shares a team with the caller. A definer function: under the caller's own policies a role without the right
-- to read teams would have no colleagues.
create function app.team_mates() returns uuid[] language sql stable parallel safe security definer
  set search_path = pg_catalog, public, app, pg_temp as $$
  select array(
    select app.user_id() union
    select them.user_id from team_member mine
    join team_member them on them.tenant_id = mine.tenant_id and them.team_id = mine.team_id
    where mine.tenant_id = app.tenant_id() and mine.user_id = app.user_id())
$$;

create or replace function app.scope_owners(resource text, action text) returns uuid[] language sql stable parallel safe as $$
  select case app.scope(resource, action)
    when 'own' then array[app.user_id()]
    when 'team' then app.team_mates()
    else '{}'::uuid[]
  end
$$;

-- Everybody who shares a team with any of these people.
create function app.team_mates_of(people uuid[]) returns uuid[] language sql stable security definer
  set search_path = pg_catalog, public, app, pg_temp as $$
  select array(
    select distinct them.user_id from team_member mine
    join team_member them on them.tenant_id = mine.tenant_id and them.team_id = mine.team_id and them.user_id <> mine.user_id
    where mine.tenant_id = app.tenant_id() and mine.user_id = any (people))
$$;

-- The same of all who have a role, whether or not the caller may see who has it.
create function app.team_mates_of_role(role uuid) returns uuid[] language sql stable security definer
  set search_path = pg_catalog, public, app, pg_temp as $$
  select app.team_mates_of(array(select ur.user_id from user_role ur where ur.tenant_id = app.tenant_id() and ur.role_id = role))
$$;

-- Whose records come into the reach of whom when these people join a team: for each person with a right of scope `team`, the rights of their
-- roles and the people with whom they share no team yet.
create function app.reach_gained(team uuid, people uuid[]) returns table (rights jsonb, reached uuid[]) language sql stable security definer
  set search_path = pg_catalog, public, app, pg_temp as $$
  with everybody as (
    select m.user_id from team_member m where m.tenant_id = app.tenant_id() and m.team_id = team
    union select unnest(people)
  ), gain as (
    select gainer.user_id as gainer, array_agg(other.user_id) as reached from everybody gainer join everybody other
      on other.user_id <> gainer.user_id and (other.user_id = any (people) or gainer.user_id = any (people))
    where exists (select from user_role ur join role r on r.tenant_id = ur.tenant_id and r.id = ur.role_id
        where ur.tenant_id = app.tenant_id() and ur.user_id = gainer.user_id and r.rights::text like '%"team"%')
      and not exists (select from team_member a join team_member b on b.tenant_id = a.tenant_id and b.team_id = a.team_id
        where a.tenant_id = app.tenant_id() and a.user_id = gainer.user_id and b.user_id = other.user_id)
    group by gainer.user_id
  )
  select app.rights_of_user(app.tenant_id(), g.gainer), g.reached from gain g
$$;

call app.run_as_system(array['app.team_mates()', 'app.team_mates_of(uuid[])', 'app.team_mates_of_role(uuid)', 'app.reach_gained(uuid,uuid[])']::regprocedure[]);
