import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { ChevronRight, Lightbulb } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import type {
  InsightSource,
  Insights,
  insightSubjects,
  NextAction,
  OpenPromise,
  RelationshipStrength,
} from '../../../src/modules/insight/insights/contract.ts';
import { api } from '../../platform/query/api.ts';
import { pathOf } from '../../platform/query/resources.ts';
import type { AnyRecord } from '../../platform/record/field.ts';
import { NotRead } from '../../platform/record/RelatedList.tsx';
import { findLink } from '../../platform/record/recordTypes.ts';
import { t } from '../../text/text.ts';
import { DateText } from '../../ui/DateText.tsx';
import { formatDate } from '../../ui/format.ts';
import { SkeletonRows } from '../../ui/Skeleton.tsx';

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
    </section>
  );
}

function Found({ insights: { summary, promises, strength, next_action, texts } }: { insights: Insights }) {
  if (summary.length + promises.length === 0 && !strength && !next_action)
    return <p className="text-muted">{t('Nothing is written yet that says more.')}</p>;
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
        {t(
          'Sentences as they stand in {texts, plural, one {one text} other {# texts}} that you may read, chosen by rules.',
          { texts },
        )}
      </p>
    </div>
  );
}

const Part = ({ title, children }: { title: string; children: ReactNode }) => (
  <section aria-label={title}>
    <h3 className="mb-0.5 text-12 font-medium text-muted">{title}</h3>
    {children}
  </section>
);

interface SentenceProps {
  text: string;
  source: InsightSource;
  detail?: string | null;
  isBad?: boolean;
}

/** A sentence, which opens where it stands. */
function Sentence({ text, source, detail, isBad }: SentenceProps) {
  return (
    <li className="-mx-2">
      <Link {...linkOf(source)} className="block rounded-md px-2 py-1 hover:bg-hover">
        <bdi className="line-clamp-4 wrap-anywhere">{text}</bdi>
        {detail && <span className={isBad ? 'block text-12 text-bad-ink' : 'block text-12 text-muted'}>{detail}</span>}
        <span className="flex min-w-0 gap-1 text-12 text-muted">
          <bdi className="min-w-0 truncate">{source.title ?? kindText(source.resource)}</bdi>
          <span className="shrink-0">
            · <DateText value={source.at} />
          </span>
        </span>
      </Link>
    </li>
  );
}

/** A mail opens in its conversation, all else where it stands in the timeline of its record. */
function linkOf({ resource, id, subject }: InsightSource) {
  const own = resource === 'mail_message' || resource === 'task' ? findLink(resource)?.to(id) : undefined;
  if (own) return own;
  return subject ? { to: `${pathOf(subject.resource)}/${subject.id}`, hash: `${resource}-${id}` } : { to: '/' };
}

const kindText = (resource: string): string =>
  resource === 'note'
    ? t('Note')
    : resource === 'task'
      ? t('Task')
      : resource === 'activity'
        ? t('Activity')
        : t('Mail');

function promiseText({ by, due_on, overdue }: OpenPromise): string | null {
  const who = by === 'us' ? t('Promised by us') : by === 'them' ? t('Promised to us') : null;
  const when =
    due_on &&
    (overdue ? t('due since {day}', { day: formatDate(due_on) }) : t('due {day}', { day: formatDate(due_on) }));
  return [who, when].filter(Boolean).join(', ') || null;
}

function actionText({ rule, text }: NextAction): string {
  if (rule === 'keep_promise') return t('Keep what was promised: {text}', { text });
  if (rule === 'answer') return text ? t('Answer “{text}”', { text }) : t('Answer the last mail');
  if (rule === 'do_task') return t('Do what is overdue: {text}', { text });
  if (rule === 'ask_for_promise') return t('Ask for what was promised: {text}', { text });
  return t('Get in touch: there was no contact for more than a month');
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
