import { useSession } from '../app/session.tsx';
import { t } from '../text/text.ts';
import { formatList, formatMoney } from '../ui/format.ts';
import { Tooltip } from '../ui/Tooltip.tsx';

export interface Money {
  amount: string;
  currency: string;
}

/** Several currencies as one, and what has no rate beside it. */
export interface MoneyTotal extends Money {
  without_rate: readonly Money[];
}

interface SumsProps {
  sums: readonly Money[];
  /** The same, converted. Shown in place of several sums. */
  total?: MoneyTotal | undefined;
  compact?: boolean;
}

/** Sums of several currencies: as one where they were converted; else one stands for all and the others are a glance away. */
export function Sums({ sums, total, compact }: SumsProps) {
  const { tenant } = useSession();
  if (total && sums.length > 1) return <Converted sums={sums} total={total} compact={compact} />;
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

function Converted({ sums, total, compact }: SumsProps & { total: MoneyTotal }) {
  const inWords = (amounts: readonly Money[]) =>
    formatList(amounts.map(({ amount, currency }) => formatMoney(amount, currency)));
  const { without_rate: left } = total;
  const said = t('Converted from {amounts}', {
    amounts: inWords(sums.filter((sum) => !left.some(({ currency }) => currency === sum.currency))),
  });
  const apart = t('Without a rate: {amounts}', { amounts: inWords(left) });
  return (
    <span className="whitespace-nowrap tabular-nums">
      <Tooltip label={said}>
        <span>
          <span aria-hidden="true">≈ </span>
          {formatMoney(total.amount, total.currency, { compact: compact ?? false })}
          <span className="sr-only">{said}</span>
        </span>
      </Tooltip>
      {left.length > 0 && (
        <Tooltip label={apart}>
          <span className="ms-1 text-[0.75em] leading-none font-normal text-attention-ink">
            +{left.length}
            <span className="sr-only"> {apart}</span>
          </span>
        </Tooltip>
      )}
    </span>
  );
}
