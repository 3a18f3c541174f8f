import { useInfiniteQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import type { RowOf } from '../../../../src/kernel/contract/resource.ts';
import type { activity } from '../../../../src/modules/directory/activity/contract.ts';
import type { note } from '../../../../src/modules/directory/note/contract.ts';
import type { attachment } from '../../../../src/platform/attachment/contract.ts';
import type { comment } from '../../../../src/platform/comment/contract.ts';
import type { TimelineEntry as Entry } from '../../../../src/platform/timeline/contract.ts';
import type { Task, TypedReference } from '../../../modules/directory/task/task.ts';
import { existingWithWaiting, newRecord } from '../../offline/overlay.ts';
import { isNew, type PendingMutation, useWaiting } from '../../offline/waiting.ts';
import { api } from '../../query/api.ts';
import { queryClient } from '../../query/queryClient.ts';
import { pathOf, type Resource } from '../../query/resources.ts';
import { definitionOf } from '../definitions.ts';
import type { AnyRecord } from '../field.ts';

export type Note = AnyRecord & RowOf<typeof note>;

export type Comment = AnyRecord & RowOf<typeof comment>;

export type Activity = AnyRecord & RowOf<typeof activity> & { occurred_at: string; record: TypedReference | null };

export type Change = Extract<Entry, { kind: 'change' }>['change'];

/** A file that hangs on a note or comment. */
export type Attachment = RowOf<typeof attachment> & { size_bytes: number };

export type TimelineEntry = { id: string; at: string } & (
  | { kind: 'note'; note: Note; attachments?: Attachment[] }
  | {
      kind: 'comment';
      comment: Comment;
      replies: Comment[];
      replies_left_out?: number;
      attachments?: Attachment[];
    }
  | { kind: 'activity'; activity: Activity }
  | { kind: 'task'; task: Task }
  | { kind: 'change'; change: Change }
);

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
      ...newEntries(waiting, resource, id).filter(({ kind }) => kinds === null || kinds === kind),
      ...(query.data?.pages.flatMap((page) => page.data.flatMap((entry) => entryWithWaiting(entry, waiting))) ?? []),
    ],
    [waiting, query.data, resource, id, kinds],
  );
  const hasNewer = query.data?.pages[0]?.has_newer ?? false;
  return { ...query, isPending: query.isPending && !isNew(id), entries, hasNewer };
}

/** What was written about a record and is not at the server yet, the latest first. */
function newEntries(waiting: readonly PendingMutation[], resource: Resource, id: string): TimelineEntry[] {
  return waiting
    .filter(({ kind, body }) => kind === 'create' && body?.[subjectKey(resource)] === id)
    .map((entry) => {
      const at = new Date(entry.at).toISOString();
      const kind = entry.resource;
      return { id: entry.record_id, at, kind, replies: [], [kind]: newRecord<AnyRecord>(entry) };
    })
    .filter((entry): entry is typeof entry & TimelineEntry =>
      ['note', 'comment', 'activity', 'task'].includes(entry.kind),
    )
    .flatMap((entry) => entryWithWaiting(entry, waiting))
    .reverse();
}

/** An entry with the changes that wait to be sent; none where its deletion waits. */
export function entryWithWaiting(entry: TimelineEntry, waiting: readonly PendingMutation[]): TimelineEntry[] {
  switch (entry.kind) {
    case 'note':
      return existingWithWaiting([entry.note], waiting, 'note').map((note) => ({ ...entry, note }));
    case 'task':
      return existingWithWaiting([entry.task], waiting, 'task').map((task) => ({ ...entry, task }));
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

/** The field by which notes, comments, tasks and activities hang on records of a type. */
export const subjectKey = (resource: Resource): string => definitionOf(resource).contract.tagColumn ?? 'record_id';
