import { ChevronLeft, ChevronRight } from 'lucide-react';
import type { ReactNode } from 'react';
import { activeLocale } from '../../text/locale.ts';
import { t } from '../../text/text.ts';
import { Button } from '../Button.tsx';
import { formatDays, formatMonth, today } from '../format.ts';
import { IconButton } from '../IconButton.tsx';
import { Segments } from '../Segments.tsx';
import { daysOf, firstDayOf, shifted } from './days.ts';
import { type Span, spans } from './span.ts';

interface CalendarBarProps {
  span: Span;
  anchor: string;
  onShow: (shown: { span: Span; anchor: string }) => void;
  /** More to choose by. */
  children?: ReactNode;
}

const spanLabels: Record<Span, string> = { month: t('Month'), week: t('Week') };

/** What is on screen, with the way to what lies before and after. */
export function CalendarBar({ span, anchor, onShow, children }: CalendarBarProps) {
  const go = (by: number) => onShow({ span, anchor: shifted(span, anchor, by) });
  const days = daysOf(span, anchor, firstDayOf(activeLocale()));
  const title = span === 'month' ? formatMonth(anchor) : formatDays(days[0]!, days.at(-1)!);
  return (
    <div className="flex min-h-11 shrink-0 flex-wrap items-center gap-1.5 border-b border-line bg-surface px-3 py-1.5 md:px-5">
      <IconButton label={t(span === 'month' ? 'Previous month' : 'Previous week')} onClick={() => go(-1)}>
        <ChevronLeft size={16} className="rtl:-scale-x-100" />
      </IconButton>
      <IconButton label={t(span === 'month' ? 'Next month' : 'Next week')} onClick={() => go(1)}>
        <ChevronRight size={16} className="rtl:-scale-x-100" />
      </IconButton>
      <Button size="small" onClick={() => onShow({ span, anchor: today() })}>
        {t('Today')}
      </Button>
      <h2 aria-live="polite" className="mx-1.5 text-14">
        {title}
      </h2>
      <div className="flex-1" />
      {children}
      <Segments
        label={t('Show by')}
        options={spans.map((value) => ({ value, label: spanLabels[value] }))}
        value={span}
        onChange={(next) => onShow({ span: next, anchor })}
      />
    </div>
  );
}
