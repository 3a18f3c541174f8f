-- Deals have been in stages that are deleted. Their visits stay, for figures of how deals pass the stages, and for whoever undoes the deletion.
alter table deal_stage_visit drop constraint deal_stage_visit_tenant_id_stage_id_fkey;

-- What figures need of a deleted stage in which deals have been. Not audited: each row follows from the deletion of a stage, which is.
create table deleted_stage (
  tenant_id uuid not null references tenant on delete cascade,
  id uuid not null,
  -- It may be deleted too, and come back.
  pipeline_id uuid not null,
  kind text not null check (kind in ('open', 'won', 'lost')),
  position int not null
);
alter table deleted_stage add primary key (tenant_id, id);
alter table deleted_stage enable row level security;
alter table deleted_stage force row level security;
grant select, update on deleted_stage to holdfast_app;
grant select, insert, update, delete on deleted_stage to holdfast_system;
