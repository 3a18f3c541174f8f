-- Mailboxes and what others see of them.

set local role holdfast_system;

-- The mailboxes of which the caller sees so much: that mail exists, with its people and times; its subjects; everything. Or the caller's own.
create or replace function app.mailboxes_read(degree text) returns uuid[] language sql stable security definer
  set search_path = pg_catalog, public, app, pg_temp as $$
  select coalesce(array_agg(m.id), '{}') from mailbox m where m.tenant_id = app.tenant_id() and (m.owner_id = app.user_id()
    or degree = 'exists' and m.sharing <> 'private' or degree = 'subject' and m.sharing in ('subjects', 'all')
    or degree = 'everything' and m.sharing = 'all')
$$;
revoke all on function app.mailboxes_read(text) from public;
grant execute on function app.mailboxes_read(text) to holdfast_app;

reset role;

-- Once somebody has said what a message is about, no match says otherwise.
create or replace function app.note_records_set() returns trigger language plpgsql set search_path = pg_catalog, public, app, pg_temp as $$
begin
  if not app.is_system() then new.records_set := true; end if;
  return new;
end $$;
create or replace trigger note_records_set before update of records on mail_message for each row
  when (old.records is distinct from new.records) execute function app.note_records_set();

-- What a mail says never changes, and stands in the mail alone: the trail tells what people made of it.
create or replace trigger audit_insert after insert on mail_message referencing new table as new_rows
  for each statement execute function app.record_change('mail_message', '{search_text,tenant_id,version,updated_at,header_id,digest,conversation_id,subject,snippet,body,html,from_name,from_address,to_text,recipients,attachments,has_files,authentication,direction,occurred_at,author_id,records_set,mailbox_ids,raw_key,parser_version}', '{}');
create or replace trigger audit_update after update on mail_message referencing old table as old_rows new table as new_rows
  for each statement execute function app.record_change('mail_message', '{search_text,tenant_id,version,updated_at,header_id,digest,conversation_id,subject,snippet,body,html,from_name,from_address,to_text,recipients,attachments,has_files,authentication,direction,occurred_at,author_id,records_set,mailbox_ids,raw_key,parser_version}', '{}');
create or replace trigger audit_delete after delete on mail_message referencing old table as old_rows
  for each statement execute function app.record_change('mail_message', '{search_text,tenant_id,version,updated_at,header_id,digest,conversation_id,subject,snippet,body,html,from_name,from_address,to_text,recipients,attachments,has_files,authentication,direction,occurred_at,author_id,records_set,mailbox_ids,raw_key,parser_version}', '{}');
create or replace trigger touch before update on mail_message for each row execute function app.touch();
