import type { ReactNode } from 'react';
import { cx } from './cx.ts';

export type Meaning = 'neutral' | 'good' | 'attention' | 'bad' | 'info' | 'accent';

const looks: Record<Meaning, string> = {
  neutral: 'bg-sunken text-muted border border-line',
  good: 'bg-good-soft text-good-ink',
  attention: 'bg-attention-soft text-attention-ink',
  bad: 'bg-bad-soft text-bad-ink',
  info: 'bg-info-soft text-info-ink',
  accent: 'bg-accent-soft text-accent-ink',
};

export function Badge({
  meaning = 'neutral',
  children,
  className,
}: {
  meaning?: Meaning;
  children: ReactNode;
  className?: string;
}) {
  return (
    <span
      className={cx(
        'inline-flex h-5 max-w-full items-center gap-1 rounded-sm px-1.5 text-12 font-medium whitespace-nowrap',
        looks[meaning],
        className,
      )}
    >
      <span className="truncate">{children}</span>
    </span>
  );
}
