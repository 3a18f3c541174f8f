import { useQuery } from '@tanstack/react-query';
import { ChevronRight, Lightbulb } from 'lucide-react';
import { useState } from 'react';
import type {
  Insights,
  insightSubjects,
  OpenPromise,
  RelationshipStrength,
} from '../../../src/modules/insight/insights/contract.ts';
import { api } from '../../platform/query/api.ts';
import type { AnyRecord } from '../../platform/record/field.ts';
import { NotRead } from '../../platform/record/RelatedList.tsx';
import { t } from '../../text/text.ts';
import { formatDate } from '../../ui/format.ts';
import { SkeletonRows } from '../../ui/Skeleton.tsx';
import { ModelAnswers } from './ModelAnswers.tsx';
import { actionText, Part, Sentence } from './sources.tsx';

type Subject = (typeof insightSubjects)[number];
interface PartProps {
  record: AnyRecord;
}

export const OfContact = ({ record }: PartProps) => <InsightCard of="contact" id={record.id} />;
export const OfCompany = ({ record }: PartProps) => <InsightCard of="company" id={record.id} />;
export const OfDeal = ({ record }: PartProps) => <InsightCard of="deal" id={record.id} />;
export const OfHousehold = ({ record }: PartProps) => <InsightCard of="household" id={record.id} />;
export const OfMessage = ({ record }: PartProps) => <InsightCard of="message" id={record.id} />;

/** What texts say about a record, each sentence with where it stands. */
function InsightCard({ of, id }: { of: Subject; id: string }) {
  const found = useQuery({
    queryKey: ['insights', of, id],
    queryFn: ({ signal }) => api.get<Insights>('/insights', { of, id }, signal),
  });
  return (
    <section aria-label={t('Insights')} className="text-13">
      <h2 className="mb-1 flex h-7 items-center gap-1.5 text-13">
        <Lightbulb size={14} aria-hidden="true" className="text-muted" />
        {t('Insights')}
      </h2>
      {found.isPending && <SkeletonRows label={t('Loading {part}', { part: t('Insights') })} />}
      {found.isError && <NotRead />}
      {found.data && <Found insights={found.data} />}
      {found.data?.model && found.data.texts > 0 && <ModelAnswers of={of} id={id} model={found.data.model} />}
    </section>
  );
}

function Found({ insights: { summary, promises, strength, next_action, texts } }: { insights: Insights }) {
  if (summary.length + promises.length === 0 && !strength && !next_action)
    return <p className="text-muted">{t('Nothing to summarize yet.')}</p>;
  return (
    <div className="flex flex-col gap-3">
      {next_action && (
        <Part title={t('Next step')}>
          <ul>
            <Sentence text={actionText(next_action)} source={next_action.source} />
          </ul>
        </Part>
      )}
      {promises.length > 0 && (
        <Part title={t('Open promises')}>
          <ul>
            {promises.map((promise) => (
              <Sentence
                key={`${promise.source.id} ${promise.text}`}
                text={promise.text}
                source={promise.source}
                detail={promiseText(promise)}
                isBad={promise.overdue}
              />
            ))}
          </ul>
        </Part>
      )}
      {summary.length > 0 && (
        <Part title={t('In short')}>
          <ul>
            {summary.map(({ text, source }) => (
              <Sentence key={`${source.id} ${text}`} text={text} source={source} />
            ))}
          </ul>
        </Part>
      )}
      {strength && <Strength strength={strength} />}
      <p className="text-12 text-faint">
        {t('Quoted from {texts, plural, one {one text} other {# texts}} you can see, selected by rules.', { texts })}
      </p>
    </div>
  );
}

function promiseText({ by, due_on, overdue }: OpenPromise): string | null {
  const who = by === 'us' ? t('Promised by us') : by === 'them' ? t('Promised to us') : null;
  const when =
    due_on &&
    (overdue ? t('due since {day}', { day: formatDate(due_on) }) : t('due {day}', { day: formatDate(due_on) }));
  return [who, when].filter(Boolean).join(', ') || null;
}

function Strength({ strength: { score, parts } }: { strength: RelationshipStrength }) {
  const [open, setOpen] = useState(false);
  return (
    <Part title={t('Relationship')}>
      <button
        type="button"
        aria-expanded={open}
        onClick={() => setOpen(!open)}
        className="-mx-2 flex w-[calc(100%+1rem)] items-center gap-2 rounded-md px-2 py-1 text-start hover:bg-hover"
      >
        <span className="tabular-nums">{t('{score} of 100', { score })}</span>
        <span aria-hidden="true" className="h-1.5 min-w-0 flex-1 overflow-hidden rounded-full bg-hover">
          <span className="block h-full rounded-full bg-accent" style={{ width: `${score}%` }} />
        </span>
        <ChevronRight
          size={14}
          aria-hidden="true"
          className={open ? 'rotate-90 text-muted' : 'text-muted rtl:-scale-x-100'}
        />
      </button>
      {open && (
        <dl className="mt-1 flex flex-col gap-0.5 text-12">
          {parts.map((part) => (
            <div key={part.part} className="flex gap-2">
              <dt className="min-w-0 flex-1 text-muted">{partText(part)}</dt>
              <dd className="shrink-0 tabular-nums">{t('{points} of 25', { points: part.points })}</dd>
            </div>
          ))}
        </dl>
      )}
    </Part>
  );
}

function partText({ part, value }: RelationshipStrength['parts'][number]): string {
  const share = value === null ? '–' : `${Math.round(value * 100)} %`;
  if (part === 'recency')
    return t('{days, plural, =0 {Last contact today} one {Last contact yesterday} other {Last contact # days ago}}', {
      days: value ?? 0,
    });
  if (part === 'frequency')
    return t('{contacts, plural, one {One contact} other {# contacts}} in 90 days', { contacts: value ?? 0 });
  if (part === 'reciprocity') return t('Both ways: {share}', { share });
  return t('Their mails answered: {share}', { share });
}
