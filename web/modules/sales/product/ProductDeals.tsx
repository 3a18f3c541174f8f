import { useRecords } from '../../../platform/query/records.ts';
import { pathOf } from '../../../platform/query/resources.ts';
import type { AnyRecord, Named } from '../../../platform/record/field.ts';
import { MoreRows, RelatedLink, RelatedList } from '../../../platform/record/RelatedList.tsx';
import { useMay } from '../../../platform/session/session.tsx';
import { t } from '../../../text/text.ts';
import { MoneyText } from '../../../ui/MoneyText.tsx';

const shown_max = 20;

interface DealProduct {
  id: string;
  deal: Named;
  amount: string | null;
  currency: string;
}

/** The deals that a product stands on, with what of their amounts falls to it. */
export default function ProductDeals({ record }: { record: AnyRecord }) {
  const may = useMay();
  const sold = useRecords<DealProduct>('deal_product', {
    enabled: may('deal', 'read'),
    filter: { field: 'product_id', op: 'eq', value: record.id },
    limit: shown_max,
    count: true,
  });
  if (!may('deal', 'read')) return null;
  return (
    <RelatedList title={t('Deals')} list={sold} none={t('No deals yet')}>
      {sold.rows.map(({ id, deal: { id: deal_id, name }, amount, currency }) => (
        <RelatedLink
          key={id}
          to={`${pathOf('deal')}/${deal_id}`}
          name={name}
          square
          end={<MoneyText amount={amount} currency={currency} />}
        />
      ))}
      {sold.hasNextPage && <MoreRows list={sold} />}
    </RelatedList>
  );
}
