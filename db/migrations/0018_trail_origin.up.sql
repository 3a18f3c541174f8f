-- Since when a workspace has its audit trail that was made of an exported one, or of a backup, while part of the trail of the original was archived: what
-- happened before is recorded there. No row: its trail is its own from the beginning.
create table trail_origin (
  tenant_id uuid not null references tenant on delete cascade,
  trail_since timestamptz(3) not null
);
alter table trail_origin add primary key (tenant_id);
alter table trail_origin enable row level security;
alter table trail_origin force row level security;
grant select on trail_origin to holdfast_app;
grant select, insert, update, delete on trail_origin to holdfast_system;
