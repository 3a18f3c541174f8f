-- What every statement pays for, made cheaper; what is allowed and what is stored stay as they are.

-- A function of one SQL expression is put into the expression that calls it, which PostgreSQL does anew for each INSERT and UPDATE of a table
-- whose generated columns call it: reading its text costs more than running it. One in PL/pgSQL is called.
create or replace function app.fold(value text) returns text language plpgsql immutable parallel safe as
  $$ begin return lower(regexp_replace(normalize(value, NFKD), '[\u0300-\u036f]', '', 'g')); end $$;

create or replace function app.person_name(given text, family text) returns text language plpgsql immutable parallel safe as $$
begin
  return nullif(case when coalesce(family, '') || coalesce(given, '') ~ '^[\u2e80-\u9fff\uac00-\ud7af]+$'
    then coalesce(family, '') || coalesce(given, '')
    else trim(coalesce(given, '') || ' ' || coalesce(family, '')) end, '');
end $$;

-- Whether the caller reads every record that something hangs on. Policies that said this themselves had the policies of three more tables in
-- the plan of every list and timeline, also for callers who are never asked.
create function app.reads_parents(contact uuid, company uuid, deal uuid) returns boolean language plpgsql stable parallel safe as $$
begin
  return (contact is null or exists (select from public.contact p where p.tenant_id = app.tenant_id() and p.id = contact))
    and (company is null or exists (select from public.company p where p.tenant_id = app.tenant_id() and p.id = company))
    and (deal is null or exists (select from public.deal p where p.tenant_id = app.tenant_id() and p.id = deal));
end $$;

-- Room on each page for the next version of a row, which then needs no new entry in any index.
alter table contact set (fillfactor = 90);
alter table company set (fillfactor = 90);
alter table deal set (fillfactor = 90);

do $$
declare
  child text;
  parents constant text := '(select app.sees_all_records()) or app.reads_parents(contact_id, company_id, deal_id)';
  owners constant jsonb := '{"note": "author_id", "task": "assignee_id", "activity": "author_id"}';
begin
  foreach child in array array['note', 'task', 'activity'] loop
    execute format('alter policy read on %I using (%s and (%s))', child, app.row_predicate(child, 'read', owners ->> child), parents);
    execute format('alter policy append on %I with check (%s and (%s))', child, app.row_predicate(child, 'create', owners ->> child), parents);
    execute format('alter policy change on %I using (((%s) or (%s)) and (%s))', child, app.row_predicate(child, 'update', owners ->> child),
      app.row_predicate(child, 'delete', owners ->> child), parents);
    execute format('alter policy remove on %I using (%s and (%s))', child, app.row_predicate(child, 'delete', owners ->> child), parents);
  end loop;
  execute format('alter policy read on record_tag using (%s and (%s))', app.row_predicate('tag', 'read', null), parents);
end $$;
