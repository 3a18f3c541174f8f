-- Every statement sets up the expressions of the policies of all its tables before it reads a row. What they are made of is made less;
-- what is allowed stays as it is.

-- Words instead of true and false: what is compared with a word PostgreSQL expects of few rows, or of nearly all, as all plans have been made with
-- so far; of what is true or false it would expect half, and read whole tables.

-- 'all' when the caller may do this with every row of a resource.
create function app.full_scope(resource text, action text) returns text language sql stable parallel safe as $$
  select case when position(';' || resource || '.' || action || '=all;' in current_setting('app.rights', true)) > 0
    or current_setting('app.rights', true) = '*' then 'all' end
$$;

-- 'none' when the caller may do this with no row of a resource.
create function app.some_scope(resource text, action text) returns text language sql stable parallel safe as $$
  select case when position(';' || resource || '.' || action || '=' in current_setting('app.rights', true)) > 0
    or current_setting('app.rights', true) = '*' then 'some' else 'none' end
$$;

create or replace function app.sees_all_records() returns boolean language sql stable parallel safe as $$
  select (position(';contact.read=all;' in current_setting('app.rights', true)) > 0
      and position(';company.read=all;' in current_setting('app.rights', true)) > 0
      and position(';deal.read=all;' in current_setting('app.rights', true)) > 0)
    or current_setting('app.rights', true) = '*'
$$;

create or replace function app.row_predicate(resource text, action text, owner text) returns text language sql immutable as $$
  select 'tenant_id = (select app.tenant_id())' || case
    when resource is null then ''
    when owner is null then format(' and (select app.some_scope(%L, %L)) <> ''none''', resource, action)
    else format(' and ((select app.full_scope(%1$L, %2$L)) = ''all'' or %3$I = any ((select app.scope_owners(%1$L, %2$L))::uuid[]))',
      resource, action, owner)
  end
$$;

-- PostgreSQL puts a function of one expression into the statement that calls it, but not one that reads rows. That one is called only where
-- some field is hidden from the caller.
alter function app.hidden_keys(text) rename to hidden_keys_among_limited;
create function app.hidden_keys(resource text) returns text[] language sql stable parallel safe as $$
  select case when position(';field.' in current_setting('app.rights', true)) > 0 then app.hidden_keys_among_limited(resource) else '{}' end
$$;

-- What policies and queries said themselves had the policies of two more tables in the plan of every timeline.
create function app.reads_note_and_comment(of_note uuid, of_comment uuid) returns boolean language plpgsql stable parallel safe as $$
begin
  return (of_note is null or exists (select from public.note p where p.tenant_id = app.tenant_id() and p.id = of_note))
    and (of_comment is null or exists (select from public.comment p where p.tenant_id = app.tenant_id() and p.id = of_comment));
end $$;

create function app.has_answer(head uuid) returns boolean language plpgsql stable parallel safe as $$
begin
  return exists (select from public.comment a where a.tenant_id = app.tenant_id() and a.parent_id = head and a.deleted_at is null);
end $$;

alter policy read on attachment using (tenant_id = (select app.tenant_id()) and app.reads_note_and_comment(note_id, comment_id));

create function pg_temp.shorter(predicate text) returns text language sql as $$
  select regexp_replace(regexp_replace(predicate,
    '\( SELECT app\.scope\(([^)]*)\) AS scope\) = ''all''::text', '(SELECT app.full_scope(\1)) = ''all''', 'g'),
    '\( SELECT app\.scope\(([^)]*)\) AS scope\) <> ''none''::text', '(SELECT app.some_scope(\1)) <> ''none''', 'g')
$$;
do $$
declare
  found record;
  search_path constant text := current_setting('search_path');
begin
  -- Policies are shown with the schemas of what lies outside.
  perform set_config('search_path', 'public', true);
  for found in
    select p.polname, p.polrelid::regclass as target, e.* from pg_policy p, lateral (
      select pg_temp.shorter(pg_get_expr(p.polqual, p.polrelid)) as predicate, pg_temp.shorter(pg_get_expr(p.polwithcheck, p.polrelid)) as checked) e
    where concat(pg_get_expr(p.polqual, p.polrelid), pg_get_expr(p.polwithcheck, p.polrelid)) like '%app.scope(%'
  loop
    if concat(found.predicate, found.checked) like '%app.scope(%' then
      raise exception 'The policy % of % asks for scopes in a way of its own', found.polname, found.target;
    end if;
    execute format('alter policy %I on %s', found.polname, found.target)
      || coalesce(' using (' || found.predicate || ')', '') || coalesce(' with check (' || found.checked || ')', '');
  end loop;
  perform set_config('search_path', search_path, true);
end $$;
drop function pg_temp.shorter(text);
