import { openFiles } from '../kernel/files/create-file-store.ts';
import { ownDatabase } from '../operations/backup/backup.ts';
import type { BackupStore } from '../operations/backup/backup-store.ts';
import { openOwnBackups, readCatalogue, readTimeProofs, summaryOf } from '../operations/backup/catalogue.ts';
import { backUpOwn } from '../operations/backup/jobs.ts';
import { examineStore, gap_advice, gapText, type LogArchive, openGaps } from '../operations/backup/log-archive.ts';
import { readManifest } from '../operations/backup/manifest.ts';
import { backupPlace } from '../operations/backup/place.ts';
import { proveBackup } from '../operations/backup/prove.ts';
import { chooseBackup, type Target } from '../operations/backup/restore.ts';
import { readable } from '../operations/backup/status.ts';
import { proveTime } from '../operations/backup/time-proof.ts';
import { version } from '../version.ts';
import { type Call, type Command, startApp, UsageError } from './command.ts';
import { proofState, proofText, timeProofLine } from './proof-text.ts';

export function noStore(): never {
  throw new UsageError('Backups need a store: set BACKUP_DIR, or BACKUP_S3_… (docs/operating/backup.md).');
}

/** The backups of the installation whose database runs here, or is at DATABASE_URL. */
export async function ownBackups({ config, installation }: Call): Promise<BackupStore> {
  return (await readable(openOwnBackups(config, installation.masterKeys))) ?? noStore();
}

/** The time that --at names. */
export function targetOf(at: string | undefined): Target {
  if (at === undefined) return 'latest';
  const time = new Date(at);
  if (Number.isNaN(time.getTime())) throw new UsageError('--at takes a time such as 2026-03-01T14:30:00Z');
  return time;
}

/** What cannot be had back, said wherever somebody may rely on it. */
const logicalLimits = (at: string) =>
  `These are logical backups, of the PostgreSQL at DATABASE_URL: each leads to its own moment and to none between. What changed since ${at} is in none.`;

/** Who has the database, where it is not Holdfast. */
const otherTool =
  'Another tool backs up the database: these are moments that its backups are compared with (BACKUP_RESTORE_COMMAND). The files are in the backup store, and only there.';

const megabytes = (bytes: number) => `${(bytes / 1e6).toLocaleString('en', { maximumFractionDigits: 1 })} MB`;

/** The backups of another tool are proven by what they lead to now: whether its archive has the log is part of that. */
async function newestToProve({ config, installation: { databaseUrl }, say }: Call, backups: BackupStore) {
  if (!config.BACKUP_RESTORE_COMMAND) return chooseBackup(backups);
  const files = openFiles(config);
  return backUpOwn({ config, databaseUrl, files, version }, backups, say).finally(() => files.close());
}

function archiveLines({ gaps, ranges }: LogArchive): string[] {
  const open = openGaps({ gaps });
  return [
    'Any moment can be restored:',
    ...ranges.map(({ from, to }) => `  from ${from} ${to === null ? 'until now' : `to ${to}`}`),
    ...(ranges.length === 0 ? ['  none'] : []),
    ...gaps
      .filter(({ until }) => until !== null)
      .map(({ from, until }) => `Log is missing from ${from} on, up to the backup of ${until}`),
    ...open.map((gap) => `GAP: ${gapText(gap)}`),
    ...(open.length > 0 ? [gap_advice] : []),
  ];
}

export const backupCommands: Command[] = [
  {
    name: 'backup now',
    summary: 'Makes a full backup in the backup store, while everybody works on.',
    run: async (call) => {
      const backups = await ownBackups(call);
      const files = openFiles(call.config);
      try {
        const { config, installation } = call;
        const source = { config, databaseUrl: installation.databaseUrl, files, version };
        const made = summaryOf(await backUpOwn(source, backups, call.say));
        call.answer(
          made,
          made.kind === 'mark'
            ? `Recorded ${made.id}, the moment of ${made.at}, and copied ${made.files.count} files. ${otherTool} Prove it: holdfast backup prove`
            : `Made the backup ${made.id} of ${made.at}: ${megabytes(made.base_bytes)} and ${made.files.count} files. Prove it: holdfast backup prove`,
        );
        return 0;
      } finally {
        files.close();
        backups.store.close();
      }
    },
  },
  {
    name: 'backup list',
    reads: true,
    summary: 'Lists the backups in the backup store, and whether a restore of each was tried and was well.',
    flags: {
      seconds: { kind: 'switch', help: 'Instead: the single seconds that were restored on trial' },
      ranges: { kind: 'switch', help: 'Instead: between which moments all can be restored, and where log is missing' },
    },
    run: async (call) => {
      const backups = await ownBackups(call);
      try {
        const { backups: found, unreadable } = await readCatalogue(backups);
        const archive = call.config.DATABASE_URL ? undefined : await examineStore(backups, ownDatabase(call.config));
        const times = (await readTimeProofs(backups)).reverse();
        // As the page Health judges: of proofs the last one counts.
        const hasGap = archive !== undefined && openGaps(archive).length > 0;
        const isNotWell =
          hasGap || found.find(({ proof }) => proof)?.proof?.passed === false || times.at(-1)?.passed === false;
        const code = isNotWell ? 1 : 0;
        if (call.switches.ranges) {
          if (!archive)
            throw new UsageError(
              'Logical backups, and those of another tool, have no log here that would lead to other moments.',
            );
          call.answer(archive, archiveLines(archive).join('\n'));
          return hasGap ? 1 : 0;
        }
        const all = found.reverse();
        if (call.switches.seconds) {
          call.answer(times, times.map(timeProofLine).join('\n') || 'None was restored on trial yet');
          return code;
        }
        const lines = [
          ...all.map(
            ({ backup, proof, unreadable_proof }) =>
              `${backup.id}  ${backup.at}  ${megabytes(backup.base_bytes).padStart(10)}  ${proofState(proof, unreadable_proof)}`,
          ),
          ...unreadable.map(({ id, why }) => `${id}  CANNOT BE READ: ${why}`),
        ].sort();
        if (times.length > 0) lines.push('Seconds that were restored on trial:', ...times.map(timeProofLine));
        if (archive && all.length > 0) lines.push(...archiveLines(archive));
        if ((await backupPlace(call.config))?.same_disk)
          call.say('The backup store is on the disk of the data: whoever loses that disk loses both.');
        const newest = all.at(-1)?.backup;
        if (newest?.kind === 'logical') lines.push(logicalLimits(newest.at));
        if (newest?.kind === 'mark') lines.push(otherTool);
        call.answer(
          [
            ...all.map(({ backup, ...proven }) => ({ ...backup, ...proven })),
            ...unreadable.map(({ id, why }) => ({ id, unreadable: why })),
          ].sort((a, b) => (a.id < b.id ? -1 : 1)),
          lines.length > 0 ? lines.join('\n') : 'There is no backup yet: holdfast backup now',
        );
        return code;
      } finally {
        backups.store.close();
      }
    },
  },
  {
    name: 'backup prove',
    summary:
      'Restores a backup into a scratch server and checks that all is there and sound: the newest, or the one named. Where another tool backs up the database: as it is now.',
    words: '[BACKUP]',
    flags: {
      at: { help: 'How things were at a time such as 2026-03-01T14:30:00Z, by the backup before it and the log' },
      random: { kind: 'switch', help: 'At a second that is drawn from all between the oldest backup and now' },
    },
    run: async (call) => {
      const { words, flags, switches } = call;
      if ([words[0], flags.at, switches.random].filter(Boolean).length > 1)
        throw new UsageError('Name one: a backup, --at or --random.');
      const time = switches.random ? 'random' : flags.at === undefined ? undefined : (targetOf(flags.at) as Date);
      const backups = await ownBackups(call);
      try {
        const [id] = words;
        const options = {
          config: call.config,
          masterKeys: call.installation.masterKeys,
          start: startApp,
          say: call.say,
        };
        const proof = time
          ? await proveTime(backups, time, options)
          : await proveBackup(
              backups,
              id ? await readManifest(backups, id) : await newestToProve(call, backups),
              options,
            );
        call.answer(proof, proofText(proof));
        return proof.passed ? 0 : 1;
      } finally {
        backups.store.close();
      }
    },
  },
];
