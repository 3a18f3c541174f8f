-- Who may read and write which rows. The application sets app.rights for each transaction: ';contact.read=team;contact.update=own;…', or '*' for
-- the program itself. Hidden fields stand in it as ';field.contact.salary=none;'.
--
-- The policies of a table of a tenant follow one pattern. "read", "append", "change" and "remove" are for the application, "system" for the
-- functions that run as holdfast_system. Each compares the tenant, then the scope of the caller's right ("all", "team", "own", "none") with the
-- column that says whose row it is, then, where rows belong to a record, whether the caller may read that record. "change" also admits whoever may
-- delete, because moving a record to the trash is an update; the HTTP layer tells the two apart.
--
-- PostgreSQL expects a comparison with a constant to hold for one row in 200. Policies that compared the scope with 'all' made it expect that
-- nearly every record is hidden: it read and sorted whole tables for one page of a list. It expects "is not null" to hold for nearly every row,
-- hence app.full_scope(…) is not null. Tables with few rows in a workspace (dashboards, saved views, API keys) still compare.
--
-- The policies of each table stand in the file of its area: contact and company in directory.sql, deal in sales.sql. Tables of one user's rows have a
-- single policy named own or personal instead. baseConditions in src/kernel/resource/list.ts repeats the rule of reading so that an index can be
-- used; app.record_readers and app.readers_of repeat it for other people. Change all of them together.

-- The scope of a right: 'all', 'team', 'own' or 'none'. app.rights is text and this is one expression without a query, because every statement asks
-- several times; parsing JSON in a query costs twenty times as much.
create or replace function app.scope(resource text, action text) returns text language sql stable parallel safe as $$
  select coalesce(
    nullif(split_part(split_part(current_setting('app.rights', true), ';' || resource || '.' || action || '=', 2), ';', 1), ''),
    case current_setting('app.rights', true) when '*' then 'all' else 'none' end)
$$;

-- 'all' when the caller may do this with every row of a resource, else null.
create or replace function app.full_scope(resource text, action text) returns text language sql stable parallel safe as $$
  select case when position(';' || resource || '.' || action || '=all;' in current_setting('app.rights', true)) > 0
    or current_setting('app.rights', true) = '*' then 'all' end
$$;

-- 'none' when the caller may do this with no row of a resource, else 'some'. Text rather than boolean: PostgreSQL expects a boolean to hold for
-- half of the rows and would read whole tables, and a comparison of texts with 'none' to hold for nearly all.
create or replace function app.some_scope(resource text, action text) returns text language sql stable parallel safe as $$
  select case when position(';' || resource || '.' || action || '=' in current_setting('app.rights', true)) > 0
    or current_setting('app.rights', true) = '*' then 'some' else 'none' end
$$;

-- Whose rows the caller reaches when the scope is not 'all'.
create or replace function app.scope_owners(resource text, action text) returns uuid[] language sql stable parallel safe as $$
  select case app.scope(resource, action)
    when 'own' then array[app.user_id()]
    when 'team' then app.team_mates()
    else '{}'::uuid[]
  end
$$;

-- Whether the caller may read every contact, company and deal: then rows that belong to a record need no look at it.
create or replace function app.sees_all_records() returns boolean language sql stable parallel safe as $$
  select (position(';contact.read=all;' in current_setting('app.rights', true)) > 0
      and position(';company.read=all;' in current_setting('app.rights', true)) > 0
      and position(';deal.read=all;' in current_setting('app.rights', true)) > 0)
    or current_setting('app.rights', true) = '*'
$$;

-- Whether the caller may read every record that a row belongs to. A function, because policies with these subqueries put the policies of three more
-- tables into the plan of every list and timeline, also for callers for whom they are never evaluated.
create or replace function app.reads_parents(contact uuid, company uuid, deal uuid) returns boolean language plpgsql stable parallel safe as $$
begin
  return (contact is null or exists (select from public.contact p where p.tenant_id = app.tenant_id() and p.id = contact))
    and (company is null or exists (select from public.company p where p.tenant_id = app.tenant_id() and p.id = company))
    and (deal is null or exists (select from public.deal p where p.tenant_id = app.tenant_id() and p.id = deal));
end $$;

-- Whether the caller may read the note or comment of an attachment. A function for the same reason as app.reads_parents.
create or replace function app.reads_note_and_comment(of_note uuid, of_comment uuid) returns boolean language plpgsql stable parallel safe as $$
begin
  return (of_note is null or exists (select from public.note p where p.tenant_id = app.tenant_id() and p.id = of_note))
    and (of_comment is null or exists (select from public.comment p where p.tenant_id = app.tenant_id() and p.id = of_comment));
end $$;

-- Whether the caller may not see a field.
create or replace function app.hides(resource text, key text) returns boolean language sql stable parallel safe as
  $$ select position(';field.' || resource || '.' || key || '=none;' in coalesce(current_setting('app.rights', true), '')) > 0 $$;

-- The keys of a resource that the caller may not see; most callers have none. PostgreSQL inlines a function of one expression, but not one that
-- reads rows, so that one is called only when some field is hidden from the caller.
create or replace function app.hidden_keys(resource text) returns text[] language sql stable parallel safe as $$
  select case when position(';field.' in current_setting('app.rights', true)) > 0 then app.hidden_keys_among_limited(resource) else '{}' end
$$;

-- The part of app.hidden_keys that reads rows.
create or replace function app.hidden_keys_among_limited(resource text) returns text[] language sql stable parallel safe as $$
  select case when position(';field.' in current_setting('app.rights', true)) > 0 then
    array(select m[1] from regexp_matches(current_setting('app.rights', true), ';field\.' || resource || '\.([a-z0-9_]+)=none(?=;)', 'g') m)
  else '{}' end
$$;

-- Whether a filter or sort names a field that the caller may not see: its result would reveal values. Views of others that do so are not shown.
create or replace function app.names_hidden(query text) returns boolean language sql stable parallel safe as $$
  select position(';field.' in current_setting('app.rights', true)) > 0 and exists (
    select from regexp_matches(current_setting('app.rights', true), ';field\.[a-z_]+\.([a-z0-9_]+)=none(?=;)', 'g') m
    where query ~ ('custom\.' || m[1] || '(?![a-z0-9_])'))
$$;

-- The column that says whose record it is, of resources with custom fields.
create or replace function app.owner_column(noun text) returns text language sql immutable parallel safe as
  $$ select case noun when 'task' then 'assignee_id' else 'owner_id' end $$;

-- The name of what a reference pointed to before or after a change, if the reader may see it. Called only where a reference changed: as subqueries
-- of the timeline these were set up for each page, a fifth of the cost of a deal's timeline.
create or replace function app.name_of(noun text, of_tenant uuid, of_id uuid) returns text language plpgsql stable parallel safe as $$
begin
  if of_id is null then return null; end if;
  case noun
    when 'user_account' then return (select name from public.user_account where tenant_id = of_tenant and id = of_id);
    when 'company' then return (select name from public.company where tenant_id = of_tenant and id = of_id);
    when 'contact' then return (select name from public.contact where tenant_id = of_tenant and id = of_id);
    when 'pipeline' then return (select name from public.pipeline where tenant_id = of_tenant and id = of_id);
    when 'stage' then return (select name from public.stage where tenant_id = of_tenant and id = of_id);
    when 'close_reason' then return (select name from public.close_reason where tenant_id = of_tenant and id = of_id);
  end case;
end $$;

-- ---------------------------------------------------------------------------------------------------------------------
-- As holdfast_system

set local role holdfast_system;

-- The fields that a role sees or edits only in part, as they travel with its rights: {"fields": {"contact.salary": "none"}}. A field that is not
-- named is open. Whoever may change custom fields sees all of them.
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

-- Whose rows of a resource the caller may read; null when everybody's.
create or replace function app.read_owners(resource text) returns uuid[] language sql stable parallel safe as
  $$ select case when app.scope(resource, 'read') <> 'all' then app.scope_owners(resource, 'read') end $$;
revoke all on function app.read_owners(text) from public;

-- The active people of the workspace, each with whether they may read a record and, of what is attached to it, what a given author wrote: by the
-- rights of their roles, as the policies of the tables say.
create or replace function app.record_readers(noun text, record uuid, attached text, author uuid)
  returns table (id uuid, name text, may_read boolean) language plpgsql stable security definer
  set search_path = pg_catalog, public, app, pg_temp as $$
declare owner uuid; there boolean;
begin
  if noun not in ('contact', 'company', 'deal') then raise exception 'Nothing says who reads a %', noun; end if;
  execute format('select r.owner_id, true from %I r where r.tenant_id = app.tenant_id() and r.id = $1', noun) into owner, there using record;
  return query
  select u.id, u.name::text, there is true
    and (s.of_record ? 'all' or (s.of_record ?| '{own,team}' and u.id = owner) or (s.of_record ? 'team' and app.shares_team(u.id, owner))) is true
    and (s.of_attached ? 'all' or (s.of_attached ?| '{own,team}' and u.id = author) or (s.of_attached ? 'team' and app.shares_team(u.id, author))) is true
  from user_account u cross join lateral (
    select jsonb_agg(coalesce(r ->> '*', r -> noun ->> 'read')) as of_record, jsonb_agg(coalesce(r ->> '*', r -> attached ->> 'read')) as of_attached
    from jsonb_array_elements(app.rights_of_user(u.tenant_id, u.id)) r) s
  where u.tenant_id = app.tenant_id() and u.status = 'active';
end $$;
revoke all on function app.record_readers(text, uuid, text, uuid) from public;
grant execute on function app.record_readers(text, uuid, text, uuid) to holdfast_app;

-- The pairs in which the person may read the record, by the same rule as the policy of the table, except that nobody reads a record in the trash.
-- The rights of all people are read at once: calling record_readers for each took half the time of sending notifications.
create or replace function app.readers_of(noun text, records uuid[], people uuid[]) returns table (record_id uuid, user_id uuid)
  language plpgsql stable security definer set search_path = pg_catalog, public, app, pg_temp as $$
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
revoke all on function app.readers_of(text, uuid[], uuid[]) from public;
grant execute on function app.readers_of(text, uuid[], uuid[]) to holdfast_app;

-- The caller and everybody who shares a team with the caller. Runs as the system, because under the caller's own policies a role without the right
-- to read teams would have no colleagues.
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

-- Whose records come within whose reach when these people join a team: for each person with a right of scope 'team', the rights of their roles and
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
        where ur.tenant_id = app.tenant_id() and ur.user_id = gainer.user_id and r.rights::text like '%"team"%')
      and not exists (select from team_member a join team_member b on b.tenant_id = a.tenant_id and b.team_id = a.team_id
        where a.tenant_id = app.tenant_id() and a.user_id = gainer.user_id and b.user_id = other.user_id)
    group by gainer.user_id
  )
  select app.rights_of_user(app.tenant_id(), g.gainer), g.reached from gain g
$$;
revoke all on function app.reach_gained(uuid, uuid[]) from public;
grant execute on function app.reach_gained(uuid, uuid[]) to holdfast_app;

-- Finds the updates by which the caller lost access to a record: the caller could read the records of the previous owner, and cannot read the record
-- now. Open pages receive these updates and no later ones.
create or replace function app.taken_away(noun text, records uuid[], xids text[]) returns table (record_id uuid, xid text)
  language sql stable security definer set search_path = pg_catalog, public, app, pg_temp as $$
  select distinct e.record_id, e.xid::text from audit_event e
  where e.tenant_id = app.tenant_id() and e.record_id = any (records) and e.resource = noun and e.xid::text = any (xids) and e.action = 'update'
    and e.at > now() - interval '2 days' and e.at <= now()
    and coalesce(e.before ->> 'owner_id', e.before ->> 'assignee_id')::uuid = any (app.scope_owners(noun, 'read'))
$$;
revoke all on function app.taken_away(text, uuid[], text[]) from public;
grant execute on function app.taken_away(text, uuid[], text[]) to holdfast_app;

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

drop policy if exists read on team;
create policy read on team for select to holdfast_app
  using (tenant_id = (select app.tenant_id()) and (select app.some_scope('team', 'read')) <> 'none');
drop policy if exists append on team;
create policy append on team for insert to holdfast_app
  with check (tenant_id = (select app.tenant_id()) and (select app.some_scope('team', 'create')) <> 'none');
drop policy if exists change on team;
create policy change on team for update to holdfast_app
  using (tenant_id = (select app.tenant_id())
    and ((select app.some_scope('team', 'update')) <> 'none' or (select app.some_scope('team', 'delete')) <> 'none'))
  with check (tenant_id = (select app.tenant_id()));
drop policy if exists remove on team;
create policy remove on team for delete to holdfast_app
  using (tenant_id = (select app.tenant_id()) and (select app.some_scope('team', 'delete')) <> 'none');
drop policy if exists system on team;
create policy system on team to holdfast_system using (true) with check (true);
create or replace trigger audit_insert after insert on team referencing new table as new_rows
  for each statement execute function app.record_change('team', '{tenant_id,version,updated_at}', '{}');
create or replace trigger audit_update after update on team referencing old table as old_rows new table as new_rows
  for each statement execute function app.record_change('team', '{tenant_id,version,updated_at}', '{}');
create or replace trigger audit_delete after delete on team referencing old table as old_rows
  for each statement execute function app.record_change('team', '{tenant_id,version,updated_at}', '{}');
create or replace trigger touch before update on team for each row execute function app.touch();

-- ---------------------------------------------------------------------------------------------------------------------
-- team_member

drop policy if exists read on team_member;
create policy read on team_member for select to holdfast_app
  using (tenant_id = (select app.tenant_id()) and (select app.some_scope('team', 'read')) <> 'none');
-- Members are part of their team: adding and removing them takes the right to change the team.
drop policy if exists append on team_member;
create policy append on team_member for insert to holdfast_app
  with check (tenant_id = (select app.tenant_id())
    and ((select app.some_scope('team', 'update')) <> 'none' or (select app.some_scope('team', 'create')) <> 'none'));
drop policy if exists change on team_member;
create policy change on team_member for update to holdfast_app
  using (tenant_id = (select app.tenant_id())
    and ((select app.some_scope('team', 'update')) <> 'none' or (select app.some_scope('team', 'delete')) <> 'none'))
  with check (tenant_id = (select app.tenant_id()));
drop policy if exists remove on team_member;
create policy remove on team_member for delete to holdfast_app
  using (tenant_id = (select app.tenant_id()) and (select app.some_scope('team', 'update')) <> 'none');
drop policy if exists system on team_member;
create policy system on team_member to holdfast_system using (true) with check (true);
create or replace trigger audit_insert after insert on team_member referencing new table as new_rows
  for each statement execute function app.record_change('team_member', '{tenant_id,version,updated_at}', '{}');
create or replace trigger audit_update after update on team_member referencing old table as old_rows new table as new_rows
  for each statement execute function app.record_change('team_member', '{tenant_id,version,updated_at}', '{}');
create or replace trigger audit_delete after delete on team_member referencing old table as old_rows
  for each statement execute function app.record_change('team_member', '{tenant_id,version,updated_at}', '{}');

-- ---------------------------------------------------------------------------------------------------------------------
-- role

drop policy if exists read on role;
create policy read on role for select to holdfast_app
  using (tenant_id = (select app.tenant_id()) and (select app.some_scope('role', 'read')) <> 'none');
drop policy if exists append on role;
create policy append on role for insert to holdfast_app
  with check (tenant_id = (select app.tenant_id()) and (select app.some_scope('role', 'create')) <> 'none');
drop policy if exists change on role;
create policy change on role for update to holdfast_app
  using (tenant_id = (select app.tenant_id())
    and ((select app.some_scope('role', 'update')) <> 'none' or (select app.some_scope('role', 'delete')) <> 'none'))
  with check (tenant_id = (select app.tenant_id()));
drop policy if exists remove on role;
create policy remove on role for delete to holdfast_app
  using (tenant_id = (select app.tenant_id()) and (select app.some_scope('role', 'delete')) <> 'none');
drop policy if exists system on role;
create policy system on role to holdfast_system using (true) with check (true);
create or replace trigger audit_insert after insert on role referencing new table as new_rows
  for each statement execute function app.record_change('role', '{tenant_id,version,updated_at}', '{}');
create or replace trigger audit_update after update on role referencing old table as old_rows new table as new_rows
  for each statement execute function app.record_change('role', '{tenant_id,version,updated_at}', '{}');
create or replace trigger audit_delete after delete on role referencing old table as old_rows
  for each statement execute function app.record_change('role', '{tenant_id,version,updated_at}', '{}');
create or replace trigger touch before update on role for each row execute function app.touch();

-- ---------------------------------------------------------------------------------------------------------------------
-- user_role

drop policy if exists read on user_role;
create policy read on user_role for select to holdfast_app
  using (tenant_id = (select app.tenant_id()) and (select app.some_scope('user', 'read')) <> 'none');
-- Roles of a user are part of the user: granting and revoking them takes the right to change the user.
drop policy if exists append on user_role;
create policy append on user_role for insert to holdfast_app
  with check (tenant_id = (select app.tenant_id())
    and ((select app.some_scope('user', 'update')) <> 'none' or (select app.some_scope('user', 'create')) <> 'none'));
drop policy if exists change on user_role;
create policy change on user_role for update to holdfast_app
  using (tenant_id = (select app.tenant_id())
    and ((select app.some_scope('user', 'update')) <> 'none' or (select app.some_scope('user', 'delete')) <> 'none'))
  with check (tenant_id = (select app.tenant_id()));
drop policy if exists remove on user_role;
create policy remove on user_role for delete to holdfast_app
  using (tenant_id = (select app.tenant_id()) and (select app.some_scope('user', 'update')) <> 'none');
drop policy if exists system on user_role;
create policy system on user_role to holdfast_system using (true) with check (true);
create or replace trigger audit_insert after insert on user_role referencing new table as new_rows
  for each statement execute function app.record_change('user_role', '{tenant_id,version,updated_at}', '{}');
create or replace trigger audit_update after update on user_role referencing old table as old_rows new table as new_rows
  for each statement execute function app.record_change('user_role', '{tenant_id,version,updated_at}', '{}');
create or replace trigger audit_delete after delete on user_role referencing old table as old_rows
  for each statement execute function app.record_change('user_role', '{tenant_id,version,updated_at}', '{}');
