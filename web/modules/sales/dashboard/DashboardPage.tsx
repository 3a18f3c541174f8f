import { useNavigate, useSearch } from '@tanstack/react-router';
import { lazy, Suspense } from 'react';
import { NoRightsPage } from '../../../app/NoRightsPage.tsx';
import { PageBar } from '../../../app/PageBar.tsx';
import { messageOf, requestIdOf } from '../../../app/problem.ts';
import { useMay, useSession } from '../../../app/session.tsx';
import { usePageTitle } from '../../../app/usePageTitle.ts';
import { t } from '../../../text/text.ts';
import { Button } from '../../../ui/Button.tsx';
import { ErrorState } from '../../../ui/ErrorState.tsx';
import { Select } from '../../../ui/Select.tsx';
import { SkeletonRows } from '../../../ui/Skeleton.tsx';
import { usePipelines } from '../deal/pipelines.ts';
import { type Dashboard, useDashboard } from './dashboard.ts';
import { type DashboardSearch, daysOf, type Range, rangeLabels, ranges } from './dashboardSearch.ts';
import { KeyFigures } from './KeyFigures.tsx';
import { OutcomeTable } from './OutcomeTable.tsx';
import { StageFunnel } from './StageFunnel.tsx';

const PeriodChart = lazy(() => import('./PeriodChart.tsx'));

export default function DashboardPage() {
  usePageTitle(t('Dashboard'));
  const may = useMay();
  const search = useSearch({ strict: false }) as DashboardSearch;
  const navigate = useNavigate();
  const range = search.range ?? 'last12';
  const pipelines = usePipelines();
  const dashboard = useDashboard({
    ...daysOf(range),
    pipeline_id: search.pipeline,
    period: range === 'all' ? 'quarter' : 'month',
  });
  const go = (change: DashboardSearch) =>
    void navigate({ to: '/dashboard', search: { ...search, ...change }, replace: true });
  if (!may('dashboard', 'read')) return <NoRightsPage title={t('Your role does not let you see the dashboard')} />;
  return (
    <>
      <PageBar title={<h1>{t('Dashboard')}</h1>} />
      <div className="flex min-h-11 shrink-0 items-center gap-2 border-b border-line bg-surface px-4 py-1.5 md:px-5">
        <Select
          label={t('Period')}
          className="w-auto! min-w-0 max-sm:flex-1"
          options={ranges.map((value) => ({ value, label: rangeLabels[value] }))}
          value={range}
          onChange={(value) => go({ range: value as Range })}
        />
        {(pipelines.data?.length ?? 0) > 1 && (
          <Select
            label={t('Pipeline')}
            className="w-auto! min-w-0 max-sm:flex-1"
            options={[
              { value: 'all', label: t('All pipelines') },
              ...(pipelines.data ?? []).map(({ id, name }) => ({ value: id, label: name })),
            ]}
            value={search.pipeline ?? 'all'}
            onChange={(id) => go({ pipeline: id === 'all' ? undefined : id })}
          />
        )}
      </div>
      <div className="min-h-0 flex-1 overflow-y-auto bg-surface">
        {dashboard.data ? (
          <Figures dashboard={dashboard.data} range={range} onShowAll={() => go({ range: 'all' })} />
        ) : dashboard.isPending ? (
          <SkeletonRows label={t('Loading the figures')} />
        ) : (
          <ErrorState
            title={t('The figures could not be read')}
            detail={messageOf(dashboard.error)}
            reference={requestIdOf(dashboard.error)}
            onRetry={() => void dashboard.refetch()}
          />
        )}
      </div>
    </>
  );
}

interface FiguresProps {
  dashboard: Dashboard;
  range: Range;
  onShowAll: () => void;
}

function Figures({ dashboard, range, onShowAll }: FiguresProps) {
  const { tenant } = useSession();
  const nothingClosed = dashboard.won.count + dashboard.lost.count === 0;
  const currency = dashboard.won.value[0]?.currency ?? dashboard.open.value[0]?.currency ?? tenant.default_currency;
  return (
    <div className="mx-auto flex max-w-6xl flex-col gap-8 px-4 py-6 md:px-6">
      <KeyFigures dashboard={dashboard} range={range} />
      <section aria-label={t('Won value over time')}>
        <h2 className="mb-3 text-14">
          {range === 'all'
            ? t('Won value by quarter, in {currency}', { currency })
            : t('Won value by month, in {currency}', { currency })}
        </h2>
        {nothingClosed ? (
          <div className="flex flex-wrap items-center gap-3 text-13 text-muted">
            {t('No deal was won or lost in this period.')}
            {range !== 'all' && <Button onClick={onShowAll}>{t('Show all time')}</Button>}
          </div>
        ) : (
          <Suspense fallback={<div role="status" aria-label={t('Loading the chart')} className="h-72" />}>
            <PeriodChart periods={dashboard.by_period} total={dashboard} currency={currency} />
          </Suspense>
        )}
      </section>
      <StageFunnel stages={dashboard.by_stage} currency={currency} />
      <OutcomeTable
        title={t('By owner')}
        head={t('Owner')}
        currency={currency}
        rows={dashboard.by_owner.map((row) => ({
          ...row,
          id: row.owner_id ?? 'none',
          name: row.owner?.name ?? t('No owner'),
        }))}
      />
      <OutcomeTable
        title={t('By product')}
        head={t('Product')}
        note={t('The amount of a deal with several products is shared between them.')}
        currency={currency}
        rows={dashboard.by_product.map((row) => ({
          ...row,
          id: row.product_id ?? 'none',
          name: row.product?.name ?? t('No product'),
        }))}
      />
    </div>
  );
}
