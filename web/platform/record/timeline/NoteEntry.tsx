import { Pencil, Pin, PinOff, Trash2 } from 'lucide-react';
import { Suspense, useState } from 'react';
import { lazyPart } from '../../../text/lazy.ts';
import { t } from '../../../text/text.ts';
import { cx } from '../../../ui/cx.ts';
import { WaitingMark } from '../../offline/WaitingMark.tsx';
import { attempt } from '../../query/attempt.ts';
import { saveRecord, trashRecord } from '../../query/records.ts';
import type { Resource } from '../../query/resources.ts';
import { useMay } from '../../session/session.tsx';
import { AttachmentList } from './AttachmentList.tsx';
import { EntryFields } from './EntryFields.tsx';
import { EntryHead } from './EntryHead.tsx';
import { EntryMenu } from './EntryMenu.tsx';
import { RichText } from './RichText.tsx';
import { type Attachment, type Note, refreshTimelines } from './timeline.ts';
import { usePointed } from './usePointed.ts';

const TextForm = lazyPart(() => import('./TextForm.tsx'));

interface NoteEntryProps {
  note: Note;
  attachments?: Attachment[] | undefined;
  resource: Resource;
  recordId: string;
}

export function NoteEntry({ note, attachments = [], resource, recordId }: NoteEntryProps) {
  const pointed = usePointed<HTMLDivElement>(`note-${note.id}`);
  const may = useMay();
  const [editing, setEditing] = useState(false);
  const mayChange = may('note', 'update', note.author_id);
  const actions = [
    ...(mayChange
      ? [
          { label: t('Edit note'), icon: <Pencil size={14} />, onSelect: () => setEditing(true) },
          {
            label: note.pinned ? t('Unpin') : t('Pin to the top'),
            icon: note.pinned ? <PinOff size={14} /> : <Pin size={14} />,
            onSelect: () =>
              void attempt(async () => {
                await saveRecord(
                  'note',
                  note,
                  { pinned: !note.pinned },
                  note.pinned ? t('Note unpinned') : t('Note pinned'),
                );
                await refreshTimelines();
              }),
          },
        ]
      : []),
    ...(may('note', 'delete', note.author_id)
      ? [
          {
            label: t('Delete note'),
            icon: <Trash2 size={14} />,
            danger: true,
            onSelect: () =>
              void attempt(async () => {
                await trashRecord('note', note, t('Note moved to the trash'), refreshTimelines);
              }),
          },
        ]
      : []),
  ];
  return (
    <>
      <EntryHead
        who={note.author}
        what={t('wrote a note')}
        at={note.created_at}
        mark={<WaitingMark of={note} />}
        actions={actions.length > 0 && <EntryMenu label={t('More about this note')} actions={actions} />}
      />
      <div
        ref={pointed}
        className={cx(
          'mt-2 data-pointed:bg-accent-soft rounded-lg border border-line',
          editing ? 'bg-surface' : 'bg-canvas px-3.5 py-2.5',
        )}
      >
        {editing ? (
          <Suspense fallback={<div className="h-24" />}>
            <TextForm
              kind="note"
              audience={{ resource, record_id: recordId, in: 'note' }}
              target={{}}
              draftKey={`note.${note.id}`}
              entry={note}
              onClose={() => setEditing(false)}
            />
          </Suspense>
        ) : (
          <>
            <RichText html={note.body} />
            <EntryFields resource="note" entry={note} />
            <AttachmentList attachments={attachments} removable={mayChange} />
          </>
        )}
      </div>
    </>
  );
}
