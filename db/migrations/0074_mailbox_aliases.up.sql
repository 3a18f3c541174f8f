-- Further addresses of a mailbox, from which its owner writes.
--
-- locks outgoing_mail: the column has no default
create table mailbox_alias (
  tenant_id uuid not null references tenant on delete cascade,
  id uuid not null default app.uuid_v7(),
  mailbox_id uuid not null,
  -- In small letters.
  address text not null check (length(address) between 3 and 254),
  -- When its owner wrote the code that was sent there. Before, it is nobody's.
  confirmed_at timestamptz(3),
  code_hash bytea check (octet_length(code_hash) = 32),
  code_sent_at timestamptz(3),
  tries int not null default 0,
  created_at timestamptz(3) not null default now(),
  foreign key (tenant_id, mailbox_id) references mailbox on delete cascade
);
create unique index mailbox_alias_address on mailbox_alias (tenant_id, mailbox_id, address);
alter table mailbox_alias add primary key (tenant_id, id);
alter table mailbox_alias enable row level security;
alter table mailbox_alias force row level security;
grant select, insert, update, delete on mailbox_alias to holdfast_app, holdfast_system;

-- From which of its addresses a mail goes out; null: that of the mailbox.
alter table outgoing_mail add column from_address text;
