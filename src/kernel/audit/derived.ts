import { resourceNamed } from '../contract/resource.ts';
import type { Context } from '../tenancy/context.ts';
import type { AuditEvent } from './contract.ts';
import { findUnchanged } from './unchanged.ts';

type Changed = Pick<AuditEvent, 'resource' | 'fields' | 'before' | 'after'>;

/**
 * Adds which of the fields of each event follow from another one: from one that changed too, or that had a value and
 * kept it.
 */
export async function addDerived<E extends Changed & Pick<AuditEvent, 'seq' | 'at' | 'record_id'>>(
  ctx: Context,
  events: readonly E[],
): Promise<(E & Pick<AuditEvent, 'derived'>)[]> {
  const found = events.map((event) => ({ ...event, derived: derivedAmong(event) }));
  // A new record has no values beside those of its event.
  const unsaid = found.flatMap((event) =>
    event.fields === null ? [] : pairsIn(event).flatMap((pair) => (pair.isSaid ? [] : { event, ...pair })),
  );
  for (const same of Map.groupBy(unsaid, ({ resource, by }) => `${resource.name} ${by}`).values()) {
    const { resource, by } = same[0]!;
    const kept = await findUnchanged(ctx, resource, by, same.map(({ event }) => event)); // biome-ignore format: one call
    for (const { event, field } of same) if (kept.get(event.seq)) event.derived[field] = by;
  }
  return found;
}

/** The derived fields of an event, as far as the event itself names the fields that they follow from. */
export const derivedAmong = (event: Changed): AuditEvent['derived'] =>
  Object.fromEntries(pairsIn(event).flatMap(({ field, by, isSaid }) => (isSaid ? [[field, by]] : [])));

/** The changed fields that may follow from another one, and whether that changed too. */
function pairsIn({ resource: name, fields, before, after }: Changed) {
  const resource = resourceNamed(name);
  const changed = new Set(fields ?? Object.keys(after ?? before ?? {}));
  return Object.entries(resource?.derived ?? {}).flatMap(([field, by]) =>
    changed.has(field) ? [{ resource: resource!, field, by, isSaid: changed.has(by) }] : [],
  );
}
