import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { InsightSource, NextAction } from '../../../src/modules/insight/insights/contract.ts';
import { pathOf } from '../../platform/query/resources.ts';
import { findLink } from '../../platform/record/recordTypes.ts';
import { t } from '../../text/text.ts';
import { DateText } from '../../ui/DateText.tsx';

export const Part = ({ title, children }: { title: string; children: ReactNode }) => (
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
export function Sentence({ text, source, detail, isBad }: SentenceProps) {
  return (
    <li className="-mx-2">
      <Link {...linkOf(source)} className="block rounded-md px-2 py-1 hover:bg-hover">
        {/* What follows a salutation begins in lower case where it stands. */}
        <bdi className="line-clamp-4 wrap-anywhere">{text.slice(0, 1).toUpperCase() + text.slice(1)}</bdi>
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

/** Where a sentence stands, for one that has several such places. */
export const SourceLink = ({ source }: { source: InsightSource }) => (
  <Link {...linkOf(source)} className="rounded-sm text-12 text-muted underline underline-offset-2 hover:text-ink">
    <bdi>{source.title ?? kindText(source.resource)}</bdi> · <DateText value={source.at} />
  </Link>
);

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

export function actionText({ rule, text }: NextAction): string {
  if (rule === 'keep_promise') return t('Keep what was promised: {text}', { text });
  if (rule === 'answer') return text ? t('Answer “{text}”', { text }) : t('Answer the last mail');
  if (rule === 'do_task') return t('Do what is overdue: {text}', { text });
  if (rule === 'ask_for_promise') return t('Ask for what was promised: {text}', { text });
  return t('Get in touch: there was no contact for more than a month');
}
