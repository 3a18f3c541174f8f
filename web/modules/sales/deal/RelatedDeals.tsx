import { useNavigate } from '@tanstack/react-router';
import { Suspense, useState } from 'react';
import { useRecords } from '../../../platform/query/records.ts';
import { definitionOf } from '../../../platform/record/definitions.ts';
import { LazyRecordForm } from '../../../platform/record/lazyForm.ts';
import { MoreRows, RelatedLink, RelatedList } from '../../../platform/record/RelatedList.tsx';
import type { Values } from '../../../platform/record/values.ts';
import { useMay } from '../../../platform/session/session.tsx';
import { t } from '../../../text/text.ts';
import { MoneyText } from '../../../ui/MoneyText.tsx';
import type { Deal } from './deal.ts';

const shown_max = 20;

interface RelatedDealsProps {
  by: 'contact_id' | 'company_id';
  id: string;
  /** What a deal made from here starts with. */
  start: Values;
}

export function RelatedDeals({ by, id, start }: RelatedDealsProps) {
  const may = useMay();
  const navigate = useNavigate();
  const definition = definitionOf('deal');
  const defaults = definition.useStart();
  const [creating, setCreating] = useState(false);
  const deals = useRecords<Deal>('deal', {
    enabled: may('deal', 'read'),
    filter: { field: by, op: 'eq', value: id },
    sort: '-created_at',
    limit: shown_max,
    count: true,
  });
  if (!may('deal', 'read')) return null;
  return (
    <>
      <RelatedList
        title={t('Deals')}
        list={deals}
        none={t('No deals yet')}
        onAdd={may('deal', 'create') ? () => setCreating(true) : undefined}
        addLabel={t('New deal')}
      >
        {deals.rows.map((deal) => (
          <RelatedLink
            key={deal.id}
            to={`${definition.path}/${deal.id}`}
            name={deal.name}
            square
            detail={deal.stage?.name}
            end={<MoneyText amount={deal.amount} currency={deal.currency} />}
          />
        ))}
        {deals.hasNextPage && <MoreRows list={deals} />}
      </RelatedList>
      <Suspense>
        {creating && (
          <LazyRecordForm
            definition={definition}
            start={defaults}
            placed={start}
            onClose={() => setCreating(false)}
            onSaved={(deal) => void navigate({ to: `${definition.path}/${deal.id}` })}
          />
        )}
      </Suspense>
    </>
  );
}
