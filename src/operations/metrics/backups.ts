import type { Config } from '../../kernel/config/config.ts';
import type { Registry } from '../../kernel/metrics/registry.ts';
import type { MasterKeys } from '../../kernel/vault/master-key.ts';
import { hasBackupStore } from '../backup/backup-store.ts';
import { openOwnBackups } from '../backup/catalogue.ts';
import { readManifest } from '../backup/manifest.ts';
import type { Proof } from '../backup/prove.ts';
import type { Source } from './database.ts';
import { figure } from './figure.ts';

/** How many proofs are looked at for one that passed. */
const proofs_max = 30;

interface Reading {
  /** The moment that the newest backup recorded. */
  newest: string | undefined;
  lastProof: Proof | undefined;
  lastPassed: Proof | undefined;
}

/** What is in the backup store never changes, so each thing is read once. */
interface Known {
  moments: Map<string, string>;
  proofs: Map<string, Proof>;
}

/** Whether this installation makes backups. One at DATABASE_URL is backed up where it runs. */
export const makesBackups = (config: Config): boolean => hasBackupStore(config) && !config.DATABASE_URL;

export function backupFigures(registry: Registry, config: Config, masterKeys: MasterKeys): Source<Reading> {
  const plain = (name: string, help: string) => figure(registry, `holdfast_backup_${name}`, help);
  plain('configured', 'Whether Holdfast makes backups here: 1 or 0')([[{}, makesBackups(config) ? 1 : 0]]);
  const newest = plain('newest_timestamp_seconds', 'The moment that the newest backup recorded, in seconds since 1970');
  const proven = plain('proven_timestamp_seconds', 'When the newest proof that passed began, in seconds since 1970');
  const passed = plain('last_proof_passed', 'Whether the newest proof passed: 1 or 0');
  const recovery = plain(
    'recovery_seconds',
    'How long the newest proof that passed took until the application answered',
  );
  const known: Known = { moments: new Map(), proofs: new Map() };
  return {
    read: () => readBackups(config, masterKeys, known),
    show: (reading) => {
      const one = (value: number | undefined) => (value === undefined ? [] : ([[{}, value]] as const));
      const seconds = (at: string | undefined) => one(at === undefined ? undefined : Date.parse(at) / 1000);
      newest(seconds(reading?.newest));
      proven(seconds(reading?.lastPassed?.began_at));
      passed(one(reading?.lastProof && Number(reading.lastProof.passed)));
      recovery(one(reading?.lastPassed?.recovery_seconds));
    },
  };
}

async function readBackups(config: Config, masterKeys: MasterKeys, known: Known): Promise<Reading> {
  const backups = await openOwnBackups(config, masterKeys);
  if (!backups) throw new Error('The database does not run');
  try {
    const id = (await backups.list('backup')).at(-1);
    const proofs = (await backups.list('proof')).reverse().slice(0, proofs_max);
    const newest = id && (await once(known.moments, id, async () => (await readManifest(backups, id)).at));
    let [lastProof, lastPassed]: (Proof | undefined)[] = [];
    for (const proven of proofs) {
      // The newest may be made again, by hand.
      if (proven === proofs[0]) known.proofs.delete(proven);
      const proof = await once(known.proofs, proven, () => backups.getJson<Proof>('proof', proven));
      lastProof ??= proof;
      if (proof.passed) lastPassed = proof;
      if (lastPassed) break;
    }
    for (const gone of known.proofs.keys()) if (!proofs.includes(gone)) known.proofs.delete(gone);
    for (const gone of known.moments.keys()) if (gone !== id) known.moments.delete(gone);
    return { newest, lastProof, lastPassed };
  } finally {
    backups.store.close();
  }
}

async function once<Value>(known: Map<string, Value>, id: string, read: () => Promise<Value>): Promise<Value> {
  const value = known.get(id) ?? (await read());
  known.set(id, value);
  return value;
}
