import { useRecords } from '../../app/records.ts';
import { useSession } from '../../app/session.tsx';
import { RelatedLink, RelatedList } from '../../record/RelatedList.tsx';
import { DateText } from '../../ui/DateText.tsx';
import { MoneyText } from '../../ui/MoneyText.tsx';
import type { Deal } from '../sales/deal/deal.ts';

const shown_max = 6;

/** One's own open deals, the next to close first. */
export function ClosingSoon() {
  const { user } = useSession();
  const deals = useRecords<Deal>('deal', {
    filter: {
      and: [
        { field: 'owner_id', op: 'eq', value: user.id },
        { field: 'status', op: 'eq', value: 'open' },
        { field: 'expected_close_on', op: 'not_empty' },
      ],
    },
    sort: 'expected_close_on',
    limit: shown_max,
  });
  return (
    <RelatedList
      title="Your next deals to close"
      loading={deals.isPending}
      none="No open deal of yours has a date yet."
    >
      {deals.rows.map((deal) => (
        <RelatedLink
          key={deal.id}
          to={`/deals/${deal.id}`}
          name={deal.name}
          square
          detail={<DateText value={deal.expected_close_on} />}
          end={<MoneyText amount={deal.amount} currency={deal.currency} compact />}
        />
      ))}
    </RelatedList>
  );
}
