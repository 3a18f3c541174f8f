-- Who may read and write which rows. The application sets app.rights for each transaction: ';contact.read=team;contact.update=own;…', or
-- '*' for the program itself. Hidden fields stand in it as ';field.contact.salary=none;'.
--
-- Each table of a tenant has one rule (tables.ts of its area), from which its policies are made (policies.sql). "read", "append", "change"
-- and "remove" are for the application, "system" for the functions that run as holdfast_system. Each compares the tenant, then the scope of
-- the caller's right ("all", "team", "own", "none") with the column that says whose row it is, then, where rows belong to a record, whether
-- the caller may read that record. "change" also admits whoever may delete, because moving a record to the trash is an update; the HTTP
-- layer tells the two apart.
--
-- PostgreSQL expects a comparison with a constant to hold for one row in 200. Policies that compared the scope with 'all' made it expect
-- that nearly every record is hidden: it read and sorted whole tables for one page of a list. It expects "is not null" to hold for nearly
-- every row, hence app.full_scope(…) is not null. Tables with few rows in a workspace (dashboards, saved views, API keys) still compare.
--
-- Tables of one user's rows have a single policy named own or personal instead. baseConditions in src/kernel/resource/list.ts repeats the
-- rule of reading so that an index can be used; app.record_readers and app.readers_of repeat it for other people, app.reads_history for
-- what is gone. They ask the rules for the column and the right.

-- The scope of a right: 'all', 'team', 'own' or 'none'. app.rights is text and this is one expression without a query, because every
-- statement asks several times; parsing JSON in a query costs twenty times as much.
create or replace function app.scope(resource text, action text) returns text language sql stable parallel safe as $$
  select coalesce(
    nullif(split_part(split_part(current_setting('app.rights', true), ';' || resource || '.' || action || '=', 2), ';', 1), ''),
    case current_setting('app.rights', true) when '*' then 'all' else 'none' end)
$$;

-- What policies ask for each statement is PL/pgSQL: PostgreSQL would write out SQL in each place and set all of it up for each request,
-- also what is never evaluated for whoever reaches all rows. Nor do they use position(), which counts the characters up to where it finds
-- something.

-- 'all' when the caller may do this with every row of a resource, else null.
create or replace function app.full_scope(resource text, action text) returns text language plpgsql stable parallel safe as $$
begin
  return case when starts_with(split_part(current_setting('app.rights', true), ';' || resource || '.' || action || '=all', 2), ';')
    or current_setting('app.rights', true) = '*' then 'all' end;
end $$;

-- 'none' when the caller may do this with no row of a resource, else 'some'. Text rather than boolean: PostgreSQL expects a boolean to hold
-- for half of the rows and would read whole tables, and a comparison of texts with 'none' to hold for nearly all.
create or replace function app.some_scope(resource text, action text) returns text language plpgsql stable parallel safe as $$
begin
  return case when split_part(current_setting('app.rights', true), ';' || resource || '.' || action || '=', 2) <> ''
    or current_setting('app.rights', true) = '*' then 'some' else 'none' end;
end $$;

-- Whether the scope of a right names a kind by itself: 'own+location' names both, 'own&location', what is both, neither.
-- src/kernel/access/scope.ts tells what scopes there are.
create or replace function app.scope_names(resource text, action text, kind text) returns boolean language sql stable parallel safe as $$
  select position('+' || kind || '+' in '+' || app.scope(resource, action) || '+') > 0
$$;

-- The owners whose rows the caller reaches when the scope is not 'all'.
create or replace function app.scope_owners(resource text, action text) returns uuid[] language plpgsql stable parallel safe as $$
begin
  return case
    when app.scope(resource, action) = 'all' then '{}'::uuid[]
    when app.scope_names(resource, action, 'team') then app.team_mates()
    when app.scope_names(resource, action, 'own') then array[app.user_id()]
    else '{}'::uuid[]
  end;
end $$;

-- The groups through which the caller reaches rows of a resource, by a kind that the scope names.
create or replace function app.scope_groups(resource text, action text, noun text, kind text) returns uuid[]
  language plpgsql stable parallel safe as $$
begin
  return case when app.scope_names(resource, action, kind) then app.groups_of(noun, kind) else '{}'::uuid[] end;
end $$;

-- Not null for members of the workspace and the program itself; null for the accounts of customers, contractors and devices, and keys of
-- their roles.
create or replace function app.is_member() returns text language sql stable parallel safe as
  $$ select case when position(';outside;' in coalesce(current_setting('app.rights', true), '')) = 0 then 'member' end $$;

-- The scope of a right when some part of it asks for several kinds at once, else null.
create or replace function app.mixed_scope(resource text, action text) returns text language plpgsql stable parallel safe as $$
begin
  return case when position('&' in app.scope(resource, action)) > 0 then app.scope(resource, action) end;
end $$;

-- Whether a scope is met by the kinds that hold of a row.
create or replace function app.scope_met(scope text, held text[]) returns boolean language sql immutable parallel safe as $$
  select exists (select from unnest(string_to_array(scope, '+')) as term where string_to_array(term, '&') <@ array_remove(held, null))
$$;

-- Whether the caller may read the note or comment of an attachment. A function for the same reason as app.reads_subject
-- (subjects.sql).
create or replace function app.reads_note_and_comment(of_note uuid, of_comment uuid) returns boolean
  language plpgsql stable parallel safe as $$
begin
  return (of_note is null or exists (select from public.note p where p.tenant_id = app.tenant_id() and p.id = of_note))
    and (of_comment is null or exists (select from public.comment p where p.tenant_id = app.tenant_id() and p.id = of_comment));
end $$;

-- Whether the caller may not see a field.
create or replace function app.field_hidden(resource text, key text) returns boolean language sql stable parallel safe as
  $$ select position(';field.' || resource || '.' || key || '=none;' in coalesce(current_setting('app.rights', true), '')) > 0 $$;

-- The keys of a resource that the caller may not see; most callers have none. PostgreSQL inlines a function of one expression, but not one
-- that reads rows, so that one is called only when some field is hidden from the caller.
create or replace function app.hidden_keys(resource text) returns text[] language sql stable parallel safe as $$
  select case when position(';field.' in current_setting('app.rights', true)) > 0 then app.hidden_keys_among_limited(resource) else '{}' end
$$;

-- Whether an account has access now: it is active and has not expired.
create or replace function app.has_access(status text, access_until timestamptz) returns boolean language sql stable parallel safe as
  $$ select status = 'active' and (access_until is null or access_until > now()) $$;

-- The part of app.hidden_keys that reads rows.
create or replace function app.hidden_keys_among_limited(resource text) returns text[] language sql stable parallel safe as $$
  select case when position(';field.' in current_setting('app.rights', true)) > 0 then
    array(select m[1] from regexp_matches(current_setting('app.rights', true), ';field\.' || resource || '\.([a-z0-9_]+)=none(?=;)', 'g') m)
  else '{}' end
$$;

-- Whether a change of a record changed nothing but custom fields that the caller may not see. `silent`: fields of which nobody is told.
-- What values there were, may be erased by now: then it may have been these.
create or replace function app.changes_only_hidden(noun text, fields text[], before jsonb, after jsonb, silent text[] default '{}')
  returns boolean
  language sql stable parallel safe as $$
  select cardinality(app.hidden_keys(noun)) > 0 and 'custom' = any (fields) and fields <@ (array['custom'] || silent)
    and coalesce(after -> 'custom', '{}') - app.hidden_keys(noun) = coalesce(before -> 'custom', '{}') - app.hidden_keys(noun)
$$;

-- Whether a filter or sort names a field that the caller may not see: its result would reveal values. Views of others that do so are not
-- shown.
create or replace function app.names_hidden(query text) returns boolean language sql stable parallel safe as $$
  select position(';field.' in current_setting('app.rights', true)) > 0 and exists (
    select from regexp_matches(current_setting('app.rights', true), ';field\.[a-z_]+\.([a-z0-9_]+)=none(?=;)', 'g') m
    where query ~ ('custom\.' || m[1] || '(?![a-z0-9_])'))
$$;

-- Whether the caller may not see a field, by its name as lists know it; only custom fields can be hidden.
create or replace function app.name_hidden(noun text, name text) returns boolean language sql stable parallel safe as
  $$ select name like 'custom.%' and app.field_hidden(noun, substr(name, 8)) $$;

-- Whether a field, by its name as lists know it, is one of these retired custom fields.
create or replace function app.name_retired(name text, retired_keys text[]) returns boolean language sql immutable parallel safe as
  $$ select name like 'custom.%' and substr(name, 8) = any (retired_keys) $$;

-- Names of fields of a resource, without those that the caller may not see and those that are retired.
create or replace function app.shown_fields(noun text, names text[]) returns text[] language sql stable parallel safe as $$
  select array(select n.name from unnest(names) with ordinality as n (name, at)
    where not app.name_hidden(noun, n.name) and not app.name_retired(n.name, (select app.retired_keys(noun))) order by n.at)
$$;

-- ---------------------------------------------------------------------------------------------------------------------
-- As holdfast_system

set local role holdfast_system;

-- The fields that a role sees or edits only in part, as they travel with its rights: {"fields": {"contact.salary": "none"}}. A field that
-- is not named is open. Whoever may change custom fields sees all of them.
create or replace function app.limited_fields(tenant uuid, role_id uuid, rights jsonb) returns jsonb language sql stable security definer
  set search_path = pg_catalog, public, app, pg_temp as $$
  select case when rights #>> '{custom_field,update}' = 'all' or rights ->> '*' = 'all' then '{}' else coalesce(
    (select jsonb_build_object('fields', jsonb_object_agg(f.resource || '.' || f.key,
       case when f.visible_to is null or role_id = any (f.visible_to) then 'read' else 'none' end))
     from custom_field f where f.tenant_id = tenant and (f.visible_to is not null or f.editable_by is not null)
       and (role_id = any (f.visible_to) is false or role_id = any (f.editable_by) is false)
     having count(*) > 0), '{}') end
$$;
revoke all on function app.limited_fields(uuid, uuid, jsonb) from public;

-- The same for the caller's workspace.
create or replace function app.limited_fields_of(role_id uuid, rights jsonb) returns jsonb language sql stable security definer
  set search_path = pg_catalog, public, app, pg_temp as $$ select app.limited_fields(app.tenant_id(), role_id, rights) $$;
revoke all on function app.limited_fields_of(uuid, jsonb) from public;
grant execute on function app.limited_fields_of(uuid, jsonb) to holdfast_app;

-- The rights of all roles of a user, with the limits on fields that these roles have. For the functions of this schema only.
create or replace function app.rights_of_user(tenant uuid, person uuid) returns jsonb language sql stable security definer
  set search_path = pg_catalog, public, app, pg_temp as $$
  select coalesce(jsonb_agg(r.rights || app.limited_fields(tenant, r.id, r.rights)), '[]') from user_role ur
  join role r on r.tenant_id = ur.tenant_id and r.id = ur.role_id
  where ur.tenant_id = tenant and ur.user_id = person
$$;
revoke all on function app.rights_of_user(uuid, uuid) from public;

-- The home page by the roles of a person: those that people made come before those of the program.
create or replace function app.home_of(person uuid) returns text language sql stable security definer
  set search_path = pg_catalog, public, app, pg_temp as $$
  select r.home from user_role u join role r on r.tenant_id = u.tenant_id and r.id = u.role_id
  where u.tenant_id = app.tenant_id() and u.user_id = person and person = app.user_id() and r.home is not null
    order by r.preset, r.name, r.id limit 1
$$;
revoke all on function app.home_of(uuid) from public;
grant execute on function app.home_of(uuid) to holdfast_app;

-- The same for a user of the caller's workspace, whether or not the caller may read roles.
create or replace function app.rights_of(person uuid) returns jsonb language sql stable security definer
  set search_path = pg_catalog, public, app, pg_temp as $$ select app.rights_of_user(app.tenant_id(), person) $$;
revoke all on function app.rights_of(uuid) from public;
grant execute on function app.rights_of(uuid) to holdfast_app;

-- Whether two people are in a team together.
create or replace function app.shares_team(one uuid, other uuid) returns boolean language sql stable security definer
  set search_path = pg_catalog, public, app, pg_temp as $$
  select exists (select from team_member a join team_member b on b.tenant_id = a.tenant_id and b.team_id = a.team_id
    where a.tenant_id = app.tenant_id() and a.user_id = one and b.user_id = other)
$$;
revoke all on function app.shares_team(uuid, uuid) from public;
grant execute on function app.shares_team(uuid, uuid) to holdfast_app;

drop function if exists app.read_owners(text);

-- The SQL of the kinds that hold of a row, alias r, for a person; as app.scope_met takes them.
create or replace function app.kinds_held(noun text, person text) returns text language sql stable as $$
  -- Of what has no owner only groups count; format refuses a name that is null.
  select 'array[null' || case when app.owner_column(noun) is null then '' else format(
      ', case when r.%1$I = %2$s then ''own'' end, case when r.%1$I = %2$s or app.shares_team(%2$s, r.%1$I) then ''team'' end',
      app.owner_column(noun), person) end
    || coalesce((select string_agg(format(', case when exists (select from %1$s m where m.tenant_id = app.tenant_id() and m.%2$I = %3$s
      and m.%4$I = r.%5$I) then %6$L end', w.members, w.member, person, w.of_group, w.of_column, w.kind), '') from app.reach_of(noun) w),
        '') || ']::text[]'
$$;
revoke all on function app.kinds_held(text, text) from public;

-- The active people of the workspace, each with whether they may read a record and, of what is attached to it, what a given author wrote:
-- by the rights of their roles, as the policies of the tables say.
create or replace function app.record_readers(noun text, record uuid, attached text, author uuid)
  returns table (id uuid, name text, may_read boolean) language plpgsql stable security definer
  set search_path = pg_catalog, public, app, pg_temp as $$
begin
  if app.right_of(noun) is null then raise exception 'Nothing says who reads a %', noun; end if;
  -- What a role says is read once, and not for each of its people: that took a second of a workspace of 3,000, with each letter of a name.
  return query execute format('
    with g as materialized (
      select id, coalesce(rights ->> ''*'', rights #>> ''{%3$s,read}'') as of_record, coalesce(rights ->> ''*'', rights -> $3 ->> ''read'') as of_attached
      from role where tenant_id = app.tenant_id()
    )
    select u.id, u.name::text, (r.id is not null
      and (''all'' = any (s.of_record) or exists (select from unnest(s.of_record) as k (scope) where app.scope_met(k.scope, %2$s)))
      and (''all'' = any (s.of_attached) or (s.of_attached && ''{own,team}'' and u.id = $2)
        or (''team'' = any (s.of_attached) and app.shares_team(u.id, $2)))) is true
    from user_account u left join public.%1$I r on r.tenant_id = u.tenant_id and r.id = $1
    cross join lateral (select array_agg(g.of_record) as of_record, array_agg(g.of_attached) as of_attached
      from user_role h join g on g.id = h.role_id where h.tenant_id = u.tenant_id and h.user_id = u.id) s
    where u.tenant_id = app.tenant_id() and app.has_access(u.status, u.access_until)', noun, app.kinds_held(noun, 'u.id'),
      app.right_of(noun))
    using record, author, attached;
end $$;
revoke all on function app.record_readers(text, uuid, text, uuid) from public;
grant execute on function app.record_readers(text, uuid, text, uuid) to holdfast_app;

-- The pairs of person and record in which the person may read the record, by the rule of its table; nobody reads a record in the trash. The
-- rights of all people are read at once: calling record_readers for each took half the time of sending notifications.
create or replace function app.readers_of(noun text, records uuid[], people uuid[]) returns table (record_id uuid, user_id uuid)
  language plpgsql stable security definer set search_path = pg_catalog, public, app, pg_temp as $$
begin
  if app.right_of(noun) is null or app.hangs_on_records(noun) then raise exception 'Nothing says who reads a %', noun; end if;
  return query execute format('
    with pair as materialized (select distinct p.record_id, p.user_id from unnest($1, $2) as p (record_id, user_id)),
    person as materialized (
      select u.id, bool_or(g.rights ? ''*'') as everything, array_agg(g.rights #>> ''{%1$s,read}'') as scopes
      from user_account u join user_role h on h.tenant_id = u.tenant_id and h.user_id = u.id
      join role g on g.tenant_id = h.tenant_id and g.id = h.role_id
      where u.tenant_id = app.tenant_id() and app.has_access(u.status, u.access_until) and u.id in (select p.user_id from pair p)
      group by u.id
    )
    select r.id, p.id from pair join person p on p.id = pair.user_id
    join public.%2$I r on r.tenant_id = app.tenant_id() and r.id = pair.record_id and r.deleted_at is null
    where p.everything or ''all'' = any (p.scopes) or exists (select from unnest(p.scopes) as k (scope) where app.scope_met(k.scope, %3$s))',
    app.right_of(noun), noun, app.kinds_held(noun, 'p.id')) using records, people;
end $$;
revoke all on function app.readers_of(text, uuid[], uuid[]) from public;
grant execute on function app.readers_of(text, uuid[], uuid[]) to holdfast_app;

-- The groups to which a person belongs, of those through which rows of a resource are reached by a kind.
create or replace function app.groups_of_person(noun text, of_kind text, person uuid) returns uuid[]
  language plpgsql stable parallel safe security definer
  set search_path = pg_catalog, public, app, pg_temp as $$
declare way record; groups uuid[];
begin
  select * into way from app.reach_of(noun) w where w.kind = of_kind;
  if not found then return '{}'; end if;
  execute format('select array(select m.%I from %s m where m.tenant_id = app.tenant_id() and m.%I = $1)', way.of_group, way.members,
    way.member)
    into groups using person;
  return groups;
end $$;
revoke all on function app.groups_of_person(text, text, uuid) from public;

-- The condition that the caller reads a row, of the alias, of a resource that they do not read as a whole: as the policy of its table says
-- it, for statements that are put together. Groups that the caller is in none of are left out: beside them, the index of owners is not put
-- together with another.
create or replace function app.reached_condition(noun text, alias text) returns text language sql stable
  set search_path = pg_catalog, public, app, pg_temp as $$
  select '(' || concat_ws(' or ', 'false',
    case when app.owner_column(noun) is not null then
      format('%s.%I = any (%L::uuid[])', alias, app.owner_column(noun), app.scope_owners(app.right_of(noun), 'read')) end,
    (select string_agg(format('%s.%I = any (%L::uuid[])', alias, w.of_column, g.ids), ' or ')
      from app.reach_of(noun) w, lateral app.scope_groups(app.right_of(noun), 'read', noun, w.kind) g (ids) where g.ids <> '{}'),
    case when app.mixed_scope(app.right_of(noun), 'read') is not null then
      format('app.scope_met(%L, %s)', app.mixed_scope(app.right_of(noun), 'read'), replace(app.kinds_held(noun, 'app.user_id()'), 'r.',
        alias || '.')) end) || ')'
$$;
revoke all on function app.reached_condition(text, text) from public;

-- The records of a resource that the caller reads through groups, beside those of owners.
create or replace function app.reached_ids(noun text) returns uuid[] language plpgsql stable security definer
  set search_path = pg_catalog, public, app, pg_temp as $$
declare found uuid[];
begin
  if app.scope(app.right_of(noun), 'read') in ('all', 'none') or not exists (select from app.reach_of(noun)) then return '{}'; end if;
  execute format('select array(select r.id from public.%I r where r.tenant_id = app.tenant_id() and %s)', noun,
    app.reached_condition(noun, 'r')) into found;
  return found;
end $$;
revoke all on function app.reached_ids(text) from public;

-- When what the caller reaches through these groups changes next by itself, because a membership ends or begins; null: as far as is known
-- never.
create or replace function app.next_reach_change(nouns text[], kinds text[]) returns timestamptz language plpgsql stable security definer
  set search_path = pg_catalog, public, app, pg_temp as $$
declare way record; at timestamptz; soonest timestamptz;
begin
  for way in select w.members from unnest(nouns, kinds) as n (noun, kind) join lateral app.reach_of(n.noun) w on w.kind = n.kind
    where w.members like 'app.%' loop
    execute format('select min(c.at) from %s_changes c where c.tenant_id = app.tenant_id() and c.member = app.user_id()',
      way.members) into at;
    soonest := least(soonest, at);
  end loop;
  return soonest;
end $$;
revoke all on function app.next_reach_change(text[], text[]) from public;
grant execute on function app.next_reach_change(text[], text[]) to holdfast_app;

-- The groups of the caller. Runs as the system, because a membership counts whether or not its members may read it.
create or replace function app.groups_of(noun text, kind text) returns uuid[] language sql stable parallel safe security definer
  set search_path = pg_catalog, public, app, pg_temp as $$ select app.groups_of_person(noun, kind, app.user_id()) $$;
revoke all on function app.groups_of(text, text) from public;
grant execute on function app.groups_of(text, text) to holdfast_app;

-- Whether some of these people belong to a group to which the caller does not, of those through which rows are reached by a kind.
create or replace function app.groups_beyond(noun text, kind text, people uuid[]) returns boolean language sql stable security definer
  set search_path = pg_catalog, public, app, pg_temp as $$
  select exists (select from unnest(people) as person cross join unnest(app.groups_of_person(noun, kind, person)) as one
    where one <> all (app.groups_of(noun, kind)))
$$;
revoke all on function app.groups_beyond(text, text, uuid[]) from public;
grant execute on function app.groups_beyond(text, text, uuid[]) to holdfast_app;

-- Everybody who has a role, whether or not the caller may see who has it.
create or replace function app.holders_of_role(role uuid) returns uuid[] language sql stable security definer
  set search_path = pg_catalog, public, app, pg_temp as $$
  select array(select ur.user_id from user_role ur where ur.tenant_id = app.tenant_id() and ur.role_id = role)
$$;
revoke all on function app.holders_of_role(uuid) from public;
grant execute on function app.holders_of_role(uuid) to holdfast_app;

-- The caller and everybody who shares a team with the caller. Runs as the system, because under the caller's own policies a role without
-- the right to read teams would have no colleagues.
create or replace function app.team_mates() returns uuid[] language sql stable parallel safe security definer
  set search_path = pg_catalog, public, app, pg_temp as $$
  select array(
    select app.user_id() union
    select them.user_id from team_member mine
    join team_member them on them.tenant_id = mine.tenant_id and them.team_id = mine.team_id
    where mine.tenant_id = app.tenant_id() and mine.user_id = app.user_id())
$$;
revoke all on function app.team_mates() from public;
grant execute on function app.team_mates() to holdfast_app;

-- The teams of the caller. Runs as the system for the same reason.
create or replace function app.own_teams() returns uuid[] language sql stable parallel safe security definer
  set search_path = pg_catalog, public, app, pg_temp as $$
  select array(select m.team_id from team_member m where m.tenant_id = app.tenant_id() and m.user_id = app.user_id())
$$;
revoke all on function app.own_teams() from public;
grant execute on function app.own_teams() to holdfast_app;

-- Everybody who shares a team with any of these people.
create or replace function app.team_mates_of(people uuid[]) returns uuid[] language sql stable security definer
  set search_path = pg_catalog, public, app, pg_temp as $$
  select array(
    select distinct them.user_id from team_member mine
    join team_member them on them.tenant_id = mine.tenant_id and them.team_id = mine.team_id and them.user_id <> mine.user_id
    where mine.tenant_id = app.tenant_id() and mine.user_id = any (people))
$$;
revoke all on function app.team_mates_of(uuid[]) from public;
grant execute on function app.team_mates_of(uuid[]) to holdfast_app;

-- The same for everybody who has a role, whether or not the caller may see who has it.
create or replace function app.team_mates_of_role(role uuid) returns uuid[] language sql stable security definer
  set search_path = pg_catalog, public, app, pg_temp as $$
  select app.team_mates_of(array(select ur.user_id from user_role ur where ur.tenant_id = app.tenant_id() and ur.role_id = role))
$$;
revoke all on function app.team_mates_of_role(uuid) from public;
grant execute on function app.team_mates_of_role(uuid) to holdfast_app;

-- The access that people gain when these people join a team: for each person with a right of scope 'team', the rights of their roles and
-- the people with whom they share no team yet.
create or replace function app.reach_gained(team uuid, people uuid[]) returns table (rights jsonb, reached uuid[])
  language sql stable security definer set search_path = pg_catalog, public, app, pg_temp as $$
  with everybody as (
    select m.user_id from team_member m where m.tenant_id = app.tenant_id() and m.team_id = team
    union select unnest(people)
  ), gain as (
    select gainer.user_id as gainer, array_agg(other.user_id) as reached from everybody gainer join everybody other
      on other.user_id <> gainer.user_id and (other.user_id = any (people) or gainer.user_id = any (people))
    where exists (select from user_role ur join role r on r.tenant_id = ur.tenant_id and r.id = ur.role_id
        where ur.tenant_id = app.tenant_id() and ur.user_id = gainer.user_id and r.rights::text like '%team%')
      and not exists (select from team_member a join team_member b on b.tenant_id = a.tenant_id and b.team_id = a.team_id
        where a.tenant_id = app.tenant_id() and a.user_id = gainer.user_id and b.user_id = other.user_id)
    group by gainer.user_id
  )
  select app.rights_of_user(app.tenant_id(), g.gainer), g.reached from gain g
$$;
revoke all on function app.reach_gained(uuid, uuid[]) from public;
grant execute on function app.reach_gained(uuid, uuid[]) to holdfast_app;

-- Finds the updates by which the caller lost access to a record: the caller could read the records of the previous owner, and cannot read
-- the record now. Open pages receive these updates and no later ones.
create or replace function app.access_lost(noun text, records uuid[], xids text[]) returns table (record_id uuid, xid text)
  language sql stable security definer set search_path = pg_catalog, public, app, pg_temp as $$
  select distinct e.record_id, e.xid::text from unnest(records) u (id) cross join lateral (select * from recorded_change e
    where e.tenant_id = (select app.tenant_id()) and e.record_id = u.id and e.resource = noun and e.xid::text = any (xids)
      and e.action = 'update'
      and e.at > now() - interval '2 days' and e.at <= now() + interval '1 day' offset 0) e
  where exists (select from unnest(array['read', 'subject', 'exists']) as degree
    where (e.before ->> app.owner_column(noun))::uuid = any (app.scope_owners(app.right_of(noun), degree))
      or exists (select from app.reach_of(noun) w where w.of_column <> 'id'
        and (e.before ->> w.of_column)::uuid = any (app.scope_groups(app.right_of(noun), degree, noun, w.kind))))
$$;
revoke all on function app.access_lost(text, uuid[], text[]) from public;
grant execute on function app.access_lost(text, uuid[], text[]) to holdfast_app;

reset role;

-- As lists show them beside the user or the team.
create or replace view user_role_item with (security_invoker = true) as
  select m.tenant_id, m.user_id, m.role_id as id, o.name as position, jsonb_build_object('id', o.id, 'key', o.key, 'name', o.name) as item
  from user_role m join role o on o.tenant_id = m.tenant_id and o.id = m.role_id;
grant select on user_role_item to holdfast_app, holdfast_system;

create or replace view team_member_item with (security_invoker = true) as
  select m.tenant_id, m.team_id, m.user_id as id, u.name as position, jsonb_build_object('id', u.id, 'name', u.name) as item
  from team_member m join user_account u on u.tenant_id = m.tenant_id and u.id = m.user_id;
grant select on team_member_item to holdfast_app, holdfast_system;

create or replace view user_team_item with (security_invoker = true) as
  select m.tenant_id, m.user_id, t.id, t.name as position, jsonb_build_object('id', t.id, 'name', t.name) as item
  from team_member m join team t on t.tenant_id = m.tenant_id and t.id = m.team_id;
grant select on user_team_item to holdfast_app, holdfast_system;

-- ---------------------------------------------------------------------------------------------------------------------
-- team

create or replace trigger audit_insert after insert on team referencing new table as new_rows
  for each statement execute function app.record_change('team', '{tenant_id,version,updated_at}', '{}');
create or replace trigger audit_update after update on team referencing old table as old_rows new table as new_rows
  for each statement execute function app.record_change('team', '{tenant_id,version,updated_at}', '{}');
create or replace trigger audit_delete after delete on team referencing old table as old_rows
  for each statement execute function app.record_change('team', '{tenant_id,version,updated_at}', '{}');
create or replace trigger touch before update on team for each row execute function app.touch();

-- ---------------------------------------------------------------------------------------------------------------------
-- team_member

create or replace trigger audit_insert after insert on team_member referencing new table as new_rows
  for each statement execute function app.record_change('team_member', '{tenant_id,version,updated_at}', '{}');
create or replace trigger audit_update after update on team_member referencing old table as old_rows new table as new_rows
  for each statement execute function app.record_change('team_member', '{tenant_id,version,updated_at}', '{}');
create or replace trigger audit_delete after delete on team_member referencing old table as old_rows
  for each statement execute function app.record_change('team_member', '{tenant_id,version,updated_at}', '{}');

-- ---------------------------------------------------------------------------------------------------------------------
-- role

create or replace trigger audit_insert after insert on role referencing new table as new_rows
  for each statement execute function app.record_change('role', '{tenant_id,version,updated_at}', '{}');
create or replace trigger audit_update after update on role referencing old table as old_rows new table as new_rows
  for each statement execute function app.record_change('role', '{tenant_id,version,updated_at}', '{}');
create or replace trigger audit_delete after delete on role referencing old table as old_rows
  for each statement execute function app.record_change('role', '{tenant_id,version,updated_at}', '{}');
create or replace trigger touch before update on role for each row execute function app.touch();

-- ---------------------------------------------------------------------------------------------------------------------
-- user_role

create or replace trigger audit_insert after insert on user_role referencing new table as new_rows
  for each statement execute function app.record_change('user_role', '{tenant_id,version,updated_at}', '{}');
create or replace trigger audit_update after update on user_role referencing old table as old_rows new table as new_rows
  for each statement execute function app.record_change('user_role', '{tenant_id,version,updated_at}', '{}');
create or replace trigger audit_delete after delete on user_role referencing old table as old_rows
  for each statement execute function app.record_change('user_role', '{tenant_id,version,updated_at}', '{}');
