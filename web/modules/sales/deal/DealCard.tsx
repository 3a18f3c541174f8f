import { Clock } from 'lucide-react';
import { Avatar } from '../../../ui/Avatar.tsx';
import { cx } from '../../../ui/cx.ts';
import { daysFromToday, formatDate, formatMoney } from '../../../ui/format.ts';
import { Tooltip } from '../../../ui/Tooltip.tsx';
import { type Deal, isRotting, type Stage } from './deal.ts';

/** Four things at most: what, for whom, how much, by when. */
export function DealCard({ deal, stage }: { deal: Deal; stage: Stage }) {
  const late = deal.status === 'open' && deal.expected_close_on !== null && daysFromToday(deal.expected_close_on) < 0;
  const due = deal.status === 'open' ? deal.expected_close_on : deal.closed_on;
  return (
    <div className="flex flex-col gap-1">
      <bdi className="line-clamp-2 font-medium wrap-anywhere">{deal.name}</bdi>
      {(deal.company ?? deal.contact) && (
        <bdi className="truncate text-12 text-muted">{(deal.company ?? deal.contact)?.name}</bdi>
      )}
      <div className="mt-1 flex items-center gap-2 text-12">
        <span className="font-medium tabular-nums">
          {deal.amount === null ? 'No amount' : formatMoney(deal.amount, deal.currency)}
        </span>
        <span className="flex-1" />
        {isRotting(deal, stage) && (
          <Tooltip label={`In this stage for more than ${stage.rotting_days} days`}>
            <span className="text-attention-ink">
              <Clock size={13} aria-label="Standing too long" />
            </span>
          </Tooltip>
        )}
        {due && (
          <span className={cx('tabular-nums', late ? 'font-medium text-bad-ink' : 'text-muted')}>
            {formatDate(due)}
          </span>
        )}
        {deal.owner && <Avatar name={deal.owner.name} />}
      </div>
    </div>
  );
}
