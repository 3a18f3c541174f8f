import { t } from '../../../text/text.ts';
import { formatDate, formatNumber } from '../../../ui/format.ts';
import type { UsageDay } from './usage.ts';

/**
 * How many people there were each day, as bars from zero. The same figures are in the table of weeks and in the file.
 */
export function DayBars({ days }: { days: readonly UsageDay[] }) {
  const most = Math.max(1, ...days.map(({ people }) => people));
  return (
    <figure className="mb-8">
      <figcaption className="mb-2 text-14 font-semibold">{t('Active people by day')}</figcaption>
      <div className="flex">
        <div
          aria-hidden="true"
          className="flex h-36 flex-col justify-between pe-2 text-end text-12 text-faint tabular-nums"
        >
          <span>{formatNumber(most)}</span>
          <span>0</span>
        </div>
        <div
          role="img"
          aria-label={t('Bars of the people that were active each day; at most {most, number}.', { most })}
          className="flex h-36 min-w-0 flex-1 items-end gap-px border-b border-line-strong"
        >
          {days.map(({ from, people }) => (
            <span
              key={from}
              title={t('{day}: {people, plural, one {# person} other {# people}}', { day: formatDate(from), people })}
              className="flex h-full min-w-0 flex-1 items-end hover:bg-hover"
            >
              <span className="w-full rounded-t-sm bg-accent" style={{ height: `${(100 * people) / most}%` }} />
            </span>
          ))}
        </div>
      </div>
      <div aria-hidden="true" className="mt-1 flex justify-between ps-6 text-12 text-faint">
        <span>{days[0] && formatDate(days[0].from)}</span>
        <span>{days.length > 1 && formatDate(days.at(-1)!.from)}</span>
      </div>
    </figure>
  );
}
