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
      union all select 'activity', a.* from app.search_written('activity', 'r.subject', 'author_id', q, rows_max) a
      union all select 'task', t.* from app.search_written('task', 'r.title', 'assignee_id', q, rows_max) t
    ) found order by at desc, id desc limit rows_max
  ) h
  left join deal d on d.tenant_id = app.tenant_id() and d.id = h.deal_id
  left join contact c on c.tenant_id = app.tenant_id() and c.id = h.contact_id
  left join company f on f.tenant_id = app.tenant_id() and f.id = h.company_id
  order by h.at desc, h.id desc
$$;
reset role;
drop index comment_words;
