drop function app.purge_credentials(interval, int), app.find_sign_in_provider(uuid), app.sign_in_options(text), app.find_passkey(bytea),
  app.find_accounts(text, int), app.find_password(text, text), app.find_one_time_token(text, bytea), app.authenticate_api_key(bytea),
  app.authenticate_session(bytea, interval), app.rights_of_user(uuid, uuid);
drop table external_identity, sign_in_provider, one_time_token, api_key, session, passkey, recovery_code, totp_use, user_totp, user_password;
drop index user_account_email_everywhere;
drop procedure app.protect_personal(regclass);
drop policy self on user_account;
drop trigger touch on tenant;
