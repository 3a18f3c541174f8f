import type { Context } from '../../../kernel/tenancy/context.ts';
import type { Exchange } from '../currency/index.ts';
import type { StageRow } from '../stage/index.ts';
import type { DashboardQuery } from './contract.ts';
import type { Days } from './periods.ts';
import { type Calendar, type Named, namesOf } from './queries.ts';

/** What all figures of one answer share. */
export interface DashboardScope {
  query: DashboardQuery;
  /** Where the workspace is. */
  today: string;
  days: Days;
  calendar: Calendar;
  exchange: Exchange;
  stages: StageRow[];
}

export const breakdown_rows_max = 200;

/**
 * The groups that are answered, in the given order. Of too many those that come first in any of their sizes: a tile
 * shows one figure of a group, and its largest must not be missing because another figure of it is small.
 */
export function leading<Group>(
  groups: readonly Group[],
  sizesOf: (group: Group) => readonly number[],
): readonly Group[] {
  if (groups.length <= breakdown_rows_max) return groups;
  const sized = groups.map((group) => ({ group, sizes: sizesOf(group) }));
  const orders = sized[0]!.sizes.map((_, at) => sized.toSorted((a, b) => b.sizes[at]! - a.sizes[at]!));
  const kept = new Set<Group>();
  for (let place = 0; kept.size < breakdown_rows_max; place++)
    for (const order of orders) if (kept.size < breakdown_rows_max) kept.add(order[place]!.group);
  return groups.filter((group) => kept.has(group));
}

/** The order of groups with the same figures, so that it is the same each time. What has no key comes last. */
export function byKey(a: string | null, b: string | null): number {
  if (a === null || b === null) return Number(a === null) - Number(b === null);
  return a < b ? -1 : Number(a > b);
}

/** The given keys with the names of what they are ids of. */
export async function named<Item extends { id: string | null }>(
  ctx: Context,
  table: 'user_account' | 'product' | 'team',
  items: Item[],
): Promise<(Item & { named: Named | null })[]> {
  const ids = items.flatMap(({ id }) => id ?? []);
  const names = new Map((await namesOf(ctx, table, ids)).map((row) => [row.id, row]));
  return items.map((item) => ({ ...item, named: names.get(item.id ?? '') ?? null }));
}
