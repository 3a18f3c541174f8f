-- What operators see of the installation: schedules, processes, certificates, and samples of how much room is left.

-- The job that the last run of a schedule left; housekeeping keeps it as long as it is the last.
alter table schedule add column job_id uuid;

-- Schedules that operators have stopped, for all workspaces. No tenant: they are of the installation.
create table schedule_pause (
  name text not null check (length(name) between 1 and 100),
  paused_at timestamptz(3) not null default now(),
  paused_by text not null check (length(paused_by) between 1 and 500),
  reason text not null check (length(reason) between 3 and 1000)
);
alter table schedule_pause add primary key (name);
alter table schedule_pause enable row level security;
alter table schedule_pause force row level security;
grant select, insert, delete on schedule_pause to holdfast_system;
