-- A reminder may be set by how long before a task is due it comes, and moves with it.

-- As ISO 8601 has durations: PT15M, PT2H, P1D, P1W. Days and weeks are those of the calendar, minutes and hours those of the clock.
alter table task add column remind_before text constraint task_remind_before_check check (remind_before ~ '^P(\d{1,2}[DW]|T\d{1,3}M|T\d{1,2}H)$');

-- Whatever moves the task: the page, a drag, an undo. In the zone where its assignee lives.
create function app.derive_reminder() returns trigger language plpgsql security definer set search_path = pg_catalog, public, app as $$
begin
  if not app.restores_archive() then
    new.remind_at := date_subtract(new.due_at, new.remind_before::interval, coalesce(
      (select u.time_zone from user_account u where u.tenant_id = new.tenant_id and u.id = new.assignee_id),
      (select t.time_zone from tenant t where t.id = new.tenant_id), 'UTC'));
  end if;
  return new;
end $$;
create trigger derive_reminder before insert or update of due_at, assignee_id, remind_before, remind_at on task
  for each row when (new.remind_before is not null) execute function app.derive_reminder();
call app.run_as_system(array['app.derive_reminder()']::regprocedure[], callable => false);
