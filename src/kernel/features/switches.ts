import { LRUCache } from 'lru-cache';
import { ConfigError } from '../config/config.ts';
import type { Database } from '../database/database.ts';
import { Problem } from '../errors/problem.ts';
import { type Actor, type Context, systemActor, withContext } from '../tenancy/context.ts';
import { readSwitches, type Switches } from './queries.ts';
import { featureNames, listDeclared, typesOf } from './registry.ts';

/**
 * How long requests go by what was read. A switch counts at once in the process that makes it, and wherever its signal
 * arrives.
 */
const trusted_ms_max = 900;
/** How exactly: to the millisecond, the cache would start a timer for nearly each request. */
const clock_ms = 100;
const workspaces_max = 20_000;

/** What is switched off in each workspace. */
export class FeatureSwitches {
  readonly #db: Database;
  /** In the whole installation. */
  readonly everywhereOff: readonly string[];
  readonly #known = new LRUCache<string, Promise<readonly string[]>>({
    max: workspaces_max,
    ttl: trusted_ms_max,
    ttlResolution: clock_ms,
  });

  constructor(db: Database, everywhereOff: readonly string[]) {
    const unknown = everywhereOff.filter((name) => !featureNames().includes(name));
    if (unknown.length > 0)
      throw new ConfigError([`FEATURES_OFF: ${unknown.join(', ')}: choose of ${featureNames().join(', ')}`]);
    this.#db = db;
    this.everywhereOff = everywhereOff;
  }

  /** For requests. */
  async off(tenant_id: string): Promise<readonly string[]> {
    const known = this.#known.get(tenant_id);
    if (known) return known;
    const asked = this.offNow(tenant_id);
    this.#known.set(tenant_id, asked);
    // Others ask again.
    asked.catch(() => this.#known.delete(tenant_id));
    return asked;
  }

  /** As it is stored now, for jobs, schedules and consumers, which no signal reaches. */
  offNow = (tenant_id: string): Promise<readonly string[]> =>
    withContext(this.#db, systemActor(tenant_id), (ctx) => this.offIn(ctx), { mode: 'read' });

  offIn = async (ctx: Context): Promise<readonly string[]> => this.listOff(await readSwitches(ctx));

  listOff = (switches: Switches): string[] => featureNames().filter((name) => !this.isOn(name, switches));

  /** What a workspace has not switched is on. */
  isOn = (name: string, switches: Switches): boolean => !this.everywhereOff.includes(name) && (switches[name] ?? true);

  /** To be called after a commit that switched something. */
  changed = (tenant_id: string): void => void this.#known.delete(tenant_id);

  /** Refuses what belongs to features of which one is off. */
  refuse(actor: Actor, features?: readonly string[]): void {
    refuseSwitchedOff(actor, features, this.everywhereOff);
  }

  /** Refuses what asks for records of a product that is off: by its name in the address or the body. */
  refuseType(actor: Actor, inputs: readonly unknown[]): void {
    if (!actor.features_off?.length) return;
    const named = inputs.map((input) => (input as { resource?: unknown } | null | undefined)?.resource);
    refuseTypesOff(actor, named, this.everywhereOff);
  }
}

export function refuseSwitchedOff(
  { features_off = [] }: Actor,
  features: readonly string[] = [],
  everywhereOff: readonly string[] = [],
): void {
  const name = features.find((each) => features_off.includes(each));
  if (name === undefined) return;
  const where = everywhereOff.includes(name)
    ? 'for this whole installation'
    : 'in this workspace; an administrator can switch it on';
  const { title } = listDeclared().find((feature) => feature.name === name)!;
  throw new Problem(403, 'feature_off', 'This is switched off', `${title}: switched off ${where}.`);
}

/** Refuses record types of a product that is off for the caller. */
export function refuseTypesOff(actor: Actor, types: readonly unknown[], everywhereOff?: readonly string[]): void {
  const { features_off = [] } = actor;
  const product = features_off.find((name) => typesOf([name]).some(({ resource }) => types.includes(resource.name)));
  if (product) refuseSwitchedOff(actor, [product], everywhereOff);
}

/** Those that are no record types of a product that is off for the caller. */
export function withoutOff<T>({ features_off = [] }: Actor, things: readonly T[], nameOf: (thing: T) => string): T[] {
  const names = new Set(typesOf(features_off).map(({ resource }) => resource.name));
  return things.filter((thing) => !names.has(nameOf(thing)));
}
