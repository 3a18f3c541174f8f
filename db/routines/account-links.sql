-- Accounts of the same person in several workspaces.

set local role holdfast_system;

-- Whether the request comes from a session of this account that began with something of the person's own: not with a sign-in provider,
-- whose administrator can sign in as anybody.
create or replace function app.is_own_session(tenant uuid, person uuid) returns boolean language sql stable security definer
  set search_path = pg_catalog, public, app, pg_temp as $$
  select current_setting('app.actor_kind', true) = 'user' and app.tenant_id() = tenant and app.user_id() = person
    and exists (select from session s where s.tenant_id = tenant and s.user_id = person and s.method <> 'provider'
      and s.id = nullif(current_setting('app.credential_id', true), '')::uuid)
$$;
revoke all on function app.is_own_session(uuid, uuid) from public;

-- The caller's accounts in other workspaces that they can change to.
create or replace function app.linked_accounts() returns table (tenant_id uuid, user_id uuid, title text, name text, email text)
  language sql stable security definer set search_path = pg_catalog, public, app, pg_temp as $$
  select t.id, u.id, t.title, u.name, u.email from account_link own
  join account_link l on l.person_id = own.person_id and (l.tenant_id, l.user_id) <> (own.tenant_id, own.user_id)
  join user_account u on u.tenant_id = l.tenant_id and u.id = l.user_id and app.has_access(u.status, u.access_until)
  join tenant t on t.id = l.tenant_id
  where own.tenant_id = app.tenant_id() and own.user_id = app.user_id() and app.is_own_session(own.tenant_id, own.user_id)
    and not exists (select from tenant_deletion d where d.of_tenant = l.tenant_id)
  order by t.title, t.id, u.id
$$;
revoke all on function app.linked_accounts() from public;
grant execute on function app.linked_accounts() to holdfast_app;

-- Makes an account one of the person that has another. It leaves the accounts that it was linked with before.
create or replace function app.add_account_link(tenant uuid, account uuid, to_tenant uuid, to_account uuid) returns void
  language plpgsql volatile
  security definer set search_path = pg_catalog, public, app, pg_temp as $$
declare person uuid;
begin
  insert into account_link (tenant_id, user_id, person_id) values (tenant, account, app.uuid_v7())
    on conflict (tenant_id, user_id) do nothing;
  select l.person_id into person from account_link l where l.tenant_id = tenant and l.user_id = account for update;
  insert into account_link (tenant_id, user_id, person_id) values (to_tenant, to_account, person)
  on conflict (tenant_id, user_id) do update set person_id = excluded.person_id, created_at = now();
end $$;
revoke all on function app.add_account_link(uuid, uuid, uuid, uuid) from public;

-- Links the caller's account with the one whose owner got this token when they proved it. Whose workspace that is; null when it is spent.
create or replace function app.link_account(proof bytea) returns uuid language plpgsql volatile security definer
  set search_path = pg_catalog, public, app, pg_temp as $$
declare proved one_time_token;
begin
  if not app.is_own_session(app.tenant_id(), app.user_id()) then return null; end if;
  delete from one_time_token t where t.hash = proof and t.kind = 'account_link' and t.expires_at > now() returning t.* into proved;
  if not found or (proved.tenant_id, proved.user_id) = (app.tenant_id(), app.user_id()) then return null; end if;
  perform app.add_account_link(app.tenant_id(), app.user_id(), proved.tenant_id, proved.user_id);
  return proved.tenant_id;
end $$;
revoke all on function app.link_account(bytea) from public;
grant execute on function app.link_account(bytea) to holdfast_app;

-- Unlinks an account of the caller in another workspace. Whether there was one.
create or replace function app.unlink_account(of_tenant uuid) returns boolean language plpgsql volatile security definer
  set search_path = pg_catalog, public, app, pg_temp as $$
begin
  delete from account_link l using app.linked_accounts() a
  where a.tenant_id = of_tenant and l.tenant_id = a.tenant_id and l.user_id = a.user_id;
  return found;
end $$;
revoke all on function app.unlink_account(uuid) from public;
grant execute on function app.unlink_account(uuid) to holdfast_app;

-- An account of which somebody else changes how one signs in may be somebody else's from then on: its links end. The column with the id of
-- the account is the argument.
create or replace function app.end_account_links() returns trigger language plpgsql volatile security definer
  set search_path = pg_catalog, public, app, pg_temp as $$
declare changed jsonb := to_jsonb(new);
begin
  delete from account_link l where l.tenant_id = new.tenant_id and l.user_id = (changed ->> tg_argv[0])::uuid
    and not app.is_own_session(l.tenant_id, l.user_id);
  return null;
end $$;

reset role;

create or replace trigger end_account_links after update on user_account for each row
  when (old.email_key is distinct from new.email_key or old.status is distinct from new.status)
    execute function app.end_account_links('id');
create or replace trigger end_account_links after insert or update on user_password for each row
  execute function app.end_account_links('user_id');
create or replace trigger end_account_links after insert on passkey for each row execute function app.end_account_links('user_id');
create or replace trigger end_account_links after insert or update on user_totp for each row
  execute function app.end_account_links('user_id');
