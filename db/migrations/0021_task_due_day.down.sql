-- Their triggers name the column.
drop function if exists app.derive_due() cascade;
drop function if exists app.derive_reminder() cascade;
drop function if exists app.told_at(date, timestamptz);
drop function if exists app.zone_of(uuid, uuid);
alter table task drop column due_on;
