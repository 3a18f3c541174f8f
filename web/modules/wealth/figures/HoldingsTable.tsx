import { t } from '../../../text/text.ts';
import { Badge } from '../../../ui/Badge.tsx';
import { cx } from '../../../ui/cx.ts';
import { formatDate, formatDecimal, formatMoney } from '../../../ui/format.ts';
import { MoneyText } from '../../../ui/MoneyText.tsx';
import { RecordLink } from '../RecordLink.tsx';
import { assetClassText } from '../security/options.ts';
import { formatRate } from './amount.ts';
import { holdingName } from './Doubts.tsx';
import { table } from './table.ts';
import type { Holding, Holdings } from './useFigures.ts';

interface HoldingsTableProps {
  of: Holdings;
  /** By id; given where there are several accounts. */
  accounts?: ReadonlyMap<string, string>;
}

/** Beside the name and the value there is room for these in a wide column only; below it, they stand under the name. */
const wide = '@max-2xl:hidden print:table-cell';

/** What is held, at what price, and what was gained where the cost is known. */
export function HoldingsTable({ of: { data, currency }, accounts }: HoldingsTableProps) {
  return (
    <table className="w-full text-13">
      <thead>
        <tr className={table.head}>
          <th scope="col" className={table.nameHead}>
            {t('Holding')}
          </th>
          <th scope="col" className={cx(table.figureHead, wide)}>
            {t('Quantity')}
          </th>
          <th scope="col" className={cx(table.figureHead, wide)}>
            {t('Market price')}
          </th>
          <th scope="col" className={cx(table.figureHead, wide)}>
            {t('Cost')}
          </th>
          <th scope="col" className={table.figureHead}>
            {t('Value')}
          </th>
          <th scope="col" className={cx(table.figureHead, '@max-md:hidden')}>
            {t('Gain')}
          </th>
        </tr>
      </thead>
      <tbody>
        {data.map((holding) => (
          <Row
            key={`${holding.account_id} ${holding.security?.id ?? holding.currency}`}
            holding={holding}
            currency={currency}
            account={accounts?.get(holding.account_id)}
          />
        ))}
      </tbody>
    </table>
  );
}

function Row({ holding, currency, account }: { holding: Holding; currency: string; account: string | undefined }) {
  const { security, asset_class, quantity, price, price_day, is_stale, value, cost, gain } = holding;
  const name = holdingName(holding);
  return (
    <tr className={cx(table.row, 'break-inside-avoid')}>
      <th scope="row" className={cx(table.name, 'w-full max-w-0 min-w-32 font-normal')}>
        <span className="block truncate font-medium">
          {security ? (
            <RecordLink of="financial_security" id={security.id}>
              <bdi>{name}</bdi>
            </RecordLink>
          ) : (
            name
          )}
        </span>
        <span className="block truncate text-12 text-muted">
          {security && price !== null && (
            <span className="tabular-nums @2xl:hidden print:hidden">
              {t('{quantity} × {price}', {
                quantity: formatDecimal(quantity),
                price: formatMoney(price, holding.currency, { aligned: true }),
              })}
              {' · '}
            </span>
          )}
          {[assetClassText(asset_class), account].filter(Boolean).join(' · ')}
        </span>
      </th>
      <td className={cx(table.figure, wide)}>{security ? formatDecimal(quantity) : null}</td>
      <td className={cx(table.figure, wide)}>
        {price !== null && formatMoney(price, holding.currency, { aligned: true })}
        {price_day && (
          <span className="block text-12 text-muted">
            {is_stale ? <Badge meaning="attention">{formatDate(price_day)}</Badge> : formatDate(price_day)}
          </span>
        )}
      </td>
      <td className={cx(table.figure, wide)}>{security && <Amount amount={cost} currency={holding.currency} />}</td>
      <td className={table.figure}>
        <Amount amount={value} currency={currency} />
        {is_stale && <span className="block text-12 text-attention-ink @2xl:hidden">{t('Outdated price')}</span>}
      </td>
      <td className={cx(table.figure, '@max-md:hidden')}>
        {security && <Gain gain={gain} cost={cost} currency={holding.currency} />}
      </td>
    </tr>
  );
}

/** That it is unknown is not that it is nothing. */
function Amount({ amount, currency }: { amount: string | null; currency: string }) {
  if (amount === null) return <span className="text-12 text-muted">{t('Unknown')}</span>;
  return <MoneyText amount={amount} currency={currency} />;
}

function Gain({ gain, cost, currency }: { gain: string | null; cost: string | null; currency: string }) {
  if (gain === null) return <Amount amount={null} currency={currency} />;
  const share = cost === null || Number(cost) === 0 ? null : Number(gain) / Number(cost);
  return (
    <span className={Number(gain) < 0 ? 'text-bad-ink' : 'text-good-ink'}>
      <MoneyText amount={gain} currency={currency} />
      {share !== null && <span className="block text-12">{formatRate(share)}</span>}
    </span>
  );
}
