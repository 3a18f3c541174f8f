-- Webhooks: who is sent which changes, what was sent and how it was received.

create table webhook (
  tenant_id uuid not null references tenant on delete cascade,
  id uuid not null default app.uuid_v7(),
  name text collate "und-x-icu" not null check (length(name) between 1 and 100),
  url text not null check (length(url) between 8 and 2000),
  -- By record type: {"contact": {"verbs": ["created"], "filter": {…}}}.
  events jsonb not null check (jsonb_typeof(events) = 'object' and events <> '{}' and pg_column_size(events) <= 100000),
  enabled boolean not null default true,
  -- Why the program disabled it; null when it is enabled, or a person disabled it.
  disabled_reason text check (disabled_reason in ('failing', 'gone', 'backlog', 'owner_inactive', 'owner_rights', 'key_expired')),
  -- With whose rights it reads records.
  owner_id uuid not null,
  -- The API key that made it: it ends with the key, and has no right that the key lacked.
  api_key_id uuid,
  rights jsonb check (jsonb_typeof(rights) = 'object'),
  sealed_secret bytea not null,
  -- The secret before the last rotation signs too until this moment.
  sealed_old_secret bytea,
  old_secret_until timestamptz(3),
  version int not null default 1,
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now(),
  check (disabled_reason is null or not enabled),
  check ((api_key_id is null) = (rights is null)),
  check ((sealed_old_secret is null) = (old_secret_until is null)),
  foreign key (tenant_id, owner_id) references user_account on delete cascade,
  foreign key (tenant_id, api_key_id) references api_key on delete cascade
) with (autovacuum_analyze_scale_factor = 0.02, autovacuum_analyze_threshold = 200);
create index webhook_owner on webhook (tenant_id, owner_id);
create index webhook_api_key on webhook (tenant_id, api_key_id) where api_key_id is not null;
alter table webhook add primary key (tenant_id, id);
alter table webhook enable row level security;
alter table webhook force row level security;
grant select, insert, update, delete on webhook to holdfast_app, holdfast_system;

-- How the sending goes. Apart from the webhook, because every attempt changes it and the audit trail need not know.
create table webhook_sending (
  tenant_id uuid not null,
  webhook_id uuid not null,
  -- The job that sends now; another may once this has passed.
  sender uuid,
  sender_until timestamptz(3),
  -- Attempts in a row that failed, of whichever events, and since when.
  failures int not null default 0 check (failures >= 0),
  failing_since timestamptz(3),
  paused_until timestamptz(3),
  foreign key (tenant_id, webhook_id) references webhook on delete cascade
);
alter table webhook_sending add primary key (tenant_id, webhook_id);
alter table webhook_sending enable row level security;
alter table webhook_sending force row level security;
grant select, insert, update, delete on webhook_sending to holdfast_app, holdfast_system;

-- An event for a webhook: to be sent, or what came of it.
create table webhook_delivery (
  tenant_id uuid not null,
  id uuid not null default app.uuid_v7(),
  webhook_id uuid not null,
  -- Events are sent in this order, which is that of the change feed.
  position bigint not null generated always as identity,
  -- The event of the feed; null for a test.
  seq bigint,
  type text not null check (length(type) <= 100),
  resource text not null check (length(resource) <= 60),
  record_id uuid not null,
  occurred_at timestamptz(3) not null default now(),
  actor_id uuid,
  -- The fields that an update changed, custom ones as custom.key.
  fields text[],
  -- The records that a merge made part of this one.
  merged_ids uuid[],
  state text not null default 'waiting' check (state in ('waiting', 'delivered', 'failed', 'skipped')),
  -- Why it was skipped, or not tried any more.
  reason text check (length(reason) <= 60),
  -- When it is tried next, and since when it has been tried.
  next_at timestamptz(3) not null default now(),
  begun_at timestamptz(3),
  attempt_count int not null default 0 check (attempt_count >= 0),
  -- The last of them: [{"at", "status", "ms", "error"}].
  attempts jsonb not null default '[]' check (jsonb_typeof(attempts) = 'array' and jsonb_array_length(attempts) <= 20),
  -- As it was sent last, and the beginning of the last response.
  payload text check (octet_length(payload) <= 300000),
  response text check (length(response) <= 4000),
  created_at timestamptz(3) not null default now(),
  finished_at timestamptz(3),
  -- Nothing is sent twice for one event because a process died.
  unique (tenant_id, webhook_id, seq),
  check ((finished_at is null) = (state = 'waiting')),
  foreign key (tenant_id, webhook_id) references webhook on delete cascade
);
create index webhook_delivery_waiting on webhook_delivery (tenant_id, webhook_id, position) where state = 'waiting';
create index webhook_delivery_listed on webhook_delivery (tenant_id, webhook_id, position desc);
create index webhook_delivery_finished on webhook_delivery (finished_at) where state <> 'waiting';
alter table webhook_delivery add primary key (tenant_id, id);
alter table webhook_delivery enable row level security;
alter table webhook_delivery force row level security;
grant select, insert, update, delete on webhook_delivery to holdfast_app, holdfast_system;

alter table notification drop constraint notification_kind_check;
alter table notification add constraint notification_kind_check
  check (kind in ('mentioned', 'commented', 'assigned', 'changed', 'task_due', 'finished', 'duplicates_found', 'webhook_disabled'));

-- Administrators have all rights.
set local role holdfast_system;
update role set rights = rights || '{"webhook": {"read": "all", "create": "all", "update": "all", "delete": "all"}}' where key = 'admin';
reset role;
