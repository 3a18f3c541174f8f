-- Unexpected errors, grouped by what caused them. No tenant: they are of the program, and only operators of the installation see them.

create table error_report (
  id uuid not null default app.uuid_v7(),
  -- Digest of what the error is, without what differs from one time to the next: SHA-256 in hexadecimal digits.
  fingerprint text not null unique check (length(fingerprint) = 64),
  kind text not null check (length(kind) between 1 and 200),
  message text not null check (length(message) <= 1000),
  -- The first function of Holdfast's own in the stack.
  location text check (length(location) <= 300),
  route text check (length(route) <= 200),
  state text not null default 'open' check (state in ('open', 'resolved', 'ignored')),
  occurrences bigint not null check (occurrences > 0),
  first_seen_at timestamptz(3) not null,
  last_seen_at timestamptz(3) not null,
  first_version text not null check (length(first_version) <= 100),
  last_version text not null check (length(last_version) <= 100),
  -- When it came back after somebody had resolved it.
  regressed_at timestamptz(3),
  changed_at timestamptz(3),
  changed_by text check (length(changed_by) <= 500),
  check ((changed_at is null) = (changed_by is null))
);
create index error_report_seen on error_report (state, last_seen_at desc);
alter table error_report add primary key (id);

-- The latest times of each, by the lines of the log that say so.
create table error_occurrence (
  report_id uuid not null references error_report on delete cascade,
  line_id uuid not null,
  at timestamptz(3) not null,
  workspace_id uuid,
  person_id uuid,
  route text check (length(route) <= 200),
  request_id text check (length(request_id) <= 100),
  trace_id text check (length(trace_id) <= 32),
  process text not null check (length(process) <= 100),
  version text not null check (length(version) <= 100),
  message text not null check (length(message) <= 2000),
  stack text check (length(stack) <= 8000)
);
alter table error_occurrence add primary key (report_id, line_id);

alter table error_report enable row level security;
alter table error_report force row level security;
alter table error_occurrence enable row level security;
alter table error_occurrence force row level security;
grant select, update on error_report to holdfast_app;
grant select on error_occurrence to holdfast_app;
grant select, insert, update, delete on error_report, error_occurrence to holdfast_system;
