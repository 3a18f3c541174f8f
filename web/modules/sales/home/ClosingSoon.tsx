import { useRecords } from '../../../platform/query/records.ts';
import { RelatedLink, RelatedList } from '../../../platform/record/RelatedList.tsx';
import { useSession } from '../../../platform/session/session.tsx';
import { t } from '../../../text/text.ts';
import { useToday } from '../../../ui/clock.ts';
import { DateText } from '../../../ui/DateText.tsx';
import { MoneyText } from '../../../ui/MoneyText.tsx';
import type { Deal } from '../deal/deal.ts';
import { useHomeFigures } from './useHomeFigures.ts';

const shown_max = 6;

/** Open deals, the next to close first: one's own, or everybody's for those who have none. */
export function ClosingSoon() {
  const { user } = useSession();
  const { own } = useHomeFigures();
  const today = useToday();
  const deals = useRecords<Deal>('deal', {
    filter: {
      and: [
        ...(own ? [{ field: 'owner_id', op: 'eq', value: user.id } as const] : []),
        { field: 'status', op: 'eq', value: 'open' },
        { field: 'expected_close_on', op: 'gte', value: today },
      ],
    },
    sort: 'expected_close_on',
    limit: shown_max,
  });
  return (
    <RelatedList
      large
      title={own ? t('Your next deals to close') : t('Next deals to close')}
      list={deals}
      none={t('No open deal has a future close date.')}
    >
      {deals.rows.map((deal) => (
        <RelatedLink
          key={deal.id}
          to={`/deals/${deal.id}`}
          name={deal.name}
          square
          detail={
            <>
              {deal.company && (
                <>
                  <bdi>{deal.company.name}</bdi> ·{' '}
                </>
              )}
              <DateText value={deal.expected_close_on} />
            </>
          }
          end={<MoneyText amount={deal.amount} currency={deal.currency} />}
        />
      ))}
    </RelatedList>
  );
}
