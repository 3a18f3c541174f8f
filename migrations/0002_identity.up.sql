-- Who signs in and how: passwords, second factors, passkeys, providers, sessions, API keys, one-time tokens.
-- Tokens are stored as SHA-256 hashes, found by definer functions while the tenant is not yet known.

call app.touch_on_update('tenant');

-- A person reads and changes the own row whatever the role says; which columns, the service decides.
create policy self on user_account to holdfast_app
  using (tenant_id = (select app.tenant_id()) and id = (select app.user_id()));

-- Who is in a team or has a role is part of the team or the user: changing that takes the right to change them.
create procedure app.protect_membership(target regclass, resource text) language plpgsql as $$
begin
  execute format('drop policy append on %s', target);
  execute format('drop policy remove on %s', target);
  execute format('create policy append on %s for insert to holdfast_app with check ((%s) or (%s))', target,
    app.row_predicate(resource, 'update', null), app.row_predicate(resource, 'create', null));
  execute format('create policy remove on %s for delete to holdfast_app using (%s)', target,
    app.row_predicate(resource, 'update', null));
end $$;
call app.protect_membership('team_member', 'team');
call app.protect_membership('user_role', 'user');

-- As lists show them beside the user or the team.
create view user_role_item with (security_invoker = true) as
  select m.tenant_id, m.user_id, m.role_id as id, o.name as position, jsonb_build_object('id', o.id, 'key', o.key, 'name', o.name) as item
  from user_role m join role o on o.tenant_id = m.tenant_id and o.id = m.role_id;
create view team_member_item with (security_invoker = true) as
  select m.tenant_id, m.team_id, m.user_id as id, u.name as position, jsonb_build_object('id', u.id, 'name', u.name) as item
  from team_member m join user_account u on u.tenant_id = m.tenant_id and u.id = m.user_id;
grant select on user_role_item, team_member_item to holdfast_app, holdfast_system;

-- Roles made by people are known by their name; the key only has to be there.
alter table role alter column key set default 'custom_' || substr(md5(gen_random_uuid()::text), 1, 16);

-- What belongs to one person: reached by that person, and by whoever administers users.
create procedure app.protect_personal(target regclass) language plpgsql as $$
begin
  execute format('alter table %s enable row level security', target);
  execute format('alter table %s force row level security', target);
  execute format('create policy personal on %s to holdfast_app using (tenant_id = (select app.tenant_id())
    and (user_id = (select app.user_id()) or (select app.scope(''user'', ''update'')) <> ''none''))', target);
  execute format('create policy system on %s to holdfast_system using (true) with check (true)', target);
  execute format('grant select, insert, update, delete on %s to holdfast_app, holdfast_system', target);
end $$;

create table user_password (
  tenant_id uuid not null,
  user_id uuid not null,
  id uuid generated always as (user_id) stored,
  hash text not null check (hash like '$argon2id$%'),
  changed_at timestamptz(3) not null default now(),
  primary key (tenant_id, user_id),
  foreign key (tenant_id, user_id) references user_account on delete cascade
);
call app.protect_personal('user_password');
call app.audit_changes('user_password', 'password', '{user_id}', '{hash}');

create table user_totp (
  tenant_id uuid not null,
  user_id uuid not null,
  id uuid generated always as (user_id) stored,
  sealed_secret bytea not null,
  -- Null until a first code has shown that the app holds the secret.
  confirmed_at timestamptz(3),
  primary key (tenant_id, user_id),
  foreign key (tenant_id, user_id) references user_account on delete cascade
);
call app.protect_personal('user_totp');
call app.audit_changes('user_totp', 'totp', '{user_id}', '{sealed_secret}');

-- The newest time step of which a code was taken: no code counts twice. Apart from user_totp, because it is no change worth an event.
create table totp_use (
  tenant_id uuid not null,
  user_id uuid not null,
  step bigint not null,
  primary key (tenant_id, user_id),
  foreign key (tenant_id, user_id) references user_totp on delete cascade
);
call app.protect_personal('totp_use');

create table recovery_code (
  tenant_id uuid not null,
  user_id uuid not null,
  id uuid not null default app.uuid_v7(),
  hash bytea not null,
  primary key (tenant_id, id),
  foreign key (tenant_id, user_id) references user_totp on delete cascade
);
create index recovery_code_user on recovery_code (tenant_id, user_id);
call app.protect_personal('recovery_code');
call app.audit_changes('recovery_code', 'recovery_code', '{}', '{hash}');

create table passkey (
  tenant_id uuid not null,
  id uuid not null default app.uuid_v7(),
  user_id uuid not null,
  name text not null check (length(name) between 1 and 100),
  credential_id bytea not null check (length(credential_id) <= 1023),
  public_key bytea not null,
  sign_count bigint not null default 0,
  transports text[] not null default '{}',
  backed_up boolean not null default false,
  last_used_at timestamptz(3),
  created_at timestamptz(3) not null default now(),
  primary key (tenant_id, id),
  foreign key (tenant_id, user_id) references user_account on delete cascade
);
create index passkey_credential on passkey (credential_id);
create index passkey_user on passkey (tenant_id, user_id);
call app.protect_personal('passkey');
call app.audit_changes('passkey', 'passkey', '{public_key}');
-- After its creation only counter and last use change, at every sign-in, which has an event of its own.
drop trigger audit_update on passkey;

-- No audit trigger: the service writes sign_in, sign_out and revoke, which say more.
create table session (
  tenant_id uuid not null,
  id uuid not null default app.uuid_v7(),
  user_id uuid not null,
  hash bytea not null check (length(hash) = 32),
  method text not null check (method in ('password', 'second_factor', 'passkey', 'provider', 'link', 'invitation')),
  ip inet,
  user_agent text check (length(user_agent) <= 500),
  last_seen_at timestamptz(3) not null default now(),
  expires_at timestamptz(3) not null,
  created_at timestamptz(3) not null default now(),
  primary key (tenant_id, id),
  foreign key (tenant_id, user_id) references user_account on delete cascade
);
create index session_hash on session (hash);
create index session_expires on session (expires_at);
create index session_person on session (tenant_id, user_id);
call app.protect_personal('session');

create table api_key (
  tenant_id uuid not null references tenant on delete cascade,
  id uuid not null default app.uuid_v7(),
  name text collate "und-x-icu" not null check (length(name) between 1 and 100),
  prefix text not null check (prefix ~ '^[0-9A-Za-z]{8}$'),
  hash bytea not null check (length(hash) = 32),
  role_id uuid not null,
  -- Rights the key keeps of its role's; null: all of them.
  scopes jsonb,
  -- The person it acts as; null for keys made on the command line.
  user_id uuid,
  expires_at timestamptz(3),
  last_used_at timestamptz(3),
  version int not null default 1,
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now(),
  primary key (tenant_id, id),
  foreign key (tenant_id, role_id) references role on delete restrict,
  foreign key (tenant_id, user_id) references user_account on delete cascade
);
create index api_key_hash on api_key (hash);
create index api_key_role on api_key (tenant_id, role_id);
create index api_key_user on api_key (tenant_id, user_id);
call app.protect('api_key', 'api_key', 'user_id');
call app.audit_changes('api_key', 'api_key', '{hash}');
-- A key is made and deleted; only the system notes its last use.
drop trigger audit_update on api_key;
revoke update on api_key from holdfast_app;
drop policy change on api_key;

-- Links in mails and challenges between two steps. Deleted when used, so each works once.
create table one_time_token (
  tenant_id uuid not null references tenant on delete cascade,
  id uuid not null default app.uuid_v7(),
  kind text not null check (kind in ('sign_in_link', 'invitation', 'password_reset', 'second_factor', 'passkey_challenge')),
  hash bytea not null check (length(hash) = 32),
  -- Null for the challenge of a passkey, which itself says whose it is.
  user_id uuid,
  expires_at timestamptz(3) not null,
  created_at timestamptz(3) not null default now(),
  primary key (tenant_id, id),
  foreign key (tenant_id, user_id) references user_account on delete cascade
);
create index one_time_token_hash on one_time_token (hash);
create index one_time_token_user on one_time_token (tenant_id, user_id);
create index one_time_token_expires on one_time_token (expires_at);
call app.protect_personal('one_time_token');

create table sign_in_provider (
  tenant_id uuid not null references tenant on delete cascade,
  id uuid not null default app.uuid_v7(),
  name text collate "und-x-icu" not null check (length(name) between 1 and 100),
  kind text not null check (kind in ('google', 'oidc')),
  issuer text not null check (length(issuer) <= 2000),
  client_id text not null check (length(client_id) between 1 and 500),
  sealed_client_secret bytea,
  has_client_secret boolean not null generated always as (sealed_client_secret is not null) stored,
  -- E-mail domains that may sign in; empty: any.
  allowed_domains text[] not null default '{}',
  enabled boolean not null default true,
  version int not null default 1,
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now(),
  primary key (tenant_id, id),
  unique (tenant_id, name)
);
call app.protect('sign_in_provider', 'sign_in_provider');
call app.audit_changes('sign_in_provider', 'sign_in_provider', '{}', '{sealed_client_secret}');
call app.touch_on_update('sign_in_provider');

-- Which account of a provider is which user: from the second sign-in on the subject counts, not the e-mail.
create table external_identity (
  tenant_id uuid not null,
  id uuid not null default app.uuid_v7(),
  provider_id uuid not null,
  subject text not null check (length(subject) <= 255),
  user_id uuid not null,
  created_at timestamptz(3) not null default now(),
  primary key (tenant_id, id),
  unique (tenant_id, provider_id, subject),
  foreign key (tenant_id, provider_id) references sign_in_provider on delete cascade,
  foreign key (tenant_id, user_id) references user_account on delete cascade
);
create index external_identity_user on external_identity (tenant_id, user_id);
call app.protect_personal('external_identity');
call app.audit_changes('external_identity', 'external_identity');

-- ---------------------------------------------------------------------------------------------------------------------
-- Before the tenant is known. Each finds by a hash or an address that the caller must already hold.

-- Rights of the roles of anyone, for the functions here only.
create function app.rights_of_user(tenant uuid, person uuid) returns jsonb language sql stable security definer
  set search_path = pg_catalog, public, app as $$
  select coalesce(jsonb_agg(r.rights), '[]') from user_role ur
  join role r on r.tenant_id = ur.tenant_id and r.id = ur.role_id
  where ur.tenant_id = tenant and ur.user_id = person
$$;

-- Rights of the roles of a user of the caller's tenant, whether or not the caller may read roles.
create function app.rights_of(person uuid) returns jsonb language sql stable security definer
  set search_path = pg_catalog, public, app as $$ select app.rights_of_user(app.tenant_id(), person) $$;

-- Whether without this user nobody active would be an administrator.
create function app.is_last_administrator(person uuid) returns boolean language sql stable security definer
  set search_path = pg_catalog, public, app as $$
  with administrators as (
    select ur.user_id from role r join user_role ur on ur.tenant_id = r.tenant_id and ur.role_id = r.id
    join user_account u on u.tenant_id = ur.tenant_id and u.id = ur.user_id
    where r.tenant_id = app.tenant_id() and r.key = 'admin' and r.preset and u.status = 'active'
  )
  select exists (select from administrators where user_id = person) and not exists (select from administrators where user_id <> person)
$$;

-- The session of a cookie, while it lives and its user is active. Notes when it was last seen, once a minute at most.
create function app.authenticate_session(token_hash bytea, idle interval)
returns table (tenant_id uuid, id uuid, user_id uuid, rights jsonb)
language plpgsql volatile security definer set search_path = pg_catalog, public, app as $$
#variable_conflict use_column
declare s session;
begin
  select session.* into s from session
  join user_account u on u.tenant_id = session.tenant_id and u.id = session.user_id
  where session.hash = token_hash and session.expires_at > now() and session.last_seen_at > now() - idle and u.status = 'active';
  if not found then return; end if;
  if s.last_seen_at < now() - interval '1 minute' then
    update session set last_seen_at = now() where (tenant_id, id) in
      (select tenant_id, id from session where tenant_id = s.tenant_id and id = s.id for update skip locked);
  end if;
  return query select s.tenant_id, s.id, s.user_id, app.rights_of_user(s.tenant_id, s.user_id);
end $$;

-- The API key of a request. `person_rights` is null for a key without a person.
create function app.authenticate_api_key(key_hash bytea)
returns table (tenant_id uuid, id uuid, user_id uuid, role_rights jsonb, scopes jsonb, person_rights jsonb)
language plpgsql volatile security definer set search_path = pg_catalog, public, app as $$
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
  return query select k.tenant_id, k.id, k.user_id, r.rights, k.scopes,
    case when k.user_id is not null then app.rights_of_user(k.tenant_id, k.user_id) end
  from role r where r.tenant_id = k.tenant_id and r.id = k.role_id;
end $$;

create function app.find_one_time_token(token_kind text, token_hash bytea)
returns table (tenant_id uuid, id uuid, user_id uuid) language sql stable security definer
  set search_path = pg_catalog, public, app as $$
  select t.tenant_id, t.id, t.user_id from one_time_token t
  where t.hash = token_hash and t.kind = token_kind and t.expires_at > now()
$$;

-- The account that an e-mail address and a password may open: of several workspaces the one named, else the one used last.
create function app.find_password(address text, workspace text)
returns table (tenant_id uuid, user_id uuid, hash text) language sql stable security definer
  set search_path = pg_catalog, public, app as $$
  select u.tenant_id, u.id, p.hash from user_account u
  join tenant t on t.id = u.tenant_id
  join user_password p on p.tenant_id = u.tenant_id and p.user_id = u.id
  where u.email_key = lower(address) and u.status = 'active' and (workspace is null or t.name = workspace)
  order by u.last_sign_in_at desc nulls last, u.id limit 1
$$;

-- Whom a mail about a lost password goes to: one per workspace.
create function app.find_accounts(address text, accounts_max int)
returns table (tenant_id uuid, user_id uuid) language sql stable security definer
  set search_path = pg_catalog, public, app as $$
  select u.tenant_id, u.id from user_account u where u.email_key = lower(address) and u.status = 'active'
  order by u.last_sign_in_at desc nulls last, u.id limit accounts_max
$$;
create index user_account_email_everywhere on user_account (email_key);

create function app.find_passkey(credential bytea)
returns table (tenant_id uuid, user_id uuid, id uuid) language sql stable security definer
  set search_path = pg_catalog, public, app as $$
  select p.tenant_id, p.user_id, p.id from passkey p
  join user_account u on u.tenant_id = p.tenant_id and u.id = p.user_id
  where p.credential_id = credential and u.status = 'active' limit 1
$$;

-- What the sign-in page may show before anyone has signed in. Without a name: of the only workspace, or none.
create function app.sign_in_options(workspace text)
returns table (title text, provider_id uuid, provider_name text, provider_kind text) language sql stable security definer
  set search_path = pg_catalog, public, app as $$
  with chosen as (
    select t.id, t.title from tenant t where t.name = workspace
    union all
    (select min(t.id::text)::uuid, min(t.title) from tenant t
     where workspace is null and t.id <> '00000000-0000-0000-0000-000000000000' having count(*) = 1)
  )
  select c.title, p.id, p.name, p.kind from chosen c
  left join sign_in_provider p on p.tenant_id = c.id and p.enabled order by p.name
$$;

create function app.find_sign_in_provider(provider uuid) returns table (tenant_id uuid) language sql stable security definer
  set search_path = pg_catalog, public, app as $$
  select p.tenant_id from sign_in_provider p where p.id = provider and p.enabled
$$;

-- Deletes what can no longer be used. Bounded; call until it answers 0.
create function app.purge_credentials(rows_max int default 10000) returns int
language plpgsql volatile security definer set search_path = pg_catalog, public, app as $$
declare gone int := 0; n int;
begin
  delete from one_time_token where (tenant_id, id) in
    (select tenant_id, id from one_time_token where expires_at < now() limit rows_max);
  get diagnostics n = row_count; gone := gone + n;
  delete from session where (tenant_id, id) in
    (select tenant_id, id from session where expires_at < now() limit rows_max);
  get diagnostics n = row_count; gone := gone + n;
  return gone;
end $$;

call app.run_as_system(array['app.rights_of_user(uuid,uuid)']::regprocedure[], callable => false);
call app.run_as_system(array['app.rights_of(uuid)', 'app.is_last_administrator(uuid)',
  'app.authenticate_session(bytea,interval)', 'app.authenticate_api_key(bytea)',
  'app.find_one_time_token(text,bytea)', 'app.find_password(text,text)', 'app.find_accounts(text,int)', 'app.find_passkey(bytea)',
  'app.sign_in_options(text)', 'app.find_sign_in_provider(uuid)', 'app.purge_credentials(int)']::regprocedure[]);
