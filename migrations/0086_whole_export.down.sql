alter policy read on dashboard using (tenant_id = (select app.tenant_id())
  and (owner_id = (select app.user_id()) or (shared and (select app.scope('dashboard', 'read')) <> 'none')));
alter policy read on saved_view using (tenant_id = (select app.tenant_id()) and (owner_id = (select app.user_id())
  or (shared and (select app.scope('saved_view', 'read')) <> 'none'
    and not app.names_hidden(concat(filter::text, ' ', sort, ' ', arrangement::text)))));
