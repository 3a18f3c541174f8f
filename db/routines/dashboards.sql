-- Dashboards, their tiles, and dashboards that are sent by e-mail.

-- ---------------------------------------------------------------------------------------------------------------------
-- As holdfast_system

set local role holdfast_system;

-- Dashboards that somebody shared are everybody's, so they do not go with the account: they are from now on of whoever deletes it. One
-- whose name that person has given already says whose it was.
create or replace function app.hand_on_dashboards() returns trigger language plpgsql security definer
  set search_path = pg_catalog, public, app, pg_temp as $$
declare heir constant uuid := (select u.id from user_account u where u.tenant_id = old.tenant_id and u.id = app.user_id()
  and u.id <> old.id);
begin
  -- A workspace that is deleted leaves nothing to anybody.
  if heir is null or not exists (select from tenant t where t.id = old.tenant_id) then return old; end if;
  update dashboard v set owner_id = heir, name = case when exists (select from dashboard o where o.tenant_id = v.tenant_id
    and o.owner_id = heir
      and o.name = v.name) then format('%s (%s, %s)', left(v.name, 30), left(old.name, 18), right(v.id::text, 4)) else v.name end
    where v.tenant_id = old.tenant_id and v.owner_id = old.id and v.shared;
  return old;
end $$;
revoke all on function app.hand_on_dashboards() from public;
grant execute on function app.hand_on_dashboards() to session_user;

-- The contacts outside the trash, for whoever may read all of them; else null. The policy asks for columns that contact_live has not, so
-- that under it each row of the table is read: five times as long.
create or replace function app.count_all_contacts() returns bigint language plpgsql stable security definer
  set search_path = pg_catalog, public, app, pg_temp as $$
begin
  if app.full_scope('contact', 'read') is null then return null; end if;
  return (select count(*) from contact where tenant_id = app.tenant_id() and deleted_at is null);
end $$;
revoke all on function app.count_all_contacts() from public;
grant execute on function app.count_all_contacts() to holdfast_app;

reset role;

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

-- ---------------------------------------------------------------------------------------------------------------------
-- Triggers on the tables of others

create or replace trigger hand_on_dashboards before delete on user_account for each row execute function app.hand_on_dashboards();
