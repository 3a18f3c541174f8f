import { useSession } from '../app/session.tsx';
import { t } from '../text/text.ts';
import { formatList, formatMoney } from '../ui/format.ts';
import { Tooltip } from '../ui/Tooltip.tsx';

export interface Money {
  amount: string;
  currency: string;
}

/** Sums of several currencies: nobody converts them, so one stands for all and the others are a glance away. */
export function Sums({ sums, compact }: { sums: readonly Money[]; compact?: boolean }) {
  const { tenant } = useSession();
  const main = sums.find(({ currency }) => currency === tenant.default_currency) ?? sums[0];
  if (!main) return <>{formatMoney('0', tenant.default_currency)}</>;
  const others = sums.filter((sum) => sum !== main).map(({ amount, currency }) => formatMoney(amount, currency));
  return (
    <span className="whitespace-nowrap tabular-nums">
      {compact ? (
        <Tooltip label={formatMoney(main.amount, main.currency)}>
          <span>{formatMoney(main.amount, main.currency, { compact })}</span>
        </Tooltip>
      ) : (
        formatMoney(main.amount, main.currency)
      )}
      {others.length > 0 && (
        <Tooltip label={t('and {amounts}', { amounts: formatList(others) })}>
          <span className="ms-1 text-[0.75em] leading-none font-normal text-muted">
            +{others.length}
            <span className="sr-only"> {t('other currencies: {amounts}', { amounts: formatList(others) })}</span>
          </span>
        </Tooltip>
      )}
    </span>
  );
}
