-- What currencies were worth, by day, as the workspace keeps it.

create table currency_rate (
  tenant_id uuid not null references tenant on delete cascade,
  id uuid not null default app.uuid_v7(),
  currency char(3) not null check (currency ~ '^[A-Z]{3}$'),
  -- From this day on, until the next one.
  valid_on date not null,
  -- Units of the workspace's currency for one of this.
  rate numeric not null check (rate > 0 and rate < 1e9 and scale(rate) <= 10),
  version int not null default 1,
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now(),
  primary key (tenant_id, id),
  constraint currency_rate_valid_on unique (tenant_id, currency, valid_on)
);
call app.protect('currency_rate', 'product');
call app.audit_changes('currency_rate', 'currency_rate');
call app.touch_on_update('currency_rate');
