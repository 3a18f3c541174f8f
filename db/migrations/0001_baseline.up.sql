-- The tables of Holdfast as they stood when this baseline was made, with their constraints, indexes, statistics, storage parameters and grants.
-- Functions, policies, triggers and views stand in db/routines/ and are applied after the migrations.
-- generated/schema.sql shows all of it together, as the catalog of a migrated database gives it.
--
-- Roles belong to the cluster, so the migrator makes them (src/kernel/database/migrate.ts). holdfast_app is what the application's login role is a
-- member of: it owns nothing. holdfast_system owns the security definer functions and has policies of its own instead of BYPASSRLS.
--
-- Every table of a tenant has tenant_id, the key (tenant_id, id), foreign keys with the tenant, and forced row-level security.
-- The primary key of a table is made after its other indexes: of an empty table PostgreSQL takes the newest index for any lookup, and a
-- connection keeps that plan while the table fills (test/plans/keys.test.ts).
--
-- Autovacuum analyses a table after a tenth of it has changed, by default. Of a workspace that is newer than the statistics the planner expects one
-- row, so audited tables are analysed after a fiftieth (autovacuum_analyze_scale_factor).

create extension if not exists pg_trgm with schema public;
create extension if not exists btree_gin with schema public;
create extension if not exists fuzzystrmatch with schema public;

grant usage on schema app, public to holdfast_app, holdfast_system;
-- Security definer functions are made as the role that they run as.
grant create on schema app to holdfast_system;

-- ---------------------------------------------------------------------------------------------------------------------
-- Tenants, people and their rights

-- Workspaces.
create table tenant (
  id uuid not null default app.uuid_v7(),
  name text not null check (name ~ '^[a-z0-9][a-z0-9-]{0,62}$'),
  title text not null check (length(title) between 1 and 200),
  default_currency char(3) not null default 'USD' check (default_currency ~ '^[A-Z]{3}$'),
  time_zone text not null default 'UTC',
  locale text not null default 'en',
  features jsonb not null default '{}',
  version int not null default 1,
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now(),
  -- Everybody signs in with a second factor.
  second_factor_required boolean not null default false,
  unique (name)
);
alter table tenant add primary key (id);
alter table tenant enable row level security;
alter table tenant force row level security;
grant select, update on tenant to holdfast_app;
grant select, insert, update, delete on tenant to holdfast_system;
-- Holds the jobs that belong to no tenant.
insert into tenant (id, name, title) values ('00000000-0000-0000-0000-000000000000', 'system', 'System');

-- People who sign in. The primary key includes the name, which every list joins by id: otherwise the index by name looks as good for that, and is
-- read from end to end.
create table user_account (
  tenant_id uuid not null references tenant on delete cascade,
  id uuid not null default app.uuid_v7(),
  email text check (length(email) <= 254),
  email_key text generated always as (lower(email)) stored,
  name text collate "und-x-icu" not null check (length(name) between 1 and 200),
  status text not null default 'invited' check (status in ('invited', 'active', 'disabled')),
  -- What this account is of: somebody of the workspace, or a customer, contractor or device, whose roles are of this kind too.
  kind text not null default 'member' check (kind in ('member', 'customer', 'contractor', 'device')),
  -- When access ends by itself; null: not.
  access_until timestamptz(3),
  locale text not null default 'en',
  time_zone text not null default 'UTC',
  import_id uuid,
  last_sign_in_at timestamptz(3),
  version int not null default 1,
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now(),
  check (email is not null or status <> 'active'),
  unique (tenant_id, id, kind)
) with (autovacuum_analyze_scale_factor = 0.02, autovacuum_analyze_threshold = 200);
create unique index user_account_email on user_account (tenant_id, email_key);
create index user_account_name on user_account (tenant_id, name, id);
create index user_account_email_everywhere on user_account (email_key);
alter table user_account add primary key (tenant_id, id) include (name);
alter table user_account enable row level security;
alter table user_account force row level security;
grant select, insert, update, delete on user_account to holdfast_app, holdfast_system;

create table team (
  tenant_id uuid not null references tenant on delete cascade,
  id uuid not null default app.uuid_v7(),
  name text collate "und-x-icu" not null check (length(name) between 1 and 200),
  region text check (length(region) <= 200),
  manager_id uuid,
  import_id uuid,
  version int not null default 1,
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now(),
  unique (tenant_id, name),
  foreign key (tenant_id, manager_id) references user_account on delete set null (manager_id)
) with (autovacuum_analyze_scale_factor = 0.02, autovacuum_analyze_threshold = 200);
alter table team add primary key (tenant_id, id);
alter table team enable row level security;
alter table team force row level security;
grant select, insert, update, delete on team to holdfast_app, holdfast_system;

create table team_member (
  tenant_id uuid not null,
  id uuid not null default app.uuid_v7(),
  team_id uuid not null,
  user_id uuid not null,
  unique (tenant_id, id),
  foreign key (tenant_id, user_id) references user_account on delete cascade,
  foreign key (tenant_id, team_id) references team on delete cascade
) with (autovacuum_analyze_scale_factor = 0.02, autovacuum_analyze_threshold = 200);
create index team_member_user on team_member (tenant_id, user_id);
alter table team_member add primary key (tenant_id, team_id, user_id);
alter table team_member enable row level security;
alter table team_member force row level security;
grant select, insert, update, delete on team_member to holdfast_app, holdfast_system;

-- Roles: preset ones and those that people make.
create table role (
  tenant_id uuid not null references tenant on delete cascade,
  id uuid not null default app.uuid_v7(),
  -- Of a preset role. Roles that people make are known by their name; they only need some key.
  key text not null default 'custom_' || substr(md5(gen_random_uuid()::text), 1, 16) check (key ~ '^[a-z][a-z0-9_]{0,40}$'),
  name text not null check (length(name) between 1 and 100),
  preset boolean not null default false,
  -- Of which accounts it is a role.
  kind text not null default 'member' check (kind in ('member', 'customer', 'contractor', 'device')),
  rights jsonb not null default '{}',
  version int not null default 1,
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now(),
  unique (tenant_id, key),
  unique (tenant_id, id, kind)
) with (autovacuum_analyze_scale_factor = 0.02, autovacuum_analyze_threshold = 200);
alter table role add primary key (tenant_id, id);
alter table role enable row level security;
alter table role force row level security;
grant select, insert, update, delete on role to holdfast_app, holdfast_system;

create table user_role (
  tenant_id uuid not null,
  user_id uuid not null,
  role_id uuid not null,
  -- Of the account and of the role: nobody gets a role of another kind.
  kind text not null default 'member',
  id uuid generated always as (user_id) stored,
  foreign key (tenant_id, role_id, kind) references role (tenant_id, id, kind) on delete restrict,
  foreign key (tenant_id, user_id, kind) references user_account (tenant_id, id, kind) on delete cascade
) with (autovacuum_analyze_scale_factor = 0.02, autovacuum_analyze_threshold = 200);
create index user_role_role on user_role (tenant_id, role_id);
alter table user_role add primary key (tenant_id, user_id, role_id);
alter table user_role enable row level security;
alter table user_role force row level security;
grant select, insert, update, delete on user_role to holdfast_app, holdfast_system;

-- ---------------------------------------------------------------------------------------------------------------------
-- Audit trail and history

-- The audit trail, by month: who did what to which record, and which fields it changed. It holds no values, only a commitment to them, so it can be
-- kept and verified when they are gone. No one updates or deletes it. Partitions are made by app.ensure_partitions.
--
-- It is also the feed of changes. A reader keeps a position (xid, seq) and reads what follows below pg_snapshot_xmin, so that a late commit is never
-- skipped.
create table audit_event (
  tenant_id uuid not null,
  -- From so far on that the past of a workspace that arrives finds numbers below.
  seq bigint not null generated by default as identity (start with 1000000000000),
  xid xid8 not null default pg_current_xact_id(),
  at timestamptz(3) not null default now(),
  actor_kind text not null default coalesce(nullif(current_setting('app.actor_kind', true), ''), 'system'),
  -- The person, also when a program acts for somebody; the session or key that it acts with.
  actor_id uuid default app.user_id(),
  credential_id uuid default nullif(current_setting('app.credential_id', true), '')::uuid,
  -- 'signal' tells open pages to read something again of which nothing is recorded, such as the progress of an import.
  action text not null,
  resource text not null,
  record_id uuid,
  -- The fields that an update changed.
  fields text[],
  -- See app.commitment; null where there are no values.
  commitment bytea check (length(commitment) = 32),
  ip inet default nullif(current_setting('app.ip', true), '')::inet,
  request_id text default nullif(current_setting('app.request_id', true), ''),
  import_id uuid default nullif(current_setting('app.import_id', true), '')::uuid,
  -- The job or consumer that did it, as 'job duplicate.search'; null for what a request did itself. How many of these led to each other.
  cause text default nullif(current_setting('app.cause', true), ''),
  depth smallint not null default coalesce(nullif(current_setting('app.depth', true), ''), '0')::smallint,
  primary key (tenant_id, seq, at)
) partition by range (at);
create table audit_event_default partition of audit_event default;
create index audit_event_record on audit_event (tenant_id, record_id, at, seq);
create index audit_event_feed on audit_event (xid, seq);
-- The same within a workspace, for consumers: one that is far behind reads what is its workspace's alone.
create index audit_event_tenant_feed on audit_event (tenant_id, xid, seq);
-- What one import did, and what one request did: undo reads them newest first.
create index audit_event_import on audit_event (tenant_id, import_id, seq) where import_id is not null;
create index audit_event_request on audit_event (tenant_id, request_id, seq) where request_id is not null and import_id is null;
alter table audit_event enable row level security;
alter table audit_event force row level security;
grant select, insert on audit_event to holdfast_app, holdfast_system;
grant usage on sequence audit_event_seq_seq to holdfast_app, holdfast_system;

-- The values of audit events: what a change replaced and what it set, with the salt of their commitment. It can be erased or expire, and the trail
-- still verifies. Who may not read a record may not read its history.
create table record_history (
  tenant_id uuid not null,
  seq bigint not null,
  at timestamptz(3) not null default now(),
  resource text not null,
  record_id uuid,
  salt uuid not null,
  before jsonb,
  after jsonb
);
create index record_history_at on record_history using brin (at);
alter table record_history add primary key (tenant_id, seq);
alter table record_history enable row level security;
alter table record_history force row level security;
grant select, insert on record_history to holdfast_app;
grant select, insert, delete on record_history to holdfast_system;

-- ---------------------------------------------------------------------------------------------------------------------
-- Consumers of the change feed (docs/decisions/0193-consumers-of-the-feed.md)

-- What consumes the feed, as the newest release that ran here said.
create table feed_consumer (
  name text not null check (length(name) between 1 and 60),
  version int not null check (version > 0),
  -- What it is for, as 'contact.update', and whether what imports do is for it too.
  events text[] not null,
  imports boolean not null,
  registered_at timestamptz(3) not null default now(),
  primary key (name)
);
alter table feed_consumer enable row level security;
alter table feed_consumer force row level security;
grant select, insert, update, delete on feed_consumer to holdfast_system;

-- How far app.route_feed has read. One row. Numbers below 1 have no transaction: they came in an archive.
create table feed_router (
  single boolean not null default true check (single),
  xid xid8 not null default '0',
  seq bigint not null default 9223372036854775807,
  -- The highest number that was read so far.
  seq_max bigint not null default 0,
  -- After the database was restored into a younger cluster: when that was noticed, and the number above which events are of afterwards.
  restored_at timestamptz(3),
  seq_floor bigint not null default 0,
  primary key (single)
);
alter table feed_router enable row level security;
alter table feed_router force row level security;
grant select, insert, update on feed_router to holdfast_system;
insert into feed_router default values;

-- Which consumers have something to do in which workspaces: after one position of the feed, up to another. Written by app.route_feed alone,
-- deleted when done, so short. No foreign key to the tenant (see app.forget_queues).
create table feed_mark (
  tenant_id uuid not null,
  consumer text not null,
  from_xid xid8 not null,
  from_seq bigint not null,
  until_xid xid8 not null,
  until_seq bigint not null,
  -- No event in between is from before.
  since timestamptz(3) not null,
  primary key (tenant_id, consumer)
) with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000);
alter table feed_mark enable row level security;
alter table feed_mark force row level security;
grant select on feed_mark to holdfast_app;
grant select, insert, update, delete on feed_mark to holdfast_system;

-- How far a consumer has handled the events of a workspace. Written in the transaction of the effects. No foreign key to the tenant.
create table feed_cursor (
  tenant_id uuid not null,
  consumer text not null,
  xid xid8 not null default '0',
  seq bigint not null default 0,
  -- Of the last event that was handled.
  at timestamptz(3),
  served_at timestamptz,
  -- When it may be served again: events gather for a moment, and longer after a failure.
  not_before timestamptz,
  -- Failures since the last success, and why.
  failures int not null default 0,
  error text,
  -- Up to here events are handled one at a time, to find the one that fails.
  alone_xid xid8,
  alone_seq bigint,
  primary key (tenant_id, consumer)
) with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000);
alter table feed_cursor enable row level security;
alter table feed_cursor force row level security;
grant select on feed_cursor to holdfast_app;
grant select, insert, update, delete on feed_cursor to holdfast_system;

-- Events that a consumer could not handle, with the error. "holdfast feed retry" hands them out again. No foreign key to the tenant.
create table feed_set_aside (
  tenant_id uuid not null,
  consumer text not null,
  seq bigint not null,
  xid xid8 not null,
  at timestamptz(3) not null,
  error text not null,
  set_aside_at timestamptz(3) not null default clock_timestamp(),
  -- Somebody asked for another try.
  again boolean not null default false,
  primary key (tenant_id, consumer, seq)
);
create index feed_set_aside_again on feed_set_aside (tenant_id, consumer) where again;
alter table feed_set_aside enable row level security;
alter table feed_set_aside force row level security;
grant select on feed_set_aside to holdfast_app;
grant select, insert, update, delete on feed_set_aside to holdfast_system;

-- ---------------------------------------------------------------------------------------------------------------------
-- Requests, jobs, files

-- Responses to requests with an Idempotency-Key, for 24 hours. No foreign key to the tenant (see app.forget_queues).
create table idempotency_key (
  tenant_id uuid not null,
  actor_id uuid not null,
  key text not null check (length(key) <= 255),
  request_hash bytea not null,
  status int not null,
  headers jsonb not null,
  body text not null,
  created_at timestamptz(3) not null default now()
);
create index idempotency_key_created on idempotency_key (created_at);
alter table idempotency_key add primary key (tenant_id, actor_id, key);
alter table idempotency_key enable row level security;
alter table idempotency_key force row level security;
grant select, insert, update, delete on idempotency_key to holdfast_app, holdfast_system;

create table job (
  tenant_id uuid not null references tenant on delete cascade,
  id uuid not null default app.uuid_v7(),
  kind text not null check (length(kind) <= 100),
  payload jsonb not null default '{}',
  state text not null default 'ready' check (state in ('scheduled', 'ready', 'running', 'done', 'failed', 'cancelled', 'in_doubt')),
  priority smallint not null default 0,
  run_at timestamptz(3) not null default now(),
  attempts int not null default 0,
  attempts_max int not null default 5 check (attempts_max between 1 and 100),
  dedupe_key text check (length(dedupe_key) <= 200),
  actor_id uuid,
  worker text,
  lease_until timestamptz(3),
  progress jsonb,
  cancel_requested boolean not null default false,
  error text,
  -- When an attempt had another system do something and has not heard what came of it.
  sent_at timestamptz(3),
  created_at timestamptz(3) not null default clock_timestamp(),
  started_at timestamptz(3),
  finished_at timestamptz(3)
) with (autovacuum_vacuum_scale_factor = 0.02, autovacuum_analyze_scale_factor = 0.05);
create index job_ready on job (tenant_id, kind, priority desc, run_at, id) where state = 'ready';
create index job_scheduled on job (run_at) where state = 'scheduled';
create index job_running on job (lease_until) where state = 'running';
create index job_finished on job (finished_at) where state in ('done', 'failed', 'cancelled');
create index job_in_doubt on job (tenant_id) where state = 'in_doubt';
create index job_listed on job (tenant_id, created_at, id);
create unique index job_dedupe on job (tenant_id, kind, dedupe_key) where dedupe_key is not null and state in ('scheduled', 'ready');
alter table job add primary key (tenant_id, id);
alter table job enable row level security;
alter table job force row level security;
grant select, insert, update, delete on job to holdfast_app, holdfast_system;

-- When what is declared in schedules is next, for a workspace or, of the system's tenant, for the installation.
create table schedule (
  tenant_id uuid not null references tenant on delete cascade,
  name text not null check (length(name) <= 100),
  -- What the next time was found by.
  cron text not null,
  time_zone text not null,
  next_at timestamptz(3) not null,
  last_at timestamptz(3),
  primary key (tenant_id, name)
);
alter table schedule enable row level security;
alter table schedule force row level security;
grant select on schedule to holdfast_app;
grant select, insert, update, delete on schedule to holdfast_system;

create table file (
  tenant_id uuid not null references tenant on delete cascade,
  id uuid not null default app.uuid_v7(),
  kind text not null check (kind in ('upload', 'export', 'temp')),
  name text not null check (length(name) between 1 and 255),
  content_type text not null,
  size_bytes bigint not null check (size_bytes >= 0),
  sha256 bytea not null,
  storage_key text not null,
  storage_class text not null default 'hot' check (storage_class in ('hot', 'warm', 'cold')),
  created_by uuid,
  expires_at timestamptz(3),
  version int not null default 1,
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now(),
  unique (storage_key),
  foreign key (tenant_id, created_by) references user_account on delete set null (created_by)
) with (autovacuum_analyze_scale_factor = 0.02, autovacuum_analyze_threshold = 200);
create index file_expires on file (expires_at) where expires_at is not null;
alter table file add primary key (tenant_id, id);
alter table file enable row level security;
alter table file force row level security;
grant select, insert, update, delete on file to holdfast_app, holdfast_system;

-- ---------------------------------------------------------------------------------------------------------------------
-- Signing in

create table user_password (
  tenant_id uuid not null,
  user_id uuid not null,
  id uuid generated always as (user_id) stored,
  hash text not null check (hash like '$argon2id$%'),
  changed_at timestamptz(3) not null default now(),
  primary key (tenant_id, user_id),
  foreign key (tenant_id, user_id) references user_account on delete cascade
) with (autovacuum_analyze_scale_factor = 0.02, autovacuum_analyze_threshold = 200);
alter table user_password enable row level security;
alter table user_password force row level security;
grant select, insert, update, delete on user_password to holdfast_app, holdfast_system;

create table user_totp (
  tenant_id uuid not null,
  user_id uuid not null,
  id uuid generated always as (user_id) stored,
  sealed_secret bytea not null,
  -- Null until a first code has shown that the authenticator app has the secret.
  confirmed_at timestamptz(3),
  primary key (tenant_id, user_id),
  foreign key (tenant_id, user_id) references user_account on delete cascade
) with (autovacuum_analyze_scale_factor = 0.02, autovacuum_analyze_threshold = 200);
alter table user_totp enable row level security;
alter table user_totp force row level security;
grant select, insert, update, delete on user_totp to holdfast_app, holdfast_system;

-- The newest time step whose code was accepted, so that no code counts twice. Apart from user_totp, because its changes are not worth an audit
-- event.
create table totp_use (
  tenant_id uuid not null,
  user_id uuid not null,
  step bigint not null,
  primary key (tenant_id, user_id),
  foreign key (tenant_id, user_id) references user_totp on delete cascade
);
alter table totp_use enable row level security;
alter table totp_use force row level security;
grant select, insert, update, delete on totp_use to holdfast_app, holdfast_system;

create table recovery_code (
  tenant_id uuid not null,
  user_id uuid not null,
  id uuid not null default app.uuid_v7(),
  hash bytea not null,
  foreign key (tenant_id, user_id) references user_totp on delete cascade
) with (autovacuum_analyze_scale_factor = 0.02, autovacuum_analyze_threshold = 200);
create index recovery_code_user on recovery_code (tenant_id, user_id);
alter table recovery_code add primary key (tenant_id, id);
alter table recovery_code enable row level security;
alter table recovery_code force row level security;
grant select, insert, update, delete on recovery_code to holdfast_app, holdfast_system;

create table passkey (
  tenant_id uuid not null,
  id uuid not null default app.uuid_v7(),
  user_id uuid not null,
  name text not null check (length(name) between 1 and 100),
  credential_id bytea not null check (length(credential_id) <= 1023),
  public_key bytea not null,
  sign_count bigint not null default 0,
  transports text[] not null default '{}',
  backed_up boolean not null default false,
  last_used_at timestamptz(3),
  created_at timestamptz(3) not null default now(),
  foreign key (tenant_id, user_id) references user_account on delete cascade
) with (autovacuum_analyze_scale_factor = 0.02, autovacuum_analyze_threshold = 200);
create index passkey_credential on passkey (credential_id);
create index passkey_user on passkey (tenant_id, user_id);
alter table passkey add primary key (tenant_id, id);
alter table passkey enable row level security;
alter table passkey force row level security;
grant select, insert, update, delete on passkey to holdfast_app, holdfast_system;

-- No audit triggers: the service writes sign_in, sign_out and revoke, which say more.
create table session (
  tenant_id uuid not null,
  id uuid not null default app.uuid_v7(),
  user_id uuid not null,
  hash bytea not null check (length(hash) = 32),
  method text not null check (method in ('password', 'second_factor', 'passkey', 'provider', 'link', 'invitation')),
  ip inet,
  user_agent text check (length(user_agent) <= 500),
  last_seen_at timestamptz(3) not null default now(),
  expires_at timestamptz(3) not null,
  created_at timestamptz(3) not null default now(),
  -- The session began with a second factor.
  second_factor boolean not null default false,
  -- When the person last proved to be present.
  confirmed_at timestamptz(3),
  foreign key (tenant_id, user_id) references user_account on delete cascade
);
create index session_hash on session (hash);
create index session_expires on session (expires_at);
create index session_person on session (tenant_id, user_id);
alter table session add primary key (tenant_id, id);
alter table session enable row level security;
alter table session force row level security;
grant select, insert, update, delete on session to holdfast_app, holdfast_system;

create table api_key (
  tenant_id uuid not null references tenant on delete cascade,
  id uuid not null default app.uuid_v7(),
  name text collate "und-x-icu" not null check (length(name) between 1 and 100),
  prefix text not null check (prefix ~ '^[0-9A-Za-z]{8}$'),
  hash bytea not null check (length(hash) = 32),
  role_id uuid not null,
  -- The part of the role's rights that the key has; null: all of them.
  scopes jsonb,
  -- The person for whom it acts; null for keys made on the command line.
  user_id uuid,
  expires_at timestamptz(3),
  last_used_at timestamptz(3),
  version int not null default 1,
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now(),
  -- The key that made this one. This key ends with it at the latest, and has no right that it lacks.
  parent_id uuid,
  foreign key (tenant_id, user_id) references user_account on delete cascade,
  foreign key (tenant_id, role_id) references role on delete restrict
) with (autovacuum_analyze_scale_factor = 0.02, autovacuum_analyze_threshold = 200);
create index api_key_hash on api_key (hash);
create index api_key_role on api_key (tenant_id, role_id);
create index api_key_user on api_key (tenant_id, user_id);
create index api_key_parent on api_key (tenant_id, parent_id) where parent_id is not null;
alter table api_key add primary key (tenant_id, id),
  add foreign key (tenant_id, parent_id) references api_key on delete cascade;
alter table api_key enable row level security;
alter table api_key force row level security;
grant select, insert, delete on api_key to holdfast_app;
grant select, insert, update, delete on api_key to holdfast_system;

-- Links in e-mails, and challenges between two steps of a sign-in. Deleted when used, so each works once.
create table one_time_token (
  tenant_id uuid not null references tenant on delete cascade,
  id uuid not null default app.uuid_v7(),
  kind text not null check (kind in ('sign_in_link', 'invitation', 'password_reset', 'second_factor', 'passkey_challenge', 'email_confirmation',
    'identity_link')),
  hash bytea not null check (length(hash) = 32),
  -- Null for the challenge of a passkey, which itself names its user.
  user_id uuid,
  expires_at timestamptz(3) not null,
  created_at timestamptz(3) not null default now(),
  -- The address to which a link was mailed: using the link confirms it. Null: the link was handed over in another way.
  sent_to text check (length(sent_to) <= 300),
  -- An account of a provider that waits for the consent of the user's owner: {"provider_id", "subject"}.
  payload jsonb check (pg_column_size(payload) <= 2000),
  foreign key (tenant_id, user_id) references user_account on delete cascade
);
create index one_time_token_hash on one_time_token (hash);
create index one_time_token_user on one_time_token (tenant_id, user_id);
create index one_time_token_expires on one_time_token (expires_at);
alter table one_time_token add primary key (tenant_id, id);
alter table one_time_token enable row level security;
alter table one_time_token force row level security;
grant select, insert, update, delete on one_time_token to holdfast_app, holdfast_system;

create table sign_in_provider (
  tenant_id uuid not null references tenant on delete cascade,
  id uuid not null default app.uuid_v7(),
  name text collate "und-x-icu" not null check (length(name) between 1 and 100),
  kind text not null check (kind in ('google', 'oidc')),
  issuer text not null check (length(issuer) <= 2000),
  client_id text not null check (length(client_id) between 1 and 500),
  sealed_client_secret bytea,
  has_client_secret boolean not null generated always as (sealed_client_secret is not null) stored,
  -- E-mail domains that may sign in; empty: any.
  allowed_domains text[] not null default '{}',
  enabled boolean not null default true,
  version int not null default 1,
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now(),
  -- The provider itself asks for a second factor.
  enforces_second_factor boolean not null default false,
  unique (tenant_id, name)
) with (autovacuum_analyze_scale_factor = 0.02, autovacuum_analyze_threshold = 200);
alter table sign_in_provider add primary key (tenant_id, id);
alter table sign_in_provider enable row level security;
alter table sign_in_provider force row level security;
grant select, insert, update, delete on sign_in_provider to holdfast_app, holdfast_system;

-- Which account of a provider is which user: from the second sign-in on the subject counts, not the e-mail address.
create table external_identity (
  tenant_id uuid not null,
  id uuid not null default app.uuid_v7(),
  provider_id uuid not null,
  subject text not null check (length(subject) <= 255),
  user_id uuid not null,
  created_at timestamptz(3) not null default now(),
  unique (tenant_id, provider_id, subject),
  foreign key (tenant_id, user_id) references user_account on delete cascade,
  foreign key (tenant_id, provider_id) references sign_in_provider on delete cascade
) with (autovacuum_analyze_scale_factor = 0.02, autovacuum_analyze_threshold = 200);
create index external_identity_user on external_identity (tenant_id, user_id);
alter table external_identity add primary key (tenant_id, id);
alter table external_identity enable row level security;
alter table external_identity force row level security;
grant select, insert, update, delete on external_identity to holdfast_app, holdfast_system;

-- That whoever reads the mail of this address agreed to the account: by a link that was mailed there, or because the operator of the installation
-- made the account. Valid while the account has this address. Never part of an archive, which anybody could write.
create table confirmed_email (
  tenant_id uuid not null,
  user_id uuid not null,
  email_key text not null check (length(email_key) <= 300),
  confirmed_at timestamptz(3) not null default now(),
  primary key (tenant_id, user_id),
  foreign key (tenant_id, user_id) references user_account on delete cascade
);
alter table confirmed_email enable row level security;
alter table confirmed_email force row level security;
grant select, insert, update, delete on confirmed_email to holdfast_app, holdfast_system;

-- ---------------------------------------------------------------------------------------------------------------------
-- Companies and contacts

-- fillfactor leaves room on each page for the next version of a row, which then needs no new entry in any index. So for contacts and deals.
create table company (
  tenant_id uuid not null references tenant on delete cascade,
  id uuid not null default app.uuid_v7(),
  external_id text,
  name text collate "und-x-icu" not null,
  domain text,
  industry text,
  employee_count int,
  annual_revenue bigint,
  currency char(3) not null default 'USD',
  founded_year int,
  phone text,
  website text,
  street text,
  city text,
  region text,
  postal_code text,
  country text,
  description text,
  parent_id uuid,
  owner_id uuid,
  custom jsonb not null default '{}',
  import_id uuid,
  version int not null default 1,
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now(),
  deleted_at timestamptz(3),
  -- Where a record in the trash was merged into.
  merged_into_id uuid,
  search_text text generated always as (app.searchable((name || coalesce(' ' || domain, '')) || coalesce(' ' || city, ''))) stored,
  foreign key (tenant_id, owner_id) references user_account on delete set null (owner_id),
  constraint company_parent_id_check check (parent_id <> id),
  constraint company_fits check (app.company_fits(external_id, name, domain, website, phone, industry, employee_count, currency, founded_year,
    description, street, city, region, postal_code, country, custom))
) with (fillfactor = 90, autovacuum_analyze_scale_factor = 0.02, autovacuum_analyze_threshold = 200);
create unique index company_external_id on company (tenant_id, external_id) where external_id is not null;
create index company_name on company (tenant_id, name, id);
create index company_created on company (tenant_id, created_at, id);
create index company_owner on company (tenant_id, owner_id, name, id);
create index company_parent on company (tenant_id, parent_id) where parent_id is not null;
create index company_import on company (tenant_id, import_id) where import_id is not null;
-- For counts on dashboards. The owner is included rather than a key: otherwise lists of one owner's records would use this index, and sort all of
-- them by name.
create index company_live on company (tenant_id) include (owner_id) where deleted_at is null;
-- By which a row of an import finds its company.
create index company_domain on company (tenant_id, domain) where domain is not null;
-- The trash.
create index company_trash on company (tenant_id, deleted_at, id) where deleted_at is not null;
create index company_merged on company (tenant_id, merged_into_id) where merged_into_id is not null;
-- Lists by last change.
create index company_changed on company (tenant_id, updated_at, id);
-- For search (db/routines/search.sql), and for the lookup of duplicates. With records in the trash, and with the tenant as a text in the trigram
-- index: a lookup of many trigrams is expected to cost more than reading the few records that a tenant is expected to have, so another index would
-- be taken (docs/decisions/0110-lookups-without-statistics.md). The owner is part of each, because the caller's scope is checked inside the index
-- before any row is read.
create index company_folded on company (tenant_id, left(search_text, 40) text_pattern_ops, owner_id);
create index company_search on company using gin ((tenant_id::text), owner_id, search_text gin_trgm_ops);
create index company_folded_domain on company (tenant_id, lower(domain)) where domain is not null;
-- Includes what a reference to a company shows, and whose it is, for the same reason as that of user_account: 500 companies were read for each
-- contact of a page.
alter table company add primary key (tenant_id, id) include (owner_id, name),
  add foreign key (tenant_id, merged_into_id) references company on delete set null (merged_into_id),
  add foreign key (tenant_id, parent_id) references company on delete set null (parent_id);
alter table company enable row level security;
alter table company force row level security;
grant select, insert, update, delete on company to holdfast_app, holdfast_system;

create table contact (
  tenant_id uuid not null references tenant on delete cascade,
  id uuid not null default app.uuid_v7(),
  external_id text,
  given_name text,
  family_name text,
  name text collate "und-x-icu" not null generated always as (coalesce(app.person_name(given_name, family_name), email, phone, 'No name')) stored,
  email text,
  email_key text generated always as (lower(email)) stored,
  -- [{"label": null, "value": "a@b.example"}]. These lists are JSON in the contact's own row, so that writing a contact needs no further table and
  -- no further trigger.
  other_emails jsonb not null default '[]',
  phone text,
  other_phones jsonb not null default '[]',
  job_title text,
  company_id uuid,
  owner_id uuid,
  source text,
  lead_status text,
  lifecycle_stage text,
  consent_email text not null default 'unknown',
  street text,
  city text,
  region text,
  postal_code text,
  country text,
  time_zone text,
  custom jsonb not null default '{}',
  import_id uuid,
  version int not null default 1,
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now(),
  deleted_at timestamptz(3),
  -- Where a record in the trash was merged into.
  merged_into_id uuid,
  email_label text,
  phone_label text,
  address_label text,
  other_addresses jsonb not null default '[]',
  sites jsonb not null default '[]',
  social_profiles jsonb not null default '[]',
  birthday text,
  search_text text generated always as (app.contact_search_text(given_name, family_name, email, other_emails, phone, other_phones)) stored,
  -- Whether it ever had a position besides its own company: only then are positions looked up. Not part of the record: a change makes no new
  -- version and no audit event.
  had_positions boolean not null default false,
  foreign key (tenant_id, owner_id) references user_account on delete set null (owner_id),
  foreign key (tenant_id, company_id) references company on delete set null (company_id),
  constraint contact_fits check (app.contact_fits(external_id, given_name, family_name, email, email_label, other_emails, phone, phone_label,
    other_phones, job_title, source, lead_status, lifecycle_stage, consent_email, street, city, region, postal_code, country, address_label,
    other_addresses, sites, social_profiles, birthday, time_zone, custom))
) with (fillfactor = 90, autovacuum_analyze_scale_factor = 0.02, autovacuum_analyze_threshold = 200);
create unique index contact_external_id on contact (tenant_id, external_id) where external_id is not null;
create index contact_name on contact (tenant_id, name, id);
create index contact_created on contact (tenant_id, created_at, id);
create index contact_owner on contact (tenant_id, owner_id, name, id);
create index contact_company on contact (tenant_id, company_id, name, id) where company_id is not null;
create index contact_email on contact (tenant_id, email_key) where email_key is not null;
create index contact_import on contact (tenant_id, import_id) where import_id is not null;
-- For counts on dashboards, as company_live.
create index contact_live on contact (tenant_id) include (owner_id) where deleted_at is null;
create index contact_trash on contact (tenant_id, deleted_at, id) where deleted_at is not null;
create index contact_merged on contact (tenant_id, merged_into_id) where merged_into_id is not null;
-- Lists by last change.
create index contact_changed on contact (tenant_id, updated_at, id);
-- The same for one person's contacts: of a million contacts that is 1,800 to read and sort.
create index contact_owner_changed on contact (tenant_id, owner_id, updated_at, id);
-- As company_folded.
create index contact_folded on contact (tenant_id, left(search_text, 40) text_pattern_ops, owner_id);
create index contact_search on contact using gin ((tenant_id::text), owner_id, search_text gin_trgm_ops);
-- For the lookup of duplicates (app.contact_candidates).
create index contact_other_emails on contact using gin (tenant_id, app.label_keys(other_emails)) where other_emails <> '[]'::jsonb;
alter table contact add primary key (tenant_id, id),
  add foreign key (tenant_id, merged_into_id) references contact on delete set null (merged_into_id);
alter table contact enable row level security;
alter table contact force row level security;
grant select, insert, update, delete on contact to holdfast_app, holdfast_system;

-- Further and former positions; the main one is the contact's company and job title.
create table contact_position (
  tenant_id uuid not null,
  id uuid not null default app.uuid_v7(),
  contact_id uuid not null,
  company_id uuid not null,
  role text check (length(role) <= 200),
  started_on date,
  ended_on date,
  import_id uuid,
  version int not null default 1,
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now(),
  foreign key (tenant_id, company_id) references company on delete cascade,
  foreign key (tenant_id, contact_id) references contact on delete cascade,
  check (ended_on >= started_on)
);
create index contact_position_contact on contact_position (tenant_id, contact_id);
create index contact_position_company on contact_position (tenant_id, company_id);
alter table contact_position add primary key (tenant_id, id);
alter table contact_position enable row level security;
alter table contact_position force row level security;
grant select, insert, update, delete on contact_position to holdfast_app, holdfast_system;

create table tag (
  tenant_id uuid not null references tenant on delete cascade,
  id uuid not null default app.uuid_v7(),
  name text collate "und-x-icu" not null check (length(name) between 1 and 60),
  color text not null default 'gray' check (color in ('gray', 'red', 'orange', 'yellow', 'green', 'teal', 'blue', 'violet', 'pink')),
  import_id uuid,
  version int not null default 1,
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now(),
  unique (tenant_id, name)
) with (autovacuum_analyze_scale_factor = 0.02, autovacuum_analyze_threshold = 200);
alter table tag add primary key (tenant_id, id);
alter table tag enable row level security;
alter table tag force row level security;
grant select, insert, update, delete on tag to holdfast_app, holdfast_system;

-- ---------------------------------------------------------------------------------------------------------------------
-- Sales

create table product (
  tenant_id uuid not null references tenant on delete cascade,
  id uuid not null default app.uuid_v7(),
  external_id text check (length(external_id) between 1 and 200),
  name text collate "und-x-icu" not null check (length(name) between 1 and 200),
  family text check (length(family) <= 200),
  unit_price bigint check (unit_price >= 0),
  currency char(3) not null default 'USD' check (currency ~ '^[A-Z]{3}$'),
  active boolean not null default true,
  import_id uuid,
  custom jsonb not null default '{}' check (jsonb_typeof(custom) = 'object'),
  version int not null default 1,
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now(),
  unique (tenant_id, name)
) with (autovacuum_analyze_scale_factor = 0.02, autovacuum_analyze_threshold = 200);
create unique index product_external_id on product (tenant_id, external_id) where external_id is not null;
alter table product add primary key (tenant_id, id);
alter table product enable row level security;
alter table product force row level security;
grant select, insert, update, delete on product to holdfast_app, holdfast_system;

create table pipeline (
  tenant_id uuid not null references tenant on delete cascade,
  id uuid not null default app.uuid_v7(),
  name text not null check (length(name) between 1 and 100),
  position int not null default 0,
  import_id uuid,
  version int not null default 1,
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now(),
  unique (tenant_id, name)
) with (autovacuum_analyze_scale_factor = 0.02, autovacuum_analyze_threshold = 200);
alter table pipeline add primary key (tenant_id, id);
alter table pipeline enable row level security;
alter table pipeline force row level security;
grant select, insert, update, delete on pipeline to holdfast_app, holdfast_system;

create table stage (
  tenant_id uuid not null,
  id uuid not null default app.uuid_v7(),
  pipeline_id uuid not null,
  name text not null check (length(name) between 1 and 100),
  kind text not null default 'open' check (kind in ('open', 'won', 'lost')),
  probability_percent int not null default 50 check (probability_percent between 0 and 100),
  rotting_days int check (rotting_days between 1 and 3650),
  position int not null default 0,
  import_id uuid,
  version int not null default 1,
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now(),
  -- What a deal must have before it enters the stage (app.check_stage_fields).
  required_fields text[] not null default '{}' check (cardinality(required_fields) <= 20),
  unique (tenant_id, pipeline_id, name),
  -- What a deal refers to, so that its pipeline and status cannot disagree with its stage.
  unique (tenant_id, pipeline_id, id, kind),
  foreign key (tenant_id, pipeline_id) references pipeline on delete cascade
) with (autovacuum_analyze_scale_factor = 0.02, autovacuum_analyze_threshold = 200);
alter table stage add primary key (tenant_id, id);
alter table stage enable row level security;
alter table stage force row level security;
grant select, insert, update, delete on stage to holdfast_app, holdfast_system;

create table close_reason (
  tenant_id uuid not null references tenant on delete cascade,
  id uuid not null default app.uuid_v7(),
  name text not null check (length(name) between 1 and 100),
  outcome text not null check (outcome in ('won', 'lost')),
  version int not null default 1,
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now(),
  constraint close_reason_name unique (tenant_id, outcome, name)
) with (autovacuum_analyze_scale_factor = 0.02, autovacuum_analyze_threshold = 200);
alter table close_reason add primary key (tenant_id, id);
alter table close_reason enable row level security;
alter table close_reason force row level security;
grant select, insert, update, delete on close_reason to holdfast_app, holdfast_system;

create table deal (
  tenant_id uuid not null references tenant on delete cascade,
  id uuid not null default app.uuid_v7(),
  external_id text check (length(external_id) between 1 and 200),
  name text collate "und-x-icu" not null check (length(name) between 1 and 200),
  amount bigint,
  currency char(3) not null default 'USD' check (currency ~ '^[A-Z]{3}$'),
  company_id uuid,
  contact_id uuid,
  owner_id uuid,
  pipeline_id uuid not null,
  stage_id uuid not null,
  status text not null check (status in ('open', 'won', 'lost')),
  stage_entered_at timestamptz(3) not null default now(),
  -- Order of the cards within a stage, smallest first; a card between two others gets the mean.
  position double precision not null default extract(epoch from clock_timestamp()),
  expected_close_on date,
  opened_on date,
  closed_on date,
  close_reason_id uuid,
  close_note text check (length(close_note) <= 2000),
  source text check (length(source) <= 100),
  description text check (length(description) <= 20000),
  custom jsonb not null default '{}' check (jsonb_typeof(custom) = 'object'),
  import_id uuid,
  version int not null default 1,
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now(),
  deleted_at timestamptz(3),
  -- Where a closed deal goes when it is reopened.
  last_open_stage_id uuid,
  -- Beside the deal, so that a list can be sorted by it. Not part of the record: a change makes no new version and no audit event.
  score int check (score between 0 and 100),
  search_text text generated always as (app.searchable(name)) stored,
  foreign key (tenant_id, pipeline_id, stage_id, status) references stage (tenant_id, pipeline_id, id, kind),
  foreign key (tenant_id, owner_id) references user_account on delete set null (owner_id),
  foreign key (tenant_id, contact_id) references contact on delete set null (contact_id),
  foreign key (tenant_id, company_id) references company on delete set null (company_id),
  foreign key (tenant_id, close_reason_id) references close_reason on delete set null (close_reason_id)
) with (fillfactor = 90, autovacuum_analyze_scale_factor = 0.02, autovacuum_analyze_threshold = 200);
create unique index deal_external_id on deal (tenant_id, external_id) where external_id is not null;
create index deal_name on deal (tenant_id, name, id);
create index deal_created on deal (tenant_id, created_at, id);
create index deal_board on deal (tenant_id, stage_id, "position", id) where deleted_at is null;
create index deal_owner on deal (tenant_id, owner_id, name, id);
create index deal_company on deal (tenant_id, company_id) where company_id is not null;
create index deal_contact on deal (tenant_id, contact_id) where contact_id is not null;
create index deal_closed on deal (tenant_id, status, closed_on);
create index deal_import on deal (tenant_id, import_id) where import_id is not null;
create index deal_trash on deal (tenant_id, deleted_at, id) where deleted_at is not null;
create index deal_by_score on deal (tenant_id, score desc nulls last, id desc) where deleted_at is null;
-- Lists by last change.
create index deal_changed on deal (tenant_id, updated_at, id);
-- As company_folded.
create index deal_folded on deal (tenant_id, left(search_text, 40) text_pattern_ops, owner_id);
create index deal_search on deal using gin ((tenant_id::text), owner_id, search_text gin_trgm_ops);
alter table deal add primary key (tenant_id, id);
alter table deal enable row level security;
alter table deal force row level security;
grant select, insert, update, delete on deal to holdfast_app, holdfast_system;

create table deal_line (
  tenant_id uuid not null,
  id uuid not null default app.uuid_v7(),
  deal_id uuid not null,
  product_id uuid not null,
  quantity numeric(18, 6) not null default 1 check (quantity > 0),
  -- Minor units of the deal's currency.
  unit_price bigint not null default 0 check (unit_price >= 0),
  discount_percent numeric(6, 3) not null default 0 check (discount_percent between 0 and 100),
  position int not null default 0,
  import_id uuid,
  version int not null default 1,
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now(),
  foreign key (tenant_id, product_id) references product on delete restrict,
  foreign key (tenant_id, deal_id) references deal on delete cascade
) with (autovacuum_analyze_scale_factor = 0.02, autovacuum_analyze_threshold = 200);
create index deal_line_deal on deal_line (tenant_id, deal_id, "position");
create index deal_line_product on deal_line (tenant_id, product_id);
alter table deal_line add primary key (tenant_id, id);
alter table deal_line enable row level security;
alter table deal_line force row level security;
grant select, insert, update, delete on deal_line to holdfast_app, holdfast_system;

-- When a deal entered which stage, for dashboards. Not audited: each row follows from a change of the deal, which is.
create table deal_stage_visit (
  tenant_id uuid not null,
  id uuid not null default app.uuid_v7(),
  deal_id uuid not null,
  stage_id uuid not null,
  entered_at timestamptz(3) not null default now(),
  foreign key (tenant_id, deal_id) references deal on delete cascade,
  foreign key (tenant_id, stage_id) references stage on delete cascade
);
create index deal_stage_visit_stage on deal_stage_visit (tenant_id, stage_id, entered_at, deal_id);
create index deal_stage_visit_deal on deal_stage_visit (tenant_id, deal_id, stage_id);
alter table deal_stage_visit add primary key (tenant_id, id);
alter table deal_stage_visit enable row level security;
alter table deal_stage_visit force row level security;
grant select on deal_stage_visit to holdfast_app;
grant select, insert, update, delete on deal_stage_visit to holdfast_system;

-- The part of a deal's amount that falls to each product. Stored, because computing it for all deals was most of the cost of a dashboard. Not
-- audited: each row follows from a change of the deal or its lines.
create table deal_share (
  tenant_id uuid not null,
  deal_id uuid not null,
  product_id uuid not null,
  -- That of the first of its lines, so that it stays the same.
  id uuid not null,
  -- Minor units of the deal's currency; null where the deal has no amount.
  amount bigint,
  foreign key (tenant_id, product_id) references product on delete cascade,
  foreign key (tenant_id, deal_id) references deal on delete cascade
);
create index deal_share_product on deal_share (tenant_id, product_id);
alter table deal_share add primary key (tenant_id, deal_id, product_id);
alter table deal_share enable row level security;
alter table deal_share force row level security;
grant select on deal_share to holdfast_app;
grant select, insert, update, delete on deal_share to holdfast_system;

-- What currencies were worth, by day, as the workspace maintains it.
create table currency_rate (
  tenant_id uuid not null references tenant on delete cascade,
  id uuid not null default app.uuid_v7(),
  currency char(3) not null check (currency ~ '^[A-Z]{3}$'),
  -- From this day until the next one.
  valid_on date not null,
  -- Units of the workspace's currency for one of this currency.
  rate numeric not null check (rate > 0 and rate < '1000000000'::numeric and scale(rate) <= 10),
  version int not null default 1,
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now(),
  constraint currency_rate_valid_on unique (tenant_id, currency, valid_on)
) with (autovacuum_analyze_scale_factor = 0.02, autovacuum_analyze_threshold = 200);
alter table currency_rate add primary key (tenant_id, id);
alter table currency_rate enable row level security;
alter table currency_rate force row level security;
grant select, insert, update, delete on currency_rate to holdfast_app, holdfast_system;

-- What is to be won in each month, quarter or year: by a person, by a team, or by all.
create table sales_target (
  tenant_id uuid not null references tenant on delete cascade,
  id uuid not null default app.uuid_v7(),
  owner_id uuid,
  team_id uuid,
  figure text not null check (figure in ('won_value', 'won_count')),
  period text not null check (period in ('month', 'quarter', 'year')),
  amount bigint check (amount > 0),
  currency char(3) not null default 'USD' check (currency ~ '^[A-Z]{3}$'),
  deals int check (deals > 0),
  version int not null default 1,
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now(),
  constraint sales_target_once unique nulls not distinct (tenant_id, owner_id, team_id, figure, period, currency),
  foreign key (tenant_id, owner_id) references user_account on delete cascade,
  foreign key (tenant_id, team_id) references team on delete cascade,
  check (num_nonnulls(owner_id, team_id) <= 1),
  constraint sales_target_check1 check (case figure when 'won_value' then (amount is not null and deals is null) else (amount is null and deals is not null) end)
) with (autovacuum_analyze_scale_factor = 0.02, autovacuum_analyze_threshold = 200);
alter table sales_target add primary key (tenant_id, id);
alter table sales_target enable row level security;
alter table sales_target force row level security;
grant select, insert, update, delete on sales_target to holdfast_app, holdfast_system;

-- ---------------------------------------------------------------------------------------------------------------------
-- What hangs on records

-- Records of any type to which something was attached. A row comes with the first thing attached (app.ensure_subject) and goes with the record
-- (app.forget_subjects), and with it all that is attached. Contacts, companies and deals need none: what is attached to them has a column for each.
create table subject (
  tenant_id uuid not null references tenant on delete cascade,
  id uuid not null,
  -- The record type, which is the name of its table.
  type text not null check (length(type) between 1 and 60),
  primary key (tenant_id, id)
);
alter table subject enable row level security;
alter table subject force row level security;
grant select on subject to holdfast_app;
grant select, insert, update, delete on subject to holdfast_system;

-- What is attached to a record names it in one of these columns, each with its own foreign key: record_id for a record of any type without a column
-- of its own.
create table record_tag (
  tenant_id uuid not null,
  id uuid not null default app.uuid_v7(),
  tag_id uuid not null,
  contact_id uuid,
  company_id uuid,
  deal_id uuid,
  record_id uuid,
  foreign key (tenant_id, record_id) references subject on delete cascade,
  foreign key (tenant_id, deal_id) references deal on delete cascade,
  foreign key (tenant_id, company_id) references company on delete cascade,
  foreign key (tenant_id, contact_id) references contact on delete cascade,
  foreign key (tenant_id, tag_id) references tag on delete cascade,
  check (num_nonnulls(contact_id, company_id, deal_id, record_id) = 1)
) with (autovacuum_analyze_scale_factor = 0.02, autovacuum_analyze_threshold = 200);
create unique index record_tag_contact on record_tag (tenant_id, contact_id, tag_id) where contact_id is not null;
create unique index record_tag_company on record_tag (tenant_id, company_id, tag_id) where company_id is not null;
create index record_tag_tag on record_tag (tenant_id, tag_id);
create unique index record_tag_deal on record_tag (tenant_id, deal_id, tag_id) where deal_id is not null;
create unique index record_tag_record on record_tag (tenant_id, record_id, tag_id) where record_id is not null;
alter table record_tag add primary key (tenant_id, id);
alter table record_tag enable row level security;
alter table record_tag force row level security;
grant select, insert, update, delete on record_tag to holdfast_app, holdfast_system;

create table note (
  tenant_id uuid not null references tenant on delete cascade,
  id uuid not null default app.uuid_v7(),
  body text not null check (length(body) between 1 and 100000),
  pinned boolean not null default false,
  author_id uuid,
  contact_id uuid,
  company_id uuid,
  import_id uuid,
  custom jsonb not null default '{}' check (jsonb_typeof(custom) = 'object'),
  version int not null default 1,
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now(),
  deleted_at timestamptz(3),
  deal_id uuid,
  record_id uuid,
  mentions uuid[] not null default '{}' check (cardinality(mentions) <= 50),
  foreign key (tenant_id, record_id) references subject on delete cascade,
  foreign key (tenant_id, deal_id) references deal on delete cascade,
  foreign key (tenant_id, contact_id) references contact on delete cascade,
  foreign key (tenant_id, company_id) references company on delete cascade,
  foreign key (tenant_id, author_id) references user_account on delete set null (author_id),
  constraint note_contact_id_check check (num_nonnulls(contact_id, company_id, deal_id, record_id) >= 1)
) with (autovacuum_analyze_scale_factor = 0.02, autovacuum_analyze_threshold = 200);
create index note_contact on note (tenant_id, contact_id, created_at desc, id desc) where contact_id is not null;
create index note_company on note (tenant_id, company_id, created_at desc, id desc) where company_id is not null;
create index note_created on note (tenant_id, created_at, id);
create index note_deal on note (tenant_id, deal_id, created_at desc, id desc) where deal_id is not null;
create index note_record on note (tenant_id, record_id, created_at desc, id desc) where record_id is not null;
create index note_trash on note (tenant_id, deleted_at, id) where deleted_at is not null;
create index note_words on note using gin (tenant_id, app.to_search_vector(null::text, body)) where deleted_at is null;
-- Search in one's own texts.
create index note_author on note (tenant_id, author_id);
alter table note add primary key (tenant_id, id);
alter table note enable row level security;
alter table note force row level security;
grant select, insert, update, delete on note to holdfast_app, holdfast_system;

create table task (
  tenant_id uuid not null references tenant on delete cascade,
  id uuid not null default app.uuid_v7(),
  title text not null check (length(title) between 1 and 300),
  body text check (length(body) <= 20000),
  status text not null default 'open' check (status in ('open', 'done')),
  priority text not null default 'normal' check (priority in ('low', 'normal', 'high', 'urgent')),
  due_at timestamptz(3),
  remind_at timestamptz(3),
  recurrence text check (length(recurrence) <= 500),
  completed_at timestamptz(3),
  assignee_id uuid,
  contact_id uuid,
  company_id uuid,
  custom jsonb not null default '{}' check (jsonb_typeof(custom) = 'object'),
  import_id uuid,
  version int not null default 1,
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now(),
  deleted_at timestamptz(3),
  deal_id uuid,
  record_id uuid,
  -- When the first task of a series was due. The rule counts from there, whatever became of the tasks between.
  series_start timestamptz(3),
  -- The place in the order of somebody's day.
  position int check ("position" between 1 and 1000),
  -- An ISO 8601 duration: PT15M, PT2H, P1D, P1W. Days and weeks are those of the calendar, minutes and hours those of the clock.
  remind_before text check (remind_before ~ '^P(\d{1,2}[DW]|T\d{1,3}M|T\d{1,2}H)$'),
  foreign key (tenant_id, record_id) references subject on delete cascade,
  foreign key (tenant_id, company_id) references company on delete cascade,
  foreign key (tenant_id, deal_id) references deal on delete cascade,
  foreign key (tenant_id, contact_id) references contact on delete cascade,
  foreign key (tenant_id, assignee_id) references user_account on delete set null (assignee_id),
  check ((status = 'done') = (completed_at is not null))
) with (autovacuum_analyze_scale_factor = 0.02, autovacuum_analyze_threshold = 200);
create index task_assignee on task (tenant_id, assignee_id, status, due_at);
create index task_due on task (tenant_id, due_at, id);
create index task_contact on task (tenant_id, contact_id, created_at desc, id desc) where contact_id is not null;
create index task_company on task (tenant_id, company_id, created_at desc, id desc) where company_id is not null;
create index task_created on task (tenant_id, created_at, id);
create index task_deal on task (tenant_id, deal_id, created_at desc, id desc) where deal_id is not null;
create index task_record on task (tenant_id, record_id, created_at desc, id desc) where record_id is not null;
create index task_trash on task (tenant_id, deleted_at, id) where deleted_at is not null;
create index task_words on task using gin (tenant_id, app.to_search_vector(title, body)) where deleted_at is null;
create index task_completed on task (tenant_id, completed_at) where completed_at is not null;
-- Tasks that are due, or of which somebody wants to be reminded, by their time.
create index task_due_open on task (due_at) where status = 'open' and assignee_id is not null and deleted_at is null;
create index task_remind_open on task (remind_at) where status = 'open' and assignee_id is not null and deleted_at is null;
alter table task add primary key (tenant_id, id);
alter table task enable row level security;
alter table task force row level security;
grant select, insert, update, delete on task to holdfast_app, holdfast_system;

create table activity (
  tenant_id uuid not null references tenant on delete cascade,
  id uuid not null default app.uuid_v7(),
  kind text not null check (kind in ('email', 'call', 'meeting')),
  subject text not null check (length(subject) between 1 and 300),
  body text check (length(body) <= 100000),
  direction text check (direction in ('in', 'out')),
  occurred_at timestamptz(3) not null default now(),
  duration_minutes int check (duration_minutes between 0 and 14400),
  author_id uuid,
  contact_id uuid,
  company_id uuid,
  import_id uuid,
  custom jsonb not null default '{}' check (jsonb_typeof(custom) = 'object'),
  version int not null default 1,
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now(),
  deleted_at timestamptz(3),
  deal_id uuid,
  record_id uuid,
  foreign key (tenant_id, record_id) references subject on delete cascade,
  foreign key (tenant_id, deal_id) references deal on delete cascade,
  foreign key (tenant_id, contact_id) references contact on delete cascade,
  foreign key (tenant_id, company_id) references company on delete cascade,
  foreign key (tenant_id, author_id) references user_account on delete set null (author_id),
  constraint activity_contact_id_check check (num_nonnulls(contact_id, company_id, deal_id, record_id) >= 1)
) with (autovacuum_analyze_scale_factor = 0.02, autovacuum_analyze_threshold = 200);
create index activity_contact on activity (tenant_id, contact_id, occurred_at desc, id desc) where contact_id is not null;
create index activity_company on activity (tenant_id, company_id, occurred_at desc, id desc) where company_id is not null;
create index activity_author on activity (tenant_id, author_id, occurred_at desc);
create index activity_occurred on activity (tenant_id, occurred_at, id);
create index activity_deal on activity (tenant_id, deal_id, occurred_at desc, id desc) where deal_id is not null;
create index activity_record on activity (tenant_id, record_id, occurred_at desc, id desc) where record_id is not null;
create index activity_trash on activity (tenant_id, deleted_at, id) where deleted_at is not null;
create index activity_words on activity using gin (tenant_id, app.to_search_vector(subject, body)) where deleted_at is null;
-- A search looks at the newest texts of each kind first.
create index activity_created on activity (tenant_id, created_at, id);
alter table activity add primary key (tenant_id, id);
alter table activity enable row level security;
alter table activity force row level security;
grant select, insert, update, delete on activity to holdfast_app, holdfast_system;

-- Comments on records, in threads one level deep.
create table comment (
  tenant_id uuid not null references tenant on delete cascade,
  id uuid not null default app.uuid_v7(),
  body text not null check (length(body) between 1 and 100000),
  mentions uuid[] not null default '{}' check (cardinality(mentions) <= 50),
  -- Who it is for: colleagues, or also the people outside who take part in the record. It can only become wider.
  audience text not null default 'internal' check (audience in ('internal', 'public')),
  -- The comment that this one answers, which itself answers none.
  parent_id uuid,
  author_id uuid,
  contact_id uuid,
  company_id uuid,
  deal_id uuid,
  record_id uuid,
  version int not null default 1,
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now(),
  deleted_at timestamptz(3),
  foreign key (tenant_id, record_id) references subject on delete cascade,
  foreign key (tenant_id, deal_id) references deal on delete cascade,
  foreign key (tenant_id, contact_id) references contact on delete cascade,
  foreign key (tenant_id, company_id) references company on delete cascade,
  foreign key (tenant_id, author_id) references user_account on delete set null (author_id),
  constraint comment_contact_id_check check (num_nonnulls(contact_id, company_id, deal_id, record_id) = 1)
) with (autovacuum_analyze_scale_factor = 0.02, autovacuum_analyze_threshold = 200);
-- Threads of a record, newest first.
create index comment_contact on comment (tenant_id, contact_id, created_at desc, id desc) where contact_id is not null and parent_id is null;
create index comment_company on comment (tenant_id, company_id, created_at desc, id desc) where company_id is not null and parent_id is null;
create index comment_deal on comment (tenant_id, deal_id, created_at desc, id desc) where deal_id is not null and parent_id is null;
create index comment_record on comment (tenant_id, record_id, created_at desc, id desc) where record_id is not null and parent_id is null;
create index comment_reply on comment (tenant_id, parent_id, created_at, id) where parent_id is not null;
create index comment_created on comment (tenant_id, created_at, id);
create index comment_trash on comment (tenant_id, deleted_at, id) where deleted_at is not null;
create index comment_words on comment using gin (tenant_id, app.to_search_vector(null::text, body)) where deleted_at is null;
create index comment_author on comment (tenant_id, author_id);
alter table comment add primary key (tenant_id, id),
  add foreign key (tenant_id, parent_id) references comment on delete cascade;
alter table comment enable row level security;
alter table comment force row level security;
grant select, insert, update, delete on comment to holdfast_app, holdfast_system;

-- Files of notes and comments, readable by whoever reads these. They go to the trash and come back.
create table attachment (
  tenant_id uuid not null,
  id uuid not null default app.uuid_v7(),
  file_id uuid not null,
  note_id uuid,
  comment_id uuid,
  -- As the file had them: whoever reads the note may otherwise not read the files of its author.
  name text not null check (length(name) between 1 and 255),
  content_type text not null,
  size_bytes int not null check (size_bytes >= 0),
  created_at timestamptz(3) not null default now(),
  version int not null default 1,
  updated_at timestamptz(3) not null default now(),
  deleted_at timestamptz(3),
  -- Which version the file is, since when, and who put it there.
  number int not null default 1 check (number > 0),
  written_at timestamptz(3) not null default now(),
  author_id uuid default app.user_id(),
  foreign key (tenant_id, author_id) references user_account on delete set null (author_id),
  foreign key (tenant_id, file_id) references file on delete cascade,
  foreign key (tenant_id, comment_id) references comment on delete cascade,
  foreign key (tenant_id, note_id) references note on delete cascade,
  check (num_nonnulls(note_id, comment_id) = 1)
) with (autovacuum_analyze_scale_factor = 0.02, autovacuum_analyze_threshold = 200);
create unique index attachment_note on attachment (tenant_id, note_id, file_id) where note_id is not null;
create unique index attachment_comment on attachment (tenant_id, comment_id, file_id) where comment_id is not null;
create index attachment_file on attachment (tenant_id, file_id);
create index attachment_trash on attachment (tenant_id, deleted_at, id) where deleted_at is not null;
alter table attachment add primary key (tenant_id, id);
alter table attachment enable row level security;
alter table attachment force row level security;
grant select, insert, update, delete on attachment to holdfast_app, holdfast_system;

-- The files that newer ones took the place of. Only the trigger of attachment writes them.
create table attachment_version (
  tenant_id uuid not null,
  id uuid not null default app.uuid_v7(),
  attachment_id uuid not null,
  number int not null check (number > 0),
  file_id uuid not null,
  name text not null check (length(name) between 1 and 255),
  content_type text not null,
  size_bytes int not null check (size_bytes >= 0),
  written_at timestamptz(3) not null,
  author_id uuid,
  foreign key (tenant_id, attachment_id) references attachment on delete cascade,
  foreign key (tenant_id, file_id) references file on delete cascade,
  foreign key (tenant_id, author_id) references user_account on delete set null (author_id),
  constraint attachment_version_number unique (tenant_id, attachment_id, number)
) with (autovacuum_analyze_scale_factor = 0.02, autovacuum_analyze_threshold = 200);
create index attachment_version_file on attachment_version (tenant_id, file_id);
alter table attachment_version add primary key (tenant_id, id);
alter table attachment_version enable row level security;
alter table attachment_version force row level security;
grant select on attachment_version to holdfast_app;
grant select, insert, update, delete on attachment_version to holdfast_system;

-- ---------------------------------------------------------------------------------------------------------------------
-- Custom fields

create table custom_field (
  tenant_id uuid not null references tenant on delete cascade,
  id uuid not null default app.uuid_v7(),
  -- Which record types there are, says the program.
  resource text not null check (length(resource) <= 63),
  key text not null check (key ~ '^[a-z][a-z0-9_]{0,59}$'),
  label text not null check (length(label) between 1 and 100),
  type text not null check (length(type) <= 63),
  options text[] not null default '{}' check (cardinality(options) <= 200),
  required boolean not null default false,
  position int not null default 0,
  retired_at timestamptz(3),
  version int not null default 1,
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now(),
  rules jsonb not null default '{}' check (jsonb_typeof(rules) = 'object' and pg_column_size(rules) <= 1000),
  default_value jsonb check (pg_column_size(default_value) <= 20000),
  is_unique boolean not null default false,
  -- Roles; null: everybody.
  visible_to uuid[] check (cardinality(visible_to) <= 100),
  editable_by uuid[] check (cardinality(editable_by) <= 100),
  constraint custom_field_key unique (tenant_id, resource, key)
) with (autovacuum_analyze_scale_factor = 0.02, autovacuum_analyze_threshold = 200);
-- Fields that some roles see or edit only in part (app.limited_fields).
create index custom_field_limited on custom_field (tenant_id) where visible_to is not null or editable_by is not null;
-- Fields whose values no response shows (app.retired_keys).
create index custom_field_retired on custom_field (tenant_id, resource) where retired_at is not null;
alter table custom_field add primary key (tenant_id, id);
alter table custom_field enable row level security;
alter table custom_field force row level security;
grant select, insert, update, delete on custom_field to holdfast_app, holdfast_system;

-- See db/routines/custom-fields.sql.
create table custom_value (
  tenant_id uuid not null,
  field_id uuid not null,
  record_id uuid not null,
  value text collate "und-x-icu" not null,
  is_unique boolean not null,
  -- Whose record it is, for lists of somebody's records in the order of a field.
  owner_id uuid,
  foreign key (tenant_id, field_id) references custom_field on delete cascade
) with (autovacuum_analyze_scale_factor = 0.02, autovacuum_analyze_threshold = 200);
create index custom_value_listed on custom_value (tenant_id, field_id, value, record_id);
create index custom_value_owned on custom_value (tenant_id, field_id, owner_id, value, record_id);
create unique index custom_value_taken on custom_value (tenant_id, field_id, value) where is_unique;
alter table custom_value add primary key (tenant_id, record_id, field_id, value);
alter table custom_value enable row level security;
alter table custom_value force row level security;
grant select on custom_value to holdfast_app;
grant select, insert, update, delete on custom_value to holdfast_system;
-- How values go together with their fields: else the planner takes every value for equally frequent in every field.
create statistics custom_value_spread (dependencies, mcv) on tenant_id, field_id, value from custom_value;

-- The values of a custom field before it got another type, for as long as that can be taken back.
create table custom_conversion (
  tenant_id uuid not null,
  id uuid not null default app.uuid_v7(),
  field_id uuid not null,
  from_definition jsonb not null check (jsonb_typeof(from_definition) = 'object'),
  to_type text not null,
  converted int not null default 0,
  cleared int not null default 0,
  -- This request's change cannot be taken back like others: its values would have their old form in a field of the new type.
  request_id text default nullif(current_setting('app.request_id', true), ''),
  taken_back_by text,
  created_by uuid,
  created_at timestamptz(3) not null default now(),
  foreign key (tenant_id, created_by) references user_account on delete set null (created_by),
  foreign key (tenant_id, field_id) references custom_field on delete cascade
);
create index custom_conversion_field on custom_conversion (tenant_id, field_id, id);
create index custom_conversion_created on custom_conversion (created_at);
alter table custom_conversion add primary key (tenant_id, id);
alter table custom_conversion enable row level security;
alter table custom_conversion force row level security;
grant select, insert, update, delete on custom_conversion to holdfast_app, holdfast_system;

create table custom_conversion_value (
  tenant_id uuid not null,
  conversion_id uuid not null,
  record_id uuid not null,
  before jsonb not null,
  -- Null: it did not fit and was left out.
  after jsonb,
  primary key (tenant_id, conversion_id, record_id),
  foreign key (tenant_id, conversion_id) references custom_conversion on delete cascade
);
alter table custom_conversion_value enable row level security;
alter table custom_conversion_value force row level security;
grant select, insert, update, delete on custom_conversion_value to holdfast_app, holdfast_system;

-- ---------------------------------------------------------------------------------------------------------------------
-- Imports and exports

create table import (
  tenant_id uuid not null references tenant on delete cascade,
  id uuid not null default app.uuid_v7(),
  name text not null check (length(name) between 1 and 300),
  state text not null default 'ready' check (state in ('ready', 'dry_running', 'running', 'done', 'failed', 'cancelled', 'reverting', 'reverted')),
  options jsonb not null default '{}',
  -- The rights of its creator: the run has no others.
  rights jsonb not null default '{}',
  created_by uuid,
  cancel_requested boolean not null default false,
  error text,
  -- What its reversal did and what it left alone.
  reversal jsonb,
  started_at timestamptz(3),
  finished_at timestamptz(3),
  version int not null default 1,
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now(),
  foreign key (tenant_id, created_by) references user_account on delete set null (created_by)
) with (autovacuum_analyze_scale_factor = 0.02, autovacuum_analyze_threshold = 200);
create index import_created on import (tenant_id, created_at, id);
alter table import add primary key (tenant_id, id);
alter table import enable row level security;
alter table import force row level security;
grant select, insert, update, delete on import to holdfast_app, holdfast_system;

-- Not audited: it is bookkeeping of the run, written with every batch.
create table import_file (
  tenant_id uuid not null,
  id uuid not null default app.uuid_v7(),
  import_id uuid not null,
  -- Order of loading.
  position int not null,
  file_id uuid,
  name text not null,
  size_bytes bigint not null,
  -- How the file is written and what it holds, as detected; and what somebody answered instead.
  found jsonb not null,
  answers jsonb not null default '{}',
  -- What the run uses; null when it is not known what the file is.
  mapping jsonb,
  -- Where a run stands. rows_done is the number of the last row whose batch was committed.
  phase text not null default 'rows' check (phase in ('rows', 'relations', 'done')),
  rows_done int not null default 0,
  progressed_at timestamptz(3),
  counts jsonb not null default '{}',
  matches jsonb not null default '[]',
  -- Names of records that the last check would have made, for rows that are checked again by themselves.
  names jsonb,
  -- Progress: the number of rows is known only at the end of the file, its size from the start.
  bytes_done bigint not null default 0,
  -- For each column how many rows have a value.
  filled jsonb not null default '[]',
  -- Texts that are no option of the field to which their column was mapped.
  unknown_options jsonb not null default '[]',
  foreign key (tenant_id, file_id) references file on delete set null (file_id),
  foreign key (tenant_id, import_id) references import on delete cascade
);
create index import_file_import on import_file (tenant_id, import_id, "position");
alter table import_file add primary key (tenant_id, id);
alter table import_file enable row level security;
alter table import_file force row level security;
grant select, insert, update, delete on import_file to holdfast_app, holdfast_system;

-- Rows that a check found wrong, for people to correct. Not audited: it is bookkeeping of the check, as import_problem.
create table import_row (
  tenant_id uuid not null,
  id uuid not null default app.uuid_v7(),
  import_file_id uuid not null,
  row_number int not null,
  -- As they stand in the file.
  cells text[] not null,
  unique (tenant_id, import_file_id, row_number),
  foreign key (tenant_id, import_file_id) references import_file on delete cascade
);
alter table import_row add primary key (tenant_id, id);
alter table import_row enable row level security;
alter table import_row force row level security;
grant select, insert, update, delete on import_row to holdfast_app, holdfast_system;

-- What somebody said instead.
create table import_fix (
  tenant_id uuid not null,
  id uuid not null default app.uuid_v7(),
  import_file_id uuid not null,
  -- Null: every row whose cell has the value "was".
  row_number int,
  -- Null: the row is left out.
  column_name text,
  was text check (length(was) <= 500),
  value text,
  created_by uuid,
  created_at timestamptz(3) not null default now(),
  foreign key (tenant_id, import_file_id) references import_file on delete cascade,
  foreign key (tenant_id, created_by) references user_account on delete set null (created_by),
  constraint import_fix_check2 check (row_number is not null or column_name is not null),
  constraint import_fix_check1 check ((row_number is null) = (was is not null)),
  check ((column_name is null) = (value is null))
) with (autovacuum_analyze_scale_factor = 0.02, autovacuum_analyze_threshold = 200);
-- One fix for each cell. Hashes, because names of columns and texts can be longer than an index allows.
create unique index import_fix_place on import_fix (tenant_id, import_file_id, row_number, md5(column_name), md5(was)) nulls not distinct;
alter table import_fix add primary key (tenant_id, id);
alter table import_fix enable row level security;
alter table import_fix force row level security;
grant select, insert, update, delete on import_fix to holdfast_app, holdfast_system;

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
  foreign key (tenant_id, import_file_id) references import_file on delete cascade
);
create index import_problem_row on import_problem (tenant_id, import_file_id, row_number, id);
alter table import_problem add primary key (tenant_id, id);
alter table import_problem enable row level security;
alter table import_problem force row level security;
grant select, insert, update, delete on import_problem to holdfast_app, holdfast_system;

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
  unique (tenant_id, name)
) with (autovacuum_analyze_scale_factor = 0.02, autovacuum_analyze_threshold = 200);
alter table saved_mapping add primary key (tenant_id, id);
alter table saved_mapping enable row level security;
alter table saved_mapping force row level security;
grant select, insert, update, delete on saved_mapping to holdfast_app, holdfast_system;

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
  format text not null default 'csv' check (format in ('csv', 'xlsx', 'vcf')),
  foreign key (tenant_id, file_id) references file on delete set null (file_id),
  foreign key (tenant_id, created_by) references user_account on delete set null (created_by)
) with (autovacuum_analyze_scale_factor = 0.02, autovacuum_analyze_threshold = 200);
create index export_created on export (tenant_id, created_at, id);
alter table export add primary key (tenant_id, id);
alter table export enable row level security;
alter table export force row level security;
grant select, insert, update, delete on export to holdfast_app, holdfast_system;

-- ---------------------------------------------------------------------------------------------------------------------
-- Changes of many records, and undo

-- A change of many records, or a reversal, that runs in batches. Its id is the request_id of the audit events it causes. Not audited: it is
-- bookkeeping, written with every batch; what it does to records is audited there.
create table change (
  tenant_id uuid not null references tenant on delete cascade,
  id uuid not null,
  kind text not null check (length(kind) <= 60),
  resource text check (length(resource) <= 60),
  -- Of a reversal: what it reverses, and of which record alone.
  of_change uuid,
  of_record uuid,
  action jsonb not null default '{}',
  -- The rights of its creator: it has no others.
  rights jsonb not null default '{}',
  state text not null default 'waiting' check (state in ('waiting', 'running', 'done', 'failed', 'cancelled')),
  total int not null default 0,
  done int not null default 0,
  changed int not null default 0,
  unchanged int not null default 0,
  skipped int not null default 0,
  skipped_samples jsonb not null default '[]',
  -- Of a reversal: the audit event down to which all are undone, newest first.
  undone_to_seq bigint,
  cancel_requested boolean not null default false,
  error text,
  created_by uuid,
  created_at timestamptz(3) not null default now(),
  finished_at timestamptz(3),
  foreign key (tenant_id, created_by) references user_account on delete set null (created_by)
);
-- Each change is reversed once, as a whole or for one record.
create unique index change_of on change (tenant_id, of_change, of_record) nulls not distinct where of_change is not null;
create index change_created on change (tenant_id, created_at, id);
alter table change add primary key (tenant_id, id);
alter table change enable row level security;
alter table change force row level security;
grant select, insert, update, delete on change to holdfast_app, holdfast_system;

-- The records that are still to be changed, chosen once when the change began.
create table change_item (
  tenant_id uuid not null,
  change_id uuid not null,
  position int not null,
  record_id uuid not null,
  primary key (tenant_id, change_id, "position"),
  foreign key (tenant_id, change_id) references change on delete cascade
);
alter table change_item enable row level security;
alter table change_item force row level security;
grant select, insert, update, delete on change_item to holdfast_app, holdfast_system;

-- ---------------------------------------------------------------------------------------------------------------------
-- Saved views

create table saved_view (
  tenant_id uuid not null references tenant on delete cascade,
  id uuid not null default app.uuid_v7(),
  owner_id uuid not null,
  resource text not null check (length(resource) <= 63),
  name text collate "und-x-icu" not null check (length(name) between 1 and 60),
  shared boolean not null default false,
  layout text not null default 'table' check (layout in ('table', 'board', 'calendar')),
  filter jsonb check (jsonb_typeof(filter) = 'object' and pg_column_size(filter) <= 20000),
  sort text check (length(sort) <= 200),
  columns jsonb not null default '{"order": [], "hidden": [], "widths": {}}' check (jsonb_typeof(columns) = 'object'),
  version int not null default 1,
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now(),
  -- By which fields boards, calendars and groups are made.
  arrangement jsonb not null default '{}' check (jsonb_typeof(arrangement) = 'object'),
  unique (tenant_id, owner_id, resource, name),
  foreign key (tenant_id, owner_id) references user_account on delete cascade
) with (autovacuum_analyze_scale_factor = 0.02, autovacuum_analyze_threshold = 200);
alter table saved_view add primary key (tenant_id, id);
alter table saved_view enable row level security;
alter table saved_view force row level security;
grant select, insert, update, delete on saved_view to holdfast_app, holdfast_system;

-- ---------------------------------------------------------------------------------------------------------------------
-- Duplicates

-- What counts as the same record in this workspace.
create table duplicate_rules (
  tenant_id uuid not null references tenant on delete cascade,
  id uuid not null default app.uuid_v7(),
  resource text not null check (length(resource) <= 60),
  rules jsonb not null check (jsonb_typeof(rules) = 'array'),
  version int not null default 1,
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now(),
  unique (tenant_id, resource)
) with (autovacuum_analyze_scale_factor = 0.02, autovacuum_analyze_threshold = 200);
alter table duplicate_rules add primary key (tenant_id, id);
alter table duplicate_rules enable row level security;
alter table duplicate_rules force row level security;
grant select, insert, update, delete on duplicate_rules to holdfast_app, holdfast_system;

-- Pairs of records that may be one, found in the background. Whoever may not read both sees neither: lists join the records. Not audited: it is
-- derived, and rewritten with every search.
create table duplicate_suspect (
  tenant_id uuid not null references tenant on delete cascade,
  id uuid not null default app.uuid_v7(),
  resource text not null check (length(resource) <= 60),
  one_id uuid not null,
  other_id uuid not null,
  score real not null check (score between 0 and 1),
  reasons text[] not null check (cardinality(reasons) > 0),
  -- Somebody said that these are two records, for good.
  dismissed_at timestamptz(3),
  found_at timestamptz(3) not null default now(),
  unique (tenant_id, resource, one_id, other_id),
  check (one_id < other_id)
);
create index duplicate_suspect_open on duplicate_suspect (tenant_id, resource, score desc, id) where dismissed_at is null;
alter table duplicate_suspect add primary key (tenant_id, id);
alter table duplicate_suspect enable row level security;
alter table duplicate_suspect force row level security;
grant select, insert, update, delete on duplicate_suspect to holdfast_app, holdfast_system;

-- ---------------------------------------------------------------------------------------------------------------------
-- Dashboards

-- Dashboards that people compose of tiles.
create table dashboard (
  tenant_id uuid not null references tenant on delete cascade,
  id uuid not null default app.uuid_v7(),
  owner_id uuid not null,
  name text collate "und-x-icu" not null check (length(name) between 1 and 60),
  shared boolean not null default false,
  version int not null default 1,
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now(),
  unique (tenant_id, owner_id, name),
  foreign key (tenant_id, owner_id) references user_account on delete cascade
) with (autovacuum_analyze_scale_factor = 0.02, autovacuum_analyze_threshold = 200);
alter table dashboard add primary key (tenant_id, id);
alter table dashboard enable row level security;
alter table dashboard force row level security;
grant select, insert, update, delete on dashboard to holdfast_app, holdfast_system;

create table dashboard_tile (
  tenant_id uuid not null,
  id uuid not null default app.uuid_v7(),
  dashboard_id uuid not null,
  title text check (length(title) <= 100),
  figure text not null check (length(figure) <= 40),
  "grouping" text not null check (length("grouping") <= 40),
  chart text not null check (length(chart) <= 40),
  range text not null check (length(range) <= 40),
  period text not null check (length(period) <= 40),
  filter jsonb not null default '{}' check (jsonb_typeof(filter) = 'object' and pg_column_size(filter) <= 2000),
  width int not null default 2 check (width between 1 and 4),
  height int not null default 2 check (height between 1 and 3),
  position int not null default 0,
  version int not null default 1,
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now(),
  foreign key (tenant_id, dashboard_id) references dashboard on delete cascade
) with (autovacuum_analyze_scale_factor = 0.02, autovacuum_analyze_threshold = 200);
create index dashboard_tile_dashboard on dashboard_tile (tenant_id, dashboard_id, "position");
alter table dashboard_tile add primary key (tenant_id, id);
alter table dashboard_tile enable row level security;
alter table dashboard_tile force row level security;
grant select, insert, update, delete on dashboard_tile to holdfast_app, holdfast_system;

-- A dashboard that is sent by e-mail, each to one person at an hour of that person's day. Without a dashboard it is the overview, which everybody
-- has.
create table dashboard_mailing (
  tenant_id uuid not null,
  id uuid not null default app.uuid_v7(),
  dashboard_id uuid,
  recipient_id uuid not null,
  -- Who set it up.
  owner_id uuid,
  rhythm text not null check (rhythm in ('daily', 'weekly', 'monthly')),
  hour int not null default 8 check (hour between 0 and 23),
  next_at timestamptz(3) not null,
  version int not null default 1,
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now(),
  constraint dashboard_mailing_once unique nulls not distinct (tenant_id, dashboard_id, recipient_id),
  foreign key (tenant_id, owner_id) references user_account on delete set null (owner_id),
  foreign key (tenant_id, recipient_id) references user_account on delete cascade,
  foreign key (tenant_id, dashboard_id) references dashboard on delete cascade
) with (autovacuum_analyze_scale_factor = 0.02, autovacuum_analyze_threshold = 200);
alter table dashboard_mailing add primary key (tenant_id, id);
alter table dashboard_mailing enable row level security;
alter table dashboard_mailing force row level security;
grant select, insert, update, delete on dashboard_mailing to holdfast_app, holdfast_system;

-- ---------------------------------------------------------------------------------------------------------------------
-- Scores of deals

create table scoring_rule (
  tenant_id uuid not null references tenant on delete cascade,
  id uuid not null default app.uuid_v7(),
  name text collate "und-x-icu" not null check (length(name) between 1 and 100),
  resource text not null check (resource in ('deal', 'contact')),
  filter jsonb not null check (jsonb_typeof(filter) = 'object' and pg_column_size(filter) <= 20000),
  points int not null check (points >= '-100'::integer and points <= 100 and points <> 0),
  active boolean not null default true,
  version int not null default 1,
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now(),
  unique (tenant_id, name)
) with (autovacuum_analyze_scale_factor = 0.02, autovacuum_analyze_threshold = 200);
alter table scoring_rule add primary key (tenant_id, id);
alter table scoring_rule enable row level security;
alter table scoring_rule force row level security;
grant select, insert, update, delete on scoring_rule to holdfast_app, holdfast_system;

-- The result of each fitting. The newest counts, also when it says that there is no model. Not audited: it is derived, and written by the program
-- alone.
create table score_model (
  tenant_id uuid not null references tenant on delete cascade,
  id uuid not null default app.uuid_v7(),
  verdict text not null check (verdict in ('not_enough_history', 'no_better_than_chance', 'in_use')),
  won int not null check (won >= 0),
  lost int not null check (lost >= 0),
  judgement jsonb check (jsonb_typeof(judgement) = 'object'),
  spec jsonb check (jsonb_typeof(spec) = 'object'),
  created_at timestamptz(3) not null default now(),
  check ((verdict = 'in_use') = (spec is not null)),
  constraint score_model_check1 check ((verdict = 'not_enough_history') = (judgement is null))
);
create index score_model_created on score_model (tenant_id, created_at desc);
alter table score_model add primary key (tenant_id, id);
alter table score_model enable row level security;
alter table score_model force row level security;
grant select, insert, update, delete on score_model to holdfast_app, holdfast_system;

-- The score of a deal while it was open, the reasons, and what was known then: models learn from that once the deal is closed.
create table deal_score (
  tenant_id uuid not null,
  deal_id uuid not null,
  model_id uuid,
  -- Null when there is nothing to score by.
  score int check (score between 0 and 100),
  -- Where the score started, before reasons.
  base int check (base between 0 and 100),
  rule_points int not null default 0,
  reasons jsonb not null default '[]' check (jsonb_typeof(reasons) = 'array'),
  known jsonb not null check (jsonb_typeof(known) = 'object'),
  scored_at timestamptz(3) not null default now(),
  foreign key (tenant_id, model_id) references score_model on delete set null (model_id),
  foreign key (tenant_id, deal_id) references deal on delete cascade
);
create index deal_score_model on deal_score (tenant_id, model_id);
alter table deal_score add primary key (tenant_id, deal_id);
alter table deal_score enable row level security;
alter table deal_score force row level security;
grant select, insert, update, delete on deal_score to holdfast_app, holdfast_system;

-- ---------------------------------------------------------------------------------------------------------------------
-- Followers and notifications

-- Who follows a record. Its owner follows it without a row here. Not audited: what somebody wants to hear of changes no record.
create table follower (
  tenant_id uuid not null references tenant on delete cascade,
  id uuid not null default app.uuid_v7(),
  user_id uuid not null,
  contact_id uuid,
  company_id uuid,
  deal_id uuid,
  record_id uuid,
  -- Does not want to be notified, even as the owner.
  muted boolean not null default false,
  created_at timestamptz(3) not null default now(),
  foreign key (tenant_id, record_id) references subject on delete cascade,
  foreign key (tenant_id, company_id) references company on delete cascade,
  foreign key (tenant_id, contact_id) references contact on delete cascade,
  foreign key (tenant_id, deal_id) references deal on delete cascade,
  foreign key (tenant_id, user_id) references user_account on delete cascade,
  check (num_nonnulls(contact_id, company_id, deal_id, record_id) = 1)
);
create unique index follower_contact on follower (tenant_id, contact_id, user_id) where contact_id is not null;
create unique index follower_company on follower (tenant_id, company_id, user_id) where company_id is not null;
create unique index follower_deal on follower (tenant_id, deal_id, user_id) where deal_id is not null;
create unique index follower_record on follower (tenant_id, record_id, user_id) where record_id is not null;
create index follower_user on follower (tenant_id, user_id);
alter table follower add primary key (tenant_id, id);
alter table follower enable row level security;
alter table follower force row level security;
grant select, insert, update, delete on follower to holdfast_app, holdfast_system;

-- It holds no text of a record: what is shown is read when it is shown, under the rights its person then has. Not audited: it reports what is in
-- the trail.
create table notification (
  tenant_id uuid not null references tenant on delete cascade,
  id uuid not null default app.uuid_v7(),
  user_id uuid not null,
  kind text not null check (kind in ('mentioned', 'commented', 'assigned', 'changed', 'task_due', 'finished', 'duplicates_found')),
  -- What it is about; without an id, many of the kind.
  resource text not null check (length(resource) <= 60),
  record_id uuid,
  -- The comment or note that says it.
  source text check (source in ('comment', 'note')),
  source_id uuid,
  actor_id uuid,
  -- By which the change that caused it is known.
  change_id uuid,
  -- What caused it: nobody is notified twice of one thing.
  cause text not null check (length(cause) between 1 and 200),
  in_app boolean not null,
  email text not null check (email in ('off', 'at_once', 'digest')),
  mailed_at timestamptz(3),
  read_at timestamptz(3),
  snoozed_until timestamptz(3),
  created_at timestamptz(3) not null default now(),
  unique (tenant_id, user_id, kind, cause),
  foreign key (tenant_id, user_id) references user_account on delete cascade
);
create index notification_inbox on notification (tenant_id, user_id, created_at desc, id desc) where in_app;
create index notification_unread on notification (tenant_id, user_id, created_at desc, id desc) where in_app and read_at is null;
create index notification_digest on notification (tenant_id, user_id, created_at) where email = 'digest' and mailed_at is null and read_at is null;
create index notification_created on notification (created_at);
alter table notification add primary key (tenant_id, id);
alter table notification enable row level security;
alter table notification force row level security;
grant select, insert, update, delete on notification to holdfast_app, holdfast_system;

create table notification_setting (
  tenant_id uuid not null references tenant on delete cascade,
  user_id uuid not null,
  id uuid generated always as (user_id) stored,
  -- Where each kind goes, for kinds that differ from the defaults.
  kinds jsonb not null default '{}' check (jsonb_typeof(kinds) = 'object' and pg_column_size(kinds) <= 4000),
  digest text not null default 'daily' check (digest in ('daily', 'weekly')),
  -- In the person's time zone.
  digest_hour int not null default 8 check (digest_hour between 0 and 23),
  -- 1 is Monday.
  digest_weekday int not null default 1 check (digest_weekday between 1 and 7),
  version int not null default 1,
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now(),
  primary key (tenant_id, user_id),
  foreign key (tenant_id, user_id) references user_account on delete cascade
) with (autovacuum_analyze_scale_factor = 0.02, autovacuum_analyze_threshold = 200);
alter table notification_setting enable row level security;
alter table notification_setting force row level security;
grant select, insert, update, delete on notification_setting to holdfast_app, holdfast_system;

-- The secret address under which a calendar reads somebody's tasks.
create table calendar_feed (
  tenant_id uuid not null references tenant on delete cascade,
  id uuid not null default app.uuid_v7(),
  user_id uuid not null,
  hash bytea not null check (length(hash) = 32),
  created_at timestamptz(3) not null default now(),
  last_read_at timestamptz(3),
  -- A hash of the last answer, and since when that has been the answer.
  etag text check (length(etag) <= 100),
  modified_at timestamptz(3),
  unique (hash),
  unique (tenant_id, user_id),
  foreign key (tenant_id, user_id) references user_account on delete cascade
) with (autovacuum_analyze_scale_factor = 0.02, autovacuum_analyze_threshold = 200);
alter table calendar_feed add primary key (tenant_id, id);
alter table calendar_feed enable row level security;
alter table calendar_feed force row level security;
grant select, insert, update, delete on calendar_feed to holdfast_app, holdfast_system;

-- ---------------------------------------------------------------------------------------------------------------------
-- Usage

-- Counted in memory by each process and added here every few seconds. No content of records, no values of queries. Days are UTC days. Not audited.
create table usage_activity (
  tenant_id uuid not null references tenant on delete cascade,
  day date not null,
  user_id uuid not null,
  -- A heading of the API, or signing in.
  feature text not null check (length(feature) between 1 and 100),
  requests int not null check (requests > 0),
  foreign key (tenant_id, user_id) references user_account on delete cascade
);
create index usage_activity_user on usage_activity (tenant_id, user_id);
alter table usage_activity add primary key (tenant_id, day, user_id, feature);
alter table usage_activity enable row level security;
alter table usage_activity force row level security;
grant select, insert, update, delete on usage_activity to holdfast_app, holdfast_system;

create table usage_route (
  tenant_id uuid not null references tenant on delete cascade,
  day date not null,
  method text not null check (length(method) <= 10),
  path text not null check (length(path) <= 300),
  requests int not null check (requests > 0),
  -- Answered 4xx, and 5xx.
  refused int not null,
  failed int not null,
  total_ms double precision not null,
  max_ms real not null,
  -- How many took how long, by the buckets of src/kernel/usage/histogram.ts.
  counts int[] not null check (cardinality(counts) <= 100),
  primary key (tenant_id, day, method, path)
);
alter table usage_route enable row level security;
alter table usage_route force row level security;
grant select, insert, update, delete on usage_route to holdfast_app, holdfast_system;

create table usage_statement (
  tenant_id uuid not null references tenant on delete cascade,
  day date not null,
  -- The route, job or consumer that sent it.
  operation text not null check (length(operation) <= 300),
  hash bytea not null,
  statement text not null check (length(statement) <= 4000),
  runs int not null check (runs > 0),
  total_ms double precision not null,
  max_ms real not null,
  primary key (tenant_id, day, operation, hash)
);
alter table usage_statement enable row level security;
alter table usage_statement force row level security;
grant select, insert, update, delete on usage_statement to holdfast_app, holdfast_system;

-- ---------------------------------------------------------------------------------------------------------------------
-- Vacuum

-- Until a table is vacuumed, each reader of new rows asks whether they are committed, and reads the entries that its search index has not merged
-- yet: after an import, counts and searches took half as long again until autovacuum came. So an import vacuums what it filled. The application may
-- lock these tables anyway, as it changes their rows. PostgreSQL 16 has no such right; there the import waits for autovacuum.
do $$
begin
  if current_setting('server_version_num')::int >= 170000 then
    grant maintain on
      user_account, team, team_member, role, user_role, idempotency_key, job, file, user_password, user_totp, totp_use, recovery_code, passkey,
      session, api_key, one_time_token, sign_in_provider, external_identity, confirmed_email, company, contact, contact_position, tag, product,
      pipeline, stage, close_reason, deal, deal_line, currency_rate, sales_target, record_tag, note, task, activity, comment, attachment,
      custom_field, custom_conversion, custom_conversion_value, import, import_file, import_row, import_fix, import_problem, saved_mapping,
      export, change, change_item, saved_view, duplicate_rules, duplicate_suspect, dashboard, dashboard_tile, dashboard_mailing,
      scoring_rule, score_model, deal_score, follower, notification, notification_setting, calendar_feed, usage_activity,
      usage_route, usage_statement
    to holdfast_app;
  end if;
end $$;
