-- What speaks of custom fields that its reader may not see. A scoring rule that asks for one would tell who meets it; it is not shown.
alter policy read on scoring_rule using (tenant_id = (select app.tenant_id()) and (select app.scope('scoring', 'read')) <> 'none'
  and not app.names_hidden(filter::text));

-- Nouns whose records still name others of a merge in a custom field that the caller may not change, or where the caller may not change the record.
create function app.custom_references_left(noun text, others uuid[]) returns text[] language sql stable security definer
  set search_path = pg_catalog, public, app as $$
  select coalesce(array_agg(distinct f.resource), '{}') from custom_field f
  join custom_value v on v.tenant_id = f.tenant_id and v.field_id = f.id
  where f.tenant_id = app.tenant_id() and f.type = noun and v.value = any (others::text[]) and v.record_id <> all (others)
$$;
call app.run_as_system(array['app.custom_references_left(text,uuid[])']::regprocedure[]);
