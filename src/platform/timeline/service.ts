import type { Resource } from '../../kernel/contract/resource.ts';
import { problems } from '../../kernel/errors/problem.ts';
import { decodeCursor, encodeCursor } from '../../kernel/resource/cursor.ts';
import { type CustomFields, readCustomFields } from '../../kernel/resource/custom.ts';
import { openEvents, openPersonal } from '../../kernel/resource/personal.ts';
import { presentRow } from '../../kernel/resource/row.ts';
import type { Values } from '../../kernel/resource/store.ts';
import type { Context } from '../../kernel/tenancy/context.ts';
import type { Attachment } from '../attachment/contract.ts';
import { attachmentsOf } from '../attachment/index.ts';
import type { Audience } from '../comment/contract.ts';
import { describeChange } from './change.ts';
import { attachedKind, type TimelineEntry, timelineKinds } from './contract.ts';
import { fieldsOfEntry } from './entry.ts';
import { unexpectedKinds } from './expected-kinds.ts';
import { type EntryRow, findCursor, readEntries, readReplies, type TimelineCursor } from './queries.ts';

/**
 * What happened on a record, newest first, in one round trip. A second one looks up the title of a custom field that
 * changed, the replies to comments, and files.
 */
export async function readTimeline(
  ctx: Context,
  resource: Resource,
  id: string,
  query: { limit: number; cursor?: string; kinds?: string[]; audience?: Audience; around?: string },
): Promise<{ data: TimelineEntry[]; next_cursor: string | null; has_newer: boolean }> {
  const kinds = timelineKinds().filter((kind) => query.kinds?.includes(kind) ?? true);
  const binding = JSON.stringify([ctx.tenant_id, 'timeline', id, kinds, query.audience]);
  const after = query.cursor ? cursorOf(decodeCursor(query.cursor, binding)) : undefined;
  // Who names kinds asks for each of them.
  const unexpected = query.kinds ? [] : unexpectedKinds(ctx, resource);
  const limit = query.limit + 1;
  const read = (from: TimelineCursor | undefined) =>
    readEntries(ctx, resource, kinds, { id, unexpected, after: from, limit, audience: query.audience });
  const asked = query.around && !after ? await findCursor(ctx, kinds, id, query.around) : undefined;
  const first = await read(after);
  const has_newer = asked !== undefined && !first.slice(0, query.limit).some((row) => row.id === asked.id);
  const rows = has_newer ? await read(asked) : first;
  if (rows.length === 0) throw problems.notFound(resource.title);

  const entries = rows.filter((row) => row.$kind !== null);
  const shown = entries.slice(0, query.limit);
  await openEvents(
    ctx,
    shown.map(({ $before, $after }) => ({ resource: resource.name, record_id: id, before: $before, after: $after })),
  );
  const fields = await fieldsOf(ctx, resource, shown);
  const threads = shown.filter((row) => row.$kind === 'comment').map((row) => row.id!);
  const withFiles = [...threads, ...shown.filter((row) => row.$has_files).map((row) => row.id!)];
  const [custom, replies, files] = await Promise.all([
    shown.some(changesCustom) ? readCustomFields(ctx, resource) : new Map(),
    threads.length > 0 ? openedReplies(ctx, threads, query.audience) : [],
    withFiles.length > 0 ? attachmentsOf(ctx, withFiles) : [],
  ]);
  const byThread = Map.groupBy(replies, ({ parent_id }) => parent_id as string);
  const found = { fields, replies: byThread, files };
  const data = shown.map((row) => entryOf(ctx, resource, custom, found, row));
  const last = entries.length > query.limit ? data.at(-1) : undefined;
  return { data, next_cursor: last ? encodeCursor([last.at, last.kind, last.id], binding) : null, has_newer };
}

const cursorOf = ([at, kind, id]: unknown[]) => ({ at, kind, id }) as TimelineCursor;

const changesCustom = (row: EntryRow) =>
  row.$action === 'update' && (row.$after?.custom ?? row.$before?.custom) !== undefined;

/** The fields of the entries that are attached to the record, with their texts open. */
async function fieldsOf(
  ctx: Context,
  resource: Resource,
  shown: readonly EntryRow[],
): Promise<ReadonlyMap<EntryRow, Values>> {
  const fields = new Map<EntryRow, Values>();
  for (const [kind, rows] of Map.groupBy(shown, ({ $kind }) => $kind)) {
    if (kind === 'change') continue;
    const attached = attachedKind(kind);
    const read = rows.map((row) => fieldsOfEntry(attached, resource, row));
    await openPersonal(ctx, attached.resource, read);
    for (const [at, row] of rows.entries()) fields.set(row, read[at]!);
  }
  return fields;
}

async function openedReplies(ctx: Context, threads: readonly string[], audience: Audience | undefined) {
  const replies = await readReplies(ctx, threads, audience);
  await openPersonal(ctx, attachedKind('comment').resource, replies);
  return replies;
}

interface Found {
  fields: ReadonlyMap<EntryRow, Values>;
  replies: ReadonlyMap<string, (Values & { $of_thread: number })[]>;
  files: readonly Attachment[];
}

/** What is left of a deleted comment that others have answered. */
const textless = { body: '<p></p>', mentions: [] };

function entryOf(
  ctx: Context,
  resource: Resource,
  custom: CustomFields,
  { fields: ofEntries, replies, files }: Found,
  row: EntryRow,
): TimelineEntry {
  const { $kind: kind, $at: at } = row;
  if (kind === 'change') return { kind, id: row.$seq!, at, change: describeChange(ctx, resource, custom, row) };
  const { resource: noun, person } = attachedKind(kind);
  const fields = ofEntries.get(row)!;
  const shown = presentRow(noun, fields);
  shown[noun.meta.get(person)!.expand!] = row.$person === null ? null : { id: row.$person_id, name: row.$person };
  const entry = { kind, id: row.id, at, [kind]: shown };
  if (kind === 'note')
    return { ...entry, attachments: files.filter(({ note_id }) => note_id === row.id) } as unknown as TimelineEntry;
  if (kind !== 'comment') return entry as TimelineEntry;
  const answering = replies.get(row.id!) ?? [];
  const answers = answering.map((reply) => presentRow(noun, reply));
  const said = new Set([shown.deleted_at ? null : row.id, ...answers.map(({ id }) => id)]);
  const attachments = files.filter(({ comment_id }) => comment_id && said.has(comment_id));
  return {
    ...entry,
    comment: fields.deleted_at ? { ...shown, ...textless } : shown,
    replies: answers,
    replies_left_out: (answering[0]?.$of_thread ?? 0) - answering.length,
    attachments,
  } as TimelineEntry;
}
