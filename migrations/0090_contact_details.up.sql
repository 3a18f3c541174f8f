-- Contacts: labels for addresses of every kind, further postal addresses, sites, social profiles, a birthday, and positions at several companies.
-- The lists are JSON on the contact's own row: no table beside it, and no trigger more than before, for each write of a contact.

-- [{"label": null, "value": "a@b.example"}] of {a@b.example}.
create function app.labelled_values(list text[]) returns jsonb language sql immutable parallel safe as $$
  select coalesce(jsonb_agg(jsonb_build_object('label', null, 'value', v) order by at), '[]') from unnest(list) with ordinality u (v, at)
$$;
-- The values of such a list in lower case, for an index of e-mail addresses.
create function app.label_keys(list jsonb) returns text[] language sql immutable parallel safe as $$
  select array(select lower(e ->> 'value') from jsonb_array_elements(list) e)
$$;

-- The trail accounts for the new form of values that were there before: an audit compares it with the rows.
set local role holdfast_system;
insert into audit_event (tenant_id, action, resource, record_id, before, after)
select c.tenant_id, 'update', 'contact', c.id, jsonb_object_agg(l.field, to_jsonb(l.list)), jsonb_object_agg(l.field, app.labelled_values(l.list))
from contact c cross join lateral (values ('other_emails', c.other_emails), ('other_phones', c.other_phones)) l (field, list)
where l.list <> '{}' group by c.tenant_id, c.id;
reset role;

alter table contact drop constraint contact_fits;
drop index contact_other_emails;
alter table contact
  alter column other_emails drop default, alter column other_phones drop default,
  alter column other_emails type jsonb using app.labelled_values(other_emails),
  alter column other_phones type jsonb using app.labelled_values(other_phones),
  alter column other_emails set default '[]', alter column other_phones set default '[]',
  add column email_label text, add column phone_label text, add column address_label text,
  add column other_addresses jsonb not null default '[]', add column sites jsonb not null default '[]',
  add column social_profiles jsonb not null default '[]', add column birthday text;
create index contact_other_emails on contact using gin (tenant_id, app.label_keys(other_emails)) where other_emails <> '[]' and deleted_at is null;

-- At most 20 of {label, value}, all with a value of at most so many characters. Called only for lists that are not empty.
create function app.labelled_list_fits(list jsonb, characters_max int) returns boolean language sql immutable parallel safe as $$
  select case when jsonb_typeof(list) <> 'array' or jsonb_array_length(list) > 20 then false else not exists (
    select from jsonb_array_elements(list) e
    where jsonb_typeof(e) <> 'object' or jsonb_typeof(e -> 'value') is distinct from 'string' or length(e ->> 'value') not between 1 and characters_max
      or coalesce(jsonb_typeof(e -> 'label'), 'null') not in ('string', 'null') or length(e ->> 'label') > 60 or (e - 'label' - 'value') <> '{}') end
$$;

-- At most 20 of {label, street, city, region, postal_code, country}, none of them empty.
create function app.address_list_fits(list jsonb) returns boolean language sql immutable parallel safe as $$
  select case when jsonb_typeof(list) <> 'array' or jsonb_array_length(list) > 20 then false else not exists (
    select from jsonb_array_elements(list) e
    where jsonb_typeof(e) <> 'object'
      or exists (select from jsonb_each(case when jsonb_typeof(e) = 'object' then e else '{}' end) p where jsonb_typeof(p.value) not in ('string', 'null'))
      or (e - '{label,street,city,region,postal_code,country}'::text[]) <> '{}'
      or length(e ->> 'label') > 60 or length(e ->> 'street') > 300 or length(e ->> 'city') > 200 or length(e ->> 'region') > 200
      or length(e ->> 'postal_code') > 20 or length(e ->> 'country') > 100
      or coalesce(e ->> 'street', e ->> 'city', e ->> 'region', e ->> 'postal_code', e ->> 'country') is null) end
$$;

-- YYYY-MM-DD, or --MM-DD when the year is unknown: a day that exists.
create function app.birthday_fits(birthday text) returns boolean language sql immutable parallel safe as $$
  select birthday ~ '^(\d{4}|-)-\d\d-\d\d$' and pg_input_is_valid(case when birthday like '--%' then '2000' || substr(birthday, 2) else birthday end, 'date')
$$;

drop function app.contact_fits;
create function app.contact_fits(
  external_id text, given_name text, family_name text, email text, email_label text, other_emails jsonb, phone text, phone_label text, other_phones jsonb,
  job_title text, source text, lead_status text, lifecycle_stage text, consent_email text, street text, city text, region text, postal_code text,
  country text, address_label text, other_addresses jsonb, sites jsonb, social_profiles jsonb, birthday text, time_zone text, custom jsonb
) returns boolean language plpgsql immutable as $$
declare
  misfit constant text := case
    when length(external_id) not between 1 and 200 then 'external_id'
    when length(given_name) > 200 then 'given_name'
    when length(family_name) > 200 then 'family_name'
    when length(email) > 254 then 'email'
    when length(email_label) > 60 then 'email_label'
    when other_emails <> '[]' and not app.labelled_list_fits(other_emails, 254) then 'other_emails'
    when length(phone) > 50 then 'phone'
    when length(phone_label) > 60 then 'phone_label'
    when other_phones <> '[]' and not app.labelled_list_fits(other_phones, 50) then 'other_phones'
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
    when length(address_label) > 60 then 'address_label'
    when other_addresses <> '[]' and not app.address_list_fits(other_addresses) then 'other_addresses'
    when sites <> '[]' and not app.labelled_list_fits(sites, 2000) then 'sites'
    when social_profiles <> '[]' and not app.labelled_list_fits(social_profiles, 500) then 'social_profiles'
    when birthday is not null and not app.birthday_fits(birthday) then 'birthday'
    when length(time_zone) > 60 then 'time_zone'
    when jsonb_typeof(custom) <> 'object' then 'custom'
  end;
begin
  if misfit is null then return true; end if;
  raise check_violation using message = format('The %s of a contact cannot be like this', misfit), table = 'contact', column = misfit, constraint = 'contact_fits';
end $$;
alter table contact add constraint contact_fits check (app.contact_fits(
  external_id, given_name, family_name, email, email_label, other_emails, phone, phone_label, other_phones, job_title, source, lead_status,
  lifecycle_stage, consent_email, street, city, region, postal_code, country, address_label, other_addresses, sites, social_profiles, birthday,
  time_zone, custom));

-- Further and former positions; the main one is the contact's company and job title.
create table contact_position (
  tenant_id uuid not null,
  id uuid not null default app.uuid_v7(),
  contact_id uuid not null,
  company_id uuid not null,
  role text check (length(role) <= 200),
  started_on date,
  ended_on date check (ended_on >= started_on),
  import_id uuid,
  version int not null default 1,
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now(),
  primary key (tenant_id, id),
  foreign key (tenant_id, contact_id) references contact on delete cascade,
  foreign key (tenant_id, company_id) references company on delete cascade
);
create index contact_position_contact on contact_position (tenant_id, contact_id);
create index contact_position_company on contact_position (tenant_id, company_id);
call app.protect('contact_position', 'contact', null,
  '(select app.sees_all_records()) or exists (select from contact p where p.tenant_id = contact_position.tenant_id and p.id = contact_id)');
-- Whoever may change a contact may give it positions and take them.
do $$
declare
  may constant text := format('tenant_id = (select app.tenant_id()) and exists (
    select from contact p where p.tenant_id = contact_position.tenant_id and p.id = contact_id and %s)', app.row_predicate('contact', 'update', 'owner_id'));
begin
  execute format('alter policy append on contact_position with check (%s)', may);
  execute format('alter policy change on contact_position using (%s)', may);
  execute format('alter policy remove on contact_position using (%s)', may);
end $$;
call app.audit_changes('contact_position', 'contact_position');
call app.touch_on_update('contact_position');

-- As a contact shows them: those of today first, then by their end and beginning, the newest first.
create view contact_position_item with (security_invoker = true) as
  select p.tenant_id, p.contact_id, p.id,
    -extract(epoch from coalesce(p.ended_on, '9999-12-31')) * 1e12 - extract(epoch from coalesce(p.started_on, '0001-01-01')) as position, jsonb_build_object(
    'id', p.id,
    'company_id', p.company_id,
    'company', case when c.id is not null then jsonb_build_object('id', c.id, 'name', c.name) end,
    'role', p.role,
    'started_on', p.started_on,
    'ended_on', p.ended_on) as item
  from contact_position p
  left join company c on c.tenant_id = p.tenant_id and c.id = p.company_id;
grant select on contact_position_item to holdfast_app, holdfast_system;

-- As 0031 has it, by all e-mail addresses of a contact.
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
  (select c.id from contact c where c.tenant_id = app.tenant_id() and app.label_keys(c.other_emails) && array[lower(q_email)]
    and c.other_emails <> '[]' and c.deleted_at is null and (everything or c.owner_id = any (owners)) limit candidates_max)
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
