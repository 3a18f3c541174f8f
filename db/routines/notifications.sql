-- Followers, notifications, and calendar feeds.

-- ---------------------------------------------------------------------------------------------------------------------
-- As holdfast_system

set local role holdfast_system;

-- Enqueues a change that somebody may want to be notified of. An import gets one notification for the whole import.
create or replace function app.leave_notice() returns trigger language plpgsql security definer
  set search_path = pg_catalog, public, app, pg_temp as $$
declare
  request constant text := nullif(current_setting('app.request_id', true), '');
  gathered constant jsonb := app.gathered_requests();
  me constant uuid := app.user_id();
begin
  if request is null or nullif(current_setting('app.import_id', true), '') is not null or app.restores_archive() then return null; end if;
  case tg_table_name
    when 'comment' then
      insert into notice_due (tenant_id, request_id)
      select distinct n.tenant_id, app.request_of(gathered, n.id) from new_rows n
      where tg_op = 'INSERT' or n.mentions <> '{}';
    when 'note' then
      insert into notice_due (tenant_id, request_id)
      select distinct n.tenant_id, app.request_of(gathered, n.id) from new_rows n
      where n.mentions <> '{}';
    when 'task' then
      insert into notice_due (tenant_id, request_id)
      select distinct n.tenant_id, app.request_of(gathered, n.id) from new_rows n
      where n.assignee_id is distinct from case when gathered is null then me else app.person_of(gathered, n.id) end and n.assignee_id is not null;
    when 'contact' then
      insert into notice_due (tenant_id, request_id)
      select distinct n.tenant_id, app.request_of(gathered, n.id) from new_rows n
      where n.owner_id is distinct from case when gathered is null then me else app.person_of(gathered, n.id) end and n.owner_id is not null
        or tg_op = 'UPDATE' and exists (
          select from follower f where f.tenant_id = n.tenant_id and f.contact_id = n.id
          and f.user_id is distinct from case when gathered is null then me else app.person_of(gathered, n.id) end and not f.muted);
    when 'company' then
      insert into notice_due (tenant_id, request_id)
      select distinct n.tenant_id, app.request_of(gathered, n.id) from new_rows n
      where n.owner_id is distinct from case when gathered is null then me else app.person_of(gathered, n.id) end and n.owner_id is not null
        or tg_op = 'UPDATE' and exists (
          select from follower f where f.tenant_id = n.tenant_id and f.company_id = n.id
          and f.user_id is distinct from case when gathered is null then me else app.person_of(gathered, n.id) end and not f.muted);
    else
      insert into notice_due (tenant_id, request_id)
      select distinct n.tenant_id, app.request_of(gathered, n.id) from new_rows n
      where n.owner_id is distinct from case when gathered is null then me else app.person_of(gathered, n.id) end and n.owner_id is not null
        or tg_op = 'UPDATE' and exists (
          select from follower f where f.tenant_id = n.tenant_id and f.deal_id = n.id
          and f.user_id is distinct from case when gathered is null then me else app.person_of(gathered, n.id) end and not f.muted);
  end case;
  return null;
end $$;
revoke all on function app.leave_notice() from public;
grant execute on function app.leave_notice() to session_user;

-- Enqueues a notification when background work has ended.
create or replace function app.leave_finish_notice() returns trigger language plpgsql security definer
  set search_path = pg_catalog, public, app, pg_temp as $$
begin
  -- Work that finished within the request that asked for it needs no notification.
  if app.restores_archive() or new.created_by is null or new.created_at = now()::timestamptz(3) then return null; end if;
  insert into job (tenant_id, kind, payload)
  values (new.tenant_id, 'notification.finished', jsonb_build_object('resource', tg_table_name, 'id', new.id, 'state', new.state));
  return null;
end $$;
revoke all on function app.leave_finish_notice() from public;
grant execute on function app.leave_finish_notice() to session_user;

-- Enqueues a notification about new suspected duplicates. A job that is already queued is locked until this transaction commits: a worker that
-- claimed it earlier would not see the new pairs. "where false" locks the row without writing it.
create or replace function app.leave_duplicates_notice() returns trigger language plpgsql security definer
  set search_path = pg_catalog, public, app, pg_temp as $$
begin
  if not app.restores_archive() then
    insert into job (tenant_id, kind, payload, dedupe_key)
    select distinct n.tenant_id, 'notification.duplicates', '{}'::jsonb, 'all' from new_rows n
    on conflict (tenant_id, kind, dedupe_key) where dedupe_key is not null and state in ('scheduled', 'ready')
      do update set dedupe_key = excluded.dedupe_key where false;
  end if;
  return null;
end $$;
revoke all on function app.leave_duplicates_notice() from public;
grant execute on function app.leave_duplicates_notice() to session_user;

-- One job for each workspace whose queue is not empty. A job that runs goes on until the queue is empty.
create or replace function app.schedule_notices() returns int language plpgsql volatile security definer
  set search_path = pg_catalog, public, app, pg_temp as $$
declare
  workspaces constant uuid[] := array(select distinct d.tenant_id from notice_due d where not exists (
    select from job j where j.tenant_id = d.tenant_id and j.kind = 'notification.change' and j.state = 'running'));
  added int;
begin
  if cardinality(workspaces) = 0 then return 0; end if;
  -- Up to two such jobs finish every second, so finished ones are deleted at once.
  delete from job where tenant_id = any (workspaces) and kind = 'notification.change' and state = 'done';
  insert into job (tenant_id, kind, payload, dedupe_key) select w, 'notification.change', '{}', 'all' from unnest(workspaces) w on conflict do nothing;
  get diagnostics added = row_count;
  return added;
end $$;
revoke all on function app.schedule_notices() from public;
grant execute on function app.schedule_notices() to holdfast_app;

-- One job for each workspace with tasks that became due or want a reminder since the last call; called every minute, by any process.
create or replace function app.schedule_task_notices(since timestamptz) returns void language sql volatile security definer
  set search_path = pg_catalog, public, app, pg_temp as $$
  insert into job (tenant_id, kind, payload, dedupe_key)
  select distinct t.tenant_id, 'notification.tasks', jsonb_build_object('since', since), 'all' from task t
  where t.status = 'open' and t.assignee_id is not null and t.deleted_at is null
    and (t.due_at between since and now() or t.remind_at between since and now())
  on conflict (tenant_id, kind, dedupe_key) where dedupe_key is not null and state in ('scheduled', 'ready') do nothing
$$;
revoke all on function app.schedule_task_notices(timestamptz) from public;
grant execute on function app.schedule_task_notices(timestamptz) to holdfast_app;

-- Deletes notifications older than so many days, up to so many rows. Call until it answers 0.
create or replace function app.purge_notifications(days int, rows_max int default 10000) returns int
  language plpgsql volatile security definer set search_path = pg_catalog, public, app, pg_temp as $$
declare gone int;
begin
  delete from notification where ctid = any (array(select ctid from notification
    where created_at < now() - make_interval(days => purge_notifications.days) limit rows_max));
  get diagnostics gone = row_count;
  return gone;
end $$;
revoke all on function app.purge_notifications(int, int) from public;
grant execute on function app.purge_notifications(int, int) to holdfast_app;

-- Whose calendar a secret address opens, with the rights of that person at this moment.
create or replace function app.find_calendar_feed(token_hash bytea) returns table (tenant_id uuid, id uuid, user_id uuid, rights jsonb)
  language sql stable security definer set search_path = pg_catalog, public, app, pg_temp as $$
  select f.tenant_id, f.id, f.user_id, app.rights_of_user(f.tenant_id, f.user_id) from calendar_feed f
  join user_account u on u.tenant_id = f.tenant_id and u.id = f.user_id
  where f.hash = token_hash and u.status = 'active'
$$;
revoke all on function app.find_calendar_feed(bytea) from public;
grant execute on function app.find_calendar_feed(bytea) to holdfast_app;

reset role;

-- ---------------------------------------------------------------------------------------------------------------------
-- follower

drop policy if exists read on follower;
create policy read on follower for select to holdfast_app
  using (tenant_id = (select app.tenant_id()) and ((select app.sees_all_records()) or app.reads_parents(contact_id, company_id, deal_id)));
-- Whoever reads a record may add a colleague as its follower.
drop policy if exists append on follower;
create policy append on follower for insert to holdfast_app
  with check (tenant_id = (select app.tenant_id()) and ((select app.sees_all_records()) or app.reads_parents(contact_id, company_id, deal_id)));
-- Only followers themselves may stop following.
drop policy if exists change on follower;
create policy change on follower for update to holdfast_app
  using (tenant_id = (select app.tenant_id()) and (user_id = (select app.user_id()) or (select app.is_system())))
  with check (tenant_id = (select app.tenant_id()));
drop policy if exists remove on follower;
create policy remove on follower for delete to holdfast_app
  using (tenant_id = (select app.tenant_id()) and (user_id = (select app.user_id()) or (select app.is_system())));
drop policy if exists system on follower;
create policy system on follower to holdfast_system using (true) with check (true);

-- ---------------------------------------------------------------------------------------------------------------------
-- notification

drop policy if exists own on notification;
create policy own on notification to holdfast_app
  using (tenant_id = (select app.tenant_id()) and (user_id = (select app.user_id()) or (select app.is_system())));
drop policy if exists system on notification;
create policy system on notification to holdfast_system using (true) with check (true);

-- ---------------------------------------------------------------------------------------------------------------------
-- notification_setting

drop policy if exists own on notification_setting;
create policy own on notification_setting to holdfast_app
  using (tenant_id = (select app.tenant_id()) and (user_id = (select app.user_id()) or (select app.is_system())));
drop policy if exists system on notification_setting;
create policy system on notification_setting to holdfast_system using (true) with check (true);
create or replace trigger audit_insert after insert on notification_setting referencing new table as new_rows
  for each statement execute function app.record_change('notification_setting', '{user_id,tenant_id,version,updated_at}', '{}', '{}');
create or replace trigger audit_update after update on notification_setting referencing old table as old_rows new table as new_rows
  for each statement execute function app.record_change('notification_setting', '{user_id,tenant_id,version,updated_at}', '{}', '{}');
create or replace trigger audit_delete after delete on notification_setting referencing old table as old_rows
  for each statement execute function app.record_change('notification_setting', '{user_id,tenant_id,version,updated_at}', '{}', '{}');
create or replace trigger touch before update on notification_setting for each row execute function app.touch();

-- ---------------------------------------------------------------------------------------------------------------------
-- notice_due

drop policy if exists read on notice_due;
create policy read on notice_due for select to holdfast_app using (tenant_id = (select app.tenant_id()));
drop policy if exists append on notice_due;
create policy append on notice_due for insert to holdfast_app with check (tenant_id = (select app.tenant_id()));
drop policy if exists change on notice_due;
create policy change on notice_due for update to holdfast_app
  using (tenant_id = (select app.tenant_id()))
  with check (tenant_id = (select app.tenant_id()));
drop policy if exists remove on notice_due;
create policy remove on notice_due for delete to holdfast_app using (tenant_id = (select app.tenant_id()));
drop policy if exists system on notice_due;
create policy system on notice_due to holdfast_system using (true) with check (true);

-- ---------------------------------------------------------------------------------------------------------------------
-- calendar_feed

drop policy if exists personal on calendar_feed;
create policy personal on calendar_feed to holdfast_app
  using (tenant_id = (select app.tenant_id()) and (user_id = (select app.user_id()) or (select app.some_scope('user', 'update')) <> 'none'));
drop policy if exists system on calendar_feed;
create policy system on calendar_feed to holdfast_system using (true) with check (true);
create or replace trigger audit_insert after insert on calendar_feed referencing new table as new_rows
  for each statement
  execute function app.record_change('calendar_feed', '{hash,last_read_at,etag,modified_at,tenant_id,version,updated_at}', '{}', '{}');
create or replace trigger audit_update after update on calendar_feed referencing old table as old_rows new table as new_rows
  for each statement
  execute function app.record_change('calendar_feed', '{hash,last_read_at,etag,modified_at,tenant_id,version,updated_at}', '{}', '{}');
create or replace trigger audit_delete after delete on calendar_feed referencing old table as old_rows
  for each statement
  execute function app.record_change('calendar_feed', '{hash,last_read_at,etag,modified_at,tenant_id,version,updated_at}', '{}', '{}');

-- ---------------------------------------------------------------------------------------------------------------------
-- Triggers on the tables of others

create or replace trigger notice_insert after insert on contact referencing new table as new_rows
  for each statement execute function app.leave_notice();
create or replace trigger notice_update after update on contact referencing new table as new_rows
  for each statement execute function app.leave_notice();
create or replace trigger notice_insert after insert on company referencing new table as new_rows
  for each statement execute function app.leave_notice();
create or replace trigger notice_update after update on company referencing new table as new_rows
  for each statement execute function app.leave_notice();
create or replace trigger notice_insert after insert on deal referencing new table as new_rows
  for each statement execute function app.leave_notice();
create or replace trigger notice_update after update on deal referencing new table as new_rows
  for each statement execute function app.leave_notice();
create or replace trigger notice_insert after insert on task referencing new table as new_rows
  for each statement execute function app.leave_notice();
create or replace trigger notice_update after update on task referencing new table as new_rows
  for each statement execute function app.leave_notice();
create or replace trigger notice_insert after insert on comment referencing new table as new_rows
  for each statement execute function app.leave_notice();
create or replace trigger notice_update after update on comment referencing new table as new_rows
  for each statement execute function app.leave_notice();
create or replace trigger notice_insert after insert on note referencing new table as new_rows
  for each statement execute function app.leave_notice();
create or replace trigger notice_update after update on note referencing new table as new_rows
  for each statement execute function app.leave_notice();
create or replace trigger notice after update of state on import
  for each row when (new.state in ('done', 'failed', 'reverted') and old.state in ('waiting', 'running', 'reverting'))
  execute function app.leave_finish_notice();
create or replace trigger notice after update of state on export
  for each row when (new.state in ('done', 'failed', 'reverted') and old.state in ('waiting', 'running', 'reverting'))
  execute function app.leave_finish_notice();
create or replace trigger notice after update of state on change
  for each row when (new.state in ('done', 'failed', 'reverted') and old.state in ('waiting', 'running', 'reverting'))
  execute function app.leave_finish_notice();
create or replace trigger notice after insert on duplicate_suspect referencing new table as new_rows
  for each statement execute function app.leave_duplicates_notice();
