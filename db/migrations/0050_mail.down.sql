drop table mail_thread, mail_ledger, message_reference, message_address, mail_folder, mail_connection cascade;
drop table mail_message cascade;
drop table mailbox cascade;
drop function if exists app.mailboxes_read(text);
drop function if exists app.note_records_set();

set local role holdfast_system;
update role set rights = rights - 'mailbox';
delete from file where kind = 'mail';
reset role;
alter table file drop constraint file_kind_check;
alter table file add constraint file_kind_check check (kind in ('upload', 'export', 'temp')) not valid;
