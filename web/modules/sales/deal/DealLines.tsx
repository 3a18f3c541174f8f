import { Package } from 'lucide-react';
import { useState } from 'react';
import { RelatedList } from '../../../platform/record/RelatedList.tsx';
import { useMay } from '../../../platform/session/session.tsx';
import { t } from '../../../text/text.ts';
import { formatMoney, formatNumber, formatPercent } from '../../../ui/format.ts';
import { MoneyText } from '../../../ui/MoneyText.tsx';
import { DealLinesDialog } from './DealLinesDialog.tsx';
import type { Deal } from './deal.ts';

/** The products of a deal and what they come to. */
export function DealLines({ deal }: { deal: Deal }) {
  const may = useMay();
  const [editing, setEditing] = useState(false);
  // All lines are sent, each with its product.
  const mayEdit = may('deal', 'update', deal.owner_id) && may('product', 'read');
  return (
    <>
      <RelatedList
        title={t('Products')}
        none={t('No products yet')}
        onAdd={mayEdit ? () => setEditing(true) : undefined}
        addLabel={t('Edit products')}
      >
        {deal.lines.map((line) => (
          <li key={line.id} className="flex min-h-9 items-center gap-2.5 px-2 py-1 text-13">
            <Package size={14} className="shrink-0 text-muted" aria-hidden="true" />
            <span className="min-w-0 flex-1">
              <span className="block truncate font-medium">
                <bdi>{line.product?.name ?? t('Deleted product')}</bdi>
              </span>
              <span className="block truncate text-12 text-muted tabular-nums">
                {formatNumber(line.quantity)} × {formatMoney(line.unit_price, deal.currency, { aligned: true })}
                {Number(line.discount_percent) > 0 &&
                  t(', {percent} off', { percent: formatPercent(line.discount_percent) })}
              </span>
            </span>
            <MoneyText amount={line.total} currency={deal.currency} className="shrink-0" />
          </li>
        ))}
      </RelatedList>
      {editing && <DealLinesDialog deal={deal} onClose={() => setEditing(false)} />}
    </>
  );
}
