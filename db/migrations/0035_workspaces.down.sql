alter table role drop column home;

set local role holdfast_system;
delete from one_time_token where kind = 'account_link';
delete from session where method = 'workspace';
reset role;
alter table one_time_token drop constraint one_time_token_kind_check;
alter table one_time_token add constraint one_time_token_kind_check check (kind in ('sign_in_link', 'invitation', 'password_reset', 'second_factor',
  'passkey_challenge', 'email_confirmation', 'identity_link'));
alter table session drop constraint session_method_check;
alter table session add constraint session_method_check
  check (method in ('password', 'second_factor', 'passkey', 'provider', 'link', 'invitation'));

drop table account_link cascade;
