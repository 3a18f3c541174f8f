-- Keys that never outlive the key that made them, second factors that a workspace asks of everybody, and providers that are linked by their owner.

-- The key that made this one. Its end is the end of this one, and its rights are a limit of this one's.
alter table api_key add column parent_id uuid;
alter table api_key add foreign key (tenant_id, parent_id) references api_key on delete cascade;
create index api_key_parent on api_key (tenant_id, parent_id) where parent_id is not null;

drop function app.authenticate_api_key(bytea);
-- The API key of a request. `person_rights` is null for a key without a person; `limits` has role and scopes of each key above this one.
create function app.authenticate_api_key(key_hash bytea)
returns table (tenant_id uuid, id uuid, user_id uuid, role_rights jsonb, scopes jsonb, person_rights jsonb, limits jsonb)
language plpgsql volatile security definer set search_path = pg_catalog, public, app, pg_temp as $$
#variable_conflict use_column
declare k api_key;
begin
  select api_key.* into k from api_key
  left join user_account u on u.tenant_id = api_key.tenant_id and u.id = api_key.user_id
  where api_key.hash = key_hash and (api_key.expires_at is null or api_key.expires_at > now())
    and (api_key.user_id is null or u.status = 'active');
  if not found then return; end if;
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
      select jsonb_agg(jsonb_build_object('scopes', a.scopes, 'role_rights', ar.rights || app.limited_fields(ar.tenant_id, ar.id, ar.rights)))
      from above a join role ar on ar.tenant_id = a.tenant_id and ar.id = a.role_id) end
  from role r where r.tenant_id = k.tenant_id and r.id = k.role_id;
end $$;

-- When a key ends, and how many keys stand above it, itself included; whether or not the caller may read keys.
create function app.api_key_above(key uuid) returns table (expires_at timestamptz, depth int) language sql stable security definer
  set search_path = pg_catalog, public, app, pg_temp as $$
  with recursive above as (
    select k.id, k.parent_id, k.expires_at, 1 as depth from api_key k where k.tenant_id = app.tenant_id() and k.id = key
    union all select p.id, p.parent_id, a.expires_at, a.depth + 1 from above a join api_key p on p.tenant_id = app.tenant_id() and p.id = a.parent_id
  )
  select a.expires_at, a.depth from above a order by a.depth desc limit 1
$$;

-- Ends the API keys and the calendar address of the caller, whether or not the caller may delete keys. Answers the keys' hashes.
create function app.revoke_own_credentials() returns setof bytea language plpgsql volatile security definer
  set search_path = pg_catalog, public, app, pg_temp as $$
begin
  delete from calendar_feed where tenant_id = app.tenant_id() and user_id = app.user_id();
  return query delete from api_key where tenant_id = app.tenant_id() and user_id = app.user_id() returning hash;
end $$;

-- Whether signing in takes a second factor from everybody.
alter table tenant add column second_factor_required boolean not null default false;
-- Whether the provider itself asks for one.
alter table sign_in_provider add column enforces_second_factor boolean not null default false;
-- Whether this session was begun with one; when its person last proved to be there again.
alter table session add column second_factor boolean not null default false;
alter table session add column confirmed_at timestamptz(3);
update session set second_factor = true where method in ('second_factor', 'passkey');

drop function app.authenticate_session(bytea, interval);
-- The session of a cookie, while it lives and its user is active. Notes when it was last seen, once a minute at most.
-- One statement, with rights as text: taking large objects apart to put them into another was half of its cost.
-- `second_factor_missing`: the workspace asks everybody for a second factor, and this person has none.
create function app.authenticate_session(token_hash bytea, idle interval)
returns table (tenant_id uuid, id uuid, user_id uuid, rights json, second_factor_missing boolean)
language plpgsql volatile security definer set search_path = pg_catalog, public, app, pg_temp as $$
#variable_conflict use_column
declare seen timestamptz;
begin
  select s.tenant_id, s.id, s.user_id, s.last_seen_at,
    (select coalesce(json_agg(case when exists (select from custom_field f where f.tenant_id = s.tenant_id and (f.visible_to is not null or f.editable_by is not null))
        then r.rights || app.limited_fields(s.tenant_id, r.id, r.rights) else r.rights end), '[]')
      from user_role ur join role r on r.tenant_id = ur.tenant_id and r.id = ur.role_id where ur.tenant_id = s.tenant_id and ur.user_id = s.user_id),
    t.second_factor_required and not s.second_factor and not exists (select from user_totp f
      where f.tenant_id = s.tenant_id and f.user_id = s.user_id and f.confirmed_at is not null)
  into tenant_id, id, user_id, seen, rights, second_factor_missing
  from session s join user_account u on u.tenant_id = s.tenant_id and u.id = s.user_id join tenant t on t.id = s.tenant_id
  where s.hash = token_hash and s.expires_at > now() and s.last_seen_at > now() - idle and u.status = 'active';
  if not found then return; end if;
  if seen < now() - interval '1 minute' then
    update session s set last_seen_at = now() where (s.tenant_id, s.id) in
      (select l.tenant_id, l.id from session l where l.tenant_id = authenticate_session.tenant_id and l.id = authenticate_session.id for update skip locked);
  end if;
  return next;
end $$;

-- A provider's account that waits for the owner of the user to agree: {"provider_id", "subject"}.
alter table one_time_token add column payload jsonb check (pg_column_size(payload) <= 2000);
alter table one_time_token drop constraint one_time_token_kind_check;
alter table one_time_token add constraint one_time_token_kind_check check (kind in
  ('sign_in_link', 'invitation', 'password_reset', 'second_factor', 'passkey_challenge', 'email_confirmation', 'identity_link'));

call app.run_as_system(array['app.authenticate_api_key(bytea)', 'app.authenticate_session(bytea,interval)',
  'app.api_key_above(uuid)', 'app.revoke_own_credentials()']::regprocedure[]);
