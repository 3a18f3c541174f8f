import { Plus } from 'lucide-react';
import { Suspense, useCallback, useMemo, useState } from 'react';
import type { RowOf } from '../../../../src/kernel/contract/resource.ts';
import type { price } from '../../../../src/modules/wealth/price/contract.ts';
import { useAllRecords } from '../../../platform/query/records.ts';
import type { AnyRecord } from '../../../platform/record/field.ts';
import { NotRead } from '../../../platform/record/RelatedList.tsx';
import { useMay } from '../../../platform/session/session.tsx';
import { lazyPart } from '../../../text/lazy.ts';
import { t } from '../../../text/text.ts';
import { Banner } from '../../../ui/Banner.tsx';
import { Button } from '../../../ui/Button.tsx';
import { cx } from '../../../ui/cx.ts';
import { EmptyState } from '../../../ui/EmptyState.tsx';
import { formatDate, formatDecimal, formatMoney } from '../../../ui/format.ts';
import { SkeletonRows } from '../../../ui/Skeleton.tsx';
import { formatRate } from '../figures/amount.ts';
import { KeyFigures, Section } from '../figures/Section.tsx';
import { table } from '../figures/table.ts';
import { yearsAgo } from '../figures/useFigures.ts';

type Price = RowOf<typeof price>;

const LineChart = lazyPart(() => import('../figures/LineChart.tsx'));
const PriceDialog = lazyPart(() => import('./PriceDialog.tsx'));

/** As many as a drawing of ten years needs. */
const prices_max = 1_000;
const listed_max = 60;

export default function PricesTab({ record }: { record: AnyRecord }) {
  const may = useMay();
  const [adding, setAdding] = useState(false);
  const found = useAllRecords<Price>('price', prices_max, {
    filter: { field: 'security_id', op: 'eq', value: record.id },
    sort: '-day',
  });
  const add = may('financial_security', 'create') && (
    <Button size="small" icon={<Plus size={14} />} onClick={() => setAdding(true)}>
      {t('New price')}
    </Button>
  );
  const isLoading = found.isPending || (found.hasNextPage && !found.isCut);
  return (
    <div className="@container mx-auto flex max-w-4xl flex-col gap-6 p-4">
      {isLoading && !found.isError && <SkeletonRows label={t('Loading')} />}
      {found.isError && <NotRead />}
      {found.isSuccess && found.rows.length === 0 && (
        <EmptyState compact title={t('No prices yet')} action={add}>
          {t('Without a price, holdings of it have no value and are left out of totals.')}
        </EmptyState>
      )}
      {!isLoading && found.rows.length > 0 && <Known prices={found.rows} security={record} add={add} />}
      <Suspense>{adding && <PriceDialog security={record} onClose={() => setAdding(false)} />}</Suspense>
    </div>
  );
}

interface KnownProps {
  /** The newest first. */
  prices: readonly Price[];
  security: AnyRecord;
  add: React.ReactNode;
}

function Known({ prices, security, add }: KnownProps) {
  const currency = String(security.currency);
  const format = useCallback(
    (value: string, digits?: number) =>
      formatMoney(value, currency, { compact: digits !== undefined && Number(value) >= 1_000, digits }),
    [currency],
  );
  const points = useMemo(() => prices.map(({ day, price }) => ({ day, value: price })).toReversed(), [prices]);
  const latest = prices[0]!;
  const staleFrom = new Date(Date.parse(latest.day) + Number(security.price_days) * 86_400_000)
    .toISOString()
    .slice(0, 10);
  const before = prices.find(({ day }) => day <= yearsAgo(1));
  return (
    <>
      <div className="flex flex-col gap-3">
        <KeyFigures
          figures={[
            { label: t('Last price'), value: formatMoney(latest.price, currency), note: formatDate(latest.day) },
            {
              label: t('1-year change'),
              value: before ? formatRate(Number(latest.price) / Number(before.price) - 1) : t('Unknown'),
              note: before && t('Since {date}', { date: formatDate(before.day) }),
            },
          ]}
        />
        {staleFrom < yearsAgo(0) && (
          <Banner meaning="attention">
            {t('The last price is from {date}. The current value may differ.', { date: formatDate(latest.day) })}
          </Banner>
        )}
        <Suspense fallback={<div className="h-56" />}>
          <LineChart title={t('Prices')} points={points} format={format} />
        </Suspense>
      </div>
      <Section title={t('Prices')} actions={add}>
        <table className="w-full text-13">
          <thead>
            <tr className={table.head}>
              <th scope="col" className={table.nameHead}>
                {t('Day')}
              </th>
              <th scope="col" className={cx(table.nameHead, 'w-full')}>
                {t('Source')}
              </th>
              <th scope="col" className={table.figureHead}>
                {t('Market price')}
              </th>
            </tr>
          </thead>
          <tbody>
            {prices.slice(0, listed_max).map(({ id, day, price, source }) => (
              <tr key={id} className={table.row}>
                <td className={cx(table.name, 'whitespace-nowrap tabular-nums')}>{formatDate(day)}</td>
                <td className={cx(table.name, 'text-muted')}>{source}</td>
                <td className={table.figure}>{formatDecimal(price, 2)}</td>
              </tr>
            ))}
          </tbody>
        </table>
        {prices.length > listed_max && (
          <p className="pt-2 text-12 text-muted">
            {t('Showing the latest {count} of {total}. The chart has them all.', {
              count: listed_max,
              total: prices.length,
            })}
          </p>
        )}
      </Section>
    </>
  );
}
