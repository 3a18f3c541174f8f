-- What every write pays for though few need it.

-- Few contacts have positions besides their own company, yet each answer with a contact set up the query for them, an eighth of an update. Contacts
-- that ever had one say so. It is not the record's own: it makes no new version and no event in the trail.
alter table contact add column had_positions boolean not null default false;
drop trigger touch on contact;
create trigger touch before update on contact for each row when (new.had_positions = old.had_positions) execute function app.touch();
drop trigger audit_insert on contact;
drop trigger audit_update on contact;
drop trigger audit_delete on contact;
call app.audit_changes('contact', 'contact', '{name, email_key, search_text, had_positions}');

create function app.mark_positions() returns trigger language plpgsql security definer set search_path = pg_catalog, public, app, pg_temp as $$
begin
  update contact c set had_positions = true from (select distinct tenant_id, contact_id from new_rows) n
    where c.tenant_id = n.tenant_id and c.id = n.contact_id and not c.had_positions;
  return null;
end $$;
create trigger mark_insert after insert on contact_position referencing new table as new_rows
  for each statement execute function app.mark_positions();
create trigger mark_update after update on contact_position referencing new table as new_rows
  for each statement execute function app.mark_positions();

-- Under the caller's rights. PL/pgSQL keeps the plan for the session.
create function app.contact_positions(tenant uuid, contact uuid) returns jsonb language plpgsql stable parallel safe as $$
begin
  return (select coalesce(jsonb_agg(n.item order by n.position, n.id), '[]') from contact_position_item n
    where n.tenant_id = tenant and n.contact_id = contact);
end $$;

-- Rows of a queue are there for seconds, answers to repeated requests for a day. Looking up and locking the workspace's row for each was as dear as
-- the row itself; they go with the workspace all the same.
alter table idempotency_key drop constraint idempotency_key_tenant_id_fkey;
alter table notice_due drop constraint notice_due_tenant_id_fkey;
alter table score_due drop constraint score_due_tenant_id_fkey;
alter table suspect_due drop constraint suspect_due_tenant_id_fkey;

create function app.forget_queues() returns trigger language plpgsql security definer set search_path = pg_catalog, public, app, pg_temp as $$
begin
  delete from idempotency_key where tenant_id = old.id;
  delete from notice_due where tenant_id = old.id;
  delete from score_due where tenant_id = old.id;
  delete from suspect_due where tenant_id = old.id;
  return null;
end $$;
create trigger forget_queues after delete on tenant for each row execute function app.forget_queues();

call app.run_as_system(array['app.mark_positions()', 'app.forget_queues()']::regprocedure[]);

-- The backfill is the system's: policies hide all rows from the owner.
set local role holdfast_system;
update contact c set had_positions = true where exists (select from contact_position p where p.tenant_id = c.tenant_id and p.contact_id = c.id);
reset role;
