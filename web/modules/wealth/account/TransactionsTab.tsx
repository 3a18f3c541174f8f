import { useNavigate } from '@tanstack/react-router';
import { Plus } from 'lucide-react';
import { Suspense, useState } from 'react';
import type { RowOf } from '../../../../src/kernel/contract/resource.ts';
import type { transaction } from '../../../../src/modules/wealth/transaction/contract.ts';
import { useRecords } from '../../../platform/query/records.ts';
import { pathOf } from '../../../platform/query/resources.ts';
import { definitionOf } from '../../../platform/record/definitions.ts';
import type { AnyRecord } from '../../../platform/record/field.ts';
import type { Filter } from '../../../platform/record/filter/filter.ts';
import { LazyRecordForm } from '../../../platform/record/lazyForm.ts';
import { NotRead } from '../../../platform/record/RelatedList.tsx';
import { useMay } from '../../../platform/session/session.tsx';
import { t } from '../../../text/text.ts';
import { Badge } from '../../../ui/Badge.tsx';
import { Button } from '../../../ui/Button.tsx';
import { cx } from '../../../ui/cx.ts';
import { EmptyState } from '../../../ui/EmptyState.tsx';
import { formatDate, formatDecimal, formatMoney } from '../../../ui/format.ts';
import { MoneyText } from '../../../ui/MoneyText.tsx';
import { Select } from '../../../ui/Select.tsx';
import { SkeletonRows } from '../../../ui/Skeleton.tsx';
import { table } from '../figures/table.ts';
import { yearsAgo } from '../figures/useFigures.ts';
import { RecordLink } from '../RecordLink.tsx';
import { kindGroups, transactionKindText } from '../transaction/options.ts';

export type Transaction = RowOf<typeof transaction>;

const since = [
  { value: 'all', label: t('All time') },
  { value: '1', label: t('Last 12 months') },
  { value: '3', label: t('Last 3 years') },
];
const groups = [{ value: 'all', label: t('All kinds') }, ...kindGroups.map(({ id, label }) => ({ value: id, label }))];

/** What happened in an account, the newest first. */
export default function TransactionsTab({ record }: { record: AnyRecord }) {
  const may = useMay();
  const navigate = useNavigate();
  const [group, setGroup] = useState('all');
  const [years, setYears] = useState('all');
  const [creating, setCreating] = useState(false);
  const kinds = kindGroups.find(({ id }) => id === group)?.kinds;
  const filter: Filter = {
    and: [
      { field: 'account_id', op: 'eq', value: record.id },
      ...(kinds ? [{ field: 'kind', op: 'in' as const, value: [...kinds] }] : []),
      ...(years === 'all' ? [] : [{ field: 'traded_on', op: 'gte' as const, value: yearsAgo(Number(years)) }]),
    ],
  };
  const found = useRecords<Transaction>('account_transaction', {
    filter,
    sort: '-traded_on',
    limit: 50,
    count: true,
    keepPrevious: true,
  });
  const isFiltered = group !== 'all' || years !== 'all';
  const definition = definitionOf('account_transaction');
  const start = definition.useStart();
  return (
    <div className="@container mx-auto flex max-w-4xl flex-col gap-3 p-4">
      <div className="flex flex-wrap items-center gap-2 print:hidden">
        <Select className="w-36" label={t('Kinds')} options={groups} value={group} onChange={setGroup} />
        <Select className="w-40" label={t('Period')} options={since} value={years} onChange={setYears} />
        <span className="flex-1" />
        {may('account_transaction', 'create') && !record.deleted_at && (
          <Button icon={<Plus size={14} />} onClick={() => setCreating(true)}>
            {t('New transaction')}
          </Button>
        )}
      </div>
      {found.isPending && <SkeletonRows label={t('Loading')} />}
      {found.isError && <NotRead />}
      {found.isSuccess && found.rows.length === 0 && (
        <EmptyState compact title={isFiltered ? t('No matching transactions') : t('No transactions yet')}>
          {isFiltered ? t('Try another kind or period.') : t('Add one, or import a file of the custodian.')}
        </EmptyState>
      )}
      {found.rows.length > 0 && <TransactionTable rows={found.rows} />}
      {found.hasNextPage && (
        <Button
          size="small"
          emphasis="quiet"
          className="self-start print:hidden"
          busy={found.isFetchingNextPage}
          onClick={() => void found.fetchNextPage()}
        >
          {t('Show more')}
        </Button>
      )}
      <Suspense>
        {creating && (
          <LazyRecordForm
            definition={definition}
            start={start}
            placed={{
              account_id: { id: record.id, name: String(record.name ?? '') },
              currency: record.currency,
            }}
            onClose={() => setCreating(false)}
            onSaved={({ id }) => void navigate({ to: `${pathOf('account_transaction')}/${id}` })}
          />
        )}
      </Suspense>
    </div>
  );
}

const wide = '@max-2xl:hidden print:table-cell';

interface TransactionTableProps {
  rows: readonly Transaction[];
  /** Where they are of several. */
  withAccount?: boolean;
}

export function TransactionTable({ rows, withAccount }: TransactionTableProps) {
  const reversed = new Set(rows.flatMap(({ reverses_id }) => reverses_id ?? []));
  return (
    <table className="w-full text-13">
      <thead>
        <tr className={table.head}>
          <th scope="col" className={table.nameHead}>
            {t('Day')}
          </th>
          <th scope="col" className={table.nameHead}>
            {t('Transaction')}
          </th>
          <th scope="col" className={cx(table.figureHead, wide)}>
            {t('Quantity')}
          </th>
          <th scope="col" className={cx(table.figureHead, wide)}>
            {t('Market price')}
          </th>
          <th scope="col" className={table.figureHead}>
            {t('Amount')}
          </th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => {
          const isSetOff = reversed.has(row.id);
          const of = row.security?.name ?? row.description;
          const more = [row.security && row.description, withAccount && row.account?.name].filter(Boolean).join(' · ');
          return (
            <tr
              key={row.id}
              className={cx(table.row, 'break-inside-avoid', (isSetOff || row.reverses_id) && '[&_*]:text-muted')}
            >
              <td className={cx(table.name, 'whitespace-nowrap tabular-nums')}>{formatDate(row.traded_on)}</td>
              <td className={cx(table.name, 'w-full max-w-0 min-w-32')}>
                <span className="flex min-w-0 items-center gap-2">
                  <RecordLink of="account_transaction" id={row.id} className="min-w-0 truncate">
                    {transactionKindText(row.kind)}
                  </RecordLink>
                  {isSetOff && <Badge>{t('Reversed')}</Badge>}
                  {row.reverses_id && <Badge>{t('Reversal')}</Badge>}
                </span>
                {of && <span className="block truncate text-12 text-muted">{of}</span>}
                {more && <span className="block truncate text-12 text-muted">{more}</span>}
              </td>
              <td className={cx(table.figure, wide)}>{row.quantity !== null && formatDecimal(row.quantity)}</td>
              <td className={cx(table.figure, wide)}>
                {row.price !== null && formatMoney(row.price, row.currency, { aligned: true })}
              </td>
              <td className={table.figure}>
                {row.amount === null ? (
                  row.quantity !== null && <span className="@2xl:hidden">{formatDecimal(row.quantity)}</span>
                ) : (
                  <MoneyText amount={row.amount} currency={row.currency} />
                )}
              </td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}
