-- What the owner of a mailbox does with mail here: it stands until the provider has it too (docs/decisions/0266-what-one-does-with-mail-waits-in-the-ledger.md).
-- Files of mails that are written.
--
-- locks mail_ledger: the index holds no rows yet
-- locks mail_thread: its rows are written once, in one pass
-- locks outgoing_mail: the index holds no rows yet
alter table mail_ledger add column seen_wanted boolean, add column folder_wanted uuid;
alter table mail_ledger add constraint mail_ledger_folder_wanted_fkey foreign key (tenant_id, folder_wanted) references mail_folder
  on delete set null (folder_wanted) not valid;
create index mail_ledger_wanted on mail_ledger (tenant_id, mailbox_id, id) where seen_wanted is not null or folder_wanted is not null;
create index mail_ledger_folder_wanted on mail_ledger (tenant_id, folder_wanted) where folder_wanted is not null;

-- A conversation that was put off comes back as if it had come in then.
alter table mail_thread add column snoozed_until timestamptz(3),
  add column shown_at timestamptz(3) generated always as (greatest(last_at, snoozed_until)) stored;
drop index mail_thread_last;
create index mail_thread_shown on mail_thread (tenant_id, mailbox_id, shown_at desc, id);
create index mail_thread_snoozed on mail_thread (tenant_id, mailbox_id, snoozed_until) where snoozed_until is not null;

alter table outgoing_mail add column file_ids uuid[] not null default '{}', add column forward_id uuid;
alter table outgoing_mail add constraint outgoing_mail_file_ids_check check (cardinality(file_ids) <= 20) not valid;
alter table outgoing_mail add constraint outgoing_mail_forward_id_fkey foreign key (tenant_id, forward_id) references mail_message
  on delete set null (forward_id) not valid;
create index outgoing_mail_files on outgoing_mail using gin (file_ids) where file_ids <> '{}';
create index outgoing_mail_forward on outgoing_mail (tenant_id, forward_id) where forward_id is not null;
