import { t } from '../../../text/text.ts';
import { assetClassText } from '../security/options.ts';
import { formatShare, wholeMoney } from './amount.ts';
import { Section } from './Section.tsx';
import { table } from './table.ts';
import type { Holdings } from './useFigures.ts';

type Shares = Holdings['allocation']['asset_class'];

/** How what somebody has is spread; what is owed is not in it. */
export function Allocation({ of: { allocation, currency } }: { of: Holdings }) {
  return (
    <Section title={t('Allocation')}>
      <div className="grid gap-x-8 gap-y-4 @2xl:grid-cols-2">
        <Spread
          title={t('By asset class')}
          shares={allocation.asset_class}
          currency={currency}
          nameOf={(key) => assetClassText(key)}
        />
        <div className="flex flex-col gap-4">
          <Spread
            title={t('By custodian')}
            shares={allocation.custodian}
            currency={currency}
            nameOf={(key) => key ?? t('No custodian')}
          />
          <Spread
            title={t('By currency')}
            shares={allocation.currency}
            currency={currency}
            nameOf={(key) => key ?? ''}
          />
        </div>
      </div>
    </Section>
  );
}

interface SpreadProps {
  title: string;
  shares: Shares;
  currency: string;
  nameOf: (key: string | null) => string;
}

function Spread({ title, shares, currency, nameOf }: SpreadProps) {
  if (shares.length === 0) return null;
  return (
    <table className="w-full self-start text-13">
      <caption className="pb-1 text-start text-12 text-muted">{title}</caption>
      <thead className="sr-only">
        <tr>
          <th scope="col">{title}</th>
          <th scope="col">{t('Share of the whole')}</th>
          <th scope="col">{t('Value')}</th>
        </tr>
      </thead>
      <tbody>
        {shares.map(({ key, value, share }) => (
          <tr key={key} className={table.row}>
            <th scope="row" className="w-full max-w-0 min-w-24 py-1.5 pe-3 text-start font-medium">
              <span className="block truncate">
                <bdi>{nameOf(key)}</bdi>
              </span>
              <span
                aria-hidden="true"
                className="mt-1 block h-1 rounded-full bg-pressed print:border print:border-line"
              >
                <span
                  className="block h-full rounded-full bg-accent"
                  style={{ width: `${Math.min(100, Math.max(0, (share ?? 0) * 100))}%` }}
                />
              </span>
            </th>
            <td className={table.figure}>{share === null ? '—' : formatShare(share)}</td>
            <td className={table.figure}>{wholeMoney(value, currency)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
