import type { AnyRecord } from '../../../platform/record/field.ts';
import { NotRead } from '../../../platform/record/RelatedList.tsx';
import { t } from '../../../text/text.ts';
import { EmptyState } from '../../../ui/EmptyState.tsx';
import { SkeletonRows } from '../../../ui/Skeleton.tsx';
import { Allocation } from '../figures/Allocation.tsx';
import { sumOf, wholeMoney } from '../figures/amount.ts';
import { Doubts } from '../figures/Doubts.tsx';
import { HoldingsTable } from '../figures/HoldingsTable.tsx';
import { KeyFigures, Section } from '../figures/Section.tsx';
import { type Holdings, useHoldings } from '../figures/useFigures.ts';

/** What an account holds now, from its transactions; without any, from what its custodian reported last. */
export default function HoldingsTab({ record }: { record: AnyRecord }) {
  const holdings = useHoldings('financial_account', record.id);
  return (
    <div className="@container mx-auto flex max-w-4xl flex-col gap-6 p-4">
      {holdings.isPending && <SkeletonRows label={t('Loading the figures')} />}
      {holdings.isError && <NotRead />}
      {holdings.data &&
        (holdings.data.data.length === 0 ? (
          <EmptyState compact title={t('No holdings yet')}>
            {t('Add transactions, or import positions from the custodian.')}
          </EmptyState>
        ) : (
          <Held of={holdings.data} />
        ))}
    </div>
  );
}

function Held({ of }: { of: Holdings }) {
  const { data, net_worth, income_year, currency } = of;
  const gains = data.filter((holding) => holding.currency === currency).flatMap(({ gain }) => gain ?? []);
  const cash = data.filter(({ security }) => security === null).flatMap(({ value }) => value ?? []);
  return (
    <>
      <div className="flex flex-col gap-2">
        <KeyFigures
          figures={[
            { label: t('Value'), value: wholeMoney(net_worth.total, currency) },
            { label: t('Of which cash'), value: wholeMoney(sumOf(cash), currency) },
            {
              label: t('Gain'),
              value: gains.length === 0 ? t('Unknown') : wholeMoney(sumOf(gains), currency),
              note: t('Where the cost is known'),
            },
            { label: t('Income'), value: wholeMoney(income_year, currency), note: t('Last 12 months') },
          ]}
        />
        <Doubts of={of} />
      </div>
      <Section title={t('Holdings')}>
        <HoldingsTable of={of} />
      </Section>
      <Allocation of={of} />
    </>
  );
}
