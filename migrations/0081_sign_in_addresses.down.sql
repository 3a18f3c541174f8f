drop function app.find_sign_in_accounts(text, text, int);
create function app.find_password(address text, workspace text)
returns table (tenant_id uuid, user_id uuid, hash text) language sql stable security definer
  set search_path = pg_catalog, public, app, pg_temp as $$
  select u.tenant_id, u.id, p.hash from user_account u
  join tenant t on t.id = u.tenant_id
  join user_password p on p.tenant_id = u.tenant_id and p.user_id = u.id
  where u.email_key = lower(address) and u.status = 'active' and (workspace is null or t.name = workspace)
  order by u.last_sign_in_at desc nulls last, u.id limit 1
$$;
drop function app.find_accounts(text, int);
create function app.find_accounts(address text, accounts_max int)
returns table (tenant_id uuid, user_id uuid) language sql stable security definer
  set search_path = pg_catalog, public, app, pg_temp as $$
  select u.tenant_id, u.id from user_account u where u.email_key = lower(address) and u.status = 'active'
  order by u.last_sign_in_at desc nulls last, u.id limit accounts_max
$$;
call app.run_as_system(array['app.find_password(text,text)', 'app.find_accounts(text,int)']::regprocedure[]);

delete from one_time_token where kind = 'email_confirmation';
alter table one_time_token drop constraint one_time_token_kind_check;
alter table one_time_token add constraint one_time_token_kind_check check
  (kind in ('sign_in_link', 'invitation', 'password_reset', 'second_factor', 'passkey_challenge'));
alter table one_time_token drop column sent_to;
drop table confirmed_email;
drop function app.email_key(text);
