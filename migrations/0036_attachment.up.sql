-- Files that hang on notes and comments, and are read by whoever reads these.

create table attachment (
  tenant_id uuid not null,
  id uuid not null default app.uuid_v7(),
  file_id uuid not null,
  note_id uuid,
  comment_id uuid,
  -- As the file had them: whoever reads the note may not read the files of its author otherwise.
  name text not null check (length(name) between 1 and 255),
  content_type text not null,
  size_bytes bigint not null check (size_bytes >= 0),
  created_at timestamptz(3) not null default now(),
  primary key (tenant_id, id),
  foreign key (tenant_id, file_id) references file on delete cascade,
  foreign key (tenant_id, note_id) references note on delete cascade,
  foreign key (tenant_id, comment_id) references comment on delete cascade,
  check (num_nonnulls(note_id, comment_id) = 1)
);
create unique index attachment_note on attachment (tenant_id, note_id, file_id) where note_id is not null;
create unique index attachment_comment on attachment (tenant_id, comment_id, file_id) where comment_id is not null;
create index attachment_file on attachment (tenant_id, file_id);
call app.protect('attachment', null, null, '(note_id is null or exists (select from note p where p.tenant_id = attachment.tenant_id and p.id = note_id))
  and (comment_id is null or exists (select from comment p where p.tenant_id = attachment.tenant_id and p.id = comment_id))');
call app.audit_changes('attachment', 'attachment');

-- Where the bytes of an attachment lie. Asked only of one that its caller sees.
create function app.attached_file(attachment_id uuid) returns table (storage_key text, sha256 text) language sql stable security definer
  set search_path = pg_catalog, public, app as $$
  select f.storage_key, encode(f.sha256, 'hex') from attachment a join file f on f.tenant_id = a.tenant_id and f.id = a.file_id
  where a.tenant_id = app.tenant_id() and a.id = attachment_id
$$;
call app.run_as_system(array['app.attached_file(uuid)']::regprocedure[]);
