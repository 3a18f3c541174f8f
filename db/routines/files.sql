-- Stored files, and the attachments of notes and comments.

-- ---------------------------------------------------------------------------------------------------------------------
-- As holdfast_system

set local role holdfast_system;

-- Expired files of all tenants, for the program to remove together with their bytes.
create or replace function app.expired_files(rows_max int) returns table (tenant_id uuid, id uuid) language sql stable security definer
  set search_path = pg_catalog, public, app, pg_temp as $$
  select f.tenant_id, f.id from file f where f.expires_at <= now() order by f.expires_at limit rows_max
$$;
revoke all on function app.expired_files(int) from public;
grant execute on function app.expired_files(int) to holdfast_app;

-- Where the bytes of an attachment are stored. Asked only about an attachment that the caller can read.
create or replace function app.attached_file(attachment_id uuid) returns table (storage_key text, sha256 text)
  language sql stable security definer set search_path = pg_catalog, public, app, pg_temp as $$
  select f.storage_key, encode(f.sha256, 'hex') from attachment a join file f on f.tenant_id = a.tenant_id and f.id = a.file_id
  where a.tenant_id = app.tenant_id() and a.id = attachment_id
$$;
revoke all on function app.attached_file(uuid) from public;
grant execute on function app.attached_file(uuid) to holdfast_app;

-- A file expires when the last attachment of it is deleted, in the trash too.
create or replace function app.drop_attached_file() returns trigger language plpgsql security definer
  set search_path = pg_catalog, public, app, pg_temp as $$
begin
  update file f set expires_at = now() where f.tenant_id = old.tenant_id and f.id = old.file_id
    and not exists (select from attachment a where a.tenant_id = f.tenant_id and a.file_id = f.id);
  return null;
end $$;
revoke all on function app.drop_attached_file() from public;
grant execute on function app.drop_attached_file() to session_user;

reset role;

-- ---------------------------------------------------------------------------------------------------------------------
-- file

drop policy if exists read on file;
create policy read on file for select to holdfast_app
  using (tenant_id = (select app.tenant_id())
    and ((select app.full_scope('file', 'read')) is not null or created_by = any ((select app.scope_owners('file', 'read'))::uuid[])));
drop policy if exists append on file;
create policy append on file for insert to holdfast_app
  with check (tenant_id = (select app.tenant_id())
    and ((select app.full_scope('file', 'create')) is not null or created_by = any ((select app.scope_owners('file', 'create'))::uuid[])));
drop policy if exists change on file;
create policy change on file for update to holdfast_app
  using (tenant_id = (select app.tenant_id())
    and (
      (select app.full_scope('file', 'update')) is not null or created_by = any ((select app.scope_owners('file', 'update'))::uuid[])
      or (select app.full_scope('file', 'delete')) is not null or created_by = any ((select app.scope_owners('file', 'delete'))::uuid[])))
  with check (tenant_id = (select app.tenant_id()));
drop policy if exists remove on file;
create policy remove on file for delete to holdfast_app
  using (tenant_id = (select app.tenant_id())
    and ((select app.full_scope('file', 'delete')) is not null or created_by = any ((select app.scope_owners('file', 'delete'))::uuid[])));
drop policy if exists system on file;
create policy system on file to holdfast_system using (true) with check (true);
create or replace trigger audit_insert after insert on file referencing new table as new_rows
  for each statement execute function app.record_change('file', '{storage_key,tenant_id,version,updated_at}', '{}');
create or replace trigger audit_update after update on file referencing old table as old_rows new table as new_rows
  for each statement execute function app.record_change('file', '{storage_key,tenant_id,version,updated_at}', '{}');
create or replace trigger audit_delete after delete on file referencing old table as old_rows
  for each statement execute function app.record_change('file', '{storage_key,tenant_id,version,updated_at}', '{}');
create or replace trigger touch before update on file for each row execute function app.touch();

-- ---------------------------------------------------------------------------------------------------------------------
-- attachment

drop policy if exists read on attachment;
create policy read on attachment for select to holdfast_app
  using (tenant_id = (select app.tenant_id()) and app.reads_note_and_comment(note_id, comment_id));
-- Whoever may change or delete a note or comment may change its attachments.
drop policy if exists append on attachment;
create policy append on attachment for insert to holdfast_app
  with check (tenant_id = (select app.tenant_id())
    and (
      note_id is null
      or exists (
        select from note p where p.tenant_id = attachment.tenant_id and p.id = attachment.note_id
        and p.tenant_id = (select app.tenant_id())
        and (
          (select app.full_scope('note', 'update')) is not null
          or p.author_id = any ((select app.scope_owners('note', 'update'))::uuid[])
          or (select app.full_scope('note', 'delete')) is not null
          or p.author_id = any ((select app.scope_owners('note', 'delete'))::uuid[]))))
    and (
      comment_id is null
      or exists (
        select from comment p where p.tenant_id = attachment.tenant_id and p.id = attachment.comment_id
        and p.tenant_id = (select app.tenant_id())
        and (
          (select app.full_scope('comment', 'update')) is not null
          or p.author_id = any ((select app.scope_owners('comment', 'update'))::uuid[])
          or (select app.full_scope('comment', 'delete')) is not null
          or p.author_id = any ((select app.scope_owners('comment', 'delete'))::uuid[])))));
drop policy if exists change on attachment;
create policy change on attachment for update to holdfast_app
  using (tenant_id = (select app.tenant_id())
    and (
      note_id is null
      or exists (
        select from note p where p.tenant_id = attachment.tenant_id and p.id = attachment.note_id
        and p.tenant_id = (select app.tenant_id())
        and (
          (select app.full_scope('note', 'update')) is not null
          or p.author_id = any ((select app.scope_owners('note', 'update'))::uuid[])
          or (select app.full_scope('note', 'delete')) is not null
          or p.author_id = any ((select app.scope_owners('note', 'delete'))::uuid[]))))
    and (
      comment_id is null
      or exists (
        select from comment p where p.tenant_id = attachment.tenant_id and p.id = attachment.comment_id
        and p.tenant_id = (select app.tenant_id())
        and (
          (select app.full_scope('comment', 'update')) is not null
          or p.author_id = any ((select app.scope_owners('comment', 'update'))::uuid[])
          or (select app.full_scope('comment', 'delete')) is not null
          or p.author_id = any ((select app.scope_owners('comment', 'delete'))::uuid[])))))
  with check (tenant_id = (select app.tenant_id()));
drop policy if exists remove on attachment;
create policy remove on attachment for delete to holdfast_app
  using (tenant_id = (select app.tenant_id())
    and (
      note_id is null
      or exists (
        select from note p where p.tenant_id = attachment.tenant_id and p.id = attachment.note_id
        and p.tenant_id = (select app.tenant_id())
        and (
          (select app.full_scope('note', 'update')) is not null
          or p.author_id = any ((select app.scope_owners('note', 'update'))::uuid[])
          or (select app.full_scope('note', 'delete')) is not null
          or p.author_id = any ((select app.scope_owners('note', 'delete'))::uuid[]))))
    and (
      comment_id is null
      or exists (
        select from comment p where p.tenant_id = attachment.tenant_id and p.id = attachment.comment_id
        and p.tenant_id = (select app.tenant_id())
        and (
          (select app.full_scope('comment', 'update')) is not null
          or p.author_id = any ((select app.scope_owners('comment', 'update'))::uuid[])
          or (select app.full_scope('comment', 'delete')) is not null
          or p.author_id = any ((select app.scope_owners('comment', 'delete'))::uuid[])))));
drop policy if exists system on attachment;
create policy system on attachment to holdfast_system using (true) with check (true);
create or replace trigger audit_insert after insert on attachment referencing new table as new_rows
  for each statement execute function app.record_change('attachment', '{tenant_id,version,updated_at}', '{}', '{}');
create or replace trigger audit_update after update on attachment referencing old table as old_rows new table as new_rows
  for each statement execute function app.record_change('attachment', '{tenant_id,version,updated_at}', '{}', '{}');
create or replace trigger audit_delete after delete on attachment referencing old table as old_rows
  for each statement execute function app.record_change('attachment', '{tenant_id,version,updated_at}', '{}', '{}');
create or replace trigger touch before update on attachment for each row execute function app.touch();
create or replace trigger drop_attached_file after delete on attachment for each row execute function app.drop_attached_file();
