-- Saved views.

-- ---------------------------------------------------------------------------------------------------------------------
-- saved_view

-- One's own views and shared ones; the program itself reads all of them, for an export of the workspace. A view that names a field its reader may
-- not see, in its filter, sort, board or groups, is not shown.
drop policy if exists read on saved_view;
create policy read on saved_view for select to holdfast_app
  using (tenant_id = (select app.tenant_id())
    and (
      (select app.is_system()) or owner_id = (select app.user_id())
      or (
        shared and (select app.scope('saved_view', 'read')) <> 'none'
        and not app.names_hidden(concat(filter::text, ' ', sort, ' ', arrangement::text)))));
drop policy if exists append on saved_view;
create policy append on saved_view for insert to holdfast_app
  with check (tenant_id = (select app.tenant_id())
    and ((select app.full_scope('saved_view', 'create')) = 'all' or owner_id = any ((select app.scope_owners('saved_view', 'create'))::uuid[])));
drop policy if exists change on saved_view;
create policy change on saved_view for update to holdfast_app
  using (tenant_id = (select app.tenant_id())
    and (
      (select app.full_scope('saved_view', 'update')) = 'all' or owner_id = any ((select app.scope_owners('saved_view', 'update'))::uuid[])
      or (select app.full_scope('saved_view', 'delete')) = 'all'
      or owner_id = any ((select app.scope_owners('saved_view', 'delete'))::uuid[])))
  with check (tenant_id = (select app.tenant_id()));
drop policy if exists remove on saved_view;
create policy remove on saved_view for delete to holdfast_app
  using (tenant_id = (select app.tenant_id())
    and ((select app.full_scope('saved_view', 'delete')) = 'all' or owner_id = any ((select app.scope_owners('saved_view', 'delete'))::uuid[])));
drop policy if exists system on saved_view;
create policy system on saved_view to holdfast_system using (true) with check (true);
create or replace trigger audit_insert after insert on saved_view referencing new table as new_rows
  for each statement execute function app.record_change('saved_view', '{tenant_id,version,updated_at}', '{}', '{}');
create or replace trigger audit_update after update on saved_view referencing old table as old_rows new table as new_rows
  for each statement execute function app.record_change('saved_view', '{tenant_id,version,updated_at}', '{}', '{}');
create or replace trigger audit_delete after delete on saved_view referencing old table as old_rows
  for each statement execute function app.record_change('saved_view', '{tenant_id,version,updated_at}', '{}', '{}');
create or replace trigger touch before update on saved_view for each row execute function app.touch();
