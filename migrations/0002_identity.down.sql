drop function app.purge_credentials(int), app.find_sign_in_provider(uuid), app.sign_in_options(text), app.find_passkey(bytea),
  app.find_accounts(text, int), app.find_password(text, text), app.find_one_time_token(text, bytea), app.authenticate_api_key(bytea),
  app.authenticate_session(bytea, interval), app.is_last_administrator(uuid), app.rights_of(uuid), app.rights_of_user(uuid, uuid);
drop table external_identity, sign_in_provider, one_time_token, api_key, session, passkey, recovery_code, totp_use, user_totp, user_password;
drop index user_account_email_everywhere;
drop procedure app.protect_personal(regclass), app.protect_membership(regclass, text);
drop policy append on team_member;
drop policy remove on team_member;
drop policy append on user_role;
drop policy remove on user_role;
create policy append on team_member for insert to holdfast_app with check (tenant_id = (select app.tenant_id()) and (select app.scope('team', 'create')) <> 'none');
create policy remove on team_member for delete to holdfast_app using (tenant_id = (select app.tenant_id()) and (select app.scope('team', 'delete')) <> 'none' and true);
create policy append on user_role for insert to holdfast_app with check (tenant_id = (select app.tenant_id()) and (select app.scope('user', 'create')) <> 'none');
create policy remove on user_role for delete to holdfast_app using (tenant_id = (select app.tenant_id()) and (select app.scope('user', 'delete')) <> 'none' and true);
drop view user_role_item, team_member_item;
alter table role alter column key drop default;
drop policy self on user_account;
drop trigger touch on tenant;
