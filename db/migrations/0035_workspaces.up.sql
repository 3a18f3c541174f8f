-- Accounts of the same person in several workspaces, between which they change without signing in again. Nobody of a workspace can write here:
-- the installation does, and functions for somebody who proved both accounts.
create table account_link (
  tenant_id uuid not null references tenant on delete cascade,
  user_id uuid not null,
  -- The accounts with the same one are the same person's.
  person_id uuid not null,
  created_at timestamptz(3) not null default now(),
  foreign key (tenant_id, user_id) references user_account on delete cascade
);
create index account_link_person on account_link (person_id);
alter table account_link add primary key (tenant_id, user_id);
alter table account_link enable row level security;
alter table account_link force row level security;
grant select on account_link to holdfast_app;
grant select, insert, update, delete on account_link to holdfast_system;

alter table session drop constraint session_method_check;
alter table session add constraint session_method_check
  check (method in ('password', 'second_factor', 'passkey', 'provider', 'link', 'invitation', 'workspace')) not valid;

alter table one_time_token drop constraint one_time_token_kind_check;
alter table one_time_token add constraint one_time_token_kind_check check (kind in ('sign_in_link', 'invitation', 'password_reset', 'second_factor',
  'passkey_challenge', 'email_confirmation', 'identity_link', 'account_link')) not valid;

-- Where the page opens for those who have the role; null: at the home page of all.
alter table role add column home text check (home ~ '^/(?!/)[a-z0-9/_-]{0,199}$');
