import { Sums } from '../../../record/Sums.tsx';
import { t } from '../../../text/text.ts';
import { formatMonth, formatNumber, formatPercent } from '../../../ui/format.ts';
import type { PeriodFigures } from './dashboard.ts';

const cell = 'px-1.5 py-2 text-end whitespace-nowrap sm:px-3';

type Figures = Omit<PeriodFigures, 'from' | 'to'>;

interface PeriodTableProps {
  periods: readonly PeriodFigures[];
  /** Of all of them. */
  total: Figures;
  currency: string;
}

export function PeriodTable({ periods, total, currency }: PeriodTableProps) {
  return (
    <table className="w-full text-13 tabular-nums">
      <thead>
        <tr className="border-b border-line text-12 text-muted">
          <th scope="col" className="py-2 pe-1.5 text-start font-medium">
            {t('From')}
          </th>
          <th scope="col" className={cell}>
            {t('Won value')}
          </th>
          <th scope="col" className={cell}>
            {t('Won')}
          </th>
          <th scope="col" className={cell}>
            {t('Lost')}
          </th>
          <th scope="col" className={cell}>
            {t('Win rate')}
          </th>
        </tr>
      </thead>
      <tbody>
        {periods.map((period) => (
          <Row key={period.from} title={formatMonth(period.from, 'short')} figures={period} currency={currency} />
        ))}
      </tbody>
      <tfoot className="font-semibold">
        <Row title={t('Together')} figures={total} currency={currency} />
      </tfoot>
    </table>
  );
}

function Row({ title, figures, currency }: { title: string; figures: Figures; currency: string }) {
  const { won, lost, win_rate_percent } = figures;
  return (
    <tr className="border-b border-line">
      <th scope="row" className="py-2 pe-1.5 text-start font-medium whitespace-nowrap">
        {title}
      </th>
      <td className={cell}>
        <Sums sums={won.value.filter((sum) => sum.currency === currency)} />
      </td>
      <td className={cell}>{formatNumber(won.count)}</td>
      <td className={cell}>{formatNumber(lost.count)}</td>
      <td className={cell}>{win_rate_percent === null ? '—' : formatPercent(win_rate_percent)}</td>
    </tr>
  );
}
