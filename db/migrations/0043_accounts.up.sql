-- Custodians, accounts and their owners, securities with prices, positions and transactions. docs/decisions/0259-values-from-transactions.md
create table custodian (
  tenant_id uuid not null references tenant on delete cascade,
  id uuid not null default app.uuid_v7(),
  external_id text check (length(external_id) between 1 and 200),
  name text collate "und-x-icu" not null check (length(name) between 1 and 200),
  website text check (length(website) <= 2000),
  phone text check (length(phone) <= 50),
  custom jsonb not null default '{}' check (jsonb_typeof(custom) = 'object'),
  import_id uuid,
  version int not null default 1,
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now(),
  unique (tenant_id, name)
);
create unique index custodian_external_id on custodian (tenant_id, external_id) where external_id is not null;
create index custodian_changed on custodian (tenant_id, updated_at, id);
create index custodian_import on custodian (tenant_id, import_id) where import_id is not null;
alter table custodian add primary key (tenant_id, id);

create table financial_security (
  tenant_id uuid not null references tenant on delete cascade,
  id uuid not null default app.uuid_v7(),
  external_id text check (length(external_id) between 1 and 200),
  name text collate "und-x-icu" not null check (length(name) between 1 and 200),
  asset_class text not null default 'other' check (asset_class in ('cash', 'equity', 'fixed_income', 'multi_asset', 'real_estate', 'commodity',
    'alternative', 'crypto', 'other')),
  ticker text check (ticker ~ '^[0-9A-Z][0-9A-Z./:^=-]{0,19}$'),
  isin text constraint financial_security_isin_check check (app.isin_fits(isin)),
  cusip text constraint financial_security_cusip_check check (app.cusip_fits(cusip)),
  sedol text constraint financial_security_sedol_check check (app.sedol_fits(sedol)),
  figi text constraint financial_security_figi_check check (app.figi_fits(figi)),
  currency char(3) not null default 'USD' check (currency ~ '^[A-Z]{3}$'),
  -- A price is that of so many units: 100 where it is in per cent of the nominal.
  price_units int not null default 1 check (price_units between 1 and 1000000),
  -- After so many days a price is stale.
  price_days int not null default 7 check (price_days between 1 and 400),
  custom jsonb not null default '{}' check (jsonb_typeof(custom) = 'object'),
  import_id uuid,
  version int not null default 1,
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now()
);
create unique index financial_security_external_id on financial_security (tenant_id, external_id) where external_id is not null;
create unique index financial_security_isin on financial_security (tenant_id, isin, currency) where isin is not null;
create unique index financial_security_figi on financial_security (tenant_id, figi) where figi is not null;
create index financial_security_cusip on financial_security (tenant_id, cusip) where cusip is not null;
create index financial_security_sedol on financial_security (tenant_id, sedol) where sedol is not null;
create index financial_security_ticker on financial_security (tenant_id, ticker) where ticker is not null;
create index financial_security_name on financial_security (tenant_id, name, id);
create index financial_security_changed on financial_security (tenant_id, updated_at, id);
create index financial_security_import on financial_security (tenant_id, import_id) where import_id is not null;
alter table financial_security add primary key (tenant_id, id);

create table price (
  tenant_id uuid not null references tenant on delete cascade,
  id uuid not null default app.uuid_v7(),
  security_id uuid not null,
  day date not null,
  price numeric(18, 8) not null check (price >= 0),
  source text check (length(source) between 1 and 100),
  version int not null default 1,
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now(),
  foreign key (tenant_id, security_id) references financial_security on delete cascade
);
-- Also what values are made of, read in its order from the index alone.
create unique index price_day on price (tenant_id, security_id, day) include (price);
alter table price add primary key (tenant_id, id);

create table exchange_rate (
  tenant_id uuid not null references tenant on delete cascade,
  id uuid not null default app.uuid_v7(),
  currency char(3) not null check (currency ~ '^[A-Z]{3}$'),
  in_currency char(3) not null check (in_currency ~ '^[A-Z]{3}$'),
  day date not null,
  rate numeric(18, 10) not null check (rate > 0),
  source text check (length(source) between 1 and 100),
  version int not null default 1,
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now(),
  constraint exchange_rate_in_currency_check1 check (currency <> in_currency)
);
create unique index exchange_rate_day on exchange_rate (tenant_id, currency, in_currency, day) include (rate);
alter table exchange_rate add primary key (tenant_id, id);

create table financial_account (
  tenant_id uuid not null references tenant on delete cascade,
  id uuid not null default app.uuid_v7(),
  external_id text check (length(external_id) between 1 and 200),
  name text collate "und-x-icu" not null check (length(name) between 1 and 200),
  household_id uuid not null,
  custodian_id uuid,
  account_number bytea check (octet_length(account_number) between 62 and 221),
  account_number_index bytea generated always as (substring(account_number from 30 for 16)) stored,
  registration text not null default 'individual' check (registration in ('individual', 'joint_survivorship', 'joint_common', 'community_property',
    'by_entirety', 'trust', 'entity', 'traditional_ira', 'roth_ira', 'sep_ira', 'inherited_ira', 'employer_plan', 'custodial', 'education', 'estate', 'other')),
  kind text not null default 'managed' check (kind in ('managed', 'held_away', 'liability')),
  currency char(3) not null default 'USD' check (currency ~ '^[A-Z]{3}$'),
  benchmark_id uuid,
  opened_on date,
  closed_on date,
  custom jsonb not null default '{}' check (jsonb_typeof(custom) = 'object'),
  import_id uuid,
  version int not null default 1,
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now(),
  deleted_at timestamptz(3),
  search_text text generated always as (app.searchable(name)) stored,
  check (closed_on >= opened_on),
  foreign key (tenant_id, household_id) references household on delete cascade,
  foreign key (tenant_id, custodian_id) references custodian,
  foreign key (tenant_id, benchmark_id) references financial_security on delete set null (benchmark_id)
);
create unique index financial_account_external_id on financial_account (tenant_id, external_id) where external_id is not null;
create index financial_account_name on financial_account (tenant_id, name, id);
create index financial_account_changed on financial_account (tenant_id, updated_at, id);
create index financial_account_household on financial_account (tenant_id, household_id, name, id);
create index financial_account_custodian on financial_account (tenant_id, custodian_id) where custodian_id is not null;
create index financial_account_number on financial_account (tenant_id, account_number_index) where account_number_index is not null;
create index financial_account_benchmark on financial_account (tenant_id, benchmark_id) where benchmark_id is not null;
create index financial_account_import on financial_account (tenant_id, import_id) where import_id is not null;
create index financial_account_trash on financial_account (tenant_id, deleted_at, id) where deleted_at is not null;
create index financial_account_folded on financial_account (tenant_id, left(search_text, 40) text_pattern_ops, household_id);
create index financial_account_search on financial_account using gin ((tenant_id::text), household_id, search_text gin_trgm_ops);
alter table financial_account add primary key (tenant_id, id) include (household_id, name);

create table account_owner (
  tenant_id uuid not null references tenant on delete cascade,
  id uuid not null default app.uuid_v7(),
  account_id uuid not null,
  contact_id uuid,
  legal_entity_id uuid,
  role text not null default 'owner' check (role in ('owner', 'primary_beneficiary', 'contingent_beneficiary')),
  share_numerator int check (share_numerator > 0),
  share_denominator int,
  from_on date not null default current_date,
  until_on date,
  version int not null default 1,
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now(),
  constraint account_owner_period check (until_on >= from_on),
  constraint account_owner_contact_id_check1 check (num_nonnulls(contact_id, legal_entity_id) = 1),
  check (num_nonnulls(share_numerator, share_denominator) <> 1),
  constraint account_owner_share_numerator_check1 check (share_numerator <= share_denominator),
  foreign key (tenant_id, account_id) references financial_account on delete cascade,
  foreign key (tenant_id, contact_id) references contact on delete cascade,
  foreign key (tenant_id, legal_entity_id) references legal_entity on delete cascade
);
create index account_owner_account on account_owner (tenant_id, account_id, created_at, id);
create index account_owner_contact on account_owner (tenant_id, contact_id) where contact_id is not null;
create index account_owner_entity on account_owner (tenant_id, legal_entity_id) where legal_entity_id is not null;
alter table account_owner add primary key (tenant_id, id);

-- What a custodian reports at the end of a day. Without a security: cash.
create table account_position (
  tenant_id uuid not null references tenant on delete cascade,
  id uuid not null default app.uuid_v7(),
  account_id uuid not null,
  day date not null,
  security_id uuid,
  currency char(3) not null default 'USD' check (currency ~ '^[A-Z]{3}$'),
  quantity numeric(18, 8) not null,
  price numeric(18, 8),
  value numeric(18, 6),
  cost numeric(18, 6),
  import_id uuid,
  version int not null default 1,
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now(),
  foreign key (tenant_id, account_id) references financial_account on delete cascade,
  foreign key (tenant_id, security_id) references financial_security
);
create unique index account_position_day on account_position (tenant_id, account_id, day, security_id, currency) nulls not distinct;
create index account_position_security on account_position (tenant_id, security_id) where security_id is not null;
create index account_position_import on account_position (tenant_id, import_id) where import_id is not null;
alter table account_position add primary key (tenant_id, id);

-- Append-only. Positive quantities and amounts are more in the account, negative ones less.
create table account_transaction (
  tenant_id uuid not null references tenant on delete cascade,
  id uuid not null default app.uuid_v7(),
  account_id uuid not null,
  traded_on date not null,
  settled_on date,
  kind text not null default 'other' check (kind in ('buy', 'sell', 'dividend', 'interest', 'capital_gain', 'reinvestment', 'fee', 'tax', 'deposit',
    'withdrawal', 'transfer_in', 'transfer_out', 'split', 'merger', 'spin_off', 'return_of_capital', 'exchange', 'correction', 'other')),
  security_id uuid,
  quantity numeric(18, 8),
  price numeric(18, 8),
  amount numeric(18, 6),
  currency char(3) not null default 'USD' check (currency ~ '^[A-Z]{3}$'),
  fees numeric(18, 6),
  taxes numeric(18, 6),
  cost numeric(18, 6),
  counter_account_id uuid,
  description text check (length(description) <= 500),
  external_id text check (length(external_id) between 1 and 200),
  occurrence int not null default 1 check (occurrence between 1 and 100000),
  reverses_id uuid,
  import_id uuid,
  version int not null default 1,
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now(),
  constraint account_transaction_security_id_check1 check (quantity is null or security_id is not null),
  constraint account_transaction_amount_check1 check (num_nonnulls(quantity, amount) > 0),
  -- What reverses another says its opposite.
  constraint account_transaction_kind_check1 check (reverses_id is not null or case kind
    when 'buy' then coalesce(quantity > 0, false) and coalesce(amount <= 0, true)
    when 'reinvestment' then coalesce(quantity > 0, false) and coalesce(amount <= 0, true)
    when 'sell' then coalesce(quantity < 0, false) and coalesce(amount >= 0, true)
    when 'deposit' then coalesce(amount > 0, false) and quantity is null
    when 'withdrawal' then coalesce(amount < 0, false) and quantity is null
    when 'transfer_in' then coalesce(quantity >= 0, true) and coalesce(amount >= 0, true)
    when 'transfer_out' then coalesce(quantity <= 0, true) and coalesce(amount <= 0, true)
    when 'split' then coalesce(quantity <> 0, false) and coalesce(amount = 0, true)
    when 'spin_off' then coalesce(quantity > 0, false)
    when 'merger' then security_id is not null
    when 'fee' then quantity is null
    when 'tax' then quantity is null
    when 'exchange' then quantity is null
    else true end),
  constraint account_transaction_counter_account_id_check1 check (counter_account_id <> account_id),
  foreign key (tenant_id, account_id) references financial_account,
  foreign key (tenant_id, counter_account_id) references financial_account,
  foreign key (tenant_id, security_id) references financial_security,
  constraint account_transaction_reverses_id unique (tenant_id, reverses_id)
);
-- A row of a custodian's file is one transaction, however often it is imported; two equal rows of one file are its first and its second occurrence.
create unique index account_transaction_external_id on account_transaction (tenant_id, account_id, external_id, occurrence)
  where external_id is not null and reverses_id is null;
create index account_transaction_account on account_transaction (tenant_id, account_id, traded_on, id);
create index account_transaction_security on account_transaction (tenant_id, security_id, account_id) where security_id is not null;
create index account_transaction_counter on account_transaction (tenant_id, counter_account_id) where counter_account_id is not null;
create index account_transaction_import on account_transaction (tenant_id, import_id) where import_id is not null;
alter table account_transaction add primary key (tenant_id, id);
alter table account_transaction add foreign key (tenant_id, reverses_id) references account_transaction;

do $$ declare tab text; begin
  foreach tab in array array['custodian', 'financial_security', 'price', 'exchange_rate', 'financial_account', 'account_owner', 'account_position', 'account_transaction'] loop
    execute format('alter table %I enable row level security', tab);
    execute format('alter table %I force row level security', tab);
    execute format('grant %s on %I to holdfast_app, holdfast_system',
      case tab when 'account_transaction' then 'select, insert' else 'select, insert, update, delete' end, tab);
  end loop;
end $$;
-- With their whole workspace they go.
grant delete on account_transaction to holdfast_system;
