-- Households, who belongs to them and who advises them. docs/decisions/0255-households-and-their-advisers.md
create table household (
  tenant_id uuid not null references tenant on delete cascade,
  id uuid not null default app.uuid_v7(),
  external_id text check (length(external_id) between 1 and 200),
  name text collate "und-x-icu" not null check (length(name) between 1 and 200),
  status text not null default 'active' check (status in ('active', 'prospect', 'inactive', 'former')),
  tier text check (tier in ('platinum', 'gold', 'silver', 'bronze')),
  review_months int check (review_months between 1 and 60),
  next_review_on date,
  salutation text check (length(salutation) <= 300),
  street text check (length(street) <= 300),
  city text check (length(city) <= 200),
  region text check (length(region) <= 200),
  postal_code text check (length(postal_code) <= 20),
  country text check (length(country) <= 100),
  owner_id uuid,
  custom jsonb not null default '{}' check (jsonb_typeof(custom) = 'object'),
  import_id uuid,
  version int not null default 1,
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now(),
  deleted_at timestamptz(3),
  search_text text generated always as (app.searchable(name || ' ' || coalesce(salutation, '') || ' ' || coalesce(city, ''))) stored,
  foreign key (tenant_id, owner_id) references user_account on delete set null (owner_id)
);
create unique index household_external_id on household (tenant_id, external_id) where external_id is not null;
create index household_name on household (tenant_id, name, id);
create index household_changed on household (tenant_id, updated_at, id);
create index household_owner on household (tenant_id, owner_id, name, id);
create index household_review on household (tenant_id, next_review_on, id) where next_review_on is not null;
create index household_import on household (tenant_id, import_id) where import_id is not null;
create index household_trash on household (tenant_id, deleted_at, id) where deleted_at is not null;
create index household_folded on household (tenant_id, left(search_text, 40) text_pattern_ops, owner_id);
create index household_search on household using gin ((tenant_id::text), owner_id, search_text gin_trgm_ops);
alter table household add primary key (tenant_id, id) include (owner_id, name);

create table household_member (
  tenant_id uuid not null references tenant on delete cascade,
  id uuid not null default app.uuid_v7(),
  household_id uuid not null,
  contact_id uuid not null,
  role text not null default 'other' check (role in ('head', 'spouse', 'child', 'parent', 'dependant', 'other')),
  from_on date not null default current_date,
  until_on date,
  version int not null default 1,
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now(),
  constraint household_member_period check (until_on >= from_on),
  foreign key (tenant_id, household_id) references household on delete cascade,
  foreign key (tenant_id, contact_id) references contact on delete cascade
);
-- Whoever belongs to a household does so once at a time.
create unique index household_member_household_id_contact_id on household_member (tenant_id, household_id, contact_id) where until_on is null;
create index household_member_of on household_member (tenant_id, household_id, contact_id);
create index household_member_contact on household_member (tenant_id, contact_id, household_id);
alter table household_member add primary key (tenant_id, id);

create table household_adviser (
  tenant_id uuid not null references tenant on delete cascade,
  id uuid not null default app.uuid_v7(),
  household_id uuid not null,
  user_id uuid,
  team_id uuid,
  role text not null default 'secondary' check (role in ('primary', 'secondary', 'grant')),
  from_on date not null default current_date,
  until_on date,
  reason text check (length(reason) <= 300),
  version int not null default 1,
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now(),
  constraint household_adviser_period check (until_on >= from_on),
  check (num_nonnulls(user_id, team_id) = 1),
  foreign key (tenant_id, household_id) references household on delete cascade,
  foreign key (tenant_id, user_id) references user_account on delete cascade,
  foreign key (tenant_id, team_id) references team on delete cascade
);
create index household_adviser_of on household_adviser (tenant_id, household_id, role);
create index household_adviser_user on household_adviser (tenant_id, user_id, household_id) where user_id is not null;
create index household_adviser_team on household_adviser (tenant_id, team_id, household_id) where team_id is not null;
alter table household_adviser add primary key (tenant_id, id);

-- The people behind the advisers: by themselves, or as members of a team.
create view household_adviser_person with (security_invoker = true) as
  select a.tenant_id, a.household_id, a.user_id, a.from_on, a.until_on from household_adviser a where a.user_id is not null
  union all
  select a.tenant_id, a.household_id, m.user_id, a.from_on, a.until_on
  from household_adviser a join team_member m on m.tenant_id = a.tenant_id and m.team_id = a.team_id;
grant select on household_adviser_person to holdfast_app, holdfast_system;

do $$ declare tab text; begin
  foreach tab in array array['household', 'household_member', 'household_adviser'] loop
    execute format('alter table %I enable row level security', tab);
    execute format('alter table %I force row level security', tab);
    execute format('grant select, insert, update, delete on %I to holdfast_app, holdfast_system', tab);
  end loop;
end $$;

-- locks role: a workspace has a few
-- Advisers reach the contacts that are members of their households, also in workspaces that there are.
set local role holdfast_system;
update role set rights = rights || '{"contact": {"read": "household+own", "create": "own", "update": "household+own", "delete": "own"}}'
where preset and key in ('advisor', 'assistant') and rights -> 'contact' = '{"read": "own", "create": "own", "update": "own", "delete": "own"}';
reset role;
