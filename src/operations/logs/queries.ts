import { sql } from '../../kernel/database/database.ts';
import { decodeCursor, encodeCursor } from '../../kernel/resource/cursor.ts';
import type { Context } from '../../kernel/tenancy/context.ts';
import { type LogCountQuery, type LogLine, type LogQuery, logLevels } from './contract.ts';

/** Before every line of the same millisecond. */
const first_id = '00000000-0000-0000-0000-000000000000';

const filterText = (filter: Omit<LogCountQuery, 'bars'>): string =>
  JSON.stringify({ ...filter, level: filter.level && logLevels[filter.level] });

type Found = { lines: (Omit<LogLine, 'data'> & { data: string })[]; searched_to: string | null };

/** Lines of the whole installation, or of the caller's workspace, the newest first. */
export async function searchLog(ctx: Context, everything: boolean, { limit, cursor, ...filter }: LogQuery) {
  const binding = JSON.stringify([ctx.tenant_id, 'log', everything, filter]);
  const [before_at = null, before_id = null] = cursor ? decodeCursor(cursor, binding) : [];
  const { found } = await ctx.tx.one<{ found: Found }>(
    sql`select app.search_log(${everything}, ${filterText(filter)}::jsonb, ${before_at}::timestamptz, ${before_id}::uuid, ${limit}) as found`,
  );
  const data = found.lines.map((line) => ({ ...line, data: JSON.parse(line.data) as Record<string, unknown> }));
  const last = data.length === limit ? data.at(-1) : undefined;
  const next = last ? [last.at, last.id] : found.searched_to && [found.searched_to, first_id];
  return { data, next_cursor: next ? encodeCursor(next, binding) : null, searched_to: found.searched_to };
}

export async function countLog(ctx: Context, everything: boolean, { bars, ...filter }: LogCountQuery) {
  const { found } = await ctx.tx.one<{ found: { bars: [number, number, number][]; counted_to: string | null } }>(
    sql`select app.log_histogram(${everything}, ${filterText(filter)}::jsonb, ${bars}) as found`,
  );
  const data = found.bars.map(([lines, warnings, errors]) => ({ lines, warnings, errors }));
  return { data, counted_to: found.counted_to };
}

export const listLogWorkspaces = (ctx: Context): Promise<{ id: string; name: string; title: string }[]> =>
  ctx.tx.many(sql`select * from app.log_workspaces()`);
