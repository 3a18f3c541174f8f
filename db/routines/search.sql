-- Search as one types for records. Row-level security switches off any index whose operator is not leakproof, and none of the
-- operators that look inside a text is. So these functions, and those of each record type
-- (search-records.sql), run as holdfast_system and apply the tenant and the caller's scope themselves.

-- Loads pg_trgm: until then only a superuser may set its parameters for a function.
select public.show_limit();

-- A text as people compare it: folded, with ss for a sharp s, and one kind of apostrophe, dash and space between words. What is stored and
-- indexed keeps the folded text, in which these differ (app.fold).
create or replace function app.compared_text(value text) returns text language plpgsql immutable parallel safe cost 10 as $$
declare
  plain text;
begin
  if octet_length(value) = length(value) then plain := lower(value);
  else plain := replace(translate(app.fold(value), '‘’ʼ‐‒–—−', '''''''-----'), 'ß', 'ss'); end if;
  if strpos(plain, '  ') > 0 then plain := regexp_replace(plain, ' +', ' ', 'g'); end if;
  return plain;
end $$;

-- The folded texts that are compared as this one, to look them up by an index: each of the first three ss as a sharp s too, and all
-- apostrophes and dashes also as the other kinds that people type.
create or replace function app.spellings(value text) returns text[] language plpgsql immutable parallel safe as $$
declare
  sharp_s_max constant int := 3;
  parts constant text[] := string_to_array(app.compared_text(value), 'ss');
  found text[] := parts[1:1];
begin
  for at in 2 .. coalesce(cardinality(parts), 0) loop
    found := array(select f || s || parts[at] from unnest(found) f, unnest(case when at - 1 > sharp_s_max then '{ss}'
      else '{ss,ß}' end::text[]) s);
  end loop;
  return array(select distinct replace(replace(f, '''', apostrophe), '-', dash)
    from unnest(found) f, unnest('{'',’}'::text[]) apostrophe, unnest('{-,‐,–}'::text[]) dash);
end $$;

-- The searched text as it is compared, folded. "patterns" are its words for LIKE, beginning with the longest that a trigram index can look
-- up ("looked_up" of them): one with three letters or digits in a row, or two at the end of a word, or one that begins a word in Chinese or
-- Japanese.
create or replace function app.search_words(q text, out folded text, out patterns text[], out looked_up int)
  language sql immutable parallel safe as $$
  with f (folded) as (select trim(regexp_replace(app.fold(q), '\s+', ' ', 'g'))),
  w (word, usable) as (
    select word, word ~ '[[:alnum:]]{3}|[[:alnum:]]{2}[^[:alnum:]]|^[\u2e80-\u9fff]+$' from f, string_to_table(f.folded, ' ') as word
  )
  select f.folded,
    (select array_agg(case when word ~ '^[\u2e80-\u9fff]{1,20}$' then '% ' else '%' end
        || replace(replace(replace(word, '\', '\\'), '%', '\%'), '_', '\_') || '%' order by usable desc, length(word) desc) from w),
    (select count(*) filter (where usable) from w)::int
  from f
$$;

-- The same for records whose "search_text" has telephone numbers: a search that looks like one is reduced to its digits, as these are.
-- People write a number with or without its country, so of a long number the last nine digits count, and zeros before an area code do not.
create or replace function app.search_terms(q text, out folded text, out patterns text[], out looked_up int)
  language sql immutable parallel safe as $$
  with n (is_number, digits, significant) as (
    select q ~ '[0-9]' and q ~ '^[-+0-9 ()./]+$', d, ltrim(d, '0') from regexp_replace(q, '[^0-9]', '', 'g') d
  )
  select w.* from n cross join lateral app.search_words(case when not is_number then q
    when length(significant) >= 6 then right(significant, 9)
    else digits end) w
$$;

-- Whether two words differ by a typing error: one letter wrong, missing or too many (two in a word of eight letters or more), or two
-- letters swapped, which Levenshtein's distance counts as two.
create or replace function app.is_misspelt(word text, wanted text) returns boolean language plpgsql immutable parallel safe
  set search_path = pg_catalog, public, app, pg_temp as $$
begin
  -- Longer ones are no words, and the distance takes at most 255 bytes.
  if abs(length(word) - length(wanted)) > 2 or greatest(length(word), length(wanted)) > 60 then return false; end if;
  return case levenshtein_less_equal(word, wanted, 2)
    when 1 then true
    when 2 then greatest(length(word), length(wanted)) >= 8 or (left(word, 1) = left(wanted, 1)
      and (select string_agg(c, '' order by c) from string_to_table(word, null) c) = (select string_agg(c, '' order by c)
        from string_to_table(wanted, null) c))
    else false end;
end $$;

-- ---------------------------------------------------------------------------------------------------------------------
-- As holdfast_system

set local role holdfast_system;

-- Ids of records that contain each of the words, if need be with a typing error; nearest first. Looked up by the longest word alone.
create or replace function app.search_misspelt(target text, words text[], rows_max int) returns uuid[] language plpgsql stable
  set pg_trgm.word_similarity_threshold = 0.4 set enable_seqscan = off set enable_indexscan = off set jit = off
  set max_parallel_workers_per_gather = 0 set search_path = pg_catalog, public, app, pg_temp as $$
declare
  found uuid[];
  candidates_max constant int := 200;
  scope constant text := app.scope(app.right_of(target), 'read');
begin
  if scope = 'none' then return '{}'; end if;
  execute format('select array(select id from (
      select c.id, (select min(nearest) from unnest($2) as q (wanted), lateral (select max(similarity(t.word, q.wanted)) as nearest
          from string_to_table(c.search_text, '' '') as t (word) where strpos(t.word, q.wanted) > 0 or app.is_misspelt(t.word, q.wanted)) as n
        having count(nearest) = cardinality($2)) as likeness
      from (select id, search_text from (select id, search_text, deleted_at from %I r where tenant_id::text = (select app.tenant_id()::text) and search_text %%> $1 %s offset 0) l
        where deleted_at is null limit %s) c) found
    where likeness is not null order by likeness desc, id limit $3)', target,
    case when scope <> 'all' then 'and ' || app.reached_condition(target, 'r') else '' end, candidates_max)
  using words[1], words, rows_max into found;
  return found;
end $$;
revoke all on function app.search_misspelt(text, text[], int) from public;

reset role;
