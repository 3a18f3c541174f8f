import { LRUCache } from 'lru-cache';
import { definedResources, type ListQuery, type Resource } from '../../contract/resource.ts';
import type { Database } from '../../database/database.ts';
import { Problem } from '../../errors/problem.ts';
import { type Actor, type Context, withContext } from '../../tenancy/context.ts';
import { mayHaveSealed } from '../personal.ts';
import type { NameIndex } from './name-index.ts';
import { type NoNames, sealedNames } from './store.ts';

/** Names by the record type that has them. */
export type Names = ReadonlyMap<Resource, NameIndex | NoNames>;

const none: Names = new Map();

/** Whether workspaces have sealed names, as this process last saw them. */
const sealing = new LRUCache<string, boolean>({ max: 20_000 });

/** Whether there may be sealed names. Where that has changed, the next request knows. */
export async function maySealNames(ctx: Context): Promise<boolean> {
  const seals = await mayHaveSealed(ctx);
  sealing.set(ctx.tenant_id, seals);
  return seals;
}

const namedTypes = (): Resource[] => definedResources().filter(({ sealedNames: names }) => names !== undefined);

/**
 * The names that a request needs, where its workspace seals them; caught up with what was committed before it. To be
 * asked before its transaction begins, because reading them takes transactions of their own.
 */
export async function prepareNames(
  { db, actor }: { db: Database; actor: Actor | null },
  waitMs: number,
): Promise<Names> {
  if (!actor) return none;
  const { tenant_id } = actor;
  if (!(sealing.get(tenant_id) ?? (await withContext(db, actor, maySealNames, { mode: 'read' })))) return none;
  const found = namedTypes().map(
    async (resource) => [resource, await sealedNames(db).names(tenant_id, resource, waitMs)] as const,
  );
  return new Map(await Promise.all(found));
}

const prepared = new WeakMap<Context['tx'], Names>();

/** Gives the transaction of a request what was prepared for it. */
export const giveNames = ({ tx }: Context, names: Names): void => void prepared.set(tx, names);

/** What a list needs to know of names. */
interface UsedNames {
  /** None where names are not sealed. */
  names: Names;
  /** Whether names are sealed since this process last looked, so that what was read is to be read again. */
  isSwitched?: Promise<boolean>;
}

/**
 * The names that were prepared for this transaction. Where this process saw the workspace without sealing, the check
 * that it still does not is sent along and not waited for.
 */
export async function usedNames(ctx: Context): Promise<UsedNames> {
  const given = prepared.get(ctx.tx);
  const asked = maySealNames(ctx);
  if (given && given.size > 0) {
    // Where it was opened since, the next request has no need of them.
    asked.catch(() => {});
    return { names: given };
  }
  if (sealing.get(ctx.tenant_id) !== false) {
    const seals = await asked;
    return { names: seals ? new Map(namedTypes().map((resource) => [resource, 'reading'])) : none };
  }
  asked.catch(() => {});
  return { names: none, isSwitched: asked };
}

/** Whether a list is ordered by sealed names, or its filter may ask for some. */
export function mayUseNames(resource: Resource, { sort, filter }: Pick<ListQuery, 'sort' | 'filter'>): boolean {
  if (resource.sealedNames && sortsByName(sort ?? resource.defaultSort)) return true;
  if (!filter?.includes('"name"')) return false;
  return resource.sealedNames !== undefined || filter.includes('"any"') || filter.includes('"none"');
}

export const sortsByName = (sort: string): boolean => sort.split(',').some((key) => key === 'name' || key === '-name');

export const namesBeingRead = () =>
  new Problem(
    503,
    'names_being_read',
    'Names are being read',
    'Names are sealed in this workspace, and are being read. Try again in a moment.',
    { headers: { 'retry-after': '1' } },
  );
