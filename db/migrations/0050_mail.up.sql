-- Mailboxes, what their providers list, and the messages in them. docs/decisions/0264-a-ledger-row-for-each-item.md
create table mailbox (
  tenant_id uuid not null references tenant on delete cascade,
  id uuid not null default app.uuid_v7(),
  name text collate "und-x-icu" not null check (length(name) between 1 and 200),
  address text not null check (length(address) between 3 and 254),
  owner_id uuid,
  sharing text not null default 'private' check (sharing in ('private', 'participants', 'subjects', 'all')),
  version int not null default 1,
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now(),
  foreign key (tenant_id, owner_id) references user_account on delete set null (owner_id)
);
create index mailbox_name on mailbox (tenant_id, name, id);
create index mailbox_owner on mailbox (tenant_id, owner_id, id);
create index mailbox_address on mailbox (tenant_id, lower(address));
alter table mailbox add primary key (tenant_id, id);

-- Where a mailbox is, and how it stands with its provider. Only its owner sees it.
create table mail_connection (
  tenant_id uuid not null references tenant on delete cascade,
  mailbox_id uuid not null,
  imap_host text not null check (length(imap_host) between 1 and 253),
  imap_port int not null check (imap_port between 1 and 65535),
  imap_security text not null check (imap_security in ('tls', 'starttls', 'none')),
  smtp_host text not null check (length(smtp_host) between 1 and 253),
  smtp_port int not null check (smtp_port between 1 and 65535),
  smtp_security text not null check (smtp_security in ('tls', 'starttls', 'none')),
  username text not null check (length(username) between 1 and 254),
  sealed_password bytea not null,
  state text not null default 'syncing' check (state in ('syncing', 'in_sync', 'failed', 'asks')),
  problem text,
  -- The run that owns the mailbox now, and until when another may not take it.
  lease text,
  leased_until timestamptz(3),
  compared_at timestamptz(3),
  deletions_confirmed_at timestamptz(3),
  version int not null default 1,
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now(),
  foreign key (tenant_id, mailbox_id) references mailbox on delete cascade
);
alter table mail_connection add primary key (tenant_id, mailbox_id);

create table mail_folder (
  tenant_id uuid not null references tenant on delete cascade,
  id uuid not null default app.uuid_v7(),
  mailbox_id uuid not null,
  path text not null check (length(path) between 1 and 1000),
  name text not null check (length(name) between 1 and 1000),
  role text check (role in ('inbox', 'sent', 'drafts', 'junk', 'trash', 'archive', 'all')),
  is_chosen boolean not null default true,
  uid_validity bigint,
  -- What the provider counted at the last comparison.
  provider_count int,
  -- How many it no longer lists that wait for a confirmation.
  missing int not null default 0,
  compared_at timestamptz(3),
  gone_at timestamptz(3),
  foreign key (tenant_id, mailbox_id) references mailbox on delete cascade
);
create unique index mail_folder_path on mail_folder (tenant_id, mailbox_id, path);
alter table mail_folder add primary key (tenant_id, id);

-- A mail, however many mailboxes and folders it is in.
create table mail_message (
  tenant_id uuid not null references tenant on delete cascade,
  id uuid not null default app.uuid_v7(),
  -- The Message-ID of its header, and what tells two with the same from each other.
  header_id text check (length(header_id) <= 1000),
  digest bytea not null check (octet_length(digest) = 32),
  conversation_id uuid not null,
  subject text not null default '' check (length(subject) <= 1000),
  snippet text not null default '' check (length(snippet) <= 300),
  body text not null default '' check (length(body) <= 200000),
  html text check (length(html) <= 2000000),
  from_name text not null default '' check (length(from_name) <= 300),
  from_address text not null default '' check (length(from_address) <= 320),
  to_text text not null default '' check (length(to_text) <= 2000),
  recipients jsonb not null default '[]' check (jsonb_typeof(recipients) = 'array'),
  attachments jsonb not null default '[]' check (jsonb_typeof(attachments) = 'array'),
  has_files boolean not null default false,
  authentication text check (authentication in ('passed', 'failed')),
  direction text not null default 'in' check (direction in ('in', 'out')),
  occurred_at timestamptz(3) not null,
  author_id uuid,
  records uuid[] not null default '{}' check (cardinality(records) <= 20),
  -- Whether somebody has set them, so that no match changes them again.
  records_set boolean not null default false,
  -- The mailboxes that have it now: whoever reads one of them reads it.
  mailbox_ids uuid[] not null default '{}' check (cardinality(mailbox_ids) <= 1000),
  raw_key text,
  parser_version int not null default 1,
  version int not null default 1,
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now(),
  deleted_at timestamptz(3),
  foreign key (tenant_id, author_id) references user_account on delete set null (author_id)
);
create unique index mail_message_digest on mail_message (tenant_id, digest);
create index mail_message_header on mail_message (tenant_id, header_id) where header_id is not null;
create index mail_message_conversation on mail_message (tenant_id, conversation_id, occurred_at, id);
create index mail_message_occurred on mail_message (tenant_id, occurred_at, id);
create index mail_message_created on mail_message (tenant_id, created_at, id);
create index mail_message_author on mail_message (tenant_id, author_id) where author_id is not null;
create index mail_message_trash on mail_message (tenant_id, deleted_at, id) where deleted_at is not null;
create index mail_message_words on mail_message using gin (tenant_id, app.to_search_vector(subject, body)) where deleted_at is null;
alter table mail_message add primary key (tenant_id, id);

-- Whose addresses stand in a message, so that somebody who becomes a contact later finds theirs.
create table message_address (
  tenant_id uuid not null references tenant on delete cascade,
  address text not null check (length(address) <= 320),
  message_id uuid not null,
  foreign key (tenant_id, message_id) references mail_message on delete cascade
);
create index message_address_message on message_address (tenant_id, message_id);
create index message_address_domain on message_address (tenant_id, split_part(address, '@', 2), message_id);
alter table message_address add primary key (tenant_id, address, message_id);

-- To which conversation a Message-ID belongs, also of a message that nobody has received.
create table message_reference (
  tenant_id uuid not null references tenant on delete cascade,
  header_id text not null check (length(header_id) <= 1000),
  conversation_id uuid not null
);
create index message_reference_conversation on message_reference (tenant_id, conversation_id);
alter table message_reference add primary key (tenant_id, header_id);

-- What became of each item that a provider lists.
create table mail_ledger (
  tenant_id uuid not null references tenant on delete cascade,
  id uuid not null default app.uuid_v7(),
  mailbox_id uuid not null,
  folder_id uuid not null,
  uid_validity bigint not null,
  uid bigint not null,
  header_id text check (length(header_id) <= 1000),
  subject text not null default '' check (length(subject) <= 1000),
  from_address text not null default '' check (length(from_address) <= 320),
  sent_at timestamptz(3),
  size_bytes bigint not null default 0,
  is_seen boolean not null default false,
  outcome text not null default 'listed'
    check (outcome in ('listed', 'received', 'imported', 'duplicate', 'excluded', 'too_large', 'failed', 'gone')),
  rule text,
  problem text,
  attempts int not null default 0,
  retry_at timestamptz(3),
  raw_key text,
  parser_version int,
  message_id uuid,
  at timestamptz(3) not null default now(),
  created_at timestamptz(3) not null default now(),
  foreign key (tenant_id, mailbox_id) references mailbox on delete cascade,
  foreign key (tenant_id, folder_id) references mail_folder on delete cascade,
  foreign key (tenant_id, message_id) references mail_message on delete set null (message_id)
);
create unique index mail_ledger_item on mail_ledger (tenant_id, folder_id, uid_validity, uid);
create index mail_ledger_due on mail_ledger (tenant_id, mailbox_id, outcome, sent_at desc) where outcome in ('listed', 'received', 'failed');
create index mail_ledger_mailbox on mail_ledger (tenant_id, mailbox_id, sent_at desc, id);
create index mail_ledger_message on mail_ledger (tenant_id, message_id) where message_id is not null;
alter table mail_ledger add primary key (tenant_id, id);

-- A conversation as it stands in one mailbox: what the page lists.
create table mail_thread (
  tenant_id uuid not null references tenant on delete cascade,
  id uuid not null default app.uuid_v7(),
  mailbox_id uuid not null,
  conversation_id uuid not null,
  subject text not null default '',
  snippet text not null default '',
  participants text not null default '',
  last_at timestamptz(3) not null,
  messages int not null,
  unread int not null,
  has_files boolean not null default false,
  folder_ids uuid[] not null default '{}',
  foreign key (tenant_id, mailbox_id) references mailbox on delete cascade
);
create unique index mail_thread_conversation on mail_thread (tenant_id, mailbox_id, conversation_id);
create index mail_thread_last on mail_thread (tenant_id, mailbox_id, last_at desc, id);
alter table mail_thread add primary key (tenant_id, id);

do $$ declare tab text; begin
  foreach tab in array array['mailbox', 'mail_connection', 'mail_folder', 'mail_message', 'message_address', 'message_reference', 'mail_ledger', 'mail_thread'] loop
    execute format('alter table %I enable row level security', tab);
    execute format('alter table %I force row level security', tab);
    execute format('grant select, insert, update, delete on %I to holdfast_app, holdfast_system', tab);
  end loop;
end $$;

-- Raw mail is kept as it was received; nobody reads it as a file.
alter table file drop constraint file_kind_check;
alter table file add constraint file_kind_check check (kind in ('upload', 'export', 'temp', 'mail')) not valid;
