create function pg_temp.longer(predicate text) returns text language sql as $$
  select regexp_replace(regexp_replace(predicate,
    '\( SELECT app\.full_scope\(([^)]*)\) AS full_scope\)', '(SELECT app.scope(\1))', 'g'),
    '\( SELECT app\.some_scope\(([^)]*)\) AS some_scope\)', '(SELECT app.scope(\1))', 'g')
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
      select pg_temp.longer(pg_get_expr(p.polqual, p.polrelid)) as predicate, pg_temp.longer(pg_get_expr(p.polwithcheck, p.polrelid)) as checked) e
    where concat(pg_get_expr(p.polqual, p.polrelid), pg_get_expr(p.polwithcheck, p.polrelid)) ~ 'app\.(full_scope|some_scope)\('
  loop
    execute format('alter policy %I on %s', found.polname, found.target)
      || coalesce(' using (' || found.predicate || ')', '') || coalesce(' with check (' || found.checked || ')', '');
  end loop;
  perform set_config('search_path', search_path, true);
end $$;
drop function pg_temp.longer(text);

alter policy read on attachment using (tenant_id = (select app.tenant_id())
  and ((note_id is null or exists (select from note p where p.tenant_id = attachment.tenant_id and p.id = note_id))
    and (comment_id is null or exists (select from comment p where p.tenant_id = attachment.tenant_id and p.id = comment_id))));
drop function app.has_answer(uuid);
drop function app.reads_note_and_comment(uuid, uuid);
drop function app.hidden_keys(text);
alter function app.hidden_keys_among_limited(text) rename to hidden_keys;

create or replace function app.row_predicate(resource text, action text, owner text) returns text language sql immutable as $$
  select 'tenant_id = (select app.tenant_id())' || case
    when resource is null then ''
    when owner is null then format(' and (select app.scope(%L, %L)) <> ''none''', resource, action)
    else format(' and ((select app.scope(%1$L, %2$L)) = ''all'' or %3$I = any ((select app.scope_owners(%1$L, %2$L))::uuid[]))',
      resource, action, owner)
  end
$$;
create or replace function app.sees_all_records() returns boolean language sql stable parallel safe as $$
  select app.scope('contact', 'read') = 'all' and app.scope('company', 'read') = 'all' and app.scope('deal', 'read') = 'all'
$$;
drop function app.some_scope(text, text);
drop function app.full_scope(text, text);
