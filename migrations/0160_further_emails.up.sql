-- Contacts of the caller's tenant that have one of these addresses among their further ones; `keys` in small letters. Answers ids alone, which the
-- list that asks compares with the contacts its reader may read.
set local role holdfast_system;
create function app.contacts_with_further_email(keys text[]) returns setof uuid language plpgsql stable security definer rows 1
  set search_path = pg_catalog, public, app, pg_temp
  set enable_seqscan = off set jit = off set max_parallel_workers_per_gather = 0 as $$
begin
  return query select c.id from contact c
    where c.tenant_id = (select app.tenant_id()) and app.label_keys(c.other_emails) && keys and c.other_emails <> '[]';
end $$;
reset role;
