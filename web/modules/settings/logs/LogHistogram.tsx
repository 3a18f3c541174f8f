import { ZoomOut } from 'lucide-react';
import { type KeyboardEvent, type PointerEvent, useRef, useState } from 'react';
import { t } from '../../../text/text.ts';
import { Button } from '../../../ui/Button.tsx';
import { cx } from '../../../ui/cx.ts';
import { formatExactTime, formatNumber } from '../../../ui/format.ts';
import { isBrowsers } from '../../../ui/keys.ts';
import type { LogCounts, Period } from './logs.ts';

interface LogHistogramProps {
  counts: LogCounts | undefined;
  period: Period;
  onNarrow: (period: Period) => void;
  /** Where the time has been narrowed. */
  onWiden: (() => void) | undefined;
}

/**
 * How many lines there are in each part of the time, the serious ones at the bottom. A click or a drag over bars
 * narrows the time to them.
 */
export function LogHistogram({ counts, period, onNarrow, onWiden }: LogHistogramProps) {
  const area = useRef<HTMLDivElement>(null);
  const [drag, setDrag] = useState<[number, number] | null>(null);
  const [current, setCurrent] = useState(0);
  const bars = counts?.data ?? [];
  const begin = Date.parse(period.from);
  const width = (Date.parse(period.to) - begin) / Math.max(1, bars.length);
  const timeAt = (bar: number) => new Date(Math.round(begin + bar * width)).toISOString();
  const partOf = (first: number, last: number): Period => ({ from: timeAt(first), to: timeAt(last + 1) });
  const most = Math.max(1, ...bars.map(({ lines }) => lines));
  const sum = (of: 'lines' | 'warnings' | 'errors') => bars.reduce((all, bar) => all + bar[of], 0);
  const counted_to = counts?.counted_to ? Date.parse(counts.counted_to) : Number.NEGATIVE_INFINITY;

  const barAt = ({ clientX }: PointerEvent): number => {
    const { left, width: all } = area.current!.getBoundingClientRect();
    return Math.max(0, Math.min(bars.length - 1, Math.floor(((clientX - left) / all) * bars.length)));
  };
  const onPointerDown = (event: PointerEvent<HTMLDivElement>) => {
    if (event.button !== 0 || bars.length === 0) return;
    event.currentTarget.setPointerCapture(event.pointerId);
    const bar = barAt(event);
    setDrag([bar, bar]);
  };
  const onPointerUp = () => {
    if (drag) onNarrow(partOf(Math.min(...drag), Math.max(...drag)));
    setDrag(null);
  };
  const onKeyDown = (event: KeyboardEvent<HTMLDivElement>) => {
    const step = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
    if (step === 0 || isBrowsers(event)) return;
    event.preventDefault();
    const next = Math.max(0, Math.min(bars.length - 1, current + step));
    setCurrent(next);
    (area.current?.children[next] as HTMLElement | undefined)?.focus();
  };

  return (
    <figure className="m-0" dir="ltr">
      <figcaption
        className="mb-1.5 flex min-h-7 flex-wrap items-center gap-x-4 gap-y-1 text-12 text-muted tabular-nums"
        dir="auto"
      >
        <span className="font-medium text-ink">
          {t('{count, plural, one {# line} other {# lines}}', { count: sum('lines') })}
        </span>
        <Key className="bg-attention">
          {t('{count, plural, one {# warning} other {# warnings}}', { count: sum('warnings') })}
        </Key>
        <Key className="bg-bad">{t('{count, plural, one {# error} other {# errors}}', { count: sum('errors') })}</Key>
        {counts?.counted_to && (
          <span>
            {t('Counted back to {time}; older lines are not counted.', { time: formatExactTime(counts.counted_to) })}
          </span>
        )}
        {onWiden && (
          <Button emphasis="quiet" size="small" className="ms-auto" icon={<ZoomOut size={14} />} onClick={onWiden}>
            {t('Zoom out')}
          </Button>
        )}
      </figcaption>
      {/* biome-ignore lint/a11y/useSemanticElements: a fieldset cannot be laid out in a row in every browser */}
      <div
        ref={area}
        role="group"
        aria-label={t('Lines over time; a bar narrows the time to it')}
        className="flex h-20 touch-pan-y items-end border-b border-line-strong select-none"
        onPointerDown={onPointerDown}
        onPointerMove={(event) => drag && setDrag([drag[0], barAt(event)])}
        onPointerUp={onPointerUp}
        onPointerCancel={() => setDrag(null)}
        onKeyDown={onKeyDown}
      >
        {bars.map(({ lines, warnings, errors }, bar) => {
          const from = timeAt(bar);
          const missing = begin + bar * width < counted_to;
          const chosen = drag !== null && bar >= Math.min(...drag) && bar <= Math.max(...drag);
          const label = missing
            ? t('From {time}: not counted', { time: formatExactTime(from) })
            : t(
                'From {time}: {lines, plural, one {# line} other {# lines}}, {warnings, plural, one {# warning} other {# warnings}}, {errors, plural, one {# error} other {# errors}}',
                { time: formatExactTime(from), lines, warnings, errors },
              );
          return (
            <button
              key={from}
              type="button"
              tabIndex={bar === Math.min(current, bars.length - 1) ? 0 : -1}
              aria-label={label}
              title={label}
              onFocus={() => setCurrent(bar)}
              // A pointer has chosen by its way over the bars.
              onClick={(event) => event.detail === 0 && onNarrow(partOf(bar, bar))}
              className={cx(
                'flex h-full min-w-0 flex-1 flex-col justify-end px-px hover:bg-hover',
                chosen && 'bg-accent-soft',
                missing && 'bg-sunken',
              )}
            >
              <Part count={lines - warnings - errors} most={most} className="rounded-t-sm bg-control" />
              <Part count={warnings} most={most} className="bg-attention" />
              <Part count={errors} most={most} className="bg-bad" />
            </button>
          );
        })}
      </div>
      <div className="mt-1 flex justify-between text-12 text-faint tabular-nums">
        <span>{formatExactTime(period.from, 'minute')}</span>
        {sum('lines') > 0 && (
          <span className="max-sm:hidden">{t('at most {count} in a bar', { count: formatNumber(most) })}</span>
        )}
        <span>{formatExactTime(period.to, 'minute')}</span>
      </div>
    </figure>
  );
}

/** One error among a million lines can still be seen. */
function Part({ count, most, className }: { count: number; most: number; className: string }) {
  if (count <= 0) return null;
  return <span className={cx('min-h-0.5 w-full', className)} style={{ height: `${(100 * count) / most}%` }} />;
}

function Key({ className, children }: { className: string; children: string }) {
  return (
    <span className="inline-flex items-center gap-1.5">
      <span aria-hidden="true" className={cx('size-2 rounded-sm', className)} />
      {children}
    </span>
  );
}
