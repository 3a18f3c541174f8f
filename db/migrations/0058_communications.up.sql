-- What was said and written between a firm and its clients. docs/decisions/0271-communications-are-written-once.md
create table communication (
  tenant_id uuid not null references tenant on delete cascade,
  id uuid not null default app.uuid_v7(),
  household_id uuid not null,
  contact_id uuid,
  legal_entity_id uuid,
  account_id uuid,
  document_id uuid,
  kind text not null default 'call' check (kind in ('email', 'letter', 'call', 'message')),
  direction text not null default 'incoming' check (direction in ('incoming', 'outgoing')),
  occurred_at timestamptz(3) not null default now(),
  subject text not null check (length(subject) between 1 and 300),
  participants text[] not null default '{}' check (cardinality(participants) <= 50),
  body bytea check (octet_length(body) between 62 and 400061),
  author_id uuid,
  kept_until date not null default current_date,
  version int not null default 1,
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now(),
  foreign key (tenant_id, household_id) references household,
  foreign key (tenant_id, contact_id) references contact on delete set null (contact_id),
  foreign key (tenant_id, legal_entity_id) references legal_entity on delete set null (legal_entity_id),
  foreign key (tenant_id, account_id) references financial_account on delete set null (account_id),
  foreign key (tenant_id, document_id) references document on delete set null (document_id),
  foreign key (tenant_id, author_id) references user_account on delete set null (author_id)
);
create index communication_household on communication (tenant_id, household_id, occurred_at, id);
create index communication_contact on communication (tenant_id, contact_id) where contact_id is not null;
create index communication_entity on communication (tenant_id, legal_entity_id) where legal_entity_id is not null;
create index communication_account on communication (tenant_id, account_id) where account_id is not null;
create index communication_document on communication (tenant_id, document_id) where document_id is not null;
alter table communication add primary key (tenant_id, id);

alter table communication enable row level security;
alter table communication force row level security;
-- Of an update, app.keep_communication lets through under which records one is filed, and a new key for what a replaced one sealed.
grant select, insert, update, delete on communication to holdfast_app, holdfast_system;
