-- Records that a person keeps at hand. Not audited: they are that person's alone.
create table favourite (
  tenant_id uuid not null references tenant on delete cascade,
  id uuid not null default app.uuid_v7(),
  user_id uuid not null,
  -- The record may be of any type, so triggers stand in for its foreign key (db/routines/favourites.sql).
  resource text not null check (length(resource) between 1 and 60),
  record_id uuid not null,
  position int not null,
  created_at timestamptz(3) not null default now(),
  foreign key (tenant_id, user_id) references user_account on delete cascade,
  unique (tenant_id, record_id, user_id)
) with (autovacuum_analyze_scale_factor = 0.02, autovacuum_analyze_threshold = 200);
create index favourite_user on favourite (tenant_id, user_id);
alter table favourite add primary key (tenant_id, id);
alter table favourite enable row level security;
alter table favourite force row level security;
grant select, insert, update, delete on favourite to holdfast_app, holdfast_system;
