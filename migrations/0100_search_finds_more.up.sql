-- Search finds short words in Chinese and Japanese, further e-mail addresses and phone numbers, the beginning of a short e-mail address, a phone
-- number written in another way, and names with a typing error.

-- A text as it is searched. Chinese and Japanese put no spaces between words, and a trigram index looks up no word of two letters inside a text; so
-- every run of such letters stands in it once more from each of its letters on: the beginning of a word can be looked up.
create function app.searchable(value text) returns text language plpgsql immutable parallel safe as $$
begin
  if octet_length(value) = length(value) then return lower(value); end if;
  return app.fold(value || coalesce((select string_agg(' ' || substr(run.letters[1], start), '' order by run.place, start)
    from regexp_matches(value, '[\u2e80-\u9fff]{1,20}', 'g') with ordinality as run (letters, place), generate_series(1, length(run.letters[1])) as start), ''));
end $$;

-- The digits of the main phone number come last: duplicates are looked up by the end of this text.
create function app.contact_search_text(given text, family text, email text, other_emails jsonb, phone text, other_phones jsonb)
returns text language plpgsql immutable parallel safe as $$
declare
  keys text := coalesce(email || ' ', '');
begin
  -- The checks on these lists come after generated columns.
  if other_emails <> '[]' and jsonb_typeof(other_emails) = 'array' then
    keys := keys || coalesce((select string_agg((e ->> 'value') || ' ', '') from jsonb_array_elements(other_emails) e), '');
  end if;
  if other_phones <> '[]' and jsonb_typeof(other_phones) = 'array' then
    keys := keys || coalesce((select string_agg(regexp_replace(e ->> 'value', '[^0-9]', '', 'g') || ' ', '') from jsonb_array_elements(other_phones) e), '');
  end if;
  return app.searchable(coalesce(app.person_name(given, family) || ' ', '')) || app.fold(keys) || coalesce(regexp_replace(phone, '[^0-9]', '', 'g'), '');
end $$;

-- PostgreSQL 16 cannot change the expression of a generated column.
alter table contact drop column search_text;
alter table contact add column search_text text
  generated always as (app.contact_search_text(given_name, family_name, email, other_emails, phone, other_phones)) stored;
alter table company drop column search_text;
alter table company add column search_text text
  generated always as (app.searchable(name || coalesce(' ' || domain, '') || coalesce(' ' || city, ''))) stored;
alter table deal drop column search_text;
alter table deal add column search_text text generated always as (app.searchable(name)) stored;
create index contact_folded on contact (tenant_id, left(search_text, 40) text_pattern_ops, owner_id) where deleted_at is null;
create index company_folded on company (tenant_id, left(search_text, 40) text_pattern_ops, owner_id) where deleted_at is null;
create index deal_folded on deal (tenant_id, left(search_text, 40) text_pattern_ops, owner_id) where deleted_at is null;
create index contact_search on contact using gin (tenant_id, owner_id, search_text gin_trgm_ops) where deleted_at is null;
create index company_search on company using gin (tenant_id, owner_id, search_text gin_trgm_ops) where deleted_at is null;
create index deal_search on deal using gin (tenant_id, owner_id, search_text gin_trgm_ops) where deleted_at is null;

-- The searched text as it is compared: folded, or reduced to its digits when it is a telephone number. People write a number with its country or
-- without, so of a long one the last nine digits count, and the zeros before an area code do not. `patterns` are its words for LIKE, the first being
-- the longest that a trigram index can look up: which has three letters or digits in a row, or two at the end of a word, or begins a word in
-- Chinese or Japanese.
create or replace function app.search_terms(q text, out folded text, out patterns text[], out looked_up int) language sql immutable parallel safe as $$
  with n (is_number, digits, significant) as (
    select q ~ '[0-9]' and q ~ '^[-+0-9 ()./]+$', d, ltrim(d, '0') from regexp_replace(q, '[^0-9]', '', 'g') d
  ),
  f (folded) as (
    select case when not is_number then trim(regexp_replace(app.fold(q), '\s+', ' ', 'g'))
      when length(significant) >= 6 then right(significant, 9)
      else digits end from n
  ),
  w (word, usable) as (
    select word, word ~ '[[:alnum:]]{3}|[[:alnum:]]{2}[^[:alnum:]]|^[\u2e80-\u9fff]+$' from f, string_to_table(f.folded, ' ') as word
  )
  select f.folded,
    (select array_agg(case when word ~ '^[\u2e80-\u9fff]{1,20}$' then '% ' else '%' end
        || replace(replace(replace(word, '\', '\\'), '%', '\%'), '_', '\_') || '%' order by usable desc, length(word) desc) from w),
    (select count(*) filter (where usable) from w)::int
  from f
$$;

create extension if not exists fuzzystrmatch with schema public;
-- Whether two words differ by a typing error: one letter is wrong, missing or too many, two in a word of eight letters or more, or two letters have
-- changed places. Levenshtein's distance counts the latter as two.
create function app.is_misspelt(word text, wanted text) returns boolean language plpgsql immutable parallel safe
  set search_path = pg_catalog, public, app, pg_temp as $$
begin
  -- Longer ones are no words, and the distance takes at most 255 bytes.
  if abs(length(word) - length(wanted)) > 2 or greatest(length(word), length(wanted)) > 60 then return false; end if;
  return case levenshtein_less_equal(word, wanted, 2)
    when 1 then true
    when 2 then greatest(length(word), length(wanted)) >= 8 or (left(word, 1) = left(wanted, 1)
      and (select string_agg(c, '' order by c) from string_to_table(word, null) c) = (select string_agg(c, '' order by c) from string_to_table(wanted, null) c))
    else false end;
end $$;

-- Ids of records each of the words stands in, if need be with a typing error; the nearest first. Looked up by the longest word alone.
create function app.search_misspelt(target text, words text[], scope text, owners uuid[], rows_max int) returns uuid[]
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

-- Hits in one table, best first: exact keys, texts that begin with the search, words that begin with it, any part of a text, and when there is
-- nothing of all that, words that are nearly the same.
set local role holdfast_system;
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

drop function app.search(text, int);
reset role;
-- `misspelt`: the name is only nearly what was searched for. Then all hits are.
create function app.search(q text, rows_max int) returns table (resource text, id uuid, name text, detail text, misspelt boolean)
language sql stable security definer set search_path = pg_catalog, public, app, pg_temp as $$
  with hits as (
    select 'contact' as resource, c.* from app.search_table('contact', 'r.email', 'email_key = lower($2) or external_id = $2', q, rows_max) c
    union all select 'company', c.* from app.search_table('company', 'r.domain', 'external_id = $2', q, rows_max) c
    union all select 'deal', c.* from app.search_table('deal', 'null::text', 'external_id = $2', q, rows_max) c
  )
  select resource, id, name, detail, tier = 5 from (
    -- A name of one kind that is nearly the same is no match for one of another that is the same.
    select h.*, row_number() over (partition by resource, tier) as place from hits h where tier < 5 or not exists (select from hits where tier < 5)
  ) ranked order by tier, place, resource limit rows_max
$$;
call app.run_as_system(array['app.search(text,int)']::regprocedure[]);
call app.run_as_system(array['app.search_misspelt(text,text[],text,uuid[],int)']::regprocedure[], callable => false);
