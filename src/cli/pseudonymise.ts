import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Config } from '../kernel/config/config.ts';
import { connectEmbedded } from '../kernel/database/embedded.ts';
import { openFiles } from '../kernel/files/create-file-store.ts';
import { addressFile, prepareInstallation } from '../kernel/installation.ts';
import { forgetKeysOfDirectory } from '../kernel/installation-key.ts';
import { ownDatabase } from '../operations/backup/backup.ts';
import { connect } from '../operations/connection.ts';
import {
  deleteServerLog,
  type PseudonymisedTable,
  pseudonymise,
  writePlaceholders,
} from '../operations/pseudonymise/index.ts';
import { type Call, type Command, type LoneCall, type LoneCommand, UsageError, withSystem } from './command.ts';

const count = (number: number) => number.toLocaleString('en');

function reportText(report: readonly PseudonymisedTable[]): string {
  return report
    .filter(({ emptied, substituted, columns }) => emptied > 0 || (substituted > 0 && columns.length > 0))
    .map(({ name, emptied, substituted, columns }) =>
      emptied > 0
        ? `  ${name.padEnd(24)} ${count(emptied).padStart(12)} rows go`
        : `  ${name.padEnd(24)} ${count(substituted).padStart(12)} rows: ${columns.join(', ')}`,
    )
    .join('\n');
}

/** The files of a copy whose database is elsewhere go to the data directory, where those of the original may be. */
export function refuseServed(config: Config): void {
  // A worker has no address, and lines of its log that are still to be stored.
  if (existsSync(addressFile(config)) || existsSync(join(config.HOLDFAST_DATA, 'log')))
    throw new UsageError(
      `Holdfast has served from ${config.HOLDFAST_DATA}, and what is there would be replaced. Name a new folder for the copy: --data DIR`,
    );
}

/**
 * In a bucket, lines of text would replace the files that the copy names: those of the original, if the bucket is its
 * own.
 */
export async function refuseFullBucket(config: Config, wayOut: string): Promise<void> {
  if (!config.S3_BUCKET) return;
  const files = openFiles(config);
  try {
    for await (const _ of files.list())
      throw new UsageError(
        `The bucket ${config.S3_BUCKET} has files, which would be replaced. It may be that of the original. ${wayOut}`,
      );
  } finally {
    files.close();
  }
}

/** The original must not be taken for its copy. */
async function refuseOriginal(config: Config): Promise<void> {
  const { DATABASE_URL: url, HOLDFAST_DATA: dir } = config;
  if (!url) {
    if (await connectEmbedded(dir))
      throw new UsageError(`Holdfast is running on ${dir}. This is for a copy that never ran.`);
    if (existsSync(addressFile(config)))
      throw new UsageError(
        `Holdfast has served from ${dir}, so it is no fresh copy. Make one: holdfast restore --to DIR --pseudonymise`,
      );
    return;
  }
  refuseServed(config);
  const client = await connect(url, 'holdfast-pseudonymise');
  try {
    const { rows } = await client.query<{ name: string }>(
      `select coalesce(nullif(application_name, ''), 'a program without a name') as name from pg_stat_activity
       where datname = current_database() and pid <> pg_backend_pid() and backend_type = 'client backend' limit 1`,
    );
    if (rows[0])
      throw new UsageError(`Somebody uses this database (${rows[0].name}). This is for a copy that nobody uses yet.`);
  } finally {
    await client.end();
  }
}

/** What the flag --confirm has to repeat. */
const nameOfCopy = ({ DATABASE_URL: url, HOLDFAST_DATA: dir }: Config): string =>
  url ? decodeURIComponent(new URL(url).pathname.slice(1)) : dir;

async function replaceInCopy({ config, flags, answer, say }: LoneCall): Promise<number> {
  const name = nameOfCopy(config);
  if (flags.confirm !== name)
    throw new UsageError(
      `This replaces names, addresses and texts in ${name} for good. If it is a copy, say so: --confirm ${name}`,
    );
  await refuseOriginal(config);
  if (flags['confirm-bucket'] !== config.S3_BUCKET)
    await refuseFullBucket(config, `If it holds a copy, say so: --confirm-bucket ${config.S3_BUCKET}`);
  const installation = await prepareInstallation(config, { say, anyKey: true });
  const files = openFiles(config);
  try {
    const { ownerUrl } = installation;
    const report = await pseudonymise({ ownerUrl, superuserUrl: ownDatabase(config), source: name, say });
    // Files of a bucket are replaced one by one.
    if (!config.S3_BUCKET) await rm(join(config.HOLDFAST_DATA, 'files'), { recursive: true, force: true });
    await rm(join(config.HOLDFAST_DATA, 'log'), { recursive: true, force: true });
    await deleteServerLog(config);
    await forgetKeysOfDirectory(config);
    const placeholders = await writePlaceholders(ownerUrl, files);
    answer(
      { copy: name, files: placeholders, tables: report },
      `${reportText(report)}\nPseudonymised ${name}; ${count(placeholders)} files hold a line that says so. It sends nothing: holdfast copy show.`,
    );
    return 0;
  } finally {
    files.close();
    await installation.stop();
  }
}

async function showPlan({ config, answer, say }: LoneCall): Promise<number> {
  const installation = await prepareInstallation(config, {
    say,
    join: true,
    migrate: false,
    reads: true,
    anyKey: true,
  });
  try {
    const report = await pseudonymise({ ownerUrl: installation.ownerUrl, source: 'nothing', dryRun: true, say });
    answer({ tables: report }, `${reportText(report)}\nNothing was changed.`);
    return 0;
  } finally {
    await installation.stop();
  }
}

interface Copy {
  source: string;
  /** Null: its replacing stopped, and it holds real people. */
  replaced_at: Date | null;
  sends: boolean;
}

const readCopy = (call: Call): Promise<Copy | undefined> =>
  withSystem(call, async (client) => {
    const { rows } = await client.query<Copy>('select source, replaced_at, sends from pseudonymised_copy');
    return rows[0];
  });

const unfinished = 'It sends nothing. Empty it, and restore and pseudonymise it again.';

export const pseudonymiseCommands: (Command | LoneCommand)[] = [
  {
    name: 'pseudonymise',
    summary:
      'Replaces what says something about people in a copy that other tools restored, before it is started. With Holdfast’s own backups: holdfast restore --pseudonymise.',
    flags: {
      confirm: { help: 'Name of the copy: its data directory, or its database where DATABASE_URL is set' },
      'confirm-bucket': { help: 'Name of the bucket in S3_BUCKET, where it holds a copy of the files' },
      'dry-run': { kind: 'switch', help: 'Say what would be replaced, and change nothing' },
    },
    runAlone: (call) => (call.switches['dry-run'] ? showPlan(call) : replaceInCopy(call)),
  },
  {
    name: 'copy show',
    reads: true,
    summary: 'Says whether this installation is a pseudonymised copy, and whether it sends anything.',
    run: async (call) => {
      const copy = await readCopy(call);
      const sends = copy?.sends ? 'E-mails, webhooks and alerts leave it.' : 'It sends no e-mails, webhooks or alerts.';
      call.answer(
        copy ?? null,
        copy
          ? !copy.replaced_at
            ? `A copy of ${copy.source} whose pseudonymisation was not finished: it holds real people. ${unfinished}`
            : `A pseudonymised copy of ${copy.source}, made at ${copy.replaced_at.toISOString()}. ${sends}`
          : 'This is no pseudonymised copy.',
      );
      return 0;
    },
  },
  {
    name: 'copy send',
    summary: 'Lets a pseudonymised copy send e-mails, webhooks and alerts, or with --off no more.',
    flags: { off: { kind: 'switch', help: 'It sends nothing from now on' } },
    run: async (call) => {
      const copy = await readCopy(call);
      if (!copy) throw new UsageError('This is no pseudonymised copy: it sends what it has to.');
      if (!copy.replaced_at)
        throw new UsageError(`Its pseudonymisation was not finished, so it would write to real people. ${unfinished}`);
      const sends = call.switches.off !== true;
      await withSystem(call, (client) => client.query('update pseudonymised_copy set sends = $1', [sends]));
      call.answer(
        { sends },
        sends
          ? 'It sends e-mails, webhooks and alerts, within a few seconds.'
          : 'It sends nothing, within a few seconds.',
      );
      return 0;
    },
  },
];
