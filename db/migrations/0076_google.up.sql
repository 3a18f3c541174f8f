-- Mailboxes at Google. docs/decisions/0282-google-by-its-own-api.md
--
-- locks mail_connection: a row for each mailbox that is connected
-- locks mail_folder: nothing is written
-- locks mail_ledger: nothing is written

-- The OAuth client of a workspace at Google.
create table google_client (
  tenant_id uuid not null references tenant on delete cascade,
  id uuid not null default app.uuid_v7(),
  client_id text not null check (length(client_id) between 1 and 500),
  sealed_client_secret bytea not null,
  -- What the person who set it up said of it: one in testing loses its grants after seven days.
  is_testing boolean not null default false,
  version int not null default 1,
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now()
);
create unique index google_client_of_tenant on google_client (tenant_id);
alter table google_client add primary key (tenant_id, id);
alter table google_client enable row level security;
alter table google_client force row level security;
grant select, insert, update, delete on google_client to holdfast_app, holdfast_system;

-- Of a mailbox at Google the sealed password is the refresh token.
alter table mail_connection add column provider text not null default 'imap',
  -- Up to where the changes of the provider are known, and when all its identifiers were last listed.
  add column cursor text, add column listed_at timestamptz(3),
  alter column imap_host drop not null, alter column imap_port drop not null, alter column imap_security drop not null,
  alter column smtp_host drop not null, alter column smtp_port drop not null, alter column smtp_security drop not null,
  drop constraint mail_connection_state_check;
alter table mail_connection
  add constraint mail_connection_state_check check (state in ('syncing', 'in_sync', 'failed', 'asks', 'refused')) not valid,
  add constraint mail_connection_cursor_check check (length(cursor) <= 100) not valid,
  add constraint mail_connection_provider_check check (provider = 'google'
    or provider = 'imap' and num_nulls(imap_host, imap_port, imap_security, smtp_host, smtp_port, smtp_security) = 0) not valid;

alter table mail_folder add column is_label boolean not null default false;
-- Folders in which an item is too, beside its own.
alter table mail_ledger add column label_ids uuid[] not null default '{}';
create index mail_ledger_labels on mail_ledger using gin (label_ids) where label_ids <> '{}';
