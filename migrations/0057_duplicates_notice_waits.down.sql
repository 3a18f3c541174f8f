-- By its owner.
set local role holdfast_system;
create or replace function app.leave_duplicates_notice() returns trigger language plpgsql security definer set search_path = pg_catalog, public, app as $$
begin
  if not app.restores_archive() then
    insert into job (tenant_id, kind, payload, dedupe_key)
    select distinct n.tenant_id, 'notification.duplicates', '{}'::jsonb, 'all' from new_rows n
    on conflict (tenant_id, kind, dedupe_key) where dedupe_key is not null and state in ('scheduled', 'ready') do nothing;
  end if;
  return null;
end $$;
reset role;
