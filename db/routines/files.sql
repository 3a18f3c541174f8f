-- Stored files, and the attachments of notes and comments.

-- ---------------------------------------------------------------------------------------------------------------------
-- As holdfast_system

set local role holdfast_system;

-- A few files of any workspace that are in the file store for certain: whether they are there says whether the store is the right one, such
-- as a disk that is mounted.
create or replace function app.some_stored_files() returns table (storage_key text) language sql stable security definer
  set search_path = pg_catalog, public, app, pg_temp as $$
  select f.storage_key from file f where f.kind = 'upload' and f.expires_at is null and f.created_at < now() - interval '10 minutes' limit 3
$$;
revoke all on function app.some_stored_files() from public;
grant execute on function app.some_stored_files() to holdfast_app;

-- Whether a file of the caller's workspace hangs on a note or comment, in the trash too, or did before a newer version, or is a version of
-- a document: it goes with the last of these, and never before, since they would be deleted with it.
create or replace function app.is_attached(of_file uuid) returns boolean language sql stable security definer
  set search_path = pg_catalog, public, app, pg_temp as $$
  select exists (select from document_version d where d.tenant_id = app.tenant_id() and d.file_id = of_file)
    or exists (select from attachment a where a.tenant_id = app.tenant_id() and a.file_id = of_file)
    or exists (select from attachment_version v where v.tenant_id = app.tenant_id() and v.file_id = of_file)
    or exists (select from outgoing_mail o where o.tenant_id = app.tenant_id() and o.file_ids @> array[of_file] and o.file_ids <> '{}')
$$;
revoke all on function app.is_attached(uuid) from public;
grant execute on function app.is_attached(uuid) to holdfast_app;

-- Files that hang nowhere and have expired, or are uploads that did so for 30 days (unused_days in src/kernel/files/queries.ts). Of the
-- latter those of the week before that alone, so that a run does not look at all files there are; what was kept longer, because it was held
-- or nothing ran, stays.
create or replace function app.unused_files(moment timestamptz) returns setof file language sql stable security definer
  set search_path = pg_catalog, public, app, pg_temp as $$
  select f.* from (
    select * from file where expires_at <= moment
    union all
    select * from file where kind = 'upload' and expires_at is null
      and created_at > moment - interval '37 days' and created_at <= moment - interval '30 days') f
  where not exists (select from document_version d where d.tenant_id = f.tenant_id and d.file_id = f.id)
    and not exists (select from attachment a where a.tenant_id = f.tenant_id and a.file_id = f.id)
    and not exists (select from attachment_version v where v.tenant_id = f.tenant_id and v.file_id = f.id)
    and not exists (select from outgoing_mail o where o.tenant_id = f.tenant_id and o.file_ids @> array[f.id] and o.file_ids <> '{}')
$$;
revoke all on function app.unused_files(timestamptz) from public;

-- Unused files of all tenants that are not held, in the order of their keys from one on, for the program to remove together with their
-- bytes.
create or replace function app.past_files(moment timestamptz, after text, rows_max int)
  returns table (tenant_id uuid, id uuid, bytes float8, place text)
  language sql stable security definer set search_path = pg_catalog, public, app, pg_temp as $$
  select u.tenant_id, u.id, u.size_bytes::float8, u.storage_key from app.unused_files(moment) u
  where u.storage_key > after and not app.is_held('files', u.tenant_id, u.created_at, u.created_at)
  order by u.storage_key limit rows_max
$$;
revoke all on function app.past_files(timestamptz, text, int) from public;
grant execute on function app.past_files(timestamptz, text, int) to holdfast_app;

-- Whether the caller reads a file only through what it belongs to, where rights are compared: an export, or an import of somebody else.
create or replace function app.read_elsewhere(file_id uuid) returns boolean language sql stable security definer
  set search_path = pg_catalog, public, app, pg_temp as $$
  select exists (select from file f where f.tenant_id = app.tenant_id() and f.id = read_elsewhere.file_id and (f.kind in ('export', 'mail')
    or f.created_by is distinct from app.user_id()
      and exists (select from import_file i where i.tenant_id = f.tenant_id and i.file_id = f.id)))
$$;
revoke all on function app.read_elsewhere(uuid) from public;
grant execute on function app.read_elsewhere(uuid) to holdfast_app;

-- Where the bytes of an attachment are stored. Asked only about an attachment that the caller can read.
create or replace function app.attached_file(attachment_id uuid) returns table (storage_key text, sha256 text)
  language sql stable security definer set search_path = pg_catalog, public, app, pg_temp as $$
  select f.storage_key, encode(f.sha256, 'hex') from attachment a join file f on f.tenant_id = a.tenant_id and f.id = a.file_id
  where a.tenant_id = app.tenant_id() and a.id = attachment_id
$$;
revoke all on function app.attached_file(uuid) from public;
grant execute on function app.attached_file(uuid) to holdfast_app;

-- The same of one of its versions, with what it was called.
create or replace function app.attached_version(of_attachment uuid, nth int)
  returns table (storage_key text, sha256 text, name text, content_type text, size_bytes int)
  language sql stable security definer set search_path = pg_catalog, public, app, pg_temp as $$
  select f.storage_key, encode(f.sha256, 'hex'), v.name, v.content_type, v.size_bytes
  from (select a.tenant_id, a.file_id, a.name, a.content_type, a.size_bytes from attachment a
      where a.tenant_id = app.tenant_id() and a.id = of_attachment and a.number = nth
    union all select o.tenant_id, o.file_id, o.name, o.content_type, o.size_bytes from attachment_version o
      where o.tenant_id = app.tenant_id() and o.attachment_id = of_attachment and o.number = nth) v
  join file f on f.tenant_id = v.tenant_id and f.id = v.file_id
$$;
revoke all on function app.attached_version(uuid, int) from public;
grant execute on function app.attached_version(uuid, int) to holdfast_app;

-- Whatever puts another file in the place of one, undo too, makes a new version and keeps the old.
create or replace function app.keep_attachment_version() returns trigger language plpgsql security definer
  set search_path = pg_catalog, public, app, pg_temp as $$
begin
  insert into attachment_version (tenant_id, attachment_id, number, file_id, name, content_type, size_bytes, written_at, author_id)
  values (old.tenant_id, old.id, old.number, old.file_id, old.name, old.content_type, old.size_bytes, old.written_at, old.author_id);
  new.number := old.number + 1;
  new.written_at := now();
  new.author_id := app.user_id();
  return new;
end $$;
revoke all on function app.keep_attachment_version() from public;
grant execute on function app.keep_attachment_version() to session_user;

-- A note or comment takes no more files from the trash than may be hung on it (attachments_max). It is locked, as by whoever hangs one on
-- it.
create or replace function app.check_attachments_back() returns trigger language plpgsql security definer
  set search_path = pg_catalog, public, app, pg_temp as $$
declare there int;
begin
  if new.note_id is not null then
    perform from note where tenant_id = new.tenant_id and id = new.note_id for no key update;
    select count(*) into there from attachment where tenant_id = new.tenant_id and note_id = new.note_id and deleted_at is null;
  else
    perform from comment where tenant_id = new.tenant_id and id = new.comment_id for no key update;
    select count(*) into there from attachment where tenant_id = new.tenant_id and comment_id = new.comment_id and deleted_at is null;
  end if;
  if there > 20 then
    raise exception using errcode = 'check_violation', table = 'attachment', column = 'id',
      message = 'At most 20 files can be attached. Remove another one first';
  end if;
  return null;
end $$;
revoke all on function app.check_attachments_back() from public;
grant execute on function app.check_attachments_back() to session_user;

-- A file expires when the last attachment of it is deleted, in the trash too, with its versions. It is locked before that is asked: of two
-- that are deleted at the same time neither would be the last.
create or replace function app.drop_attached_file() returns trigger language plpgsql security definer
  set search_path = pg_catalog, public, app, pg_temp as $$
begin
  perform from file where tenant_id = old.tenant_id and id = old.file_id for no key update;
  update file f set expires_at = now() where f.tenant_id = old.tenant_id and f.id = old.file_id
    and not exists (select from attachment a where a.tenant_id = f.tenant_id and a.file_id = f.id)
    and not exists (select from attachment_version v where v.tenant_id = f.tenant_id and v.file_id = f.id)
    and not exists (select from document_version d where d.tenant_id = f.tenant_id and d.file_id = f.id);
  return null;
end $$;
revoke all on function app.drop_attached_file() from public;
grant execute on function app.drop_attached_file() to session_user;

reset role;

-- ---------------------------------------------------------------------------------------------------------------------
-- file

create or replace trigger audit_insert after insert on file referencing new table as new_rows
  for each statement execute function app.record_change('file', '{storage_key,tenant_id,version,updated_at}', '{}');
create or replace trigger audit_update after update on file referencing old table as old_rows new table as new_rows
  for each statement execute function app.record_change('file', '{storage_key,tenant_id,version,updated_at}', '{}');
create or replace trigger audit_delete after delete on file referencing old table as old_rows
  for each statement execute function app.record_change('file', '{storage_key,tenant_id,version,updated_at}', '{}');
create or replace trigger touch before update on file for each row execute function app.touch();

-- ---------------------------------------------------------------------------------------------------------------------
-- attachment

create or replace trigger audit_insert after insert on attachment referencing new table as new_rows
  for each statement execute function app.record_change('attachment', '{tenant_id,version,updated_at,number,written_at,author_id}', '{}',
    '{}');
create or replace trigger audit_update after update on attachment referencing old table as old_rows new table as new_rows
  for each statement execute function app.record_change('attachment', '{tenant_id,version,updated_at,number,written_at,author_id}', '{}',
    '{}');
create or replace trigger audit_delete after delete on attachment referencing old table as old_rows
  for each statement execute function app.record_change('attachment', '{tenant_id,version,updated_at,number,written_at,author_id}', '{}',
    '{}');
create or replace trigger touch before update on attachment for each row execute function app.touch();
create or replace trigger drop_attached_file after delete on attachment for each row execute function app.drop_attached_file();
create or replace trigger check_back after update of deleted_at on attachment
  for each row when (old.deleted_at is not null and new.deleted_at is null) execute function app.check_attachments_back();
create or replace trigger keep_version before update of file_id on attachment
  for each row when (old.file_id <> new.file_id) execute function app.keep_attachment_version();

-- ---------------------------------------------------------------------------------------------------------------------
-- attachment_version

create or replace trigger drop_attached_file after delete on attachment_version for each row execute function app.drop_attached_file();
