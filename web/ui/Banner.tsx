import { CircleAlert, CircleCheck, Info, TriangleAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import { cx } from './cx.ts';

const looks = {
  info: { icon: Info, className: 'bg-info-soft text-info-ink' },
  good: { icon: CircleCheck, className: 'bg-good-soft text-good-ink' },
  attention: { icon: TriangleAlert, className: 'bg-attention-soft text-attention-ink' },
  bad: { icon: CircleAlert, className: 'bg-bad-soft text-bad-ink' },
};

/** A message about the whole view or form. */
export function Banner({
  meaning,
  children,
  action,
}: {
  meaning: keyof typeof looks;
  children: ReactNode;
  action?: ReactNode;
}) {
  const { icon: Icon, className } = looks[meaning];
  return (
    <div
      role={meaning === 'bad' ? 'alert' : 'status'}
      className={cx('flex items-start gap-2.5 rounded-md max-sm:flex-wrap px-3 py-2 text-13', className)}
    >
      <Icon size={16} aria-hidden="true" className="mt-0.5 shrink-0" />
      <div className="min-w-0 flex-1 self-center wrap-anywhere max-sm:basis-4/5">{children}</div>
      {action}
    </div>
  );
}
