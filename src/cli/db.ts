import { migrate, migrationStatus, rollback } from '../kernel/database/migrate.ts';
import { schemaDrift } from '../kernel/database/schema.ts';
import { extendPresetRoles } from '../kernel/identity/index.ts';
import { appRoleOf } from '../kernel/installation.ts';
import { type Command, loadRecordTypes, UsageError } from './command.ts';

const rollback_steps_max = 100;

export const dbCommands: Command[] = [
  {
    name: 'db migrate',
    summary: 'Applies the migrations that are missing, and functions, policies and triggers whose text changed.',
    skipsMigration: true,
    beginsInstallation: true,
    run: async ({ installation, answer }) => {
      const { ownerUrl, masterKeys } = installation;
      const names = await migrate(ownerUrl, { appRole: appRoleOf(ownerUrl, masterKeys) });
      await loadRecordTypes();
      await extendPresetRoles(ownerUrl);
      answer({ applied: names }, names.length > 0 ? `Applied ${names.join(', ')}.` : 'Nothing to apply.');
      return 0;
    },
  },
  {
    name: 'db rollback',
    summary: 'Takes back the newest migrations. What their tables held is lost: back up first.',
    skipsMigration: true,
    flags: { steps: { help: 'How many; 1 by default' } },
    run: async ({ installation, flags, answer }) => {
      const steps = Number(flags.steps ?? 1);
      if (!Number.isInteger(steps) || steps < 1 || steps > rollback_steps_max)
        throw new UsageError(`--steps takes a number from 1 to ${rollback_steps_max}`);
      const names = await rollback(installation.ownerUrl, steps);
      answer(
        { rolled_back: names },
        names.length > 0 ? `Took back ${names.join(', ')}.` : 'There was nothing to take back.',
      );
      return 0;
    },
  },
  {
    name: 'db status',
    reads: true,
    summary: 'Lists the migrations and which are applied.',
    skipsMigration: true,
    run: async ({ installation, answer }) => {
      const rows = await migrationStatus(installation.ownerUrl);
      const line = (row: (typeof rows)[number]) =>
        `${row.applied_at ? 'applied' : 'missing'}  ${row.name}${row.changed ? '  CHANGED SINCE' : ''}`;
      answer(rows, rows.map(line).join('\n'));
      return rows.every((row) => row.applied_at && !row.changed) ? 0 : 1;
    },
  },
  {
    name: 'db validate',
    reads: true,
    summary: 'Compares the live schema, function bodies included, with what migrations and routines make.',
    skipsMigration: true,
    run: async ({ installation, answer }) => {
      const drift = await schemaDrift(installation.ownerUrl);
      const lines = [
        ...drift.different.map((name) => `differs     ${name}`),
        ...drift.missing.map((name) => `missing     ${name}`),
        ...drift.unexpected.map((name) => `unexpected  ${name}`),
      ];
      answer(drift, lines.length > 0 ? lines.join('\n') : 'The schema is what migrations and routines make.');
      return lines.length > 0 ? 1 : 0;
    },
  },
];
