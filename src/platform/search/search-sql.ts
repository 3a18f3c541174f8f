import type { Resource } from '../../kernel/contract/resource.ts';
import type { RecordType } from '../../kernel/record-type/record-type.ts';
import { labelColumn } from '../../kernel/resource/label.ts';
import { type Reached, reachedOf } from './reached-sql.ts';

interface Searched extends Reached {
  name: string;
  table: string;
  label: string;
  /** What tells namesakes apart, as SQL of a row `r`. */
  detail: string;
  /** The right of its rows. */
  right: string;
  /** That the search is a key of the row. */
  exact: string;
  /** What is looked for in its text. */
  terms: 'terms' | 'words';
}

/** `db/routines/search-records.sql`: search as one types, in all record types that say how. */
export function searchSql(types: readonly RecordType[]): string {
  const searched = types.flatMap(({ resource, search }) => (search ? searchedOf(resource, search) : []));
  const each = (part: (one: Searched) => string) => searched.map(part).join('\n        union all ');
  return `-- Made from the record types by "npm run generate". Search as one types; search.sql has what all of these functions use.

-- ---------------------------------------------------------------------------------------------------------------------
-- As holdfast_system

set local role holdfast_system;

-- They had one parameter less.
drop function if exists app.search(text, int);
${searched.map(({ name }) => `drop function if exists app.search_${name}(text, text, text[], int, int);`).join('\n')}

-- The searched tables most of whose rows are the workspace's, as the planner estimates it. Of these the index is asked for the words alone: the list of
-- the workspace's rows, which it has too, would take longer to read than the others' rows with these words. A table with few rows has short lists.
create or replace function app.mostly_own_tables() returns text[] language plpgsql security definer
  set search_path = pg_catalog, public, app, pg_temp as $$
declare
  rows_min constant int := 10000;
  one record; estimate text; found text[] := '{}';
begin
  for one in select c.relname as name, c.reltuples as total from pg_class c
    where c.oid = any ('{${searched.map(({ table }) => `public.${table}`).join()}}'::regclass[]) and c.reltuples >= rows_min loop
    execute format('explain select from public.%I r where r.tenant_id = %L', one.name, app.tenant_id()) into estimate;
    if substring(estimate from 'rows=(\\d+)')::real > one.total / 2 then found := found || one.name::text; end if;
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
          ${each(({ name, table, terms }) => `select '${name}' as resource, h.* from app.search_${name}(spelling, ${terms}.folded, ${terms}.patterns, ${terms}.looked_up, rows_max, '${table}' = any (mostly_own)) with ordinality as h (id, name, detail, tier, place)`)}
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
        ${each(
          ({
            name,
            table,
            label,
            detail,
          }) => `select '${name}' as resource, r.id, r.${label}::text as name, ${detail} as detail, m.place from unnest(app.search_misspelt('${table}', misspelt_words, rows_max)) with ordinality as m (id, place)
        join ${table} r on r.tenant_id = (select app.tenant_id()) and r.id = m.id`,
        )}
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
${searched.map(searchFunction).join('\n')}
reset role;
`;
}

function searchedOf(resource: Resource, { keys, detail, telephones }: NonNullable<RecordType['search']>): Searched {
  const { name, table } = resource;
  const label = labelColumn(resource);
  if (!label) throw new Error(`${name} can only be searched for by a name`);
  const exact = keys.map((key) => `r.${key} = ${key.endsWith('_key') ? 'lower(q)' : 'q'}`).join(' or ');
  return {
    name,
    table,
    ...reachedOf(resource),
    right: resource.right,
    label,
    exact,
    detail: detail ? `r.${detail}` : 'null::text',
    terms: telephones ? 'terms' : 'words',
  };
}

const searchFunction = ({ name, table, reached, compared, variables, right, label, detail, exact }: Searched): string =>
  `create or replace function app.search_${name}(q text, folded text, patterns text[], looked_up int, rows_max int, mostly_own boolean)
  returns table (id uuid, name text, detail text, tier int) language plpgsql stable set plan_cache_mode = force_generic_plan
  set enable_seqscan = off set enable_indexscan = on set jit = off set max_parallel_workers_per_gather = 0
  set search_path = pg_catalog, public, app, pg_temp as $$
declare
  candidates_max constant int := 200;
  ${variables}
  -- The pattern '%' holds for every text and is not looked up.
  second constant text := case when looked_up > 1 then patterns[2] else '%' end;
  word_begins constant text := '% ' || substr(patterns[1], case when patterns[1] like '\\% %' then 3 else 2 end);
  exactly uuid[]; begins uuid[] := '{}'; inside uuid[] := '{}'; wanted int; probed_max int; probed int; setting text;
begin
  if folded = '' or (not everything and (select app.some_scope('${right}', 'read')) = 'none') then return; end if;
  exactly := array(
    select l.id from (
      select ${compared}r.id, r.deleted_at from ${table} r where r.tenant_id = workspace and (${exact}) offset 0) l
    where l.deleted_at is null and (everything or ${reached.replaceAll('r.', 'l.')}) limit rows_max);
  -- The same for everybody's records and for those of some owners: only a condition that always stands there is looked up in an index.
  if everything then
    if cardinality(exactly) < rows_max then
      begins := array(
        select l.id from (
          select r.id, r.deleted_at from ${table} r where r.tenant_id = workspace
          and left(r.search_text, 40) ~>=~ left(folded, 40) and left(r.search_text, 40) ~<~ (left(folded, 40) || U&'\\+10FFFF')
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
          select r.id, r.search_text, r.deleted_at from ${table} r where r.tenant_id = workspace order by r.id desc limit probed_max) l
        into inside, probed;
        exit when probed < probed_max or cardinality(inside) = 0 or cardinality(inside) >= wanted;
      end loop;
      inside := inside[:candidates_max];
      if probed = probed_max and cardinality(inside) < wanted then
        setting := set_config('enable_indexscan', 'off', true);
        if mostly_own then
          inside := array(
            select l.id from (
              select r.id, r.deleted_at, r.tenant_id from ${table} r where r.search_text like patterns[1] and r.search_text like second
              and r.search_text like all (patterns) offset 0) l
            where l.tenant_id = workspace and l.deleted_at is null limit candidates_max);
        else
          inside := array(
            select l.id from (
              select r.id, r.deleted_at from ${table} r where r.tenant_id::text = workspace::text
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
          select r.id, r.deleted_at from ${table} r where r.tenant_id = workspace and ${reached}
          and left(r.search_text, 40) ~>=~ left(folded, 40) and left(r.search_text, 40) ~<~ (left(folded, 40) || U&'\\+10FFFF')
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
          select r.id, r.search_text, r.deleted_at from ${table} r where r.tenant_id = workspace and ${reached} limit probed_max) l
        into inside, probed;
        exit when probed < probed_max or cardinality(inside) = 0 or cardinality(inside) >= wanted;
      end loop;
      inside := inside[:candidates_max];
      if probed = probed_max and cardinality(inside) < wanted then
        setting := set_config('enable_indexscan', 'off', true);
        inside := array(
          select l.id from (
            select r.id, r.deleted_at from ${table} r where r.tenant_id::text = workspace::text and ${reached}
            and r.search_text like patterns[1] and r.search_text like second and r.search_text like all (patterns) offset 0) l
          where l.deleted_at is null limit candidates_max);
        setting := set_config('enable_indexscan', 'on', true);
      end if;
    end if;
  end if;
  if cardinality(exactly) + cardinality(begins) + cardinality(inside) = 0 then return; end if;
  return query
  select r.id, r.${label}::text, ${detail},
    case when r.id = any (exactly) then 1 when r.id = any (begins) then 2 when r.search_text like word_begins then 3 else 4 end as tier
  from ${table} r where r.tenant_id = workspace and r.id = any (exactly || begins || inside)
  order by tier, r.${label}, r.id limit rows_max;
end $$;
revoke all on function app.search_${name}(text, text, text[], int, int, boolean) from public;
`;
