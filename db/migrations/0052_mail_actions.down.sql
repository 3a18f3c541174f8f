alter table outgoing_mail drop column forward_id, drop column file_ids;
drop index mail_thread_shown;
alter table mail_thread drop column shown_at, drop column snoozed_until;
create index mail_thread_last on mail_thread (tenant_id, mailbox_id, last_at desc, id);
alter table mail_ledger drop column folder_wanted, drop column seen_wanted;
