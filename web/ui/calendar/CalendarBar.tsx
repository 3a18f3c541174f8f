import { ChevronLeft, ChevronRight } from 'lucide-react';
import { t } from '../../text/text.ts';
import { Button } from '../Button.tsx';
import { cx } from '../cx.ts';
import { formatMonth, today } from '../format.ts';
import { IconButton } from '../IconButton.tsx';
import { type CalendarForm, turn } from './calendar.ts';

interface CalendarBarProps {
  day: string;
  form: CalendarForm;
  onShow: (day: string, form: CalendarForm) => void;
}

const forms = [
  ['month', t('Month')],
  ['week', t('Week')],
] as const;

/** Which month it is, the way to the next, and how much is shown of it. */
export function CalendarBar({ day, form, onShow }: CalendarBarProps) {
  return (
    <header className="flex flex-wrap items-center gap-2 border-b border-line px-3 py-1.5">
      <h2 className="min-w-36 text-14" aria-live="polite">
        {formatMonth(day)}
      </h2>
      <div className="flex items-center">
        <IconButton
          label={form === 'month' ? t('Previous month') : t('Previous week')}
          onClick={() => onShow(turn(day, form, -1), form)}
        >
          <ChevronLeft size={16} className="rtl:rotate-180" />
        </IconButton>
        <IconButton
          label={form === 'month' ? t('Next month') : t('Next week')}
          onClick={() => onShow(turn(day, form, 1), form)}
        >
          <ChevronRight size={16} className="rtl:rotate-180" />
        </IconButton>
      </div>
      <Button onClick={() => onShow(today(), form)}>{t('Today')}</Button>
      <div className="ms-auto flex rounded-md border border-line p-0.5">
        {forms.map(([value, label]) => (
          <button
            key={value}
            type="button"
            aria-pressed={form === value}
            onClick={() => onShow(day, value)}
            className={cx(
              'h-6 rounded-sm px-2 text-12 pointer-coarse:h-9',
              form === value ? 'bg-pressed font-medium text-ink' : 'text-muted hover:text-ink',
            )}
          >
            {label}
          </button>
        ))}
      </div>
    </header>
  );
}
