import { user } from '../../kernel/identity/user/contract.ts';
import { isRefused } from './load.ts';
import type { ImportTarget } from './target.ts';
import { field } from './target-fields.ts';
import { joinTeams, refuseAccounts, refuseTeams } from './user-teams.ts';

/** People of the workspace. Nobody is invited by it: that is done later, one by one, with a role. */
export const userTarget: ImportTarget = {
  resource: 'user',
  label: 'Users',
  synonyms: ['user', 'agent', 'sales agent', 'sales rep', 'employee', 'benutzer', 'mitarbeiter'],
  identity: ['name', 'email'],
  fields: [
    field(
      'name',
      'text',
      'Name',
      [
        'user',
        'user name',
        'full name',
        'agent',
        'sales agent',
        'sales rep',
        'sales representative',
        'rep',
        'representative',
        'salesperson',
        'account executive',
        'team member',
        'employee',
        'employee name',
        'benutzer',
        'mitarbeiter',
        'vertreter',
        'verkäufer',
      ],
      { required: true },
    ),
    field('email', 'email', 'E-mail', ['email', 'email address', 'mail', 'user email', 'work email']),
    field('team', 'text', 'Team', ['sales team', 'team name', 'group', 'department', 'abteilung', 'gruppe'], {
      columns: [],
    }),
    field(
      'manager',
      'text',
      'Manager',
      ['team lead', 'team leader', 'supervisor', 'reports to', 'sales manager', 'vorgesetzter', 'teamleiter', 'leiter'],
      { columns: [] },
    ),
    field(
      'region',
      'text',
      'Region',
      ['regional office', 'office', 'sales region', 'territory', 'gebiet', 'niederlassung', 'standort', 'büro'],
      { columns: [] },
    ),
  ],
  contract: user,
  keys: [
    { from: ['email'], columns: ['email_key'] },
    { from: ['name'], columns: ['name'] },
  ],
  namedBy: ['name', 'email'],
  defaults: () => ({ status: 'invited' }),
  shape: ({ values }) => {
    values.email_key = values.email?.toLowerCase() ?? null;
  },
  check: async (load, rows) => {
    await refuseAccounts(load, rows);
    await refuseTeams(
      load,
      rows.filter((row) => !isRefused(row)),
    );
  },
  attach: joinTeams,
};
