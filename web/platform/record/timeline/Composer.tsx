import { CalendarDays, Mail, MessageSquare, Phone, StickyNote } from 'lucide-react';
import { Suspense, useState } from 'react';
import { lazyPart } from '../../../text/lazy.ts';
import { t } from '../../../text/text.ts';
import { firstId } from '../../offline/arrivals.ts';
import type { Resource } from '../../query/resources.ts';
import { useMay } from '../../session/session.tsx';
import type { AnyRecord } from '../field.ts';
import type { TimelineKind } from './kind.ts';
import { addedKinds } from './timeline.ts';

const ActivityForm = lazyPart(() => import('./ActivityForm.tsx'));
const TextForm = lazyPart(() => import('./TextForm.tsx'));

const texts = [
  { kind: 'note', label: t('Note'), icon: StickyNote },
  { kind: 'comment', label: t('Comment'), icon: MessageSquare },
] as const;

const activities = [
  { kind: 'call', label: t('Call'), icon: Phone },
  { kind: 'meeting', label: t('Meeting'), icon: CalendarDays },
  { kind: 'email', label: t('E-mail'), icon: Mail },
] as const;

type Text = (typeof texts)[number]['kind'];
type Mode = Text | (typeof activities)[number]['kind'];

const tab =
  'inline-flex h-8 items-center gap-1.5 rounded-md px-2 text-13 text-muted hover:bg-hover hover:text-ink aria-pressed:bg-pressed aria-pressed:font-medium aria-pressed:text-ink pointer-coarse:h-10 @max-[31rem]:px-1.5 @max-[31rem]:[&>svg]:hidden';

/** Where one writes down what happened. */
export function Composer({ resource, record }: { resource: Resource; record: AnyRecord }) {
  const may = useMay();
  const first = texts.find(({ kind }) => may(kind, 'create'))?.kind ?? (may('activity', 'create') ? 'call' : null);
  const [mode, setMode] = useState<Mode | null>(first);
  const [composing, setComposing] = useState<TimelineKind['compose']>();
  const subject = { records: [{ type: resource, id: record.id }] };
  return (
    <section aria-label={t('Write something down')} className="@container rounded-lg border border-line print:hidden">
      <div className="flex flex-wrap gap-0.5 border-b border-line p-1">
        {texts.map(
          ({ kind, label, icon: Icon }) =>
            may(kind, 'create') && (
              <button
                key={kind}
                type="button"
                aria-pressed={mode === kind}
                className={tab}
                onClick={() => setMode(kind)}
              >
                <Icon size={14} />
                {label}
              </button>
            ),
        )}
        {may('activity', 'create') &&
          activities.map(({ kind, label, icon: Icon }) => (
            <button key={kind} type="button" aria-pressed={mode === kind} className={tab} onClick={() => setMode(kind)}>
              <Icon size={14} />
              {label}
            </button>
          ))}
        {addedKinds().map(
          ({ kind, compose }) =>
            compose &&
            may(kind, 'create') && (
              <button key={kind} type="button" className={tab} onClick={() => setComposing(compose)}>
                <compose.icon size={14} />
                {compose.label}
              </button>
            ),
        )}
      </div>
      <Suspense fallback={<div className="h-32" />}>
        {mode === 'note' || mode === 'comment' ? (
          <TextForm
            key={`${mode} ${firstId(record.id)}`}
            kind={mode}
            audience={{ resource, record_id: record.id, in: mode }}
            target={mode === 'comment' ? { record_id: record.id } : subject}
            draftKey={`${mode}.${record.id}`}
            offered={mode === 'comment' ? ['internal', 'public'] : undefined}
          />
        ) : (
          mode && <ActivityForm key={mode} kind={mode} subject={subject} draftKey={`${mode}.${record.id}`} />
        )}
      </Suspense>
      <Suspense>
        {composing && <composing.Dialog resource={resource} record={record} onClose={() => setComposing(undefined)} />}
      </Suspense>
    </section>
  );
}
