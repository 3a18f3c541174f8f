import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { splitCommand } from '../../../kernel/config/command-line.ts';
import type { Config } from '../../../kernel/config/config.ts';
import { postgresBinaries } from '../../../kernel/database/embedded/binaries.ts';
import { problems } from '../../../kernel/errors/problem.ts';
import { identifyDatabase } from '../logical/take.ts';
import type { MarkManifest } from '../manifest.ts';
import type { Target } from '../restore.ts';
import { type ForeignTool, postgresTime, readIdentity, runRestore } from './command.ts';
import { type ForeignServer, LogEnds, startRestored } from './server.ts';

/** Undefined where Holdfast backs up the database itself, or nothing does. */
export function foreignTool(config: Config): ForeignTool | undefined {
  const { BACKUP_RESTORE_COMMAND: command, DATABASE_URL: ownerUrl } = config;
  if (!command || !ownerUrl) return undefined;
  return {
    command: splitCommand(command)!,
    ownerUrl,
    secondsMax: config.BACKUP_RESTORE_SECONDS_MAX,
    lossSecondsMax: config.BACKUP_LOSS_SECONDS_MAX,
    postgresBin: config.BACKUP_POSTGRES_BIN,
  };
}

/** The tool whose backups have the database of a moment. */
export function toolFor(config: Config, { id }: MarkManifest): ForeignTool {
  const tool = foreignTool(config);
  if (tool) return tool;
  throw problems.conflict(
    `The database of ${id} is in the backups of another tool: set BACKUP_RESTORE_COMMAND (docs/operating/backup.md).`,
  );
}

interface RestoreOptions {
  dir: string;
  target: Target;
  settings: Record<string, string>;
  /** As the backup store names it: the identifiers of the database cluster and the database. */
  installation: string;
}

/**
 * Has the tool restore the database into `dir`, and starts PostgreSQL on that, which applies the log up to the target.
 */
export async function restoreByTool(
  tool: ForeignTool,
  manifest: MarkManifest,
  options: RestoreOptions,
): Promise<{ server: ForeignServer; command_seconds: number }> {
  for (;;) {
    try {
      return await restoreOnce(tool, manifest, options);
    } catch (error) {
      // A stream of the log that the tool receives may be a little behind; whether it is cannot be asked of the server.
      const late = Date.now() - timeOf(options.target, manifest).getTime() > tool.lossSecondsMax * 1_000;
      if (!(error instanceof LogEnds) || late || options.target === 'latest') throw error;
      await rm(join(options.dir, 'postgres'), { recursive: true, force: true });
      await sleep(stream_ms);
    }
  }
}

const stream_ms = 5_000;

async function restoreOnce(
  tool: ForeignTool,
  manifest: MarkManifest,
  { dir, target, settings, installation }: RestoreOptions,
): Promise<{ server: ForeignServer; command_seconds: number }> {
  const deadline = Date.now() + tool.secondsMax * 1_000;
  const cluster = join(dir, 'postgres');
  const began = performance.now();
  await runRestore(tool, { cluster, time: timeOf(target, manifest), lsn: manifest.at_lsn });
  const command_seconds = Math.round((performance.now() - began) / 100) / 10;
  const { major, system_identifier } = await readIdentity(cluster);
  const [expected] = installation.split('-');
  if (system_identifier !== expected)
    throw new Error(
      `The restore command restored another PostgreSQL: its identifier is ${system_identifier}, that of the one at DATABASE_URL ${expected}`,
    );
  const server = await startRestored({
    cluster,
    ownerUrl: tool.ownerUrl,
    binaries: await binariesFor(major, tool.postgresBin, dir),
    settings: { ...settings, ...targetSettings(target, manifest) },
    deadline,
  });
  const restored = await identifyDatabase(server.ownerUrl);
  if (restored !== installation) {
    await server.stop();
    throw new Error(`The restored database is another one (${restored}) than that at DATABASE_URL (${installation})`);
  }
  return { server, command_seconds };
}

/** The newest log has no time of its own: what is asked of the tool is a backup from before now. */
function timeOf(target: Target, { at }: MarkManifest): Date {
  if (target instanceof Date) return target;
  return target === 'recorded' ? new Date(at) : new Date();
}

/**
 * In this order: PostgreSQL takes one only, and looks at each as it comes. Those of the tool's own are taken away
 * first.
 */
function targetSettings(target: Target, { at_lsn, segment }: MarkManifest): Record<string, string> {
  const set: Record<string, string> =
    target === 'recorded'
      ? { recovery_target_lsn: at_lsn }
      : target instanceof Date
        ? { recovery_target_time: postgresTime(target) }
        : {};
  const others = ['', '_time', '_xid', '_name', '_lsn']
    .map((kind) => `recovery_target${kind}`)
    .filter((name) => !(name in set));
  return {
    ...Object.fromEntries(others.map((name) => [name, ''])),
    ...set,
    // The place is that of what comes after the moment.
    recovery_target_inclusive: target === 'recorded' ? 'off' : 'on',
    recovery_target_action: 'promote',
    recovery_target_timeline: target === 'recorded' ? String(Number.parseInt(segment.slice(0, 8), 16)) : 'latest',
  };
}

const embedded_major = '18';
/** Where the packages of Debian and of PostgreSQL's own repositories put a version. */
const usual = (major: string) => [`/usr/lib/postgresql/${major}/bin`, `/usr/pgsql-${major}/bin`];

/** A data directory can be read by the version of PostgreSQL that made it, and no other. */
async function binariesFor(major: string, named: string | undefined, dir: string): Promise<string> {
  const found = [...(named === undefined ? usual(major) : [named])].find((bin) => existsSync(join(bin, 'postgres')));
  if (found) return found;
  if (named !== undefined) throw new Error(`BACKUP_POSTGRES_BIN names ${named}, where there is no program postgres`);
  const asRoot = process.getuid?.() === 0;
  if (major === embedded_major) {
    const embedded = await postgresBinaries({ dataDir: dir, asRoot }).catch(() => undefined);
    if (embedded) return embedded;
  }
  throw new Error(
    `What was restored is of PostgreSQL ${major}, which is not installed on this machine: install it, or name its directory with BACKUP_POSTGRES_BIN`,
  );
}
