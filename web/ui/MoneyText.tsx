import { cx } from './cx.ts';
import { formatMoney } from './format.ts';

export function MoneyText({
  amount,
  currency,
  compact,
  className,
}: {
  amount: string | null;
  currency: string | null;
  compact?: boolean;
  className?: string;
}) {
  if (amount === null) return <span className="text-faint">—</span>;
  return (
    <span className={cx('tabular-nums whitespace-nowrap', className)}>
      {formatMoney(amount, currency, { compact, aligned: true })}
    </span>
  );
}
