-- What a scanner said of the files of a mail, by the number of the file: docs/decisions/0287-files-of-mail-are-scanned-when-they-are-opened.md
alter table mail_message add column file_scans jsonb not null default '{}' check (jsonb_typeof(file_scans) = 'object');
