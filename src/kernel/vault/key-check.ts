import { timingSafeEqual } from 'node:crypto';
import { deriveKey, type MasterKeys } from './master-key.ts';

/** Check values of master keys, by version: each tells its key from another one, and reveals nothing of it. */
export type KeyChecks = ReadonlyMap<number, string>;

export const keyChecksOf = ({ keys }: MasterKeys): KeyChecks =>
  new Map([...keys].map(([version, key]) => [version, deriveKey(key, 'check value').export().toString('base64url')]));

/**
 * Why keys are not those of which check values were recorded; undefined where they are, or where none were recorded.
 * Old keys may be left out, and new ones added, as long as one of those that were recorded is there.
 */
export function findKeyMismatch(recorded: KeyChecks, masterKeys: MasterKeys): string | undefined {
  if (recorded.size === 0) return undefined;
  const given = keyChecksOf(masterKeys);
  const common = [...given].filter(([version]) => recorded.has(version));
  const other = common
    .filter(([version, check]) => !isEqual(check, recorded.get(version)!))
    .map(([version]) => version);
  if (other.length > 0) return `its key ${other.join(', ')} is another one`;
  const numbers = [...recorded.keys()].sort((a, b) => a - b).join(', ');
  if (common.length === 0) return `it has none of the keys that were used there, which have the numbers ${numbers}`;
  return undefined;
}

const isEqual = (a: string, b: string): boolean =>
  a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b));
