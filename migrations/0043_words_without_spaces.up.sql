-- Chinese and Japanese are written without spaces: what is looked for stands inside of what looks like one word. Of such letters the words of a
-- text hold each two that follow each other, and the last of a run alone; a search for several asks for all their pairs.

-- Kana and Han, as a class of regular expressions.
create function app.unspaced_letters() returns text language sql immutable parallel safe as
  $$ select '[\u3005\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]' $$;

create function app.letter_pairs(folded text) returns setof text language sql immutable parallel safe as $$
  select distinct substr(run[1], place, 2) from regexp_matches(folded, '(' || app.unspaced_letters() || '+)', 'g') run
  cross join generate_series(1, length(run[1])) place
$$;

create or replace function app.words(title text, body text) returns tsvector language plpgsql immutable parallel safe as $$
declare
  plain constant text := app.fold(left(regexp_replace(coalesce(title, '') || ' ' || coalesce(body, ''), '<[^>]*>|&[a-z]+;|&#\d+;', ' ', 'g'), 50000));
  words text[] := array(select distinct left(word, 60) from regexp_split_to_table(plain, '[^[:alnum:]]+') word where word <> '');
begin
  -- Most texts are of letters of one byte each, which is told at once.
  if octet_length(plain) > length(plain) and plain ~ app.unspaced_letters() then words := array(select unnest(words) union select app.letter_pairs(plain)); end if;
  return array_to_tsvector(words);
end $$;

-- Words by how they begin; those of letters without spaces by their pairs, wherever they stand.
create function app.words_query(wanted text[]) returns tsquery language sql immutable parallel safe as $$
  select nullif(string_agg(part, ' & '), '')::tsquery from unnest(wanted) word cross join lateral (
    select quote_literal(left(word, 60)) || ':*' as part where not (length(word) > 1 and word ~ ('^' || app.unspaced_letters() || '+$'))
    union all select quote_literal(substr(word, place, 2)) from generate_series(1, least(length(word), 30) - 1) place
      where length(word) > 1 and word ~ ('^' || app.unspaced_letters() || '+$')) parts
$$;

-- By its owner; as it was, but for the query.
set local role holdfast_system;
create or replace function app.search_written(target text, title_sql text, person text, q text, rows_max int)
returns table (id uuid, title text, body text, at timestamptz, contact_id uuid, company_id uuid, deal_id uuid)
language plpgsql stable set search_path = pg_catalog, public, app
set enable_seqscan = off set enable_indexscan = on set jit = off set max_parallel_workers_per_gather = 0 as $$
declare
  probed_max constant int := 1000;
  candidates_max constant int := 200;
  wanted constant text[] := array(select word from regexp_split_to_table(app.fold(q), '[^[:alnum:]]+') word where word <> '' order by length(word) desc);
  query constant tsquery := app.words_query(wanted);
  words constant text := format('app.words(%s, r.body)', title_sql);
  reached text := 'r.tenant_id = app.tenant_id() and r.deleted_at is null';
  parent text;
  found uuid[]; rare uuid[] := '{}';
begin
  if query is null or app.scope(target, 'read') = 'none' then return; end if;
  if app.scope(target, 'read') <> 'all' then reached := reached || format(' and r.%I = any (app.scope_owners(%L, ''read''))', person, target); end if;
  foreach parent in array array['contact', 'company', 'deal'] loop
    reached := reached || format(' and (r.%1$s_id is null or exists (select from %1$s p where p.tenant_id = r.tenant_id and p.id = r.%1$s_id and p.deleted_at is null %2$s))',
      parent, case app.scope(parent, 'read') when 'all' then '' when 'none' then 'and false' else format('and p.owner_id = any (app.scope_owners(%L, ''read''))', parent) end);
  end loop;
  -- First the newest: a common word fills the list from them, and the lists of its index would be long to read. Letters that are written
  -- otherwise are left to the index: taking a text apart costs much more than looking into it.
  execute format('select array(select r.id from (select * from %1$I where tenant_id = app.tenant_id() order by created_at desc limit $3) r
    where strpos(lower(coalesce(%2$s, '''') || '' '' || coalesce(r.body, '''')), $1) > 0 and %3$s @@ $2 and %4$s)', target, title_sql, words, reached)
  using wanted[1], query, probed_max into found;
  if cardinality(found) < rows_max then
    perform set_config('enable_indexscan', 'off', true);
    execute format('select array(select r.id from %I r where %s @@ $1 and %s limit $2)', target, words, reached)
    using query, candidates_max into rare;
  end if;
  return query execute format('select r.id, %s::text, left(r.body, 20000), r.created_at::timestamptz, r.contact_id, r.company_id, r.deal_id from %I r
    where r.tenant_id = app.tenant_id() and r.id = any ($1) and %s order by r.created_at desc, r.id desc limit $2', title_sql, target, reached)
  using found || rare, rows_max;
end $$;
reset role;

-- Only where there is such a text: for all others the words are what they were.
set local role holdfast_system;
do $$
declare target text;
begin
  foreach target in array array['note.body', 'comment.body', 'activity.concat(subject, body)', 'task.concat(title, body)'] loop
    execute format('select set_config(''app.reindex_%1$s'', exists (select from %1$s where %2$s ~ app.unspaced_letters())::text, true)',
      split_part(target, '.', 1), split_part(target, '.', 2));
  end loop;
end $$;
reset role;
do $$
declare target text;
begin
  foreach target in array array['note', 'comment', 'activity', 'task'] loop
    if current_setting('app.reindex_' || target) = 'true' then execute format('reindex index %I', target || '_words'); end if;
  end loop;
end $$;
