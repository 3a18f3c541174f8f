import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { ArrowLeft, Printer } from 'lucide-react';
import { useMemo } from 'react';
import type { RowOf } from '../../../../src/kernel/contract/resource.ts';
import type { financialAccount } from '../../../../src/modules/wealth/financial-account/contract.ts';
import { PageBar } from '../../../platform/page/PageBar.tsx';
import { usePageTitle } from '../../../platform/page/usePageTitle.ts';
import { QueryError } from '../../../platform/query/QueryError.tsx';
import { recordQuery, useAllRecords, useRecords } from '../../../platform/query/records.ts';
import { pathOf } from '../../../platform/query/resources.ts';
import type { AnyRecord, Named } from '../../../platform/record/field.ts';
import { NotRead } from '../../../platform/record/RelatedList.tsx';
import { useSession } from '../../../platform/session/session.tsx';
import { t } from '../../../text/text.ts';
import { Button } from '../../../ui/Button.tsx';
import { formatDate, today } from '../../../ui/format.ts';
import { SkeletonRows } from '../../../ui/Skeleton.tsx';
import type { AccountOwner } from '../account/owners.ts';
import { type Transaction, TransactionTable } from '../account/TransactionsTab.tsx';
import { Allocation } from '../figures/Allocation.tsx';
import { Doubts } from '../figures/Doubts.tsx';
import { HoldingsTable } from '../figures/HoldingsTable.tsx';
import { NetWorth } from '../figures/NetWorth.tsx';
import { Returns } from '../figures/Returns.tsx';
import { Section } from '../figures/Section.tsx';
import { useHoldings, yearsAgo } from '../figures/useFigures.ts';
import { AccountTable } from '../household/AccountsTab.tsx';

/** More would be no report that somebody reads. */
const transactions_max = 400;

/**
 * What a client gets: what they have, what came of it, and what happened in the last year. As wide as paper, so that
 * charts are printed as they were drawn.
 */
export default function ReportPage() {
  const { id } = useParams({ strict: false }) as { id: string };
  const household = useQuery(recordQuery<AnyRecord>('household', id));
  const name = String(household.data?.name ?? '');
  const back: string = `${pathOf('household')}/${id}`;
  usePageTitle(name ? t('Report: {name}', { name }) : t('Client report'));
  return (
    <>
      <div className="print:hidden">
        <PageBar
          title={
            <>
              <Link
                to={back}
                aria-label={t('Back to {name}', { name: name || t('the household') })}
                className="-ms-1 inline-flex size-7 items-center justify-center rounded-md text-muted hover:bg-hover hover:text-ink"
              >
                <ArrowLeft size={16} className="rtl:rotate-180" />
              </Link>
              <span className="truncate">{t('Client report')}</span>
            </>
          }
          actions={
            <Button emphasis="primary" icon={<Printer size={14} />} onClick={() => window.print()}>
              {t('Print')}
            </Button>
          }
        />
      </div>
      <div className="min-h-0 flex-1 overflow-y-auto bg-canvas print:bg-surface">
        {household.isPending && <SkeletonRows label={t('Loading the figures')} />}
        {household.isError && <QueryError title={t('The report could not be loaded')} query={household} />}
        {household.data && <Report household={household.data} />}
      </div>
    </>
  );
}

function Report({ household }: { household: AnyRecord }) {
  const { tenant } = useSession();
  const { id } = household;
  const ofHousehold = { field: 'household_id', op: 'eq', value: id } as const;
  const since = yearsAgo(1);
  const holdings = useHoldings('household', id);
  const accounts = useRecords<RowOf<typeof financialAccount>>('financial_account', {
    filter: ofHousehold,
    sort: 'name',
    limit: 200,
  });
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
  const transactions = useAllRecords<Transaction>('account_transaction', transactions_max, {
    filter: {
      and: [
        { any: 'account', where: ofHousehold },
        { field: 'traded_on', op: 'gt', value: since },
      ],
    },
    sort: '-traded_on',
  });
  const names = useMemo(() => new Map(accounts.rows.map((account) => [account.id, account.name])), [accounts.rows]);
  const adviser = household.owner as Named | null;
  if (holdings.isError || accounts.isError || transactions.isError || owners.isError)
    return (
      <div className="p-4">
        <NotRead />
      </div>
    );
  if (holdings.isPending || accounts.isPending || owners.isPending)
    return <SkeletonRows label={t('Loading the figures')} />;
  return (
    <article className="@container mx-auto flex max-w-3xl flex-col gap-8 bg-surface px-4 py-6 md:my-6 md:rounded-lg md:border md:border-line md:px-8 print:m-0 print:max-w-none print:border-0 print:p-0">
      <header className="flex flex-col gap-1 border-b border-line-strong pb-4">
        <p className="text-12 text-muted">{tenant.title}</p>
        <h1 className="text-20 font-semibold">
          <bdi>{String(household.name)}</bdi>
        </h1>
        <p className="text-13 text-muted">
          {[t('As of {date}', { date: formatDate(today()) }), adviser && t('Adviser: {name}', { name: adviser.name })]
            .filter(Boolean)
            .join(' · ')}
        </p>
      </header>
      <Section title={t('Overview')}>
        <div className="flex flex-col gap-3">
          <NetWorth of={holdings.data} />
          <Doubts of={holdings.data} />
          <AccountTable accounts={accounts.rows} owners={owners.rows} holdings={holdings.data} />
        </div>
      </Section>
      <Returns of="household" id={id} />
      {holdings.data.data.length > 0 && (
        <>
          <Allocation of={holdings.data} />
          <Section title={t('Holdings')}>
            <HoldingsTable of={holdings.data} accounts={names} />
          </Section>
        </>
      )}
      <Section title={t('Transactions since {date}', { date: formatDate(since) })}>
        {transactions.rows.length === 0 ? (
          <p className="text-13 text-muted">{transactions.isPending ? t('Loading') : t('Nothing yet')}</p>
        ) : (
          <TransactionTable rows={transactions.rows} withAccount />
        )}
        {transactions.isCut && (
          <p className="pt-2 text-12 text-muted">
            {t('Showing the latest {count}. The accounts have more.', { count: transactions.rows.length })}
          </p>
        )}
      </Section>
      <footer className="border-t border-line pt-3 text-12 text-muted">
        {t('Past performance does not guarantee future results. Values held away are as last reported.')}
      </footer>
    </article>
  );
}
