-- Made from the record types that things can be attached to by "npm run generate". docs/decisions/0237-entries-about-several-records.md

set local role holdfast_system;

-- Whether the workspace has records of types with this right, as nobody's rights show them: a sales team has no households, and whoever may read all
-- other records then needs no look at each.
create or replace function app.has_records_of(right_name text) returns boolean language plpgsql stable parallel safe security definer
  set search_path = pg_catalog, public, app, pg_temp as $$
begin
  case right_name
    when 'company' then return exists (select from company p where p.tenant_id = app.tenant_id());
    when 'contact' then return exists (select from contact p where p.tenant_id = app.tenant_id());
    when 'deal' then return exists (select from deal p where p.tenant_id = app.tenant_id());
    when 'household' then return exists (select from financial_account p where p.tenant_id = app.tenant_id())
      or exists (select from household p where p.tenant_id = app.tenant_id())
      or exists (select from legal_entity p where p.tenant_id = app.tenant_id());
  end case;
end $$;
revoke all on function app.has_records_of(text) from public;
grant execute on function app.has_records_of(text) to holdfast_app;

reset role;

-- Whether the caller may read every record to which something can be attached: then what is attached needs no look at the record.
create or replace function app.sees_all_subjects() returns boolean language plpgsql stable parallel safe as $$
-- Read once: a text of a thousand characters takes longer to read than to search.
declare rights constant text := current_setting('app.rights', true);
begin
  return rights = '*' or ((starts_with(split_part(rights, ';company.read=all', 2), ';') or not app.has_records_of('company'))
      and (starts_with(split_part(rights, ';contact.read=all', 2), ';') or not app.has_records_of('contact'))
      and (starts_with(split_part(rights, ';deal.read=all', 2), ';') or not app.has_records_of('deal'))
      and (starts_with(split_part(rights, ';household.read=all', 2), ';') or not app.has_records_of('household')));
end $$;

-- The same of changing them, for tags.
create or replace function app.tags_all_subjects() returns boolean language sql stable parallel safe as $$
  select current_setting('app.rights', true) = '*' or (starts_with(split_part(current_setting('app.rights', true), ';company.update=all', 2), ';')
      and starts_with(split_part(current_setting('app.rights', true), ';contact.update=all', 2), ';')
      and starts_with(split_part(current_setting('app.rights', true), ';deal.update=all', 2), ';')
      and starts_with(split_part(current_setting('app.rights', true), ';household.update=all', 2), ';'))
$$;

-- Of what type a record is to which something is attached. The statement that attaches the first thing does not see the row of "subject" that comes
-- with it: then the records themselves are asked.
create or replace function app.type_of_subject(of_id uuid) returns text language plpgsql stable parallel safe as $$
declare noun text := (select s.type from public.subject s where s.tenant_id = app.tenant_id() and s.id = of_id);
begin
  if noun is null and exists (select from public.company p where p.tenant_id = app.tenant_id() and p.id = of_id) then noun := 'company'; end if;
  if noun is null and exists (select from public.contact p where p.tenant_id = app.tenant_id() and p.id = of_id) then noun := 'contact'; end if;
  if noun is null and exists (select from public.deal p where p.tenant_id = app.tenant_id() and p.id = of_id) then noun := 'deal'; end if;
  if noun is null and exists (select from public.financial_account p where p.tenant_id = app.tenant_id() and p.id = of_id) then noun := 'financial_account'; end if;
  if noun is null and exists (select from public.household p where p.tenant_id = app.tenant_id() and p.id = of_id) then noun := 'household'; end if;
  if noun is null and exists (select from public.legal_entity p where p.tenant_id = app.tenant_id() and p.id = of_id) then noun := 'legal_entity'; end if;
  return noun;
end $$;

-- Whether the caller may read a record. One statement is planned, that of the type which the record is of, and none where its right says it. A
-- function, because policies with these subqueries put the policies of more tables into the plan of every list and timeline, also for callers for
-- whom they are never evaluated.
create or replace function app.reads_subject(of_id uuid) returns boolean language plpgsql stable parallel safe as $$
begin
  case app.type_of_subject(of_id)
    when 'company' then if starts_with(split_part(current_setting('app.rights', true), ';company.read=all', 2), ';') then return true; end if;
      return exists (select from public.company p where p.tenant_id = app.tenant_id() and p.id = of_id);
    when 'contact' then if starts_with(split_part(current_setting('app.rights', true), ';contact.read=all', 2), ';') then return true; end if;
      return exists (select from public.contact p where p.tenant_id = app.tenant_id() and p.id = of_id);
    when 'deal' then if starts_with(split_part(current_setting('app.rights', true), ';deal.read=all', 2), ';') then return true; end if;
      return exists (select from public.deal p where p.tenant_id = app.tenant_id() and p.id = of_id);
    when 'financial_account' then if starts_with(split_part(current_setting('app.rights', true), ';household.read=all', 2), ';') then return true; end if;
      return exists (select from public.financial_account p where p.tenant_id = app.tenant_id() and p.id = of_id);
    when 'household' then if starts_with(split_part(current_setting('app.rights', true), ';household.read=all', 2), ';') then return true; end if;
      return exists (select from public.household p where p.tenant_id = app.tenant_id() and p.id = of_id);
    when 'legal_entity' then if starts_with(split_part(current_setting('app.rights', true), ';household.read=all', 2), ';') then return true; end if;
      return exists (select from public.legal_entity p where p.tenant_id = app.tenant_id() and p.id = of_id);
    else return false;
  end case;
end $$;

-- Whether the caller may read one of these records. What is about none is seen by its own rule alone.
create or replace function app.reads_some_subject(ids uuid[]) returns boolean language plpgsql stable parallel safe as $$
declare one uuid;
begin
  if ids = '{}' then return true; end if;
  foreach one in array ids loop
    if app.reads_subject(one) then return true; end if;
  end loop;
  return false;
end $$;

create or replace function app.reads_every_subject(ids uuid[]) returns boolean language plpgsql stable parallel safe as $$
declare one uuid;
begin
  foreach one in array ids loop
    if not app.reads_subject(one) then return false; end if;
  end loop;
  return true;
end $$;

-- The records that an entry is about, as far as the caller may read them; of the others no more than that they exist, and their type.
create or replace function app.named_records(of_tenant uuid, ids uuid[]) returns jsonb language plpgsql stable parallel safe as $$
declare one uuid; noun text; found_id uuid; called text; named jsonb := '[]';
begin
  foreach one in array ids loop
    noun := (select s.type from public.subject s where s.tenant_id = of_tenant and s.id = one);
    found_id := null; called := null;
    case noun
      when 'company' then select p.id, p.name into found_id, called from public.company p where p.tenant_id = of_tenant and p.id = one;
      when 'contact' then select p.id, p.name into found_id, called from public.contact p where p.tenant_id = of_tenant and p.id = one;
      when 'deal' then select p.id, p.name into found_id, called from public.deal p where p.tenant_id = of_tenant and p.id = one;
      when 'financial_account' then select p.id, p.name into found_id, called from public.financial_account p where p.tenant_id = of_tenant and p.id = one;
      when 'household' then select p.id, p.name into found_id, called from public.household p where p.tenant_id = of_tenant and p.id = one;
      when 'legal_entity' then select p.id, p.name into found_id, called from public.legal_entity p where p.tenant_id = of_tenant and p.id = one;
      else null;
    end case;
    named := named || jsonb_build_object('type', noun, 'id', found_id, 'name', called);
  end loop;
  return named;
end $$;

-- What the records of an entry become when somebody sets them: those that the caller may not see stay.
create or replace function app.with_unseen_records(present uuid[], wanted uuid[]) returns uuid[] language plpgsql stable parallel safe as $$
begin
  if app.sees_all_subjects() then return wanted; end if;
  return wanted || array(select u.id from unnest(present) with ordinality u (id, place)
    where u.id <> all (wanted) and not app.reads_subject(u.id) order by u.place);
end $$;

-- The records of an entry once one of them takes the place of others: each once, where the first of them stood.
create or replace function app.replaced_records(present uuid[], others uuid[], survivor uuid) returns uuid[] language sql immutable parallel safe as $$
  select array(select u.id from (select case when i = any (others) then survivor else i end as id, min(place) as place
    from unnest(present) with ordinality n (i, place) group by 1) u order by u.place)
$$;

-- Of what type a record is and what it is called, as far as the reader may see it.
create or replace function app.subject_of(of_tenant uuid, of_id uuid) returns jsonb language plpgsql stable parallel safe as $$
begin
  case app.type_of_subject(of_id)
    when 'company' then return (select jsonb_build_object('type', 'company', 'id', p.id, 'name', p.name) from public.company p where p.tenant_id = of_tenant and p.id = of_id);
    when 'contact' then return (select jsonb_build_object('type', 'contact', 'id', p.id, 'name', p.name) from public.contact p where p.tenant_id = of_tenant and p.id = of_id);
    when 'deal' then return (select jsonb_build_object('type', 'deal', 'id', p.id, 'name', p.name) from public.deal p where p.tenant_id = of_tenant and p.id = of_id);
    when 'financial_account' then return (select jsonb_build_object('type', 'financial_account', 'id', p.id, 'name', p.name) from public.financial_account p where p.tenant_id = of_tenant and p.id = of_id);
    when 'household' then return (select jsonb_build_object('type', 'household', 'id', p.id, 'name', p.name) from public.household p where p.tenant_id = of_tenant and p.id = of_id);
    when 'legal_entity' then return (select jsonb_build_object('type', 'legal_entity', 'id', p.id, 'name', p.name) from public.legal_entity p where p.tenant_id = of_tenant and p.id = of_id);
    else return null;
  end case;
end $$;

-- The first of these records that the reader may see, as app.subject_of says it: to call an entry by it.
create or replace function app.first_record(of_tenant uuid, ids uuid[]) returns jsonb language plpgsql stable parallel safe as $$
declare one uuid; subject jsonb;
begin
  foreach one in array ids loop
    subject := app.subject_of(of_tenant, one);
    if subject is not null then return subject; end if;
  end loop;
  return null;
end $$;

-- Whether the caller may tag records of the type of this one.
create or replace function app.tags_subject(of_id uuid) returns boolean language plpgsql stable parallel safe as $$
begin
  case app.type_of_subject(of_id)
    when 'company' then return app.some_scope('company', 'update') <> 'none';
    when 'contact' then return app.some_scope('contact', 'update') <> 'none';
    when 'deal' then return app.some_scope('deal', 'update') <> 'none';
    when 'financial_account' then return app.some_scope('household', 'update') <> 'none';
    when 'household' then return app.some_scope('household', 'update') <> 'none';
    when 'legal_entity' then return app.some_scope('household', 'update') <> 'none';
    else return false;
  end case;
end $$;

-- The name of what a reference pointed to before or after a change, if the reader may see it. Called only where a reference changed: as subqueries
-- of the timeline these were set up for each page, a fifth of the cost of a deal's timeline.
create or replace function app.name_of(noun text, of_tenant uuid, of_id uuid) returns text language plpgsql stable parallel safe as $$
begin
  if of_id is null then return null; end if;
  case noun
    when 'close_reason' then return (select name from public.close_reason where tenant_id = of_tenant and id = of_id);
    when 'company' then return (select name from public.company where tenant_id = of_tenant and id = of_id);
    when 'contact' then return (select name from public.contact where tenant_id = of_tenant and id = of_id);
    when 'custodian' then return (select name from public.custodian where tenant_id = of_tenant and id = of_id);
    when 'financial_security' then return (select name from public.financial_security where tenant_id = of_tenant and id = of_id);
    when 'household' then return (select name from public.household where tenant_id = of_tenant and id = of_id);
    when 'pipeline' then return (select name from public.pipeline where tenant_id = of_tenant and id = of_id);
    when 'stage' then return (select name from public.stage where tenant_id = of_tenant and id = of_id);
    when 'user_account' then return (select name from public.user_account where tenant_id = of_tenant and id = of_id);
  end case;
end $$;

-- To what the caller may attach something, for references from what is attached.
create or replace view attachable_record with (security_invoker = true) as
  select tenant_id, id, 'company'::text as type, name::text collate "default" as name from company where deleted_at is null
  union all select tenant_id, id, 'contact'::text as type, name::text collate "default" as name from contact where deleted_at is null
  union all select tenant_id, id, 'deal'::text as type, name::text collate "default" as name from deal where deleted_at is null
  union all select tenant_id, id, 'financial_account'::text as type, name::text collate "default" as name from financial_account where deleted_at is null
  union all select tenant_id, id, 'household'::text as type, name::text collate "default" as name from household where deleted_at is null
  union all select tenant_id, id, 'legal_entity'::text as type, name::text collate "default" as name from legal_entity where deleted_at is null;
grant select on attachable_record to holdfast_app, holdfast_system;

-- ---------------------------------------------------------------------------------------------------------------------
-- As holdfast_system

set local role holdfast_system;

-- Whether a search of what is attached to a record finds it: by the rule of its type, and not in the trash. For functions that run as the system. By
-- its cost the planner asks the index of words first, also of a table without statistics.
create or replace function app.finds_subject(of_id uuid) returns boolean language plpgsql stable parallel safe
  cost 10000 as $$
#variable_conflict use_column
begin
  case app.type_of_subject(of_id)
    when 'company' then return exists (select from public.company p where p.tenant_id = app.tenant_id() and p.id = of_id and p.deleted_at is null and (((select app.full_scope('company', 'read')) is not null or owner_id = any ((select app.scope_owners('company', 'read'))::uuid[]))));
    when 'contact' then return exists (select from public.contact p where p.tenant_id = app.tenant_id() and p.id = of_id and p.deleted_at is null and (((select app.full_scope('contact', 'read')) is not null or owner_id = any ((select app.scope_owners('contact', 'read'))::uuid[]) or id = any ((select app.scope_groups('contact', 'read', 'contact', 'household'))::uuid[]) or ((select app.mixed_scope('contact', 'read')) is not null and app.scope_met((select app.mixed_scope('contact', 'read')), array[case when owner_id = (select app.user_id()) then 'own' end, case when owner_id = any ((select app.team_mates())::uuid[]) then 'team' end, case when id = any ((select app.groups_of('contact', 'household'))::uuid[]) then 'household' end])))));
    when 'deal' then return exists (select from public.deal p where p.tenant_id = app.tenant_id() and p.id = of_id and p.deleted_at is null and (((select app.full_scope('deal', 'read')) is not null or owner_id = any ((select app.scope_owners('deal', 'read'))::uuid[]))));
    when 'financial_account' then return exists (select from public.financial_account p where p.tenant_id = app.tenant_id() and p.id = of_id and p.deleted_at is null and (((select app.full_scope('household', 'read')) is not null or household_id = any ((select app.scope_groups('household', 'read', 'financial_account', 'household'))::uuid[]) or ((select app.mixed_scope('household', 'read')) is not null and app.scope_met((select app.mixed_scope('household', 'read')), array[case when household_id = any ((select app.groups_of('financial_account', 'household'))::uuid[]) then 'household' end])))));
    when 'household' then return exists (select from public.household p where p.tenant_id = app.tenant_id() and p.id = of_id and p.deleted_at is null and (((select app.full_scope('household', 'read')) is not null or owner_id = any ((select app.scope_owners('household', 'read'))::uuid[]) or id = any ((select app.scope_groups('household', 'read', 'household', 'household'))::uuid[]) or ((select app.mixed_scope('household', 'read')) is not null and app.scope_met((select app.mixed_scope('household', 'read')), array[case when owner_id = (select app.user_id()) then 'own' end, case when owner_id = any ((select app.team_mates())::uuid[]) then 'team' end, case when id = any ((select app.groups_of('household', 'household'))::uuid[]) then 'household' end])))));
    when 'legal_entity' then return exists (select from public.legal_entity p where p.tenant_id = app.tenant_id() and p.id = of_id and p.deleted_at is null and (((select app.full_scope('household', 'read')) is not null or household_id = any ((select app.scope_groups('household', 'read', 'legal_entity', 'household'))::uuid[]) or ((select app.mixed_scope('household', 'read')) is not null and app.scope_met((select app.mixed_scope('household', 'read')), array[case when household_id = any ((select app.groups_of('legal_entity', 'household'))::uuid[]) then 'household' end])))));
    else return false;
  end case;
end $$;
revoke all on function app.finds_subject(uuid) from public;

-- The same of what is about several records, or none: one of them has to be found.
create or replace function app.finds_some_subject(ids uuid[]) returns boolean language plpgsql stable parallel safe
  cost 10000 as $$
declare one uuid;
begin
  if ids = '{}' then return true; end if;
  foreach one in array ids loop
    if app.finds_subject(one) then return true; end if;
  end loop;
  return false;
end $$;
revoke all on function app.finds_some_subject(uuid[]) from public;

-- The first of these records that such a search finds, with its name.
create or replace function app.first_found_record(ids uuid[]) returns jsonb language plpgsql stable parallel safe as $$
declare one uuid;
begin
  foreach one in array ids loop
    if app.finds_subject(one) then return app.subject_of(app.tenant_id(), one); end if;
  end loop;
  return null;
end $$;
revoke all on function app.first_found_record(uuid[]) from public;

-- The first thing that is attached to a record brings a row of "subject", which goes with the record. The lock keeps the record from going meanwhile.
-- Where there is no such record, the foreign key says so.
create or replace function app.ensure_subjects(tenant uuid, ids uuid[]) returns void language plpgsql volatile security definer
  set search_path = pg_catalog, public, app, pg_temp as $$
declare missing uuid[] := array(select distinct i from unnest(ids) i where not exists (select from subject s where s.tenant_id = tenant and s.id = i));
begin
  if missing = '{}' then return; end if;
  insert into subject (tenant_id, id, type) select r.tenant_id, r.id, 'company' from company r where r.tenant_id = tenant and r.id = any (missing) order by r.id for key share on conflict do nothing;
  insert into subject (tenant_id, id, type) select r.tenant_id, r.id, 'contact' from contact r where r.tenant_id = tenant and r.id = any (missing) order by r.id for key share on conflict do nothing;
  insert into subject (tenant_id, id, type) select r.tenant_id, r.id, 'deal' from deal r where r.tenant_id = tenant and r.id = any (missing) order by r.id for key share on conflict do nothing;
  insert into subject (tenant_id, id, type) select r.tenant_id, r.id, 'financial_account' from financial_account r where r.tenant_id = tenant and r.id = any (missing) order by r.id for key share on conflict do nothing;
  insert into subject (tenant_id, id, type) select r.tenant_id, r.id, 'household' from household r where r.tenant_id = tenant and r.id = any (missing) order by r.id for key share on conflict do nothing;
  insert into subject (tenant_id, id, type) select r.tenant_id, r.id, 'legal_entity' from legal_entity r where r.tenant_id = tenant and r.id = any (missing) order by r.id for key share on conflict do nothing;
end $$;
revoke all on function app.ensure_subjects(uuid, uuid[]) from public;

-- What is attached to one record: comments, tags, followers.
create or replace function app.ensure_subject() returns trigger language plpgsql security definer
  set search_path = pg_catalog, public, app, pg_temp as $$
begin
  if not exists (select from subject s where s.tenant_id = new.tenant_id and s.id = new.record_id) then
    perform app.ensure_subjects(new.tenant_id, array[new.record_id]);
  end if;
  return new;
end $$;
revoke all on function app.ensure_subject() from public;
grant execute on function app.ensure_subject() to session_user;

-- Keeps record_link to the records that entries name in "records". Arguments: the column that says when an entry was.
create or replace function app.link_entries() returns trigger language plpgsql security definer
  set search_path = pg_catalog, public, app, pg_temp as $$
declare of_tenant uuid; ids uuid[];
begin
  for of_tenant, ids in select n.tenant_id, array_agg(distinct r) from new_rows n cross join unnest(n.records) r group by n.tenant_id loop
    perform app.ensure_subjects(of_tenant, ids);
  end loop;
  insert into record_link (tenant_id, record_id, item_type, item_id, at)
  select distinct n.tenant_id, r, tg_table_name, n.id, (to_jsonb(n) ->> tg_argv[0])::timestamptz from new_rows n cross join unnest(n.records) r;
  return null;
end $$;
revoke all on function app.link_entries() from public;
grant execute on function app.link_entries() to session_user;

create or replace function app.relink_entry() returns trigger language plpgsql security definer
  set search_path = pg_catalog, public, app, pg_temp as $$
declare moment constant timestamptz := (to_jsonb(new) ->> tg_argv[0])::timestamptz;
begin
  delete from record_link l where l.tenant_id = new.tenant_id and l.item_id = new.id and l.record_id <> all (new.records);
  perform app.ensure_subjects(new.tenant_id, new.records);
  insert into record_link as l (tenant_id, record_id, item_type, item_id, at)
  select distinct new.tenant_id, r, tg_table_name, new.id, moment from unnest(new.records) r
  on conflict (tenant_id, item_id, record_id) do update set at = excluded.at where l.at <> excluded.at;
  return null;
end $$;
revoke all on function app.relink_entry() from public;
grant execute on function app.relink_entry() to session_user;

create or replace function app.unlink_entries() returns trigger language plpgsql security definer
  set search_path = pg_catalog, public, app, pg_temp as $$
begin
  delete from record_link l using gone g where l.tenant_id = g.tenant_id and l.item_id = g.id;
  return null;
end $$;
revoke all on function app.unlink_entries() from public;
grant execute on function app.unlink_entries() to session_user;

-- What is attached to a record goes with it. Of what is about several records the others stay, and it goes with the last of them. "subject" is locked
-- first: whoever links to the record meanwhile holds it, and is waited for.
create or replace function app.forget_subjects() returns trigger language plpgsql security definer
  set search_path = pg_catalog, public, app, pg_temp as $$
declare of_tenant uuid; ids uuid[];
begin
  for of_tenant, ids in select g.tenant_id, array_agg(s.id) from gone g join subject s on s.tenant_id = g.tenant_id and s.id = g.id group by g.tenant_id loop
    perform from subject s where s.tenant_id = of_tenant and s.id = any (ids) order by s.id for update;

    delete from activity e where e.tenant_id = of_tenant and e.records <@ ids
      and e.id = any (array(select l.item_id from record_link l where l.tenant_id = of_tenant and l.record_id = any (ids) and l.item_type = 'activity'));
    update activity e set records = array(select u.id from unnest(e.records) with ordinality u (id, place) where u.id <> all (ids) order by u.place)
      where e.tenant_id = of_tenant
      and e.id = any (array(select l.item_id from record_link l where l.tenant_id = of_tenant and l.record_id = any (ids) and l.item_type = 'activity'));

    update mail_message e set records = array(select u.id from unnest(e.records) with ordinality u (id, place) where u.id <> all (ids) order by u.place)
      where e.tenant_id = of_tenant
      and e.id = any (array(select l.item_id from record_link l where l.tenant_id = of_tenant and l.record_id = any (ids) and l.item_type = 'mail_message'));

    update meeting e set records = array(select u.id from unnest(e.records) with ordinality u (id, place) where u.id <> all (ids) order by u.place)
      where e.tenant_id = of_tenant
      and e.id = any (array(select l.item_id from record_link l where l.tenant_id = of_tenant and l.record_id = any (ids) and l.item_type = 'meeting'));

    delete from note e where e.tenant_id = of_tenant and e.records <@ ids
      and e.id = any (array(select l.item_id from record_link l where l.tenant_id = of_tenant and l.record_id = any (ids) and l.item_type = 'note'));
    update note e set records = array(select u.id from unnest(e.records) with ordinality u (id, place) where u.id <> all (ids) order by u.place)
      where e.tenant_id = of_tenant
      and e.id = any (array(select l.item_id from record_link l where l.tenant_id = of_tenant and l.record_id = any (ids) and l.item_type = 'note'));

    delete from task e where e.tenant_id = of_tenant and e.records <@ ids
      and e.id = any (array(select l.item_id from record_link l where l.tenant_id = of_tenant and l.record_id = any (ids) and l.item_type = 'task'));
    update task e set records = array(select u.id from unnest(e.records) with ordinality u (id, place) where u.id <> all (ids) order by u.place)
      where e.tenant_id = of_tenant
      and e.id = any (array(select l.item_id from record_link l where l.tenant_id = of_tenant and l.record_id = any (ids) and l.item_type = 'task'));
    delete from subject s where s.tenant_id = of_tenant and s.id = any (ids);
  end loop;
  return null;
end $$;
revoke all on function app.forget_subjects() from public;
grant execute on function app.forget_subjects() to session_user;

-- Keeps others from attaching anything to these records until the transaction ends, for a merge, which has locked the records themselves.
create or replace function app.lock_subjects(ids uuid[]) returns void language plpgsql volatile security definer
  set search_path = pg_catalog, public, app, pg_temp as $$
begin
  perform from subject s where s.tenant_id = app.tenant_id() and s.id = any (ids) order by s.id for update;
end $$;
revoke all on function app.lock_subjects(uuid[]) from public;
grant execute on function app.lock_subjects(uuid[]) to holdfast_app;

-- Called before comments are deleted for good: a reply becomes a comment of its own, which the foreign key would delete.
create or replace function app.detach(relation text, ids uuid[]) returns void language plpgsql volatile security definer
  set search_path = pg_catalog, public, app, pg_temp as $$
begin
  if relation <> 'comment' then return; end if;
  update comment c set parent_id = null where c.tenant_id = app.tenant_id() and c.parent_id = any (ids) and c.id <> all (ids);
end $$;
revoke all on function app.detach(text, uuid[]) from public;
grant execute on function app.detach(text, uuid[]) to holdfast_app;

reset role;

create or replace trigger forget_subjects after delete on company referencing old table as gone
  for each statement execute function app.forget_subjects();

create or replace trigger forget_subjects after delete on contact referencing old table as gone
  for each statement execute function app.forget_subjects();

create or replace trigger forget_subjects after delete on deal referencing old table as gone
  for each statement execute function app.forget_subjects();

create or replace trigger forget_subjects after delete on financial_account referencing old table as gone
  for each statement execute function app.forget_subjects();

create or replace trigger forget_subjects after delete on household referencing old table as gone
  for each statement execute function app.forget_subjects();

create or replace trigger forget_subjects after delete on legal_entity referencing old table as gone
  for each statement execute function app.forget_subjects();

create or replace trigger link_entries after insert on activity referencing new table as new_rows
  for each statement execute function app.link_entries('occurred_at');
create or replace trigger relink_entry after update of records, occurred_at on activity
  for each row when (old.records <> new.records or old.occurred_at <> new.occurred_at) execute function app.relink_entry('occurred_at');
create or replace trigger unlink_entries after delete on activity referencing old table as gone
  for each statement execute function app.unlink_entries();

create or replace trigger link_entries after insert on mail_message referencing new table as new_rows
  for each statement execute function app.link_entries('occurred_at');
create or replace trigger relink_entry after update of records, occurred_at on mail_message
  for each row when (old.records <> new.records or old.occurred_at <> new.occurred_at) execute function app.relink_entry('occurred_at');
create or replace trigger unlink_entries after delete on mail_message referencing old table as gone
  for each statement execute function app.unlink_entries();

create or replace trigger link_entries after insert on meeting referencing new table as new_rows
  for each statement execute function app.link_entries('occurred_at');
create or replace trigger relink_entry after update of records, occurred_at on meeting
  for each row when (old.records <> new.records or old.occurred_at <> new.occurred_at) execute function app.relink_entry('occurred_at');
create or replace trigger unlink_entries after delete on meeting referencing old table as gone
  for each statement execute function app.unlink_entries();

create or replace trigger link_entries after insert on note referencing new table as new_rows
  for each statement execute function app.link_entries('created_at');
create or replace trigger relink_entry after update of records, created_at on note
  for each row when (old.records <> new.records or old.created_at <> new.created_at) execute function app.relink_entry('created_at');
create or replace trigger unlink_entries after delete on note referencing old table as gone
  for each statement execute function app.unlink_entries();

create or replace trigger link_entries after insert on task referencing new table as new_rows
  for each statement execute function app.link_entries('created_at');
create or replace trigger relink_entry after update of records, created_at on task
  for each row when (old.records <> new.records or old.created_at <> new.created_at) execute function app.relink_entry('created_at');
create or replace trigger unlink_entries after delete on task referencing old table as gone
  for each statement execute function app.unlink_entries();
