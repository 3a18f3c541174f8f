import { join } from 'node:path';
import { embeddedSuperuserUrl } from '../../kernel/database/embedded.ts';
import { makeAppRole, migrate, missingMigrations } from '../../kernel/database/migrate.ts';
import { problems } from '../../kernel/errors/problem.ts';
import { extendPresetRoles } from '../../kernel/identity/index.ts';
import { appRoleOf, asRole } from '../../kernel/installation.ts';
import type { BackupStore } from '../backup/backup-store.ts';
import { baseOnly } from '../backup/manifest.ts';
import { checkRoom, modestSettings } from '../backup/prove.ts';
import { chooseBackup, restoreDatabase, restoredBytes } from '../backup/restore.ts';
import { withScratch } from '../backup/scratch.ts';
import {
  type Application,
  Checks,
  checkMigrated,
  readBefore,
  type Target,
  type UpgradeCheck,
  withClient,
} from './checks.ts';
import type { TableChange } from './content.ts';
import { type HeldLock, MigrationMeasure } from './measure.ts';
import { busiestStatements, type PlanChange, planStatements, worsePlans } from './plans.ts';

export interface Rehearsal {
  passed: boolean;
  /** Why it could not be migrated at all; then nothing else was checked. */
  error: string | null;
  migrations: { name: string; seconds: number }[];
  /** Functions, policies, triggers and views that were applied again. */
  routines: { files: number; seconds: number };
  /** All of the migration. */
  seconds: number;
  /** Strong locks on tables that were there before, each with how long it was held at most. */
  locks: HeldLock[];
  /** Tables that hold something else than before. */
  changes: TableChange[];
  plans: { planned: number; worse: PlanChange[] } | null;
  checks: UpgradeCheck[];
}

export interface BackupRehearsal extends Rehearsal {
  backup: string;
  /** The version that made the backup, and this one. */
  versions: { from: string; to: string };
  /** How the restore of the newest backup went: the way back when all else is lost. */
  way_back: { proven: boolean; restore_seconds: number; last_change_at: string | null; detail: string };
}

export interface RehearsalSource extends Application {
  version: string;
  /** Of the running installation, which is read for its busiest statements and otherwise left alone. */
  running: { superuserUrl: string; databaseUrl: string };
  say: (line: string) => void;
}

/** Rehearses on a database that somebody has restored for this: it is migrated, and nothing of the installation. */
export async function rehearseOnCopy(copyUrl: string, source: RehearsalSource): Promise<Rehearsal> {
  const { config, masterKeys, running } = source;
  if ((await identityOf(copyUrl)) === (await identityOf(running.superuserUrl)))
    throw problems.conflict('That is the database of the installation itself. Name a copy of it.');
  return withScratch(join(config.HOLDFAST_DATA, 'rehearsal'), 'An upgrade is being rehearsed already.', async (dir) => {
    const appRole = appRoleOf(copyUrl, masterKeys);
    await makeAppRole(copyUrl, appRole);
    const databaseUrl = asRole(copyUrl, appRole);
    return rehearseOn({ ownerUrl: copyUrl, superuserUrl: copyUrl, databaseUrl, dir }, source);
  });
}

/** Which database of which server an address leads to, whatever the address. */
const identityOf = (url: string) =>
  withClient(url, async (client) => {
    const { rows } = await client.query<{ identity: string }>(
      `select format('%s %s %s', pg_postmaster_start_time(), d.oid, d.datname) as identity from pg_database d
        where datname = current_database()`,
    );
    return rows[0]!.identity;
  });

const round = (ms: number) => Math.round(ms) / 1000;

/**
 * Restores the newest backup and the changes behind it into a scratch server, and migrates that. Changes nothing in the
 * running installation.
 */
export async function rehearseOnBackup(backups: BackupStore, source: RehearsalSource): Promise<BackupRehearsal> {
  const { config, masterKeys, say } = source;
  const manifest = baseOnly(await chooseBackup(backups));
  return withScratch(join(config.HOLDFAST_DATA, 'rehearsal'), 'An upgrade is being rehearsed already.', async (dir) => {
    await checkRoom(dir, await restoredBytes(backups, manifest, 'latest'));
    say(`Restoring the backup ${manifest.id} beside the installation`);
    const began = performance.now();
    const data = join(dir, 'data');
    const server = await restoreDatabase(backups, manifest, {
      dir: data,
      target: 'latest',
      settings: modestSettings,
      say: () => {},
    });
    try {
      const restore_seconds = round(performance.now() - began);
      const superuserUrl = embeddedSuperuserUrl(data)!;
      const databaseUrl = asRole(server.ownerUrl, appRoleOf(server.ownerUrl, masterKeys));
      const last_change_at = await lastChange(superuserUrl);
      const target = { ownerUrl: server.ownerUrl, superuserUrl, databaseUrl, dir: data };
      const rehearsal = await rehearseOn(target, source);
      return {
        ...rehearsal,
        backup: manifest.id,
        versions: { from: manifest.version, to: source.version },
        way_back: {
          proven: true,
          restore_seconds,
          last_change_at,
          detail: `The backup ${manifest.id} was restored in ${restore_seconds} s, with changes up to ${last_change_at ?? manifest.at}`,
        },
      };
    } finally {
      await server.stop();
    }
  });
}

const lastChange = (superuserUrl: string) =>
  withClient(superuserUrl, async (client) => {
    const { rows } = await client.query<{ at: Date | null }>('select max(at) as at from public.audit_event');
    return rows[0]!.at?.toISOString() ?? null;
  });

/** Migrates a copy that nobody uses, measures what that takes, and checks what came of it. */
export async function rehearseOn(target: Target, source: RehearsalSource): Promise<Rehearsal> {
  const { masterKeys, running, say } = source;
  const checks = new Checks(say);
  const measure = new MigrationMeasure();
  const migrations = await missingMigrations(target.ownerUrl);
  say('Reading what the copy holds');
  const before = await readBefore(target);
  const statements = await busiestStatements(running.superuserUrl, new URL(running.databaseUrl).username);
  const plansBefore = statements && (await planStatements(target.databaseUrl, statements));
  say(
    migrations.length > 0 ? `Migrating: ${migrations.map(({ name }) => name).join(', ')}` : 'No migration is missing',
  );
  const began = performance.now();
  const error = await migrate(target.ownerUrl, { appRole: appRoleOf(target.ownerUrl, masterKeys), observer: measure })
    .then(() => extendPresetRoles(target.ownerUrl))
    .then(
      () => null,
      (failure: Error) => failure.message,
    );
  const seconds = round(performance.now() - began);
  let changes: TableChange[] = [];
  let plans: Rehearsal['plans'] = null;
  if (error === null) {
    changes = await checkMigrated(checks, target, { before, migrations, application: source });
    await checks.run('plans', async () => {
      if (!plansBefore) return 'The server of the installation counts no statements (pg_stat_statements)';
      const worse = worsePlans(plansBefore, await planStatements(target.databaseUrl, [...plansBefore.keys()]));
      plans = { planned: plansBefore.size, worse };
      if (worse.length > 0)
        throw new Error(
          `${worse.length} of ${plansBefore.size} statements would take longer, the first: ${worse[0]!.statement}`,
        );
      return `${plansBefore.size} statements, those that took the most time, are run as before`;
    });
  }
  const routine = measure.steps.filter(({ name }) => name.endsWith('.sql'));
  return {
    passed: error === null && checks.failed.length === 0,
    error,
    migrations: measure.steps
      .filter((step) => !routine.includes(step))
      .map(({ name, ms }) => ({ name, seconds: round(ms) })),
    routines: { files: routine.length, seconds: round(routine.reduce((sum, { ms }) => sum + ms, 0)) },
    seconds,
    locks: error === null ? measure.locks() : [],
    changes,
    plans,
    checks: checks.list,
  };
}
