import { t, translateServerText } from '../../../text/text.ts';
import { formatDate, formatNumber } from '../../../ui/format.ts';
import { PersonName } from '../../../ui/PersonName.tsx';
import type { UsageColumn } from './UsageTable.tsx';
import { type FeatureUse, formatMs, type PersonUse, type SlowStatement, type Timing, type UsageDay } from './usage.ts';

const count = <T, K extends keyof T & string>(key: K, label: string, wide?: boolean): UsageColumn<T> => ({
  key,
  label,
  numeric: true,
  wide,
  value: (row) => row[key] as number,
  show: (row) => formatNumber(row[key] as number),
});

const time = <T, K extends keyof T & string>(key: K, label: string, wide?: boolean): UsageColumn<T> => ({
  ...count<T, K>(key, label, wide),
  show: (row) => formatMs(row[key] as number),
});

export const weekColumns: UsageColumn<UsageDay>[] = [
  { key: 'from', label: t('Week from'), value: ({ from }) => from, show: ({ from }) => formatDate(from) },
  count('people', t('People')),
  count('sign_ins', t('Sign-ins')),
  count('requests', t('Requests')),
];

export const featureColumns: UsageColumn<FeatureUse>[] = [
  { key: 'feature', label: t('Feature'), value: ({ feature }) => translateServerText(feature) },
  count('people', t('People')),
  count('requests', t('Requests')),
];

export const personColumns: UsageColumn<PersonUse>[] = [
  {
    key: 'name',
    label: t('Person'),
    value: ({ user }) => user.name,
    show: ({ user }) => <PersonName name={user.name} />,
  },
  count('days', t('Days')),
  count('sign_ins', t('Sign-ins'), true),
  count('requests', t('Requests')),
  {
    key: 'favourite',
    label: t('Uses most'),
    value: ({ favourite }) => (favourite ? translateServerText(favourite) : ''),
    wide: true,
  },
  {
    key: 'last_day',
    label: t('Last day'),
    value: ({ last_day }) => last_day,
    show: ({ last_day }) => formatDate(last_day),
    wide: true,
  },
];

export const timingColumns: UsageColumn<Timing>[] = [
  {
    key: 'path',
    label: t('Route'),
    value: ({ method, path }) => `${method} ${path}`,
    show: ({ method, path }) => (
      <code className="font-mono text-12">
        {method} {path.replace('/api/v1', '')}
      </code>
    ),
  },
  count('requests', t('Requests')),
  count('refused', t('Refused'), true),
  count('failed', t('Failed'), true),
  time('p50_ms', t('Median'), true),
  time('p95_ms', t('95% within')),
  time('p99_ms', t('99% within'), true),
  time('max_ms', t('Longest'), true),
];

export const statementColumns: UsageColumn<SlowStatement>[] = [
  {
    key: 'statement',
    label: t('Query'),
    value: ({ statement }) => statement,
    show: ({ statement, operation }) => (
      <>
        <code className="line-clamp-3 font-mono text-12" title={statement}>
          {statement}
        </code>
        <code className="font-mono text-12 text-muted">{operation}</code>
      </>
    ),
  },
  count('runs', t('Times')),
  time('mean_ms', t('On average')),
  time('max_ms', t('Longest'), true),
];
