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

-- The calendars of which the caller sees so much: that there are meetings, with their people and times; everything. Or the caller's own.
create or replace function app.calendars_read(degree text) returns uuid[] language sql stable security definer
  set search_path = pg_catalog, public, app, pg_temp as $$
  select coalesce(array_agg(c.id), '{}') from meeting_calendar c where c.tenant_id = app.tenant_id() and (c.owner_id = app.user_id()
    or degree = 'exists' and c.sharing <> 'private' or degree = 'everything' and c.sharing = 'all')
$$;
revoke all on function app.calendars_read(text) from public;
grant execute on function app.calendars_read(text) to holdfast_app;

-- The conversations of a mailbox in which these words stand, for whoever sees everything of it: of many the newest.
create or replace function app.find_mail(of_mailbox uuid, q text) returns uuid[] language plpgsql stable security definer
  set search_path = pg_catalog, public, app, pg_temp as $$
declare
  found_max constant int := 2000;
  query constant tsquery := app.words_query(array(select word from regexp_split_to_table(app.fold(q), '[^[:alnum:]]+') word where word <> ''));
begin
  if query is null or of_mailbox <> all (app.mailboxes_read('everything')) then return '{}'; end if;
  return array(select m.conversation_id from mail_message m where m.tenant_id = app.tenant_id() and app.to_search_vector(m.subject, m.body) @@ query
    and m.deleted_at is null and of_mailbox = any (m.mailbox_ids) order by m.occurred_at desc limit found_max);
end $$;
revoke all on function app.find_mail(uuid, text) from public;
grant execute on function app.find_mail(uuid, text) to holdfast_app;

-- The mailboxes that a process watches: it keeps its own, and takes those that nobody watches. One that it stopped to watch waits until its claim has run out.
create or replace function app.watch_mailboxes(watcher_name text, rows_max int) returns table (tenant_id uuid, mailbox_id uuid) language plpgsql
  volatile security definer set search_path = pg_catalog, public, app, pg_temp as $$
declare
  claim constant interval := interval '25 seconds';
begin
  update mail_connection c set watcher = watcher_name, watched_until = clock_timestamp() + claim from (
      select w.tenant_id, w.mailbox_id from mail_connection w join tenant t on t.id = w.tenant_id
      where w.state <> 'failed' and (w.watcher = watcher_name or w.watched_until is null or w.watched_until < clock_timestamp())
        and coalesce((t.features ->> 'mail')::boolean, true)
      order by w.watcher is distinct from watcher_name, w.watched_until nulls first limit rows_max for update of w skip locked) free
    where c.tenant_id = free.tenant_id and c.mailbox_id = free.mailbox_id;
  return query select c.tenant_id, c.mailbox_id from mail_connection c
    where c.watcher = watcher_name and c.watched_until > clock_timestamp() and c.state <> 'failed';
end $$;
revoke all on function app.watch_mailboxes(text, int) from public;
grant execute on function app.watch_mailboxes(text, int) to holdfast_app;

-- A process that ends leaves them to others at once.
create or replace function app.leave_mailboxes(watcher_name text) returns void language sql volatile security definer
  set search_path = pg_catalog, public, app, pg_temp as $$
  update mail_connection set watcher = null, watched_until = null where watcher = watcher_name
$$;
revoke all on function app.leave_mailboxes(text) from public;
grant execute on function app.leave_mailboxes(text) to holdfast_app;

reset role;

-- Once somebody has said what a message is about, no match says otherwise.
create or replace function app.note_records_set() returns trigger language plpgsql set search_path = pg_catalog, public, app, pg_temp as $$
begin
  if not app.is_system() then new.records_set := true; end if;
  return new;
end $$;
create or replace trigger note_records_set before update of records on mail_message for each row
  when (old.records is distinct from new.records) execute function app.note_records_set();
create or replace trigger note_records_set before update of records on meeting for each row
  when (old.records is distinct from new.records) execute function app.note_records_set();

-- What a mail says never changes, and stands in the mail alone: the trail tells what people made of it.
create or replace trigger audit_insert after insert on mail_message referencing new table as new_rows
  for each statement execute function app.record_change('mail_message', '{search_text,tenant_id,version,updated_at,header_id,digest,conversation_id,subject,snippet,body,html,from_name,from_address,to_text,recipients,attachments,has_files,authentication,direction,occurred_at,author_id,records_set,mailbox_ids,raw_key,parser_version}', '{}');
create or replace trigger audit_update after update on mail_message referencing old table as old_rows new table as new_rows
  for each statement execute function app.record_change('mail_message', '{search_text,tenant_id,version,updated_at,header_id,digest,conversation_id,subject,snippet,body,html,from_name,from_address,to_text,recipients,attachments,has_files,authentication,direction,occurred_at,author_id,records_set,mailbox_ids,raw_key,parser_version}', '{}');
create or replace trigger audit_delete after delete on mail_message referencing old table as old_rows
  for each statement execute function app.record_change('mail_message', '{search_text,tenant_id,version,updated_at,header_id,digest,conversation_id,subject,snippet,body,html,from_name,from_address,to_text,recipients,attachments,has_files,authentication,direction,occurred_at,author_id,records_set,mailbox_ids,raw_key,parser_version}', '{}');
create or replace trigger touch before update on mail_message for each row execute function app.touch();
