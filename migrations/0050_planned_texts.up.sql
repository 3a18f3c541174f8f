-- Each letter typed asked every kind of text two or three questions that were planned anew, and those who reach their own texts only waited while
-- the texts of all that begin alike were taken apart. Now each kind has a function whose plans stay, and of own texts the index is asked only when
-- they are many.

create index note_author on note (tenant_id, author_id);
create index comment_author on comment (tenant_id, author_id);

-- Whose records of a kind the caller may read; null when everybody's.
create function app.read_owners(resource text) returns uuid[] language sql stable parallel safe as
  $$ select case when app.scope(resource, 'read') <> 'all' then app.scope_owners(resource, 'read') end $$;

-- search_note, search_comment, search_activity and search_task: the newest texts that match `query`. Each of them has the `letters` in it and matches
-- the regular expression `begins`, which are looked at first because they cost less.
do $$
declare
  kind record;
  parent text;
  reached text := 'r.deleted_at is null';
  -- Letters that are written otherwise are left to the index: taking a text apart costs much more than looking into it.
  newest constant text := 'array(select r.id from (select * from %1$I n where n.tenant_id = app.tenant_id() order by n.created_at desc limit looked_through) r
            where %2$s limit rows_max)';
  matching constant text := 'strpos(%1$s(concat_ws('' '', %2$s, r.body)), letters) > 0 and %1$s(concat_ws('' '', %2$s, r.body)) ~ begins and app.words(%2$s, r.body) @@ query and %3$s';
begin
  foreach parent in array array['contact', 'company', 'deal'] loop
    reached := reached || format(' and (r.%1$s_id is null or exists (select from %1$s p where p.tenant_id = r.tenant_id and p.id = r.%1$s_id
      and p.deleted_at is null and (%1$s_owners is null or p.owner_id = any (%1$s_owners))))', parent);
  end loop;
  for kind in values ('note', 'null::text', 'author_id'), ('comment', 'null', 'author_id'), ('activity', 'r.subject', 'author_id'), ('task', 'r.title', 'assignee_id') loop
    execute format($template$
      create function app.search_%1$s(letters text, begins text, query tsquery, rows_max int)
      returns table (id uuid, title text, body text, at timestamptz, contact_id uuid, company_id uuid, deal_id uuid)
      language plpgsql stable set search_path = pg_catalog, public, app set plan_cache_mode = force_generic_plan
      set enable_seqscan = off set enable_indexscan = on set jit = off set max_parallel_workers_per_gather = 0 as $function$
      declare
        few constant int := 100;
        newest_max constant int := 1000;
        own_max constant int := 5000;
        candidates_max constant int := 200;
        people constant uuid[] := app.read_owners('%1$s');
        contact_owners constant uuid[] := app.read_owners('contact');
        company_owners constant uuid[] := app.read_owners('company');
        deal_owners constant uuid[] := app.read_owners('deal');
        found uuid[]; own int; looked_through int := few;
      begin
        if people is null then
          -- First a few of the newest, and more of them when some match: a common word fills the list from them, and the lists of its index would be
          -- long to read.
          found := %5$s;
          if found <> '{}' and cardinality(found) < rows_max then
            looked_through := newest_max;
            found := %5$s;
          end if;
        else
          select coalesce(array_agg(r.id order by r.created_at desc) filter (where %6$s), '{}'), count(*)
          from (select * from %1$I o where o.tenant_id = app.tenant_id() and o.%3$I = any (people) limit own_max) r into found, own;
        end if;
        if cardinality(found) < rows_max and (people is null or own = own_max) then
          perform set_config('enable_indexscan', 'off', true);
          found := found || array(select r.id from %1$I r where r.tenant_id = app.tenant_id() and app.words(%2$s, r.body) @@ query
            and (people is null or r.%3$I = any (people)) and %4$s limit candidates_max);
          perform set_config('enable_indexscan', 'on', true);
          -- More than these have the word, so that the newest of them may be others.
          if people is null and looked_through = few and cardinality(found) = candidates_max then
            looked_through := newest_max;
            found := found || %5$s;
          end if;
        end if;
        if found = '{}' then return; end if;
        return query select r.id, %2$s, left(r.body, 20000), r.created_at::timestamptz, r.contact_id, r.company_id, r.deal_id from %1$I r
          where r.tenant_id = app.tenant_id() and r.id = any (found) order by r.created_at desc, r.id desc limit rows_max;
      end $function$
    $template$, kind.column1, kind.column2, kind.column3, reached, format(newest, kind.column1, format(matching, 'lower', kind.column2, reached)),
      format(matching, 'app.fold', kind.column2, reached));
  end loop;
end $$;
call app.run_as_system(array['app.read_owners(text)', 'app.search_note(text,text,tsquery,int)', 'app.search_comment(text,text,tsquery,int)',
  'app.search_activity(text,text,tsquery,int)', 'app.search_task(text,text,tsquery,int)']::regprocedure[], callable => false);

-- By its owner; the newest of all kinds with the records that they hang on.
set local role holdfast_system;
create or replace function app.search_texts(q text, rows_max int)
returns table (resource text, id uuid, title text, body text, at timestamptz, subject_resource text, subject_id uuid, subject_name text)
language plpgsql stable security definer set search_path = pg_catalog, public, app set plan_cache_mode = force_generic_plan as $$
declare
  words constant text[] := array(select word from regexp_split_to_table(app.fold(q), '[^[:alnum:]]+') word where word <> '' order by length(word) desc);
  query constant tsquery := app.words_query(words);
  -- Of letters without spaces a text need hold the pairs only, and anywhere.
  spaced constant boolean := words[1] !~ app.unspaced_letters();
  letters constant text := left(words[1], case when spaced then 60 else 1 end);
  begins constant text := case when spaced then '(^|[^[:alnum:]])' else '' end || letters;
begin
  if query is null then return; end if;
  return query select h.resource, h.id, h.title, h.body, h.at,
    case when d.id is not null then 'deal' when c.id is not null then 'contact' when f.id is not null then 'company' end,
    coalesce(d.id, c.id, f.id), coalesce(d.name, c.name, f.name)
  from (
    select * from (
      select 'note' as resource, n.* from app.search_note(letters, begins, query, rows_max) n
      union all select 'comment', c.* from app.search_comment(letters, begins, query, rows_max) c
      union all select 'activity', a.* from app.search_activity(letters, begins, query, rows_max) a
      union all select 'task', t.* from app.search_task(letters, begins, query, rows_max) t
    ) found order by at desc, id desc limit rows_max
  ) h
  left join deal d on d.tenant_id = app.tenant_id() and d.id = h.deal_id
  left join contact c on c.tenant_id = app.tenant_id() and c.id = h.contact_id
  left join company f on f.tenant_id = app.tenant_id() and f.id = h.company_id
  order by h.at desc, h.id desc;
end $$;
drop function app.search_written(text, text, text, text, int);
reset role;
