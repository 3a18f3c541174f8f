-- What can be attached to a record: tags, notes, tasks, activities, comments. To which, says subjects.sql. Attachments of notes and
-- comments are in files.sql.

-- A reply belongs to a comment on the same record that is not itself a reply.
create or replace function app.check_reply() returns trigger language plpgsql set search_path = pg_catalog, public, app, pg_temp as $$
begin
  if not exists (select from public.comment p where p.tenant_id = new.tenant_id and p.id = new.parent_id and p.parent_id is null
      and p.record_id = new.record_id) then
    raise exception using errcode = '23514', table = 'comment', constraint = 'comment_parent_id_check', column = 'parent_id',
      message = 'A reply belongs to a comment of the same record that is no reply itself';
  end if;
  return new;
end $$;

-- What was said in public may have been read. A reply to an internal comment would show to people outside that there is one.
create or replace function app.check_audience() returns trigger language plpgsql set search_path = pg_catalog, public, app, pg_temp as $$
begin
  if app.restores_archive() then return new; end if;
  if new.audience = 'internal' then
    raise exception using errcode = '23514', table = 'comment', constraint = 'comment_audience_check', column = 'audience',
      message = 'A public comment may have been read by people outside and cannot become internal again';
  elsif new.parent_id is not null and not exists (select from public.comment p
      where p.tenant_id = new.tenant_id and p.id = new.parent_id and p.audience = 'public') then
    raise exception using errcode = '23514', table = 'comment', constraint = 'comment_audience_check', column = 'audience',
      message = 'A reply to an internal comment is internal too';
  end if;
  return new;
end $$;

-- Whether a comment has a reply that the caller may read.
create or replace function app.has_answer(head uuid) returns boolean language plpgsql stable parallel safe as $$
begin
  return exists (select from public.comment a where a.tenant_id = app.tenant_id() and a.parent_id = head and a.deleted_at is null);
end $$;

-- ---------------------------------------------------------------------------------------------------------------------
-- As holdfast_system

set local role holdfast_system;

-- People who are mentioned belong to the workspace. Those who were mentioned before may have left since.
create or replace function app.check_mentions() returns trigger language plpgsql security definer
  set search_path = pg_catalog, public, app, pg_temp as $$
declare known uuid[] := '{}';
begin
  if tg_op = 'UPDATE' then known := old.mentions; end if;
  if exists (select from unnest(new.mentions) m where m <> all (known)
      and not exists (select from user_account u where u.tenant_id = new.tenant_id and u.id = m)) then
    raise exception using errcode = '23503', table = tg_table_name, constraint = tg_table_name || '_mentions_fkey', column = 'mentions',
      message = 'Only people of the workspace can be mentioned';
  end if;
  return new;
end $$;
revoke all on function app.check_mentions() from public;
grant execute on function app.check_mentions() to session_user;

-- The time zone of a person, or for want of that of the workspace.
create or replace function app.zone_of(tenant uuid, person uuid) returns text language sql stable security definer
  set search_path = pg_catalog, public, app, pg_temp as $$
  select coalesce((select u.time_zone from user_account u where u.tenant_id = tenant and u.id = person),
    (select t.time_zone from tenant t where t.id = tenant), 'UTC')
$$;
revoke all on function app.zone_of(uuid, uuid) from public;
grant execute on function app.zone_of(uuid, uuid) to session_user;

-- A task that is due on a day is due by its end, where the assignee lives, and is late from then on. Setting a time takes the day away, and
-- taking the day away the time, unless undo puts back a time. A series of days has no hour at which it could go on, nor has one of times
-- days: each starts anew where one takes the place of the other.
create or replace function app.derive_due() returns trigger language plpgsql security definer
  set search_path = pg_catalog, public, app, pg_temp as $$
begin
  if app.restores_archive() then return new; end if;
  if tg_op = 'UPDATE' and new.due_on is not distinct from old.due_on and new.due_at is distinct from old.due_at then
    new.due_on := null;
  elsif new.due_on is not null then
    new.due_at := (new.due_on + time '23:59:59') at time zone app.zone_of(new.tenant_id, new.assignee_id);
  elsif tg_op = 'UPDATE' and new.due_at is not distinct from old.due_at and current_setting('app.takes_back', true) is distinct
    from 'on' then
    new.due_at := null;
  end if;
  if tg_op = 'UPDATE' and (new.due_on is null) <> (old.due_on is null) and new.series_start is not distinct from old.series_start then
    new.series_start := null;
  end if;
  return new;
end $$;
revoke all on function app.derive_due() from public;
grant execute on function app.derive_due() to session_user;

-- When its assignee is told that a task is due: of a day at nine in the morning, an hour off when the clocks change on it.
create or replace function app.told_at(due_on date, due_at timestamptz) returns timestamptz language sql stable parallel safe as $$
  select case when due_on is null then due_at else due_at - interval '14:59:59' end
$$;

-- A reminder that is set as a time before the due date moves with it, whatever moves the task: the page, a drag, an undo. In the time zone
-- of the assignee. Not to before the year 1, which no answer can be written in.
create or replace function app.derive_reminder() returns trigger language plpgsql security definer
  set search_path = pg_catalog, public, app, pg_temp as $$
begin
  if not app.restores_archive() then
    new.remind_at := date_subtract(app.told_at(new.due_on, new.due_at), new.remind_before::interval,
      app.zone_of(new.tenant_id, new.assignee_id));
    if new.remind_at < '0001-01-01 00:00:00+00' then new.remind_at := '0001-01-01 00:00:00+00'; end if;
  end if;
  return new;
end $$;
revoke all on function app.derive_reminder() from public;
grant execute on function app.derive_reminder() to session_user;

-- Makes the next task of a series: open, with the columns of the present task, and with changes, which the same request makes of that one.
-- Its id follows from the present task and its rule, so that one that is opened and ticked off again gets no second next task: where the
-- next one is, it stays as it is, and where it is in the trash, as undo puts it there, it comes back. As the system, because a series goes
-- on for everybody, whoever ticks off its present task: also somebody who may change tasks but create none, or who may not see each custom
-- field. It leaves out what no new record may have: references to what is in the trash, values of retired and of unique custom fields.
create or replace function app.insert_next_task(task_id uuid, changes jsonb) returns void language plpgsql volatile security definer
  set search_path = pg_catalog, public, app, pg_temp as $$
begin
  insert into task as present (tenant_id, id, title, body, priority, due_at, due_on, remind_at, remind_before, recurrence, series_start,
    assignee_id,
    records, custom)
  select t.tenant_id, overlay(overlay(md5(t.id || n.recurrence) placing '8' from 13) placing '8' from 17)::uuid,
    n.title, n.body, n.priority, n.due_at, n.due_on, n.remind_at, n.remind_before, n.recurrence, n.series_start,
    (select u.id from user_account u where u.tenant_id = t.tenant_id and u.id = n.assignee_id),
    array(select a.id from unnest(n.records) with ordinality u (id, place) join attachable_record a on a.tenant_id = t.tenant_id
      and a.id = u.id order by u.place),
    jsonb_strip_nulls(app.custom_defaults('task') || ((t.custom || coalesce(changes -> 'custom', '{}')) - array(select f.key
      from custom_field f
      where f.tenant_id = t.tenant_id and f.resource = 'task' and (f.retired_at is not null or f.is_unique))))
  from task t cross join lateral jsonb_populate_record(t, changes - 'custom') n
  where t.tenant_id = app.tenant_id() and t.id = task_id
    and (app.full_scope('task', 'update') is not null or t.assignee_id = any (app.scope_owners('task', 'update')))
  on conflict (tenant_id, id) do update set status = 'open', deleted_at = null,
    (title, body, priority, due_at, due_on, remind_at, remind_before, recurrence, series_start, assignee_id, records, custom) =
    (excluded.title, excluded.body, excluded.priority, excluded.due_at, excluded.due_on, excluded.remind_at, excluded.remind_before,
      excluded.recurrence,
      excluded.series_start, excluded.assignee_id, excluded.records, excluded.custom)
    where present.deleted_at is not null;
end $$;
revoke all on function app.insert_next_task(uuid, jsonb) from public;
grant execute on function app.insert_next_task(uuid, jsonb) to holdfast_app;

reset role;

-- A task that is done knows since when, and an open one does not, whoever says so: a person, an import, an undo.
create or replace function app.derive_completion() returns trigger language plpgsql
  set search_path = pg_catalog, public, app, pg_temp as $$
begin
  new.completed_at := case when new.status = 'done' then now() end;
  return new;
end $$;

-- ---------------------------------------------------------------------------------------------------------------------
-- record_tag

create or replace trigger audit_insert after insert on record_tag referencing new table as new_rows
  for each statement execute function app.record_change('record_tag', '{tenant_id,version,updated_at}', '{}');
create or replace trigger audit_update after update on record_tag referencing old table as old_rows new table as new_rows
  for each statement execute function app.record_change('record_tag', '{tenant_id,version,updated_at}', '{}');
create or replace trigger audit_delete after delete on record_tag referencing old table as old_rows
  for each statement execute function app.record_change('record_tag', '{tenant_id,version,updated_at}', '{}');
create or replace trigger ensure_subject before insert or update of record_id on record_tag
  for each row execute function app.ensure_subject();

-- ---------------------------------------------------------------------------------------------------------------------
-- note

create or replace trigger audit_insert after insert on note referencing new table as new_rows
  for each statement execute function app.record_change('note', '{tenant_id,version,updated_at}', '{}');
create or replace trigger audit_update after update on note referencing old table as old_rows new table as new_rows
  for each statement execute function app.record_change('note', '{tenant_id,version,updated_at}', '{}');
create or replace trigger audit_delete after delete on note referencing old table as old_rows
  for each statement execute function app.record_change('note', '{tenant_id,version,updated_at}', '{}');
create or replace trigger touch before update on note for each row execute function app.touch();
create or replace trigger check_mentions before insert or update of mentions on note
  for each row when (new.mentions <> '{}'::uuid[]) execute function app.check_mentions();

-- ---------------------------------------------------------------------------------------------------------------------
-- task

create or replace trigger touch before update on task for each row execute function app.touch();
create or replace trigger audit_insert after insert on task referencing new table as new_rows
  for each statement execute function app.record_change('task', '{tenant_id,version,updated_at}', '{}', '{position}');
create or replace trigger audit_update after update on task referencing old table as old_rows new table as new_rows
  for each statement execute function app.record_change('task', '{tenant_id,version,updated_at}', '{}', '{position}');
create or replace trigger audit_delete after delete on task referencing old table as old_rows
  for each statement execute function app.record_change('task', '{tenant_id,version,updated_at}', '{}', '{position}');
create or replace trigger derive_due_insert before insert on task for each row when (new.due_on is not null)
  execute function app.derive_due();
create or replace trigger derive_due_update before update of due_on, due_at, assignee_id on task
  for each row when (old.due_on is not null or new.due_on is not null) execute function app.derive_due();
create or replace trigger derive_reminder before insert or update of due_at, due_on, assignee_id, remind_before, remind_at on task
  for each row when (new.remind_before is not null) execute function app.derive_reminder();
create or replace trigger derive_completion before insert or update of status, completed_at on task
  for each row when ((new.status = 'done') <> (new.completed_at is not null)) execute function app.derive_completion();

-- ---------------------------------------------------------------------------------------------------------------------
-- activity

create or replace trigger audit_insert after insert on activity referencing new table as new_rows
  for each statement execute function app.record_change('activity', '{tenant_id,version,updated_at}', '{}');
create or replace trigger audit_update after update on activity referencing old table as old_rows new table as new_rows
  for each statement execute function app.record_change('activity', '{tenant_id,version,updated_at}', '{}');
create or replace trigger audit_delete after delete on activity referencing old table as old_rows
  for each statement execute function app.record_change('activity', '{tenant_id,version,updated_at}', '{}');
create or replace trigger touch before update on activity for each row execute function app.touch();

-- ---------------------------------------------------------------------------------------------------------------------
-- comment

create or replace trigger audit_insert after insert on comment referencing new table as new_rows
  for each statement execute function app.record_change('comment', '{tenant_id,version,updated_at}', '{}', '{}');
create or replace trigger audit_update after update on comment referencing old table as old_rows new table as new_rows
  for each statement execute function app.record_change('comment', '{tenant_id,version,updated_at}', '{}', '{}');
create or replace trigger audit_delete after delete on comment referencing old table as old_rows
  for each statement execute function app.record_change('comment', '{tenant_id,version,updated_at}', '{}', '{}');
create or replace trigger ensure_subject before insert or update of record_id on comment
  for each row execute function app.ensure_subject();
create or replace trigger touch before update on comment for each row execute function app.touch();
drop trigger if exists check_reply on comment;
create constraint trigger check_reply after insert or update of parent_id on comment
  for each row when (new.parent_id is not null) execute function app.check_reply();
create or replace trigger check_audience_insert before insert on comment
  for each row when (new.audience <> 'internal') execute function app.check_audience();
create or replace trigger check_audience_update before update of audience on comment
  for each row when (new.audience <> old.audience) execute function app.check_audience();
create or replace trigger check_mentions before insert or update of mentions on comment
  for each row when (new.mentions <> '{}'::uuid[]) execute function app.check_mentions();
