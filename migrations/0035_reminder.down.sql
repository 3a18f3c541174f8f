drop trigger derive_reminder on task;
drop function app.derive_reminder();
alter table task drop column remind_before;
