-- What is wrong with the rows of a file is put right with the import: rows that a check kept, and what somebody said instead.

create table import_row (
  tenant_id uuid not null,
  id uuid not null default app.uuid_v7(),
  import_file_id uuid not null,
  row_number int not null,
  -- As they stand in the file.
  cells text[] not null,
  primary key (tenant_id, id),
  unique (tenant_id, import_file_id, row_number),
  foreign key (tenant_id, import_file_id) references import_file on delete cascade
);
-- No audit: it is bookkeeping of the check, as import_problem is.
call app.protect('import_row', 'import', null,
  'exists (select from import_file p where p.tenant_id = import_row.tenant_id and p.id = import_file_id)');

create table import_fix (
  tenant_id uuid not null,
  id uuid not null default app.uuid_v7(),
  import_file_id uuid not null,
  -- Null: every row whose cell holds what it was.
  row_number int,
  -- Null: the row is left out.
  column_name text,
  was text check (length(was) <= 500),
  value text,
  created_by uuid,
  created_at timestamptz(3) not null default now(),
  primary key (tenant_id, id),
  foreign key (tenant_id, import_file_id) references import_file on delete cascade,
  foreign key (tenant_id, created_by) references user_account on delete set null (created_by),
  check ((column_name is null) = (value is null)),
  check ((row_number is null) = (was is not null)),
  check (row_number is not null or column_name is not null)
);
-- One cell has one fix. Names of columns and texts can be longer than an index takes.
create unique index import_fix_place on import_fix (tenant_id, import_file_id, row_number, md5(column_name), md5(was)) nulls not distinct;
call app.protect('import_fix', 'import', null,
  'exists (select from import_file p where p.tenant_id = import_fix.tenant_id and p.id = import_file_id)');
call app.audit_changes('import_fix', 'import_fix');

-- Names of records that the last check would have made, for rows that are checked again by themselves.
alter table import_file add column names jsonb;
