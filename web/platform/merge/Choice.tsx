import type { ReactNode } from 'react';
import { cx } from '../../ui/cx.ts';

interface ChoiceProps {
  name: string;
  legend: string;
  value: string;
  options: readonly { id: string; label: string; shown: ReactNode }[];
  onChange: (id: string) => void;
  /** Once it is there, its choice has the focus. */
  autoFocus?: boolean;
}

/** One of several records, side by side where there is room. */
export function Choice({ name, legend, value, options, onChange, autoFocus }: ChoiceProps) {
  return (
    <fieldset className="min-w-0 border-t border-line py-2.5">
      <legend className="float-start mb-1 w-full text-12 text-muted">{legend}</legend>
      <div className={cx('clear-both grid gap-1.5', options.length === 2 ? 'sm:grid-cols-2' : 'sm:grid-cols-3')}>
        {options.map((option) => (
          <label
            key={option.id}
            className={cx(
              'flex min-h-9 min-w-0 cursor-pointer items-start gap-2 rounded-md border px-2.5 py-1.5 text-13 hover:bg-hover',
              'has-focus-visible:outline-2 has-focus-visible:outline-accent',
              option.id === value ? 'border-accent bg-accent-soft' : 'border-line',
            )}
          >
            <input
              type="radio"
              name={name}
              value={option.id}
              checked={option.id === value}
              // biome-ignore lint/a11y/noAutofocus: in a dialog, which moves the focus anyway
              autoFocus={autoFocus && option.id === value}
              onChange={() => onChange(option.id)}
              aria-label={option.label}
              className="mt-0.5 size-4 shrink-0 accent-accent outline-none"
            />
            <span className="min-w-0 flex-1">{option.shown}</span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}
