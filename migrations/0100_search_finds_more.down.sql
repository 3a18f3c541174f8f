drop function app.search(text, int), app.search_contact, app.search_company, app.search_deal;
create function app.search_inside(target text, q_patterns text[], looked_up int, scope text, owners uuid[], rows_max int) returns uuid[]
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
create function app.search_table(target text, detail_sql text, exact_sql text, q text, rows_max int)
returns table (id uuid, name text, detail text, tier int) language plpgsql stable set search_path = pg_catalog, public, app, pg_temp
set jit = off set max_parallel_workers_per_gather = 0 as $$
declare
  probed_max constant int := case when app.scope(target, 'read') = 'all' then 2000 else 5000 end;
  candidates_max constant int := 200;
  scope constant text := app.scope(target, 'read');
  owners constant uuid[] := app.scope_owners(target, 'read');
  reached constant text := 'tenant_id = app.tenant_id() and deleted_at is null' || case when scope <> 'all' then ' and owner_id = any ($1)' else '' end;
  terms constant record := app.search_terms(q);
  exactly uuid[]; begins uuid[] := '{}'; inside uuid[] := '{}'; probed int;
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
  return query execute format('
    select r.id, r.name::text, %s, case when r.id = any ($1) then 1 when r.id = any ($2) then 2 when r.search_text like $4 then 3 else 4 end as tier
    from %I r where r.tenant_id = app.tenant_id() and r.id = any ($1 || $2 || $3)
    order by tier, r.name, r.id limit $5', detail_sql, target)
  using exactly, begins, inside, '% ' || substr(terms.patterns[1], 2), rows_max;
end $$;
call app.run_as_system(array['app.search_inside(text,text[],int,text,uuid[],int)', 'app.search_table(text,text,text,text,int)']::regprocedure[],
  callable => false);
create function app.search(q text, rows_max int) returns table (resource text, id uuid, name text, detail text)
language sql stable security definer set search_path = pg_catalog, public, app, pg_temp as $$
  select resource, id, name, detail from (
    select h.*, row_number() over (partition by resource, tier) as place from (
      select 'contact' as resource, c.* from app.search_table('contact', 'r.email', 'email_key = lower($2) or external_id = $2', q, rows_max) c
      union all select 'company', c.* from app.search_table('company', 'r.domain', 'external_id = $2', q, rows_max) c
      union all select 'deal', c.* from app.search_table('deal', 'null::text', 'external_id = $2', q, rows_max) c
    ) h
  ) ranked order by tier, place, resource limit rows_max
$$;
call app.run_as_system(array['app.search(text,int)']::regprocedure[]);
drop function app.search_misspelt, app.is_misspelt;
drop extension if exists fuzzystrmatch;
create or replace function app.search_terms(q text, out folded text, out patterns text[], out looked_up int) language sql immutable parallel safe as $$
  with f (folded) as (
    select case when q ~ '[0-9]' and q ~ '^[-+0-9 ()./]+$' then regexp_replace(q, '[^0-9]', '', 'g')
      else trim(regexp_replace(app.fold(q), '\s+', ' ', 'g')) end
  ),
  w (word, usable) as (select word, word ~ '[[:alnum:]]{3}' from f, string_to_table(f.folded, ' ') as word)
  select f.folded,
    (select array_agg('%' || replace(replace(replace(word, '\', '\\'), '%', '\%'), '_', '\_') || '%' order by usable desc, length(word) desc) from w),
    (select count(*) filter (where usable) from w)::int
  from f
$$;

alter table contact drop column search_text;
alter table contact add column search_text text generated always as (app.fold(coalesce(app.person_name(given_name, family_name) || ' ', '') || coalesce(email || ' ', '')
    || coalesce(regexp_replace(phone, '[^0-9]', '', 'g'), ''))) stored;
alter table company drop column search_text;
alter table company add column search_text text generated always as (app.fold(name || coalesce(' ' || domain, '') || coalesce(' ' || city, ''))) stored;
alter table deal drop column search_text;
alter table deal add column search_text text generated always as (app.fold(name)) stored;
create index contact_folded on contact (tenant_id, left(search_text, 40) text_pattern_ops, owner_id) where deleted_at is null;
create index company_folded on company (tenant_id, left(search_text, 40) text_pattern_ops, owner_id) where deleted_at is null;
create index deal_folded on deal (tenant_id, left(search_text, 40) text_pattern_ops, owner_id) where deleted_at is null;
create index contact_search on contact using gin (tenant_id, owner_id, search_text gin_trgm_ops) where deleted_at is null;
create index company_search on company using gin (tenant_id, owner_id, search_text gin_trgm_ops) where deleted_at is null;
create index deal_search on deal using gin (tenant_id, owner_id, search_text gin_trgm_ops) where deleted_at is null;
drop function app.contact_search_text, app.searchable;
