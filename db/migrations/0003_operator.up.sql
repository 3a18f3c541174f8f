-- Operators: people who look after the installation. A right of its own, apart from the roles of any workspace.

create table operator (
  tenant_id uuid not null,
  user_id uuid not null,
  granted_at timestamptz(3) not null default now(),
  -- Who granted it: the name of another operator, or the command line.
  granted_by text not null check (length(granted_by) between 1 and 200),
  foreign key (tenant_id, user_id) references user_account on delete cascade
);
alter table operator add primary key (tenant_id, user_id);
alter table operator enable row level security;
alter table operator force row level security;
grant select on operator to holdfast_app;
grant select, insert, delete on operator to holdfast_system;

-- What operators did to the installation, and why. Only ever added to; names instead of references, because it outlives the people.
create table operator_action (
  id uuid not null default app.uuid_v7(),
  at timestamptz(3) not null default now(),
  who text not null check (length(who) between 1 and 500),
  action text not null check (length(action) between 1 and 100),
  target text check (length(target) <= 500),
  reason text not null check (length(reason) between 3 and 1000)
);
alter table operator_action add primary key (id);
alter table operator_action enable row level security;
alter table operator_action force row level security;
grant select, insert on operator_action to holdfast_system;

-- What failed is few among what is finished.
create index job_failed on job (finished_at) where state = 'failed';
