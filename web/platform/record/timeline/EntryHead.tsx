import type { ReactNode } from 'react';
import { DateText } from '../../../ui/DateText.tsx';
import type { Named } from '../field.ts';

/** Who did what, when, and what one may do about it. */
export function EntryHead({
  who,
  what,
  at,
  mark,
  actions,
}: {
  who: Named | null;
  what: ReactNode;
  at: string;
  mark?: ReactNode;
  actions?: ReactNode;
}) {
  return (
    <div className="flex min-h-5 items-start gap-2">
      <p className="min-w-0 flex-1 text-muted">
        {who && <bdi className="font-medium text-ink">{who.name}</bdi>} {what}
        <span aria-hidden="true"> · </span>
        <DateText value={at} /> {mark}
      </p>
      {actions && <span className="-my-1 flex shrink-0">{actions}</span>}
    </div>
  );
}
