-- What an examiner is given of a household. docs/decisions/0272-an-examiners-export.md
create table examiner_export (
  tenant_id uuid not null references tenant on delete cascade,
  id uuid not null default app.uuid_v7(),
  household_id uuid not null,
  reason text not null check (length(reason) between 1 and 500),
  sealed text not null default 'masked' check (sealed in ('masked', 'revealed')),
  state text not null default 'waiting' check (state in ('waiting', 'running', 'done', 'failed')),
  rights jsonb not null default '{}',
  file_id uuid,
  size_bytes float8,
  sha256 text check (sha256 ~ '^[0-9a-f]{64}$'),
  error text check (length(error) <= 4000),
  created_by uuid,
  finished_at timestamptz(3),
  version int not null default 1,
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now(),
  foreign key (tenant_id, household_id) references household on delete cascade,
  foreign key (tenant_id, file_id) references file on delete set null (file_id),
  foreign key (tenant_id, created_by) references user_account on delete set null (created_by)
);
create index examiner_export_household on examiner_export (tenant_id, household_id, created_at, id);
create index examiner_export_maker on examiner_export (tenant_id, created_by);
create index examiner_export_file on examiner_export (tenant_id, file_id) where file_id is not null;
alter table examiner_export add primary key (tenant_id, id);
alter table examiner_export enable row level security;
alter table examiner_export force row level security;
grant select, insert, update, delete on examiner_export to holdfast_app, holdfast_system;
