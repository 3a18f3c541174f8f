-- Calendars of people, what their providers list, and the meetings in them. docs/decisions/0262-a-calendar-is-synced-item-by-item.md
create table meeting_calendar (
  tenant_id uuid not null references tenant on delete cascade,
  id uuid not null default app.uuid_v7(),
  name text collate "und-x-icu" not null check (length(name) between 1 and 200),
  color text not null default 'blue' check (length(color) between 1 and 20),
  owner_id uuid,
  sharing text not null default 'private' check (sharing in ('private', 'participants', 'all')),
  version int not null default 1,
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now(),
  foreign key (tenant_id, owner_id) references user_account on delete set null (owner_id)
);
create index meeting_calendar_name on meeting_calendar (tenant_id, name, id);
create index meeting_calendar_owner on meeting_calendar (tenant_id, owner_id, id);
alter table meeting_calendar add primary key (tenant_id, id);

-- An account at a provider, with as many calendars as it has. Only its owner sees it.
create table calendar_account (
  tenant_id uuid not null references tenant on delete cascade,
  id uuid not null default app.uuid_v7(),
  owner_id uuid not null,
  url text not null check (length(url) between 1 and 2000),
  -- Where its calendars are, as the provider says.
  home_url text check (length(home_url) <= 2000),
  username text not null check (length(username) between 1 and 254),
  sealed_password bytea not null,
  -- Whether the provider has been asked since; and what was wrong then.
  problem text,
  -- The run that owns the account now, and until when another may not take it.
  lease text,
  leased_until timestamptz(3),
  compared_at timestamptz(3),
  version int not null default 1,
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now(),
  foreign key (tenant_id, owner_id) references user_account on delete cascade
);
create index calendar_account_owner on calendar_account (tenant_id, owner_id, id);
alter table calendar_account add primary key (tenant_id, id);

-- Where a calendar is at its provider, and how it stands with it.
create table calendar_source (
  tenant_id uuid not null references tenant on delete cascade,
  calendar_id uuid not null,
  account_id uuid not null,
  href text not null check (length(href) between 1 and 2000),
  is_chosen boolean not null default true,
  is_writable boolean not null default true,
  -- By what the provider says that something has changed since: a sync-token of RFC 6578, else a ctag.
  sync_token text check (length(sync_token) <= 2000),
  ctag text check (length(ctag) <= 2000),
  state text not null default 'syncing' check (state in ('syncing', 'in_sync', 'failed', 'asks')),
  problem text,
  -- What the provider listed when both were last compared item by item.
  provider_count int,
  -- How many it no longer lists that wait for a confirmation.
  missing int not null default 0,
  deletions_confirmed_at timestamptz(3),
  synced_at timestamptz(3),
  -- Up to when its series have been written out.
  expanded_until timestamptz(3),
  gone_at timestamptz(3),
  foreign key (tenant_id, calendar_id) references meeting_calendar on delete cascade,
  foreign key (tenant_id, account_id) references calendar_account on delete cascade
);
create unique index calendar_source_href on calendar_source (tenant_id, account_id, href);
alter table calendar_source add primary key (tenant_id, calendar_id);

-- An item as its provider lists it, as it was received, and what became of it.
create table calendar_object (
  tenant_id uuid not null references tenant on delete cascade,
  id uuid not null default app.uuid_v7(),
  calendar_id uuid not null,
  href text not null check (length(href) between 1 and 2000),
  uid text check (length(uid) <= 1000),
  -- What the provider lists, and what was fetched: they differ while it waits.
  etag text not null check (length(etag) <= 1000),
  fetched_etag text check (length(fetched_etag) <= 1000),
  ics text check (length(ics) <= 1000000),
  outcome text not null default 'listed' check (outcome in ('listed', 'imported', 'failed', 'gone')),
  problem text,
  attempts int not null default 0,
  retry_at timestamptz(3),
  is_series boolean not null default false,
  parser_version int,
  at timestamptz(3) not null default now(),
  created_at timestamptz(3) not null default now(),
  foreign key (tenant_id, calendar_id) references meeting_calendar on delete cascade
);
create unique index calendar_object_href on calendar_object (tenant_id, calendar_id, href);
create index calendar_object_due on calendar_object (tenant_id, calendar_id, outcome, id) where outcome in ('listed', 'failed');
alter table calendar_object add primary key (tenant_id, id);

-- Whose addresses stand in an item, so that somebody who becomes a contact later finds theirs.
create table calendar_address (
  tenant_id uuid not null references tenant on delete cascade,
  address text not null check (length(address) <= 320),
  object_id uuid not null,
  foreign key (tenant_id, object_id) references calendar_object on delete cascade
);
create index calendar_address_object on calendar_address (tenant_id, object_id);
create index calendar_address_domain on calendar_address (tenant_id, split_part(address, '@', 2), object_id);
alter table calendar_address add primary key (tenant_id, address, object_id);

-- A meeting; of a series each time of it within some months.
create table meeting (
  tenant_id uuid not null references tenant on delete cascade,
  id uuid not null default app.uuid_v7(),
  calendar_id uuid not null,
  object_id uuid,
  -- Which time of a series it is, by its first plan; empty for what does not repeat.
  occurrence text not null default '' check (length(occurrence) <= 40),
  title text not null default '' check (length(title) <= 1000),
  description text not null default '' check (length(description) <= 20000),
  location text not null default '' check (length(location) <= 1000),
  people_text text not null default '' check (length(people_text) <= 2000),
  people jsonb not null default '[]' check (jsonb_typeof(people) = 'array'),
  occurred_at timestamptz(3) not null,
  ends_at timestamptz(3) not null,
  starts_on date,
  ends_on date,
  is_all_day boolean not null default false,
  repeats boolean not null default false,
  is_moved boolean not null default false,
  time_zone text check (length(time_zone) <= 200),
  unknown_time_zone text check (length(unknown_time_zone) <= 200),
  status text not null default 'confirmed' check (status in ('confirmed', 'tentative', 'cancelled')),
  -- Marked so at its provider: nobody but the owner of the calendar sees it.
  is_private boolean not null default false,
  owner_id uuid,
  records uuid[] not null default '{}' check (cardinality(records) <= 20),
  -- Whether somebody has set them, so that no match changes them again.
  records_set boolean not null default false,
  version int not null default 1,
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now(),
  deleted_at timestamptz(3),
  foreign key (tenant_id, calendar_id) references meeting_calendar on delete cascade,
  foreign key (tenant_id, object_id) references calendar_object on delete cascade,
  foreign key (tenant_id, owner_id) references user_account on delete set null (owner_id)
);
create unique index meeting_occurrence on meeting (tenant_id, object_id, occurrence) where object_id is not null;
create index meeting_of_calendar on meeting (tenant_id, calendar_id, occurred_at, id);
create index meeting_occurred on meeting (tenant_id, occurred_at, id);
create index meeting_created on meeting (tenant_id, created_at, id);
create index meeting_owner on meeting (tenant_id, owner_id) where owner_id is not null;
create index meeting_trash on meeting (tenant_id, deleted_at, id) where deleted_at is not null;
create index meeting_words on meeting using gin (tenant_id, app.to_search_vector(title, description)) where deleted_at is null;
alter table meeting add primary key (tenant_id, id);

do $$ declare tab text; begin
  foreach tab in array array['meeting_calendar', 'calendar_account', 'calendar_source', 'calendar_object', 'calendar_address', 'meeting'] loop
    execute format('alter table %I enable row level security', tab);
    execute format('alter table %I force row level security', tab);
    execute format('grant select, insert, update, delete on %I to holdfast_app, holdfast_system', tab);
  end loop;
end $$;
