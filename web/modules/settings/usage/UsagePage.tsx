import { useState } from 'react';
import { Loaded } from '../../../platform/settings/Loaded.tsx';
import { SettingsSection } from '../../../platform/settings/SettingsSection.tsx';
import { t } from '../../../text/text.ts';
import { formatNumber } from '../../../ui/format.ts';
import { Segments } from '../../../ui/Segments.tsx';
import { featureColumns, personColumns, statementColumns, timingColumns, weekColumns } from './columns.tsx';
import { DayBars } from './DayBars.tsx';
import { UsageTable } from './UsageTable.tsx';
import {
  type Activity,
  type FeatureUse,
  formatMs,
  type Period,
  type PersonUse,
  periods,
  type SlowStatement,
  type Timing,
  useUsage,
} from './usage.ts';

const labels: Record<Period, string> = { 7: t('7 days'), 30: t('30 days'), 90: t('90 days') };

const failed = (title: string) => t('“{title}” could not be read', { title });

/** Who uses what, how long the API takes, which queries are slow. */
export default function UsagePage() {
  const [period, setPeriod] = useState<Period>('30');
  const activity = useUsage<Activity>('activity', period);
  const features = useUsage<{ data: FeatureUse[] }>('features', period);
  const people = useUsage<{ data: PersonUse[] }>('people', period);
  const timings = useUsage<{ data: Timing[] }>('timings', period);
  const statements = useUsage<{ slow_ms: number; data: SlowStatement[] }>('statements', period);
  return (
    <SettingsSection
      title={t('Usage')}
      description={t(
        'Counted here and sent nowhere: no content of records, no values of queries. Days are in UTC; figures are kept for 90 days.',
      )}
      action={
        <Segments
          label={t('Period')}
          options={periods.map((value) => ({ value, label: labels[value] }))}
          value={period}
          onChange={setPeriod}
        />
      }
    >
      <Loaded query={activity} failed={failed(t('Active people'))}>
        {({ people: active, days, weeks }) => (
          <>
            <dl className="mb-6 grid grid-cols-3 gap-3">
              <Figure label={t('Active people')} value={active} />
              <Figure label={t('Sign-ins')} value={days.reduce((sum, day) => sum + day.sign_ins, 0)} />
              <Figure label={t('Requests')} value={days.reduce((sum, day) => sum + day.requests, 0)} />
            </dl>
            <DayBars days={days} />
            <UsageTable
              title={t('By week')}
              file="usage-by-week"
              columns={weekColumns}
              rows={[...weeks].reverse()}
              rowKey={({ from }) => from}
              nothing={t('Nobody was active in this period.')}
            />
          </>
        )}
      </Loaded>
      <Loaded query={features} failed={failed(t('Features'))}>
        {({ data }) => (
          <UsageTable
            title={t('Features')}
            file="usage-features"
            columns={featureColumns}
            rows={data}
            rowKey={({ feature }) => feature}
            nothing={t('Nothing was used in this period.')}
          />
        )}
      </Loaded>
      <Loaded query={people} failed={failed(t('People'))}>
        {({ data }) => (
          <UsageTable
            title={t('People')}
            file="usage-people"
            columns={personColumns}
            rows={data}
            rowKey={({ user }) => user.id}
            nothing={t('Nobody was active in this period.')}
          />
        )}
      </Loaded>
      <Loaded query={timings} failed={failed(t('API timings'))}>
        {({ data }) => (
          <UsageTable
            title={t('API timings')}
            description={t(
              'From the first byte of a request to the last byte of its response, measured on the server.',
            )}
            file="usage-timings"
            columns={timingColumns}
            rows={data}
            rowKey={({ method, path }) => `${method} ${path}`}
            nothing={t('Nothing was used in this period.')}
          />
        )}
      </Loaded>
      <Loaded query={statements} failed={failed(t('Slow queries'))}>
        {({ slow_ms, data }) => (
          <UsageTable
            title={t('Slow queries')}
            description={t('Queries that took longer than {time}, by shape and by what sent them.', {
              time: formatMs(slow_ms),
            })}
            file="usage-slow-queries"
            columns={statementColumns}
            rows={data}
            rowKey={({ operation, statement }) => `${operation} ${statement}`}
            nothing={t('No query was slow in this period.')}
          />
        )}
      </Loaded>
    </SettingsSection>
  );
}

function Figure({ label, value }: { label: string; value: number }) {
  return (
    <div className="rounded-lg border border-line px-4 py-3">
      <dt className="text-12 text-muted">{label}</dt>
      <dd className="text-20 font-semibold tabular-nums">{formatNumber(value)}</dd>
    </div>
  );
}
