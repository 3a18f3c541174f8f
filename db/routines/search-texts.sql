-- Made from the record types by "npm run generate". Search as one types in what was written. These functions apply the tenant and the caller's scope
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
  kinds := array(select 'note' where case when app.scope('note', 'read') = 'all' then exists (
      select from (select r.body from note r where r.tenant_id = workspace order by r.created_at desc limit few) r
      where strpos(lower(concat_ws(' ', null::text, r.body)), letters) > 0) else true end
    union all select 'comment' where case when app.scope('comment', 'read') = 'all' then exists (
      select from (select r.body from comment r where r.tenant_id = workspace order by r.created_at desc limit few) r
      where strpos(lower(concat_ws(' ', null::text, r.body)), letters) > 0) else true end
    union all select 'task' where case when app.scope('task', 'read') = 'all' then exists (
      select from (select r.title, r.body from task r where r.tenant_id = workspace order by r.created_at desc limit few) r
      where strpos(lower(concat_ws(' ', r.title, r.body)), letters) > 0) else true end
    union all select 'activity' where case when app.scope('activity', 'read') = 'all' then exists (
      select from (select r.subject, r.body from activity r where r.tenant_id = workspace order by r.created_at desc limit few) r
      where strpos(lower(concat_ws(' ', r.subject, r.body)), letters) > 0) else true end
    union all select 'mail_message' where case when app.scope('mailbox', 'read') = 'all' then exists (
      select from (select r.subject, r.body from mail_message r where r.tenant_id = workspace order by r.created_at desc limit few) r
      where strpos(lower(concat_ws(' ', r.subject, r.body)), letters) > 0) else true end
    union all select 'meeting' where case when app.scope('mailbox', 'read') = 'all' then exists (
      select from (select r.title, r.description from meeting r where r.tenant_id = workspace order by r.created_at desc limit few) r
      where strpos(lower(concat_ws(' ', r.title, r.description)), letters) > 0) else true end);
  setting := set_config('enable_indexscan', 'off', true);
  kinds := kinds || array(select 'note' where case when 'note' <> all (kinds) then exists (
      select from note r where r.tenant_id = workspace and app.to_search_vector(null::text, r.body) @@ query and r.deleted_at is null) end
    union all select 'comment' where case when 'comment' <> all (kinds) then exists (
      select from comment r where r.tenant_id = workspace and app.to_search_vector(null::text, r.body) @@ query and r.deleted_at is null) end
    union all select 'task' where case when 'task' <> all (kinds) then exists (
      select from task r where r.tenant_id = workspace and app.to_search_vector(r.title, r.body) @@ query and r.deleted_at is null) end
    union all select 'activity' where case when 'activity' <> all (kinds) then exists (
      select from activity r where r.tenant_id = workspace and app.to_search_vector(r.subject, r.body) @@ query and r.deleted_at is null) end
    union all select 'mail_message' where case when 'mail_message' <> all (kinds) then exists (
      select from mail_message r where r.tenant_id = workspace and app.to_search_vector(r.subject, r.body) @@ query and r.deleted_at is null) end
    union all select 'meeting' where case when 'meeting' <> all (kinds) then exists (
      select from meeting r where r.tenant_id = workspace and app.to_search_vector(r.title, r.description) @@ query and r.deleted_at is null) end);
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
      select 'note' as resource, t.* from app.search_note(letters, begins, query, rows_max) t where 'note' = any (kinds)
      union all select 'comment', t.* from app.search_comment(letters, begins, query, rows_max) t where 'comment' = any (kinds)
      union all select 'task', t.* from app.search_task(letters, begins, query, rows_max) t where 'task' = any (kinds)
      union all select 'activity', t.* from app.search_activity(letters, begins, query, rows_max) t where 'activity' = any (kinds)
      union all select 'mail_message', t.* from app.search_mail_message(letters, begins, query, rows_max) t where 'mail_message' = any (kinds)
      union all select 'meeting', t.* from app.search_meeting(letters, begins, query, rows_max) t where 'meeting' = any (kinds)
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
create or replace function app.search_note(letters text, begins text, query tsquery, rows_max int)
  returns table (id uuid, title text, body text, at timestamptz, records uuid[]) language plpgsql stable
  set plan_cache_mode = force_generic_plan set enable_seqscan = off set enable_indexscan = on set jit = off
  set max_parallel_workers_per_gather = 0 set search_path = pg_catalog, public, app, pg_temp as $$
declare
  few constant int := 100;
  newest_max constant int := 1000;
  reached_max constant int := 5000;
  candidates_max constant int := 200;
  workspace constant uuid := app.tenant_id();
  everything constant boolean := app.scope('note', 'read') = 'all';
  owners constant uuid[] := case when not everything then app.scope_owners('note', 'read') end;
  found uuid[]; probed int; looked_through int;
begin
  if everything then
    -- First a few of the newest, and more of them when some match: a common word fills the list from these, and its lists in the index would be long
    -- to read. Accents are left to the index: folding a text costs much more than looking into it.
    foreach looked_through in array array[few, newest_max] loop
      found := array(
        select r.id from (
          select * from note n where n.tenant_id = app.tenant_id() order by n.created_at desc limit looked_through) r
        where strpos(lower(concat_ws(' ', null::text, r.body)), letters) > 0 and lower(concat_ws(' ', null::text, r.body)) ~ begins
        and app.to_search_vector(null::text, r.body) @@ query and r.deleted_at is null and app.finds_some_subject(r.records)
        limit rows_max);
      exit when found = '{}' or cardinality(found) >= rows_max;
    end loop;
  else
    select coalesce(array_agg(r.id order by r.created_at desc) filter (
        where strpos(app.fold(concat_ws(' ', null::text, r.body)), letters) > 0 and app.fold(concat_ws(' ', null::text, r.body)) ~ begins
        and app.to_search_vector(null::text, r.body) @@ query and r.deleted_at is null and app.finds_some_subject(r.records)), '{}'), count(*)
    from (select * from note r where r.tenant_id = app.tenant_id() and r.author_id = any (owners) limit reached_max) r into found, probed;
  end if;
  if cardinality(found) < rows_max and (everything or probed = reached_max) then
    perform set_config('enable_indexscan', 'off', true);
    found := found || array(
      select r.id from note r where r.tenant_id = app.tenant_id() and app.to_search_vector(null::text, r.body) @@ query
      and (everything or r.author_id = any (owners)) and r.deleted_at is null and app.finds_some_subject(r.records)
      limit candidates_max);
    perform set_config('enable_indexscan', 'on', true);
    -- More texts than these have the word, so others may be the newest.
    if everything and looked_through = few and cardinality(found) = candidates_max then
      looked_through := newest_max;
      found := found || array(
        select r.id from (
          select * from note n where n.tenant_id = app.tenant_id() order by n.created_at desc limit looked_through) r
        where strpos(lower(concat_ws(' ', null::text, r.body)), letters) > 0 and lower(concat_ws(' ', null::text, r.body)) ~ begins
        and app.to_search_vector(null::text, r.body) @@ query and r.deleted_at is null and app.finds_some_subject(r.records)
        limit rows_max);
    end if;
  end if;
  if found = '{}' then return; end if;
  return query
  select r.id, null::text, case when starts_with(r.body, e'\x01sealed:') then r.body else left(r.body, 20000) end, r.created_at::timestamptz, r.records from note r
  where r.tenant_id = app.tenant_id() and r.id = any (found) order by r.created_at desc, r.id desc limit rows_max;
end $$;
revoke all on function app.search_note(text, text, tsquery, int) from public;

create or replace function app.search_comment(letters text, begins text, query tsquery, rows_max int)
  returns table (id uuid, title text, body text, at timestamptz, records uuid[]) language plpgsql stable
  set plan_cache_mode = force_generic_plan set enable_seqscan = off set enable_indexscan = on set jit = off
  set max_parallel_workers_per_gather = 0 set search_path = pg_catalog, public, app, pg_temp as $$
declare
  few constant int := 100;
  newest_max constant int := 1000;
  reached_max constant int := 5000;
  candidates_max constant int := 200;
  workspace constant uuid := app.tenant_id();
  everything constant boolean := app.scope('comment', 'read') = 'all' or (app.is_member() is null and app.some_scope('comment', 'read') <> 'none');
  owners constant uuid[] := case when not everything then app.scope_owners('comment', 'read') end;
  found uuid[]; probed int; looked_through int;
begin
  if everything then
    -- First a few of the newest, and more of them when some match: a common word fills the list from these, and its lists in the index would be long
    -- to read. Accents are left to the index: folding a text costs much more than looking into it.
    foreach looked_through in array array[few, newest_max] loop
      found := array(
        select r.id from (
          select * from comment n where n.tenant_id = app.tenant_id() order by n.created_at desc limit looked_through) r
        where strpos(lower(concat_ws(' ', null::text, r.body)), letters) > 0 and lower(concat_ws(' ', null::text, r.body)) ~ begins
        and app.to_search_vector(null::text, r.body) @@ query and r.deleted_at is null and app.finds_subject(r.record_id) and (app.is_member() is not null or r.audience = 'public' or r.author_id = app.user_id())
        limit rows_max);
      exit when found = '{}' or cardinality(found) >= rows_max;
    end loop;
  else
    select coalesce(array_agg(r.id order by r.created_at desc) filter (
        where strpos(app.fold(concat_ws(' ', null::text, r.body)), letters) > 0 and app.fold(concat_ws(' ', null::text, r.body)) ~ begins
        and app.to_search_vector(null::text, r.body) @@ query and r.deleted_at is null and app.finds_subject(r.record_id) and (app.is_member() is not null or r.audience = 'public' or r.author_id = app.user_id())), '{}'), count(*)
    from (select * from comment r where r.tenant_id = app.tenant_id() and r.author_id = any (owners) limit reached_max) r into found, probed;
  end if;
  if cardinality(found) < rows_max and (everything or probed = reached_max) then
    perform set_config('enable_indexscan', 'off', true);
    found := found || array(
      select r.id from comment r where r.tenant_id = app.tenant_id() and app.to_search_vector(null::text, r.body) @@ query
      and (everything or r.author_id = any (owners)) and r.deleted_at is null and app.finds_subject(r.record_id) and (app.is_member() is not null or r.audience = 'public' or r.author_id = app.user_id())
      limit candidates_max);
    perform set_config('enable_indexscan', 'on', true);
    -- More texts than these have the word, so others may be the newest.
    if everything and looked_through = few and cardinality(found) = candidates_max then
      looked_through := newest_max;
      found := found || array(
        select r.id from (
          select * from comment n where n.tenant_id = app.tenant_id() order by n.created_at desc limit looked_through) r
        where strpos(lower(concat_ws(' ', null::text, r.body)), letters) > 0 and lower(concat_ws(' ', null::text, r.body)) ~ begins
        and app.to_search_vector(null::text, r.body) @@ query and r.deleted_at is null and app.finds_subject(r.record_id) and (app.is_member() is not null or r.audience = 'public' or r.author_id = app.user_id())
        limit rows_max);
    end if;
  end if;
  if found = '{}' then return; end if;
  return query
  select r.id, null::text, case when starts_with(r.body, e'\x01sealed:') then r.body else left(r.body, 20000) end, r.created_at::timestamptz, array[r.record_id] from comment r
  where r.tenant_id = app.tenant_id() and r.id = any (found) order by r.created_at desc, r.id desc limit rows_max;
end $$;
revoke all on function app.search_comment(text, text, tsquery, int) from public;

create or replace function app.search_task(letters text, begins text, query tsquery, rows_max int)
  returns table (id uuid, title text, body text, at timestamptz, records uuid[]) language plpgsql stable
  set plan_cache_mode = force_generic_plan set enable_seqscan = off set enable_indexscan = on set jit = off
  set max_parallel_workers_per_gather = 0 set search_path = pg_catalog, public, app, pg_temp as $$
declare
  few constant int := 100;
  newest_max constant int := 1000;
  reached_max constant int := 5000;
  candidates_max constant int := 200;
  workspace constant uuid := app.tenant_id();
  everything constant boolean := app.scope('task', 'read') = 'all';
  owners constant uuid[] := case when not everything then app.scope_owners('task', 'read') end;
  found uuid[]; probed int; looked_through int;
begin
  if everything then
    -- First a few of the newest, and more of them when some match: a common word fills the list from these, and its lists in the index would be long
    -- to read. Accents are left to the index: folding a text costs much more than looking into it.
    foreach looked_through in array array[few, newest_max] loop
      found := array(
        select r.id from (
          select * from task n where n.tenant_id = app.tenant_id() order by n.created_at desc limit looked_through) r
        where strpos(lower(concat_ws(' ', r.title, r.body)), letters) > 0 and lower(concat_ws(' ', r.title, r.body)) ~ begins
        and app.to_search_vector(r.title, r.body) @@ query and r.deleted_at is null and app.finds_some_subject(r.records)
        limit rows_max);
      exit when found = '{}' or cardinality(found) >= rows_max;
    end loop;
  else
    select coalesce(array_agg(r.id order by r.created_at desc) filter (
        where strpos(app.fold(concat_ws(' ', r.title, r.body)), letters) > 0 and app.fold(concat_ws(' ', r.title, r.body)) ~ begins
        and app.to_search_vector(r.title, r.body) @@ query and r.deleted_at is null and app.finds_some_subject(r.records)), '{}'), count(*)
    from (select * from task r where r.tenant_id = app.tenant_id() and r.assignee_id = any (owners) limit reached_max) r into found, probed;
  end if;
  if cardinality(found) < rows_max and (everything or probed = reached_max) then
    perform set_config('enable_indexscan', 'off', true);
    found := found || array(
      select r.id from task r where r.tenant_id = app.tenant_id() and app.to_search_vector(r.title, r.body) @@ query
      and (everything or r.assignee_id = any (owners)) and r.deleted_at is null and app.finds_some_subject(r.records)
      limit candidates_max);
    perform set_config('enable_indexscan', 'on', true);
    -- More texts than these have the word, so others may be the newest.
    if everything and looked_through = few and cardinality(found) = candidates_max then
      looked_through := newest_max;
      found := found || array(
        select r.id from (
          select * from task n where n.tenant_id = app.tenant_id() order by n.created_at desc limit looked_through) r
        where strpos(lower(concat_ws(' ', r.title, r.body)), letters) > 0 and lower(concat_ws(' ', r.title, r.body)) ~ begins
        and app.to_search_vector(r.title, r.body) @@ query and r.deleted_at is null and app.finds_some_subject(r.records)
        limit rows_max);
    end if;
  end if;
  if found = '{}' then return; end if;
  return query
  select r.id, r.title, left(r.body, 20000), r.created_at::timestamptz, r.records from task r
  where r.tenant_id = app.tenant_id() and r.id = any (found) order by r.created_at desc, r.id desc limit rows_max;
end $$;
revoke all on function app.search_task(text, text, tsquery, int) from public;

create or replace function app.search_activity(letters text, begins text, query tsquery, rows_max int)
  returns table (id uuid, title text, body text, at timestamptz, records uuid[]) language plpgsql stable
  set plan_cache_mode = force_generic_plan set enable_seqscan = off set enable_indexscan = on set jit = off
  set max_parallel_workers_per_gather = 0 set search_path = pg_catalog, public, app, pg_temp as $$
declare
  few constant int := 100;
  newest_max constant int := 1000;
  reached_max constant int := 5000;
  candidates_max constant int := 200;
  workspace constant uuid := app.tenant_id();
  everything constant boolean := app.scope('activity', 'read') = 'all';
  owners constant uuid[] := case when not everything then app.scope_owners('activity', 'read') end;
  found uuid[]; probed int; looked_through int;
begin
  if everything then
    -- First a few of the newest, and more of them when some match: a common word fills the list from these, and its lists in the index would be long
    -- to read. Accents are left to the index: folding a text costs much more than looking into it.
    foreach looked_through in array array[few, newest_max] loop
      found := array(
        select r.id from (
          select * from activity n where n.tenant_id = app.tenant_id() order by n.created_at desc limit looked_through) r
        where strpos(lower(concat_ws(' ', r.subject, r.body)), letters) > 0 and lower(concat_ws(' ', r.subject, r.body)) ~ begins
        and app.to_search_vector(r.subject, r.body) @@ query and r.deleted_at is null and app.finds_some_subject(r.records)
        limit rows_max);
      exit when found = '{}' or cardinality(found) >= rows_max;
    end loop;
  else
    select coalesce(array_agg(r.id order by r.created_at desc) filter (
        where strpos(app.fold(concat_ws(' ', r.subject, r.body)), letters) > 0 and app.fold(concat_ws(' ', r.subject, r.body)) ~ begins
        and app.to_search_vector(r.subject, r.body) @@ query and r.deleted_at is null and app.finds_some_subject(r.records)), '{}'), count(*)
    from (select * from activity r where r.tenant_id = app.tenant_id() and r.author_id = any (owners) limit reached_max) r into found, probed;
  end if;
  if cardinality(found) < rows_max and (everything or probed = reached_max) then
    perform set_config('enable_indexscan', 'off', true);
    found := found || array(
      select r.id from activity r where r.tenant_id = app.tenant_id() and app.to_search_vector(r.subject, r.body) @@ query
      and (everything or r.author_id = any (owners)) and r.deleted_at is null and app.finds_some_subject(r.records)
      limit candidates_max);
    perform set_config('enable_indexscan', 'on', true);
    -- More texts than these have the word, so others may be the newest.
    if everything and looked_through = few and cardinality(found) = candidates_max then
      looked_through := newest_max;
      found := found || array(
        select r.id from (
          select * from activity n where n.tenant_id = app.tenant_id() order by n.created_at desc limit looked_through) r
        where strpos(lower(concat_ws(' ', r.subject, r.body)), letters) > 0 and lower(concat_ws(' ', r.subject, r.body)) ~ begins
        and app.to_search_vector(r.subject, r.body) @@ query and r.deleted_at is null and app.finds_some_subject(r.records)
        limit rows_max);
    end if;
  end if;
  if found = '{}' then return; end if;
  return query
  select r.id, r.subject, case when starts_with(r.body, e'\x01sealed:') then r.body else left(r.body, 20000) end, r.created_at::timestamptz, r.records from activity r
  where r.tenant_id = app.tenant_id() and r.id = any (found) order by r.created_at desc, r.id desc limit rows_max;
end $$;
revoke all on function app.search_activity(text, text, tsquery, int) from public;

create or replace function app.search_mail_message(letters text, begins text, query tsquery, rows_max int)
  returns table (id uuid, title text, body text, at timestamptz, records uuid[]) language plpgsql stable
  set plan_cache_mode = force_generic_plan set enable_seqscan = off set enable_indexscan = on set jit = off
  set max_parallel_workers_per_gather = 0 set search_path = pg_catalog, public, app, pg_temp as $$
declare
  few constant int := 100;
  newest_max constant int := 1000;
  reached_max constant int := 5000;
  candidates_max constant int := 200;
  workspace constant uuid := app.tenant_id();
  everything constant boolean := app.scope('mailbox', 'read') = 'all';
  found uuid[]; probed int; looked_through int;
begin
  if everything then
    -- First a few of the newest, and more of them when some match: a common word fills the list from these, and its lists in the index would be long
    -- to read. Accents are left to the index: folding a text costs much more than looking into it.
    foreach looked_through in array array[few, newest_max] loop
      found := array(
        select r.id from (
          select * from mail_message n where n.tenant_id = app.tenant_id() order by n.created_at desc limit looked_through) r
        where strpos(lower(concat_ws(' ', r.subject, r.body)), letters) > 0 and lower(concat_ws(' ', r.subject, r.body)) ~ begins
        and app.to_search_vector(r.subject, r.body) @@ query and r.deleted_at is null and (select app.some_scope('mailbox', 'read')) <> 'none' and ((select app.is_system()) or r.mailbox_ids && (select app.mailboxes_shared('everything'))::uuid[]
    or (select app.has_sharing_exceptions()) and (r.mailbox_ids || r.records || r.conversation_id) && (select app.sharing_candidates('everything'))::uuid[]
      and app.message_shared('everything', r.id, r.conversation_id, r.records, r.records_said, r.mailbox_ids))
        limit rows_max);
      exit when found = '{}' or cardinality(found) >= rows_max;
    end loop;
  else
    select coalesce(array_agg(r.id order by r.created_at desc) filter (
        where strpos(app.fold(concat_ws(' ', r.subject, r.body)), letters) > 0 and app.fold(concat_ws(' ', r.subject, r.body)) ~ begins
        and app.to_search_vector(r.subject, r.body) @@ query and r.deleted_at is null and (select app.some_scope('mailbox', 'read')) <> 'none' and ((select app.is_system()) or r.mailbox_ids && (select app.mailboxes_shared('everything'))::uuid[]
    or (select app.has_sharing_exceptions()) and (r.mailbox_ids || r.records || r.conversation_id) && (select app.sharing_candidates('everything'))::uuid[]
      and app.message_shared('everything', r.id, r.conversation_id, r.records, r.records_said, r.mailbox_ids))), '{}'), count(*)
    from (select * from mail_message r where r.tenant_id = app.tenant_id() and false limit reached_max) r into found, probed;
  end if;
  if cardinality(found) < rows_max and (everything or probed = reached_max) then
    perform set_config('enable_indexscan', 'off', true);
    found := found || array(
      select r.id from mail_message r where r.tenant_id = app.tenant_id() and app.to_search_vector(r.subject, r.body) @@ query
      and (everything or false) and r.deleted_at is null and (select app.some_scope('mailbox', 'read')) <> 'none' and ((select app.is_system()) or r.mailbox_ids && (select app.mailboxes_shared('everything'))::uuid[]
    or (select app.has_sharing_exceptions()) and (r.mailbox_ids || r.records || r.conversation_id) && (select app.sharing_candidates('everything'))::uuid[]
      and app.message_shared('everything', r.id, r.conversation_id, r.records, r.records_said, r.mailbox_ids))
      limit candidates_max);
    perform set_config('enable_indexscan', 'on', true);
    -- More texts than these have the word, so others may be the newest.
    if everything and looked_through = few and cardinality(found) = candidates_max then
      looked_through := newest_max;
      found := found || array(
        select r.id from (
          select * from mail_message n where n.tenant_id = app.tenant_id() order by n.created_at desc limit looked_through) r
        where strpos(lower(concat_ws(' ', r.subject, r.body)), letters) > 0 and lower(concat_ws(' ', r.subject, r.body)) ~ begins
        and app.to_search_vector(r.subject, r.body) @@ query and r.deleted_at is null and (select app.some_scope('mailbox', 'read')) <> 'none' and ((select app.is_system()) or r.mailbox_ids && (select app.mailboxes_shared('everything'))::uuid[]
    or (select app.has_sharing_exceptions()) and (r.mailbox_ids || r.records || r.conversation_id) && (select app.sharing_candidates('everything'))::uuid[]
      and app.message_shared('everything', r.id, r.conversation_id, r.records, r.records_said, r.mailbox_ids))
        limit rows_max);
    end if;
  end if;
  if found = '{}' then return; end if;
  return query
  select r.id, r.subject, left(r.body, 20000), r.created_at::timestamptz, r.records from mail_message r
  where r.tenant_id = app.tenant_id() and r.id = any (found) order by r.created_at desc, r.id desc limit rows_max;
end $$;
revoke all on function app.search_mail_message(text, text, tsquery, int) from public;

create or replace function app.search_meeting(letters text, begins text, query tsquery, rows_max int)
  returns table (id uuid, title text, body text, at timestamptz, records uuid[]) language plpgsql stable
  set plan_cache_mode = force_generic_plan set enable_seqscan = off set enable_indexscan = on set jit = off
  set max_parallel_workers_per_gather = 0 set search_path = pg_catalog, public, app, pg_temp as $$
declare
  few constant int := 100;
  newest_max constant int := 1000;
  reached_max constant int := 5000;
  candidates_max constant int := 200;
  workspace constant uuid := app.tenant_id();
  everything constant boolean := app.scope('mailbox', 'read') = 'all';
  found uuid[]; probed int; looked_through int;
begin
  if everything then
    -- First a few of the newest, and more of them when some match: a common word fills the list from these, and its lists in the index would be long
    -- to read. Accents are left to the index: folding a text costs much more than looking into it.
    foreach looked_through in array array[few, newest_max] loop
      found := array(
        select r.id from (
          select * from meeting n where n.tenant_id = app.tenant_id() order by n.created_at desc limit looked_through) r
        where strpos(lower(concat_ws(' ', r.title, r.description)), letters) > 0 and lower(concat_ws(' ', r.title, r.description)) ~ begins
        and app.to_search_vector(r.title, r.description) @@ query and r.deleted_at is null and (select app.some_scope('mailbox', 'read')) <> 'none' and ((select app.is_system()) or r.calendar_id = any ((select app.calendars_read('own'))::uuid[])
    or not r.is_private and r.calendar_id = any ((select app.calendars_read('everything'))::uuid[]))
        limit rows_max);
      exit when found = '{}' or cardinality(found) >= rows_max;
    end loop;
  else
    select coalesce(array_agg(r.id order by r.created_at desc) filter (
        where strpos(app.fold(concat_ws(' ', r.title, r.description)), letters) > 0 and app.fold(concat_ws(' ', r.title, r.description)) ~ begins
        and app.to_search_vector(r.title, r.description) @@ query and r.deleted_at is null and (select app.some_scope('mailbox', 'read')) <> 'none' and ((select app.is_system()) or r.calendar_id = any ((select app.calendars_read('own'))::uuid[])
    or not r.is_private and r.calendar_id = any ((select app.calendars_read('everything'))::uuid[]))), '{}'), count(*)
    from (select * from meeting r where r.tenant_id = app.tenant_id() and false limit reached_max) r into found, probed;
  end if;
  if cardinality(found) < rows_max and (everything or probed = reached_max) then
    perform set_config('enable_indexscan', 'off', true);
    found := found || array(
      select r.id from meeting r where r.tenant_id = app.tenant_id() and app.to_search_vector(r.title, r.description) @@ query
      and (everything or false) and r.deleted_at is null and (select app.some_scope('mailbox', 'read')) <> 'none' and ((select app.is_system()) or r.calendar_id = any ((select app.calendars_read('own'))::uuid[])
    or not r.is_private and r.calendar_id = any ((select app.calendars_read('everything'))::uuid[]))
      limit candidates_max);
    perform set_config('enable_indexscan', 'on', true);
    -- More texts than these have the word, so others may be the newest.
    if everything and looked_through = few and cardinality(found) = candidates_max then
      looked_through := newest_max;
      found := found || array(
        select r.id from (
          select * from meeting n where n.tenant_id = app.tenant_id() order by n.created_at desc limit looked_through) r
        where strpos(lower(concat_ws(' ', r.title, r.description)), letters) > 0 and lower(concat_ws(' ', r.title, r.description)) ~ begins
        and app.to_search_vector(r.title, r.description) @@ query and r.deleted_at is null and (select app.some_scope('mailbox', 'read')) <> 'none' and ((select app.is_system()) or r.calendar_id = any ((select app.calendars_read('own'))::uuid[])
    or not r.is_private and r.calendar_id = any ((select app.calendars_read('everything'))::uuid[]))
        limit rows_max);
    end if;
  end if;
  if found = '{}' then return; end if;
  return query
  select r.id, r.title, left(r.description, 20000), r.created_at::timestamptz, r.records from meeting r
  where r.tenant_id = app.tenant_id() and r.id = any (found) order by r.created_at desc, r.id desc limit rows_max;
end $$;
revoke all on function app.search_meeting(text, text, tsquery, int) from public;

reset role;
