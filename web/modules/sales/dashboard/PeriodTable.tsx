import { formatMonth, formatNumber } from '../../../ui/format.ts';
import { Sums } from '../Sums.tsx';
import type { PeriodFigures } from './dashboard.ts';

const cell = 'px-3 py-2 text-right';

export function PeriodTable({ periods, currency }: { periods: readonly PeriodFigures[]; currency: string }) {
  return (
    <table className="w-full text-13 tabular-nums">
      <thead>
        <tr className="border-b border-line text-12 text-muted">
          <th scope="col" className="py-2 pr-3 text-left font-medium">
            From
          </th>
          <th scope="col" className={cell}>
            Won value
          </th>
          <th scope="col" className={cell}>
            Won
          </th>
          <th scope="col" className={cell}>
            Lost
          </th>
          <th scope="col" className={cell}>
            Win rate
          </th>
        </tr>
      </thead>
      <tbody>
        {periods.map((period) => (
          <tr key={period.from} className="border-b border-line">
            <th scope="row" className="py-2 pr-3 text-left font-medium">
              {formatMonth(period.from)}
            </th>
            <td className={cell}>
              <Sums sums={period.won.value.filter((sum) => sum.currency === currency)} />
            </td>
            <td className={cell}>{formatNumber(period.won.count)}</td>
            <td className={cell}>{formatNumber(period.lost.count)}</td>
            <td className={cell}>
              {period.win_rate_percent === null ? '—' : `${formatNumber(period.win_rate_percent)} %`}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
