-- Accounts, credentials and sign-in. Tokens are stored as SHA-256 hashes. While the tenant is not yet known, the functions here find by a
-- hash or an address that the caller must already have.

-- The one normal form of e-mail addresses, for look-ups and for counting attempts. JavaScript folds some letters differently.
create or replace function app.email_key(address text) returns text language sql immutable parallel safe as $$ select lower(address) $$;

-- ---------------------------------------------------------------------------------------------------------------------
-- As holdfast_system

set local role holdfast_system;

-- Whether no active administrator would be left without this user. One whose access ends does not count.
create or replace function app.is_last_administrator(person uuid) returns boolean language sql stable security definer
  set search_path = pg_catalog, public, app, pg_temp as $$
  with administrators as (
    select ur.user_id from role r join user_role ur on ur.tenant_id = r.tenant_id and ur.role_id = r.id
    join user_account u on u.tenant_id = ur.tenant_id and u.id = ur.user_id
    where r.tenant_id = app.tenant_id() and r.key = 'admin' and r.preset and u.status = 'active' and u.access_until is null
  )
  select exists (select from administrators where user_id = person) and not exists (select from administrators where user_id <> person)
$$;
revoke all on function app.is_last_administrator(uuid) from public;
grant execute on function app.is_last_administrator(uuid) to holdfast_app;

-- The session of a cookie, while it is valid and its user active. Notes when it was last seen, at most once a minute. One statement, with
-- rights as text: taking large JSON objects apart to put them into another was half of its cost. second_factor_missing: the workspace asks
-- everybody for a second factor, and this person has none.
create or replace function app.authenticate_session(token_hash bytea, idle interval)
  returns table (tenant_id uuid, id uuid, user_id uuid, rights json, second_factor_missing boolean, kind text, ends_at timestamptz)
  language plpgsql volatile security definer set search_path = pg_catalog, public, app, pg_temp as $$
#variable_conflict use_column
declare seen timestamptz;
begin
  select s.tenant_id, s.id, s.user_id, s.last_seen_at,
    (select coalesce(json_agg(case when exists (select from custom_field f where f.tenant_id = s.tenant_id
      and (f.visible_to is not null or f.editable_by is not null))
        then r.rights || app.limited_fields(s.tenant_id, r.id, r.rights) else r.rights end), '[]')
      from user_role ur join role r on r.tenant_id = ur.tenant_id and r.id = ur.role_id where ur.tenant_id = s.tenant_id
        and ur.user_id = s.user_id),
    t.second_factor_required and not s.second_factor and not exists (select from user_totp f
      where f.tenant_id = s.tenant_id and f.user_id = s.user_id and f.confirmed_at is not null),
    u.kind, least(s.expires_at, u.access_until)
  into tenant_id, id, user_id, seen, rights, second_factor_missing, kind, ends_at
  from session s join user_account u on u.tenant_id = s.tenant_id and u.id = s.user_id join tenant t on t.id = s.tenant_id
  where s.hash = token_hash and s.expires_at > now() and s.last_seen_at > now() - idle and app.has_access(u.status, u.access_until);
  if not found then return; end if;
  if seen < now() - interval '1 minute' then
    update session s set last_seen_at = now() where (s.tenant_id, s.id) in
      (select l.tenant_id, l.id from session l where l.tenant_id = authenticate_session.tenant_id
        and l.id = authenticate_session.id for update skip locked);
  end if;
  return next;
end $$;
revoke all on function app.authenticate_session(bytea, interval) from public;
grant execute on function app.authenticate_session(bytea, interval) to holdfast_app;

-- The API key of a request. person_rights is null for a key without a person; limits holds role and scopes of each key above this one.
create or replace function app.authenticate_api_key(key_hash bytea)
  returns table (tenant_id uuid, id uuid, user_id uuid, role_rights jsonb, scopes jsonb, person_rights jsonb, limits jsonb, kind text,
    ends_at timestamptz)
  language plpgsql volatile security definer set search_path = pg_catalog, public, app, pg_temp as $$
#variable_conflict use_column
declare k api_key;
begin
  select api_key.* into k from api_key
  left join user_account u on u.tenant_id = api_key.tenant_id and u.id = api_key.user_id
  where api_key.hash = key_hash and (api_key.expires_at is null or api_key.expires_at > now())
    and (api_key.user_id is null or app.has_access(u.status, u.access_until));
  if not found then return; end if;
  select u.kind, u.access_until into kind, ends_at from user_account u where u.tenant_id = k.tenant_id and u.id = k.user_id;
  if k.last_used_at is null or k.last_used_at < now() - interval '1 minute' then
    update api_key set last_used_at = now() where (tenant_id, id) in
      (select tenant_id, id from api_key where tenant_id = k.tenant_id and id = k.id for update skip locked);
  end if;
  return query select k.tenant_id, k.id, k.user_id, r.rights || app.limited_fields(r.tenant_id, r.id, r.rights), k.scopes,
    case when k.user_id is not null then app.rights_of_user(k.tenant_id, k.user_id) end,
    case when k.parent_id is not null then (
      with recursive above as (
        select p.* from api_key p where p.tenant_id = k.tenant_id and p.id = k.parent_id
        union all select p.* from above a join api_key p on p.tenant_id = a.tenant_id and p.id = a.parent_id
      )
      select jsonb_agg(jsonb_build_object('scopes', a.scopes, 'kind', ar.kind, 'role_rights', ar.rights || app.limited_fields(ar.tenant_id,
        ar.id, ar.rights)))
      from above a join role ar on ar.tenant_id = a.tenant_id and ar.id = a.role_id) end,
    case when kind <> 'member' then kind else r.kind end, least(k.expires_at, ends_at)
  from role r where r.tenant_id = k.tenant_id and r.id = k.role_id;
end $$;
revoke all on function app.authenticate_api_key(bytea) from public;
grant execute on function app.authenticate_api_key(bytea) to holdfast_app;

-- When a key ends, and how many keys stand above it, itself included; whether or not the caller may read keys.
create or replace function app.api_key_above(key uuid) returns table (expires_at timestamptz, depth int)
  language sql stable security definer set search_path = pg_catalog, public, app, pg_temp as $$
  with recursive above as (
    select k.id, k.parent_id, k.expires_at, 1 as depth from api_key k where k.tenant_id = app.tenant_id() and k.id = key
    union all select p.id, p.parent_id, a.expires_at, a.depth + 1 from above a join api_key p on p.tenant_id = app.tenant_id()
      and p.id = a.parent_id
  )
  select a.expires_at, a.depth from above a order by a.depth desc limit 1
$$;
revoke all on function app.api_key_above(uuid) from public;
grant execute on function app.api_key_above(uuid) to holdfast_app;

-- The token of a link or of a step in between, while it is valid. One that was mailed ends with a change of the address: whoever reads the
-- old mailbox has no business with the account any more.
create or replace function app.find_one_time_token(token_kind text, token_hash bytea) returns table (tenant_id uuid, id uuid, user_id uuid)
  language sql stable security definer set search_path = pg_catalog, public, app, pg_temp as $$
  select t.tenant_id, t.id, t.user_id from one_time_token t
  where t.hash = token_hash and t.kind = token_kind and t.expires_at > now()
    and (t.sent_to is null or exists (select from user_account u where u.tenant_id = t.tenant_id and u.id = t.user_id
      and u.email_key = t.sent_to))
$$;
revoke all on function app.find_one_time_token(text, bytea) from public;
grant execute on function app.find_one_time_token(text, bytea) to holdfast_app;

-- The account of a passkey.
create or replace function app.find_passkey(credential bytea) returns table (tenant_id uuid, user_id uuid, id uuid)
  language sql stable security definer set search_path = pg_catalog, public, app, pg_temp as $$
  select p.tenant_id, p.user_id, p.id from passkey p
  join user_account u on u.tenant_id = p.tenant_id and u.id = p.user_id
  where p.credential_id = credential and app.has_access(u.status, u.access_until) limit 1
$$;
revoke all on function app.find_passkey(bytea) from public;
grant execute on function app.find_passkey(bytea) to holdfast_app;

-- To whom an e-mail about a lost password goes: one account for each workspace, accounts with a confirmed address first.
create or replace function app.find_accounts(address text, accounts_max int) returns table (tenant_id uuid, user_id uuid)
  language sql stable security definer set search_path = pg_catalog, public, app, pg_temp as $$
  select u.tenant_id, u.id from user_account u
  left join confirmed_email c on c.tenant_id = u.tenant_id and c.user_id = u.id and c.email_key = u.email_key
  where u.email_key = app.email_key(address) and app.has_access(u.status, u.access_until)
  order by c.user_id is null, u.last_sign_in_at desc nulls last, u.id limit accounts_max
$$;
revoke all on function app.find_accounts(text, int) from public;
grant execute on function app.find_accounts(text, int) to holdfast_app;

-- The accounts that an address and a password may open, the most recently used first. Accounts whose address is not confirmed count only
-- when their workspace is named, or when no account has confirmed the address: otherwise an administrator elsewhere could lock people out
-- of their own account.
create or replace function app.find_sign_in_accounts(address text, workspace text, accounts_max int)
  returns table (tenant_id uuid, user_id uuid, hash text) language sql stable security definer
  set search_path = pg_catalog, public, app, pg_temp as $$
  with matching as (
    select u.tenant_id, u.id, u.last_sign_in_at, p.hash, c.user_id is not null as confirmed from user_account u
    join tenant t on t.id = u.tenant_id
    join user_password p on p.tenant_id = u.tenant_id and p.user_id = u.id
    left join confirmed_email c on c.tenant_id = u.tenant_id and c.user_id = u.id and c.email_key = u.email_key
    where u.email_key = app.email_key(address) and app.has_access(u.status, u.access_until) and (workspace is null or t.name = workspace)
  )
  select m.tenant_id, m.id, m.hash from matching m
  where workspace is not null or m.confirmed or not exists (select from matching other where other.confirmed)
  order by m.last_sign_in_at desc nulls last, m.id limit accounts_max
$$;
revoke all on function app.find_sign_in_accounts(text, text, int) from public;
grant execute on function app.find_sign_in_accounts(text, text, int) to holdfast_app;

-- What the sign-in page may show before anybody has signed in. Without a name: of the only workspace, or nothing.
create or replace function app.sign_in_options(workspace text)
  returns table (title text, provider_id uuid, provider_name text, provider_kind text) language sql stable security definer
  set search_path = pg_catalog, public, app, pg_temp as $$
  with chosen as (
    select t.id, t.title from tenant t where t.name = workspace
    union all
    (select min(t.id::text)::uuid, min(t.title) from tenant t
     where workspace is null and t.id <> '00000000-0000-0000-0000-000000000000' having count(*) = 1)
  )
  select c.title, p.id, p.name, p.kind from chosen c
  left join sign_in_provider p on p.tenant_id = c.id and p.enabled order by p.name
$$;
revoke all on function app.sign_in_options(text) from public;
grant execute on function app.sign_in_options(text) to holdfast_app;

-- The workspace of a sign-in provider.
create or replace function app.find_sign_in_provider(provider uuid) returns table (tenant_id uuid) language sql stable security definer
  set search_path = pg_catalog, public, app, pg_temp as $$
  select p.tenant_id from sign_in_provider p where p.id = provider and p.enabled
$$;
revoke all on function app.find_sign_in_provider(uuid) from public;
grant execute on function app.find_sign_in_provider(uuid) to holdfast_app;

-- The issuer of a sign-in provider of the caller's workspace that is on: whoever connects an account there may not read providers.
create or replace function app.sign_in_issuer(provider uuid) returns text language sql stable security definer
  set search_path = pg_catalog, public, app, pg_temp as $$
  select p.issuer from sign_in_provider p where p.tenant_id = app.tenant_id() and p.id = provider and p.enabled
$$;
revoke all on function app.sign_in_issuer(uuid) from public;
grant execute on function app.sign_in_issuer(uuid) to holdfast_app;

-- Revokes an invitation to somebody that the caller did not send, whether or not the caller may change users: who adds people to teams
-- gives them more.
create or replace function app.revoke_invitation_of_others(person uuid) returns void language sql volatile security definer
  set search_path = pg_catalog, public, app, pg_temp as $$
  delete from one_time_token t where t.tenant_id = app.tenant_id() and t.user_id = person and t.kind = 'invitation'
    and ((t.payload ->> 'invited_by')::uuid = app.user_id()) is not true
$$;
revoke all on function app.revoke_invitation_of_others(uuid) from public;
grant execute on function app.revoke_invitation_of_others(uuid) to holdfast_app;

-- The open invitations to accounts with a role, also those that are still to be mailed, and who sent them; null: nobody knows.
create or replace function app.invitations_with_role(role uuid) returns table (user_id uuid, invited_by uuid)
  language sql stable security definer
  set search_path = pg_catalog, public, app, pg_temp as $$
  select u.id, (i.payload ->> 'invited_by')::uuid
  from user_role r join user_account u on u.tenant_id = r.tenant_id and u.id = r.user_id and u.status = 'invited'
  cross join lateral (
    select t.payload from one_time_token t where t.tenant_id = u.tenant_id and t.user_id = u.id and t.kind = 'invitation'
    union all
    select j.payload from job j where j.tenant_id = u.tenant_id and j.kind = 'invitation' and j.dedupe_key = u.id::text
      and j.state in ('scheduled', 'ready', 'running')
  ) i
  where r.tenant_id = app.tenant_id() and r.role_id = invitations_with_role.role
$$;
revoke all on function app.invitations_with_role(uuid) from public;
grant execute on function app.invitations_with_role(uuid) to holdfast_app;

-- Revokes the API keys and the calendar address of the caller, whether or not the caller may delete keys. Returns the hashes of the keys.
create or replace function app.revoke_own_credentials() returns setof bytea language plpgsql volatile security definer
  set search_path = pg_catalog, public, app, pg_temp as $$
begin
  delete from calendar_feed where tenant_id = app.tenant_id() and user_id = app.user_id();
  return query delete from api_key where tenant_id = app.tenant_id() and user_id = app.user_id() returning hash;
end $$;
revoke all on function app.revoke_own_credentials() from public;
grant execute on function app.revoke_own_credentials() to holdfast_app;

reset role;

-- ---------------------------------------------------------------------------------------------------------------------
-- user_account

-- A sign-in has an event of its own, by its session.
create or replace trigger audit_insert after insert on user_account referencing new table as new_rows
  for each statement execute function app.record_change('user', '{email_key,tenant_id,version,updated_at}', '{}', '{last_sign_in_at}');
create or replace trigger audit_update after update on user_account referencing old table as old_rows new table as new_rows
  for each statement execute function app.record_change('user', '{email_key,tenant_id,version,updated_at}', '{}', '{last_sign_in_at}');
create or replace trigger audit_delete after delete on user_account referencing old table as old_rows
  for each statement execute function app.record_change('user', '{email_key,tenant_id,version,updated_at}', '{}', '{last_sign_in_at}');
create or replace trigger touch before update on user_account for each row execute function app.touch();

-- ---------------------------------------------------------------------------------------------------------------------
-- user_password

create or replace trigger audit_insert after insert on user_password referencing new table as new_rows
  for each statement execute function app.record_change('password', '{user_id,tenant_id,version,updated_at}', '{hash}');
create or replace trigger audit_update after update on user_password referencing old table as old_rows new table as new_rows
  for each statement execute function app.record_change('password', '{user_id,tenant_id,version,updated_at}', '{hash}');
create or replace trigger audit_delete after delete on user_password referencing old table as old_rows
  for each statement execute function app.record_change('password', '{user_id,tenant_id,version,updated_at}', '{hash}');

-- ---------------------------------------------------------------------------------------------------------------------
-- user_totp

create or replace trigger audit_insert after insert on user_totp referencing new table as new_rows
  for each statement execute function app.record_change('totp', '{user_id,tenant_id,version,updated_at}', '{sealed_secret}');
create or replace trigger audit_update after update on user_totp referencing old table as old_rows new table as new_rows
  for each statement execute function app.record_change('totp', '{user_id,tenant_id,version,updated_at}', '{sealed_secret}');
create or replace trigger audit_delete after delete on user_totp referencing old table as old_rows
  for each statement execute function app.record_change('totp', '{user_id,tenant_id,version,updated_at}', '{sealed_secret}');

-- ---------------------------------------------------------------------------------------------------------------------
-- recovery_code

create or replace trigger audit_insert after insert on recovery_code referencing new table as new_rows
  for each statement execute function app.record_change('recovery_code', '{tenant_id,version,updated_at}', '{hash}');
create or replace trigger audit_update after update on recovery_code referencing old table as old_rows new table as new_rows
  for each statement execute function app.record_change('recovery_code', '{tenant_id,version,updated_at}', '{hash}');
create or replace trigger audit_delete after delete on recovery_code referencing old table as old_rows
  for each statement execute function app.record_change('recovery_code', '{tenant_id,version,updated_at}', '{hash}');

-- ---------------------------------------------------------------------------------------------------------------------
-- passkey

-- No audit_update: after its creation only the counter and the last use change, at every sign-in, which has an event of its own.
create or replace trigger audit_insert after insert on passkey referencing new table as new_rows
  for each statement execute function app.record_change('passkey', '{public_key,tenant_id,version,updated_at}', '{}');
create or replace trigger audit_delete after delete on passkey referencing old table as old_rows
  for each statement execute function app.record_change('passkey', '{public_key,tenant_id,version,updated_at}', '{}');

-- ---------------------------------------------------------------------------------------------------------------------
-- api_key

-- No audit_update and no policy "change": a key is made and deleted, and only the system notes its last use.
create or replace trigger audit_insert after insert on api_key referencing new table as new_rows
  for each statement execute function app.record_change('api_key', '{hash,tenant_id,version,updated_at}', '{}');
create or replace trigger audit_delete after delete on api_key referencing old table as old_rows
  for each statement execute function app.record_change('api_key', '{hash,tenant_id,version,updated_at}', '{}');

-- ---------------------------------------------------------------------------------------------------------------------
-- sign_in_provider

create or replace trigger audit_insert after insert on sign_in_provider referencing new table as new_rows
  for each statement execute function app.record_change('sign_in_provider', '{tenant_id,version,updated_at}', '{sealed_client_secret}');
create or replace trigger audit_update after update on sign_in_provider referencing old table as old_rows new table as new_rows
  for each statement execute function app.record_change('sign_in_provider', '{tenant_id,version,updated_at}', '{sealed_client_secret}');
create or replace trigger audit_delete after delete on sign_in_provider referencing old table as old_rows
  for each statement execute function app.record_change('sign_in_provider', '{tenant_id,version,updated_at}', '{sealed_client_secret}');
create or replace trigger touch before update on sign_in_provider for each row execute function app.touch();

-- ---------------------------------------------------------------------------------------------------------------------
-- external_identity

create or replace trigger audit_insert after insert on external_identity referencing new table as new_rows
  for each statement execute function app.record_change('external_identity', '{tenant_id,version,updated_at}', '{}');
create or replace trigger audit_update after update on external_identity referencing old table as old_rows new table as new_rows
  for each statement execute function app.record_change('external_identity', '{tenant_id,version,updated_at}', '{}');
create or replace trigger audit_delete after delete on external_identity referencing old table as old_rows
  for each statement execute function app.record_change('external_identity', '{tenant_id,version,updated_at}', '{}');
