-- Documents of households. docs/decisions/0270-documents-and-how-long-they-are-kept.md
create table document (
  tenant_id uuid not null references tenant on delete cascade,
  id uuid not null default app.uuid_v7(),
  household_id uuid not null,
  contact_id uuid,
  legal_entity_id uuid,
  account_id uuid,
  type text not null default 'other' check (type in ('statement', 'confirmation', 'agreement', 'identity', 'tax', 'trust_deed', 'will',
    'power_of_attorney', 'other')),
  name text collate "und-x-icu" not null check (length(name) between 1 and 200),
  dated_on date not null default current_date,
  storage_path bytea check (octet_length(storage_path) between 62 and 4061),
  -- The file of the newest version, as the trigger keeps it; earlier ones are in document_version.
  file_id uuid,
  file_name text check (length(file_name) between 1 and 255),
  content_type text check (length(content_type) between 1 and 255),
  size_bytes int check (size_bytes >= 0),
  sha256 text check (sha256 ~ '^[0-9a-f]{64}$'),
  number int not null default 0 check (number >= 0),
  written_at timestamptz(3),
  -- Null: as long as the account that it is about is open.
  kept_until date,
  version int not null default 1,
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now(),
  deleted_at timestamptz(3),
  -- A household, an entity and an account are kept as long as what is kept of them.
  foreign key (tenant_id, household_id) references household,
  foreign key (tenant_id, contact_id) references contact on delete set null (contact_id),
  foreign key (tenant_id, legal_entity_id) references legal_entity on delete set null (legal_entity_id),
  foreign key (tenant_id, account_id) references financial_account,
  foreign key (tenant_id, file_id) references file
);
create index document_household on document (tenant_id, household_id, dated_on, id);
create index document_contact on document (tenant_id, contact_id) where contact_id is not null;
create index document_entity on document (tenant_id, legal_entity_id) where legal_entity_id is not null;
create index document_account on document (tenant_id, account_id) where account_id is not null;
create index document_file on document (tenant_id, file_id) where file_id is not null;
create index document_trash on document (tenant_id, deleted_at, id) where deleted_at is not null;
alter table document add primary key (tenant_id, id);

-- Every version of a document, the newest too. Append-only.
create table document_version (
  tenant_id uuid not null references tenant on delete cascade,
  id uuid not null default app.uuid_v7(),
  document_id uuid not null,
  number int not null check (number > 0),
  file_id uuid not null,
  name text not null check (length(name) between 1 and 255),
  content_type text not null check (length(content_type) between 1 and 255),
  size_bytes int not null check (size_bytes >= 0),
  sha256 text not null check (sha256 ~ '^[0-9a-f]{64}$'),
  written_at timestamptz(3) not null default now(),
  author_id uuid,
  foreign key (tenant_id, document_id) references document on delete cascade,
  foreign key (tenant_id, file_id) references file,
  foreign key (tenant_id, author_id) references user_account on delete set null (author_id)
);
create unique index document_version_number on document_version (tenant_id, document_id, number);
create index document_version_file on document_version (tenant_id, file_id);
alter table document_version add primary key (tenant_id, id);

do $$ declare tab text; begin
  foreach tab in array array['document', 'document_version'] loop
    execute format('alter table %I enable row level security', tab);
    execute format('alter table %I force row level security', tab);
  end loop;
end $$;
grant select, insert, update, delete on document to holdfast_app, holdfast_system;
grant select on document_version to holdfast_app;
-- With their document, or with their whole workspace, they go.
grant select, insert, delete on document_version to holdfast_system;
