alter table outgoing_mail drop column from_address;
drop table mailbox_alias;
