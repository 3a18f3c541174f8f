import { connectEmbedded, embeddedSuperuserUrl, startEmbeddedPostgres } from '../kernel/database/embedded.ts';
import { prepareInstallation } from '../kernel/installation.ts';
import { ownDatabase } from '../operations/backup/backup.ts';
import { hasBackupStore } from '../operations/backup/backup-store.ts';
import { forgetSlot } from '../operations/backup/wal.ts';
import type { UpgradeCheck } from '../operations/upgrade/checks.ts';
import type { TableChange } from '../operations/upgrade/content.ts';
import type { HeldLock } from '../operations/upgrade/measure.ts';
import { type Rehearsal, rehearseOnBackup, rehearseOnCopy } from '../operations/upgrade/rehearse.ts';
import { createUpgrader, type UpgradeReport } from '../operations/upgrade/upgrade.ts';
import { goBackByHand, leftDir } from '../operations/upgrade/way-back.ts';
import { version } from '../version.ts';
import { ownBackups } from './backup.ts';
import { type Command, type LoneCommand, startApp, UsageError } from './command.ts';

const tables_shown_max = 6;

const checkLine = ({ name, passed, detail, seconds }: UpgradeCheck) =>
  `  ${passed ? 'passed' : 'FAILED'}  ${name.padEnd(12)} ${detail} (${seconds} s)`;

const seconds = (ms: number) => `${(ms / 1000).toFixed(2)} s`;

/** Tables that were blocked in the same way for about as long are one line. */
function lockLines(locks: readonly HeldLock[]): string[] {
  if (locks.length === 0) return ['  none that makes anybody wait'];
  const groups = new Map<string, HeldLock[]>();
  for (const lock of locks) {
    const key = `${lock.blocks} ${Math.round(lock.held_ms / 100)}`;
    groups.set(key, [...(groups.get(key) ?? []), lock]);
  }
  return [...groups.values()].map((group) => {
    const names = group.map(({ table }) => table);
    const more = names.length - tables_shown_max;
    const shown = names.slice(0, tables_shown_max).join(', ');
    return `  ${seconds(group[0]!.held_ms).padStart(8)}  ${group[0]!.blocks.padEnd(16)}  ${shown}${more > 0 ? ` and ${more} more` : ''}`;
  });
}

function changeLine({ table, rows, dropped }: TableChange): string {
  if (rows.after === null) return `  ${table}: is gone, with ${rows.before} rows`;
  const count = rows.after === rows.before ? `${rows.after} rows, other values` : `${rows.before} rows → ${rows.after}`;
  return `  ${table}: ${count}${dropped.length > 0 ? `, without ${dropped.join(', ')}` : ''}`;
}

function rehearsalText({ error, migrations, routines, seconds: total, locks, changes, checks }: Rehearsal): string {
  const lines = [
    ...migrations.map((one) => `  ${`${one.seconds.toFixed(2)} s`.padStart(8)}  ${one.name}`),
    ...(routines.files > 0
      ? [`  ${`${routines.seconds.toFixed(2)} s`.padStart(8)}  ${routines.files} files of functions and policies`]
      : []),
  ];
  if (error !== null) return [...lines, `The migration FAILED after ${total} s: ${error}`].join('\n');
  if (lines.length === 0) lines.push('  Nothing: the copy has the schema of this version already');
  return [
    `Migrated in ${total} s, in one transaction:`,
    ...lines,
    'Tables that others had to wait for, at most for:',
    ...lockLines(locks),
    ...(changes.length > 0 ? ['Tables that hold something else than before:', ...changes.map(changeLine)] : []),
    ...checks.map(checkLine),
  ].join('\n');
}

function upgradeText({ migrations, migration_seconds, restore_point, checks, seconds: total }: UpgradeReport): string {
  return [
    `Migrated in ${migration_seconds} s: ${migrations.join(', ')}.`,
    ...checks.map(checkLine),
    ...(restore_point ? [`The moment before: ${restore_point.at} (${restore_point.lsn}).`] : []),
    `All in ${total} s.`,
  ].join('\n');
}

export const upgradeCommands: (Command | LoneCommand)[] = [
  {
    name: 'upgrade rehearse',
    summary: 'Restores the newest backup beside the installation, migrates that copy to this version, and reports.',
    skipsMigration: true,
    flags: {
      copy: { help: 'Rehearse on this database instead, a copy that was made for it; it is migrated (postgresql://…)' },
    },
    run: async (call) => {
      const { config, installation, flags, answer, say } = call;
      const { masterKeys, databaseUrl, ownerUrl } = installation;
      const running = { superuserUrl: ownDatabase(config) ?? ownerUrl, databaseUrl };
      const source = { config, masterKeys, start: startApp, version, running, say };
      const verdict = (passed: boolean) =>
        passed ? 'Nothing speaks against this upgrade.' : 'Do NOT upgrade: see what failed.';
      if (flags.copy !== undefined) {
        const rehearsal = await rehearseOnCopy(flags.copy, source);
        answer(rehearsal, `${rehearsalText(rehearsal)}\n${verdict(rehearsal.passed)}`);
        return rehearsal.passed ? 0 : 1;
      }
      if (config.DATABASE_URL)
        throw new UsageError(
          'Holdfast has no backup of the PostgreSQL at DATABASE_URL that it could rehearse on. Restore one of yours into another database, and name that with --copy (docs/operating/upgrade.md).',
        );
      const backups = await ownBackups(call);
      try {
        const rehearsal = await rehearseOnBackup(backups, source);
        const { way_back, versions, passed } = rehearsal;
        answer(
          rehearsal,
          [
            `Rehearsed the upgrade from ${versions.from} to ${versions.to}.`,
            rehearsalText(rehearsal),
            `The way back is proven: ${way_back.detail}.`,
            verdict(passed),
          ].join('\n'),
        );
        return passed ? 0 : 1;
      } finally {
        backups.store.close();
      }
    },
  },
  {
    name: 'upgrade back',
    summary:
      'Puts the copy from before the last upgrade in the place of the database; what was written since is kept aside.',
    runAlone: async ({ config, answer, say }) => {
      const dataDir = config.HOLDFAST_DATA;
      if (config.DATABASE_URL)
        throw new UsageError('Your PostgreSQL is at DATABASE_URL: restore a backup of yours there.');
      if (await connectEmbedded(dataDir)) throw new UsageError('Holdfast is running. Stop it first.');
      const { restore_point } = await goBackByHand(dataDir, async () => {
        const server = await startEmbeddedPostgres({ dataDir, log: say });
        // It keeps log of the timeline before, which no version can send on; without it each begins anew, with a full
        // backup.
        await forgetSlot(embeddedSuperuserUrl(dataDir)!).catch(async (error: unknown) => {
          await server.stop();
          throw error;
        });
        return server;
      });
      answer(
        { at: restore_point.at, left: leftDir(dataDir) },
        `The database is as it was at ${restore_point.at}. Start the version before${hasBackupStore(config) ? '; it makes a full backup at once, from which on changes can be had back again (holdfast backup list)' : ''}. What was written since is in ${leftDir(dataDir)}.`,
      );
      return 0;
    },
  },
  {
    name: 'upgrade',
    summary: 'Brings the database of the version before up to date, checks it, and goes back when a check fails.',
    runAlone: async ({ config, answer, say }) => {
      if (!config.DATABASE_URL && (await connectEmbedded(config.HOLDFAST_DATA)))
        throw new UsageError('Holdfast is running. Stop it first; whoever starts this version upgrades by that too.');
      let report: UpgradeReport | undefined;
      const upgrader = createUpgrader({
        config,
        start: startApp,
        version,
        say,
        again: true,
        report: (made) => {
          report = made;
        },
      });
      try {
        const installation = await prepareInstallation(config, { say, upgrader });
        await installation.stop();
      } catch (error) {
        if (!report) throw error;
        const { message } = error as Error;
        answer({ ...report, passed: false, error: message }, `${report.checks.map(checkLine).join('\n')}\n${message}`);
        return 1;
      }
      answer(
        report ? { ...report, passed: true, error: null } : null,
        report ? upgradeText(report) : 'There is nothing to upgrade.',
      );
      return 0;
    },
  },
];
