-- Notes, tasks and activities are about several records of any types, which they name in "records"; record_link leads from a record to them. What is
-- attached to one record (comments, tags, followers) names it in record_id, whatever its type. docs/decisions/0237-entries-about-several-records.md
--
-- One step, not an expansion and a contraction: a release of before this one cannot run beside it (the decision says why).
--
-- locks activity: its rows are written once, in one pass
-- locks comment: its rows are written once, in one pass
-- locks follower: a record has a few
-- locks note: its rows are written once, in one pass
-- locks record_tag: its rows are written once, in one pass
-- locks task: its rows are written once, in one pass
-- locks saved_view: a person has a few
-- locks subject: it had nothing but records of types without a column of their own
lock table activity, comment, follower, note, record_tag, saved_view, subject, task in access exclusive mode;

-- Policies and triggers name the columns. They are made again after every migration.
do $$
declare part record;
begin
  for part in select policyname, tablename from pg_policies where schemaname = 'public'
      and tablename in ('activity', 'comment', 'follower', 'note', 'record_tag', 'task') loop
    execute format('drop policy %I on public.%I', part.policyname, part.tablename);
  end loop;
  for part in select tgname, tgrelid::regclass as of_table from pg_trigger where tgname in ('ensure_subject', 'check_reply') and not tgisinternal loop
    execute format('drop trigger %I on %s', part.tgname, part.of_table);
  end loop;
end $$;
drop function if exists app.sees_all_records() cascade;
drop function if exists app.reads_parents(uuid, uuid, uuid, uuid) cascade;
drop function if exists app.search_note(text, text, tsquery, int);
drop function if exists app.search_comment(text, text, tsquery, int);
drop function if exists app.search_activity(text, text, tsquery, int);
drop function if exists app.search_task(text, text, tsquery, int);

insert into subject (tenant_id, id, type)
select tenant_id, contact_id, 'contact' from (select tenant_id, contact_id from note union select tenant_id, contact_id from task
  union select tenant_id, contact_id from activity union select tenant_id, contact_id from comment
  union select tenant_id, contact_id from record_tag union select tenant_id, contact_id from follower) named where contact_id is not null
union all
select tenant_id, company_id, 'company' from (select tenant_id, company_id from note union select tenant_id, company_id from task
  union select tenant_id, company_id from activity union select tenant_id, company_id from comment
  union select tenant_id, company_id from record_tag union select tenant_id, company_id from follower) named where company_id is not null
union all
select tenant_id, deal_id, 'deal' from (select tenant_id, deal_id from note union select tenant_id, deal_id from task
  union select tenant_id, deal_id from activity union select tenant_id, deal_id from comment
  union select tenant_id, deal_id from record_tag union select tenant_id, deal_id from follower) named where deal_id is not null;

-- A change of the type writes each row once and calls no trigger: the rows say what they said before.
alter table note add column records uuid[] not null default '{}';
alter table note alter column records type uuid[] using array_remove(array[deal_id, contact_id, company_id, record_id], null);
alter table note drop column contact_id, drop column company_id, drop column deal_id, drop column record_id,
  add constraint note_records_check check (cardinality(records) between 1 and 20 and array_position(records, null) is null);
alter table activity add column records uuid[] not null default '{}';
alter table activity alter column records type uuid[] using array_remove(array[deal_id, contact_id, company_id, record_id], null);
alter table activity drop column contact_id, drop column company_id, drop column deal_id, drop column record_id,
  add constraint activity_records_check check (cardinality(records) between 1 and 20 and array_position(records, null) is null);
alter table task add column records uuid[] not null default '{}';
alter table task alter column records type uuid[] using array_remove(array[deal_id, contact_id, company_id, record_id], null);
alter table task drop column contact_id, drop column company_id, drop column deal_id, drop column record_id,
  add constraint task_records_check check (cardinality(records) <= 20 and array_position(records, null) is null);

drop index comment_record;
alter table comment drop constraint comment_tenant_id_record_id_fkey;
alter table comment alter column record_id type uuid using coalesce(record_id, contact_id, company_id, deal_id);
alter table comment drop column contact_id, drop column company_id, drop column deal_id, alter column record_id set not null;
create index comment_record on comment (tenant_id, record_id, created_at desc, id desc);

drop index record_tag_record;
alter table record_tag drop constraint record_tag_tenant_id_record_id_fkey;
alter table record_tag alter column record_id type uuid using coalesce(record_id, contact_id, company_id, deal_id);
alter table record_tag drop column contact_id, drop column company_id, drop column deal_id, alter column record_id set not null;
create unique index record_tag_record on record_tag (tenant_id, record_id, tag_id);

drop index follower_record;
alter table follower drop constraint follower_tenant_id_record_id_fkey;
alter table follower alter column record_id type uuid using coalesce(record_id, contact_id, company_id, deal_id);
alter table follower drop column contact_id, drop column company_id, drop column deal_id, alter column record_id set not null;
create unique index follower_record on follower (tenant_id, record_id, user_id);

-- Every row of "subject" came from these tables, and nobody else could write them: the foreign keys hold, which is checked all the same.
alter table subject no force row level security;
alter table comment no force row level security;
alter table record_tag no force row level security;
alter table follower no force row level security;
alter table comment add foreign key (tenant_id, record_id) references subject on delete cascade;
alter table record_tag add foreign key (tenant_id, record_id) references subject on delete cascade;
alter table follower add foreign key (tenant_id, record_id) references subject on delete cascade;
alter table comment force row level security;
alter table record_tag force row level security;
alter table follower force row level security;

-- From a record to the notes, tasks and activities that are about it, by when they were. Only triggers write it (app.link_entries), from what the
-- entries name in "records".
create table record_link (
  tenant_id uuid not null references tenant on delete cascade,
  record_id uuid not null,
  -- The name of the record type, which is that of the table.
  item_type text not null check (length(item_type) between 1 and 60),
  item_id uuid not null,
  at timestamptz(3) not null
) with (autovacuum_analyze_scale_factor = 0.02, autovacuum_analyze_threshold = 200);
insert into record_link (tenant_id, record_id, item_type, item_id, at)
select distinct n.tenant_id, r, 'note', n.id, n.created_at from note n cross join unnest(n.records) r
union all select distinct n.tenant_id, r, 'activity', n.id, n.occurred_at from activity n cross join unnest(n.records) r
union all select distinct n.tenant_id, r, 'task', n.id, n.created_at from task n cross join unnest(n.records) r;
-- The timeline of a record, newest first.
create index record_link_record on record_link (tenant_id, record_id, item_type, at desc, item_id desc);
alter table record_link add primary key (tenant_id, item_id, record_id),
  add foreign key (tenant_id, record_id) references subject on delete cascade;
alter table subject force row level security;
alter table record_link enable row level security;
alter table record_link force row level security;
grant select on record_link to holdfast_app;
grant select, insert, update, delete on record_link to holdfast_system;

-- Filters that people keep. "of_type" is the record type that a part of a filter is about.
create function pg_temp.about_records(filter jsonb, of_type text) returns jsonb language plpgsql as $$
declare
  part text := filter ->> 'field';
  op text := filter ->> 'op';
  relation text := coalesce(filter ->> 'any', filter ->> 'none');
  noun text;
begin
  if filter ? 'and' or filter ? 'or' then
    return (select jsonb_object_agg(g.key, (select coalesce(jsonb_agg(pg_temp.about_records(p, of_type) order by n), '[]')
      from jsonb_array_elements(g.value) with ordinality as each (p, n))) from jsonb_each(filter) g);
  elsif relation is not null then
    noun := case relation when 'notes' then 'note' when 'tasks' then 'task' when 'activities' then 'activity' when 'comments' then 'comment' end;
    return case when filter ? 'where' then filter || jsonb_build_object('where', pg_temp.about_records(filter -> 'where', noun)) else filter end;
  elsif part not in ('contact_id', 'company_id', 'deal_id', 'record_id') then
    return filter;
  elsif of_type = 'comment' then
    return case when op in ('is_empty', 'not_empty') and part <> 'record_id'
      then jsonb_build_object(case op when 'is_empty' then 'none' else 'any' end, left(part, -3)) else filter || '{"field": "record_id"}' end;
  elsif of_type not in ('note', 'task', 'activity') or of_type is null then
    return filter;
  elsif op in ('is_empty', 'not_empty') then
    return case when part = 'record_id' then filter || '{"field": "records"}'
      else jsonb_build_object(case op when 'is_empty' then 'none' else 'any' end, left(part, -3)) end;
  elsif op = 'in' then
    return jsonb_build_object('or', (select jsonb_agg(jsonb_build_object('field', 'records', 'op', 'has', 'value', v))
      from jsonb_array_elements(filter -> 'value') v));
  end if;
  return jsonb_build_object('field', 'records', 'op', case op when 'ne' then 'has_not' else 'has' end, 'value', filter -> 'value');
end $$;
alter table saved_view disable trigger user;
update saved_view set filter = pg_temp.about_records(filter, resource)
where filter is not null and filter <> pg_temp.about_records(filter, resource);
alter table saved_view enable trigger user;
