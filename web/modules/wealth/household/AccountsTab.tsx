import { useNavigate } from '@tanstack/react-router';
import { Plus } from 'lucide-react';
import { Fragment, Suspense, useState } from 'react';
import type { RowOf } from '../../../../src/kernel/contract/resource.ts';
import type { financialAccount } from '../../../../src/modules/wealth/financial-account/contract.ts';
import { useRecords } from '../../../platform/query/records.ts';
import { pathOf } from '../../../platform/query/resources.ts';
import { definitionOf } from '../../../platform/record/definitions.ts';
import type { AnyRecord } from '../../../platform/record/field.ts';
import { LazyRecordForm } from '../../../platform/record/lazyForm.ts';
import { MoreRows, NotRead } from '../../../platform/record/RelatedList.tsx';
import { useMay } from '../../../platform/session/session.tsx';
import { t } from '../../../text/text.ts';
import { Badge } from '../../../ui/Badge.tsx';
import { Button } from '../../../ui/Button.tsx';
import { cx } from '../../../ui/cx.ts';
import { EmptyState } from '../../../ui/EmptyState.tsx';
import { formatDate } from '../../../ui/format.ts';
import { MoneyText } from '../../../ui/MoneyText.tsx';
import { SkeletonRows } from '../../../ui/Skeleton.tsx';
import { accountKindOptions, registrationText } from '../account/options.ts';
import { type AccountOwner, ownerName, shareText } from '../account/owners.ts';
import { sumOf } from '../figures/amount.ts';
import { Doubts } from '../figures/Doubts.tsx';
import { NetWorth } from '../figures/NetWorth.tsx';
import { Section } from '../figures/Section.tsx';
import { table } from '../figures/table.ts';
import { type Holding, type Holdings, useHoldings } from '../figures/useFigures.ts';
import { isOver } from '../period.ts';
import { RecordLink } from '../RecordLink.tsx';

type Account = RowOf<typeof financialAccount>;

/** The accounts of a household with whose they are and what they are worth, and what it has and owes in all. */
export default function AccountsTab({ record }: { record: AnyRecord }) {
  const may = useMay();
  const [creating, setCreating] = useState(false);
  const navigate = useNavigate();
  const ofHousehold = { field: 'household_id', op: 'eq', value: record.id } as const;
  const accounts = useRecords<Account>('financial_account', { filter: ofHousehold, sort: 'name', limit: 200 });
  const owners = useRecords<AccountOwner>('account_owner', {
    filter: {
      and: [
        { any: 'account', where: ofHousehold },
        { field: 'role', op: 'eq', value: 'owner' },
      ],
    },
    sort: 'created_at',
    limit: 200,
  });
  const holdings = useHoldings('household', record.id);
  const add = may('financial_account', 'create') && !record.deleted_at && (
    <Button size="small" icon={<Plus size={14} />} className="print:hidden" onClick={() => setCreating(true)}>
      {t('New account')}
    </Button>
  );
  const isPending = accounts.isPending || holdings.isPending;
  const isError = accounts.isError || holdings.isError;
  return (
    <div className="@container mx-auto flex max-w-4xl flex-col gap-6 p-4">
      {isPending && !isError && <SkeletonRows label={t('Loading the figures')} />}
      {isError && <NotRead />}
      {accounts.isSuccess && accounts.rows.length === 0 && (
        <EmptyState compact title={t('No accounts yet')} action={add}>
          {t('Add managed accounts, accounts held away, and liabilities.')}
        </EmptyState>
      )}
      {holdings.data && accounts.rows.length > 0 && (
        <>
          <div className="flex flex-col gap-2">
            <NetWorth of={holdings.data} />
            <Doubts of={holdings.data} empty={emptyOf(accounts.rows, holdings.data).map(({ name }) => name)} />
          </div>
          <Section title={t('Accounts')} actions={add}>
            <AccountTable accounts={accounts.rows} owners={owners.rows} holdings={holdings.data} />
            {accounts.hasNextPage && (
              <ul>
                <MoreRows list={accounts} />
              </ul>
            )}
          </Section>
        </>
      )}
      <Suspense>
        {creating && (
          <LazyRecordForm
            definition={definitionOf('financial_account')}
            start={definitionOf('financial_account').useStart()}
            placed={{ household_id: { id: record.id, name: String(record.name ?? '') } }}
            onClose={() => setCreating(false)}
            onSaved={({ id }) => void navigate({ to: `${pathOf('financial_account')}/${id}` })}
          />
        )}
      </Suspense>
    </div>
  );
}

/** Those that are open and of which nothing is known. */
const emptyOf = (accounts: readonly Account[], { data }: Holdings): Account[] =>
  accounts.filter(({ id, closed_on }) => !closed_on && !data.some(({ account_id }) => account_id === id));

interface AccountTableProps {
  accounts: readonly Account[];
  owners: readonly AccountOwner[];
  holdings: Holdings;
}

const wide = '@max-xl:hidden print:table-cell';
const narrow = '@xl:hidden print:hidden';

/** By what the firm has to do with them, with a sum for each kind. */
export function AccountTable({ accounts, owners, holdings }: AccountTableProps) {
  const ownersOf = Map.groupBy(
    owners.filter((owner) => !isOver(owner)),
    ({ account_id }) => account_id,
  );
  const held = Map.groupBy(holdings.data, ({ account_id }) => account_id);
  return (
    <table className="w-full text-13">
      <thead>
        <tr className={table.head}>
          <th scope="col" className={table.nameHead}>
            {t('Account')}
          </th>
          <th scope="col" className={cx(table.nameHead, wide)}>
            {t('Owners')}
          </th>
          <th scope="col" className={cx(table.nameHead, wide)}>
            {t('Custodian')}
          </th>
          <th scope="col" className={table.figureHead}>
            {t('Value')}
          </th>
        </tr>
      </thead>
      {accountKindOptions.map(({ value: kind, label }) => {
        const ofKind = accounts.filter((account) => account.kind === kind);
        if (ofKind.length === 0) return null;
        const known = ofKind.flatMap(({ id }) => (held.get(id) ?? []).flatMap(({ value }) => value ?? []));
        return (
          <tbody key={kind}>
            <tr className={table.row}>
              <th scope="rowgroup" className={cx(table.nameHead, 'pt-4 text-12 text-muted')}>
                {label}
              </th>
              <td className={wide} />
              <td className={wide} />
              <td className={cx(table.figureHead, 'pt-4 tabular-nums')}>
                <MoneyText amount={sumOf(known)} currency={holdings.currency} />
              </td>
            </tr>
            {ofKind.map((account) => (
              <AccountRow
                key={account.id}
                account={account}
                owners={ownersOf.get(account.id) ?? []}
                held={held.get(account.id)}
                currency={holdings.currency}
              />
            ))}
          </tbody>
        );
      })}
    </table>
  );
}

interface AccountRowProps {
  account: Account;
  owners: readonly AccountOwner[];
  /** Absent: nothing is known. */
  held: readonly Holding[] | undefined;
  currency: string;
}

function AccountRow({ account, owners, held, currency }: AccountRowProps) {
  const { id, name, registration, custodian, closed_on } = account;
  const whose = owners.map((owner, at) => (
    <Fragment key={owner.id}>
      {at > 0 && ', '}
      <bdi>{ownerName(owner)}</bdi>
      {owners.length > 1 && shareText(owner) && <span className="text-muted"> {shareText(owner)}</span>}
    </Fragment>
  ));
  const known = held?.flatMap(({ value }) => value ?? []) ?? [];
  return (
    <tr className={cx(table.row, 'break-inside-avoid')}>
      <th scope="row" className={cx(table.name, 'w-full max-w-0 min-w-36 font-normal')}>
        <span className="flex min-w-0 items-center gap-2">
          <RecordLink of="financial_account" id={id} className="min-w-0 truncate">
            <bdi>{name}</bdi>
          </RecordLink>
          {closed_on && <Badge>{t('Closed {date}', { date: formatDate(closed_on) })}</Badge>}
        </span>
        <span className="block truncate text-12 text-muted">
          {registrationText(registration)}
          {custodian && <span className={narrow}> · {custodian.name}</span>}
        </span>
        {whose.length > 0 && <span className={cx('block truncate text-12 text-muted', narrow)}>{whose}</span>}
      </th>
      <td className={cx(table.name, wide, 'min-w-40')}>
        {whose.length > 0 ? whose : <span className="text-muted">{t('Not set')}</span>}
      </td>
      <td className={cx(table.name, wide, 'min-w-36')}>
        {custodian ? custodian.name : <span className="text-faint">—</span>}
      </td>
      <td className={table.figure}>
        {known.length === 0 ? (
          <span className="text-12 text-muted">{closed_on && !held ? '—' : t('Unknown')}</span>
        ) : (
          <MoneyText amount={sumOf(known)} currency={currency} />
        )}
        {held && known.length > 0 && known.length < held.length && (
          <span className="block text-12 text-attention-ink">{t('partly unknown')}</span>
        )}
      </td>
    </tr>
  );
}
