import { type Database, sql } from '../../kernel/database/database.ts';
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
