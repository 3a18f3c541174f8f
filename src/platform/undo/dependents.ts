import type { Context } from '../../kernel/tenancy/context.ts';
import { readReferrers, readWholes } from './dependent-queries.ts';
import type { Target } from './event-queries.ts';
import type { PartLink, UndoKinds } from './kinds.ts';
import type { Link } from './link-queries.ts';

/**
 * Of so many rows around a batch of records it is known whether they stay; where there are more, what they refer to
 * stays.
 */
const rows_max = 100_000;

export interface Dependents {
  /** Records that have to stay, because something that stays refers to them. */
  held: ReadonlySet<string>;
  /** Rows, by table, without which the others cannot be deleted; they need not stay either. */
  blocking: ReadonlyMap<string, string[]>;
}

/**
 * Looks around records that a change created: who refers to them, who refers to those rows, and so on. A row stays if
 * the change did not create it or somebody has changed it since, and then all it refers to stays. A part of a record
 * stays or goes with its record. Changes are undone newest first, so that most of what referred to these records is
 * gone by now. `staying`: those of the records that are known to stay.
 */
export async function findDependents(
  ctx: Context,
  { parts }: UndoKinds,
  links: readonly Link[],
  table: string,
  { ids, staying }: { ids: readonly string[]; staying: readonly string[] },
  target: Target,
): Promise<Dependents> {
  const partOf = ({ from, column }: Link): PartLink | undefined =>
    parts.find((part) => part.table === from && part.column === column);
  const holding = target.is_import ? links : links.filter((link) => !partOf(link)?.follows);
  const known = new Set(ids.map((id) => keyOf(table, id)));
  const held = new Set(staying.map((id) => keyOf(table, id)));
  /** By a row: what stays if it stays. */
  const keeps = new Map<string, string[]>();
  /** By a row: those that have to be deleted before it. */
  const blockers = new Map<string, string[]>();
  let unseen: Map<string, readonly string[]> = new Map([[table, ids]]);
  while (unseen.size > 0) {
    const next = new Map<string, string[]>();
    const visit = (from: string, id: string, kept: string) => {
      const key = keyOf(from, id);
      append(keeps, key, kept);
      if (known.has(key)) return;
      known.add(key);
      append(next, from, id);
    };
    for (const [name, some] of unseen) {
      const referring = holding.filter(({ to }) => to === name);
      for (const { link, id, referrer_id } of await readReferrers(ctx, referring, some, target)) {
        const { from, blocks } = referring[link]!;
        const referred = keyOf(name, id);
        if (referrer_id === null) held.add(referred);
        // To a tag of a record nothing refers that could keep the record.
        else if (!partOf(referring[link]!) || links.some(({ to }) => to === from)) visit(from, referrer_id, referred);
        if (referrer_id !== null && blocks) append(blockers, referred, keyOf(from, referrer_id));
      }
      // The records themselves are no parts of records that the change created.
      const wholes = some === ids ? [] : parts.filter((each) => each.table === name && each.bound);
      for (const part of wholes)
        for (const { id, whole_id, untouched } of await readWholes(ctx, part, some, target)) {
          const key = keyOf(name, id);
          if (untouched) visit(part.whole.table, whole_id, key);
          else held.add(key);
          // It is deleted with its record.
          append(blockers, key, keyOf(part.whole.table, whole_id));
        }
    }
    if (known.size > rows_max) for (const [name, some] of next) for (const id of some) held.add(keyOf(name, id));
    unseen = known.size > rows_max ? new Map() : next;
  }
  addReachable(held, keeps);
  const own = ids.map((id) => keyOf(table, id));
  const blocking = new Set(own.filter((key) => !held.has(key)));
  addReachable(blocking, blockers);
  for (const key of own) blocking.delete(key);
  return { held: new Set(ids.filter((id) => held.has(keyOf(table, id)))), blocking: groupIds(blocking) };
}

const keyOf = (table: string, id: string) => `${table}/${id}`;

function append(lists: Map<string, string[]>, key: string, value: string): void {
  const list = lists.get(key);
  if (list) list.push(value);
  else lists.set(key, [value]);
}

function groupIds(keys: Iterable<string>): Map<string, string[]> {
  const ids = new Map<string, string[]>();
  for (const key of keys) append(ids, ...(key.split('/') as [string, string]));
  return ids;
}

/** Adds to a set what its members lead to. */
function addReachable(keys: Set<string>, leadsTo: ReadonlyMap<string, readonly string[]>): void {
  const unseen = [...keys];
  for (let key = unseen.pop(); key !== undefined; key = unseen.pop())
    for (const next of leadsTo.get(key) ?? []) {
      if (keys.has(next)) continue;
      keys.add(next);
      unseen.push(next);
    }
}
