import type { RawBuilder } from 'kysely';
import { sql } from '../database/database.ts';
import type { Context } from '../tenancy/context.ts';
import { type Rights, scopeOf } from './rights.ts';
import { kindsIn } from './scope.ts';
import { reachesBy } from './table-rule.ts';

export type Way = Pick<ReturnType<typeof reachesBy>[number], 'noun' | 'kind'>;

/** The groups through which somebody with these rights reaches rows that not everybody reaches. */
export const waysOf = (rights: Rights): Way[] =>
  reachesBy().filter(({ right, kind }) => kindsIn(scopeOf(rights, right, 'exists')).includes(kind));

/**
 * In how many milliseconds what the caller reaches through these groups changes next by itself; null: as far as is
 * known never.
 */
export const nextChangeSql = (
  ways: readonly Way[],
): RawBuilder<unknown> => sql`(1000 * extract(epoch from app.next_reach_change(
  ${ways.map(({ noun }) => noun)}::text[], ${ways.map(({ kind }) => kind)}::text[]) - clock_timestamp()))::float8`;

/** The same at once; null also for callers who reach nothing through groups. */
export async function nextReachChange(ctx: Context): Promise<number | null> {
  const ways = waysOf(ctx.actor.rights);
  if (ways.length === 0) return null;
  return (await ctx.tx.one<{ in_ms: number | null }>(sql`select ${nextChangeSql(ways)} as in_ms`)).in_ms;
}
