-- Workspaces whose deletion has begun and is not finished. No tenant: the row outlives the workspace's, because some of its rows go after that.
create table tenant_deletion (
  of_tenant uuid not null,
  name text not null check (length(name) between 1 and 63),
  begun_at timestamptz(3) not null default now()
);
alter table tenant_deletion add primary key (of_tenant);
alter table tenant_deletion enable row level security;
alter table tenant_deletion force row level security;
grant select, insert, delete on tenant_deletion to holdfast_system;
