import { Pin, PinOff, Trash2 } from 'lucide-react';
import { attempt } from '../../app/attempt.ts';
import { saveRecord, trashRecord } from '../../app/records.ts';
import { useMay } from '../../app/session.tsx';
import { WaitingMark } from '../../offline/WaitingMark.tsx';
import { t } from '../../text/text.ts';
import { AttachmentList } from './AttachmentList.tsx';
import { EntryHead } from './EntryHead.tsx';
import { EntryMenu } from './EntryMenu.tsx';
import { RichText } from './RichText.tsx';
import { type Attachment, type Note, refreshTimelines } from './timeline.ts';
import { usePointed } from './usePointed.ts';

export function NoteEntry({ note, attachments = [] }: { note: Note; attachments?: Attachment[] }) {
  const pointed = usePointed<HTMLDivElement>(`note-${note.id}`);
  const may = useMay();
  const mayChange = may('note', 'update', note.author_id);
  const actions = [
    ...(mayChange
      ? [
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
        className="mt-2 data-pointed:bg-accent-soft rounded-lg border border-line bg-canvas px-3.5 py-2.5"
      >
        <RichText html={note.body} />
        <AttachmentList attachments={attachments} removable={mayChange} />
      </div>
    </>
  );
}
