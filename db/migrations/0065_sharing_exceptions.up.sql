-- What a mailbox shares of some of its mail in place of what it shares in general: docs/decisions/0257-exceptions-of-sharing.md
create table sharing_exception (
  tenant_id uuid not null references tenant on delete cascade,
  id uuid not null default app.uuid_v7(),
  mailbox_id uuid not null,
  kind text not null check (kind in ('thread', 'folder', 'contact', 'company')),
  -- A conversation, folder, contact or company. It outlives what it names: that somebody deletes a contact shares nothing more.
  target_id uuid not null,
  level text not null check (level in ('private', 'participants', 'subjects', 'all')),
  -- Of a contact the addresses, of a company "@" and its domain, as they were when the owner of the mailbox made the exception.
  addresses text[] not null default '{}' check (cardinality(addresses) <= 50),
  -- Another conversation joined this one since, of which its owner has said nothing.
  only_narrows boolean not null default false,
  created_at timestamptz(3) not null default now(),
  foreign key (tenant_id, mailbox_id) references mailbox on delete cascade
);
create unique index sharing_exception_target on sharing_exception (tenant_id, mailbox_id, kind, target_id);
create index sharing_exception_kind on sharing_exception (tenant_id, kind, target_id);
alter table sharing_exception add primary key (tenant_id, id);
alter table sharing_exception enable row level security;
alter table sharing_exception force row level security;
grant select, insert, update, delete on sharing_exception to holdfast_app, holdfast_system;

-- By the owner of a mailbox, what they said a message is about.
alter table mail_message add column records_said jsonb not null default '{}';
