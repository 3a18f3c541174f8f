drop function app.find_calendar_feed(bytea);
drop table calendar_feed;
drop trigger audit_insert on task;
drop trigger audit_update on task;
drop trigger audit_delete on task;
call app.audit_changes('task', 'task');
alter table task drop column position;
