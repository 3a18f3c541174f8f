-- Search as one types for contacts, companies and deals. Row-level security switches off any index whose operator is not leakproof, and none of the
-- operators that look inside a text is. So these functions run as holdfast_system and apply the tenant and the caller's scope themselves.

-- Loads pg_trgm: until then only a superuser may set its parameters for a function.
select public.show_limit();

-- The searched text as it is compared: folded, or reduced to its digits when it is a telephone number. People write a number with or without its
-- country, so of a long number the last nine digits count, and zeros before an area code do not. "patterns" are its words for LIKE, beginning with
-- the longest that a trigram index can look up ("looked_up" of them): one with three letters or digits in a row, or two at the end of a word, or
-- one that begins a word in Chinese or Japanese.
create or replace function app.search_terms(q text, out folded text, out patterns text[], out looked_up int)
  language sql immutable parallel safe as $$
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

-- Whether two words differ by a typing error: one letter wrong, missing or too many (two in a word of eight letters or more), or two letters
-- swapped, which Levenshtein's distance counts as two.
create or replace function app.is_misspelt(word text, wanted text) returns boolean language plpgsql immutable parallel safe
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

-- ---------------------------------------------------------------------------------------------------------------------
-- As holdfast_system

set local role holdfast_system;

-- The best matches of all tables, those of one tier taking turns. "misspelt": nothing matches, and these names only nearly match; they are looked
-- for only then, because that costs several times as much.
create or replace function app.search(q text, rows_max int) returns table (resource text, id uuid, name text, detail text, misspelt boolean)
  language plpgsql stable security definer set plan_cache_mode = force_generic_plan set enable_seqscan = off set jit = off
  set search_path = pg_catalog, public, app, pg_temp as $$
declare
  misspelt_letters_min constant int := 4;
  terms constant record := app.search_terms(q);
  words text[];
begin
  return query select h.resource, h.id, h.name, h.detail, false from (
      select f.*, row_number() over (partition by f.resource, f.tier order by f.place) as turn from (
        select 'contact' as resource, c.* from app.search_contact(q, terms.folded, terms.patterns, terms.looked_up, rows_max) with ordinality as c (id, name, detail, tier, place)
        union all select 'company', c.* from app.search_company(q, terms.folded, terms.patterns, terms.looked_up, rows_max) with ordinality as c
        union all select 'deal', d.* from app.search_deal(q, terms.folded, terms.patterns, terms.looked_up, rows_max) with ordinality as d
      ) f
    ) h order by h.tier, h.turn, h.resource limit rows_max;
  if found then return; end if;
  words := array(select w from string_to_table(terms.folded, ' ') w order by length(w) desc);
  if words[1] !~ '^[[:alpha:]]+$' or length(words[1]) < misspelt_letters_min then return; end if;
  return query select h.resource, h.id, h.name, h.detail, true from (
      select 'contact' as resource, r.id, r.name::text, r.email as detail, m.place from unnest(app.search_misspelt('contact', words, rows_max)) with ordinality as m (id, place)
        join contact r on r.tenant_id = (select app.tenant_id()) and r.id = m.id
      union all select 'company', r.id, r.name::text, r.domain, m.place from unnest(app.search_misspelt('company', words, rows_max)) with ordinality as m (id, place)
        join company r on r.tenant_id = (select app.tenant_id()) and r.id = m.id
      union all select 'deal', r.id, r.name::text, null, m.place from unnest(app.search_misspelt('deal', words, rows_max)) with ordinality as m (id, place)
        join deal r on r.tenant_id = (select app.tenant_id()) and r.id = m.id
    ) h order by h.place, h.resource limit rows_max;
end $$;
revoke all on function app.search(text, int) from public;
grant execute on function app.search(text, int) to holdfast_app;

-- search_contact, search_company and search_deal find records, best first: exact keys (tier 1), texts that begin with the search (2), words that
-- begin with it (3), any part of a text (4). "words" are patterns of app.search_terms. Each resource has a function of its own so that its plans
-- are kept.
create or replace function app.search_contact(q text, folded text, patterns text[], looked_up int, rows_max int)
  returns table (id uuid, name text, detail text, tier int) language plpgsql stable set plan_cache_mode = force_generic_plan
  set enable_seqscan = off set enable_indexscan = on set jit = off set max_parallel_workers_per_gather = 0
  set search_path = pg_catalog, public, app, pg_temp as $$
declare
  candidates_max constant int := 200;
  owners constant uuid[] := app.read_owners('contact');
  -- The pattern '%' holds for every text and is not looked up.
  second constant text := case when looked_up > 1 then patterns[2] else '%' end;
  word_begins constant text := '% ' || substr(patterns[1], case when patterns[1] like '\% %' then 3 else 2 end);
  exactly uuid[]; begins uuid[] := '{}'; inside uuid[] := '{}'; wanted int; probed_max int; probed int;
begin
  if owners = '{}' or folded = '' then return; end if;
  exactly := array(
    select l.id from (
      select r.id, r.owner_id, r.deleted_at from contact r where r.tenant_id = (select app.tenant_id()) and (r.email_key = lower(q) or r.external_id = q) offset 0) l
    where l.deleted_at is null and (owners is null or l.owner_id = any (owners)) limit rows_max);
  -- The same for everybody's records and for those of some owners: only a condition that always stands there is looked up in an index.
  if owners is null then
    if cardinality(exactly) < rows_max then
      begins := array(
        select l.id from (
          select r.id, r.deleted_at from contact r where r.tenant_id = (select app.tenant_id())
          and left(r.search_text, 40) ~>=~ left(folded, 40) and left(r.search_text, 40) ~<~ (left(folded, 40) || U&'\+10FFFF')
          and starts_with(r.search_text, folded) order by left(r.search_text, 40) using ~<~ offset 0) l
        where l.deleted_at is null limit rows_max);
    end if;
    wanted := rows_max - cardinality(exactly) - cardinality(begins);
    if looked_up > 0 and wanted > 0 then
      -- First a few records, the newest or the caller's own; when some of them match, more of them. A common word fills the list from these, so the
      -- index is asked only for rare words: its lists of common ones would be long to read. A caller with few records needs no index.
      foreach probed_max in array array[250, 2000] loop
        select coalesce(array_agg(l.id) filter (where l.deleted_at is null and l.search_text like all (patterns)), '{}'), count(*)
        from (
          select r.id, r.search_text, r.deleted_at from contact r where r.tenant_id = (select app.tenant_id()) order by r.id desc limit probed_max) l
        into inside, probed;
        exit when probed < probed_max or cardinality(inside) = 0 or cardinality(inside) >= wanted;
      end loop;
      inside := inside[:candidates_max];
      if probed = probed_max and cardinality(inside) < wanted then
        perform set_config('enable_indexscan', 'off', true);
        inside := array(
          select l.id from (
            select r.id, r.deleted_at from contact r where r.tenant_id::text = (select app.tenant_id()::text)
            and r.search_text like patterns[1] and r.search_text like second and r.search_text like all (patterns) offset 0) l
          where l.deleted_at is null limit candidates_max);
        perform set_config('enable_indexscan', 'on', true);
      end if;
    end if;
  else
    if cardinality(exactly) < rows_max then
      begins := array(
        select l.id from (
          select r.id, r.deleted_at from contact r where r.tenant_id = (select app.tenant_id()) and r.owner_id = any (owners)
          and left(r.search_text, 40) ~>=~ left(folded, 40) and left(r.search_text, 40) ~<~ (left(folded, 40) || U&'\+10FFFF')
          and starts_with(r.search_text, folded) order by left(r.search_text, 40) using ~<~ offset 0) l
        where l.deleted_at is null limit rows_max);
    end if;
    wanted := rows_max - cardinality(exactly) - cardinality(begins);
    if looked_up > 0 and wanted > 0 then
      -- First a few records, the newest or the caller's own; when some of them match, more of them. A common word fills the list from these, so the
      -- index is asked only for rare words: its lists of common ones would be long to read. A caller with few records needs no index.
      foreach probed_max in array array[250, 5000] loop
        select coalesce(array_agg(l.id) filter (where l.deleted_at is null and l.search_text like all (patterns)), '{}'), count(*)
        from (
          select r.id, r.search_text, r.deleted_at from contact r where r.tenant_id = (select app.tenant_id()) and r.owner_id = any (owners) limit probed_max) l
        into inside, probed;
        exit when probed < probed_max or cardinality(inside) = 0 or cardinality(inside) >= wanted;
      end loop;
      inside := inside[:candidates_max];
      if probed = probed_max and cardinality(inside) < wanted then
        perform set_config('enable_indexscan', 'off', true);
        inside := array(
          select l.id from (
            select r.id, r.deleted_at from contact r where r.tenant_id::text = (select app.tenant_id()::text) and r.owner_id = any (owners)
            and r.search_text like patterns[1] and r.search_text like second and r.search_text like all (patterns) offset 0) l
          where l.deleted_at is null limit candidates_max);
        perform set_config('enable_indexscan', 'on', true);
      end if;
    end if;
  end if;
  if cardinality(exactly) + cardinality(begins) + cardinality(inside) = 0 then return; end if;
  return query
  select r.id, r.name::text, r.email,
    case when r.id = any (exactly) then 1 when r.id = any (begins) then 2 when r.search_text like word_begins then 3 else 4 end as tier
  from contact r where r.tenant_id = (select app.tenant_id()) and r.id = any (exactly || begins || inside)
  order by tier, r.name, r.id limit rows_max;
end $$;
revoke all on function app.search_contact(text, text, text[], int, int) from public;

create or replace function app.search_company(q text, folded text, patterns text[], looked_up int, rows_max int)
  returns table (id uuid, name text, detail text, tier int) language plpgsql stable set plan_cache_mode = force_generic_plan
  set enable_seqscan = off set enable_indexscan = on set jit = off set max_parallel_workers_per_gather = 0
  set search_path = pg_catalog, public, app, pg_temp as $$
declare
  candidates_max constant int := 200;
  owners constant uuid[] := app.read_owners('company');
  -- The pattern '%' holds for every text and is not looked up.
  second constant text := case when looked_up > 1 then patterns[2] else '%' end;
  word_begins constant text := '% ' || substr(patterns[1], case when patterns[1] like '\% %' then 3 else 2 end);
  exactly uuid[]; begins uuid[] := '{}'; inside uuid[] := '{}'; wanted int; probed_max int; probed int;
begin
  if owners = '{}' or folded = '' then return; end if;
  exactly := array(
    select l.id from (
      select r.id, r.owner_id, r.deleted_at from company r where r.tenant_id = (select app.tenant_id()) and (r.external_id = q) offset 0) l
    where l.deleted_at is null and (owners is null or l.owner_id = any (owners)) limit rows_max);
  -- The same for everybody's records and for those of some owners: only a condition that always stands there is looked up in an index.
  if owners is null then
    if cardinality(exactly) < rows_max then
      begins := array(
        select l.id from (
          select r.id, r.deleted_at from company r where r.tenant_id = (select app.tenant_id())
          and left(r.search_text, 40) ~>=~ left(folded, 40) and left(r.search_text, 40) ~<~ (left(folded, 40) || U&'\+10FFFF')
          and starts_with(r.search_text, folded) order by left(r.search_text, 40) using ~<~ offset 0) l
        where l.deleted_at is null limit rows_max);
    end if;
    wanted := rows_max - cardinality(exactly) - cardinality(begins);
    if looked_up > 0 and wanted > 0 then
      -- First a few records, the newest or the caller's own; when some of them match, more of them. A common word fills the list from these, so the
      -- index is asked only for rare words: its lists of common ones would be long to read. A caller with few records needs no index.
      foreach probed_max in array array[250, 2000] loop
        select coalesce(array_agg(l.id) filter (where l.deleted_at is null and l.search_text like all (patterns)), '{}'), count(*)
        from (
          select r.id, r.search_text, r.deleted_at from company r where r.tenant_id = (select app.tenant_id()) order by r.id desc limit probed_max) l
        into inside, probed;
        exit when probed < probed_max or cardinality(inside) = 0 or cardinality(inside) >= wanted;
      end loop;
      inside := inside[:candidates_max];
      if probed = probed_max and cardinality(inside) < wanted then
        perform set_config('enable_indexscan', 'off', true);
        inside := array(
          select l.id from (
            select r.id, r.deleted_at from company r where r.tenant_id::text = (select app.tenant_id()::text)
            and r.search_text like patterns[1] and r.search_text like second and r.search_text like all (patterns) offset 0) l
          where l.deleted_at is null limit candidates_max);
        perform set_config('enable_indexscan', 'on', true);
      end if;
    end if;
  else
    if cardinality(exactly) < rows_max then
      begins := array(
        select l.id from (
          select r.id, r.deleted_at from company r where r.tenant_id = (select app.tenant_id()) and r.owner_id = any (owners)
          and left(r.search_text, 40) ~>=~ left(folded, 40) and left(r.search_text, 40) ~<~ (left(folded, 40) || U&'\+10FFFF')
          and starts_with(r.search_text, folded) order by left(r.search_text, 40) using ~<~ offset 0) l
        where l.deleted_at is null limit rows_max);
    end if;
    wanted := rows_max - cardinality(exactly) - cardinality(begins);
    if looked_up > 0 and wanted > 0 then
      -- First a few records, the newest or the caller's own; when some of them match, more of them. A common word fills the list from these, so the
      -- index is asked only for rare words: its lists of common ones would be long to read. A caller with few records needs no index.
      foreach probed_max in array array[250, 5000] loop
        select coalesce(array_agg(l.id) filter (where l.deleted_at is null and l.search_text like all (patterns)), '{}'), count(*)
        from (
          select r.id, r.search_text, r.deleted_at from company r where r.tenant_id = (select app.tenant_id()) and r.owner_id = any (owners) limit probed_max) l
        into inside, probed;
        exit when probed < probed_max or cardinality(inside) = 0 or cardinality(inside) >= wanted;
      end loop;
      inside := inside[:candidates_max];
      if probed = probed_max and cardinality(inside) < wanted then
        perform set_config('enable_indexscan', 'off', true);
        inside := array(
          select l.id from (
            select r.id, r.deleted_at from company r where r.tenant_id::text = (select app.tenant_id()::text) and r.owner_id = any (owners)
            and r.search_text like patterns[1] and r.search_text like second and r.search_text like all (patterns) offset 0) l
          where l.deleted_at is null limit candidates_max);
        perform set_config('enable_indexscan', 'on', true);
      end if;
    end if;
  end if;
  if cardinality(exactly) + cardinality(begins) + cardinality(inside) = 0 then return; end if;
  return query
  select r.id, r.name::text, r.domain,
    case when r.id = any (exactly) then 1 when r.id = any (begins) then 2 when r.search_text like word_begins then 3 else 4 end as tier
  from company r where r.tenant_id = (select app.tenant_id()) and r.id = any (exactly || begins || inside)
  order by tier, r.name, r.id limit rows_max;
end $$;
revoke all on function app.search_company(text, text, text[], int, int) from public;

create or replace function app.search_deal(q text, folded text, patterns text[], looked_up int, rows_max int)
  returns table (id uuid, name text, detail text, tier int) language plpgsql stable set plan_cache_mode = force_generic_plan
  set enable_seqscan = off set enable_indexscan = on set jit = off set max_parallel_workers_per_gather = 0
  set search_path = pg_catalog, public, app, pg_temp as $$
declare
  candidates_max constant int := 200;
  owners constant uuid[] := app.read_owners('deal');
  -- The pattern '%' holds for every text and is not looked up.
  second constant text := case when looked_up > 1 then patterns[2] else '%' end;
  word_begins constant text := '% ' || substr(patterns[1], case when patterns[1] like '\% %' then 3 else 2 end);
  exactly uuid[]; begins uuid[] := '{}'; inside uuid[] := '{}'; wanted int; probed_max int; probed int;
begin
  if owners = '{}' or folded = '' then return; end if;
  exactly := array(
    select l.id from (
      select r.id, r.owner_id, r.deleted_at from deal r where r.tenant_id = (select app.tenant_id()) and (r.external_id = q) offset 0) l
    where l.deleted_at is null and (owners is null or l.owner_id = any (owners)) limit rows_max);
  -- The same for everybody's records and for those of some owners: only a condition that always stands there is looked up in an index.
  if owners is null then
    if cardinality(exactly) < rows_max then
      begins := array(
        select l.id from (
          select r.id, r.deleted_at from deal r where r.tenant_id = (select app.tenant_id())
          and left(r.search_text, 40) ~>=~ left(folded, 40) and left(r.search_text, 40) ~<~ (left(folded, 40) || U&'\+10FFFF')
          and starts_with(r.search_text, folded) order by left(r.search_text, 40) using ~<~ offset 0) l
        where l.deleted_at is null limit rows_max);
    end if;
    wanted := rows_max - cardinality(exactly) - cardinality(begins);
    if looked_up > 0 and wanted > 0 then
      -- First a few records, the newest or the caller's own; when some of them match, more of them. A common word fills the list from these, so the
      -- index is asked only for rare words: its lists of common ones would be long to read. A caller with few records needs no index.
      foreach probed_max in array array[250, 2000] loop
        select coalesce(array_agg(l.id) filter (where l.deleted_at is null and l.search_text like all (patterns)), '{}'), count(*)
        from (
          select r.id, r.search_text, r.deleted_at from deal r where r.tenant_id = (select app.tenant_id()) order by r.id desc limit probed_max) l
        into inside, probed;
        exit when probed < probed_max or cardinality(inside) = 0 or cardinality(inside) >= wanted;
      end loop;
      inside := inside[:candidates_max];
      if probed = probed_max and cardinality(inside) < wanted then
        perform set_config('enable_indexscan', 'off', true);
        inside := array(
          select l.id from (
            select r.id, r.deleted_at from deal r where r.tenant_id::text = (select app.tenant_id()::text)
            and r.search_text like patterns[1] and r.search_text like second and r.search_text like all (patterns) offset 0) l
          where l.deleted_at is null limit candidates_max);
        perform set_config('enable_indexscan', 'on', true);
      end if;
    end if;
  else
    if cardinality(exactly) < rows_max then
      begins := array(
        select l.id from (
          select r.id, r.deleted_at from deal r where r.tenant_id = (select app.tenant_id()) and r.owner_id = any (owners)
          and left(r.search_text, 40) ~>=~ left(folded, 40) and left(r.search_text, 40) ~<~ (left(folded, 40) || U&'\+10FFFF')
          and starts_with(r.search_text, folded) order by left(r.search_text, 40) using ~<~ offset 0) l
        where l.deleted_at is null limit rows_max);
    end if;
    wanted := rows_max - cardinality(exactly) - cardinality(begins);
    if looked_up > 0 and wanted > 0 then
      -- First a few records, the newest or the caller's own; when some of them match, more of them. A common word fills the list from these, so the
      -- index is asked only for rare words: its lists of common ones would be long to read. A caller with few records needs no index.
      foreach probed_max in array array[250, 5000] loop
        select coalesce(array_agg(l.id) filter (where l.deleted_at is null and l.search_text like all (patterns)), '{}'), count(*)
        from (
          select r.id, r.search_text, r.deleted_at from deal r where r.tenant_id = (select app.tenant_id()) and r.owner_id = any (owners) limit probed_max) l
        into inside, probed;
        exit when probed < probed_max or cardinality(inside) = 0 or cardinality(inside) >= wanted;
      end loop;
      inside := inside[:candidates_max];
      if probed = probed_max and cardinality(inside) < wanted then
        perform set_config('enable_indexscan', 'off', true);
        inside := array(
          select l.id from (
            select r.id, r.deleted_at from deal r where r.tenant_id::text = (select app.tenant_id()::text) and r.owner_id = any (owners)
            and r.search_text like patterns[1] and r.search_text like second and r.search_text like all (patterns) offset 0) l
          where l.deleted_at is null limit candidates_max);
        perform set_config('enable_indexscan', 'on', true);
      end if;
    end if;
  end if;
  if cardinality(exactly) + cardinality(begins) + cardinality(inside) = 0 then return; end if;
  return query
  select r.id, r.name::text, null::text,
    case when r.id = any (exactly) then 1 when r.id = any (begins) then 2 when r.search_text like word_begins then 3 else 4 end as tier
  from deal r where r.tenant_id = (select app.tenant_id()) and r.id = any (exactly || begins || inside)
  order by tier, r.name, r.id limit rows_max;
end $$;
revoke all on function app.search_deal(text, text, text[], int, int) from public;

-- Ids of records that contain each of the words, if need be with a typing error; nearest first. Looked up by the longest word alone.
create or replace function app.search_misspelt(target text, words text[], rows_max int) returns uuid[] language plpgsql stable
  set pg_trgm.word_similarity_threshold = 0.4 set enable_seqscan = off set enable_indexscan = off set jit = off
  set max_parallel_workers_per_gather = 0 set search_path = pg_catalog, public, app, pg_temp as $$
declare
  found uuid[];
  candidates_max constant int := 200;
  owners constant uuid[] := app.read_owners(target);
begin
  if owners = '{}' then return owners; end if;
  execute format('select array(select id from (
      select c.id, (select min(nearest) from unnest($2) as q (wanted), lateral (select max(similarity(t.word, q.wanted)) as nearest
          from string_to_table(c.search_text, '' '') as t (word) where strpos(t.word, q.wanted) > 0 or app.is_misspelt(t.word, q.wanted)) as n
        having count(nearest) = cardinality($2)) as likeness
      from (select id, search_text from (select id, search_text, deleted_at from %I where tenant_id::text = (select app.tenant_id()::text) and search_text %%> $1 %s offset 0) l
        where deleted_at is null limit %s) c) found
    where likeness is not null order by likeness desc, id limit $4)', target,
    case when owners is not null then 'and owner_id = any ($3)' else '' end, candidates_max)
  using words[1], words, owners, rows_max into found;
  return found;
end $$;
revoke all on function app.search_misspelt(text, text[], int) from public;

reset role;
