-- Companies, contacts and tags.

-- A company must not be its own ancestor. Changes of parents in a workspace wait for each other: two at the same time, each allowed by
-- itself, could make a circle together. Nothing can stand under a new company yet, so inserting one waits for nobody.
create or replace function app.refuse_company_cycle() returns trigger language plpgsql
  set search_path = pg_catalog, public, app, pg_temp as $$
begin
  if tg_op = 'UPDATE' then
    perform pg_advisory_xact_lock(hashtextextended('company parents ' || new.tenant_id, 0));
  end if;
  if exists (
    with recursive ancestors as (
      select c.id, c.parent_id, 1 as depth from public.company c where c.tenant_id = new.tenant_id and c.id = new.parent_id
      union all
      select c.id, c.parent_id, a.depth + 1 from ancestors a join public.company c on c.tenant_id = new.tenant_id and c.id = a.parent_id
      where a.depth < 50
    )
    select from ancestors where id = new.id or depth = 50
  ) then
    raise exception using errcode = '23514', table = 'company', constraint = 'company_parent_id_check',
      column = 'parent_id', message = 'A company cannot be its own parent, directly or through others';
  end if;
  return new;
end $$;

-- The positions of a contact, as the caller may read them. PL/pgSQL keeps the plan for the session.
create or replace function app.contact_positions(tenant uuid, contact uuid) returns jsonb language plpgsql stable parallel safe as $$
begin
  return (select coalesce(jsonb_agg(n.item order by n.position, n.id), '[]') from contact_position_item n
    where n.tenant_id = tenant and n.contact_id = contact);
end $$;

-- ---------------------------------------------------------------------------------------------------------------------
-- As holdfast_system

set local role holdfast_system;

-- Contacts of the caller's workspace that have one of these addresses among their further ones; keys in lower case. Answers only ids, which
-- the list that asks compares with the contacts that its reader may read.
create or replace function app.contacts_with_further_email(keys text[]) returns setof uuid language plpgsql stable security definer rows 1
  set enable_seqscan = off set jit = off set max_parallel_workers_per_gather = 0 set search_path = pg_catalog, public, app, pg_temp as $$
begin
  return query select c.id from contact c
    where c.tenant_id = (select app.tenant_id()) and app.label_keys(c.other_emails) && keys and c.other_emails <> '[]';
end $$;
revoke all on function app.contacts_with_further_email(text[]) from public;
grant execute on function app.contacts_with_further_email(text[]) to holdfast_app;

-- The same of telephone numbers that are sealed, by their blind indexes: of the main number, and of the further ones.
create or replace function app.contacts_with_sealed_phone(indexes text[]) returns setof uuid language plpgsql stable security definer rows 1
  set enable_seqscan = off set jit = off set max_parallel_workers_per_gather = 0 set search_path = pg_catalog, public, app, pg_temp as $$
begin
  return query select c.id from contact c
    where c.tenant_id = (select app.tenant_id()) and app.phone_key(c.phone) = any (indexes) and starts_with(c.phone, e'\x01sealed:');
end $$;
revoke all on function app.contacts_with_sealed_phone(text[]) from public;
grant execute on function app.contacts_with_sealed_phone(text[]) to holdfast_app;

create or replace function app.contacts_with_further_sealed_phone(indexes text[]) returns setof uuid
  language plpgsql stable security definer rows 1 set enable_seqscan = off set jit = off set max_parallel_workers_per_gather = 0
  set search_path = pg_catalog, public, app, pg_temp as $$
begin
  return query select c.id from contact c where c.tenant_id = (select app.tenant_id())
    and app.sealed_indexes(c.other_phones #>> '{}') && indexes and jsonb_typeof(c.other_phones) = 'string';
end $$;
revoke all on function app.contacts_with_further_sealed_phone(text[]) from public;
grant execute on function app.contacts_with_further_sealed_phone(text[]) to holdfast_app;

-- Few contacts have positions besides their own company, yet every answer with a contact set up the query for them, an eighth of the cost
-- of an update. So contacts say whether they ever had one.
create or replace function app.mark_positions() returns trigger language plpgsql security definer
  set search_path = pg_catalog, public, app, pg_temp as $$
begin
  update contact c set had_positions = true from (select distinct tenant_id, contact_id from new_rows) n
    where c.tenant_id = n.tenant_id and c.id = n.contact_id and not c.had_positions;
  return null;
end $$;
revoke all on function app.mark_positions() from public;
grant execute on function app.mark_positions() to session_user;

reset role;

-- The positions of a contact as it shows them: current ones first, then by end and beginning, newest first.
create or replace view contact_position_item with (security_invoker = true) as
  select p.tenant_id, p.contact_id, p.id,
    -extract(epoch from coalesce(p.ended_on, '9999-12-31')) * 1e12 - extract(epoch from coalesce(p.started_on, '0001-01-01')) as position,
      jsonb_build_object(
    'id', p.id,
    'company_id', p.company_id,
    'company', case when c.id is not null then jsonb_build_object('id', c.id, 'name', c.name) end,
    'role', p.role,
    'started_on', p.started_on,
    'ended_on', p.ended_on) as item
  from contact_position p
  left join company c on c.tenant_id = p.tenant_id and c.id = p.company_id;
grant select on contact_position_item to holdfast_app, holdfast_system;

-- ---------------------------------------------------------------------------------------------------------------------
-- company

drop trigger if exists refuse_cycle on company;
create constraint trigger refuse_cycle after insert or update of parent_id on company deferrable initially immediate
  for each row when (new.parent_id is not null) execute function app.refuse_company_cycle();

-- ---------------------------------------------------------------------------------------------------------------------
-- contact

create or replace trigger touch before update on contact
  for each row when (new.had_positions = old.had_positions) execute function app.touch();
create or replace trigger audit_insert after insert on contact referencing new table as new_rows
  for each statement
  execute function app.record_change('contact', '{name,email_key,search_text,had_positions,tenant_id,version,updated_at}', '{}', '{}');
create or replace trigger audit_update after update on contact referencing old table as old_rows new table as new_rows
  for each statement
  execute function app.record_change('contact', '{name,email_key,search_text,had_positions,tenant_id,version,updated_at}', '{}', '{}');
create or replace trigger audit_delete after delete on contact referencing old table as old_rows
  for each statement
  execute function app.record_change('contact', '{name,email_key,search_text,had_positions,tenant_id,version,updated_at}', '{}', '{}');

-- ---------------------------------------------------------------------------------------------------------------------
-- contact_position

create or replace trigger audit_insert after insert on contact_position referencing new table as new_rows
  for each statement execute function app.record_change('contact_position', '{tenant_id,version,updated_at}', '{}', '{}');
create or replace trigger audit_update after update on contact_position referencing old table as old_rows new table as new_rows
  for each statement execute function app.record_change('contact_position', '{tenant_id,version,updated_at}', '{}', '{}');
create or replace trigger audit_delete after delete on contact_position referencing old table as old_rows
  for each statement execute function app.record_change('contact_position', '{tenant_id,version,updated_at}', '{}', '{}');
create or replace trigger touch before update on contact_position for each row execute function app.touch();
create or replace trigger mark_insert after insert on contact_position referencing new table as new_rows
  for each statement execute function app.mark_positions();
create or replace trigger mark_update after update on contact_position referencing new table as new_rows
  for each statement execute function app.mark_positions();
