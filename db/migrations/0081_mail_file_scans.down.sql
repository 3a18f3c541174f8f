-- Made again by the routines of the version before.
drop trigger touch on mail_message;
alter table mail_message drop column file_scans;
