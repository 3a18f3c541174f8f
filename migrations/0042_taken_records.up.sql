-- Of changes of records that the caller may not read, those by which they were taken from the caller: until then one of those counted as its owner
-- whose records the caller reads. Open pages are told of these, and of nothing that happens to the record afterwards.
create function app.taken_away(noun text, records uuid[], xids text[]) returns table (record_id uuid, xid text) language sql stable security definer
  set search_path = pg_catalog, public, app as $$
  select distinct e.record_id, e.xid::text from audit_event e
  where e.tenant_id = app.tenant_id() and e.record_id = any (records) and e.resource = noun and e.xid::text = any (xids) and e.action = 'update'
    and e.at > now() - interval '2 days' and e.at <= now()
    and coalesce(e.before ->> 'owner_id', e.before ->> 'assignee_id')::uuid = any (app.scope_owners(noun, 'read'))
$$;
call app.run_as_system(array['app.taken_away(text,uuid[],text[])']::regprocedure[]);
