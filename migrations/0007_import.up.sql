-- Imports, what was found in their files, what was wrong with their rows, mappings to use again; exports.

create table import (
  tenant_id uuid not null references tenant on delete cascade,
  id uuid not null default app.uuid_v7(),
  name text not null check (length(name) between 1 and 300),
  state text not null default 'ready'
    check (state in ('ready', 'dry_running', 'running', 'done', 'failed', 'cancelled', 'reverting', 'reverted')),
  options jsonb not null default '{}',
  -- What its creator may: the run does not do more.
  rights jsonb not null default '{}',
  created_by uuid,
  cancel_requested boolean not null default false,
  error text,
  -- What taking it back did and what it left alone.
  reversal jsonb,
  started_at timestamptz(3),
  finished_at timestamptz(3),
  version int not null default 1,
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now(),
  primary key (tenant_id, id),
  foreign key (tenant_id, created_by) references user_account on delete set null (created_by)
);
create index import_created on import (tenant_id, created_at, id);
call app.protect('import', 'import', 'created_by');
call app.audit_changes('import', 'import', '{options, rights, reversal}');
call app.touch_on_update('import');

-- No audit: it is bookkeeping of the run, written with every batch.
create table import_file (
  tenant_id uuid not null,
  id uuid not null default app.uuid_v7(),
  import_id uuid not null,
  -- Order of loading.
  position int not null,
  file_id uuid,
  name text not null,
  size_bytes bigint not null,
  -- How it is written and what it holds, as found; and what somebody said instead.
  found jsonb not null,
  answers jsonb not null default '{}',
  -- What the run uses: null when nobody knows what the file is.
  mapping jsonb,
  -- Where a run stands. rows_done is the number of the last row whose batch was committed.
  phase text not null default 'rows' check (phase in ('rows', 'relations', 'done')),
  rows_done int not null default 0,
  progressed_at timestamptz(3),
  counts jsonb not null default '{}',
  matches jsonb not null default '[]',
  primary key (tenant_id, id),
  foreign key (tenant_id, import_id) references import on delete cascade,
  foreign key (tenant_id, file_id) references file on delete set null (file_id)
);
create index import_file_import on import_file (tenant_id, import_id, position);
call app.protect('import_file', 'import', null,
  'exists (select from import p where p.tenant_id = import_file.tenant_id and p.id = import_id)');

create table import_problem (
  tenant_id uuid not null,
  id uuid not null default app.uuid_v7(),
  import_file_id uuid not null,
  row_number int,
  column_name text,
  code text not null,
  severity text not null check (severity in ('fatal', 'error', 'warning')),
  message text not null,
  value text,
  primary key (tenant_id, id),
  foreign key (tenant_id, import_file_id) references import_file on delete cascade
);
create index import_problem_row on import_problem (tenant_id, import_file_id, row_number, id);
call app.protect('import_problem', 'import', null,
  'exists (select from import_file p where p.tenant_id = import_problem.tenant_id and p.id = import_file_id)');

create table saved_mapping (
  tenant_id uuid not null references tenant on delete cascade,
  id uuid not null default app.uuid_v7(),
  name text collate "und-x-icu" not null check (length(name) between 1 and 100),
  resource text not null check (length(resource) <= 60),
  -- {"Firma": "company"}
  columns jsonb not null check (jsonb_typeof(columns) = 'object'),
  version int not null default 1,
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now(),
  primary key (tenant_id, id),
  unique (tenant_id, name)
);
call app.protect('saved_mapping', 'saved_mapping');
call app.audit_changes('saved_mapping', 'saved_mapping');
call app.touch_on_update('saved_mapping');

create table export (
  tenant_id uuid not null references tenant on delete cascade,
  id uuid not null default app.uuid_v7(),
  resource text not null check (length(resource) <= 60),
  filter text check (length(filter) <= 20000),
  sort text check (length(sort) <= 200),
  columns text[],
  state text not null default 'waiting' check (state in ('waiting', 'running', 'done', 'failed')),
  rights jsonb not null default '{}',
  row_count int,
  file_id uuid,
  error text,
  created_by uuid,
  finished_at timestamptz(3),
  version int not null default 1,
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now(),
  primary key (tenant_id, id),
  foreign key (tenant_id, file_id) references file on delete set null (file_id),
  foreign key (tenant_id, created_by) references user_account on delete set null (created_by)
);
create index export_created on export (tenant_id, created_at, id);
call app.protect('export', 'export', 'created_by');
call app.audit_changes('export', 'export', '{rights}');
call app.touch_on_update('export');

-- By which a row of a file finds its company.
create index company_domain on company (tenant_id, domain) where domain is not null;
-- What an import did, in order: taking it back reads nothing else.
create index audit_event_import on audit_event (tenant_id, import_id, resource, seq) where import_id is not null;

-- Where a batch is copied to before it goes into place: the table's columns without its rules, for one transaction. Temporary, so
-- that it is written to no log; made by the system's role, because the application's owns nothing.
create function app.open_import_stage(target text) returns void language plpgsql volatile security definer
  set search_path = pg_catalog, public, app as $$
begin
  execute format('create temporary table import_stage on commit drop as
    select null::int as row_number, null::uuid as match_id, null::text as refusal, t.* from public.%I t with no data', target);
  grant select, insert, update, delete on pg_temp.import_stage to holdfast_app;
end $$;

-- An apostrophe before what a spreadsheet would run as a formula; src/modules/directory/csv/formula.ts says the same of one cell.
create function app.neutralise_formula(value text) returns text language sql immutable parallel safe as $$
  select case when value ~ '^''*[-=+@\t\r\n＝＋－＠]' and value !~ '^-[0-9]+(\.[0-9]+)?$' then '''' || value else value end
$$;

call app.run_as_system(array['app.open_import_stage(text)']::regprocedure[]);
