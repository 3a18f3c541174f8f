-- locks import_fix: an import has some hundred, by hand
-- What the check of an import says of each row: which record it would change, in what, or whom it would make, and whom that may be already.
-- Not audited: it is bookkeeping of the check, as import_row.
create table import_outcome (
  tenant_id uuid not null,
  id uuid not null default app.uuid_v7(),
  import_file_id uuid not null,
  row_number int not null,
  action text not null check (action in ('create', 'update', 'skip')),
  -- The one that it changes.
  record_id uuid,
  name text not null check (length(name) <= 500),
  -- Of an update: the new value of each field that changes. {"city": "Rome", "company_id": {"id": "…", "name": "Acme"}}
  changes jsonb not null default '{}' check (jsonb_typeof(changes) = 'object'),
  -- Records that it may be, which nobody has said.
  candidates uuid[] not null default '{}' check (cardinality(candidates) <= 5),
  unique (tenant_id, import_file_id, row_number),
  foreign key (tenant_id, import_file_id) references import_file on delete cascade
);
create index import_outcome_action on import_outcome (tenant_id, import_file_id, action, row_number);
create index import_outcome_candidates on import_outcome (tenant_id, import_file_id, row_number) where candidates <> '{}';
alter table import_outcome add primary key (tenant_id, id);
alter table import_outcome enable row level security;
alter table import_outcome force row level security;
grant select, insert, update, delete on import_outcome to holdfast_app, holdfast_system;

-- That a row is about this record: somebody said so.
alter table import_fix add column record_id uuid,
  add constraint import_fix_record check (record_id is null or (row_number is not null and column_name is null));
