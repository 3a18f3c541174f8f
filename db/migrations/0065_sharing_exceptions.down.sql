-- Both are made again by the routines of the version before.
drop policy read on mail_message;
drop view app.mail_message_shown;
alter table mail_message drop column records_said;
drop table sharing_exception;
