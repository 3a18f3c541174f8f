-- What an adviser works through: goals, suitability and reviews of households, and checks of identity that are due.
-- docs/decisions/0252-an-advisers-day.md
alter table household add column last_review_on date;

create table goal (
  tenant_id uuid not null references tenant on delete cascade,
  id uuid not null default app.uuid_v7(),
  household_id uuid not null,
  name text collate "und-x-icu" not null check (length(name) between 1 and 200),
  target_amount bigint not null check (target_amount > 0),
  currency char(3) not null default 'USD' check (currency ~ '^[A-Z]{3}$'),
  target_on date,
  remark text check (length(remark) <= 500),
  version int not null default 1,
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now(),
  foreign key (tenant_id, household_id) references household on delete cascade
);
create index goal_household on goal (tenant_id, household_id, target_on, id);
alter table goal add primary key (tenant_id, id);

-- Which part of an account serves a goal. app.check_goal_shares: no more than the whole of it serves all goals together.
create table goal_account (
  tenant_id uuid not null references tenant on delete cascade,
  id uuid not null default app.uuid_v7(),
  goal_id uuid not null,
  account_id uuid not null,
  share_numerator int not null default 1 check (share_numerator between 1 and 1000000000),
  share_denominator int not null default 1 check (share_denominator between 1 and 1000000000),
  version int not null default 1,
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now(),
  constraint goal_account_share_numerator_check1 check (share_numerator <= share_denominator),
  foreign key (tenant_id, goal_id) references goal on delete cascade,
  foreign key (tenant_id, account_id) references financial_account on delete cascade
);
create unique index goal_account_goal_id_account_id on goal_account (tenant_id, goal_id, account_id);
create index goal_account_account on goal_account (tenant_id, account_id);
alter table goal_account add primary key (tenant_id, id);

-- What suits a household, or one of its people. The one that was reviewed last counts; the others say what was thought before.
create table suitability_profile (
  tenant_id uuid not null references tenant on delete cascade,
  id uuid not null default app.uuid_v7(),
  household_id uuid not null,
  contact_id uuid,
  objective text not null default 'balanced' check (objective in ('preservation', 'income', 'balanced', 'growth', 'speculation')),
  horizon_years int check (horizon_years between 0 and 60),
  risk_tolerance text check (risk_tolerance in ('low', 'medium', 'high')),
  risk_capacity text check (risk_capacity in ('low', 'medium', 'high')),
  liquidity_needs text check (liquidity_needs in ('low', 'medium', 'high')),
  experience text check (experience in ('none', 'limited', 'good', 'extensive')),
  reviewed_on date not null default current_date,
  remark text check (length(remark) <= 500),
  version int not null default 1,
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now(),
  foreign key (tenant_id, household_id) references household on delete cascade,
  foreign key (tenant_id, contact_id) references contact on delete cascade
);
create index suitability_profile_household on suitability_profile (tenant_id, household_id, reviewed_on, id);
create index suitability_profile_contact on suitability_profile (tenant_id, contact_id) where contact_id is not null;
alter table suitability_profile add primary key (tenant_id, id);

-- That a household was reviewed.
create table client_review (
  tenant_id uuid not null references tenant on delete cascade,
  id uuid not null default app.uuid_v7(),
  household_id uuid not null,
  held_on date not null default current_date,
  note text check (length(note) <= 5000),
  author_id uuid,
  version int not null default 1,
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now(),
  foreign key (tenant_id, household_id) references household on delete cascade,
  foreign key (tenant_id, author_id) references user_account on delete set null (author_id)
);
create index client_review_household on client_review (tenant_id, household_id, held_on, id);
create index client_review_author on client_review (tenant_id, author_id) where author_id is not null;
alter table client_review add primary key (tenant_id, id);

do $$ declare tab text; begin
  foreach tab in array array['goal', 'goal_account', 'suitability_profile', 'client_review'] loop
    execute format('alter table %I enable row level security', tab);
    execute format('alter table %I force row level security', tab);
    execute format('grant select, insert, update, delete on %I to holdfast_app, holdfast_system', tab);
  end loop;
end $$;
