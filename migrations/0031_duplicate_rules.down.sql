drop function app.contact_candidates(text, text, text, uuid);
drop function app.company_candidates(text, text);

-- Reasons: same_email, same_phone, same_name, similar_name (both at the company that is named, or anywhere when none is and the name is the same).
create function app.contact_matches(q_email text, q_phone text, q_name text, q_company uuid, rows_max int)
returns table (id uuid, name text, detail text, reasons text[]) language plpgsql stable security definer
  set search_path = pg_catalog, public, app
  set enable_seqscan = off set jit = off set max_parallel_workers_per_gather = 0 set plan_cache_mode = force_custom_plan as $$
declare
  colleagues_max constant int := 10000;
  candidates_max constant int := 50;
  similar_from constant real := 0.5;
  scope constant text := app.scope('contact', 'read');
  owners constant uuid[] := app.scope_owners('contact', 'read');
  digits constant text := app.phone_key(q_phone);
  folded constant text := nullif(trim(regexp_replace(app.fold(q_name), '\s+', ' ', 'g')), '');
begin
  return query
  with hits as (
    (select c.id, 'same_email' as reason, 1 as rank from contact c where c.tenant_id = app.tenant_id() and c.email_key = lower(q_email)
      and c.deleted_at is null limit candidates_max)
    union all
    (select c.id, 'same_email', 1 from contact c where c.tenant_id = app.tenant_id() and c.other_emails && array[q_email, lower(q_email)]
      and c.other_emails <> '{}' and c.deleted_at is null limit candidates_max)
    union all
    (select c.id, 'same_phone', 2 from contact c where c.tenant_id = app.tenant_id() and c.search_text like '%' || digits
      and app.phone_key(c.phone) = digits and c.deleted_at is null limit candidates_max)
    union all
    (select s.id, case when s.score = 1 then 'same_name' else 'similar_name' end, 3 from (
        select k.id, similarity(app.fold(coalesce(app.person_name(k.given_name, k.family_name), '')), folded) as score
        from (select c.id, c.given_name, c.family_name from contact c where c.tenant_id = app.tenant_id() and c.company_id = q_company
          and c.deleted_at is null and word_similarity(folded, c.search_text) >= similar_from limit colleagues_max) k) s
      where s.score >= similar_from order by s.score desc limit candidates_max)
    union all
    (select c.id, 'same_name', 4 from contact c where q_company is null and c.tenant_id = app.tenant_id()
      and left(c.search_text, 40) ~>=~ left(folded, 40) and left(c.search_text, 40) ~<~ (left(folded, 40) || U&'\+10FFFF')
      and app.fold(app.person_name(c.given_name, c.family_name)) = folded and c.deleted_at is null limit candidates_max)
  )
  select c.id, c.name::text, coalesce(c.email, c.phone), array_agg(distinct h.reason order by h.reason)
  from hits h join contact c on c.tenant_id = app.tenant_id() and c.id = h.id
  where scope = 'all' or c.owner_id = any (owners)
  group by c.tenant_id, c.id order by min(h.rank), count(distinct h.reason) desc, c.name, c.id limit rows_max;
end $$;

-- Reasons: same_domain, same_name, similar_name.
create function app.company_matches(q_domain text, q_name text, rows_max int)
returns table (id uuid, name text, detail text, reasons text[]) language plpgsql stable security definer
  set search_path = pg_catalog, public, app
  set enable_seqscan = off set jit = off set max_parallel_workers_per_gather = 0 set plan_cache_mode = force_custom_plan as $$
declare
  candidates_max constant int := 200;
  similar_from constant real := 0.5;
  scope constant text := app.scope('company', 'read');
  owners constant uuid[] := app.scope_owners('company', 'read');
  folded constant text := nullif(trim(regexp_replace(app.fold(q_name), '\s+', ' ', 'g')), '');
begin
  return query
  with hits as (
    (select c.id, 'same_domain' as reason, 2::real as score from company c where c.tenant_id = app.tenant_id() and lower(c.domain) = lower(q_domain)
      and c.domain is not null and c.deleted_at is null limit candidates_max)
    union all
    (select s.id, case when s.score = 1 then 'same_name' else 'similar_name' end, s.score from (
        select k.id, similarity(app.fold(k.name), folded) as score
        from (select c.id, c.name from company c where c.tenant_id = app.tenant_id() and c.search_text %> folded
          and c.deleted_at is null limit candidates_max) k) s
      where s.score >= similar_from)
  )
  select c.id, c.name::text, coalesce(c.domain, c.city), array_agg(distinct h.reason order by h.reason)
  from hits h join company c on c.tenant_id = app.tenant_id() and c.id = h.id
  where scope = 'all' or c.owner_id = any (owners)
  group by c.tenant_id, c.id order by sum(h.score) desc, c.name, c.id limit rows_max;
end $$;
call app.run_as_system(array['app.contact_matches(text,text,text,uuid,int)', 'app.company_matches(text,text,int)']::regprocedure[]);

drop table duplicate_rules;
