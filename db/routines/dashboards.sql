-- Dashboards, their tiles, and dashboards that are sent by e-mail.

-- ---------------------------------------------------------------------------------------------------------------------
-- dashboard_tile

create or replace trigger audit_insert after insert on dashboard_tile referencing new table as new_rows
  for each statement execute function app.record_change('dashboard_tile', '{tenant_id,version,updated_at}', '{}', '{}');
create or replace trigger audit_update after update on dashboard_tile referencing old table as old_rows new table as new_rows
  for each statement execute function app.record_change('dashboard_tile', '{tenant_id,version,updated_at}', '{}', '{}');
create or replace trigger audit_delete after delete on dashboard_tile referencing old table as old_rows
  for each statement execute function app.record_change('dashboard_tile', '{tenant_id,version,updated_at}', '{}', '{}');
create or replace trigger touch before update on dashboard_tile for each row execute function app.touch();

-- ---------------------------------------------------------------------------------------------------------------------
-- dashboard_mailing

create or replace trigger audit_insert after insert on dashboard_mailing referencing new table as new_rows
  for each statement execute function app.record_change('dashboard_mailing', '{next_at,tenant_id,version,updated_at}', '{}', '{}');
create or replace trigger audit_update after update on dashboard_mailing referencing old table as old_rows new table as new_rows
  for each statement execute function app.record_change('dashboard_mailing', '{next_at,tenant_id,version,updated_at}', '{}', '{}');
create or replace trigger audit_delete after delete on dashboard_mailing referencing old table as old_rows
  for each statement execute function app.record_change('dashboard_mailing', '{next_at,tenant_id,version,updated_at}', '{}', '{}');
create or replace trigger touch before update on dashboard_mailing for each row execute function app.touch();
