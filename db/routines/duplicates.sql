-- Duplicates: what a new record may duplicate, and pairs of records that may be one. Trigram operators are not leakproof, so the lookups run as
-- holdfast_system and apply tenant and scope themselves (db/routines/search.sql says why).

-- A merged record that is taken back from the trash by itself is a record of its own again.
create or replace function app.forget_merge() returns trigger language plpgsql set search_path = pg_catalog, public, app, pg_temp as $$
begin
  new.merged_into_id := null;
  return new;
end $$;

-- The part of a telephone number that is the same with and without the prefixes of country and area; null when it is too short to tell.
create or replace function app.phone_key(phone text) returns text language sql immutable parallel safe as $$
  select case when length(d) >= 6 then right(d, 9) end from regexp_replace(phone, '[^0-9]', '', 'g') d
$$;

-- The name of a company without its legal form: "acme" for Acme, Acme, Inc. and ACME GmbH & Co. KG. Null when nothing is left.
create or replace function app.company_core(name text) returns text language sql immutable parallel safe as $$
  select nullif(trim(regexp_replace(' ' || regexp_replace(replace(app.fold(name), '.', ''), '[^[:alnum:]&]+', ' ', 'g') || ' ',
    '( (&|ab|ag|aps|as|asa|bv|co|company|corp|corporation|cv|eg|ek|ev|gbr|gesmbh|gmbh|inc|incorporated|kft|kg|kgaa|kk|lda|limited|llc|llp|lp|ltd|ltda|mbh|nv|'
    || 'og|ohg|oy|oyj|plc|pte|pty|pvt|sa|sal|sarl|sas|sasu|scs|se|sl|slu|snc|spa|spzoo|srl|sro|ug))+ $', ' ')), '')
$$;

-- ---------------------------------------------------------------------------------------------------------------------
-- As holdfast_system

set local role holdfast_system;

-- Companies that a new one may duplicate, by domain and name, as app.contact_candidates.
create or replace function app.company_candidates(q_domain text, q_name text) returns table (id uuid)
  language plpgsql stable security definer set enable_seqscan = off set jit = off set max_parallel_workers_per_gather = 0
  set plan_cache_mode = force_custom_plan set search_path = pg_catalog, public, app, pg_temp as $$
declare
  candidates_max constant int := 200;
  everything constant boolean := app.scope('company', 'read') = 'all';
  owners constant uuid[] := app.scope_owners('company', 'read');
  folded constant text := nullif(trim(regexp_replace(app.fold(q_name), '\s+', ' ', 'g')), '');
begin
  return query
  (select l.id from (select c.id, c.deleted_at from company c where c.tenant_id = (select app.tenant_id()) and lower(c.domain) = lower(q_domain)
    and c.domain is not null and (everything or c.owner_id = any (owners)) offset 0) l where l.deleted_at is null limit candidates_max)
  union
  (select l.id from (select c.id, c.deleted_at from company c where c.tenant_id::text = (select app.tenant_id()::text) and c.search_text %> folded
    and (everything or c.owner_id = any (owners)) offset 0) l where l.deleted_at is null limit candidates_max);
end $$;
revoke all on function app.company_candidates(text, text) from public;
grant execute on function app.company_candidates(text, text) to holdfast_app;

-- Contacts that a new one may duplicate, by all e-mail addresses, the phone number and the name; the workspace's rules are then applied to these
-- alone. The scope is applied before anything is cut off.
--
-- Each part looks up in the index that is meant, with or without statistics (docs/decisions/0110-lookups-without-statistics.md). A table that was
-- never analysed is expected to have one row in 200 that is not in the trash and one in 200 of each tenant, which makes any index of live records
-- look as good as that of the value. So the trash is tested behind the lookup, which "offset 0" keeps apart, and the tenant is a subquery, for
-- which the planner expects the average.
create or replace function app.contact_candidates(q_email text, q_phone text, q_name text, q_company uuid) returns table (id uuid)
  language plpgsql stable security definer set enable_seqscan = off set jit = off set max_parallel_workers_per_gather = 0
  set plan_cache_mode = force_custom_plan set search_path = pg_catalog, public, app, pg_temp as $$
declare
  colleagues_max constant int := 10000;
  candidates_max constant int := 50;
  similar_from constant real := 0.5;
  everything constant boolean := app.scope('contact', 'read') = 'all';
  owners constant uuid[] := app.scope_owners('contact', 'read');
  digits constant text := app.phone_key(q_phone);
  folded constant text := nullif(trim(regexp_replace(app.fold(q_name), '\s+', ' ', 'g')), '');
begin
  return query
  (select l.id from (select c.id, c.deleted_at from contact c where c.tenant_id = (select app.tenant_id()) and c.email_key = lower(q_email)
    and (everything or c.owner_id = any (owners)) offset 0) l where l.deleted_at is null limit candidates_max)
  union
  (select l.id from (select c.id, c.deleted_at from contact c where c.tenant_id = (select app.tenant_id()) and app.label_keys(c.other_emails) && array[lower(q_email)]
    and c.other_emails <> '[]' and (everything or c.owner_id = any (owners)) offset 0) l where l.deleted_at is null limit candidates_max)
  union
  (select l.id from (select c.id, c.deleted_at from contact c where c.tenant_id::text = (select app.tenant_id()::text) and c.search_text like '%' || digits
    and app.phone_key(c.phone) = digits and (everything or c.owner_id = any (owners)) offset 0) l where l.deleted_at is null limit candidates_max)
  union
  (select k.id from (select l.id, l.given_name, l.family_name from (select c.id, c.given_name, c.family_name, c.search_text, c.deleted_at from contact c
        where c.tenant_id = (select app.tenant_id()) and c.company_id = q_company and (everything or c.owner_id = any (owners)) offset 0) l
      where l.deleted_at is null and word_similarity(folded, l.search_text) >= similar_from limit colleagues_max) k
    order by similarity(app.fold(coalesce(app.person_name(k.given_name, k.family_name), '')), folded) desc limit candidates_max)
  union
  (select l.id from (select c.id, c.deleted_at from contact c where c.tenant_id = (select app.tenant_id())
    and left(c.search_text, 40) ~>=~ left(folded, 40) and left(c.search_text, 40) ~<~ (left(folded, 40) || U&'\+10FFFF')
    and app.fold(app.person_name(c.given_name, c.family_name)) = folded
    and (everything or c.owner_id = any (owners)) offset 0) l where l.deleted_at is null limit candidates_max);
end $$;
revoke all on function app.contact_candidates(text, text, text, uuid) from public;
grant execute on function app.contact_candidates(text, text, text, uuid) to holdfast_app;

-- One search of the whole workspace each day, whatever else asked for one. Called by the hourly housekeeping.
create or replace function app.schedule_duplicate_search() returns int language plpgsql volatile security definer
  set search_path = pg_catalog, public, app, pg_temp as $$
declare added int;
begin
  insert into job (tenant_id, kind, payload, dedupe_key)
  select t.id, 'duplicate.search', '{}', 'all' from tenant t
  where t.id <> '00000000-0000-0000-0000-000000000000' and t.created_at < now() - interval '1 day'
    and not exists (select from job j where j.tenant_id = t.id and j.kind = 'duplicate.search' and j.created_at > now() - interval '1 day')
  on conflict do nothing;
  get diagnostics added = row_count;
  return added;
end $$;
revoke all on function app.schedule_duplicate_search() from public;
grant execute on function app.schedule_duplicate_search() to holdfast_app;

-- Enqueues new and changed records for the duplicate check. An import is searched as a whole when it is done, and an archive brings its suspects
-- along.
create or replace function app.note_suspect_due() returns trigger language plpgsql security definer
  set search_path = pg_catalog, public, app, pg_temp as $$
begin
  if app.restores_archive() or nullif(current_setting('app.import_id', true), '') is not null then return null; end if;
  if tg_level = 'STATEMENT' then
    insert into suspect_due (tenant_id, resource, record_id) select tenant_id, tg_table_name, id from new_rows;
  else
    insert into suspect_due (tenant_id, resource, record_id) values (new.tenant_id, tg_table_name, new.id);
  end if;
  return null;
end $$;
revoke all on function app.note_suspect_due() from public;
grant execute on function app.note_suspect_due() to session_user;

-- One job for each workspace whose queue is not empty. A job that runs goes on until the queue is empty.
create or replace function app.schedule_suspect_checks() returns int language plpgsql volatile security definer
  set search_path = pg_catalog, public, app, pg_temp as $$
declare
  workspaces constant uuid[] := array(select distinct d.tenant_id from suspect_due d where not exists (
    select from job j where j.tenant_id = d.tenant_id and j.kind = 'duplicate.check' and j.state = 'running'));
  added int;
begin
  if cardinality(workspaces) = 0 then return 0; end if;
  -- There may be one every few seconds: those that are done tell nothing.
  delete from job where tenant_id = any (workspaces) and kind = 'duplicate.check' and state = 'done';
  insert into job (tenant_id, kind, payload, dedupe_key) select w, 'duplicate.check', '{}', 'all' from unnest(workspaces) w on conflict do nothing;
  get diagnostics added = row_count;
  return added;
end $$;
revoke all on function app.schedule_suspect_checks() from public;
grant execute on function app.schedule_suspect_checks() to holdfast_app;

reset role;

-- ---------------------------------------------------------------------------------------------------------------------
-- duplicate_rules

drop policy if exists read on duplicate_rules;
create policy read on duplicate_rules for select to holdfast_app using (tenant_id = (select app.tenant_id()));
drop policy if exists append on duplicate_rules;
create policy append on duplicate_rules for insert to holdfast_app with check (tenant_id = (select app.tenant_id()));
drop policy if exists change on duplicate_rules;
create policy change on duplicate_rules for update to holdfast_app
  using (tenant_id = (select app.tenant_id()))
  with check (tenant_id = (select app.tenant_id()));
drop policy if exists remove on duplicate_rules;
create policy remove on duplicate_rules for delete to holdfast_app using (tenant_id = (select app.tenant_id()));
drop policy if exists system on duplicate_rules;
create policy system on duplicate_rules to holdfast_system using (true) with check (true);
create or replace trigger audit_insert after insert on duplicate_rules referencing new table as new_rows
  for each statement execute function app.record_change('duplicate_rules', '{tenant_id,version,updated_at}', '{}', '{}');
create or replace trigger audit_update after update on duplicate_rules referencing old table as old_rows new table as new_rows
  for each statement execute function app.record_change('duplicate_rules', '{tenant_id,version,updated_at}', '{}', '{}');
create or replace trigger audit_delete after delete on duplicate_rules referencing old table as old_rows
  for each statement execute function app.record_change('duplicate_rules', '{tenant_id,version,updated_at}', '{}', '{}');
create or replace trigger touch before update on duplicate_rules for each row execute function app.touch();

-- ---------------------------------------------------------------------------------------------------------------------
-- duplicate_suspect

drop policy if exists read on duplicate_suspect;
create policy read on duplicate_suspect for select to holdfast_app using (tenant_id = (select app.tenant_id()));
drop policy if exists append on duplicate_suspect;
create policy append on duplicate_suspect for insert to holdfast_app with check (tenant_id = (select app.tenant_id()));
drop policy if exists change on duplicate_suspect;
create policy change on duplicate_suspect for update to holdfast_app
  using (tenant_id = (select app.tenant_id()))
  with check (tenant_id = (select app.tenant_id()));
drop policy if exists remove on duplicate_suspect;
create policy remove on duplicate_suspect for delete to holdfast_app using (tenant_id = (select app.tenant_id()));
drop policy if exists system on duplicate_suspect;
create policy system on duplicate_suspect to holdfast_system using (true) with check (true);

-- ---------------------------------------------------------------------------------------------------------------------
-- suspect_due

drop policy if exists read on suspect_due;
create policy read on suspect_due for select to holdfast_app using (tenant_id = (select app.tenant_id()));
drop policy if exists append on suspect_due;
create policy append on suspect_due for insert to holdfast_app with check (tenant_id = (select app.tenant_id()));
drop policy if exists change on suspect_due;
create policy change on suspect_due for update to holdfast_app
  using (tenant_id = (select app.tenant_id()))
  with check (tenant_id = (select app.tenant_id()));
drop policy if exists remove on suspect_due;
create policy remove on suspect_due for delete to holdfast_app using (tenant_id = (select app.tenant_id()));
drop policy if exists system on suspect_due;
create policy system on suspect_due to holdfast_system using (true) with check (true);

-- ---------------------------------------------------------------------------------------------------------------------
-- Triggers on the tables of others

create or replace trigger forget_merge before update of deleted_at on contact
  for each row when (new.deleted_at is null and new.merged_into_id is not null) execute function app.forget_merge();
create or replace trigger forget_merge before update of deleted_at on company
  for each row when (new.deleted_at is null and new.merged_into_id is not null) execute function app.forget_merge();
create or replace trigger note_suspect_due after insert on contact referencing new table as new_rows
  for each statement execute function app.note_suspect_due();
create or replace trigger note_suspect_due after insert on company referencing new table as new_rows
  for each statement execute function app.note_suspect_due();
-- Not when only the company changed: merging two companies changes that of thousands of contacts, and the daily search sees it.
create or replace trigger note_suspect_due_again after update on contact
  for each row when (new.deleted_at is null
    and (
      new.given_name is distinct from old.given_name or new.family_name is distinct from old.family_name
      or new.email is distinct from old.email or new.phone is distinct from old.phone or new.deleted_at is distinct from old.deleted_at))
  execute function app.note_suspect_due();
create or replace trigger note_suspect_due_again after update on company
  for each row when (new.deleted_at is null
    and (
      new.name is distinct from old.name or new.domain is distinct from old.domain or new.phone is distinct from old.phone
      or new.city is distinct from old.city or new.deleted_at is distinct from old.deleted_at))
  execute function app.note_suspect_due();
