-- The addresses that a mail did not reach, as reports of mail servers say. docs/decisions/0267-bounces-are-read-and-believed-within-limits.md
--
-- locks outgoing_mail: the index holds no rows yet
alter table outgoing_mail add column bounces jsonb not null default '[]';
alter table outgoing_mail add constraint outgoing_mail_bounces_check check (jsonb_typeof(bounces) = 'array') not valid;
create index outgoing_mail_bounces on outgoing_mail using gin (bounces jsonb_path_ops) where bounces <> '[]';
