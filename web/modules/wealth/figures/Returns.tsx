import { useQuery } from '@tanstack/react-query';
import { Suspense, useCallback, useMemo, useState } from 'react';
import { queryClient } from '../../../platform/query/queryClient.ts';
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
import { type Performance, performanceQuery, type Subject, yearsAgo } from './useFigures.ts';

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
  const whole = useQuery(performanceQuery(of, id, null));
  if (whole.isPending) return <SkeletonRows label={t('Loading the figures')} />;
  if (whole.isError) return <NotRead />;
  if (whole.data.accounts.length === 0)
    return (
      <EmptyState compact title={t('No returns yet')}>
        {t('Returns are calculated from transactions, and there are none yet.')}
      </EmptyState>
    );
  return <Known of={of} id={id} whole={whole.data} />;
}

function Known({ of, id, whole }: ReturnsProps & { whole: Performance }) {
  const [chosen, setChosen] = useState<PeriodId>('all');
  const first = whole.values[0]?.day ?? whole.from;
  const covered = periods
    .map(({ from, ...period }) => ({ ...period, from: from() }))
    .filter(({ from }) => from === null || (first !== null && from >= first));
  // One after the other: all at once they would wait for each other's turn, and longer than a request may.
  const found = useQuery({
    queryKey: ['wealth_figures', 'periods', of, id, covered.map(({ from }) => from)],
    queryFn: async () => {
      const figures = new Map<string | null, Performance>([[null, whole]]);
      for (const { from } of covered)
        if (from !== null) figures.set(from, await queryClient.fetchQuery(performanceQuery(of, id, from)));
      return figures;
    },
  });
  const rows = covered.map((period) => ({
    ...period,
    figures: period.from === null ? whole : found.data?.get(period.from),
  }));
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
        {shown.figures ? (
          <Shown figures={shown.figures} period={shown.label} />
        ) : found.isError ? (
          <NotRead />
        ) : (
          <SkeletonRows label={t('Loading the figures')} />
        )}
      </Section>
      <Section title={t('Returns')}>
        <ReturnsTable rows={rows} benchmark={whole.benchmark?.name} />
        {found.isError && <NotRead />}
        <Limits of={whole} />
      </Section>
    </>
  );
}

function Shown({ figures, period }: { figures: Performance; period: string }) {
  const { currency, values, from, to, net, flows, fees } = figures;
  const format = useCallback(
    (value: string, isShort: boolean) => formatMoney(value, currency, { compact: isShort }),
    [currency],
  );
  const points = useMemo(() => values.map(({ day, value }) => ({ day, value })), [values]);
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
          { label: t('Net contributions'), value: wholeMoney(flows, currency) },
          { label: t('Fees'), value: wholeMoney(fees, currency) },
        ]}
      />
      <Suspense fallback={<div className="h-56" />}>
        <LineChart title={t('Value, {period}', { period })} points={points} format={format} />
      </Suspense>
    </div>
  );
}

interface ReturnsTableProps {
  rows: readonly { id: string; label: string; figures: Performance | undefined }[];
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
              {figures?.from && (
                <span className="block truncate text-12 font-normal text-muted">
                  {t('Since {date}', { date: formatDate(figures.from) })}
                </span>
              )}
            </th>
            <td className={table.figure}>
              <Rate rate={figures?.net?.total} />
            </td>
            <td className={table.figure}>
              <Rate rate={figures?.net?.annual} />
            </td>
            <td className={cx(table.figure, wide)}>
              <Rate rate={figures?.gross?.total} />
            </td>
            <td className={cx(table.figure, wide)}>
              <Rate rate={figures?.money_weighted.total} />
            </td>
            {benchmark && (
              <td className={cx(table.figure, wide)}>
                <Rate rate={figures?.benchmark?.total} />
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

/** What the figures do not say, and by which method they were found. */
function Limits({ of: { left_out, net, to, benchmark } }: { of: Performance }) {
  const gaps = net?.gaps ?? [];
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
      {gaps.length > 0 && (
        <p>
          {t('No capital invested: {periods}.', {
            periods: gaps
              .map((gap) => t('{from} – {to}', { from: formatDate(gap.from), to: formatDate(gap.to) }))
              .join(', '),
          })}
        </p>
      )}
      <p>
        {net?.method === 'modified_dietz' || net?.method === 'mixed'
          ? t('Time-weighted, with Modified Dietz between valuation days. Annualized from one year on.')
          : t('Time-weighted from daily values. Annualized from one year on.')}
        {benchmark && ` ${t('Benchmark: {name}.', { name: benchmark.name })}`}
      </p>
    </div>
  );
}
