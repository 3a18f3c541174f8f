import { CalendarDays, Mail, Phone, SquareCheck, StickyNote } from 'lucide-react';
import { lazy, Suspense, useState } from 'react';
import type { Resource } from '../../app/resources.ts';
import { useMay } from '../../app/session.tsx';
import { LazyTaskDialog } from '../../modules/directory/task/LazyTaskDialog.tsx';
import type { AnyRecord } from '../field.ts';
import { subjectKey } from './timeline.ts';

const ActivityForm = lazy(() => import('./ActivityForm.tsx'));
const NoteForm = lazy(() => import('./NoteForm.tsx'));

const activities = [
  { kind: 'call', label: 'Call', icon: Phone },
  { kind: 'meeting', label: 'Meeting', icon: CalendarDays },
  { kind: 'email', label: 'E-mail', icon: Mail },
] as const;

type Mode = 'note' | (typeof activities)[number]['kind'];

const tab =
  'inline-flex h-8 items-center gap-1.5 rounded-md px-2 text-13 text-muted hover:bg-hover hover:text-ink aria-pressed:bg-pressed aria-pressed:font-medium aria-pressed:text-ink pointer-coarse:h-10 max-sm:[&>svg]:hidden';

/** Where one writes down what happened. */
export function Composer({ resource, record }: { resource: Resource; record: AnyRecord }) {
  const may = useMay();
  const [mode, setMode] = useState<Mode>(may('note', 'create') ? 'note' : 'call');
  const [tasking, setTasking] = useState(false);
  const subject = { [subjectKey(resource)]: record.id };
  return (
    <section aria-label="Write something down" className="rounded-lg border border-line">
      <div className="flex flex-wrap gap-0.5 border-b border-line p-1">
        {may('note', 'create') && (
          <button type="button" aria-pressed={mode === 'note'} className={tab} onClick={() => setMode('note')}>
            <StickyNote size={14} />
            Note
          </button>
        )}
        {may('activity', 'create') &&
          activities.map(({ kind, label, icon: Icon }) => (
            <button key={kind} type="button" aria-pressed={mode === kind} className={tab} onClick={() => setMode(kind)}>
              <Icon size={14} />
              {label}
            </button>
          ))}
        {may('task', 'create') && (
          <button type="button" className={tab} onClick={() => setTasking(true)}>
            <SquareCheck size={14} />
            Task
          </button>
        )}
      </div>
      <Suspense fallback={<div className="h-32" />}>
        {mode === 'note' ? (
          <NoteForm key={record.id} subject={subject} draftKey={`note.${record.id}`} />
        ) : (
          <ActivityForm key={mode} kind={mode} subject={subject} draftKey={`${mode}.${record.id}`} />
        )}
      </Suspense>
      {tasking && (
        <LazyTaskDialog
          start={{ [subjectKey(resource)]: { id: record.id, name: String(record.name) } }}
          onClose={() => setTasking(false)}
        />
      )}
    </section>
  );
}
