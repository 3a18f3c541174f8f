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

-- The processes that run, by what they tell every some seconds. No tenant: they are of the installation.
create table process (
  id uuid not null,
  host text not null check (length(host) between 1 and 200),
  pid int not null,
  role text not null check (length(role) <= 20),
  version text not null check (length(version) <= 100),
  commit text check (length(commit) <= 64),
  node_version text not null check (length(node_version) <= 100),
  address text check (length(address) <= 500),
  started_at timestamptz(3) not null,
  seen_at timestamptz(3) not null,
  memory_bytes bigint not null,
  -- [{name, secret, value, is_set, source, origin, digest}]: of secrets no value, but a keyed digest.
  settings jsonb not null check (length(settings::text) <= 100000),
  -- [{name, meant}]: variables that nobody reads.
  unread jsonb not null check (length(unread::text) <= 20000)
);
alter table process add primary key (id);
alter table process enable row level security;
alter table process force row level security;
grant select, insert, update, delete on process to holdfast_system;

-- How much room there was, once a day, of each disk that a worker writes to. No tenant: they are of the installation.
create table storage_sample (
  -- data: the disk of the data directory; backup: that of BACKUP_DIR.
  place text not null check (place in ('data', 'backup')),
  host text not null check (length(host) between 1 and 200),
  day date not null,
  at timestamptz(3) not null,
  free_bytes bigint not null check (free_bytes >= 0),
  size_bytes bigint not null check (size_bytes > 0),
  database_bytes bigint not null,
  file_bytes bigint not null,
  log_bytes bigint not null
);
alter table storage_sample add primary key (place, host, day);
alter table storage_sample enable row level security;
alter table storage_sample force row level security;
grant select, insert, update, delete on storage_sample to holdfast_system;

-- The certificates of the servers that the configuration names, as they were seen last. No tenant: they are of the installation.
create table certificate (
  -- Of which setting, and where: "SMTP_URL mail.example.com:465".
  endpoint text not null check (length(endpoint) between 1 and 500),
  subject text check (length(subject) <= 500),
  issuer text check (length(issuer) <= 500),
  valid_until timestamptz(3),
  -- Why this machine does not trust it, although it was shown.
  distrust text check (length(distrust) <= 500),
  -- Why none was seen; then the rest is from the last time that one was.
  error text check (length(error) <= 500),
  checked_at timestamptz(3) not null
);
alter table certificate add primary key (endpoint);
alter table certificate enable row level security;
alter table certificate force row level security;
grant select, insert, update, delete on certificate to holdfast_system;
