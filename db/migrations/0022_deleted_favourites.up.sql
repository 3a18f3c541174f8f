-- Favourites of records that were deleted and have no trash, for whoever undoes the deletion. Not audited, as favourites are not.
create table deleted_favourite (
  tenant_id uuid not null references tenant on delete cascade,
  id uuid not null,
  user_id uuid not null,
  resource text not null,
  record_id uuid not null,
  position int not null,
  created_at timestamptz(3) not null,
  deleted_at timestamptz(3) not null default now(),
  foreign key (tenant_id, user_id) references user_account on delete cascade
);
create index deleted_favourite_record on deleted_favourite (tenant_id, record_id);
create index deleted_favourite_user on deleted_favourite (tenant_id, user_id);
alter table deleted_favourite add primary key (tenant_id, id);
alter table deleted_favourite enable row level security;
alter table deleted_favourite force row level security;
grant select, insert, update, delete on deleted_favourite to holdfast_app, holdfast_system;
