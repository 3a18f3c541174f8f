import { CalendarDays, History, type LucideIcon, Mail, MessageSquare, Phone, StickyNote } from 'lucide-react';
import { type ReactNode, Suspense } from 'react';
import type { RecordOfEntry } from '../../../../src/kernel/contract/fields.ts';
import type { Resource } from '../../query/resources.ts';
import type { AnyRecord, FieldDef } from '../field.ts';
import { ActivityEntry } from './ActivityEntry.tsx';
import { AlsoAbout } from './AlsoAbout.tsx';
import { ChangeEntry } from './ChangeEntry.tsx';
import { CommentEntry } from './CommentEntry.tsx';
import { NoteEntry } from './NoteEntry.tsx';
import { addedKinds, isOwn, recordOf, type TimelineEntry } from './timeline.ts';

const activityIcons: Record<string, LucideIcon> = { email: Mail, call: Phone, meeting: CalendarDays };

function iconOf(entry: TimelineEntry): LucideIcon {
  if (!isOwn(entry)) return addedKinds().find(({ kind }) => kind === entry.kind)?.icon ?? History;
  if (entry.kind === 'activity') return activityIcons[entry.activity.kind] ?? CalendarDays;
  return { note: StickyNote, comment: MessageSquare, change: History }[entry.kind];
}

interface TimelineItemProps {
  entry: TimelineEntry;
  resource: Resource;
  record: AnyRecord;
  fields: readonly FieldDef[];
}

export function TimelineItem(props: TimelineItemProps) {
  const { entry } = props;
  const Icon = iconOf(entry);
  return (
    <li className="group/entry relative flex gap-3 pb-5 last:pb-6">
      <span
        aria-hidden="true"
        className="absolute top-7 bottom-0 start-3.5 w-px -translate-x-1/2 bg-line rtl:translate-x-1/2 group-last/entry:hidden"
      />
      <span
        aria-hidden="true"
        className="relative inline-flex size-7 shrink-0 items-center justify-center rounded-full border border-line bg-surface text-muted"
      >
        <Icon size={13} />
      </span>
      <div className="min-w-0 flex-1 pt-1 text-13">
        {content(props)}
        <AlsoAbout records={recordsOf(entry)} recordId={props.record.id} />
      </div>
    </li>
  );
}

/** The records that an entry is about, where it may be about several. */
const recordsOf = (entry: TimelineEntry): RecordOfEntry[] =>
  ((entry as unknown as Record<string, AnyRecord>)[entry.kind]?.records ?? []) as RecordOfEntry[];

function content({ entry, resource, record, fields }: TimelineItemProps): ReactNode {
  if (!isOwn(entry)) {
    const added = addedKinds().find(({ kind }) => kind === entry.kind);
    return <Suspense>{added && <added.Entry entry={recordOf(entry)} />}</Suspense>;
  }
  switch (entry.kind) {
    case 'note':
      return <NoteEntry note={entry.note} attachments={entry.attachments} resource={resource} recordId={record.id} />;
    case 'comment':
      return (
        <CommentEntry
          comment={entry.comment}
          replies={entry.replies}
          leftOut={entry.replies_left_out}
          attachments={entry.attachments}
          resource={resource}
          recordId={record.id}
        />
      );
    case 'activity':
      return <ActivityEntry activity={entry.activity} />;
    case 'change':
      return <ChangeEntry change={entry.change} at={entry.at} resource={resource} record={record} fields={fields} />;
  }
}
