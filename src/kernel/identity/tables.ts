import { may, owned, personal, readOnly, shared, type TableRule } from '../access/table-rule.ts';

export const identityTables: readonly TableRule[] = [
  readOnly('account_link', 'true'),
  shared('user_account', 'user', {
    resource: 'user',
    others: [{ name: 'self', to: 'to holdfast_app', holds: 'id = (select app.user_id())' }],
    note: 'People read and change their own row whatever their role says; the service decides which columns.',
  }),
  shared('team', 'team'),
  shared('team_member', 'team', {
    rows: { append: `(${may('team', 'update')} or ${may('team', 'create')})`, remove: may('team', 'update') },
    note: 'Members are part of their team: adding and removing them takes the right to change the team.',
  }),
  shared('role', 'role'),
  shared('user_role', 'user', {
    rows: { append: `(${may('user', 'update')} or ${may('user', 'create')})`, remove: may('user', 'update') },
    note: 'Roles of a user are part of the user: granting and revoking them takes the right to change the user.',
  }),
  personal('user_password', { resource: 'password' }),
  personal('user_totp', { resource: 'totp' }),
  personal('totp_use'),
  personal('recovery_code'),
  personal('passkey'),
  personal('session'),
  personal('one_time_token', {
    or: `(kind = 'invitation' and ${may('user', 'create')})`,
    note: 'Whoever may create users invites them, and withdraws invitations.',
  }),
  personal('external_identity'),
  personal('confirmed_email'),
  owned('api_key', 'api_key', 'user_id', { few: true, rows: { change: null } }),
  shared('sign_in_provider', 'sign_in_provider'),
];
