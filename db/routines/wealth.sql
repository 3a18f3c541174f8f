-- Households and what belongs to them.

set local role holdfast_system;

-- Keeps the row of the primary adviser, who is the owner of the household: the former one's ended yesterday, so that they reach nothing from this moment
-- on. Whoever comes back before a day has passed was never away.
create or replace function app.keep_primary_adviser() returns trigger language plpgsql security definer
  set search_path = pg_catalog, public, app, pg_temp as $$
declare today constant date := app.today();
begin
  delete from household_adviser a where a.tenant_id = new.tenant_id and a.household_id = new.id and a.role = 'primary'
    and a.until_on is null and a.from_on >= today and a.user_id is distinct from new.owner_id;
  update household_adviser a set until_on = today - 1 where a.tenant_id = new.tenant_id and a.household_id = new.id and a.role = 'primary'
    and a.until_on is null and a.user_id is distinct from new.owner_id;
  if new.owner_id is null then return null; end if;
  update household_adviser a set until_on = null where a.tenant_id = new.tenant_id and a.household_id = new.id and a.role = 'primary'
    and a.user_id = new.owner_id and a.until_on = today - 1;
  insert into household_adviser (tenant_id, household_id, user_id, role, from_on)
  select new.tenant_id, new.id, new.owner_id, 'primary', today where not exists (
    select from household_adviser a where a.tenant_id = new.tenant_id and a.household_id = new.id and a.role = 'primary' and a.until_on is null);
  return null;
end $$;
revoke all on function app.keep_primary_adviser() from public;
grant execute on function app.keep_primary_adviser() to session_user;

reset role;

create or replace trigger keep_primary_adviser_insert after insert on household for each row execute function app.keep_primary_adviser();
create or replace trigger keep_primary_adviser_update after update of owner_id on household for each row
  when (old.owner_id is distinct from new.owner_id) execute function app.keep_primary_adviser();
