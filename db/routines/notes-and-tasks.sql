-- What can be attached to a record: tags, notes, tasks, activities, comments. Attachments of notes and comments are in files.sql.

-- A reply belongs to a comment on the same record that is not itself a reply.
create or replace function app.check_reply() returns trigger language plpgsql set search_path = pg_catalog, public, app, pg_temp as $$
begin
  if not exists (select from public.comment p where p.tenant_id = new.tenant_id and p.id = new.parent_id and p.parent_id is null
      and (p.contact_id, p.company_id, p.deal_id) is not distinct from (new.contact_id, new.company_id, new.deal_id)) then
    raise exception using errcode = '23514', table = 'comment', constraint = 'comment_parent_id_check', column = 'parent_id',
      message = 'A reply belongs to a comment of the same record that is no reply itself';
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

-- A reminder that is set as a time before the due date moves with it, whatever moves the task: the page, a drag, an undo. In the time zone of the
-- assignee.
create or replace function app.derive_reminder() returns trigger language plpgsql security definer
  set search_path = pg_catalog, public, app, pg_temp as $$
begin
  if not app.restores_archive() then
    new.remind_at := date_subtract(new.due_at, new.remind_before::interval, coalesce(
      (select u.time_zone from user_account u where u.tenant_id = new.tenant_id and u.id = new.assignee_id),
      (select t.time_zone from tenant t where t.id = new.tenant_id), 'UTC'));
  end if;
  return new;
end $$;
revoke all on function app.derive_reminder() from public;
grant execute on function app.derive_reminder() to session_user;

reset role;

-- ---------------------------------------------------------------------------------------------------------------------
-- record_tag

drop policy if exists read on record_tag;
create policy read on record_tag for select to holdfast_app
  using (tenant_id = (select app.tenant_id()) and (select app.some_scope('tag', 'read')) <> 'none'
    and ((select app.sees_all_records()) or app.reads_parents(contact_id, company_id, deal_id)));
-- To tag a record takes the right to change the record, not the right to make or delete tags.
drop policy if exists append on record_tag;
create policy append on record_tag for insert to holdfast_app
  with check (tenant_id = (select app.tenant_id()) and (contact_id is null or (select app.some_scope('contact', 'update')) <> 'none')
    and (company_id is null or (select app.some_scope('company', 'update')) <> 'none')
    and (deal_id is null or (select app.some_scope('deal', 'update')) <> 'none'));
drop policy if exists change on record_tag;
create policy change on record_tag for update to holdfast_app
  using (tenant_id = (select app.tenant_id())
    and ((select app.some_scope('tag', 'update')) <> 'none' or (select app.some_scope('tag', 'delete')) <> 'none')
    and (
      (select app.sees_all_records())
      or (
        (contact_id is null or exists (select from contact p where p.tenant_id = record_tag.tenant_id and p.id = record_tag.contact_id))
        and (
          company_id is null
          or exists (select from company p where p.tenant_id = record_tag.tenant_id and p.id = record_tag.company_id))
        and (deal_id is null or exists (select from deal p where p.tenant_id = record_tag.tenant_id and p.id = record_tag.deal_id)))))
  with check (tenant_id = (select app.tenant_id()));
drop policy if exists remove on record_tag;
create policy remove on record_tag for delete to holdfast_app
  using (tenant_id = (select app.tenant_id()) and (contact_id is null or (select app.some_scope('contact', 'update')) <> 'none')
    and (company_id is null or (select app.some_scope('company', 'update')) <> 'none')
    and (deal_id is null or (select app.some_scope('deal', 'update')) <> 'none'));
drop policy if exists system on record_tag;
create policy system on record_tag to holdfast_system using (true) with check (true);
create or replace trigger audit_insert after insert on record_tag referencing new table as new_rows
  for each statement execute function app.record_change('record_tag', '{tenant_id,version,updated_at}', '{}');
create or replace trigger audit_update after update on record_tag referencing old table as old_rows new table as new_rows
  for each statement execute function app.record_change('record_tag', '{tenant_id,version,updated_at}', '{}');
create or replace trigger audit_delete after delete on record_tag referencing old table as old_rows
  for each statement execute function app.record_change('record_tag', '{tenant_id,version,updated_at}', '{}');

-- ---------------------------------------------------------------------------------------------------------------------
-- note

drop policy if exists read on note;
create policy read on note for select to holdfast_app
  using (tenant_id = (select app.tenant_id())
    and ((select app.full_scope('note', 'read')) is not null or author_id = any ((select app.scope_owners('note', 'read'))::uuid[]))
    and ((select app.sees_all_records()) or app.reads_parents(contact_id, company_id, deal_id)));
drop policy if exists append on note;
create policy append on note for insert to holdfast_app
  with check (tenant_id = (select app.tenant_id())
    and ((select app.full_scope('note', 'create')) is not null or author_id = any ((select app.scope_owners('note', 'create'))::uuid[]))
    and ((select app.sees_all_records()) or app.reads_parents(contact_id, company_id, deal_id)));
drop policy if exists change on note;
create policy change on note for update to holdfast_app
  using (tenant_id = (select app.tenant_id())
    and (
      (select app.full_scope('note', 'update')) is not null or author_id = any ((select app.scope_owners('note', 'update'))::uuid[])
      or (select app.full_scope('note', 'delete')) is not null or author_id = any ((select app.scope_owners('note', 'delete'))::uuid[]))
    and ((select app.sees_all_records()) or app.reads_parents(contact_id, company_id, deal_id)))
  with check (tenant_id = (select app.tenant_id()));
drop policy if exists remove on note;
create policy remove on note for delete to holdfast_app
  using (tenant_id = (select app.tenant_id())
    and ((select app.full_scope('note', 'delete')) is not null or author_id = any ((select app.scope_owners('note', 'delete'))::uuid[]))
    and ((select app.sees_all_records()) or app.reads_parents(contact_id, company_id, deal_id)));
drop policy if exists system on note;
create policy system on note to holdfast_system using (true) with check (true);
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

drop policy if exists read on task;
create policy read on task for select to holdfast_app
  using (tenant_id = (select app.tenant_id())
    and ((select app.full_scope('task', 'read')) is not null or assignee_id = any ((select app.scope_owners('task', 'read'))::uuid[]))
    and ((select app.sees_all_records()) or app.reads_parents(contact_id, company_id, deal_id)));
drop policy if exists append on task;
create policy append on task for insert to holdfast_app
  with check (tenant_id = (select app.tenant_id())
    and ((select app.full_scope('task', 'create')) is not null or assignee_id = any ((select app.scope_owners('task', 'create'))::uuid[]))
    and ((select app.sees_all_records()) or app.reads_parents(contact_id, company_id, deal_id)));
drop policy if exists change on task;
create policy change on task for update to holdfast_app
  using (tenant_id = (select app.tenant_id())
    and (
      (select app.full_scope('task', 'update')) is not null or assignee_id = any ((select app.scope_owners('task', 'update'))::uuid[])
      or (select app.full_scope('task', 'delete')) is not null or assignee_id = any ((select app.scope_owners('task', 'delete'))::uuid[]))
    and ((select app.sees_all_records()) or app.reads_parents(contact_id, company_id, deal_id)))
  with check (tenant_id = (select app.tenant_id()));
drop policy if exists remove on task;
create policy remove on task for delete to holdfast_app
  using (tenant_id = (select app.tenant_id())
    and ((select app.full_scope('task', 'delete')) is not null or assignee_id = any ((select app.scope_owners('task', 'delete'))::uuid[]))
    and ((select app.sees_all_records()) or app.reads_parents(contact_id, company_id, deal_id)));
drop policy if exists system on task;
create policy system on task to holdfast_system using (true) with check (true);
create or replace trigger touch before update on task for each row execute function app.touch();
create or replace trigger audit_insert after insert on task referencing new table as new_rows
  for each statement execute function app.record_change('task', '{tenant_id,version,updated_at}', '{}', '{position}');
create or replace trigger audit_update after update on task referencing old table as old_rows new table as new_rows
  for each statement execute function app.record_change('task', '{tenant_id,version,updated_at}', '{}', '{position}');
create or replace trigger audit_delete after delete on task referencing old table as old_rows
  for each statement execute function app.record_change('task', '{tenant_id,version,updated_at}', '{}', '{position}');
create or replace trigger derive_reminder before insert or update of due_at, assignee_id, remind_before, remind_at on task
  for each row when (new.remind_before is not null) execute function app.derive_reminder();

-- ---------------------------------------------------------------------------------------------------------------------
-- activity

drop policy if exists read on activity;
create policy read on activity for select to holdfast_app
  using (tenant_id = (select app.tenant_id())
    and ((select app.full_scope('activity', 'read')) is not null or author_id = any ((select app.scope_owners('activity', 'read'))::uuid[]))
    and ((select app.sees_all_records()) or app.reads_parents(contact_id, company_id, deal_id)));
drop policy if exists append on activity;
create policy append on activity for insert to holdfast_app
  with check (tenant_id = (select app.tenant_id())
    and ((select app.full_scope('activity', 'create')) is not null or author_id = any ((select app.scope_owners('activity', 'create'))::uuid[]))
    and ((select app.sees_all_records()) or app.reads_parents(contact_id, company_id, deal_id)));
drop policy if exists change on activity;
create policy change on activity for update to holdfast_app
  using (tenant_id = (select app.tenant_id())
    and (
      (select app.full_scope('activity', 'update')) is not null or author_id = any ((select app.scope_owners('activity', 'update'))::uuid[])
      or (select app.full_scope('activity', 'delete')) is not null
      or author_id = any ((select app.scope_owners('activity', 'delete'))::uuid[]))
    and ((select app.sees_all_records()) or app.reads_parents(contact_id, company_id, deal_id)))
  with check (tenant_id = (select app.tenant_id()));
drop policy if exists remove on activity;
create policy remove on activity for delete to holdfast_app
  using (tenant_id = (select app.tenant_id())
    and ((select app.full_scope('activity', 'delete')) is not null or author_id = any ((select app.scope_owners('activity', 'delete'))::uuid[]))
    and ((select app.sees_all_records()) or app.reads_parents(contact_id, company_id, deal_id)));
drop policy if exists system on activity;
create policy system on activity to holdfast_system using (true) with check (true);
create or replace trigger audit_insert after insert on activity referencing new table as new_rows
  for each statement execute function app.record_change('activity', '{tenant_id,version,updated_at}', '{}');
create or replace trigger audit_update after update on activity referencing old table as old_rows new table as new_rows
  for each statement execute function app.record_change('activity', '{tenant_id,version,updated_at}', '{}');
create or replace trigger audit_delete after delete on activity referencing old table as old_rows
  for each statement execute function app.record_change('activity', '{tenant_id,version,updated_at}', '{}');
create or replace trigger touch before update on activity for each row execute function app.touch();

-- ---------------------------------------------------------------------------------------------------------------------
-- comment

drop policy if exists read on comment;
create policy read on comment for select to holdfast_app
  using (tenant_id = (select app.tenant_id())
    and ((select app.full_scope('comment', 'read')) is not null or author_id = any ((select app.scope_owners('comment', 'read'))::uuid[]))
    and ((select app.sees_all_records()) or app.reads_parents(contact_id, company_id, deal_id)));
drop policy if exists append on comment;
create policy append on comment for insert to holdfast_app
  with check (tenant_id = (select app.tenant_id())
    and ((select app.full_scope('comment', 'create')) is not null or author_id = any ((select app.scope_owners('comment', 'create'))::uuid[]))
    and ((select app.sees_all_records()) or app.reads_parents(contact_id, company_id, deal_id)));
drop policy if exists change on comment;
create policy change on comment for update to holdfast_app
  using (tenant_id = (select app.tenant_id())
    and (
      (select app.full_scope('comment', 'update')) is not null or author_id = any ((select app.scope_owners('comment', 'update'))::uuid[])
      or (select app.full_scope('comment', 'delete')) is not null or author_id = any ((select app.scope_owners('comment', 'delete'))::uuid[]))
    and ((select app.sees_all_records()) or app.reads_parents(contact_id, company_id, deal_id)))
  with check (tenant_id = (select app.tenant_id()));
drop policy if exists remove on comment;
create policy remove on comment for delete to holdfast_app
  using (tenant_id = (select app.tenant_id())
    and ((select app.full_scope('comment', 'delete')) is not null or author_id = any ((select app.scope_owners('comment', 'delete'))::uuid[]))
    and ((select app.sees_all_records()) or app.reads_parents(contact_id, company_id, deal_id)));
drop policy if exists system on comment;
create policy system on comment to holdfast_system using (true) with check (true);
create or replace trigger audit_insert after insert on comment referencing new table as new_rows
  for each statement execute function app.record_change('comment', '{tenant_id,version,updated_at}', '{}', '{}');
create or replace trigger audit_update after update on comment referencing old table as old_rows new table as new_rows
  for each statement execute function app.record_change('comment', '{tenant_id,version,updated_at}', '{}', '{}');
create or replace trigger audit_delete after delete on comment referencing old table as old_rows
  for each statement execute function app.record_change('comment', '{tenant_id,version,updated_at}', '{}', '{}');
create or replace trigger touch before update on comment for each row execute function app.touch();
drop trigger if exists check_reply on comment;
create constraint trigger check_reply after insert or update of parent_id on comment
  for each row when (new.parent_id is not null) execute function app.check_reply();
create or replace trigger check_mentions before insert or update of mentions on comment
  for each row when (new.mentions <> '{}'::uuid[]) execute function app.check_mentions();
