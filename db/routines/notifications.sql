-- Followers, notifications, and calendar feeds.

-- ---------------------------------------------------------------------------------------------------------------------
-- As holdfast_system

set local role holdfast_system;

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

-- Enqueues a notification about new suspected duplicates. A job that is already queued is locked until this transaction commits: a worker
-- that claimed it earlier would not see the new pairs. "where false" locks the row without writing it.
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

-- One job for each workspace with tasks that became due or want a reminder since the last call; called every minute, by any process. One
-- that waits looks back as far as any call.
create or replace function app.schedule_task_notices(since timestamptz) returns void language sql volatile security definer
  set search_path = pg_catalog, public, app, pg_temp as $$
  insert into job (tenant_id, kind, payload, dedupe_key)
  select distinct t.tenant_id, 'notification.tasks', jsonb_build_object('since', since), 'all' from task t
  where t.status = 'open' and t.assignee_id is not null and t.deleted_at is null
    and (t.due_at between since and now() + interval '15 hours' and app.told_at(t.due_on, t.due_at) between since and now()
      or t.remind_at between since and now())
  order by t.tenant_id
  on conflict (tenant_id, kind, dedupe_key) where dedupe_key is not null and state in ('scheduled', 'ready')
    do update set payload = excluded.payload where (job.payload ->> 'since')::timestamptz > (excluded.payload ->> 'since')::timestamptz
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
create or replace function app.find_calendar_feed(token_hash bytea)
  returns table (tenant_id uuid, id uuid, user_id uuid, kind text, rights jsonb)
  language sql stable security definer set search_path = pg_catalog, public, app, pg_temp as $$
  select f.tenant_id, f.id, f.user_id, u.kind, app.rights_of_user(f.tenant_id, f.user_id) from calendar_feed f
  join user_account u on u.tenant_id = f.tenant_id and u.id = f.user_id
  where f.hash = token_hash and app.has_access(u.status, u.access_until)
$$;
revoke all on function app.find_calendar_feed(bytea) from public;
grant execute on function app.find_calendar_feed(bytea) to holdfast_app;

reset role;

-- ---------------------------------------------------------------------------------------------------------------------
-- follower

create or replace trigger ensure_subject before insert or update of record_id on follower
  for each row execute function app.ensure_subject();

-- ---------------------------------------------------------------------------------------------------------------------
-- notification_setting

create or replace trigger audit_insert after insert on notification_setting referencing new table as new_rows
  for each statement execute function app.record_change('notification_setting', '{user_id,tenant_id,version,updated_at}', '{}', '{}');
create or replace trigger audit_update after update on notification_setting referencing old table as old_rows new table as new_rows
  for each statement execute function app.record_change('notification_setting', '{user_id,tenant_id,version,updated_at}', '{}', '{}');
create or replace trigger audit_delete after delete on notification_setting referencing old table as old_rows
  for each statement execute function app.record_change('notification_setting', '{user_id,tenant_id,version,updated_at}', '{}', '{}');
create or replace trigger touch before update on notification_setting for each row execute function app.touch();

-- ---------------------------------------------------------------------------------------------------------------------
-- calendar_feed

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

create or replace trigger notice after update of state on import
  for each row when (new.state in ('done', 'failed', 'reverted') and old.state in ('waiting', 'running', 'reverting'))
  execute function app.leave_finish_notice();
create or replace trigger notice after update of state on export
  for each row when (new.state in ('done', 'failed', 'reverted') and old.state in ('waiting', 'running', 'reverting'))
  execute function app.leave_finish_notice();
-- Of the reversal of an import, the import itself tells.
create or replace trigger notice after update of state on change
  for each row when (new.kind <> 'import_reversal' and new.state in ('done', 'failed', 'reverted')
    and old.state in ('waiting', 'running', 'reverting'))
  execute function app.leave_finish_notice();
create or replace trigger notice after insert on duplicate_suspect referencing new table as new_rows
  for each statement execute function app.leave_duplicates_notice();
