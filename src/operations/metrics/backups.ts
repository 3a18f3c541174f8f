import type { Config } from '../../kernel/config/config.ts';
import type { Registry } from '../../kernel/metrics/registry.ts';
import type { MasterKeys } from '../../kernel/vault/master-key.ts';
import { hasBackupStore } from '../backup/backup-store.ts';
import { openOwnBackups, readCatalogue, readTimeProofs } from '../backup/catalogue.ts';
import { openGaps, readLogArchive } from '../backup/log-archive.ts';
import { type Loss, lossOfDay, readLoss } from '../backup/loss.ts';
import type { Proof } from '../backup/prove.ts';
import type { Source } from './database.ts';
import { figure } from './figure.ts';

/** How many backups are looked at for one whose proof passed. */
const backups_max = 30;
const times_max = 10;

interface Reading {
  /** The moment that the newest backup recorded. */
  newest: string | undefined;
  /** The same of the oldest. */
  oldest: string | undefined;
  lastProof: Proof | undefined;
  lastPassed: Proof | undefined;
  /** The last proof of a restore to a single second. */
  lastTime: Proof | undefined;
  lastTimePassed: Proof | undefined;
  /** Behind how many places of missing log nothing can be had back; undefined before that was looked at. */
  logGaps: number | undefined;
}

export function backupFigures(registry: Registry, config: Config, masterKeys: MasterKeys): Source<Reading> {
  const plain = (name: string, help: string) => figure(registry, `holdfast_backup_${name}`, help);
  plain('configured', 'Whether Holdfast makes backups here: 1 or 0')([[{}, hasBackupStore(config) ? 1 : 0]]);
  const newest = plain('newest_timestamp_seconds', 'The moment that the newest backup recorded, in seconds since 1970');
  const oldest = plain('oldest_timestamp_seconds', 'The moment that the oldest backup recorded, in seconds since 1970');
  const proven = plain('proven_timestamp_seconds', 'When the newest proof that passed began, in seconds since 1970');
  const passed = plain(
    'last_proof_passed',
    'Whether the newest proof of a backup, and that of a random second, passed: 1 or 0',
  );
  const timeProven = plain(
    'time_proven_timestamp_seconds',
    'When the newest proof of a random second that passed began, in seconds since 1970',
  );
  const gaps = plain(
    'log_gaps',
    'Places at which log is missing in the backup store, behind which no full backup was made yet',
  );
  const recovery = plain(
    'recovery_seconds',
    'How long the newest proof that passed took until the application answered',
  );
  return {
    read: () => readBackups(config, masterKeys),
    show: (reading) => {
      newest(seconds(reading?.newest));
      oldest(seconds(reading?.oldest));
      proven(seconds(reading?.lastPassed?.began_at));
      passed(one(reading?.lastProof && Number(reading.lastProof.passed && reading.lastTime?.passed !== false)));
      timeProven(seconds(reading?.lastTimePassed?.began_at));
      gaps(one(reading?.logGaps));
      recovery(one(reading?.lastPassed?.recovery_seconds));
    },
  };
}

const one = (value: number | undefined) => (value === undefined ? [] : ([[{}, value]] as const));
const seconds = (at: string | undefined) => one(at === undefined ? undefined : Date.parse(at) / 1000);

/**
 * What the worker measured and keeps in the data directory: known when the backup store is away, too, which is when it
 * counts.
 */
export function lossFigures(registry: Registry, config: Config): Source<Loss | null> {
  const durable = figure(
    registry,
    'holdfast_backup_durable_timestamp_seconds',
    'All that was changed before then is in the backup store, in seconds since 1970',
  );
  const loss = figure(
    registry,
    'holdfast_backup_loss_seconds',
    'The most changes that could have been lost at any time of the last day, in seconds',
  );
  return {
    read: () => readLoss(config),
    show: (reading) => {
      durable(seconds(reading?.durable_until));
      loss(one(reading ? lossOfDay(reading) : undefined));
    },
  };
}

async function readBackups(config: Config, masterKeys: MasterKeys): Promise<Reading> {
  const backups = await openOwnBackups(config, masterKeys);
  if (!backups) throw new Error('The database does not run');
  try {
    const { backups: catalogue } = await readCatalogue(backups, backups_max);
    const times = await readTimeProofs(backups, times_max);
    const archive = config.DATABASE_URL ? null : await readLogArchive(backups);
    const proofs = catalogue.flatMap(({ proof }) => proof ?? []);
    return {
      newest: catalogue[0]?.backup.at,
      // One that was made while the clock was ahead is the last of them, and not the oldest.
      oldest: catalogue.map(({ backup }) => backup.at).sort()[0],
      lastProof: proofs[0],
      lastPassed: proofs.find(({ passed }) => passed),
      lastTime: times[0],
      lastTimePassed: times.find(({ passed }) => passed),
      logGaps: archive ? openGaps(archive).length : undefined,
    };
  } finally {
    backups.store.close();
  }
}
