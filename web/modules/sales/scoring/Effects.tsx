import { useState } from 'react';
import { t } from '../../../text/text.ts';
import { Button } from '../../../ui/Button.tsx';
import { cx } from '../../../ui/cx.ts';
import { formatNumber } from '../../../ui/format.ts';
import { factorTitles, type ScoreModel, shownValue } from '../score/score.ts';

const shown_at_first = 12;

/** What the model has learnt, in points against the average deal. */
export function Effects({ effects }: { effects: ScoreModel['effects'] }) {
  const [all, setAll] = useState(false);
  const shown = all ? effects : effects.slice(0, shown_at_first);
  const most = Math.max(1, ...effects.map(({ points }) => Math.abs(points)));
  const title = t('What it has learned');
  return (
    <section aria-label={title}>
      <h3 className="mb-2 text-13 font-medium">{title}</h3>
      <ul className="flex flex-col">
        {shown.map(({ factor, value, points }) => (
          <li
            key={`${factor}/${value}`}
            className="grid grid-cols-[minmax(0,1fr)_8rem_3.5rem] items-center gap-3 border-b border-line py-1.5 text-13"
          >
            <span className="min-w-0 wrap-anywhere">
              <span className="text-muted">{factorTitles[factor]}</span>{' '}
              <bdi>{value === null ? t('twice as many') : shownValue(factor, value)}</bdi>
            </span>
            <span aria-hidden="true" className="relative h-2">
              <span className="absolute -inset-y-1 start-1/2 w-px bg-line-strong" />
              <span
                className={cx('absolute inset-y-0 rounded-sm', points > 0 ? 'start-1/2 bg-good' : 'end-1/2 bg-bad')}
                style={{ width: `${(Math.abs(points) / most) * 50}%` }}
              />
            </span>
            <span className="text-end tabular-nums">
              {formatNumber(points, {
                signDisplay: 'exceptZero',
                minimumFractionDigits: 1,
                maximumFractionDigits: 1,
              })}
            </span>
          </li>
        ))}
      </ul>
      {effects.length > shown_at_first && (
        <Button size="small" emphasis="quiet" className="mt-1" onClick={() => setAll(!all)}>
          {all ? t('Show fewer') : t('Show all {count, number}', { count: effects.length })}
        </Button>
      )}
    </section>
  );
}
