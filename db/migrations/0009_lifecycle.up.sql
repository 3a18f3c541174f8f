-- Which periods of the audit trail and of history are in the file store instead of the database. No tenant: it is of the installation.

create table lifecycle_archive (
  id uuid not null default app.uuid_v7(),
  source text not null check (source in ('audit_event', 'record_history')),
  -- Whose values a file of history holds, so that it can be deleted with the workspace. A file of the trail has no values, and holds all workspaces.
  of_tenant uuid,
  first_at timestamptz(3) not null,
  -- The period ends before this.
  end_at timestamptz(3) not null,
  -- writing: the file may be incomplete, the database has everything. verified: the file was read back and is complete, and the database has
  -- everything too. detached: the rows are being removed from the database. archived: only the file has them. returned: both have them for a while.
  -- deleted: nobody has them.
  state text not null default 'writing' check (state in ('writing', 'verified', 'detached', 'archived', 'returned', 'deleted')),
  storage_key text not null unique check (length(storage_key) between 1 and 200),
  row_count bigint check (row_count >= 0),
  -- Of the lines before they are compressed and sealed, and of the file as it is stored.
  content_sha256 bytea check (length(content_sha256) = 32),
  stored_sha256 bytea check (length(stored_sha256) = 32),
  stored_bytes bigint check (stored_bytes >= 0),
  created_at timestamptz(3) not null default now(),
  verified_at timestamptz(3),
  archived_at timestamptz(3),
  returned_until timestamptz(3),
  deleted_at timestamptz(3),
  -- Its workspace is gone, or its values have expired: it is deleted whatever its age.
  expired boolean not null default false,
  -- Why the last attempt to do something with it failed.
  error text check (length(error) <= 2000),
  check (end_at > first_at),
  check ((source = 'audit_event') = (of_tenant is null)),
  check (state = 'writing' or (row_count is not null and content_sha256 is not null and stored_sha256 is not null and stored_bytes is not null
    and verified_at is not null)),
  check ((state = 'returned') = (returned_until is not null)),
  check ((state = 'deleted') = (deleted_at is not null))
);
create index lifecycle_archive_period on lifecycle_archive (first_at, source);
create index lifecycle_archive_tenant on lifecycle_archive (of_tenant) where of_tenant is not null;
alter table lifecycle_archive add primary key (id);
alter table lifecycle_archive enable row level security;
alter table lifecycle_archive force row level security;
grant select on lifecycle_archive to holdfast_app;
grant select, insert, update, delete on lifecycle_archive to holdfast_system;
