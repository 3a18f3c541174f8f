import { hostname } from 'node:os';
import type { Config } from '../../kernel/config/config.ts';
import { type Database, sql } from '../../kernel/database/database.ts';
import { diskSpace } from '../../kernel/files/disk-space.ts';
import type { Finding } from '../health/findings.ts';
import type { StorageReport } from './contract.ts';
import { forecast } from './forecast.ts';

const day_ms = 86_400_000;
const warning_days = 30;
const urgent_days = 7;

interface Sample {
  place: 'data' | 'backup';
  host: string;
  at: string;
  free_bytes: number;
  size_bytes: number;
  database_bytes: number;
  file_bytes: number;
  log_bytes: number;
}

/**
 * Of this machine's disks as they are now, which a full disk keeps from being sampled; of others, and for the forecast,
 * by the samples.
 */
export async function readStorageNow(
  db: Database,
  { HOLDFAST_DATA, BACKUP_DIR }: Pick<Config, 'HOLDFAST_DATA' | 'BACKUP_DIR'>,
): Promise<StorageReport> {
  const report = await readStorage(db);
  const host = hostname();
  const here = { data: HOLDFAST_DATA, backup: BACKUP_DIR };
  for (const place of ['data', 'backup'] as const) {
    const space = here[place] && (await diskSpace(here[place]).catch(() => undefined));
    if (!space) continue;
    const now = { at: new Date().toISOString(), free_bytes: space.free_bytes, size_bytes: space.size_bytes };
    const known = report.data.find((disk) => disk.place === place && disk.host === host);
    if (known) Object.assign(known, now);
    else report.data.push({ place, host, ...now, bytes_per_day: null, full_at: null });
  }
  return report;
}

export async function readStorage(db: Database): Promise<StorageReport> {
  const samples = await db.call<Sample>(sql`select * from app.storage_samples()`);
  const disks = Map.groupBy(samples, ({ place, host }) => `${place} ${host}`);
  const data = [...disks.values()].map((of) => {
    const { place, host, at, free_bytes, size_bytes } = of.at(-1)!;
    return { place, host, at, free_bytes, size_bytes, ...forecast(of) };
  });
  const newest = samples.toSorted((a, b) => Date.parse(a.at) - Date.parse(b.at)).at(-1);
  const sizes = newest
    ? { database_bytes: newest.database_bytes, file_bytes: newest.file_bytes, log_bytes: newest.log_bytes }
    : null;
  return { data, sizes };
}

export async function roomFinding(db: Database): Promise<Finding> {
  const { data } = await readStorage(db);
  const known = data.filter(({ bytes_per_day }) => bytes_per_day !== null);
  const full = known.filter(({ full_at }) => full_at !== null);
  const [first] = full.toSorted((a, b) => Date.parse(a.full_at!) - Date.parse(b.full_at!));
  const base = {
    check: 'room',
    advice:
      'Make room or enlarge the disk. The page Database says which tables are large, and Lifecycle what is deleted when.',
  };
  if (!first) {
    const detail =
      known.length > 0 ? 'At the pace of the last days no disk fills' : 'Too early to tell when a disk will be full';
    return { ...base, ok: true, detail };
  }
  const day = first.full_at!.slice(0, 10);
  const days = (Date.parse(first.full_at!) - Date.now()) / day_ms;
  const { host } = first;
  return {
    ...base,
    ok: days >= warning_days,
    severity: days < urgent_days ? 'page' : 'ticket',
    detail:
      first.place === 'data'
        ? `The disk of the data directory at ${host} is full on about ${day}`
        : `The disk of the backup store at ${host} is full on about ${day}`,
  };
}
