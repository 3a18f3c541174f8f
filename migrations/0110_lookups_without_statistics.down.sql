drop index contact_folded, company_folded, deal_folded, contact_search, company_search, deal_search, contact_other_emails, company_folded_domain;
create index contact_folded on contact (tenant_id, left(search_text, 40) text_pattern_ops, owner_id) where deleted_at is null;
create index company_folded on company (tenant_id, left(search_text, 40) text_pattern_ops, owner_id) where deleted_at is null;
create index deal_folded on deal (tenant_id, left(search_text, 40) text_pattern_ops, owner_id) where deleted_at is null;
create index contact_search on contact using gin (tenant_id, owner_id, search_text gin_trgm_ops) where deleted_at is null;
create index company_search on company using gin (tenant_id, owner_id, search_text gin_trgm_ops) where deleted_at is null;
create index deal_search on deal using gin (tenant_id, owner_id, search_text gin_trgm_ops) where deleted_at is null;
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

create or replace function app.search_inside(target text, q_patterns text[], looked_up int, scope text, owners uuid[], rows_max int) returns uuid[]
language plpgsql stable set search_path = pg_catalog, public, app, pg_temp
set enable_seqscan = off set enable_indexscan = off set jit = off set max_parallel_workers_per_gather = 0 as $$
declare found uuid[];
begin
  execute format('select array(select id from %I where tenant_id = app.tenant_id() and deleted_at is null and search_text like $1 %s
    and search_text like all ($3) %s limit $5)', target,
    case when looked_up > 1 then 'and search_text like $2' else '' end,
    case when scope <> 'all' then 'and owner_id = any ($4)' else '' end)
  using q_patterns[1], q_patterns[2], q_patterns, owners, rows_max into found;
  return found;
end $$;

create or replace function app.search_misspelt(target text, words text[], scope text, owners uuid[], rows_max int) returns uuid[]
language plpgsql stable set search_path = pg_catalog, public, app, pg_temp set pg_trgm.word_similarity_threshold = 0.4
set enable_seqscan = off set enable_indexscan = off set jit = off set max_parallel_workers_per_gather = 0 as $$
declare
  found uuid[];
  candidates_max constant int := 200;
begin
  execute format('select array(select id from (
      select c.id, (select min(nearest) from unnest($2) as q (wanted), lateral (select max(similarity(t.word, q.wanted)) as nearest
          from string_to_table(c.search_text, '' '') as t (word) where strpos(t.word, q.wanted) > 0 or app.is_misspelt(t.word, q.wanted)) as n
        having count(nearest) = cardinality($2)) as likeness
      from (select id, search_text from %I where tenant_id = app.tenant_id() and deleted_at is null and search_text %%> $1 %s limit %s) c) found
    where likeness is not null order by likeness desc, id limit $4)', target,
    case when scope <> 'all' then 'and owner_id = any ($3)' else '' end, candidates_max)
  using words[1], words, owners, rows_max into found;
  return found;
end $$;

create or replace function app.search_table(target text, detail_sql text, exact_sql text, q text, rows_max int)
returns table (id uuid, name text, detail text, tier int) language plpgsql stable set search_path = pg_catalog, public, app, pg_temp
set jit = off set max_parallel_workers_per_gather = 0 as $$
declare
  probed_max constant int := case when app.scope(target, 'read') = 'all' then 2000 else 5000 end;
  candidates_max constant int := 200;
  misspelt_letters_min constant int := 4;
  scope constant text := app.scope(target, 'read');
  owners constant uuid[] := app.scope_owners(target, 'read');
  reached constant text := 'tenant_id = app.tenant_id() and deleted_at is null' || case when scope <> 'all' then ' and owner_id = any ($1)' else '' end;
  terms constant record := app.search_terms(q);
  exactly uuid[]; begins uuid[] := '{}'; inside uuid[] := '{}'; misspelt uuid[] := '{}'; probed int;
  words text[];
begin
  if scope = 'none' or terms.folded = '' then return; end if;
  execute format('select array(select id from %I where %s and (%s) limit $3)', target, reached, exact_sql) using owners, q, rows_max into exactly;
  if cardinality(exactly) < rows_max then
    execute format('select array(select id from %I where %s and left(search_text, 40) ~>=~ left($2, 40) and left(search_text, 40) ~<~ (left($2, 40) || %L)
      and starts_with(search_text, $2) order by left(search_text, 40) using ~<~ limit $3)', target, reached, U&'\+10FFFF')
    using owners, terms.folded, rows_max into begins;
  end if;
  if terms.looked_up > 0 and cardinality(exactly) + cardinality(begins) < rows_max then
    -- First some records as they come, the newest or the caller's own. A common word fills the list from them, and a caller with few records
    -- needs no more; so the index is asked only for words that are rare, or its lists would be long to read.
    execute format('select coalesce(array_agg(id) filter (where search_text like all ($2)), ''{}''), count(*)
      from (select id, search_text from %I where %s %s limit $3) probed', target, reached, case when scope = 'all' then 'order by id desc' else '' end)
    using owners, terms.patterns, probed_max into inside, probed;
    inside := inside[:candidates_max];
    if probed = probed_max and cardinality(inside) < rows_max then
      inside := app.search_inside(target, terms.patterns, terms.looked_up, scope, owners, candidates_max);
    end if;
  end if;
  if cardinality(exactly) + cardinality(begins) + cardinality(inside) = 0 then
    words := array(select w from string_to_table(terms.folded, ' ') w order by length(w) desc);
    if words[1] ~ '^[[:alpha:]]+$' and length(words[1]) >= misspelt_letters_min then
      misspelt := app.search_misspelt(target, words, scope, owners, rows_max);
    end if;
  end if;
  return query execute format('
    select r.id, r.name::text, %s, case when r.id = any ($1) then 1 when r.id = any ($2) then 2 when r.id = any ($6) then 5 when r.search_text like $4 then 3 else 4 end as tier
    from %I r where r.tenant_id = app.tenant_id() and r.id = any ($1 || $2 || $3 || $6)
    order by tier, array_position($6, r.id), r.name, r.id limit $5', detail_sql, target)
  using exactly, begins, inside, '% ' || substr(terms.patterns[1], case when terms.patterns[1] like '\% %' then 3 else 2 end), rows_max, misspelt;
end $$;
reset role;
