-- Saved views.

-- ---------------------------------------------------------------------------------------------------------------------
-- As holdfast_system

set local role holdfast_system;

-- Views that somebody shared are everybody's or a team's, so they do not go with the account: they are from now on of whoever deletes it.
-- One whose name that person has given already says whose it was.
create or replace function app.hand_on_views() returns trigger language plpgsql security definer
  set search_path = pg_catalog, public, app, pg_temp as $$
declare heir constant uuid := (select u.id from user_account u where u.tenant_id = old.tenant_id and u.id = app.user_id()
  and u.id <> old.id);
begin
  -- A workspace that is deleted leaves nothing to anybody.
  if heir is null or not exists (select from tenant t where t.id = old.tenant_id) then return old; end if;
  update saved_view v set owner_id = heir, name = case when exists (select from saved_view o where o.tenant_id = v.tenant_id
    and o.owner_id = heir and o.resource = v.resource
      and o.name = v.name) then format('%s (%s, %s)', left(v.name, 30), left(old.name, 18), right(v.id::text, 4)) else v.name end
    where v.tenant_id = old.tenant_id and v.owner_id = old.id and (v.shared or v.team_id is not null);
  return old;
end $$;
revoke all on function app.hand_on_views() from public;
grant execute on function app.hand_on_views() to session_user;

reset role;

-- ---------------------------------------------------------------------------------------------------------------------
-- saved_view

create or replace trigger audit_insert after insert on saved_view referencing new table as new_rows
  for each statement execute function app.record_change('saved_view', '{tenant_id,version,updated_at}', '{}', '{}');
create or replace trigger audit_update after update on saved_view referencing old table as old_rows new table as new_rows
  for each statement execute function app.record_change('saved_view', '{tenant_id,version,updated_at}', '{}', '{}');
create or replace trigger audit_delete after delete on saved_view referencing old table as old_rows
  for each statement execute function app.record_change('saved_view', '{tenant_id,version,updated_at}', '{}', '{}');
create or replace trigger touch before update on saved_view for each row execute function app.touch();

-- ---------------------------------------------------------------------------------------------------------------------
-- Triggers on the tables of others

create or replace trigger hand_on_views before delete on user_account for each row execute function app.hand_on_views();
