-- Differences between custodians and transactions that somebody accepted. docs/decisions/0269-breaks-are-computed.md
create table accepted_break (
  tenant_id uuid not null references tenant on delete cascade,
  id uuid not null default app.uuid_v7(),
  account_id uuid not null,
  day date not null,
  security_id uuid,
  currency char(3) not null default 'USD' check (currency ~ '^[A-Z]{3}$'),
  difference numeric(18, 8) not null check (difference <> 0),
  note text not null check (length(note) between 1 and 500),
  version int not null default 1,
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now(),
  foreign key (tenant_id, account_id) references financial_account on delete cascade,
  foreign key (tenant_id, security_id) references financial_security on delete cascade
);
create index accepted_break_account on accepted_break (tenant_id, account_id, created_at, id);
create index accepted_break_security on accepted_break (tenant_id, security_id) where security_id is not null;
alter table accepted_break add primary key (tenant_id, id);
alter table accepted_break enable row level security;
alter table accepted_break force row level security;
grant select, insert, update, delete on accepted_break to holdfast_app, holdfast_system;
