-- A saved view may be shared with a team. Once the team is deleted the view is again its owner's alone.
--
-- locks saved_view: a person has a few
alter table saved_view add column team_id uuid;
create index saved_view_team on saved_view (tenant_id, team_id) where team_id is not null;
alter table saved_view add constraint saved_view_team_fkey foreign key (tenant_id, team_id) references team
  on delete set null (team_id) not valid;
