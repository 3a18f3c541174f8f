import { useQuery } from '@tanstack/react-query';
import { Suspense, useCallback, useMemo, useState } from 'react';
import { NotRead } from '../../../platform/record/RelatedList.tsx';
import { lazyPart } from '../../../text/lazy.ts';
import { t } from '../../../text/text.ts';
import { Banner } from '../../../ui/Banner.tsx';
import { cx } from '../../../ui/cx.ts';
import { EmptyState } from '../../../ui/EmptyState.tsx';
import { formatDate, formatMoney, today } from '../../../ui/format.ts';
import { Segments } from '../../../ui/Segments.tsx';
import { SkeletonRows } from '../../../ui/Skeleton.tsx';
import { formatRate, namesInShort, wholeMoney } from './amount.ts';
import { KeyFigures, Section } from './Section.tsx';
import { table } from './table.ts';
import { type Performance, type Period, performanceQuery, type Subject, yearsAgo } from './useFigures.ts';

const LineChart = lazyPart(() => import('./LineChart.tsx'));

type PeriodId = 'year' | '1' | '3' | '5' | '10' | 'all';

/** From the end of these days. */
const periods: readonly { id: PeriodId; label: string; from: () => string | null }[] = [
  { id: 'year', label: t('This year'), from: () => `${Number(today().slice(0, 4)) - 1}-12-31` },
  ...([1, 3, 5, 10] as const).map((years) => ({
    id: String(years) as PeriodId,
    label: t('{years, plural, one {# year} other {# years}}', { years }),
    from: () => yearsAgo(years),
  })),
  { id: 'all', label: t('Since inception'), from: () => null },
];

interface ReturnsProps {
  of: Subject;
  id: string;
}

/** What came of the money: values by day, and returns over periods. */
export function Returns({ of, id }: ReturnsProps) {
  const asked = periods.map(({ from, ...period }) => ({ ...period, from: from() }));
  const found = useQuery(
    performanceQuery(
      of,
      id,
      asked.flatMap(({ from }) => from ?? []),
    ),
  );
  if (found.isPending) return <SkeletonRows label={t('Loading the figures')} />;
  if (found.isError) return <NotRead />;
  if (found.data.accounts.length === 0)
    return (
      <EmptyState compact title={t('No returns yet')}>
        {t('Returns are calculated from transactions, and there are none yet.')}
      </EmptyState>
    );
  const first = found.data.values[0]?.day ?? found.data.from;
  const rows = asked.flatMap((period) => {
    const { from } = period;
    if (from === null) return { ...period, figures: found.data };
    const figures = found.data.periods.find(({ start }) => start === from);
    return first !== null && from >= first && figures ? { ...period, figures } : [];
  });
  return <Known whole={found.data} rows={rows} />;
}

interface Row {
  id: PeriodId;
  label: string;
  from: string | null;
  figures: Period;
}

function Known({ whole, rows }: { whole: Performance; rows: readonly Row[] }) {
  const [chosen, setChosen] = useState<PeriodId>('all');
  const shown = rows.find((row) => row.id === chosen) ?? rows.at(-1)!;
  return (
    <>
      <Section
        title={t('Value')}
        actions={
          <span className="max-w-full overflow-x-auto print:hidden">
            <Segments
              label={t('Period')}
              options={rows.map((row) => ({ value: row.id, label: row.label }))}
              value={shown.id}
              onChange={setChosen}
            />
          </span>
        }
      >
        <Shown whole={whole} row={shown} />
      </Section>
      <Section title={t('Returns')}>
        <ReturnsTable rows={rows} benchmark={whole.benchmark?.name} />
        <Limits of={whole} />
      </Section>
    </>
  );
}

function Shown({ whole: { currency, values }, row }: { whole: Performance; row: Row }) {
  const { from, to, net, flows, fees } = row.figures;
  const format = useCallback(
    (value: string, digits?: number) => formatMoney(value, currency, { compact: digits !== undefined, digits }),
    [currency],
  );
  const points = useMemo(() => pointsFrom(values, row.from), [values, row.from]);
  const last = values.findLast(({ value }) => value !== null);
  const days = from && to ? t('{from} – {to}', { from: formatDate(from), to: formatDate(to) }) : undefined;
  return (
    <div className="flex flex-col gap-3">
      <KeyFigures
        figures={[
          {
            label: t('Value'),
            value: last?.value ? wholeMoney(last.value, currency) : t('Unknown'),
            note: last && formatDate(last.day),
          },
          {
            label: t('Return net of fees'),
            value: net?.total == null ? t('Unknown') : formatRate(net.total),
            note: days,
          },
          { label: t('Net contributions'), value: flows === null ? t('Unknown') : wholeMoney(flows, currency) },
          { label: t('Fees'), value: wholeMoney(fees, currency) },
        ]}
      />
      <Suspense fallback={<div className="h-56" />}>
        <LineChart title={t('Value, {period}', { period: row.label })} points={points} format={format} />
      </Suspense>
    </div>
  );
}

/** Values from the end of a day on, which has that of the last day before it. */
function pointsFrom(values: Performance['values'], from: string | null): { day: string; value: string | null }[] {
  if (from === null) return values;
  const before = values.findLast(({ day }) => day <= from);
  return [...(before ? [{ ...before, day: from }] : []), ...values.filter(({ day }) => day > from)];
}

interface ReturnsTableProps {
  rows: readonly Row[];
  benchmark: string | undefined;
}

const wide = '@max-md:hidden print:table-cell';

function ReturnsTable({ rows, benchmark }: ReturnsTableProps) {
  return (
    <table className="w-full text-13">
      <thead>
        <tr className={table.head}>
          <th scope="col" className={table.nameHead}>
            {t('Period')}
          </th>
          <th scope="col" className={table.figureHead}>
            {t('Net of fees')}
          </th>
          <th scope="col" className={table.figureHead}>
            {t('Annualized')}
          </th>
          <th scope="col" className={cx(table.figureHead, wide)}>
            {t('Gross of fees')}
          </th>
          <th scope="col" className={cx(table.figureHead, wide)}>
            {t('Money-weighted')}
          </th>
          {benchmark && (
            <th scope="col" className={cx(table.figureHead, wide)}>
              {t('Benchmark')}
            </th>
          )}
        </tr>
      </thead>
      <tbody>
        {rows.map(({ id, label, figures }) => (
          <tr key={id} className={table.row}>
            <th scope="row" className={cx(table.name, 'w-full max-w-0 min-w-28 font-medium')}>
              {label}
              {figures.from && (
                <span className="block truncate text-12 font-normal text-muted">
                  {t('Since {date}', { date: formatDate(figures.from) })}
                </span>
              )}
            </th>
            <td className={table.figure}>
              <Rate rate={figures.net?.total} />
            </td>
            <td className={table.figure}>
              <Rate rate={figures.net?.annual} />
            </td>
            <td className={cx(table.figure, wide)}>
              <Rate rate={figures.gross?.total} />
            </td>
            <td className={cx(table.figure, wide)}>
              <Rate rate={figures.money_weighted.total} />
            </td>
            {benchmark && (
              <td className={cx(table.figure, wide)}>
                <Rate rate={figures.benchmark?.total} />
              </td>
            )}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Rate({ rate }: { rate: number | null | undefined }) {
  if (rate === null || rate === undefined) return <span className="text-faint">—</span>;
  return <span className={rate < 0 ? 'text-bad-ink' : undefined}>{formatRate(rate)}</span>;
}

type Gap = NonNullable<Performance['net']>['gaps'][number];

/** What the figures do not say, and by which method they were found. */
function Limits({ of: { left_out, net, to, benchmark } }: { of: Performance }) {
  const gapsOf = (why: Gap['why']) =>
    (net?.gaps ?? [])
      .filter((gap) => gap.why === why)
      .map((gap) => t('{from} – {to}', { from: formatDate(gap.from), to: formatDate(gap.to) }))
      .join(', ');
  const [unknown, idle] = [gapsOf('unknown_flow'), gapsOf('no_capital')];
  return (
    <div className="mt-2 flex flex-col gap-2 text-12 text-muted">
      {left_out.length > 0 && (
        <Banner meaning="attention">
          {t('Left out of returns because no transactions are recorded: {names}.', {
            names: namesInShort(left_out.map(({ name }) => name)),
          })}
        </Banner>
      )}
      {!net && (
        <Banner meaning="attention">{t('Returns cannot be calculated: a price is missing or outdated.')}</Banner>
      )}
      {net && to && to < yearsAgo(0) && (
        <p>{t('Returns run to {date}. After that, a price is missing or outdated.', { date: formatDate(to) })}</p>
      )}
      {unknown && (
        <Banner meaning="attention">
          {t('Left out of returns because securities came in or left without a price: {periods}.', {
            periods: unknown,
          })}
        </Banner>
      )}
      {idle && <p>{t('No capital invested: {periods}.', { periods: idle })}</p>}
      <p>
        {net?.method === 'modified_dietz' || net?.method === 'mixed'
          ? t('Time-weighted, with Modified Dietz between valuation days. Annualized from one year on.')
          : t('Time-weighted from daily values. Annualized from one year on.')}
        {benchmark && ` ${t('Benchmark: {name}.', { name: benchmark.name })}`}
      </p>
    </div>
  );
}
