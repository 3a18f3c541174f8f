import { useInfiniteQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import type { RowOf } from '../../../../src/kernel/contract/resource.ts';
import type { activity } from '../../../../src/modules/directory/activity/contract.ts';
import type { attachment } from '../../../../src/platform/attachment/contract.ts';
import type { comment } from '../../../../src/platform/comment/contract.ts';
import type { note } from '../../../../src/platform/note/contract.ts';
import type { TimelineEntry as Entry } from '../../../../src/platform/timeline/contract.ts';
import { existingWithWaiting, newRecord } from '../../offline/overlay.ts';
import { type Fields, isNew, type PendingMutation, useWaiting } from '../../offline/waiting.ts';
import { products } from '../../product/products.ts';
import { api } from '../../query/api.ts';
import { queryClient } from '../../query/queryClient.ts';
import { pathOf, type Resource } from '../../query/resources.ts';
import type { AnyRecord } from '../field.ts';
import type { TimelineKind } from './kind.ts';

export type Note = AnyRecord & RowOf<typeof note>;

export type Comment = AnyRecord & RowOf<typeof comment>;

export type Activity = AnyRecord & RowOf<typeof activity> & { occurred_at: string };

export type Change = Extract<Entry, { kind: 'change' }>['change'];

/** A file that hangs on a note or comment. */
export type Attachment = RowOf<typeof attachment> & { size_bytes: number };

/** Of a kind that a product adds: the record stands under the name of the kind. */
type AddedEntry = { id: string; at: string; kind: string } & Record<string, unknown>;

type OwnEntry = { id: string; at: string } & (
  | { kind: 'note'; note: Note; attachments?: Attachment[] }
  | {
      kind: 'comment';
      comment: Comment;
      replies: Comment[];
      replies_left_out?: number;
      attachments?: Attachment[];
    }
  | { kind: 'activity'; activity: Activity }
  | { kind: 'change'; change: Change }
);

export type TimelineEntry = OwnEntry | AddedEntry;

const ownKinds: readonly string[] = ['note', 'comment', 'activity', 'change'] satisfies OwnEntry['kind'][];

export const isOwn = (entry: TimelineEntry): entry is OwnEntry => ownKinds.includes(entry.kind);

export const addedKinds = (): TimelineKind[] => products().flatMap(({ timeline = [] }) => timeline);

/** The record of an entry of a kind that a product adds. */
export const recordOf = (entry: AddedEntry): AnyRecord => entry[entry.kind] as AnyRecord;

/** What can be written down about a record. */
export const writtenKinds = (): Resource[] => ['note', 'comment', 'activity', ...addedKinds().map(({ kind }) => kind)];

export interface TimelinePage {
  data: TimelineEntry[];
  next_cursor: string | null;
  /** It begins with the entry that was asked for. */
  has_newer?: boolean;
}

export const timelineKey = (resource: Resource, id: string, kinds: string | null) => [resource, 'timeline', id, kinds];

/** Newest first; `around` is an entry that is to be among the first ones, however old it is. */
export function useTimeline(resource: Resource, id: string, kinds: string | null, around: string | null) {
  const query = useInfiniteQuery({
    queryKey: around ? [...timelineKey(resource, id, kinds), around] : timelineKey(resource, id, kinds),
    enabled: !isNew(id),
    initialPageParam: '',
    queryFn: ({ pageParam, signal }) =>
      api.get<TimelinePage>(
        `${pathOf(resource)}/${id}/timeline`,
        { kinds, cursor: pageParam, around: pageParam ? null : around },
        signal,
      ),
    getNextPageParam: (page) => page.next_cursor,
  });
  const waiting = useWaiting();
  const entries = useMemo(
    () => [
      ...newEntries(waiting, id).filter(({ kind }) => kinds === null || kinds === kind),
      ...(query.data?.pages.flatMap((page) => page.data.flatMap((entry) => entryWithWaiting(entry, waiting))) ?? []),
    ],
    [waiting, query.data, id, kinds],
  );
  const hasNewer = query.data?.pages[0]?.has_newer ?? false;
  return { ...query, isPending: query.isPending && !isNew(id), entries, hasNewer };
}

/** What was written about a record and is not at the server yet, the latest first. */
function newEntries(waiting: readonly PendingMutation[], id: string): TimelineEntry[] {
  return waiting
    .filter(({ kind, body }) => kind === 'create' && body !== null && isAbout(body, id))
    .map((entry) => {
      const at = new Date(entry.at).toISOString();
      const kind = entry.resource;
      return { id: entry.record_id, at, kind, replies: [], [kind]: newRecord<AnyRecord>(entry) };
    })
    .filter(({ kind }) => writtenKinds().includes(kind))
    .flatMap((entry) => entryWithWaiting(entry, waiting))
    .reverse();
}

/** An entry with the changes that wait to be sent; none where its deletion waits. */
export function entryWithWaiting(entry: TimelineEntry, waiting: readonly PendingMutation[]): TimelineEntry[] {
  if (!isOwn(entry))
    return existingWithWaiting([recordOf(entry)], waiting, entry.kind).map((one) => ({ ...entry, [entry.kind]: one }));
  switch (entry.kind) {
    case 'note':
      return existingWithWaiting([entry.note], waiting, 'note').map((note) => ({ ...entry, note }));
    case 'activity':
      return existingWithWaiting([entry.activity], waiting, 'activity').map((activity) => ({ ...entry, activity }));
    case 'comment': {
      const written = waiting
        .filter(({ kind, body }) => kind === 'create' && body?.parent_id === entry.comment.id)
        .map((each) => newRecord<Comment>(each));
      const replies = existingWithWaiting([...entry.replies, ...written], waiting, 'comment');
      const [comment] = existingWithWaiting([entry.comment], waiting, 'comment');
      if (comment) return [{ ...entry, comment, replies }];
      // As the server shows it: what answers a deleted comment stays.
      const deleted = { ...entry.comment, deleted_at: entry.at };
      return replies.length > 0 ? [{ ...entry, comment: deleted, replies }] : [];
    }
    default:
      return [entry];
  }
}

export function refreshTimelines(): Promise<void> {
  return queryClient.invalidateQueries({ predicate: ({ queryKey }) => queryKey[1] === 'timeline' });
}

/** Whether what is to be created is about a record: a comment on it, or an entry among whose records it is. */
const isAbout = ({ record_id, records = [] }: Fields, id: string): boolean =>
  record_id === id || (records as { id: string }[]).some((record) => record.id === id);
