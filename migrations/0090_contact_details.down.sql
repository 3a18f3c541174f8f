drop view contact_position_item;
drop table contact_position;
alter table contact drop constraint contact_fits;
drop function app.contact_fits;
drop index contact_other_emails;
create function pg_temp.plain_values(list jsonb) returns text[] language sql as $$
  select array(select e ->> 'value' from jsonb_array_elements(list) e)
$$;
alter table contact
  alter column other_emails drop default, alter column other_phones drop default,
  alter column other_emails type text[] using pg_temp.plain_values(other_emails),
  alter column other_phones type text[] using pg_temp.plain_values(other_phones),
  alter column other_emails set default '{}', alter column other_phones set default '{}',
  drop column email_label, drop column phone_label, drop column address_label, drop column other_addresses, drop column sites,
  drop column social_profiles, drop column birthday;
drop function pg_temp.plain_values(jsonb);
create index contact_other_emails on contact using gin (tenant_id, other_emails) where other_emails <> '{}' and deleted_at is null;
drop function app.birthday_fits, app.address_list_fits, app.labelled_list_fits, app.label_keys, app.labelled_values;
create function app.contact_fits(
  external_id text, given_name text, family_name text, email text, other_emails text[], phone text, other_phones text[], job_title text,
  source text, lead_status text, lifecycle_stage text, consent_email text, street text, city text, region text, postal_code text,
  country text, time_zone text, custom jsonb
) returns boolean language plpgsql immutable as $$
declare
  misfit constant text := case
    when length(external_id) not between 1 and 200 then 'external_id'
    when length(given_name) > 200 then 'given_name'
    when length(family_name) > 200 then 'family_name'
    when length(email) > 254 then 'email'
    when cardinality(other_emails) > 20 then 'other_emails'
    when length(phone) > 50 then 'phone'
    when cardinality(other_phones) > 20 then 'other_phones'
    when length(job_title) > 200 then 'job_title'
    when length(source) > 100 then 'source'
    when lead_status not in ('new', 'working', 'qualified', 'unqualified') then 'lead_status'
    when lifecycle_stage not in ('subscriber', 'lead', 'customer', 'former') then 'lifecycle_stage'
    when consent_email not in ('unknown', 'granted', 'denied') then 'consent_email'
    when length(street) > 300 then 'street'
    when length(city) > 200 then 'city'
    when length(region) > 200 then 'region'
    when length(postal_code) > 20 then 'postal_code'
    when length(country) > 100 then 'country'
    when length(time_zone) > 60 then 'time_zone'
    when jsonb_typeof(custom) <> 'object' then 'custom'
  end;
begin
  if misfit is null then return true; end if;
  raise check_violation using message = format('The %s of a contact cannot be like this', misfit), table = 'contact', column = misfit, constraint = 'contact_fits';
end $$;
alter table contact
  add constraint contact_fits check (app.contact_fits(
    external_id, given_name, family_name, email, other_emails, phone, other_phones, job_title, source, lead_status, lifecycle_stage,
    consent_email, street, city, region, postal_code, country, time_zone, custom));
drop function app.contact_candidates;
create function app.contact_candidates(q_email text, q_phone text, q_name text, q_company uuid)
returns table (id uuid) language plpgsql stable security definer
  set search_path = pg_catalog, public, app, pg_temp
  set enable_seqscan = off set jit = off set max_parallel_workers_per_gather = 0 set plan_cache_mode = force_custom_plan as $$
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
  (select c.id from contact c where c.tenant_id = app.tenant_id() and c.email_key = lower(q_email)
    and c.deleted_at is null and (everything or c.owner_id = any (owners)) limit candidates_max)
  union
  (select c.id from contact c where c.tenant_id = app.tenant_id() and c.other_emails && array[q_email, lower(q_email)]
    and c.other_emails <> '{}' and c.deleted_at is null and (everything or c.owner_id = any (owners)) limit candidates_max)
  union
  (select c.id from contact c where c.tenant_id = app.tenant_id() and c.search_text like '%' || digits
    and app.phone_key(c.phone) = digits and c.deleted_at is null and (everything or c.owner_id = any (owners)) limit candidates_max)
  union
  (select k.id from (select c.id, c.given_name, c.family_name from contact c where c.tenant_id = app.tenant_id() and c.company_id = q_company
      and c.deleted_at is null and (everything or c.owner_id = any (owners)) and word_similarity(folded, c.search_text) >= similar_from
      limit colleagues_max) k
    order by similarity(app.fold(coalesce(app.person_name(k.given_name, k.family_name), '')), folded) desc limit candidates_max)
  union
  (select c.id from contact c where c.tenant_id = app.tenant_id()
    and left(c.search_text, 40) ~>=~ left(folded, 40) and left(c.search_text, 40) ~<~ (left(folded, 40) || U&'\+10FFFF')
    and app.fold(app.person_name(c.given_name, c.family_name)) = folded and c.deleted_at is null
    and (everything or c.owner_id = any (owners)) limit candidates_max);
end $$;
call app.run_as_system(array['app.contact_candidates(text,text,text,uuid)']::regprocedure[]);
