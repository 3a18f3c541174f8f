-- Signing in with an address that accounts of several workspaces have.

-- The one normal form of e-mail addresses, for look-ups and for counting attempts. JavaScript folds some letters otherwise.
create function app.email_key(address text) returns text language sql immutable parallel safe as $$ select lower(address) $$;

-- That whoever reads the mail of this address agreed to it: by a link that was mailed there, or because who runs the installation made the
-- account. It holds while the account has this address. Never part of an archive, which anybody can write.
create table confirmed_email (
  tenant_id uuid not null,
  user_id uuid not null,
  email_key text not null check (length(email_key) <= 300),
  confirmed_at timestamptz(3) not null default now(),
  primary key (tenant_id, user_id),
  foreign key (tenant_id, user_id) references user_account on delete cascade
);
call app.protect_personal('confirmed_email');
-- Existing accounts keep working as they did.
insert into confirmed_email (tenant_id, user_id, email_key)
  select tenant_id, id, email_key from user_account where status = 'active' and email_key is not null and last_sign_in_at is not null;

-- The address that a link was mailed to: using the link confirms it. Null: the link was handed on in another way.
alter table one_time_token add column sent_to text check (length(sent_to) <= 300);
alter table one_time_token drop constraint one_time_token_kind_check;
alter table one_time_token add constraint one_time_token_kind_check check
  (kind in ('sign_in_link', 'invitation', 'password_reset', 'second_factor', 'passkey_challenge', 'email_confirmation'));

-- The accounts that an address and a password may open, the one used last first. Accounts whose address is not confirmed count only when their
-- workspace is named or when no account has confirmed the address: else an administrator elsewhere could push people out of their own.
drop function app.find_password(text, text);
create function app.find_sign_in_accounts(address text, workspace text, accounts_max int)
returns table (tenant_id uuid, user_id uuid, hash text) language sql stable security definer
  set search_path = pg_catalog, public, app, pg_temp as $$
  with matching as (
    select u.tenant_id, u.id, u.last_sign_in_at, p.hash, c.user_id is not null as confirmed from user_account u
    join tenant t on t.id = u.tenant_id
    join user_password p on p.tenant_id = u.tenant_id and p.user_id = u.id
    left join confirmed_email c on c.tenant_id = u.tenant_id and c.user_id = u.id and c.email_key = u.email_key
    where u.email_key = app.email_key(address) and u.status = 'active' and (workspace is null or t.name = workspace)
  )
  select m.tenant_id, m.id, m.hash from matching m
  where workspace is not null or m.confirmed or not exists (select from matching other where other.confirmed)
  order by m.last_sign_in_at desc nulls last, m.id limit accounts_max
$$;

-- Whom a mail about a lost password goes to: one per workspace, those with a confirmed address first.
drop function app.find_accounts(text, int);
create function app.find_accounts(address text, accounts_max int)
returns table (tenant_id uuid, user_id uuid) language sql stable security definer
  set search_path = pg_catalog, public, app, pg_temp as $$
  select u.tenant_id, u.id from user_account u
  left join confirmed_email c on c.tenant_id = u.tenant_id and c.user_id = u.id and c.email_key = u.email_key
  where u.email_key = app.email_key(address) and u.status = 'active'
  order by c.user_id is null, u.last_sign_in_at desc nulls last, u.id limit accounts_max
$$;

call app.run_as_system(array['app.find_sign_in_accounts(text,text,int)', 'app.find_accounts(text,int)']::regprocedure[]);
