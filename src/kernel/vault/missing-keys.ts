import { type Database, sql } from '../database/database.ts';
import type { KeyRing } from './seal.ts';

/** What the database says of a number of the installation's key. */
export interface KnownKey {
  version: number;
  /** Since when it is known, in seconds since 1970; null where no check value was recorded. */
  recorded: number | null;
  /** Secrets, and keys of workspaces, that it sealed. */
  secrets: number;
}

export const known_keys_sql = `select version::float8 as version, extract(epoch from recorded_at)::float8 as recorded,
  secrets::float8 as secrets
  from app.master_keys() order by 1`;

/**
 * The numbers of keys that others have and this process needs: one that is newer than all of its own, with which others
 * seal by now or soon, or one with which something is sealed. An old key that nothing needs may be gone.
 */
export function missingKeys(known: readonly KnownKey[], { keys }: Pick<KeyRing, 'keys'>): number[] {
  const newest = Math.max(...keys.keys());
  return known.flatMap(({ version, secrets }) =>
    !keys.has(version) && (version > newest || secrets > 0) ? [version] : [],
  );
}

export const readKnownKeys = (db: Pick<Database, 'call'>): Promise<KnownKey[]> => db.call(sql.raw(known_keys_sql));

/** What a server that lacks keys is told of them; empty where none is missing. */
export function missingKeysText(versions: readonly number[]): string {
  if (versions.length === 0) return '';
  const numbers = versions.join(', ');
  return versions.length === 1
    ? `This server lacks key ${numbers} of HOLDFAST_KEY, and does not open what it sealed`
    : `This server lacks keys ${numbers} of HOLDFAST_KEY, and does not open what they sealed`;
}
