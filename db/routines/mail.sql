-- Mailboxes and what others see of them.

set local role holdfast_system;

-- The mailboxes of which the caller sees so much: that mail exists, with its people and times; its subjects; everything. Or the caller's
-- own.
create or replace function app.mailboxes_read(degree text) returns uuid[] language sql stable security definer
  set search_path = pg_catalog, public, app, pg_temp as $$
  select coalesce(array_agg(m.id), '{}') from mailbox m where m.tenant_id = app.tenant_id() and (m.owner_id = app.user_id()
    or degree = 'exists' and m.sharing <> 'private' or degree = 'subject' and m.sharing in ('subjects', 'all')
    or degree = 'everything' and m.sharing = 'all')
$$;
revoke all on function app.mailboxes_read(text) from public;
grant execute on function app.mailboxes_read(text) to holdfast_app;

-- Of two of these the greater shares more: what mailboxes share, and how much somebody wants to see. A mailbox that is not there any more
-- shares nothing.
create or replace function app.sharing_rank(of_level text) returns int language sql immutable parallel safe as $$
  select case when of_level is null then -1 when of_level = 'private' then 0 when of_level in ('participants', 'exists') then 1
    when of_level in ('subjects', 'subject') then 2 else 3 end
$$;

-- Whether a mailbox of somebody else has exceptions. Where none has, nothing of them is compared with each row.
create or replace function app.has_sharing_exceptions() returns boolean language sql stable security definer
  set search_path = pg_catalog, public, app, pg_temp as $$
  select exists (select from sharing_exception e join mailbox m on m.tenant_id = e.tenant_id and m.id = e.mailbox_id
    where e.tenant_id = app.tenant_id() and m.owner_id is distinct from app.user_id())
$$;
revoke all on function app.has_sharing_exceptions() from public;
grant execute on function app.has_sharing_exceptions() to holdfast_app;

-- The mailboxes of others that have exceptions.
create or replace function app.mailboxes_with_exceptions() returns uuid[] language sql stable security definer
  set search_path = pg_catalog, public, app, pg_temp as $$
  select array(select distinct e.mailbox_id from sharing_exception e join mailbox m on m.tenant_id = e.tenant_id and m.id = e.mailbox_id
    where e.tenant_id = app.tenant_id() and m.owner_id is distinct from app.user_id())
$$;
revoke all on function app.mailboxes_with_exceptions() from public;
grant execute on function app.mailboxes_with_exceptions() to holdfast_app;

-- Of the mailboxes that the caller reads so far those without an exception that shows less.
create or replace function app.mailboxes_shared(degree text) returns uuid[] language sql stable security definer
  set search_path = pg_catalog, public, app, pg_temp as $$
  select coalesce(array_agg(m.id), '{}') from mailbox m where m.tenant_id = app.tenant_id() and m.id = any (app.mailboxes_read(degree))
    and (m.owner_id = app.user_id() or not exists (select from sharing_exception e where e.tenant_id = m.tenant_id and e.mailbox_id = m.id
      and app.sharing_rank(e.level) < app.sharing_rank(degree)))
$$;
revoke all on function app.mailboxes_shared(text) from public;
grant execute on function app.mailboxes_shared(text) to holdfast_app;

-- Of whose messages it has to be asked one by one: mailboxes that show so much, but for an exception; conversations, contacts and companies
-- of which others show so much; mailboxes with such a folder. Empty where nobody has an exception.
create or replace function app.sharing_candidates(degree text) returns uuid[] language sql stable security definer
  set search_path = pg_catalog, public, app, pg_temp as $$
  select array(select distinct case when app.sharing_rank(e.level) < app.sharing_rank(degree) or e.kind = 'folder' then e.mailbox_id
    else e.target_id end
    from sharing_exception e join mailbox m on m.tenant_id = e.tenant_id and m.id = e.mailbox_id
    where e.tenant_id = app.tenant_id() and m.owner_id is distinct from app.user_id() and case
      when app.sharing_rank(m.sharing) >= app.sharing_rank(degree) then app.sharing_rank(e.level) < app.sharing_rank(degree)
      else app.sharing_rank(e.level) >= app.sharing_rank(degree) and not e.only_narrows end)
$$;
revoke all on function app.sharing_candidates(text) from public;
grant execute on function app.sharing_candidates(text) to holdfast_app;

-- What a mailbox shares of a message, and by which exception: that of its conversation, else of its folder, a person, a company; of several
-- of the same kind the one that shares least. An exception decides only where the owner of the mailbox has said that it is of this message:
-- by the conversation or folder, or by an address or a record that they named themselves. One that is of it because of what others changed
-- (a match, an address that was added, a merge) shares less, and never more.
create or replace function app.sharing_of(of_mailbox uuid, message uuid, conversation uuid, about uuid[], said jsonb, out level text,
  out exception_id uuid)
  language plpgsql stable security definer set search_path = pg_catalog, public, app, pg_temp as $$
declare
  workspace constant uuid := app.tenant_id();
  in_general text; owner uuid; own_word uuid[];
begin
  select m.sharing, m.owner_id into in_general, owner from mailbox m where m.tenant_id = workspace and m.id = of_mailbox;
  own_word := case when said ? owner::text then array(select r::uuid from jsonb_array_elements_text(said -> owner::text) r) end;
  with matched as (
    select e.id, e.level, array_position('{thread,folder,contact,company}', e.kind) as place, case
        when e.only_narrows then false when e.kind in ('thread', 'folder') then true
        else e.target_id = any (about) and case when own_word is null then addressed.holds
          else e.target_id = any (own_word) end end as decides
    from sharing_exception e
    cross join lateral (select e.addresses <> '{}' and exists (select from message_address a where a.tenant_id = workspace
      and a.message_id = message
      and (a.address = any (e.addresses) or '@' || split_part(a.address, '@', 2) = any (e.addresses))) as holds) addressed
    where e.tenant_id = workspace and e.mailbox_id = of_mailbox and case e.kind
      when 'thread' then e.target_id = conversation
      when 'folder' then exists (select from mail_ledger l where l.tenant_id = workspace and l.message_id = message
        and l.mailbox_id = of_mailbox
        and (coalesce(l.folder_wanted, l.folder_id) = e.target_id or e.target_id = any (l.label_ids))
        and l.outcome in ('imported', 'duplicate'))
      else e.target_id = any (about || own_word) or own_word is null and addressed.holds
        or (select coalesce(c.merged_into_id, k.merged_into_id) from (values (e.target_id)) v (id)
          left join contact c on c.tenant_id = workspace and c.id = v.id
          left join company k on k.tenant_id = workspace and k.id = v.id) = any (about || own_word) end),
  first as (select coalesce(min(m.place) filter (where m.decides), 5) as place from matched m)
  select c.level, c.id into level, exception_id from (
      select m.level, m.id, m.place from matched m, first f where m.place <= f.place
      union all select in_general, null, 5 from first f where f.place = 5) c
    order by app.sharing_rank(c.level), c.place limit 1;
end $$;
revoke all on function app.sharing_of(uuid, uuid, uuid, uuid[], jsonb) from public;

-- Whether one of its mailboxes that are not the caller's shares so much of a message.
create or replace function app.message_shared(degree text, message uuid, conversation uuid, about uuid[], said jsonb, in_mailboxes uuid[])
  returns boolean language plpgsql stable security definer set search_path = pg_catalog, public, app, pg_temp as $$
begin
  return exists (select from unnest(in_mailboxes) b (id) cross join lateral app.sharing_of(b.id, message, conversation, about, said) s
    where app.sharing_rank(s.level) >= app.sharing_rank(degree));
end $$;
revoke all on function app.message_shared(text, uuid, uuid, uuid[], jsonb, uuid[]) from public;
grant execute on function app.message_shared(text, uuid, uuid, uuid[], jsonb, uuid[]) to holdfast_app;

-- Whether a mailbox shares all of each message of a conversation: its row names the newest one and everybody in it.
create or replace function app.conversation_shared(of_mailbox uuid, conversation uuid) returns boolean
  language plpgsql stable security definer
  set search_path = pg_catalog, public, app, pg_temp as $$
begin
  return not exists (select from mail_message m where m.tenant_id = app.tenant_id() and m.conversation_id = conversation
    and of_mailbox = any (m.mailbox_ids)
    and not app.message_shared('everything', m.id, m.conversation_id, m.records, m.records_said, array[of_mailbox]));
end $$;
revoke all on function app.conversation_shared(uuid, uuid) from public;
grant execute on function app.conversation_shared(uuid, uuid) to holdfast_app;

-- What the caller's mailbox shares of a conversation: of each of its messages, by which exception.
create or replace function app.thread_sharing(of_mailbox uuid, conversation uuid) returns table (level text, exception_id uuid)
  language plpgsql stable
  security definer set search_path = pg_catalog, public, app, pg_temp as $$
begin
  if of_mailbox <> all (app.mailboxes_read('own')) then return; end if;
  return query select distinct s.level, s.exception_id from mail_message m
    cross join lateral app.sharing_of(of_mailbox, m.id, m.conversation_id, m.records, m.records_said) s
    where m.tenant_id = app.tenant_id() and m.conversation_id = conversation and of_mailbox = any (m.mailbox_ids);
end $$;
revoke all on function app.thread_sharing(uuid, uuid) from public;
grant execute on function app.thread_sharing(uuid, uuid) to holdfast_app;

-- The calendars of which the caller sees so much: that there are meetings, with their people and times; everything. Or the caller's own.
create or replace function app.calendars_read(degree text) returns uuid[] language sql stable security definer
  set search_path = pg_catalog, public, app, pg_temp as $$
  select coalesce(array_agg(c.id), '{}') from meeting_calendar c where c.tenant_id = app.tenant_id() and (c.owner_id = app.user_id()
    or degree = 'exists' and c.sharing <> 'private' or degree = 'everything' and c.sharing = 'all')
$$;
revoke all on function app.calendars_read(text) from public;
grant execute on function app.calendars_read(text) to holdfast_app;

-- The conversations of a mailbox in which these words stand in messages of which the caller sees everything: of many the newest.
create or replace function app.find_mail(of_mailbox uuid, q text) returns uuid[] language plpgsql stable security definer
  set search_path = pg_catalog, public, app, pg_temp as $$
declare
  found_max constant int := 2000;
  is_whole constant boolean := of_mailbox = any (app.mailboxes_shared('everything'));
  query constant tsquery := app.words_query(array(select word from regexp_split_to_table(app.fold(q), '[^[:alnum:]]+') word
    where word <> ''));
begin
  if query is null then return '{}'; end if;
  return array(select m.conversation_id from mail_message m where m.tenant_id = app.tenant_id()
    and app.to_search_vector(m.subject, m.body) @@ query
    and m.deleted_at is null and of_mailbox = any (m.mailbox_ids) and (is_whole
      or app.message_shared('everything', m.id, m.conversation_id, m.records, m.records_said, array[of_mailbox]))
    order by m.occurred_at desc limit found_max);
end $$;
revoke all on function app.find_mail(uuid, text) from public;
grant execute on function app.find_mail(uuid, text) to holdfast_app;

-- The mailboxes that a process watches: it keeps its own, and takes those that nobody watches. One that it stopped to watch waits until its
-- claim has run out.
create or replace function app.watch_mailboxes(watcher_name text, rows_max int) returns table (tenant_id uuid, mailbox_id uuid)
  language plpgsql
  volatile security definer set search_path = pg_catalog, public, app, pg_temp as $$
declare
  claim constant interval := interval '25 seconds';
begin
  update mail_connection c set watcher = watcher_name, watched_until = clock_timestamp() + claim from (
      select w.tenant_id, w.mailbox_id from mail_connection w join tenant t on t.id = w.tenant_id
      where w.provider = 'imap' and w.state <> 'failed' and (w.watcher = watcher_name or w.watched_until is null
        or w.watched_until < clock_timestamp())
        and coalesce((t.features ->> 'mail')::boolean, true)
      order by w.watcher is distinct from watcher_name, w.watched_until nulls first limit rows_max for update of w skip locked) free
    where c.tenant_id = free.tenant_id and c.mailbox_id = free.mailbox_id;
  return query select c.tenant_id, c.mailbox_id from mail_connection c
    where c.watcher = watcher_name and c.watched_until > clock_timestamp() and c.provider = 'imap' and c.state <> 'failed';
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

-- Once somebody has said what a message is about, no match says otherwise. What the owner of a mailbox has said decides which exceptions of
-- theirs it is under; what a function of the system changes, such as the deletion of a contact, is nobody's word.
create or replace function app.note_records_set() returns trigger language plpgsql set search_path = pg_catalog, public, app, pg_temp as $$
begin
  if app.is_system() then return new; end if;
  new.records_set := true;
  if tg_table_name = 'mail_message' and current_user <> 'holdfast_system' then
    new.records_said := old.records_said || jsonb_build_object(app.user_id()::text, to_jsonb(new.records));
  end if;
  return new;
end $$;
create or replace trigger note_records_set before update of records on mail_message for each row
  when (old.records is distinct from new.records) execute function app.note_records_set();
create or replace trigger note_records_set before update of records on meeting for each row
  when (old.records is distinct from new.records) execute function app.note_records_set();

-- What a mail says never changes, and stands in the mail alone: the trail tells what people made of it.
create or replace trigger audit_insert after insert on mail_message referencing new table as new_rows
  for each statement execute function app.record_change('mail_message',
    '{search_text,tenant_id,version,updated_at,header_id,digest,conversation_id,subject,snippet,body,html,from_name,from_address,to_text,recipients,attachments,file_scans,has_files,authentication,direction,occurred_at,author_id,records_set,records_said,mailbox_ids,raw_key,parser_version}', '{}');
create or replace trigger audit_update after update on mail_message referencing old table as old_rows new table as new_rows
  for each statement execute function app.record_change('mail_message',
    '{search_text,tenant_id,version,updated_at,header_id,digest,conversation_id,subject,snippet,body,html,from_name,from_address,to_text,recipients,attachments,file_scans,has_files,authentication,direction,occurred_at,author_id,records_set,records_said,mailbox_ids,raw_key,parser_version}', '{}');
create or replace trigger audit_delete after delete on mail_message referencing old table as old_rows
  for each statement execute function app.record_change('mail_message',
    '{search_text,tenant_id,version,updated_at,header_id,digest,conversation_id,subject,snippet,body,html,from_name,from_address,to_text,recipients,attachments,file_scans,has_files,authentication,direction,occurred_at,author_id,records_set,records_said,mailbox_ids,raw_key,parser_version}', '{}');
-- That a file of it was scanned is no change that somebody made, so it makes nobody's version stale.
create or replace trigger touch before update on mail_message
  for each row when (new.file_scans = old.file_scans) execute function app.touch();

create or replace trigger audit_insert after insert on google_client referencing new table as new_rows
  for each statement execute function app.record_change('google_client', '{tenant_id,version,updated_at}', '{sealed_client_secret}');
create or replace trigger audit_update after update on google_client referencing old table as old_rows new table as new_rows
  for each statement execute function app.record_change('google_client', '{tenant_id,version,updated_at}', '{sealed_client_secret}');
create or replace trigger audit_delete after delete on google_client referencing old table as old_rows
  for each statement execute function app.record_change('google_client', '{tenant_id,version,updated_at}', '{sealed_client_secret}');
create or replace trigger touch before update on google_client for each row execute function app.touch();
