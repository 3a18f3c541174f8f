-- What a firm knows of a client, and their identity documents, sealed (docs/security/sealed-fields.md).
create table client_profile (
  tenant_id uuid not null references tenant on delete cascade,
  id uuid not null default app.uuid_v7(),
  contact_id uuid not null,
  ssn bytea check (octet_length(ssn) between 62 and 72),
  ssn_index bytea generated always as (substring(ssn from 30 for 16)) stored,
  tax_id bytea check (octet_length(tax_id) between 62 and 221),
  tax_id_index bytea generated always as (substring(tax_id from 30 for 16)) stored,
  date_of_birth bytea check (octet_length(date_of_birth) = 71),
  risk_class text check (risk_class in ('low', 'medium', 'high')),
  kyc_checked_on date,
  kyc_due_on date,
  version int not null default 1,
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now(),
  constraint client_profile_kyc_due_on_check check (kyc_due_on >= kyc_checked_on),
  foreign key (tenant_id, contact_id) references contact on delete cascade
);
create index client_profile_contact on client_profile (tenant_id, contact_id);
create index client_profile_created on client_profile (tenant_id, created_at, id);
create index client_profile_due on client_profile (tenant_id, kyc_due_on, id) where kyc_due_on is not null;
create index client_profile_ssn on client_profile (tenant_id, ssn_index) where ssn_index is not null;
create index client_profile_tax_id on client_profile (tenant_id, tax_id_index) where tax_id_index is not null;
alter table client_profile add primary key (tenant_id, id);
alter table client_profile enable row level security;
alter table client_profile force row level security;
grant select, insert, update, delete on client_profile to holdfast_app, holdfast_system;

create table identity_document (
  tenant_id uuid not null references tenant on delete cascade,
  id uuid not null default app.uuid_v7(),
  contact_id uuid not null,
  kind text not null check (kind in ('passport', 'identity_card', 'driving_licence', 'residence_permit', 'other')),
  number bytea check (octet_length(number) between 62 and 221),
  country text check (country ~ '^[A-Z]{2}$'),
  expires_on date,
  version int not null default 1,
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now(),
  foreign key (tenant_id, contact_id) references contact on delete cascade
);
create index identity_document_contact on identity_document (tenant_id, contact_id);
create index identity_document_created on identity_document (tenant_id, created_at, id);
create index identity_document_expires on identity_document (tenant_id, expires_on, id) where expires_on is not null;
alter table identity_document add primary key (tenant_id, id);
alter table identity_document enable row level security;
alter table identity_document force row level security;
grant select, insert, update, delete on identity_document to holdfast_app, holdfast_system;
