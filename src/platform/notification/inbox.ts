import type { Resource } from '../../kernel/contract/resource.ts';
import { problems } from '../../kernel/errors/problem.ts';
import { decodeCursor, encodeCursor } from '../../kernel/resource/cursor.ts';
import type { Context } from '../../kernel/tenancy/context.ts';
import type { Notification, NotificationQuery, NotificationUpdate } from './contract.ts';
import { tellPages } from './dispatch-queries.ts';
import { type InboxRow, mark, markAllRead, readInbox } from './inbox-queries.ts';

/** A key of the command line is nobody's: there is no inbox. */
export function personOf({ actor }: Context): string {
  if (!actor.user_id) throw problems.forbidden('This belongs to a person; this key has none.');
  return actor.user_id;
}

/**
 * The same, to change what takes no right but to be that person, unlike the inbox, which is of records: a key that may
 * less is not.
 */
export function personToChange(ctx: Context): string {
  const person = personOf(ctx);
  if (ctx.actor.narrowed)
    throw problems.forbidden(
      'This belongs to a person, and this key has fewer rights than that person. Use one without limits, or sign in.',
    );
  return person;
}

export async function listInbox(
  ctx: Context,
  records: readonly Resource[],
  { view, limit, cursor }: NotificationQuery,
): Promise<{ data: Notification[]; next_cursor: string | null }> {
  const binding = JSON.stringify([ctx.tenant_id, 'notifications', personOf(ctx), view]);
  const after = cursor ? (decodeCursor(cursor, binding) as [string, string]) : undefined;
  const rows = await readInbox(ctx, records, { view, limit: limit + 1, ...(after && { after }) });
  const data = rows.slice(0, limit).map((row) => shown(records, row));
  const last = rows.length > limit ? data.at(-1) : undefined;
  return { data, next_cursor: last ? encodeCursor([last.at, last.id], binding) : null };
}

/** A row of the inbox in the words of the API. */
export function shown(records: readonly Resource[], row: InboxRow): Notification {
  const { actor_id, actor, record_id, record, source, source_id, text, changed, ...rest } = row;
  const noun = row.resource === 'change' ? record : row.resource;
  const meta = records.find(({ name }) => name === noun)?.meta;
  const titles = (changed ?? []).flatMap((field) => {
    const known = meta?.get(field);
    return known && known.type !== 'rank' && known.sensitivity !== 'secret' ? known.title : [];
  });
  return {
    ...rest,
    actor: actor_id && actor !== null ? { id: actor_id, name: actor } : null,
    record: record_id ? { id: record_id, name: record ?? '' } : null,
    source: source && source_id ? { resource: source, id: source_id, text: text ?? '' } : null,
    fields: [...new Set(titles)],
  };
}

export async function changeNotification(
  ctx: Context,
  records: readonly Resource[],
  id: string,
  update: NotificationUpdate,
) {
  const person = personOf(ctx);
  const changed = Object.keys(update).length > 0 ? await mark(ctx, records, id, update) : [];
  const named = changed.find((row) => row.id === id.toLowerCase());
  if (!named) throw problems.notFound('notification');
  await tellPages(ctx, [person]);
  return named;
}

/** Answers how many there were. */
export async function readAll(ctx: Context, records: readonly Resource[], until: string): Promise<number> {
  const person = personOf(ctx);
  const read = await markAllRead(ctx, records, until);
  if (read > 0) await tellPages(ctx, [person]);
  return read;
}
