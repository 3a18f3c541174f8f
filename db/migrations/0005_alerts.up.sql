-- Alerts: which rules hold now, who is told where, and what operators said about it. No tenant: they are of the installation.

-- A rule that holds, or held. One row from the first moment to the last, however often it flaps in between.
create table alert (
  id uuid not null default app.uuid_v7(),
  rule text not null check (length(rule) between 1 and 100),
  -- Which of several it is of: {"consumer": "webhooks"}.
  labels jsonb not null default '{}' check (jsonb_typeof(labels) = 'object' and pg_column_size(labels) <= 2000),
  severity text not null check (severity in ('page', 'ticket')),
  -- Pending: it holds, but not for long enough yet.
  state text not null check (state in ('pending', 'firing', 'resolved')),
  value double precision not null,
  started_at timestamptz(3) not null,
  fired_at timestamptz(3),
  -- Since when it holds no longer, while nobody is told yet because it might come back.
  cleared_at timestamptz(3),
  resolved_at timestamptz(3),
  -- When it was last looked at: what nobody looks at any more ends.
  seen_at timestamptz(3) not null,
  acknowledged_at timestamptz(3),
  acknowledged_by text check (length(acknowledged_by) <= 500),
  check ((state = 'pending') = (fired_at is null)),
  check ((state = 'resolved') = (resolved_at is not null)),
  check ((acknowledged_at is null) = (acknowledged_by is null))
);
create unique index alert_open on alert (rule, labels) where state <> 'resolved';
create index alert_resolved on alert (resolved_at desc) where state = 'resolved';
alter table alert add primary key (id);

-- What operators set for a rule; without a row it is as the program declares it.
create table alert_rule (
  rule text not null check (length(rule) between 1 and 100),
  enabled boolean not null default true,
  threshold double precision,
  for_seconds int check (for_seconds between 0 and 604800),
  keep_seconds int check (keep_seconds between 0 and 604800)
);
alter table alert_rule add primary key (rule);

-- Nobody is told of these until then.
create table alert_silence (
  id uuid not null default app.uuid_v7(),
  -- Null: all.
  rule text check (length(rule) between 1 and 100),
  labels jsonb not null default '{}' check (jsonb_typeof(labels) = 'object' and pg_column_size(labels) <= 2000),
  until timestamptz(3) not null,
  reason text not null check (length(reason) between 3 and 1000),
  created_at timestamptz(3) not null default now(),
  created_by text not null check (length(created_by) between 1 and 500)
);
create index alert_silence_until on alert_silence (until);
alter table alert_silence add primary key (id);

create table alert_receiver (
  id uuid not null default app.uuid_v7(),
  name text collate "und-x-icu" not null check (length(name) between 1 and 100),
  kind text not null check (kind in ('email', 'slack', 'webhook', 'pagerduty')),
  -- The address; of what is itself a secret, only its origin.
  target text not null check (length(target) between 3 and 2000),
  -- The key that signs, the secret address, or the routing key.
  sealed_secret bytea,
  -- The least severity it is told of: ticket is all.
  severity text not null default 'ticket' check (severity in ('page', 'ticket')),
  -- Told only when nobody acknowledged for so long; 0 at once.
  after_minutes int not null default 0 check (after_minutes between 0 and 1440),
  enabled boolean not null default true,
  created_at timestamptz(3) not null default now(),
  -- The job that sends to it now; another may once this has passed.
  sender uuid,
  sender_until timestamptz(3)
);
alter table alert_receiver add primary key (id);

-- What a receiver is told: alerts that fire together are one message.
create table alert_message (
  id uuid not null default app.uuid_v7(),
  receiver_id uuid not null references alert_receiver on delete cascade,
  kind text not null check (kind in ('firing', 'resolved', 'test')),
  alert_ids uuid[] not null default '{}' check (cardinality(alert_ids) <= 200),
  state text not null default 'waiting' check (state in ('waiting', 'sent', 'failed')),
  attempt_count int not null default 0 check (attempt_count >= 0),
  next_at timestamptz(3) not null default now(),
  -- What came of the last attempt: a code that the page has words for, and what was said.
  error text check (length(error) <= 2000),
  created_at timestamptz(3) not null default now(),
  finished_at timestamptz(3),
  check ((state = 'waiting') = (finished_at is null))
);
create index alert_message_receiver on alert_message (receiver_id, id desc);
create index alert_message_waiting on alert_message (receiver_id, id) where state = 'waiting';
alter table alert_message add primary key (id);

alter table alert enable row level security;
alter table alert force row level security;
alter table alert_rule enable row level security;
alter table alert_rule force row level security;
alter table alert_silence enable row level security;
alter table alert_silence force row level security;
alter table alert_receiver enable row level security;
alter table alert_receiver force row level security;
alter table alert_message enable row level security;
alter table alert_message force row level security;
grant select, insert, update, delete on alert, alert_rule, alert_silence, alert_receiver, alert_message to holdfast_app, holdfast_system;
