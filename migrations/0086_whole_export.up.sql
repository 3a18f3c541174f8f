-- The program itself reads all of a workspace: an export and its hash left out the private views, dashboards and the mailings of others.
alter policy read on saved_view using (tenant_id = (select app.tenant_id()) and ((select app.is_system()) or owner_id = (select app.user_id())
  or (shared and (select app.scope('saved_view', 'read')) <> 'none'
    and not app.names_hidden(concat(filter::text, ' ', sort, ' ', arrangement::text)))));
-- Tiles are seen with their dashboard.
alter policy read on dashboard using (tenant_id = (select app.tenant_id()) and ((select app.is_system()) or owner_id = (select app.user_id())
  or (shared and (select app.scope('dashboard', 'read')) <> 'none')));
