import { Check } from 'lucide-react';
import { cx } from './cx.ts';

/** Where one is in a few steps that follow each other. */
export function Stepper({ steps, current }: { steps: readonly string[]; current: number }) {
  return (
    <ol className="flex flex-wrap items-center gap-x-3 gap-y-2 max-sm:gap-x-1.5 text-13">
      {steps.map((step, index) => (
        <li key={step} aria-current={index === current ? 'step' : undefined} className="flex items-center gap-2">
          <span
            aria-hidden="true"
            className={cx(
              'inline-flex size-5 items-center justify-center rounded-full text-12 font-medium tabular-nums',
              index < current && 'bg-good-soft text-good-ink',
              index === current && 'bg-accent text-on-accent',
              index > current && 'border border-line-strong text-muted',
            )}
          >
            {index < current ? <Check size={12} strokeWidth={3} /> : index + 1}
          </span>
          <span className={cx(index === current ? 'font-medium' : 'text-muted', index !== current && 'max-sm:sr-only')}>
            {step}
          </span>
          {index < steps.length - 1 && <span aria-hidden="true" className="ms-1 h-px w-6 bg-line-strong max-sm:w-2" />}
        </li>
      ))}
    </ol>
  );
}
