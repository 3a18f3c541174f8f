-- Made from the record types that can be favourites by "npm run generate".

-- ---------------------------------------------------------------------------------------------------------------------
-- As holdfast_system

set local role holdfast_system;

-- In place of a foreign key: the record is there, and stays until this transaction ends.
create or replace function app.hold_favourite() returns trigger language plpgsql security definer
  set search_path = pg_catalog, public, app, pg_temp as $$
begin
  -- An archive may have the record further on.
  if app.restores_archive() then return new; end if;
  case new.resource
    when 'contact' then perform from contact r where r.tenant_id = new.tenant_id and r.id = new.record_id for key share;
    when 'company' then perform from company r where r.tenant_id = new.tenant_id and r.id = new.record_id for key share;
    when 'task' then perform from task r where r.tenant_id = new.tenant_id and r.id = new.record_id for key share;
    when 'deal' then perform from deal r where r.tenant_id = new.tenant_id and r.id = new.record_id for key share;
    when 'product' then perform from product r where r.tenant_id = new.tenant_id and r.id = new.record_id for key share;
    when 'household' then perform from household r where r.tenant_id = new.tenant_id and r.id = new.record_id for key share;
    when 'legal_entity' then perform from legal_entity r where r.tenant_id = new.tenant_id and r.id = new.record_id for key share;
    when 'financial_security' then perform from financial_security r where r.tenant_id = new.tenant_id and r.id = new.record_id for key share;
    when 'custodian' then perform from custodian r where r.tenant_id = new.tenant_id and r.id = new.record_id for key share;
    when 'financial_account' then perform from financial_account r where r.tenant_id = new.tenant_id and r.id = new.record_id for key share;
    when 'dashboard' then perform from dashboard r where r.tenant_id = new.tenant_id and r.id = new.record_id for key share;
    when 'saved_view' then perform from saved_view r where r.tenant_id = new.tenant_id and r.id = new.record_id for key share;
  end case;
  if not found then raise foreign_key_violation using message = format('there is no %s %s', new.resource, new.record_id); end if;
  return new;
end $$;
revoke all on function app.hold_favourite() from public;
grant execute on function app.hold_favourite() to session_user;

-- A record that is gone for good is nobody's favourite.
create or replace function app.forget_favourites() returns trigger language plpgsql security definer
  set search_path = pg_catalog, public, app, pg_temp as $$
begin
  delete from favourite f using gone g where f.tenant_id = g.tenant_id and f.record_id = g.id;
  return null;
end $$;
revoke all on function app.forget_favourites() from public;
grant execute on function app.forget_favourites() to session_user;

-- Of a type without a trash, an undo puts the record in again, and then it is a favourite as before. The deletion rule deleted_favourites deletes what
-- nobody can undo any more.
create or replace function app.keep_deleted_favourites() returns trigger language plpgsql security definer
  set search_path = pg_catalog, public, app, pg_temp as $$
declare
  people uuid[];
begin
  if app.restores_archive() then return null; end if;
  if tg_op = 'INSERT' then
    with back as (delete from deleted_favourite d using new_rows n where d.tenant_id = n.tenant_id and d.record_id = n.id returning d.*),
    put as (insert into favourite (tenant_id, id, user_id, resource, record_id, position, created_at)
      select b.tenant_id, b.id, b.user_id, b.resource, b.record_id, b.position, b.created_at from back b on conflict do nothing returning user_id)
    select array_agg(distinct user_id) into people from put;
    perform app.signal('favourite', people);
    return null;
  end if;
  -- Records go with their workspace or their person too.
  with forgotten as (delete from favourite f using gone g where f.tenant_id = g.tenant_id and f.record_id = g.id returning f.*)
  insert into deleted_favourite (tenant_id, id, user_id, resource, record_id, position, created_at)
  select f.tenant_id, f.id, f.user_id, f.resource, f.record_id, f.position, f.created_at from forgotten f
  join user_account u on u.tenant_id = f.tenant_id and u.id = f.user_id;
  return null;
end $$;
revoke all on function app.keep_deleted_favourites() from public;
grant execute on function app.keep_deleted_favourites() to session_user;

-- Whoever has one of these records as a favourite has the one that they were merged into in its place. It stays a favourite in the trash, for when
-- the merge is undone. Of everybody: whoever merges does not see the favourites of others.
create or replace function app.copy_favourites(survivor uuid, others uuid[]) returns void language sql volatile security definer
  set search_path = pg_catalog, public, app, pg_temp as $$
  insert into favourite (tenant_id, user_id, resource, record_id, position)
  select distinct on (f.user_id) f.tenant_id, f.user_id, f.resource, survivor, f.position from favourite f
  where f.tenant_id = app.tenant_id() and f.record_id = any (others) order by f.user_id, f.position
  on conflict do nothing
$$;
revoke all on function app.copy_favourites(uuid, uuid[]) from public;
grant execute on function app.copy_favourites(uuid, uuid[]) to holdfast_app;

reset role;

create or replace trigger hold_favourite before insert on favourite for each row execute function app.hold_favourite();

create or replace trigger forget_favourites after delete on contact referencing old table as gone
  for each statement execute function app.forget_favourites();

create or replace trigger forget_favourites after delete on company referencing old table as gone
  for each statement execute function app.forget_favourites();

create or replace trigger forget_favourites after delete on task referencing old table as gone
  for each statement execute function app.forget_favourites();

create or replace trigger forget_favourites after delete on deal referencing old table as gone
  for each statement execute function app.forget_favourites();

create or replace trigger forget_favourites after delete on product referencing old table as gone
  for each statement execute function app.keep_deleted_favourites();

create or replace trigger return_favourites after insert on product referencing new table as new_rows
  for each statement execute function app.keep_deleted_favourites();

create or replace trigger forget_favourites after delete on household referencing old table as gone
  for each statement execute function app.forget_favourites();

create or replace trigger forget_favourites after delete on legal_entity referencing old table as gone
  for each statement execute function app.forget_favourites();

create or replace trigger forget_favourites after delete on financial_security referencing old table as gone
  for each statement execute function app.keep_deleted_favourites();

create or replace trigger return_favourites after insert on financial_security referencing new table as new_rows
  for each statement execute function app.keep_deleted_favourites();

create or replace trigger forget_favourites after delete on custodian referencing old table as gone
  for each statement execute function app.keep_deleted_favourites();

create or replace trigger return_favourites after insert on custodian referencing new table as new_rows
  for each statement execute function app.keep_deleted_favourites();

create or replace trigger forget_favourites after delete on financial_account referencing old table as gone
  for each statement execute function app.forget_favourites();

create or replace trigger forget_favourites after delete on dashboard referencing old table as gone
  for each statement execute function app.keep_deleted_favourites();

create or replace trigger return_favourites after insert on dashboard referencing new table as new_rows
  for each statement execute function app.keep_deleted_favourites();

create or replace trigger forget_favourites after delete on saved_view referencing old table as gone
  for each statement execute function app.keep_deleted_favourites();

create or replace trigger return_favourites after insert on saved_view referencing new table as new_rows
  for each statement execute function app.keep_deleted_favourites();
