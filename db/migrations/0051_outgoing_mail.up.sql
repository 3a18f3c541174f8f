-- Mails that people of the workspace write. docs/decisions/0265-a-mail-is-sent-once-or-in-doubt.md
create table outgoing_mail (
  tenant_id uuid not null references tenant on delete cascade,
  id uuid not null default app.uuid_v7(),
  mailbox_id uuid not null,
  author_id uuid,
  -- Recorded before anything is sent: by it the mail is found again.
  header_id text not null check (length(header_id) <= 1000),
  reply_to_id uuid,
  recipients jsonb not null check (jsonb_typeof(recipients) = 'array'),
  subject text not null default '' check (length(subject) <= 1000),
  body text not null default '' check (length(body) <= 200000),
  state text not null default 'waiting' check (state in ('waiting', 'sending', 'in_doubt', 'sent', 'failed', 'cancelled')),
  problem text,
  send_at timestamptz(3) not null,
  sent_at timestamptz(3),
  copied_at timestamptz(3),
  version int not null default 1,
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now(),
  foreign key (tenant_id, mailbox_id) references mailbox on delete cascade,
  foreign key (tenant_id, author_id) references user_account on delete set null (author_id),
  foreign key (tenant_id, reply_to_id) references mail_message on delete set null (reply_to_id)
);
create unique index outgoing_mail_header on outgoing_mail (tenant_id, header_id);
create index outgoing_mail_mailbox on outgoing_mail (tenant_id, mailbox_id, created_at, id);
create index outgoing_mail_author on outgoing_mail (tenant_id, author_id) where author_id is not null;
create index outgoing_mail_reply on outgoing_mail (tenant_id, reply_to_id) where reply_to_id is not null;
alter table outgoing_mail add primary key (tenant_id, id);
alter table outgoing_mail enable row level security;
alter table outgoing_mail force row level security;
-- What was written from here stays on record.
grant select, insert, update on outgoing_mail to holdfast_app;
grant select, insert, update, delete on outgoing_mail to holdfast_system;
