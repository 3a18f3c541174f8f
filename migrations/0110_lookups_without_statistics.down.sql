drop index contact_other_emails, company_folded_domain;
create index contact_other_emails on contact using gin (tenant_id, app.label_keys(other_emails)) where other_emails <> '[]' and deleted_at is null;
create index company_folded_domain on company (tenant_id, lower(domain)) where domain is not null and deleted_at is null;

set local role holdfast_system;
create or replace function app.contact_candidates(q_email text, q_phone text, q_name text, q_company uuid)
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

create or replace function app.company_candidates(q_domain text, q_name text)
returns table (id uuid) language plpgsql stable security definer
  set search_path = pg_catalog, public, app, pg_temp
  set enable_seqscan = off set jit = off set max_parallel_workers_per_gather = 0 set plan_cache_mode = force_custom_plan as $$
declare
  candidates_max constant int := 200;
  everything constant boolean := app.scope('company', 'read') = 'all';
  owners constant uuid[] := app.scope_owners('company', 'read');
  folded constant text := nullif(trim(regexp_replace(app.fold(q_name), '\s+', ' ', 'g')), '');
begin
  return query
  (select c.id from company c where c.tenant_id = app.tenant_id() and lower(c.domain) = lower(q_domain)
    and c.domain is not null and c.deleted_at is null and (everything or c.owner_id = any (owners)) limit candidates_max)
  union
  (select c.id from company c where c.tenant_id = app.tenant_id() and c.search_text %> folded
    and c.deleted_at is null and (everything or c.owner_id = any (owners)) limit candidates_max);
end $$;
reset role;
