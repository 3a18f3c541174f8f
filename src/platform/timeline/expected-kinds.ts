import { LRUCache } from 'lru-cache';
import type { Resource } from '../../kernel/contract/resource.ts';
import type { Context } from '../../kernel/tenancy/context.ts';
import { attachedKinds } from './contract.ts';

const remembered_max = 10_000;
const remembered_ms = 10 * 60_000;
/** How exactly: to the millisecond, the cache would start a timer for nearly each request. */
const clock_ms = 1_000;

/** By workspace and record type: the tables of left out kinds of which a record was found to have entries. */
const found = new LRUCache<string, Set<string>>({
  max: remembered_max,
  ttl: remembered_ms,
  ttlResolution: clock_ms,
  noUpdateTTL: true,
});

const keyOf = ({ tenant_id }: Context, { name }: Resource): string => `${tenant_id} ${name}`;

/**
 * The kinds that a page of a timeline is read without: PostgreSQL sets up the plan of each kind for each request, which
 * takes longest where entries are shown by degree, and most workspaces have no mail and no calendar. They are left out
 * until a record of this type has some. That is a guess: the statement answers whether it was wrong (`$left_out`).
 */
export function unexpectedKinds(ctx: Context, subject: Resource): string[] {
  const known = found.get(keyOf(ctx, subject));
  return attachedKinds().flatMap(({ kind, resource }) =>
    resource.byDegree && !known?.has(resource.table) ? kind : [],
  );
}

/** From now on the kind of this table is read with the others. */
export function expectKindOf(ctx: Context, subject: Resource, table: string): void {
  const key = keyOf(ctx, subject);
  const known = found.get(key);
  if (known) known.add(table);
  else found.set(key, new Set([table]));
}
