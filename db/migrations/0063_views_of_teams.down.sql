-- The routines of the release before make it again.
drop policy if exists read on saved_view;
alter table saved_view drop column team_id;
