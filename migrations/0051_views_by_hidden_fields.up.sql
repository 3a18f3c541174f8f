-- A view whose board, days or groups go by a field that its reader may not see is as little for them as one that is filtered by it.
alter policy read on saved_view using (tenant_id = (select app.tenant_id()) and (owner_id = (select app.user_id())
  or (shared and (select app.scope('saved_view', 'read')) <> 'none'
    and not app.names_hidden(concat(filter::text, ' ', sort, ' ', arrangement::text)))));
