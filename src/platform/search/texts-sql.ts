import { ruleOf } from '../../kernel/access/table-rule.ts';
import type { Resource } from '../../kernel/contract/resource.ts';
import type { RecordType } from '../../kernel/record-type/record-type.ts';
import { markText } from '../../kernel/resource/personal.ts';
import { type Reached, reachedOf } from './reached-sql.ts';

/** A record type with texts; each of these is SQL of a row `r`. */
interface Written extends Reached {
  name: string;
  right: string;
  table: string;
  title: string;
  body: string;
  /** As much of the body as excerpts are made of, or all of it where it is sealed. */
  beginning: string;
  /** Title and body as one text. */
  text: string;
  /** The columns of both. */
  columns: string;
  /** That title or body have the words, and the row is not in the trash. */
  matches: string;
  /** That the caller finds one of the records that the row is about, or it is about none. */
  onRecords: string;
  /** The ids of these records. */
  records: string;
}

/** `db/routines/search-texts.sql`: search as one types in what was written, in all record types that have texts. */
export function textsSql(types: readonly RecordType[]): string {
  const all = types.flatMap(({ resource, texts }) => (texts ? writtenOf(resource, texts) : []));
  const each = (part: (one: Written) => string) => all.map(part).join('\n    union all ');
  return `-- Made from the record types by "npm run generate". Search as one types in what was written. These functions apply the tenant and the caller's scope
-- themselves (db/routines/search.sql says why).

-- Words by how they begin, in each of their spellings; words written without spaces by their pairs of letters, wherever they stand.
create or replace function app.words_query(wanted text[]) returns tsquery language sql immutable parallel safe as $$
  select nullif(string_agg(part, ' & '), '')::tsquery from unnest(wanted) word cross join lateral (
    select '(' || string_agg(quote_literal(left(spelling, 60)) || ':*', ' | ') || ')' as part from unnest(app.spellings(word)) spelling
      where not (length(word) > 1 and word ~ ('^' || app.unspaced_letters() || '+$')) having count(*) > 0
    union all select quote_literal(substr(word, place, 2)) from generate_series(1, least(length(word), 30) - 1) place
      where length(word) > 1 and word ~ ('^' || app.unspaced_letters() || '+$')) parts
$$;

-- ---------------------------------------------------------------------------------------------------------------------
-- As holdfast_system

set local role holdfast_system;

-- It had one parameter less.
drop function if exists app.search_texts(text, int);

-- The kinds whose texts may match: some of the newest do, or the index of words has it, or the caller reads some only. Most searches are for names,
-- which no text has, and finding that out in two statements for all kinds costs a third of asking each. Whether the caller may read what matches is
-- left to the function of the kind, and "few" only has to keep common words from the index, whose lists of them would be long to read.
create or replace function app.kinds_with(letters text, query tsquery) returns text[] language plpgsql stable
  set plan_cache_mode = force_generic_plan set enable_seqscan = off set enable_indexscan = on set jit = off
  set max_parallel_workers_per_gather = 0 set search_path = pg_catalog, public, app, pg_temp as $$
declare
  few constant int := 30;
  workspace constant uuid := app.tenant_id();
  kinds text[]; setting text;
begin
  -- CASE, because PostgreSQL may try the two sides of AND and OR in any order.
  kinds := array(${each(
    ({
      name,
      table,
      right,
      columns,
      text,
    }) => `select '${name}' where case when app.scope('${right}', 'read') = 'all' then exists (
      select from (select ${columns} from ${table} r where r.tenant_id = workspace order by r.created_at desc limit few) r
      where strpos(lower(${text}), letters) > 0) else true end`,
  )});
  setting := set_config('enable_indexscan', 'off', true);
  kinds := kinds || array(${each(
    ({ name, table, matches }) => `select '${name}' where case when '${name}' <> all (kinds) then exists (
      select from ${table} r where r.tenant_id = workspace and ${matches}) end`,
  )});
  setting := set_config('enable_indexscan', 'on', true);
  return kinds;
end $$;
revoke all on function app.kinds_with(text, tsquery) from public;

-- The newest of all these texts but those of "hidden" kinds, each with the first of its records that the caller may read.
create or replace function app.search_texts(q text, rows_max int, hidden text[])
  returns table (resource text, id uuid, title text, body text, at timestamptz, subject_resource text, subject_id uuid, subject_name text)
  language plpgsql stable security definer set plan_cache_mode = force_generic_plan set search_path = pg_catalog, public, app, pg_temp as $$
declare
  words constant text[] := array(
    select word from regexp_split_to_table(app.fold(q), '[^[:alnum:]]+') word where word <> '' order by word ~ 'ss|ß', length(word) desc);
  query constant tsquery := app.words_query(words);
  -- Of letters without spaces a text need hold the pairs only, and anywhere.
  spaced constant boolean := words[1] !~ app.unspaced_letters();
  -- A word with ss may be written with ß, and the other way round: what comes before it stands in the text either way.
  longest constant text := left(words[1], case when spaced then 60 else 1 end);
  letters constant text := regexp_replace(longest, '(ss|ß).*', '');
  begins constant text := case when spaced then '(^|[^[:alnum:]])' else '' end || regexp_replace(longest, 'ss|ß', '(ss|ß)', 'g');
  kinds text[];
begin
  if query is null then return; end if;
  kinds := array(select k from unnest(app.kinds_with(letters, query)) k where k <> all (hidden));
  if kinds = '{}' then return; end if;
  return query select h.resource, h.id, h.title, h.body, h.at, f.subject ->> 'type', (f.subject ->> 'id')::uuid, f.subject ->> 'name'
  from (
    select * from (
      ${all.map(({ name }, place) => `select '${name}'${place === 0 ? ' as resource' : ''}, t.* from app.search_${name}(letters, begins, query, rows_max) t where '${name}' = any (kinds)`).join('\n      union all ')}
    ) found order by at desc, id desc limit rows_max
  ) h
  cross join lateral (select app.first_found_record(h.records) as subject) f
  order by h.at desc, h.id desc;
end $$;
revoke all on function app.search_texts(text, int, text[]) from public;
grant execute on function app.search_texts(text, int, text[]) to holdfast_app;

-- The function of each record type finds the newest texts that match "query". Each text contains "letters" and matches the regular expression
-- "begins", which are tested first because they cost less. Each record type has a function of its own so that its plans are kept: one function for
-- all planned two or three queries anew with every letter typed.
${all.map(searchFunction).join('\n')}
reset role;
`;
}

function writtenOf(resource: Resource, { title, body }: NonNullable<RecordType['texts']>): Written {
  const { name, table, right, meta, trash } = resource;
  if (!trash)
    throw new Error(
      `${name} cannot have texts that are searched without a trash: the index of words is of what is not in it`,
    );
  const titleOf = title ? `r.${title}` : 'null::text';
  const several = meta.has('records');
  const one = meta.has('record_id');
  const byRow = ruleOf(name)?.byRow;
  const onRecords = byRow
    ? ` and ${byRow.read('r.')}`
    : several
      ? ' and app.finds_some_subject(r.records)'
      : one
        ? ' and app.finds_subject(r.record_id)'
        : '';
  // Accounts that are no member's look through all of them, for what they are shown and what they wrote themselves.
  const outside = ruleOf(name)?.outside;
  const forAll = `app.scope('${right}', 'read') = 'all'`;
  const forOutside = `(app.is_member() is null and app.some_scope('${right}', 'read') <> 'none')`;
  return {
    name,
    right,
    table,
    ...reachedOf(resource, outside ? `${forAll} or ${forOutside}` : forAll),
    title: titleOf,
    body: `r.${body}`,
    beginning: meta.get(body)?.sealable
      ? `case when starts_with(r.${body}, ${markText}) then r.${body} else left(r.${body}, 20000) end`
      : `left(r.${body}, 20000)`,
    text: `concat_ws(' ', ${titleOf}, r.${body})`,
    columns: [...(title ? [titleOf] : []), `r.${body}`].join(', '),
    matches: `app.to_search_vector(${titleOf}, r.${body}) @@ query and r.deleted_at is null`,
    onRecords: outside
      ? `${onRecords} and (app.is_member() is not null or r.${outside} or r.${resource.owner} = app.user_id())`
      : onRecords,
    records: several ? 'r.records' : one ? 'array[r.record_id]' : `'{}'::uuid[]`,
  };
}

function searchFunction({
  name,
  table,
  reached,
  variables,
  title,
  body,
  beginning,
  text,
  matches,
  onRecords,
  records,
}: Written): string {
  /** Those of the newest that match. */
  const amongNewest = `array(
        select r.id from (
          select * from ${table} n where n.tenant_id = app.tenant_id() order by n.created_at desc limit looked_through) r
        where strpos(lower(${text}), letters) > 0 and lower(${text}) ~ begins
        and ${matches}${onRecords}
        limit rows_max)`;
  return `create or replace function app.search_${name}(letters text, begins text, query tsquery, rows_max int)
  returns table (id uuid, title text, body text, at timestamptz, records uuid[]) language plpgsql stable
  set plan_cache_mode = force_generic_plan set enable_seqscan = off set enable_indexscan = on set jit = off
  set max_parallel_workers_per_gather = 0 set search_path = pg_catalog, public, app, pg_temp as $$
declare
  few constant int := 100;
  newest_max constant int := 1000;
  reached_max constant int := 5000;
  candidates_max constant int := 200;
  ${variables}
  found uuid[]; probed int; looked_through int;
begin
  if everything then
    -- First a few of the newest, and more of them when some match: a common word fills the list from these, and its lists in the index would be long
    -- to read. Accents are left to the index: folding a text costs much more than looking into it.
    foreach looked_through in array array[few, newest_max] loop
      found := ${amongNewest};
      exit when found = '{}' or cardinality(found) >= rows_max;
    end loop;
  else
    select coalesce(array_agg(r.id order by r.created_at desc) filter (
        where strpos(app.fold(${text}), letters) > 0 and app.fold(${text}) ~ begins
        and ${matches}${onRecords}), '{}'), count(*)
    from (select * from ${table} r where r.tenant_id = app.tenant_id() and ${reached} limit reached_max) r into found, probed;
  end if;
  if cardinality(found) < rows_max and (everything or probed = reached_max) then
    perform set_config('enable_indexscan', 'off', true);
    found := found || array(
      select r.id from ${table} r where r.tenant_id = app.tenant_id() and app.to_search_vector(${title}, ${body}) @@ query
      and (everything or ${reached}) and r.deleted_at is null${onRecords}
      limit candidates_max);
    perform set_config('enable_indexscan', 'on', true);
    -- More texts than these have the word, so others may be the newest.
    if everything and looked_through = few and cardinality(found) = candidates_max then
      looked_through := newest_max;
      found := found || ${amongNewest};
    end if;
  end if;
  if found = '{}' then return; end if;
  return query
  select r.id, ${title}, ${beginning}, r.created_at::timestamptz, ${records} from ${table} r
  where r.tenant_id = app.tenant_id() and r.id = any (found) order by r.created_at desc, r.id desc limit rows_max;
end $$;
revoke all on function app.search_${name}(text, text, tsquery, int) from public;
`;
}
