drop function app.readers_of(text, uuid[], uuid[]);
drop function app.purge_notifications(int, int);
drop function app.schedule_task_notices(timestamptz);
drop index task_due_open, task_remind_open;
do $$
declare target text;
begin
  foreach target in array array['contact', 'company', 'deal', 'task', 'comment', 'note'] loop
    execute format('drop trigger notice_insert on %1$I; drop trigger notice_update on %1$I', target);
  end loop;
  foreach target in array array['import', 'export', 'change', 'duplicate_suspect'] loop
    execute format('drop trigger notice on %I', target);
  end loop;
end $$;
drop function app.leave_notice();
drop function app.leave_finish_notice();
drop function app.leave_duplicates_notice();
drop table notification_setting, notification, follower;
drop procedure app.protect_own(regclass);
drop function app.is_system();
