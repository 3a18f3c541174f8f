-- Duplicates: what a new record may duplicate, and pairs of records that may be one. Trigram operators are not leakproof, so the lookups
-- run as holdfast_system and apply tenant and scope themselves (db/routines/search.sql says why).

-- A merged record that is taken back from the trash by itself is a record of its own again.
create or replace function app.forget_merge() returns trigger language plpgsql set search_path = pg_catalog, public, app, pg_temp as $$
begin
  new.merged_into_id := null;
  return new;
end $$;

-- The name of a company without its legal form: "acme" for Acme, Acme, Inc. and ACME GmbH & Co. KG. Null when nothing is left.
create or replace function app.company_core(name text) returns text language sql immutable parallel safe as $$
  select nullif(trim(regexp_replace(' ' || regexp_replace(replace(app.compared_text(name), '.', ''), '[^[:alnum:]&]+', ' ', 'g') || ' ',
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
  reached constant uuid[] := app.reached_ids('company');
begin
  return query
  (select l.id from (select c.id, c.deleted_at from company c where c.tenant_id = (select app.tenant_id())
    and lower(c.domain) = lower(q_domain)
    and c.domain is not null and (everything or c.owner_id = any (owners) or c.id = any (reached)) offset 0) l where l.deleted_at is null
      limit candidates_max)
  union
  (select l.id from unnest(app.spellings(nullif(trim(q_name), ''))) as s (folded) cross join lateral (select c.id, c.deleted_at
    from company c
    where c.tenant_id::text = (select app.tenant_id()::text) and c.search_text %> s.folded
    and (everything or c.owner_id = any (owners) or c.id = any (reached)) offset 0) l where l.deleted_at is null limit candidates_max);
end $$;
revoke all on function app.company_candidates(text, text) from public;
grant execute on function app.company_candidates(text, text) to holdfast_app;

-- Contacts that a new one may duplicate, by all e-mail addresses, the phone number and the name; the workspace's rules are then applied to
-- these alone. The scope is applied before anything is cut off. "phone_keys": what a sealed number is found by (app.phone_key).
--
-- Each part looks up in the index that is meant, with or without statistics (docs/decisions/0110-lookups-without-statistics.md). A table
-- that was never analysed is expected to have one row in 200 that is not in the trash and one in 200 of each tenant, which makes any index
-- of live records look as good as that of the value. So the trash is tested behind the lookup, which "offset 0" keeps apart, and the tenant
-- is a subquery, for which the planner expects the average.
create or replace function app.contact_candidates(q_email text, q_phone text, q_name text, q_company uuid, phone_keys text[] default '{}')
  returns table (id uuid)
  language plpgsql stable security definer set enable_seqscan = off set jit = off set max_parallel_workers_per_gather = 0
  set plan_cache_mode = force_custom_plan set search_path = pg_catalog, public, app, pg_temp as $$
declare
  colleagues_max constant int := 10000;
  candidates_max constant int := 50;
  similar_from constant real := 0.5;
  everything constant boolean := app.scope('contact', 'read') = 'all';
  owners constant uuid[] := app.scope_owners('contact', 'read');
  reached constant uuid[] := app.reached_ids('contact');
  digits constant text := app.phone_key(q_phone);
  compared constant text := app.compared_text(nullif(trim(q_name), ''));
begin
  return query
  (select l.id from (select c.id, c.deleted_at from contact c where c.tenant_id = (select app.tenant_id()) and c.email_key = lower(q_email)
    and (everything or c.owner_id = any (owners) or c.id = any (reached)) offset 0) l where l.deleted_at is null limit candidates_max)
  union
  (select l.id from (select c.id, c.deleted_at from contact c where c.tenant_id = (select app.tenant_id())
    and app.label_keys(c.other_emails) && array[lower(q_email)]
    and c.other_emails <> '[]' and (everything or c.owner_id = any (owners) or c.id = any (reached)) offset 0) l where l.deleted_at is null
      limit candidates_max)
  union
  (select l.id from (select c.id, c.deleted_at from contact c where c.tenant_id::text = (select app.tenant_id()::text)
    and c.search_text like '%' || digits
    and app.phone_key(c.phone) = digits and (everything or c.owner_id = any (owners) or c.id = any (reached)) offset 0) l
      where l.deleted_at is null limit candidates_max)
  union
  (select l.id from (select c.id, c.deleted_at from contact c where c.tenant_id = (select app.tenant_id())
    and app.phone_key(c.phone) = any (phone_keys) and starts_with(c.phone, e'\x01sealed:')
    and (everything or c.owner_id = any (owners) or c.id = any (reached)) offset 0) l where l.deleted_at is null limit candidates_max)
  union
  (select k.id from (select l.id, l.given_name, l.family_name from (select c.id, c.given_name, c.family_name, c.search_text, c.deleted_at
    from contact c
        where c.tenant_id = (select app.tenant_id()) and c.company_id = q_company and (everything or c.owner_id = any (owners)
          or c.id = any (reached)) offset 0) l
      where l.deleted_at is null and word_similarity(compared, replace(l.search_text, 'ß', 'ss')) >= similar_from limit colleagues_max) k
    order by similarity(app.compared_text(coalesce(app.person_name(k.given_name, k.family_name), '')), compared) desc limit candidates_max)
  union
  (select l.id from unnest(app.spellings(compared)) as s (folded) cross join lateral (
    select c.id, c.deleted_at from contact c where c.tenant_id = (select app.tenant_id())
    and left(c.search_text, 40) ~>=~ left(s.folded, 40) and left(c.search_text, 40) ~<~ (left(s.folded, 40) || U&'\+10FFFF')
    and app.compared_text(app.person_name(c.given_name, c.family_name)) = compared
    and (everything or c.owner_id = any (owners) or c.id = any (reached)) offset 0) l where l.deleted_at is null limit candidates_max);
end $$;
revoke all on function app.contact_candidates(text, text, text, uuid, text[]) from public;
grant execute on function app.contact_candidates(text, text, text, uuid, text[]) to holdfast_app;

-- Gives the record that stays after a merge the custom values that it lacks and others have, except for the fields that the caller may
-- choose values of: nobody chose those of hidden, fixed and retired fields, and they would be deleted with the others. As the system,
-- because the caller may not see which of these fields are unique: a unique value is taken from the record that had it.
create or replace function app.inherit_custom(target text, survivor uuid, others uuid[], chosen text[]) returns void
  language plpgsql volatile security definer set search_path = pg_catalog, public, app, pg_temp as $$
declare given jsonb;
begin
  execute format('select jsonb_object_agg(v.key, v.value) from (
      select distinct on (e.key) e.key, e.value from public.%1$I s
      cross join unnest($3) with ordinality o (id, place) join public.%1$I r on r.tenant_id = s.tenant_id and r.id = o.id
      cross join lateral jsonb_each(r.custom) e
      where s.tenant_id = $1 and s.id = $2 and e.key <> all ($4) and not jsonb_exists(s.custom, e.key) order by e.key, o.place) v', target)
    using app.tenant_id(), survivor, others, chosen into given;
  if given is null then return; end if;
  execute format('update public.%I r set custom = r.custom - u.keys from (select array_agg(f.key) as keys from custom_field f
      where f.tenant_id = $1 and f.resource = $2 and f.is_unique and jsonb_exists($4, f.key)) u
    where r.tenant_id = $1 and r.id = any ($3) and jsonb_exists_any(r.custom, u.keys)', target)
      using app.tenant_id(), target, others, given;
  execute format('update public.%I set custom = $3 || custom where tenant_id = $1 and id = $2', target)
    using app.tenant_id(), survivor, given;
end $$;
revoke all on function app.inherit_custom(text, uuid, uuid[], text[]) from public;
grant execute on function app.inherit_custom(text, uuid, uuid[], text[]) to holdfast_app;

reset role;

-- ---------------------------------------------------------------------------------------------------------------------
-- duplicate_rules

create or replace trigger audit_insert after insert on duplicate_rules referencing new table as new_rows
  for each statement execute function app.record_change('duplicate_rules', '{tenant_id,version,updated_at}', '{}', '{}');
create or replace trigger audit_update after update on duplicate_rules referencing old table as old_rows new table as new_rows
  for each statement execute function app.record_change('duplicate_rules', '{tenant_id,version,updated_at}', '{}', '{}');
create or replace trigger audit_delete after delete on duplicate_rules referencing old table as old_rows
  for each statement execute function app.record_change('duplicate_rules', '{tenant_id,version,updated_at}', '{}', '{}');
create or replace trigger touch before update on duplicate_rules for each row execute function app.touch();
