-- PostgreSQL expects a comparison with a constant to hold for one row in 200, so it expected these policies to hide nearly every record: it read and
-- sorted whole tables for a page of a list, and looked up one by one the records that a filter reaches. It expects "is not null" to hold for nearly
-- every row. That is right for a caller who may see all rows; for other callers, lists name the owners themselves. app.full_scope answers 'all' or null,
-- so the policies allow what they allowed before. Tables with few rows in a workspace (dashboards, saved views, API keys) keep theirs.
create or replace function app.row_predicate(resource text, action text, owner text) returns text language sql immutable as $$
  select 'tenant_id = (select app.tenant_id())' || case
    when resource is null then ''
    when owner is null then format(' and (select app.some_scope(%L, %L)) <> ''none''', resource, action)
    else format(' and ((select app.full_scope(%1$L, %2$L)) is not null or %3$I = any ((select app.scope_owners(%1$L, %2$L))::uuid[]))',
      resource, action, owner)
  end
$$;

do $$
declare
  owned record;
  parents constant text := '(select app.sees_all_records()) or app.reads_parents(contact_id, company_id, deal_id)';
  may_change_parent constant text := format('tenant_id = (select app.tenant_id())
    and (note_id is null or exists (select from note p where p.tenant_id = attachment.tenant_id and p.id = note_id and (%s or %s)))
    and (comment_id is null or exists (select from comment p where p.tenant_id = attachment.tenant_id and p.id = comment_id and (%s or %s)))',
    app.row_predicate('note', 'update', 'author_id'), app.row_predicate('note', 'delete', 'author_id'),
    app.row_predicate('comment', 'update', 'author_id'), app.row_predicate('comment', 'delete', 'author_id'));
  may_change_contact constant text := format('tenant_id = (select app.tenant_id()) and exists (
    select from contact p where p.tenant_id = contact_position.tenant_id and p.id = contact_id and %s)', app.row_predicate('contact', 'update', 'owner_id'));
begin
  -- The shape of each policy is that of app.protect; `also` is what the table adds to it.
  for owned in
    select * from (values
      ('company', 'owner_id', 'true'), ('contact', 'owner_id', 'true'), ('deal', 'owner_id', 'true'),
      ('activity', 'author_id', parents), ('comment', 'author_id', parents), ('note', 'author_id', parents), ('task', 'assignee_id', parents),
      ('export', 'created_by', 'true'), ('file', 'created_by', 'true'), ('import', 'created_by', 'true')
    ) as o (name, owner, also)
  loop
    execute format('alter policy read on %I using (%s and (%s))', owned.name, app.row_predicate(owned.name, 'read', owned.owner), owned.also);
    execute format('alter policy append on %I with check (%s and (%s))', owned.name, app.row_predicate(owned.name, 'create', owned.owner), owned.also);
    execute format('alter policy change on %I using (((%s) or (%s)) and (%s))', owned.name,
      app.row_predicate(owned.name, 'update', owned.owner), app.row_predicate(owned.name, 'delete', owned.owner), owned.also);
    execute format('alter policy remove on %I using (%s and (%s))', owned.name, app.row_predicate(owned.name, 'delete', owned.owner), owned.also);
  end loop;
  execute format('alter policy append on attachment with check (%s)', may_change_parent);
  execute format('alter policy change on attachment using (%s)', may_change_parent);
  execute format('alter policy remove on attachment using (%s)', may_change_parent);
  execute format('alter policy append on contact_position with check (%s)', may_change_contact);
  execute format('alter policy change on contact_position using (%s)', may_change_contact);
  execute format('alter policy remove on contact_position using (%s)', may_change_contact);
end $$;
