import { Sums } from '../../../record/Sums.tsx';
import { t } from '../../../text/text.ts';
import { formatNumber, formatPercent } from '../../../ui/format.ts';
import { type Outcome, sumIn } from './dashboard.ts';

interface OutcomeRow extends Outcome {
  id: string;
  name: string;
}

interface OutcomeTableProps {
  title: string;
  /** Of the column of names. */
  head: string;
  note?: string;
  currency: string;
  rows: readonly OutcomeRow[];
}

const cell = 'px-3 py-2 text-end whitespace-nowrap';

/** Figures side by side, the won value also as a bar. */
export function OutcomeTable({ title, head, note, currency, rows }: OutcomeTableProps) {
  const sorted = rows.toSorted((a, b) => sumIn(b.won.value, currency) - sumIn(a.won.value, currency));
  const most = Math.max(1, ...sorted.map((row) => sumIn(row.won.value, currency)));
  if (rows.length === 0) return null;
  return (
    <section aria-label={title}>
      <h2 className="text-14">{title}</h2>
      {note && <p className="text-12 text-muted">{note}</p>}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <section aria-label={t('{title}, table', { title })} tabIndex={0} className="mt-3 overflow-x-auto">
        <table className="w-full min-w-160 text-13 tabular-nums">
          <thead>
            <tr className="border-b border-line text-12 text-muted">
              <th scope="col" className="py-2 pe-3 text-start font-medium">
                {head}
              </th>
              <th scope="col" className="w-1/3 px-3 py-2 text-start font-medium">
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
              <th scope="col" className={cell}>
                {t('Open value')}
              </th>
            </tr>
          </thead>
          <tbody>
            {sorted.map((row) => (
              <tr key={row.id} className="border-b border-line">
                <th scope="row" className="max-w-56 truncate py-2 pe-3 text-start font-medium">
                  <bdi>{row.name}</bdi>
                </th>
                <td className="px-3 py-2">
                  <div className="flex items-center gap-2">
                    <span
                      aria-hidden="true"
                      className="h-2 min-w-0.5 rounded-sm bg-accent"
                      style={{ width: `${(sumIn(row.won.value, currency) / most) * 60}%` }}
                    />
                    <span className="whitespace-nowrap">
                      <Sums sums={row.won.value} compact />
                    </span>
                  </div>
                </td>
                <td className={cell}>{formatNumber(row.won.count)}</td>
                <td className={cell}>{formatNumber(row.lost.count)}</td>
                <td className={cell}>{row.win_rate_percent === null ? '—' : formatPercent(row.win_rate_percent)}</td>
                <td className={cell}>
                  <Sums sums={row.open.value} compact />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </section>
  );
}
