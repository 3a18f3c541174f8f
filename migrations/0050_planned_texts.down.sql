drop index note_author, comment_author;

create function app.search_written(target text, title_sql text, person text, q text, rows_max int)
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
call app.run_as_system(array['app.search_written(text,text,text,text,int)']::regprocedure[], callable => false);

set local role holdfast_system;
create or replace function app.search_texts(q text, rows_max int)
returns table (resource text, id uuid, title text, body text, at timestamptz, subject_resource text, subject_id uuid, subject_name text)
language sql stable security definer set search_path = pg_catalog, public, app as $$
  select h.resource, h.id, h.title, h.body, h.at,
    case when d.id is not null then 'deal' when c.id is not null then 'contact' when f.id is not null then 'company' end,
    coalesce(d.id, c.id, f.id), coalesce(d.name, c.name, f.name)
  from (
    select * from (
      select 'note' as resource, n.* from app.search_written('note', 'null', 'author_id', q, rows_max) n
      union all select 'comment', c.* from app.search_written('comment', 'null', 'author_id', q, rows_max) c
      union all select 'activity', a.* from app.search_written('activity', 'r.subject', 'author_id', q, rows_max) a
      union all select 'task', t.* from app.search_written('task', 'r.title', 'assignee_id', q, rows_max) t
    ) found order by at desc, id desc limit rows_max
  ) h
  left join deal d on d.tenant_id = app.tenant_id() and d.id = h.deal_id
  left join contact c on c.tenant_id = app.tenant_id() and c.id = h.contact_id
  left join company f on f.tenant_id = app.tenant_id() and f.id = h.company_id
  order by h.at desc, h.id desc
$$;
drop function app.search_note(text, text, tsquery, int), app.search_comment(text, text, tsquery, int), app.search_activity(text, text, tsquery, int), app.search_task(text, text, tsquery, int);
drop function app.read_owners(text);
reset role;
