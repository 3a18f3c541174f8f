-- The keys of sealed fields (docs/security/sealed-fields.md): a data key seals values, the key of its workspace wraps it, and the master key, which is
-- not in the database, wraps that.
create table workspace_key (
  tenant_id uuid not null references tenant on delete cascade,
  id uuid not null,
  -- By the master key, as src/kernel/vault/seal.ts seals.
  sealed_key bytea not null check (octet_length(sealed_key) = 65),
  created_at timestamptz(3) not null default now(),
  -- Since when another one wraps new data keys.
  replaced_at timestamptz(3),
  primary key (tenant_id, id)
);
create unique index workspace_key_current on workspace_key (tenant_id) where replaced_at is null;
alter table workspace_key enable row level security;
alter table workspace_key force row level security;
grant select, insert, update, delete on workspace_key to holdfast_app, holdfast_system;

create table data_key (
  tenant_id uuid not null references tenant on delete cascade,
  id uuid not null,
  -- 'index': the one of the workspace that makes blind indexes.
  kind text not null check (kind in ('data', 'index')),
  -- The person whose values it seals; null: those of the workspace.
  subject_id uuid,
  workspace_key_id uuid not null,
  wrapped bytea not null check (octet_length(wrapped) = 65),
  created_at timestamptz(3) not null default now(),
  -- Since when another one seals new values.
  replaced_at timestamptz(3),
  primary key (tenant_id, id),
  foreign key (tenant_id, workspace_key_id) references workspace_key
);
create unique index data_key_current on data_key (tenant_id, kind, subject_id) nulls not distinct where replaced_at is null;
create index data_key_wrapped on data_key (tenant_id, workspace_key_id);
alter table data_key enable row level security;
alter table data_key force row level security;
grant select, insert, update, delete on data_key to holdfast_app, holdfast_system;
