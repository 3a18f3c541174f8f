-- Made from the record types that things can be attached to by "npm run generate". docs/decisions/0198-attached-to-any-record.md

-- Whether the caller may read every record of the types whose attached things have a column of their own: then those need no look at the record.
create or replace function app.sees_all_records() returns boolean language sql stable parallel safe as $$
  select (position(';contact.read=all;' in current_setting('app.rights', true)) > 0
      and position(';company.read=all;' in current_setting('app.rights', true)) > 0
      and position(';deal.read=all;' in current_setting('app.rights', true)) > 0)
    or current_setting('app.rights', true) = '*'
$$;

-- The same of all other types. Beside the first, so that a role that knows nothing of a new type reads no slower what hangs on the old ones.
create or replace function app.sees_all_subjects() returns boolean language sql stable parallel safe as $$
  select true
$$;

-- Of what type a record is to which something is attached. The statement that attaches the first thing does not see the row of "subject" that comes
-- with it: then the records themselves are asked.
create or replace function app.type_of_subject(of_id uuid) returns text language plpgsql stable parallel safe as $$
declare noun text := (select s.type from public.subject s where s.tenant_id = app.tenant_id() and s.id = of_id);
begin
  return noun;
end $$;

-- Whether the caller may read a record of any of these types. One statement is planned, that of the type which the record is of.
create or replace function app.reads_subject(of_id uuid) returns boolean language plpgsql stable parallel safe as $$
begin
  return false;
end $$;

-- Whether the caller may read every record that a row belongs to. A function, because policies with these subqueries put the policies of more
-- tables into the plan of every list and timeline, also for callers for whom they are never evaluated.
create or replace function app.reads_parents(contact uuid, company uuid, deal uuid, record uuid)
  returns boolean language plpgsql stable parallel safe as $$
begin
  return (record is null or app.reads_subject(record))
    and (contact is null or exists (select from public.contact p where p.tenant_id = app.tenant_id() and p.id = contact))
    and (company is null or exists (select from public.company p where p.tenant_id = app.tenant_id() and p.id = company))
    and (deal is null or exists (select from public.deal p where p.tenant_id = app.tenant_id() and p.id = deal));
end $$;

-- Of what type such a record is and what it is called, as far as the reader may see it.
create or replace function app.subject_of(of_tenant uuid, of_id uuid) returns jsonb language plpgsql stable parallel safe as $$
begin
  return null;
end $$;

-- Whether the caller may tag records of the type of this one.
create or replace function app.tags_subject(of_id uuid) returns boolean language plpgsql stable parallel safe as $$
begin
  return false;
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
    when 'pipeline' then return (select name from public.pipeline where tenant_id = of_tenant and id = of_id);
    when 'stage' then return (select name from public.stage where tenant_id = of_tenant and id = of_id);
    when 'user_account' then return (select name from public.user_account where tenant_id = of_tenant and id = of_id);
  end case;
end $$;

-- To what the caller may attach something, for references from what is attached.
create or replace view attachable_record with (security_invoker = true) as
  select null::uuid as tenant_id, null::uuid as id, null::text as type, null::text as name where false;
grant select on attachable_record to holdfast_app, holdfast_system;

-- ---------------------------------------------------------------------------------------------------------------------
-- As holdfast_system

set local role holdfast_system;

-- Whether a search of what hangs on such a record finds it: by the rule of its type, and not in the trash. For functions that run as the system.
create or replace function app.finds_subject(of_id uuid) returns boolean language plpgsql stable parallel safe as $$
#variable_conflict use_column
begin
  return false;
end $$;
revoke all on function app.finds_subject(uuid) from public;

-- The first thing that is attached to a record brings a row of "subject", which goes with the record. The lock keeps the record from going meanwhile.
-- Where there is no such record, the foreign key says so.
create or replace function app.ensure_subject() returns trigger language plpgsql security definer
  set search_path = pg_catalog, public, app, pg_temp as $$
declare noun text;
begin
  if exists (select from subject s where s.tenant_id = new.tenant_id and s.id = new.record_id) then return new; end if;
  return new;
end $$;
revoke all on function app.ensure_subject() from public;
grant execute on function app.ensure_subject() to session_user;

-- What hangs on a record goes with it, by the foreign keys to "subject".
create or replace function app.forget_subjects() returns trigger language plpgsql security definer
  set search_path = pg_catalog, public, app, pg_temp as $$
begin
  delete from subject s using gone g where s.tenant_id = g.tenant_id and s.id = g.id;
  return null;
end $$;
revoke all on function app.forget_subjects() from public;
grant execute on function app.forget_subjects() to session_user;

-- Called before rows of a table are deleted for good. A note, task or activity that hangs on another record too stays there, and a reply becomes a
-- comment of its own: the foreign keys would delete both.
create or replace function app.detach(relation text, ids uuid[]) returns void language plpgsql volatile security definer
  set search_path = pg_catalog, public, app, pg_temp as $$
declare
  own constant text := case relation when 'contact' then 'contact_id' when 'company' then 'company_id' when 'deal' then 'deal_id' end;
  attached text;
begin
  if relation = 'comment' then
    update comment c set parent_id = null where c.tenant_id = app.tenant_id() and c.parent_id = any (ids) and c.id <> all (ids);
  elsif own is not null then
    foreach attached in array '{note,task,activity}'::text[] loop
      execute format('update public.%I set %2$I = null where tenant_id = app.tenant_id() and %2$I = any ($1)
        and num_nonnulls(contact_id, company_id, deal_id, record_id) > 1', attached, own) using ids;
    end loop;
  end if;
end $$;
revoke all on function app.detach(text, uuid[]) from public;
grant execute on function app.detach(text, uuid[]) to holdfast_app;

reset role;
