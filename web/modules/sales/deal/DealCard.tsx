import { Clock, Gauge } from 'lucide-react';
import { WaitingMark } from '../../../platform/offline/WaitingMark.tsx';
import { t } from '../../../text/text.ts';
import { Avatar } from '../../../ui/Avatar.tsx';
import { useNow } from '../../../ui/clock.ts';
import { cx } from '../../../ui/cx.ts';
import { daysFromToday, formatDate, formatNumber } from '../../../ui/format.ts';
import { MoneyText } from '../../../ui/MoneyText.tsx';
import { Tooltip } from '../../../ui/Tooltip.tsx';
import type { BoardCard } from './board.ts';

const day_ms = 86_400_000;

/** Four things at most: what, for whom, how much, by when. */
export function DealCard({ card, open }: { card: BoardCard; open: boolean }) {
  const now = useNow();
  const due = open ? card.expected_close_on : null;
  const scored = open && card.score !== null;
  const company = card.company && !card.name.includes(card.company.name) ? card.company.name : null;
  const late = due !== null && daysFromToday(due, now) < 0;
  return (
    <div className="flex flex-col gap-1">
      <span className="line-clamp-2 font-medium wrap-anywhere">
        <bdi>{card.name}</bdi>
      </span>
      {(company || scored || card.rotting) && (
        <div className="flex items-center gap-2 text-12 whitespace-nowrap text-muted">
          <bdi className="min-w-0 flex-1 truncate">{company}</bdi>
          {scored && (
            <Tooltip label={t('Score {score, number} of 100', { score: card.score })}>
              <span className="flex items-center gap-1 tabular-nums">
                <Gauge size={12} aria-hidden="true" />
                <span className="sr-only">{t('Score')} </span>
                {formatNumber(card.score ?? 0)}
              </span>
            </Tooltip>
          )}
          {card.rotting && <LeftLying days={Math.floor((now - Date.parse(card.stage_entered_at)) / day_ms)} />}
        </div>
      )}
      <div className="mt-1 flex items-center gap-2 text-12 whitespace-nowrap">
        <span className="font-medium tabular-nums">
          {card.amount === null ? (
            <span className="font-normal text-muted">{t('No amount')}</span>
          ) : (
            <MoneyText amount={card.amount} currency={card.currency} />
          )}
        </span>
        <WaitingMark of={card} />
        <span className="flex-1" />
        {due && (
          <span className={cx('tabular-nums', late ? 'font-medium text-bad-ink' : 'text-muted')}>
            {formatDate(due)}
          </span>
        )}
        {card.owner && <Avatar name={card.owner.name} />}
      </div>
    </div>
  );
}

/** How long nothing has happened to a deal. */
function LeftLying({ days }: { days: number }) {
  const said = t('Stalled: {days, plural, one {# day} other {# days}} in this stage', { days });
  return (
    <Tooltip label={said}>
      <span className="flex items-center gap-1 text-attention-ink tabular-nums">
        <Clock size={13} aria-hidden="true" />
        <span className="sr-only">{said}</span>
        <span aria-hidden="true">{t('{days, number} d', { days })}</span>
      </span>
    </Tooltip>
  );
}
