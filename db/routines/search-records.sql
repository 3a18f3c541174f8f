-- Made from the record types by "npm run generate". Search as one types; search.sql has what all of these functions use.

-- ---------------------------------------------------------------------------------------------------------------------
-- As holdfast_system

set local role holdfast_system;

-- They had one parameter less.
drop function if exists app.search(text, int);
drop function if exists app.search_contact(text, text, text[], int, int);
drop function if exists app.search_company(text, text, text[], int, int);
drop function if exists app.search_deal(text, text, text[], int, int);
drop function if exists app.search_household(text, text, text[], int, int);
drop function if exists app.search_legal_entity(text, text, text[], int, int);
drop function if exists app.search_financial_account(text, text, text[], int, int);

-- The searched tables most of whose rows are the workspace's, as the planner estimates it. Of these the index is asked for the words alone: the list of
-- the workspace's rows, which it has too, would take longer to read than the others' rows with these words. A table with few rows has short lists.
create or replace function app.mostly_own_tables() returns text[] language plpgsql security definer
  set search_path = pg_catalog, public, app, pg_temp as $$
declare
  rows_min constant int := 10000;
  one record; estimate text; found text[] := '{}';
begin
  for one in select c.relname as name, c.reltuples as total from pg_class c
    where c.oid = any ('{public.contact,public.company,public.deal,public.household,public.legal_entity,public.financial_account}'::regclass[]) and c.reltuples >= rows_min loop
    execute format('explain select from public.%I r where r.tenant_id = %L', one.name, app.tenant_id()) into estimate;
    if substring(estimate from 'rows=(\d+)')::real > one.total / 2 then found := found || one.name::text; end if;
  end loop;
  return found;
end $$;
revoke all on function app.mostly_own_tables() from public;
grant execute on function app.mostly_own_tables() to holdfast_app;

-- The best matches of all tables, those of one tier taking turns. What is found nowhere is looked for by its other spellings, and then among names that
-- only nearly match, "misspelt", because that costs several times as much.
-- "mostly_own": of app.mostly_own_tables, as the caller knows it from before. "tier": how well a record matches, below; null for a name that
-- only nearly does.
create or replace function app.search_hits(q text, rows_max int, mostly_own text[])
  returns table (resource text, id uuid, name text, detail text, misspelt boolean, tier int)
  language plpgsql stable security definer set plan_cache_mode = force_generic_plan set enable_seqscan = off set jit = off
  set search_path = pg_catalog, public, app, pg_temp as $$
declare
  misspelt_letters_min constant int := 4;
  spelling text := q; others text[]; words record; terms record; misspelt_words text[];
begin
  loop
    words := app.search_words(spelling);
    -- What looks like a telephone number is one only where there are any: elsewhere it may be a name, such as 24/7 or 2026-0142.
    terms := case when spelling ~ '[[:alpha:]]' then words else app.search_terms(spelling) end;
    return query select h.resource, h.id, h.name, h.detail, false, h.tier from (
        select f.*, row_number() over (partition by f.resource, f.tier order by f.place) as turn from (
          select 'contact' as resource, h.* from app.search_contact(spelling, terms.folded, terms.patterns, terms.looked_up, rows_max, 'contact' = any (mostly_own)) with ordinality as h (id, name, detail, tier, place)
        union all select 'company' as resource, h.* from app.search_company(spelling, words.folded, words.patterns, words.looked_up, rows_max, 'company' = any (mostly_own)) with ordinality as h (id, name, detail, tier, place)
        union all select 'deal' as resource, h.* from app.search_deal(spelling, words.folded, words.patterns, words.looked_up, rows_max, 'deal' = any (mostly_own)) with ordinality as h (id, name, detail, tier, place)
        union all select 'household' as resource, h.* from app.search_household(spelling, words.folded, words.patterns, words.looked_up, rows_max, 'household' = any (mostly_own)) with ordinality as h (id, name, detail, tier, place)
        union all select 'legal_entity' as resource, h.* from app.search_legal_entity(spelling, words.folded, words.patterns, words.looked_up, rows_max, 'legal_entity' = any (mostly_own)) with ordinality as h (id, name, detail, tier, place)
        union all select 'financial_account' as resource, h.* from app.search_financial_account(spelling, words.folded, words.patterns, words.looked_up, rows_max, 'financial_account' = any (mostly_own)) with ordinality as h (id, name, detail, tier, place)
        ) f
      ) h order by h.tier, h.turn, h.resource limit rows_max;
    if found then return; end if;
    -- German writes Weiß or Weiss, and in capitals WEISS. A text is kept as it is written. Lists have people as "Last name, First name".
    others := coalesce(others, array_remove(app.spellings(q), app.fold(q)) || case when q like '%,%' then array[trim(translate(q, ',', ' '))] end, '{}');
    exit when others = '{}';
    spelling := others[1];
    others := others[2:];
  end loop;
  misspelt_words := array(select w from string_to_table((app.search_words(translate(q, ',', ' '))).folded, ' ') w order by length(w) desc);
  if misspelt_words[1] !~ '^[[:alpha:]]+$' or length(misspelt_words[1]) < misspelt_letters_min then return; end if;
  return query select h.resource, h.id, h.name, h.detail, true, null::int from (
        select 'contact' as resource, r.id, r.name::text as name, r.email as detail, m.place from unnest(app.search_misspelt('contact', misspelt_words, rows_max)) with ordinality as m (id, place)
        join contact r on r.tenant_id = (select app.tenant_id()) and r.id = m.id
        union all select 'company' as resource, r.id, r.name::text as name, r.domain as detail, m.place from unnest(app.search_misspelt('company', misspelt_words, rows_max)) with ordinality as m (id, place)
        join company r on r.tenant_id = (select app.tenant_id()) and r.id = m.id
        union all select 'deal' as resource, r.id, r.name::text as name, null::text as detail, m.place from unnest(app.search_misspelt('deal', misspelt_words, rows_max)) with ordinality as m (id, place)
        join deal r on r.tenant_id = (select app.tenant_id()) and r.id = m.id
        union all select 'household' as resource, r.id, r.name::text as name, r.city as detail, m.place from unnest(app.search_misspelt('household', misspelt_words, rows_max)) with ordinality as m (id, place)
        join household r on r.tenant_id = (select app.tenant_id()) and r.id = m.id
        union all select 'legal_entity' as resource, r.id, r.name::text as name, r.jurisdiction as detail, m.place from unnest(app.search_misspelt('legal_entity', misspelt_words, rows_max)) with ordinality as m (id, place)
        join legal_entity r on r.tenant_id = (select app.tenant_id()) and r.id = m.id
        union all select 'financial_account' as resource, r.id, r.name::text as name, null::text as detail, m.place from unnest(app.search_misspelt('financial_account', misspelt_words, rows_max)) with ordinality as m (id, place)
        join financial_account r on r.tenant_id = (select app.tenant_id()) and r.id = m.id
    ) h order by h.place, h.resource limit rows_max;
end $$;
revoke all on function app.search_hits(text, int, text[]) from public;
grant execute on function app.search_hits(text, int, text[]) to holdfast_app;

-- What the release before this one calls.
create or replace function app.search(q text, rows_max int, mostly_own text[] default '{}')
  returns table (resource text, id uuid, name text, detail text, misspelt boolean)
  language sql stable security definer set search_path = pg_catalog, public, app, pg_temp as $$
  select h.resource, h.id, h.name, h.detail, h.misspelt from app.search_hits(q, rows_max, mostly_own) with ordinality as h order by h.ordinality
$$;
revoke all on function app.search(text, int, text[]) from public;
grant execute on function app.search(text, int, text[]) to holdfast_app;

-- The function of each record type finds records, best first: exact keys (tier 1), texts that begin with the search (2), words that begin with it (3),
-- any part of a text (4). "patterns" are those of app.search_terms. Each record type has a function of its own so that its plans are kept.
-- A setting that only matters while a plan is made is assigned rather than performed, which would be a statement of its own each time.
create or replace function app.search_contact(q text, folded text, patterns text[], looked_up int, rows_max int, mostly_own boolean)
  returns table (id uuid, name text, detail text, tier int) language plpgsql stable set plan_cache_mode = force_generic_plan
  set enable_seqscan = off set enable_indexscan = on set jit = off set max_parallel_workers_per_gather = 0
  set search_path = pg_catalog, public, app, pg_temp as $$
declare
  candidates_max constant int := 200;
  workspace constant uuid := app.tenant_id();
  everything constant boolean := app.scope('contact', 'read') = 'all';
  owners constant uuid[] := case when not everything then app.scope_owners('contact', 'read') end;
  by_household constant uuid[] := case when not everything then app.scope_groups('contact', 'read', 'contact', 'household') end;
  by_several constant uuid[] := case when everything or app.mixed_scope('contact', 'read') is null then '{}' else array(
    select r.id from contact r where r.tenant_id = workspace and ((select app.full_scope('contact', 'read')) is not null or r.owner_id = any ((select app.scope_owners('contact', 'read'))::uuid[]) or r.id = any ((select app.scope_groups('contact', 'read', 'contact', 'household'))::uuid[]) or ((select app.mixed_scope('contact', 'read')) is not null and app.scope_met((select app.mixed_scope('contact', 'read')), array[case when r.owner_id = (select app.user_id()) then 'own' end, case when r.owner_id = any ((select app.team_mates())::uuid[]) then 'team' end, case when r.id = any ((select app.groups_of('contact', 'household'))::uuid[]) then 'household' end])))) end;
  -- The pattern '%' holds for every text and is not looked up.
  second constant text := case when looked_up > 1 then patterns[2] else '%' end;
  word_begins constant text := '% ' || substr(patterns[1], case when patterns[1] like '\% %' then 3 else 2 end);
  exactly uuid[]; begins uuid[] := '{}'; inside uuid[] := '{}'; wanted int; probed_max int; probed int; setting text;
begin
  if folded = '' or (not everything and (select app.some_scope('contact', 'read')) = 'none') then return; end if;
  exactly := array(
    select l.id from (
      select r.owner_id, r.id, r.deleted_at from contact r where r.tenant_id = workspace and (r.email_key = lower(q) or r.external_id = q) offset 0) l
    where l.deleted_at is null and (everything or (l.owner_id = any (owners) or l.id = any (by_household) or l.id = any (by_several))) limit rows_max);
  -- The same for everybody's records and for those of some owners: only a condition that always stands there is looked up in an index.
  if everything then
    if cardinality(exactly) < rows_max then
      begins := array(
        select l.id from (
          select r.id, r.deleted_at from contact r where r.tenant_id = workspace
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
          select r.id, r.search_text, r.deleted_at from contact r where r.tenant_id = workspace order by r.id desc limit probed_max) l
        into inside, probed;
        exit when probed < probed_max or cardinality(inside) = 0 or cardinality(inside) >= wanted;
      end loop;
      inside := inside[:candidates_max];
      if probed = probed_max and cardinality(inside) < wanted then
        setting := set_config('enable_indexscan', 'off', true);
        if mostly_own then
          inside := array(
            select l.id from (
              select r.id, r.deleted_at, r.tenant_id from contact r where r.search_text like patterns[1] and r.search_text like second
              and r.search_text like all (patterns) offset 0) l
            where l.tenant_id = workspace and l.deleted_at is null limit candidates_max);
        else
          inside := array(
            select l.id from (
              select r.id, r.deleted_at from contact r where r.tenant_id::text = workspace::text
              and r.search_text like patterns[1] and r.search_text like second and r.search_text like all (patterns) offset 0) l
            where l.deleted_at is null limit candidates_max);
        end if;
        setting := set_config('enable_indexscan', 'on', true);
      end if;
    end if;
  else
    if cardinality(exactly) < rows_max then
      begins := array(
        select l.id from (
          select r.id, r.deleted_at from contact r where r.tenant_id = workspace and (r.owner_id = any (owners) or r.id = any (by_household) or r.id = any (by_several))
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
          select r.id, r.search_text, r.deleted_at from contact r where r.tenant_id = workspace and (r.owner_id = any (owners) or r.id = any (by_household) or r.id = any (by_several)) limit probed_max) l
        into inside, probed;
        exit when probed < probed_max or cardinality(inside) = 0 or cardinality(inside) >= wanted;
      end loop;
      inside := inside[:candidates_max];
      if probed = probed_max and cardinality(inside) < wanted then
        setting := set_config('enable_indexscan', 'off', true);
        inside := array(
          select l.id from (
            select r.id, r.deleted_at from contact r where r.tenant_id::text = workspace::text and (r.owner_id = any (owners) or r.id = any (by_household) or r.id = any (by_several))
            and r.search_text like patterns[1] and r.search_text like second and r.search_text like all (patterns) offset 0) l
          where l.deleted_at is null limit candidates_max);
        setting := set_config('enable_indexscan', 'on', true);
      end if;
    end if;
  end if;
  if cardinality(exactly) + cardinality(begins) + cardinality(inside) = 0 then return; end if;
  return query
  select r.id, r.name::text, r.email,
    case when r.id = any (exactly) then 1 when r.id = any (begins) then 2 when r.search_text like word_begins then 3 else 4 end as tier
  from contact r where r.tenant_id = workspace and r.id = any (exactly || begins || inside)
  order by tier, r.name, r.id limit rows_max;
end $$;
revoke all on function app.search_contact(text, text, text[], int, int, boolean) from public;

create or replace function app.search_company(q text, folded text, patterns text[], looked_up int, rows_max int, mostly_own boolean)
  returns table (id uuid, name text, detail text, tier int) language plpgsql stable set plan_cache_mode = force_generic_plan
  set enable_seqscan = off set enable_indexscan = on set jit = off set max_parallel_workers_per_gather = 0
  set search_path = pg_catalog, public, app, pg_temp as $$
declare
  candidates_max constant int := 200;
  workspace constant uuid := app.tenant_id();
  everything constant boolean := app.scope('company', 'read') = 'all';
  owners constant uuid[] := case when not everything then app.scope_owners('company', 'read') end;
  -- The pattern '%' holds for every text and is not looked up.
  second constant text := case when looked_up > 1 then patterns[2] else '%' end;
  word_begins constant text := '% ' || substr(patterns[1], case when patterns[1] like '\% %' then 3 else 2 end);
  exactly uuid[]; begins uuid[] := '{}'; inside uuid[] := '{}'; wanted int; probed_max int; probed int; setting text;
begin
  if folded = '' or (not everything and (select app.some_scope('company', 'read')) = 'none') then return; end if;
  exactly := array(
    select l.id from (
      select r.owner_id, r.id, r.deleted_at from company r where r.tenant_id = workspace and (r.external_id = q) offset 0) l
    where l.deleted_at is null and (everything or l.owner_id = any (owners)) limit rows_max);
  -- The same for everybody's records and for those of some owners: only a condition that always stands there is looked up in an index.
  if everything then
    if cardinality(exactly) < rows_max then
      begins := array(
        select l.id from (
          select r.id, r.deleted_at from company r where r.tenant_id = workspace
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
          select r.id, r.search_text, r.deleted_at from company r where r.tenant_id = workspace order by r.id desc limit probed_max) l
        into inside, probed;
        exit when probed < probed_max or cardinality(inside) = 0 or cardinality(inside) >= wanted;
      end loop;
      inside := inside[:candidates_max];
      if probed = probed_max and cardinality(inside) < wanted then
        setting := set_config('enable_indexscan', 'off', true);
        if mostly_own then
          inside := array(
            select l.id from (
              select r.id, r.deleted_at, r.tenant_id from company r where r.search_text like patterns[1] and r.search_text like second
              and r.search_text like all (patterns) offset 0) l
            where l.tenant_id = workspace and l.deleted_at is null limit candidates_max);
        else
          inside := array(
            select l.id from (
              select r.id, r.deleted_at from company r where r.tenant_id::text = workspace::text
              and r.search_text like patterns[1] and r.search_text like second and r.search_text like all (patterns) offset 0) l
            where l.deleted_at is null limit candidates_max);
        end if;
        setting := set_config('enable_indexscan', 'on', true);
      end if;
    end if;
  else
    if cardinality(exactly) < rows_max then
      begins := array(
        select l.id from (
          select r.id, r.deleted_at from company r where r.tenant_id = workspace and r.owner_id = any (owners)
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
          select r.id, r.search_text, r.deleted_at from company r where r.tenant_id = workspace and r.owner_id = any (owners) limit probed_max) l
        into inside, probed;
        exit when probed < probed_max or cardinality(inside) = 0 or cardinality(inside) >= wanted;
      end loop;
      inside := inside[:candidates_max];
      if probed = probed_max and cardinality(inside) < wanted then
        setting := set_config('enable_indexscan', 'off', true);
        inside := array(
          select l.id from (
            select r.id, r.deleted_at from company r where r.tenant_id::text = workspace::text and r.owner_id = any (owners)
            and r.search_text like patterns[1] and r.search_text like second and r.search_text like all (patterns) offset 0) l
          where l.deleted_at is null limit candidates_max);
        setting := set_config('enable_indexscan', 'on', true);
      end if;
    end if;
  end if;
  if cardinality(exactly) + cardinality(begins) + cardinality(inside) = 0 then return; end if;
  return query
  select r.id, r.name::text, r.domain,
    case when r.id = any (exactly) then 1 when r.id = any (begins) then 2 when r.search_text like word_begins then 3 else 4 end as tier
  from company r where r.tenant_id = workspace and r.id = any (exactly || begins || inside)
  order by tier, r.name, r.id limit rows_max;
end $$;
revoke all on function app.search_company(text, text, text[], int, int, boolean) from public;

create or replace function app.search_deal(q text, folded text, patterns text[], looked_up int, rows_max int, mostly_own boolean)
  returns table (id uuid, name text, detail text, tier int) language plpgsql stable set plan_cache_mode = force_generic_plan
  set enable_seqscan = off set enable_indexscan = on set jit = off set max_parallel_workers_per_gather = 0
  set search_path = pg_catalog, public, app, pg_temp as $$
declare
  candidates_max constant int := 200;
  workspace constant uuid := app.tenant_id();
  everything constant boolean := app.scope('deal', 'read') = 'all';
  owners constant uuid[] := case when not everything then app.scope_owners('deal', 'read') end;
  -- The pattern '%' holds for every text and is not looked up.
  second constant text := case when looked_up > 1 then patterns[2] else '%' end;
  word_begins constant text := '% ' || substr(patterns[1], case when patterns[1] like '\% %' then 3 else 2 end);
  exactly uuid[]; begins uuid[] := '{}'; inside uuid[] := '{}'; wanted int; probed_max int; probed int; setting text;
begin
  if folded = '' or (not everything and (select app.some_scope('deal', 'read')) = 'none') then return; end if;
  exactly := array(
    select l.id from (
      select r.owner_id, r.id, r.deleted_at from deal r where r.tenant_id = workspace and (r.external_id = q) offset 0) l
    where l.deleted_at is null and (everything or l.owner_id = any (owners)) limit rows_max);
  -- The same for everybody's records and for those of some owners: only a condition that always stands there is looked up in an index.
  if everything then
    if cardinality(exactly) < rows_max then
      begins := array(
        select l.id from (
          select r.id, r.deleted_at from deal r where r.tenant_id = workspace
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
          select r.id, r.search_text, r.deleted_at from deal r where r.tenant_id = workspace order by r.id desc limit probed_max) l
        into inside, probed;
        exit when probed < probed_max or cardinality(inside) = 0 or cardinality(inside) >= wanted;
      end loop;
      inside := inside[:candidates_max];
      if probed = probed_max and cardinality(inside) < wanted then
        setting := set_config('enable_indexscan', 'off', true);
        if mostly_own then
          inside := array(
            select l.id from (
              select r.id, r.deleted_at, r.tenant_id from deal r where r.search_text like patterns[1] and r.search_text like second
              and r.search_text like all (patterns) offset 0) l
            where l.tenant_id = workspace and l.deleted_at is null limit candidates_max);
        else
          inside := array(
            select l.id from (
              select r.id, r.deleted_at from deal r where r.tenant_id::text = workspace::text
              and r.search_text like patterns[1] and r.search_text like second and r.search_text like all (patterns) offset 0) l
            where l.deleted_at is null limit candidates_max);
        end if;
        setting := set_config('enable_indexscan', 'on', true);
      end if;
    end if;
  else
    if cardinality(exactly) < rows_max then
      begins := array(
        select l.id from (
          select r.id, r.deleted_at from deal r where r.tenant_id = workspace and r.owner_id = any (owners)
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
          select r.id, r.search_text, r.deleted_at from deal r where r.tenant_id = workspace and r.owner_id = any (owners) limit probed_max) l
        into inside, probed;
        exit when probed < probed_max or cardinality(inside) = 0 or cardinality(inside) >= wanted;
      end loop;
      inside := inside[:candidates_max];
      if probed = probed_max and cardinality(inside) < wanted then
        setting := set_config('enable_indexscan', 'off', true);
        inside := array(
          select l.id from (
            select r.id, r.deleted_at from deal r where r.tenant_id::text = workspace::text and r.owner_id = any (owners)
            and r.search_text like patterns[1] and r.search_text like second and r.search_text like all (patterns) offset 0) l
          where l.deleted_at is null limit candidates_max);
        setting := set_config('enable_indexscan', 'on', true);
      end if;
    end if;
  end if;
  if cardinality(exactly) + cardinality(begins) + cardinality(inside) = 0 then return; end if;
  return query
  select r.id, r.name::text, null::text,
    case when r.id = any (exactly) then 1 when r.id = any (begins) then 2 when r.search_text like word_begins then 3 else 4 end as tier
  from deal r where r.tenant_id = workspace and r.id = any (exactly || begins || inside)
  order by tier, r.name, r.id limit rows_max;
end $$;
revoke all on function app.search_deal(text, text, text[], int, int, boolean) from public;

create or replace function app.search_household(q text, folded text, patterns text[], looked_up int, rows_max int, mostly_own boolean)
  returns table (id uuid, name text, detail text, tier int) language plpgsql stable set plan_cache_mode = force_generic_plan
  set enable_seqscan = off set enable_indexscan = on set jit = off set max_parallel_workers_per_gather = 0
  set search_path = pg_catalog, public, app, pg_temp as $$
declare
  candidates_max constant int := 200;
  workspace constant uuid := app.tenant_id();
  everything constant boolean := app.scope('household', 'read') = 'all';
  owners constant uuid[] := case when not everything then app.scope_owners('household', 'read') end;
  by_household constant uuid[] := case when not everything then app.scope_groups('household', 'read', 'household', 'household') end;
  by_several constant uuid[] := case when everything or app.mixed_scope('household', 'read') is null then '{}' else array(
    select r.id from household r where r.tenant_id = workspace and ((select app.full_scope('household', 'read')) is not null or r.owner_id = any ((select app.scope_owners('household', 'read'))::uuid[]) or r.id = any ((select app.scope_groups('household', 'read', 'household', 'household'))::uuid[]) or ((select app.mixed_scope('household', 'read')) is not null and app.scope_met((select app.mixed_scope('household', 'read')), array[case when r.owner_id = (select app.user_id()) then 'own' end, case when r.owner_id = any ((select app.team_mates())::uuid[]) then 'team' end, case when r.id = any ((select app.groups_of('household', 'household'))::uuid[]) then 'household' end])))) end;
  -- The pattern '%' holds for every text and is not looked up.
  second constant text := case when looked_up > 1 then patterns[2] else '%' end;
  word_begins constant text := '% ' || substr(patterns[1], case when patterns[1] like '\% %' then 3 else 2 end);
  exactly uuid[]; begins uuid[] := '{}'; inside uuid[] := '{}'; wanted int; probed_max int; probed int; setting text;
begin
  if folded = '' or (not everything and (select app.some_scope('household', 'read')) = 'none') then return; end if;
  exactly := array(
    select l.id from (
      select r.owner_id, r.id, r.deleted_at from household r where r.tenant_id = workspace and (r.external_id = q) offset 0) l
    where l.deleted_at is null and (everything or (l.owner_id = any (owners) or l.id = any (by_household) or l.id = any (by_several))) limit rows_max);
  -- The same for everybody's records and for those of some owners: only a condition that always stands there is looked up in an index.
  if everything then
    if cardinality(exactly) < rows_max then
      begins := array(
        select l.id from (
          select r.id, r.deleted_at from household r where r.tenant_id = workspace
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
          select r.id, r.search_text, r.deleted_at from household r where r.tenant_id = workspace order by r.id desc limit probed_max) l
        into inside, probed;
        exit when probed < probed_max or cardinality(inside) = 0 or cardinality(inside) >= wanted;
      end loop;
      inside := inside[:candidates_max];
      if probed = probed_max and cardinality(inside) < wanted then
        setting := set_config('enable_indexscan', 'off', true);
        if mostly_own then
          inside := array(
            select l.id from (
              select r.id, r.deleted_at, r.tenant_id from household r where r.search_text like patterns[1] and r.search_text like second
              and r.search_text like all (patterns) offset 0) l
            where l.tenant_id = workspace and l.deleted_at is null limit candidates_max);
        else
          inside := array(
            select l.id from (
              select r.id, r.deleted_at from household r where r.tenant_id::text = workspace::text
              and r.search_text like patterns[1] and r.search_text like second and r.search_text like all (patterns) offset 0) l
            where l.deleted_at is null limit candidates_max);
        end if;
        setting := set_config('enable_indexscan', 'on', true);
      end if;
    end if;
  else
    if cardinality(exactly) < rows_max then
      begins := array(
        select l.id from (
          select r.id, r.deleted_at from household r where r.tenant_id = workspace and (r.owner_id = any (owners) or r.id = any (by_household) or r.id = any (by_several))
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
          select r.id, r.search_text, r.deleted_at from household r where r.tenant_id = workspace and (r.owner_id = any (owners) or r.id = any (by_household) or r.id = any (by_several)) limit probed_max) l
        into inside, probed;
        exit when probed < probed_max or cardinality(inside) = 0 or cardinality(inside) >= wanted;
      end loop;
      inside := inside[:candidates_max];
      if probed = probed_max and cardinality(inside) < wanted then
        setting := set_config('enable_indexscan', 'off', true);
        inside := array(
          select l.id from (
            select r.id, r.deleted_at from household r where r.tenant_id::text = workspace::text and (r.owner_id = any (owners) or r.id = any (by_household) or r.id = any (by_several))
            and r.search_text like patterns[1] and r.search_text like second and r.search_text like all (patterns) offset 0) l
          where l.deleted_at is null limit candidates_max);
        setting := set_config('enable_indexscan', 'on', true);
      end if;
    end if;
  end if;
  if cardinality(exactly) + cardinality(begins) + cardinality(inside) = 0 then return; end if;
  return query
  select r.id, r.name::text, r.city,
    case when r.id = any (exactly) then 1 when r.id = any (begins) then 2 when r.search_text like word_begins then 3 else 4 end as tier
  from household r where r.tenant_id = workspace and r.id = any (exactly || begins || inside)
  order by tier, r.name, r.id limit rows_max;
end $$;
revoke all on function app.search_household(text, text, text[], int, int, boolean) from public;

create or replace function app.search_legal_entity(q text, folded text, patterns text[], looked_up int, rows_max int, mostly_own boolean)
  returns table (id uuid, name text, detail text, tier int) language plpgsql stable set plan_cache_mode = force_generic_plan
  set enable_seqscan = off set enable_indexscan = on set jit = off set max_parallel_workers_per_gather = 0
  set search_path = pg_catalog, public, app, pg_temp as $$
declare
  candidates_max constant int := 200;
  workspace constant uuid := app.tenant_id();
  everything constant boolean := app.scope('household', 'read') = 'all';
  by_household constant uuid[] := case when not everything then app.scope_groups('household', 'read', 'legal_entity', 'household') end;
  by_several constant uuid[] := case when everything or app.mixed_scope('household', 'read') is null then '{}' else array(
    select r.id from legal_entity r where r.tenant_id = workspace and ((select app.full_scope('household', 'read')) is not null or r.household_id = any ((select app.scope_groups('household', 'read', 'legal_entity', 'household'))::uuid[]) or ((select app.mixed_scope('household', 'read')) is not null and app.scope_met((select app.mixed_scope('household', 'read')), array[case when r.household_id = any ((select app.groups_of('legal_entity', 'household'))::uuid[]) then 'household' end])))) end;
  -- The pattern '%' holds for every text and is not looked up.
  second constant text := case when looked_up > 1 then patterns[2] else '%' end;
  word_begins constant text := '% ' || substr(patterns[1], case when patterns[1] like '\% %' then 3 else 2 end);
  exactly uuid[]; begins uuid[] := '{}'; inside uuid[] := '{}'; wanted int; probed_max int; probed int; setting text;
begin
  if folded = '' or (not everything and (select app.some_scope('household', 'read')) = 'none') then return; end if;
  exactly := array(
    select l.id from (
      select r.household_id, r.id, r.deleted_at from legal_entity r where r.tenant_id = workspace and (r.external_id = q) offset 0) l
    where l.deleted_at is null and (everything or (l.household_id = any (by_household) or l.id = any (by_several))) limit rows_max);
  -- The same for everybody's records and for those of some owners: only a condition that always stands there is looked up in an index.
  if everything then
    if cardinality(exactly) < rows_max then
      begins := array(
        select l.id from (
          select r.id, r.deleted_at from legal_entity r where r.tenant_id = workspace
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
          select r.id, r.search_text, r.deleted_at from legal_entity r where r.tenant_id = workspace order by r.id desc limit probed_max) l
        into inside, probed;
        exit when probed < probed_max or cardinality(inside) = 0 or cardinality(inside) >= wanted;
      end loop;
      inside := inside[:candidates_max];
      if probed = probed_max and cardinality(inside) < wanted then
        setting := set_config('enable_indexscan', 'off', true);
        if mostly_own then
          inside := array(
            select l.id from (
              select r.id, r.deleted_at, r.tenant_id from legal_entity r where r.search_text like patterns[1] and r.search_text like second
              and r.search_text like all (patterns) offset 0) l
            where l.tenant_id = workspace and l.deleted_at is null limit candidates_max);
        else
          inside := array(
            select l.id from (
              select r.id, r.deleted_at from legal_entity r where r.tenant_id::text = workspace::text
              and r.search_text like patterns[1] and r.search_text like second and r.search_text like all (patterns) offset 0) l
            where l.deleted_at is null limit candidates_max);
        end if;
        setting := set_config('enable_indexscan', 'on', true);
      end if;
    end if;
  else
    if cardinality(exactly) < rows_max then
      begins := array(
        select l.id from (
          select r.id, r.deleted_at from legal_entity r where r.tenant_id = workspace and (r.household_id = any (by_household) or r.id = any (by_several))
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
          select r.id, r.search_text, r.deleted_at from legal_entity r where r.tenant_id = workspace and (r.household_id = any (by_household) or r.id = any (by_several)) limit probed_max) l
        into inside, probed;
        exit when probed < probed_max or cardinality(inside) = 0 or cardinality(inside) >= wanted;
      end loop;
      inside := inside[:candidates_max];
      if probed = probed_max and cardinality(inside) < wanted then
        setting := set_config('enable_indexscan', 'off', true);
        inside := array(
          select l.id from (
            select r.id, r.deleted_at from legal_entity r where r.tenant_id::text = workspace::text and (r.household_id = any (by_household) or r.id = any (by_several))
            and r.search_text like patterns[1] and r.search_text like second and r.search_text like all (patterns) offset 0) l
          where l.deleted_at is null limit candidates_max);
        setting := set_config('enable_indexscan', 'on', true);
      end if;
    end if;
  end if;
  if cardinality(exactly) + cardinality(begins) + cardinality(inside) = 0 then return; end if;
  return query
  select r.id, r.name::text, r.jurisdiction,
    case when r.id = any (exactly) then 1 when r.id = any (begins) then 2 when r.search_text like word_begins then 3 else 4 end as tier
  from legal_entity r where r.tenant_id = workspace and r.id = any (exactly || begins || inside)
  order by tier, r.name, r.id limit rows_max;
end $$;
revoke all on function app.search_legal_entity(text, text, text[], int, int, boolean) from public;

create or replace function app.search_financial_account(q text, folded text, patterns text[], looked_up int, rows_max int, mostly_own boolean)
  returns table (id uuid, name text, detail text, tier int) language plpgsql stable set plan_cache_mode = force_generic_plan
  set enable_seqscan = off set enable_indexscan = on set jit = off set max_parallel_workers_per_gather = 0
  set search_path = pg_catalog, public, app, pg_temp as $$
declare
  candidates_max constant int := 200;
  workspace constant uuid := app.tenant_id();
  everything constant boolean := app.scope('household', 'read') = 'all';
  by_household constant uuid[] := case when not everything then app.scope_groups('household', 'read', 'financial_account', 'household') end;
  by_several constant uuid[] := case when everything or app.mixed_scope('household', 'read') is null then '{}' else array(
    select r.id from financial_account r where r.tenant_id = workspace and ((select app.full_scope('household', 'read')) is not null or r.household_id = any ((select app.scope_groups('household', 'read', 'financial_account', 'household'))::uuid[]) or ((select app.mixed_scope('household', 'read')) is not null and app.scope_met((select app.mixed_scope('household', 'read')), array[case when r.household_id = any ((select app.groups_of('financial_account', 'household'))::uuid[]) then 'household' end])))) end;
  -- The pattern '%' holds for every text and is not looked up.
  second constant text := case when looked_up > 1 then patterns[2] else '%' end;
  word_begins constant text := '% ' || substr(patterns[1], case when patterns[1] like '\% %' then 3 else 2 end);
  exactly uuid[]; begins uuid[] := '{}'; inside uuid[] := '{}'; wanted int; probed_max int; probed int; setting text;
begin
  if folded = '' or (not everything and (select app.some_scope('household', 'read')) = 'none') then return; end if;
  exactly := array(
    select l.id from (
      select r.household_id, r.id, r.deleted_at from financial_account r where r.tenant_id = workspace and (r.external_id = q) offset 0) l
    where l.deleted_at is null and (everything or (l.household_id = any (by_household) or l.id = any (by_several))) limit rows_max);
  -- The same for everybody's records and for those of some owners: only a condition that always stands there is looked up in an index.
  if everything then
    if cardinality(exactly) < rows_max then
      begins := array(
        select l.id from (
          select r.id, r.deleted_at from financial_account r where r.tenant_id = workspace
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
          select r.id, r.search_text, r.deleted_at from financial_account r where r.tenant_id = workspace order by r.id desc limit probed_max) l
        into inside, probed;
        exit when probed < probed_max or cardinality(inside) = 0 or cardinality(inside) >= wanted;
      end loop;
      inside := inside[:candidates_max];
      if probed = probed_max and cardinality(inside) < wanted then
        setting := set_config('enable_indexscan', 'off', true);
        if mostly_own then
          inside := array(
            select l.id from (
              select r.id, r.deleted_at, r.tenant_id from financial_account r where r.search_text like patterns[1] and r.search_text like second
              and r.search_text like all (patterns) offset 0) l
            where l.tenant_id = workspace and l.deleted_at is null limit candidates_max);
        else
          inside := array(
            select l.id from (
              select r.id, r.deleted_at from financial_account r where r.tenant_id::text = workspace::text
              and r.search_text like patterns[1] and r.search_text like second and r.search_text like all (patterns) offset 0) l
            where l.deleted_at is null limit candidates_max);
        end if;
        setting := set_config('enable_indexscan', 'on', true);
      end if;
    end if;
  else
    if cardinality(exactly) < rows_max then
      begins := array(
        select l.id from (
          select r.id, r.deleted_at from financial_account r where r.tenant_id = workspace and (r.household_id = any (by_household) or r.id = any (by_several))
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
          select r.id, r.search_text, r.deleted_at from financial_account r where r.tenant_id = workspace and (r.household_id = any (by_household) or r.id = any (by_several)) limit probed_max) l
        into inside, probed;
        exit when probed < probed_max or cardinality(inside) = 0 or cardinality(inside) >= wanted;
      end loop;
      inside := inside[:candidates_max];
      if probed = probed_max and cardinality(inside) < wanted then
        setting := set_config('enable_indexscan', 'off', true);
        inside := array(
          select l.id from (
            select r.id, r.deleted_at from financial_account r where r.tenant_id::text = workspace::text and (r.household_id = any (by_household) or r.id = any (by_several))
            and r.search_text like patterns[1] and r.search_text like second and r.search_text like all (patterns) offset 0) l
          where l.deleted_at is null limit candidates_max);
        setting := set_config('enable_indexscan', 'on', true);
      end if;
    end if;
  end if;
  if cardinality(exactly) + cardinality(begins) + cardinality(inside) = 0 then return; end if;
  return query
  select r.id, r.name::text, null::text,
    case when r.id = any (exactly) then 1 when r.id = any (begins) then 2 when r.search_text like word_begins then 3 else 4 end as tier
  from financial_account r where r.tenant_id = workspace and r.id = any (exactly || begins || inside)
  order by tier, r.name, r.id limit rows_max;
end $$;
revoke all on function app.search_financial_account(text, text, text[], int, int, boolean) from public;

reset role;
