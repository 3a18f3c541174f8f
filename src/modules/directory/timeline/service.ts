import type { Resource } from '../../../kernel/contract/resource.ts';
import { problems } from '../../../kernel/errors/problem.ts';
import { decodeCursor, encodeCursor } from '../../../kernel/resource/cursor.ts';
import { type CustomFields, readCustomFields } from '../../../kernel/resource/custom.ts';
import type { Values } from '../../../kernel/resource/store.ts';
import type { Context } from '../../../kernel/tenancy/context.ts';
import { activity } from '../activity/contract.ts';
import { note } from '../note/contract.ts';
import { task } from '../task/contract.ts';
import { describeChange } from './change.ts';
import { type TimelineEntry, type TimelineKind, timelineKinds } from './contract.ts';
import { type ChangeRow, findSubject, type Place, readAttached, readChanges } from './queries.ts';

const attached = [
  { kind: 'note', resource: note, at: 'created_at' },
  { kind: 'activity', resource: activity, at: 'occurred_at' },
  { kind: 'task', resource: task, at: 'created_at' },
] as const;

/**
 * What happened on a record, newest first. Every statement leaves in the same round trip; each reads no more of its index than
 * the page could need.
 */
export async function readTimeline(
  ctx: Context,
  resource: Resource,
  id: string,
  query: { limit: number; cursor?: string; kinds?: TimelineKind[] },
): Promise<{ data: TimelineEntry[]; next_cursor: string | null }> {
  const kinds = query.kinds ?? timelineKinds;
  const scope = JSON.stringify([ctx.tenant_id, 'timeline', id, kinds]);
  const after = query.cursor ? toPlace(decodeCursor(query.cursor, scope)) : undefined;
  const page = { after, limit: query.limit + 1 };
  const subject = { column: resource.tagColumn!, id };

  const record = findSubject(ctx, resource, id);
  const fields = kinds.includes('change') ? readCustomFields(ctx, resource) : Promise.resolve(new Map());
  const changes = kinds.includes('change') ? readChanges(ctx, resource, id, page) : Promise.resolve([]);
  const lists = attached
    .filter(({ kind }) => kinds.includes(kind))
    .map(async (of) => (await readAttached(ctx, of, subject, page)).map((row) => attachedEntry(of.kind, of.at, row)));
  const [found, custom, changed, ...rest] = await Promise.all([record, fields, changes, ...lists]);
  if (!found) throw problems.notFound(resource.title);

  const entries = [...rest.flat(), ...changed.map((row) => changeEntry(resource, custom, found, row))].sort(
    newestFirst,
  );
  const data = entries.slice(0, query.limit);
  const last = entries.length > query.limit ? data.at(-1) : undefined;
  return { data, next_cursor: last ? encodeCursor([last.at, last.kind, last.id], scope) : null };
}

const toPlace = (values: unknown[]): Place => ({
  at: values[0] as string,
  kind: values[1] as TimelineKind,
  id: values[2] as string,
});

function attachedEntry(kind: 'note' | 'activity' | 'task', at: string, row: Values): TimelineEntry {
  return { kind, id: row.id, at: row[at], [kind]: row } as TimelineEntry;
}

function changeEntry(resource: Resource, custom: CustomFields, record: Values, row: ChangeRow): TimelineEntry {
  return { kind: 'change', id: row.seq, at: row.at, change: describeChange(resource, custom, record, row) };
}

function newestFirst(a: TimelineEntry, b: TimelineEntry): number {
  if (a.at !== b.at) return a.at < b.at ? 1 : -1;
  if (a.kind !== b.kind) return timelineKinds.indexOf(a.kind) - timelineKinds.indexOf(b.kind);
  if (a.kind === 'change') return Number(BigInt(b.id) - BigInt(a.id));
  return a.id < b.id ? 1 : -1;
}
