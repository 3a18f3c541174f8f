-- Saved views.

-- ---------------------------------------------------------------------------------------------------------------------
-- saved_view

create or replace trigger audit_insert after insert on saved_view referencing new table as new_rows
  for each statement execute function app.record_change('saved_view', '{tenant_id,version,updated_at}', '{}', '{}');
create or replace trigger audit_update after update on saved_view referencing old table as old_rows new table as new_rows
  for each statement execute function app.record_change('saved_view', '{tenant_id,version,updated_at}', '{}', '{}');
create or replace trigger audit_delete after delete on saved_view referencing old table as old_rows
  for each statement execute function app.record_change('saved_view', '{tenant_id,version,updated_at}', '{}', '{}');
create or replace trigger touch before update on saved_view for each row execute function app.touch();
