import type { Registry } from '../../kernel/metrics/registry.ts';
import { type KnownKey, known_keys_sql, missingKeys } from '../../kernel/vault/missing-keys.ts';
import type { KeyRing } from '../../kernel/vault/seal.ts';
import { rotatingSince } from '../health/keys.ts';
import type { Ask } from './connection.ts';
import type { Source } from './database.ts';
import { figure } from './figure.ts';

/** Which keys this process lacks, and how old the newest is. */
export function keyFigures(registry: Registry, ask: Ask, ring: KeyRing): Source<KnownKey[]> {
  const missing = figure(
    registry,
    'holdfast_master_key_missing',
    'Whether this process lacks a key of HOLDFAST_KEY that it needs, by number: 1, or 0',
  );
  const recorded = figure(
    registry,
    'holdfast_master_key_timestamp_seconds',
    'Since when the newest key of HOLDFAST_KEY is known, in seconds since 1970',
  );
  return {
    read: () => ask<KnownKey>(known_keys_sql),
    show: (known) => {
      const lacking = new Set(missingKeys(known ?? [], ring));
      missing((known ?? []).map(({ version }) => [{ key: String(version) }, lacking.has(version) ? 1 : 0]));
      recorded(known?.length ? [[{}, known.at(-1)!.recorded]] : []);
    },
  };
}

/** For how long a rotation has gone on. */
export function rotationFigures(registry: Registry, ask: Ask): Source<number> {
  const seconds = figure(
    registry,
    'holdfast_key_rotation_seconds',
    'For how long something has waited to be sealed with the keys of now; 0 while nothing does',
  );
  return {
    read: async () => {
      const [known, [waiting]] = await Promise.all([
        ask<KnownKey>(known_keys_sql),
        ask<{ since: number | null; now: number }>(
          'select extract(epoch from app.rotating_since())::float8 as since, extract(epoch from now())::float8 as now',
        ),
      ]);
      const { since, now } = waiting!;
      return now - (rotatingSince(known, since) ?? now);
    },
    show: (waited) => seconds(waited === undefined ? [] : [[{}, waited]]),
  };
}
