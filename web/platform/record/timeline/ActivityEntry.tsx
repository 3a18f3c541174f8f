import { Pencil, Trash2 } from 'lucide-react';
import { Suspense, useEffect, useRef, useState } from 'react';
import { lazyPart } from '../../../text/lazy.ts';
import { inSentence, t } from '../../../text/text.ts';
import { cx } from '../../../ui/cx.ts';
import type { MenuAction } from '../../../ui/Menu.tsx';
import { WaitingMark } from '../../offline/WaitingMark.tsx';
import { attempt } from '../../query/attempt.ts';
import { trashRecord } from '../../query/records.ts';
import { useMay } from '../../session/session.tsx';
import { EntryFields } from './EntryFields.tsx';
import { EntryHead } from './EntryHead.tsx';
import { EntryMenu } from './EntryMenu.tsx';
import { callOutcomes } from './outcomes.ts';
import { type Activity, refreshTimelines } from './timeline.ts';
import { pointedEntry, usePointed } from './usePointed.ts';

const ActivityForm = lazyPart(() => import('./ActivityForm.tsx'));

const words = {
  email: { in: t('received an e-mail'), out: t('sent an e-mail'), none: t('logged an e-mail') },
  call: { in: t('took a call'), out: t('called'), none: t('logged a call') },
  meeting: { in: t('met'), out: t('met'), none: t('met') },
};

export function ActivityEntry({ activity }: { activity: Activity }) {
  const may = useMay();
  const pointed = usePointed(`activity-${activity.id}`);
  const [editing, setEditing] = useState(false);
  const deed = words[activity.kind][activity.direction ?? 'none'];
  const outcome = callOutcomes.find(({ value }) => value === activity.outcome)?.label;
  const what = outcome ? t('{what}, {outcome}', { what: deed, outcome: inSentence(outcome) }) : deed;
  const { duration_minutes: minutes } = activity;
  const actions: MenuAction[] = [];
  if (may('activity', 'update', activity.author_id))
    actions.push({ label: t('Edit entry'), icon: <Pencil size={14} />, onSelect: () => setEditing(true) });
  if (may('activity', 'delete', activity.author_id))
    actions.push({
      label: t('Delete this entry'),
      icon: <Trash2 size={14} />,
      danger: true,
      onSelect: () =>
        void attempt(() => trashRecord('activity', activity, t('Entry moved to the trash'), refreshTimelines)),
    });
  return (
    <div ref={pointed} className={pointedEntry}>
      <EntryHead
        who={activity.author}
        what={minutes ? t('{what} for {minutes, number} min', { what, minutes }) : what}
        at={activity.occurred_at}
        mark={<WaitingMark of={activity} />}
        actions={actions.length > 0 && <EntryMenu label={t('More about this entry')} actions={actions} />}
      />
      {editing ? (
        <div className="mt-2 rounded-lg border border-line">
          <Suspense fallback={<div className="h-32" />}>
            <ActivityForm
              kind={activity.kind}
              subject={{}}
              draftKey={`activity.${activity.id}`}
              activity={activity}
              onClose={() => setEditing(false)}
            />
          </Suspense>
        </div>
      ) : (
        <>
          <p className="mt-1 font-medium wrap-anywhere">
            <bdi>{activity.subject}</bdi>
          </p>
          {activity.body && <LongText text={activity.body} />}
          <EntryFields resource="activity" entry={activity} />
        </>
      )}
    </div>
  );
}

/** The first lines of a text, and on request all of it. */
function LongText({ text }: { text: string }) {
  const [whole, setWhole] = useState(false);
  const [isCut, setIsCut] = useState(false);
  const paragraph = useRef<HTMLParagraphElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another text may fit
  useEffect(() => {
    const { scrollHeight = 0, clientHeight = 0 } = paragraph.current ?? {};
    setIsCut(scrollHeight > clientHeight + 1);
  }, [text]);
  return (
    <>
      <p
        ref={paragraph}
        className={cx('mt-0.5 whitespace-pre-wrap wrap-anywhere text-muted', !whole && 'line-clamp-6')}
      >
        {text}
      </p>
      {isCut && (
        <button
          type="button"
          aria-expanded={whole}
          className="mt-1 rounded-sm text-12 text-accent-ink hover:underline pointer-coarse:h-9"
          onClick={() => setWhole(!whole)}
        >
          {whole ? t('Show less') : t('Show all of it')}
        </button>
      )}
    </>
  );
}
