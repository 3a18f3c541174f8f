import { existsSync } from 'node:fs';
import { mkdir, readFile, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Config } from '../kernel/config/config.ts';
import { makeAppRole, migrate } from '../kernel/database/migrate.ts';
import { problems } from '../kernel/errors/problem.ts';
import { openFiles } from '../kernel/files/create-file-store.ts';
import { diskSpace } from '../kernel/files/disk-space.ts';
import type { FileStore } from '../kernel/files/file-store.ts';
import { appRoleOf, keyFile, readMasterKeys } from '../kernel/installation.ts';
import { restore_schema } from '../kernel/unfinished-restore.ts';
import { type MasterKeys, makeKeyFile, writeKeyFile } from '../kernel/vault/master-key.ts';
import { ownDatabase } from '../operations/backup/backup.ts';
import { BackupStore, backupRing, installationsIn, openBackupFiles } from '../operations/backup/backup-store.ts';
import { beginRestore } from '../operations/backup/begin-restore.ts';
import { loadMarked } from '../operations/backup/logical/proof-database.ts';
import type { BackupManifest } from '../operations/backup/manifest.ts';
import { chooseBackup, restoredBytes, restoreFiles, type Target } from '../operations/backup/restore.ts';
import { restoreBackup } from '../operations/backup/restore-backup.ts';
import { restoreTenant } from '../operations/backup/restore-tenant.ts';
import { readable } from '../operations/backup/status.ts';
import { deleteServerLog, pseudonymise, writePlaceholders } from '../operations/pseudonymise/index.ts';
import { noStore, ownBackups, targetOf } from './backup.ts';
import { type Command, type LoneCall, type LoneCommand, UsageError } from './command.ts';
import { refuseFullBucket, refuseServed } from './pseudonymise.ts';
import { sayLost, tenantText } from './restore-text.ts';

/** The key from the settings, or from the new data directory, or from that of before. */
async function keysFor(config: Config, dir: string): Promise<{ keys: MasterKeys; file?: string }> {
  if (config.HOLDFAST_KEY) return { keys: await readMasterKeys(config) };
  const file = [{ HOLDFAST_DATA: dir }, config].map(keyFile).find(existsSync);
  if (!file)
    throw new UsageError(`The key is in no backup. Put it to ${join(dir, 'master.key')}, or set HOLDFAST_KEY.`);
  return { keys: await readMasterKeys({ ...config, HOLDFAST_DATA: join(file, '..') }), file };
}

async function chooseInstallation(store: FileStore, wanted: string | undefined): Promise<string> {
  const found = await installationsIn(store);
  if (wanted) {
    if (found.includes(wanted)) return wanted;
    throw new UsageError(`The backup store has no installation ${wanted}; it has: ${found.join(', ') || 'none'}`);
  }
  if (found.length === 1) return found[0]!;
  throw new UsageError(
    found.length === 0 ? 'There is nothing in the backup store.' : `Name one with --installation: ${found.join(', ')}`,
  );
}

const namePattern = /^[a-z0-9][a-z0-9-]{0,62}$/;

export const restoreCommands: (Command | LoneCommand)[] = [
  {
    name: 'restore tenant',
    summary: 'Brings one workspace back as it was at a time, as a new one or in its place, while everybody works on.',
    words: 'NAME',
    flags: {
      at: { needed: true, help: 'A time such as 2026-03-01T14:30:00Z' },
      as: { help: 'Name of a new workspace that is made of it' },
      'in-place': { kind: 'switch', help: 'It takes the place of the workspace, which stays under another name' },
      'dry-run': { kind: 'switch', help: 'Restore beside the installation, compare, and change nothing' },
    },
    run: async (call) => {
      const { config, flags, switches, installation, words, say } = call;
      const [name] = words;
      if (!name || words.length > 1) throw new UsageError('Name one workspace: holdfast restore tenant NAME --at TIME');
      if ((flags.as === undefined) === (switches['in-place'] !== true))
        throw new UsageError('Say either --as NEWNAME or --in-place.');
      if (flags.as !== undefined && !namePattern.test(flags.as))
        throw new UsageError('--as takes lower case letters, digits and hyphens.');
      const target = targetOf(flags.at) as Date;
      const dryRun = switches['dry-run'] === true;
      const backups = await ownBackups(call);
      const files = openFiles(config);
      try {
        const result = await restoreTenant(
          {
            backups,
            masterKeys: installation.masterKeys,
            ownerUrl: installation.ownerUrl,
            databaseUrl: installation.databaseUrl,
            files,
            config,
            historyDays: config.HISTORY_DAYS,
            say,
          },
          { name, target, dryRun, ...(flags.as !== undefined && { as: flags.as }) },
        );
        call.answer({ ...result, dry_run: dryRun }, tenantText(result, dryRun));
        return 0;
      } finally {
        files.close();
        backups.store.close();
      }
    },
  },
  {
    name: 'restore files',
    summary:
      'Puts the files of the database into the file store that are not there, from the backup store: after another tool has restored the database.',
    run: async (call) => {
      const backups = await ownBackups(call);
      const files = openFiles(call.config);
      try {
        const { count, ...lost } = await restoreFiles(call.installation.ownerUrl, backups, files);
        const code = sayLost(call, lost);
        const { missing, damaged } = lost;
        call.answer(
          { files: count, ...lost },
          `Restored ${count} files; ${missing.length} are missing, and ${damaged.length} are damaged in the backup store.`,
        );
        return code;
      } finally {
        files.close();
        backups.store.close();
      }
    },
  },
  {
    name: 'restore',
    summary:
      'Makes a data directory, or fills a database, of a backup and the changes behind it. Start Holdfast on it then.',
    flags: {
      to: { help: 'A new or empty folder; it may hold the key (master.key) and the settings (settings.env)' },
      'into-database': { kind: 'switch', help: 'Instead: the empty database at DATABASE_URL, from a logical backup' },
      at: { help: 'As it was at this time, such as 2026-03-01T14:30:00Z; without it as late as possible' },
      pseudonymise: {
        kind: 'switch',
        help: 'Replace what says something about people; for a copy, never for a recovery',
      },
      installation: { help: 'Which, when the backup store has several' },
    },
    runAlone: async (call) => {
      const { config, flags, switches } = call;
      if ((flags.to === undefined) === (switches['into-database'] !== true))
        throw new UsageError('Say either --to DIR or --into-database.');
      const store = (await readable((async () => openBackupFiles(config))())) ?? noStore();
      try {
        return await (flags.to === undefined ? restoreIntoDatabase(call, store) : restoreTo(call, store, flags.to));
      } finally {
        store.close();
      }
    },
  },
];

/** The target that was asked for, and the backup to begin with. */
async function chosen({ flags, say }: LoneCall, store: FileStore, keys: MasterKeys) {
  const target = targetOf(flags.at);
  const backups = new BackupStore(store, await chooseInstallation(store, flags.installation), backupRing(keys));
  const manifest = await chooseBackup(backups, {
    at: target instanceof Date ? target : undefined,
    passOverDamaged: true,
    say,
  });
  if (manifest.kind === 'logical')
    say(`${manifest.id} is a logical backup: all will be as it was at ${manifest.at}, and nothing of after that`);
  return { target, backups, manifest };
}

interface Restored {
  ownerUrl: string;
  backups: BackupStore;
  manifest: BackupManifest;
  /** The configuration, with the data directory that the files may go to. */
  config: Config;
  where: Record<string, string>;
  hint: string;
  began: number;
  /** Gives a pseudonymised copy a key of its own. */
  renewKey?: () => Promise<void>;
  /** Called when it may be started. */
  finished: () => Promise<void>;
}

const empty_bucket = 'Name an empty one in S3_BUCKET, or leave S3_… out: files then go to the data directory.';
const copyHint =
  'Nobody can sign in yet: holdfast user list and holdfast user password-link say who and how. It sends nothing: holdfast copy show.';

async function finishRestore(
  { flags, switches, say, answer }: LoneCall,
  { ownerUrl, backups, manifest, config, where, hint, began, renewKey, finished }: Restored,
): Promise<number> {
  const files = openFiles(config);
  if (switches.pseudonymise) {
    await pseudonymise({ ownerUrl, superuserUrl: ownDatabase(config), source: `the backup ${manifest.id}`, say }).catch(
      (error: unknown) => {
        say(
          `${Object.values(where)[0]} may still hold real people: pseudonymising it did not finish. It does not start; run the restore again, which empties it first.`,
        );
        throw error;
      },
    );
    const count = await writePlaceholders(ownerUrl, files).finally(() => files.close());
    await deleteServerLog(config);
    await renewKey?.();
    await finished();
    const seconds = Math.round((performance.now() - began) / 100) / 10;
    answer(
      {
        ...where,
        backup: manifest.id,
        kind: manifest.kind,
        pseudonymised: true,
        files: count,
        missing: [],
        damaged: [],
        seconds,
      },
      `Restored and pseudonymised in ${seconds} s. ${hint}\n${copyHint}`,
    );
    return 0;
  }
  say('Restoring the files');
  const { count, ...lost } = await restoreFiles(ownerUrl, backups, files)
    .catch(async (error: Error) => {
      // To restore the database again would take long and bring nothing.
      await finished();
      throw new Error(
        `The database is restored, and its files are not: ${error.message}. Start it, and then run holdfast restore files.`,
        { cause: error },
      );
    })
    .finally(() => files.close());
  await finished();
  const code = sayLost({ say }, lost);
  const seconds = Math.round((performance.now() - began) / 100) / 10;
  const { id: backup, kind } = manifest;
  const at = kind === 'logical' ? manifest.at : (flags.at ?? null);
  answer({ ...where, backup, kind, at, files: count, ...lost, seconds }, `Restored in ${seconds} s. ${hint}`);
  return code;
}

async function restoreTo(call: LoneCall, store: FileStore, to: string): Promise<number> {
  const began = performance.now();
  const { config, say } = call;
  if (call.switches.pseudonymise) await refuseFullBucket(config, empty_bucket);
  const dir = resolve(to);
  await mkdir(dir, { recursive: true, mode: 0o700 });
  const { keys, file } = await keysFor(config, dir);
  const { target, backups, manifest } = await chosen(call, store, keys);
  if (manifest.kind === 'mark')
    throw new UsageError(
      `The database of ${manifest.id} is in the backups of another tool: restore it with that, start PostgreSQL, and then run holdfast restore files (docs/operating/backup.md).`,
    );
  const { finished, release } = await beginRestore(dir, say);
  try {
    await checkRoomFor(backups, manifest, target, dir).catch(async (error: unknown) => {
      await finished();
      throw error;
    });
    return await restoreMarked(call, dir, { target, backups, manifest, keys, file, began, finished });
  } finally {
    release();
  }
}

/** A copy of the files takes what they took; of a logical backup the size is not known before. */
async function checkRoomFor(
  backups: BackupStore,
  manifest: BackupManifest,
  target: Target,
  dir: string,
): Promise<void> {
  if (manifest.kind !== 'base') return;
  const bytes = await restoredBytes(backups, manifest, target);
  const { free_bytes } = await diskSpace(dir);
  if (free_bytes < bytes)
    throw problems.conflict(
      `The restore needs ${gigabytes(bytes)} at ${dir}, without its files, and ${gigabytes(free_bytes)} are free. Make room, or name a folder on another disk.`,
    );
}

const gigabytes = (bytes: number) => `${(bytes / 1e9).toFixed(2)} GB`;

interface MarkedRestore extends Pick<Restored, 'backups' | 'manifest' | 'began' | 'finished'> {
  target: Target;
  keys: MasterKeys;
  file?: string | undefined;
}

async function restoreMarked(
  call: LoneCall,
  dir: string,
  { target, backups, manifest, keys, file, began, finished }: MarkedRestore,
): Promise<number> {
  const { config, say } = call;
  const { server } = await restoreBackup(backups, manifest, { dir, target, masterKeys: keys, config, say });
  try {
    const own = keyFile({ HOLDFAST_DATA: dir });
    // The key opens the backups of the original, and seals nothing in a pseudonymised copy, which gets one of its own.
    if (call.switches.pseudonymise) await rm(own, { force: true });
    else if (file && file !== own) await writeKeyFile(own, await readFile(file, 'utf8'));
    if (call.switches.pseudonymise) await migrate(server.ownerUrl, { appRole: appRoleOf(server.ownerUrl, keys) });
    return await finishRestore(call, {
      ownerUrl: server.ownerUrl,
      backups,
      manifest,
      config: { ...config, HOLDFAST_DATA: dir, DATABASE_URL: undefined },
      where: { dir },
      hint: `Start it${config.DATABASE_URL ? ', without DATABASE_URL' : ''}: npm start -- --data ${dir}`,
      began,
      renewKey: async () => {
        await makeKeyFile(own);
        const ownKeys = await readMasterKeys({ ...config, HOLDFAST_KEY: undefined, HOLDFAST_DATA: dir });
        await makeAppRole(server.ownerUrl, appRoleOf(server.ownerUrl, ownKeys));
      },
      finished,
    });
  } finally {
    await server.stop();
  }
}

async function restoreIntoDatabase(call: LoneCall, store: FileStore): Promise<number> {
  const began = performance.now();
  const { config, say } = call;
  const ownerUrl = config.DATABASE_URL;
  if (!ownerUrl) throw new UsageError('Set DATABASE_URL to the empty database that is to be filled.');
  if (call.switches.pseudonymise) {
    if (!config.S3_BUCKET) refuseServed(config);
    await refuseFullBucket(config, empty_bucket);
  }
  const keys = await readMasterKeys(config);
  const { backups, manifest } = await chosen(call, store, keys);
  if (manifest.kind === 'mark')
    throw new UsageError(
      `The database of ${manifest.id} is in the backups of another tool: restore it with that, and then run holdfast restore files (docs/operating/backup.md).`,
    );
  if (manifest.kind === 'base')
    throw new UsageError(
      `The backup ${manifest.id} has the files of a database, not its rows: restore it with --to DIR.`,
    );
  const { finish, release } = await loadMarked(backups, manifest, {
    mark: restore_schema,
    ownerUrl,
    masterKeys: keys,
    say,
  });
  const database = new URL(ownerUrl).pathname.slice(1);
  const hint = `Start it with the same DATABASE_URL${call.switches.pseudonymise ? ', and a HOLDFAST_KEY of its own' : ' and HOLDFAST_KEY'}: npm start`;
  return finishRestore(call, {
    ownerUrl,
    backups,
    manifest,
    config,
    where: { database },
    hint,
    began,
    finished: finish,
  }).finally(release);
}
