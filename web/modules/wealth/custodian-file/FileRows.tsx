import { useState } from 'react';
import { t, translateServerText } from '../../../text/text.ts';
import { Badge } from '../../../ui/Badge.tsx';
import { cx } from '../../../ui/cx.ts';
import { formatDate, formatDecimal, formatMoney, formatNumber } from '../../../ui/format.ts';
import { Section } from '../figures/Section.tsx';
import { table } from '../figures/table.ts';
import { transactionKindText } from '../transaction/options.ts';
import { type Outcome, outcomeMeanings, outcomes, outcomeText, type Report } from './report.ts';

/** What each row becomes: how many of each kind, and some of them. */
export function FileRows({ report, done }: { report: Report; done: boolean }) {
  const there = outcomes.filter((outcome) => report.counts[outcome] > 0);
  const [chosen, setChosen] = useState<Outcome | null>(null);
  const shown = chosen && there.includes(chosen) ? chosen : there[0];
  if (!shown) return null;
  const rows = report.samples.filter(({ outcome }) => outcome === shown);
  const more = report.counts[shown] - rows.length;
  return (
    <Section title={t('Rows')}>
      {/* biome-ignore lint/a11y/useSemanticElements: a fieldset cannot be laid out in a row in every browser */}
      <div role="group" aria-label={t('What becomes of rows')} className="mb-2 flex flex-wrap gap-2">
        {there.map((outcome) => (
          <button
            key={outcome}
            type="button"
            aria-pressed={outcome === shown}
            onClick={() => setChosen(outcome)}
            className="flex min-h-8 items-center gap-1.5 rounded-md border border-line px-2 text-13 text-muted hover:text-ink aria-pressed:bg-pressed aria-pressed:text-ink pointer-coarse:min-h-11"
          >
            {outcomeText(outcome, done)}
            <Badge meaning={outcomeMeanings[outcome]}>{formatNumber(report.counts[outcome])}</Badge>
          </button>
        ))}
      </div>
      <table className="w-full text-13">
        <thead>
          <tr className={table.head}>
            <th scope="col" className={cx(table.nameHead, 'w-12')}>
              {t('Line')}
            </th>
            <th scope="col" className={table.nameHead}>
              {t('Row')}
            </th>
            <th scope="col" className={cx(table.figureHead, '@max-xl:hidden')}>
              {t('Quantity')}
            </th>
            <th scope="col" className={table.figureHead}>
              {t('Amount')}
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={`${row.line} ${row.outcome} ${row.account} ${row.quantity} ${row.amount}`} className={table.row}>
              <td className={cx(table.name, 'text-muted tabular-nums')}>{row.line || null}</td>
              <td className={cx(table.name, 'w-full max-w-0 min-w-32')}>
                <span className="block truncate">{titleOf(report, row)}</span>
                <span className="block text-12 text-muted">
                  {[row.day && formatDate(row.day), row.reason ? translateServerText(row.reason) : row.description]
                    .filter(Boolean)
                    .join(' · ')}
                </span>
              </td>
              <td className={cx(table.figure, '@max-xl:hidden')}>{row.quantity && formatDecimal(row.quantity)}</td>
              <td className={table.figure}>
                {row.amount && row.currency ? formatMoney(row.amount, row.currency, { aligned: true }) : row.amount}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {more > 0 && (
        <p className="mt-2 text-12 text-muted">
          {t('and {count, plural, one {# more row} other {# more rows}}', { count: more })}
        </p>
      )}
    </Section>
  );
}

function titleOf({ securities }: Report, { kind, security }: Report['samples'][number]): string {
  const of = security === null ? undefined : securities[security];
  const name = of && (of.security?.name ?? of.name ?? of.ticker ?? of.isin ?? of.cusip ?? of.other_id);
  const what = kind === 'position' ? t('Position') : kind ? transactionKindText(kind) : t('Not read');
  return [what, name].filter(Boolean).join(' · ');
}
