import { useMemo } from 'react';
import { useRecords } from '../../../platform/query/records.ts';
import type { AnyRecord } from '../../../platform/record/field.ts';
import { NotRead } from '../../../platform/record/RelatedList.tsx';
import { t } from '../../../text/text.ts';
import { SkeletonRows } from '../../../ui/Skeleton.tsx';
import { Allocation } from '../figures/Allocation.tsx';
import { Doubts } from '../figures/Doubts.tsx';
import { HoldingsTable } from '../figures/HoldingsTable.tsx';
import { Returns } from '../figures/Returns.tsx';
import { Section } from '../figures/Section.tsx';
import { useHoldings } from '../figures/useFigures.ts';

/** Returns of what the firm manages for a household, and how all that it has is spread. */
export default function PerformanceTab({ record }: { record: AnyRecord }) {
  const holdings = useHoldings('household', record.id);
  const accounts = useRecords<AnyRecord>('financial_account', {
    filter: { field: 'household_id', op: 'eq', value: record.id },
    sort: 'name',
    limit: 200,
  });
  const names = useMemo(() => new Map(accounts.rows.map(({ id, name }) => [id, String(name)])), [accounts.rows]);
  return (
    <div className="@container mx-auto flex max-w-4xl flex-col gap-6 p-4">
      <Returns of="household" id={record.id} />
      {holdings.isPending && <SkeletonRows label={t('Loading the figures')} />}
      {holdings.isError && <NotRead />}
      {holdings.data && holdings.data.data.length > 0 && (
        <>
          <Allocation of={holdings.data} />
          <Section title={t('Holdings')}>
            <div className="flex flex-col gap-2">
              <Doubts of={holdings.data} />
              <HoldingsTable of={holdings.data} accounts={names} />
            </div>
          </Section>
        </>
      )}
    </div>
  );
}
