import { t } from '../../text/text.ts';
import { formatList, formatMoney, formatNumber } from '../../ui/format.ts';
import { Tooltip } from '../../ui/Tooltip.tsx';
import { useSession } from '../session/session.tsx';
import type { Money, MoneyTotal } from './money.ts';

interface SumsProps {
  sums: readonly Money[];
  /** The same, converted. Shown in place of several sums. */
  total?: MoneyTotal | undefined;
  compact?: boolean;
}

/**
 * Sums of several currencies: as one where they were converted; else one stands for all and the others are a glance
 * away.
 */
export function Sums({ sums, total, compact }: SumsProps) {
  const { tenant } = useSession();
  if (total && sums.length > 1) return <Total sums={sums} total={total} compact={compact} />;
  const main = sums.find(({ currency }) => currency === tenant.default_currency) ?? sums[0];
  if (!main) return <>{formatMoney('0', tenant.default_currency)}</>;
  const others = sums.filter((sum) => sum !== main);
  return (
    <span className="whitespace-nowrap tabular-nums">
      <Amount money={main} compact={compact} />
      {others.length > 0 && (
        <Tooltip label={t('and {amounts}', { amounts: inWords(others) })}>
          <span className="ms-1 text-[0.75em] leading-none font-normal text-muted">
            {formatNumber(others.length, { signDisplay: 'always' })}
            <span className="sr-only"> {t('other currencies: {amounts}', { amounts: inWords(others) })}</span>
          </span>
        </Tooltip>
      )}
    </span>
  );
}

export const inWords = (amounts: readonly Money[]) =>
  formatList(amounts.map(({ amount, currency }) => formatMoney(amount, currency)));

function Amount({ money: { amount, currency }, compact }: { money: Money; compact?: boolean | undefined }) {
  if (!compact) return formatMoney(amount, currency);
  return (
    <Tooltip label={formatMoney(amount, currency)}>
      <span>{formatMoney(amount, currency, { compact })}</span>
    </Tooltip>
  );
}

interface TotalProps {
  sums: readonly Money[];
  total: MoneyTotal;
  compact?: boolean | undefined;
}

/** Sums as one in the workspace's currency. It says from what it was converted, and what is not in it. */
export function Total({ sums, total, compact }: TotalProps) {
  const { without_rate: left } = total;
  const isAllLeft = (sum: Money) =>
    left.some(({ currency, amount }) => currency === sum.currency && amount === sum.amount);
  const counted = sums.filter((sum) => !isAllLeft(sum));
  const converted = counted.some(({ currency }) => currency !== total.currency);
  const said = t('Converted from {amounts}', { amounts: inWords(counted) });
  const apart = t('Without a rate: {amounts}', { amounts: inWords(left) });
  return (
    <span className="whitespace-nowrap tabular-nums">
      {converted ? (
        <Tooltip label={said}>
          <span>
            <span aria-hidden="true">≈ </span>
            {formatMoney(total.amount, total.currency, { compact: compact ?? false })}
            <span className="sr-only">{said}</span>
          </span>
        </Tooltip>
      ) : (
        <Amount money={total} compact={compact} />
      )}
      {left.length > 0 && (
        <Tooltip label={apart}>
          <span className="ms-1 text-[0.75em] leading-none font-normal text-attention-ink">
            {formatNumber(left.length, { signDisplay: 'always' })}
            <span className="sr-only"> {apart}</span>
          </span>
        </Tooltip>
      )}
    </span>
  );
}
