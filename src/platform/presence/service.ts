import type { Cache } from '../../kernel/cache/cache.ts';
import { presence_people_max, presence_seconds } from './contract.ts';

interface Present {
  id: string;
  name: string;
  /**
   * When they were last heard of, in milliseconds by the clock of the database: those of two processes may differ by
   * more than people stay.
   */
  at: number;
}

/** Where people look at a record. */
export interface Spot {
  tenant_id: string;
  resource: string;
  record_id: string;
}

const keyOf = ({ tenant_id, resource, record_id }: Spot) => `presence:${tenant_id}:${resource}:${record_id}`;

/** Those who were heard of lately. Of two who say so at one moment, one may be missing until their next word. */
async function present(cache: Cache, spot: Spot, now: number): Promise<Present[]> {
  const known = (await cache.get<Present[]>(keyOf(spot))) ?? [];
  return known.filter(({ at }) => now - at < presence_seconds * 1000);
}

/** Notes that somebody is here, in the cache alone. Answers the others. */
export async function arrive(
  cache: Cache,
  spot: Spot,
  person: { id: string; name: string } | null,
  now: number,
): Promise<{ id: string; name: string }[]> {
  const others = (await present(cache, spot, now)).filter(({ id }) => id !== person?.id).slice(-presence_people_max);
  if (person) await cache.set(keyOf(spot), [...others, { ...person, at: now }], { ttlSeconds: presence_seconds });
  return others.map(({ id, name }) => ({ id, name }));
}

export async function leave(cache: Cache, spot: Spot, user_id: string, now: number): Promise<void> {
  const others = (await present(cache, spot, now)).filter(({ id }) => id !== user_id);
  await cache.set(keyOf(spot), others, { ttlSeconds: presence_seconds });
}
