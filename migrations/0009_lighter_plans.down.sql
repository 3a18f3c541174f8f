alter table contact reset (fillfactor);
alter table company reset (fillfactor);
alter table deal reset (fillfactor);

do $$
declare
  child text;
  parents constant text := '(select app.sees_all_records()) or (
    (contact_id is null or exists (select from contact p where p.tenant_id = %1$I.tenant_id and p.id = contact_id))
    and (company_id is null or exists (select from company p where p.tenant_id = %1$I.tenant_id and p.id = company_id))
    and (deal_id is null or exists (select from deal p where p.tenant_id = %1$I.tenant_id and p.id = deal_id)))';
  owners constant jsonb := '{"note": "author_id", "task": "assignee_id", "activity": "author_id"}';
begin
  foreach child in array array['note', 'task', 'activity'] loop
    execute format('alter policy read on %I using (%s and (%s))', child, app.row_predicate(child, 'read', owners ->> child), format(parents, child));
    execute format('alter policy append on %I with check (%s and (%s))', child, app.row_predicate(child, 'create', owners ->> child), format(parents, child));
    execute format('alter policy change on %I using (((%s) or (%s)) and (%s))', child, app.row_predicate(child, 'update', owners ->> child),
      app.row_predicate(child, 'delete', owners ->> child), format(parents, child));
    execute format('alter policy remove on %I using (%s and (%s))', child, app.row_predicate(child, 'delete', owners ->> child), format(parents, child));
  end loop;
  execute format('alter policy read on record_tag using (%s and (%s))', app.row_predicate('tag', 'read', null), format(parents, 'record_tag'));
end $$;

drop function app.reads_parents(uuid, uuid, uuid);

create or replace function app.person_name(given text, family text) returns text language sql immutable parallel safe as $$
  select nullif(case when coalesce(family, '') || coalesce(given, '') ~ '^[\u2e80-\u9fff\uac00-\ud7af]+$'
    then coalesce(family, '') || coalesce(given, '')
    else trim(coalesce(given, '') || ' ' || coalesce(family, '')) end, '')
$$;

create or replace function app.fold(value text) returns text language sql immutable parallel safe as
  $$ select lower(regexp_replace(normalize(value, NFKD), '[\u0300-\u036f]', '', 'g')) $$;
