drop table google_client;
delete from mail_connection where provider = 'google';
alter table mail_connection drop constraint mail_connection_provider_check, drop constraint mail_connection_cursor_check,
  drop constraint mail_connection_state_check, drop column provider, drop column cursor, drop column listed_at,
  alter column imap_host set not null, alter column imap_port set not null, alter column imap_security set not null,
  alter column smtp_host set not null, alter column smtp_port set not null, alter column smtp_security set not null;
update mail_connection set state = 'failed' where state = 'refused';
alter table mail_connection
  add constraint mail_connection_state_check check (state in ('syncing', 'in_sync', 'failed', 'asks')) not valid;
drop index mail_ledger_labels;
alter table mail_ledger drop column label_ids;
alter table mail_folder drop column is_label;
