-- Dashboards, their tiles, and dashboards that are sent by e-mail.

-- ---------------------------------------------------------------------------------------------------------------------
-- dashboard

-- One's own dashboards and shared ones; the program itself reads all of them, for an export of the workspace.
drop policy if exists read on dashboard;
create policy read on dashboard for select to holdfast_app
  using (tenant_id = (select app.tenant_id())
    and ((select app.is_system()) or owner_id = (select app.user_id()) or (shared and (select app.scope('dashboard', 'read')) <> 'none')));
drop policy if exists append on dashboard;
create policy append on dashboard for insert to holdfast_app
  with check (tenant_id = (select app.tenant_id())
    and ((select app.full_scope('dashboard', 'create')) = 'all' or owner_id = any ((select app.scope_owners('dashboard', 'create'))::uuid[])));
drop policy if exists change on dashboard;
create policy change on dashboard for update to holdfast_app
  using (tenant_id = (select app.tenant_id())
    and (
      (select app.full_scope('dashboard', 'update')) = 'all' or owner_id = any ((select app.scope_owners('dashboard', 'update'))::uuid[])
      or (select app.full_scope('dashboard', 'delete')) = 'all' or owner_id = any ((select app.scope_owners('dashboard', 'delete'))::uuid[])))
  with check (tenant_id = (select app.tenant_id()));
drop policy if exists remove on dashboard;
create policy remove on dashboard for delete to holdfast_app
  using (tenant_id = (select app.tenant_id())
    and ((select app.full_scope('dashboard', 'delete')) = 'all' or owner_id = any ((select app.scope_owners('dashboard', 'delete'))::uuid[])));
drop policy if exists system on dashboard;
create policy system on dashboard to holdfast_system using (true) with check (true);
create or replace trigger audit_insert after insert on dashboard referencing new table as new_rows
  for each statement execute function app.record_change('dashboard', '{tenant_id,version,updated_at}', '{}', '{}');
create or replace trigger audit_update after update on dashboard referencing old table as old_rows new table as new_rows
  for each statement execute function app.record_change('dashboard', '{tenant_id,version,updated_at}', '{}', '{}');
create or replace trigger audit_delete after delete on dashboard referencing old table as old_rows
  for each statement execute function app.record_change('dashboard', '{tenant_id,version,updated_at}', '{}', '{}');
create or replace trigger touch before update on dashboard for each row execute function app.touch();

-- ---------------------------------------------------------------------------------------------------------------------
-- dashboard_tile

-- Tiles are visible with their dashboard, and can be changed by whoever may change it.
drop policy if exists read on dashboard_tile;
create policy read on dashboard_tile for select to holdfast_app
  using (tenant_id = (select app.tenant_id()) and (select app.some_scope('dashboard', 'read')) <> 'none'
    and exists (select from dashboard d where d.tenant_id = dashboard_tile.tenant_id and d.id = dashboard_tile.dashboard_id));
drop policy if exists append on dashboard_tile;
create policy append on dashboard_tile for insert to holdfast_app
  with check (tenant_id = (select app.tenant_id())
    and exists (
      select from dashboard d where d.tenant_id = dashboard_tile.tenant_id and d.id = dashboard_tile.dashboard_id
      and (
        (select app.full_scope('dashboard', 'update')) = 'all'
        or d.owner_id = any ((select app.scope_owners('dashboard', 'update'))::uuid[]))));
drop policy if exists change on dashboard_tile;
create policy change on dashboard_tile for update to holdfast_app
  using (tenant_id = (select app.tenant_id())
    and exists (
      select from dashboard d where d.tenant_id = dashboard_tile.tenant_id and d.id = dashboard_tile.dashboard_id
      and (
        (select app.full_scope('dashboard', 'update')) = 'all'
        or d.owner_id = any ((select app.scope_owners('dashboard', 'update'))::uuid[]))))
  with check (tenant_id = (select app.tenant_id())
    and exists (
      select from dashboard d where d.tenant_id = dashboard_tile.tenant_id and d.id = dashboard_tile.dashboard_id
      and (
        (select app.full_scope('dashboard', 'update')) = 'all'
        or d.owner_id = any ((select app.scope_owners('dashboard', 'update'))::uuid[]))));
drop policy if exists remove on dashboard_tile;
create policy remove on dashboard_tile for delete to holdfast_app
  using (tenant_id = (select app.tenant_id())
    and exists (
      select from dashboard d where d.tenant_id = dashboard_tile.tenant_id and d.id = dashboard_tile.dashboard_id
      and (
        (select app.full_scope('dashboard', 'update')) = 'all'
        or d.owner_id = any ((select app.scope_owners('dashboard', 'update'))::uuid[]))));
drop policy if exists system on dashboard_tile;
create policy system on dashboard_tile to holdfast_system using (true) with check (true);
create or replace trigger audit_insert after insert on dashboard_tile referencing new table as new_rows
  for each statement execute function app.record_change('dashboard_tile', '{tenant_id,version,updated_at}', '{}', '{}');
create or replace trigger audit_update after update on dashboard_tile referencing old table as old_rows new table as new_rows
  for each statement execute function app.record_change('dashboard_tile', '{tenant_id,version,updated_at}', '{}', '{}');
create or replace trigger audit_delete after delete on dashboard_tile referencing old table as old_rows
  for each statement execute function app.record_change('dashboard_tile', '{tenant_id,version,updated_at}', '{}', '{}');
create or replace trigger touch before update on dashboard_tile for each row execute function app.touch();

-- ---------------------------------------------------------------------------------------------------------------------
-- dashboard_mailing

-- The recipient sees the mailing too, and may end it.
drop policy if exists read on dashboard_mailing;
create policy read on dashboard_mailing for select to holdfast_app
  using (tenant_id = (select app.tenant_id())
    and (
      recipient_id = (select app.user_id()) or (select app.full_scope('dashboard', 'update')) = 'all'
      or owner_id = any ((select app.scope_owners('dashboard', 'update'))::uuid[])));
drop policy if exists append on dashboard_mailing;
create policy append on dashboard_mailing for insert to holdfast_app
  with check (tenant_id = (select app.tenant_id())
    and ((select app.full_scope('dashboard', 'create')) = 'all' or owner_id = any ((select app.scope_owners('dashboard', 'create'))::uuid[])));
drop policy if exists change on dashboard_mailing;
create policy change on dashboard_mailing for update to holdfast_app
  using (tenant_id = (select app.tenant_id())
    and (
      (select app.full_scope('dashboard', 'update')) = 'all' or owner_id = any ((select app.scope_owners('dashboard', 'update'))::uuid[])
      or (select app.full_scope('dashboard', 'delete')) = 'all' or owner_id = any ((select app.scope_owners('dashboard', 'delete'))::uuid[])))
  with check (tenant_id = (select app.tenant_id()));
drop policy if exists remove on dashboard_mailing;
create policy remove on dashboard_mailing for delete to holdfast_app
  using (tenant_id = (select app.tenant_id())
    and (
      recipient_id = (select app.user_id()) or (select app.full_scope('dashboard', 'delete')) = 'all'
      or owner_id = any ((select app.scope_owners('dashboard', 'delete'))::uuid[])));
drop policy if exists system on dashboard_mailing;
create policy system on dashboard_mailing to holdfast_system using (true) with check (true);
create or replace trigger audit_insert after insert on dashboard_mailing referencing new table as new_rows
  for each statement execute function app.record_change('dashboard_mailing', '{next_at,tenant_id,version,updated_at}', '{}', '{}');
create or replace trigger audit_update after update on dashboard_mailing referencing old table as old_rows new table as new_rows
  for each statement execute function app.record_change('dashboard_mailing', '{next_at,tenant_id,version,updated_at}', '{}', '{}');
create or replace trigger audit_delete after delete on dashboard_mailing referencing old table as old_rows
  for each statement execute function app.record_change('dashboard_mailing', '{next_at,tenant_id,version,updated_at}', '{}', '{}');
create or replace trigger touch before update on dashboard_mailing for each row execute function app.touch();
