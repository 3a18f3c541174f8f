import { Check } from 'lucide-react';
import { cx } from './cx.ts';

/** Where one is in a few steps that follow each other; null: nobody knows yet. */
export function Stepper({ steps, current: known }: { steps: readonly string[]; current: number | null }) {
  const current = known ?? -1;
  return (
    <ol className="flex items-center gap-x-3 text-13 max-sm:gap-x-1 sm:flex-wrap sm:gap-y-2">
      {steps.map((step, index) => (
        <li
          key={step}
          aria-current={index === current ? 'step' : undefined}
          className={cx('flex items-center gap-2 max-sm:gap-1.5', index === current && 'min-w-0')}
        >
          <span
            aria-hidden="true"
            className={cx(
              'inline-flex size-5 shrink-0 items-center justify-center rounded-full text-12 font-medium tabular-nums',
              index < current && 'bg-good-soft text-good-ink',
              index === current && 'bg-accent text-on-accent',
              index > current && 'border border-line-strong text-muted',
            )}
          >
            {index < current ? <Check size={12} strokeWidth={3} /> : index + 1}
          </span>
          <span className={cx(index === current ? 'truncate font-medium' : 'text-muted max-sm:sr-only')}>{step}</span>
          {index < steps.length - 1 && (
            <span aria-hidden="true" className="ms-1 h-px w-6 bg-line-strong max-sm:ms-0 max-sm:w-2" />
          )}
        </li>
      ))}
    </ol>
  );
}
