import { Link } from '@tanstack/react-router';
import { Phone, Users } from 'lucide-react';
import type { Activity } from '../../../platform/record/timeline/timeline.ts';
import { t } from '../../../text/text.ts';
import { cx } from '../../../ui/cx.ts';
import { DateText } from '../../../ui/DateText.tsx';
import { formatTime } from '../../../ui/format.ts';
import { subjectOf } from './task.ts';

/** A meeting or a call that is still to come. */
export function PlannedRow({ activity, className }: { activity: Activity; className?: string }) {
  const subject = subjectOf(activity.records);
  const Icon = activity.kind === 'call' ? Phone : Users;
  return (
    <li
      className={cx(
        'flex min-h-10 items-center gap-3 rounded-md px-2 py-1 text-13 hover:bg-hover pointer-coarse:min-h-12',
        className,
      )}
    >
      <Icon size={16} className="shrink-0 text-accent-ink" aria-hidden="true" />
      <span className="shrink-0 text-muted tabular-nums">{formatTime(activity.occurred_at)}</span>
      <span className="flex min-w-0 flex-1 flex-wrap items-center gap-x-3">
        <bdi className="min-w-0 truncate font-medium">
          <span className="sr-only">{activity.kind === 'call' ? t('Call:') : t('Meeting:')} </span>
          {activity.subject}
        </bdi>
        {subject && (
          <Link to={subject.to} className="min-w-0 truncate rounded-sm text-muted hover:text-ink hover:underline">
            <bdi>{subject.name}</bdi>
          </Link>
        )}
      </span>
      <DateText value={activity.occurred_at} className="shrink-0 text-muted tabular-nums" />
    </li>
  );
}
