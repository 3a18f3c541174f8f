-- What becomes of old data besides the trail: what each rule deleted last, files that nothing names, and when files were last read.

-- One row for each rule that deletes by age. No tenant: rules are of the installation, and so is what is told of them.
create table lifecycle_rule (
  name text not null primary key check (length(name) between 1 and 60),
  last_at timestamptz(3) not null,
  -- Of the last run, and of all.
  last_rows bigint not null check (last_rows >= 0),
  last_bytes bigint not null default 0 check (last_bytes >= 0),
  rows_total bigint not null check (rows_total >= 0),
  -- The longest transaction of the last run: nobody waited longer for it.
  longest_ms int not null check (longest_ms >= 0),
  error text check (length(error) <= 2000)
);
alter table lifecycle_rule enable row level security;
alter table lifecycle_rule force row level security;
grant select on lifecycle_rule to holdfast_app;
grant select, insert, update, delete on lifecycle_rule to holdfast_system;

-- Files in the store that no row names, from when one was first seen until it is deleted.
create table orphan_file (
  storage_key text not null primary key check (length(storage_key) between 1 and 200),
  size_bytes bigint not null check (size_bytes >= 0),
  modified_at timestamptz(3) not null,
  found_at timestamptz(3) not null,
  -- By the last run that looked.
  seen_at timestamptz(3) not null,
  -- An operator looked at it and had it deleted, though there are more of them than a crash explains.
  confirmed_at timestamptz(3)
);
create index orphan_file_found on orphan_file (found_at);
alter table orphan_file enable row level security;
alter table orphan_file force row level security;
grant select on orphan_file to holdfast_app;
grant select, insert, update, delete on orphan_file to holdfast_system;

-- When somebody last read a file, to the day, where that decides in which store it lies. Beside the files, because no read may change their rows.
create table file_read (
  storage_key text not null primary key check (length(storage_key) between 1 and 200),
  read_at timestamptz(3) not null
);
alter table file_read enable row level security;
alter table file_read force row level security;
grant select, insert, update, delete on file_read to holdfast_system;
