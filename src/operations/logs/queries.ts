import { sql } from '../../kernel/database/database.ts';
import { first_line_id, type LogFilter, type LogStore } from '../../kernel/logs/log-store.ts';
import { decodeCursor, encodeCursor } from '../../kernel/resource/cursor.ts';
import type { Context } from '../../kernel/tenancy/context.ts';
import { type LogCountQuery, type LogQuery, logLevels } from './contract.ts';

const filterOf = ({ level, ...rest }: Omit<LogCountQuery, 'bars'>): LogFilter => ({
  ...rest,
  level: level && logLevels[level],
});

/** Lines of the whole installation, or of the caller's workspace, the newest first. */
export async function searchLog(
  store: LogStore,
  ctx: Context,
  everything: boolean,
  { limit, cursor, ...filter }: LogQuery,
) {
  const binding = JSON.stringify([ctx.tenant_id, 'log', everything, filter]);
  const [at, id] = cursor ? decodeCursor(cursor, binding) : [];
  const before = at && id ? { at: String(at), id: String(id) } : undefined;
  const found = await store.search(ctx, { everything, filter: filterOf(filter) }, before, limit);
  const data = found.lines.map((line) => ({ ...line, data: JSON.parse(line.data) as Record<string, unknown> }));
  const last = data.length === limit ? data.at(-1) : undefined;
  const next = last
    ? [last.at, last.id]
    : found.searched_to && [found.searched_to, found.searched_to_id ?? first_line_id];
  return { data, next_cursor: next ? encodeCursor(next, binding) : null, searched_to: found.searched_to };
}

export async function countLog(store: LogStore, ctx: Context, everything: boolean, query: LogCountQuery) {
  const { bars, ...filter } = query;
  const found = await store.histogram(ctx, { everything, filter: filterOf(filter) }, bars);
  const data = found.bars.map(([lines, warnings, errors]) => ({ lines, warnings, errors }));
  return { data, counted_to: found.counted_to };
}

export const listLogWorkspaces = (ctx: Context): Promise<{ id: string; name: string; title: string }[]> =>
  ctx.tx.many(sql`select * from app.log_workspaces()`);
