import { useSession } from '../../app/session.tsx';
import { formatNumber } from '../../ui/format.ts';
import { Skeleton } from '../../ui/Skeleton.tsx';
import { formatSums, useDashboard } from '../sales/dashboard/dashboard.ts';
import { daysOf } from '../sales/dashboard/dashboardSearch.ts';
import { Figure } from '../sales/dashboard/Figure.tsx';

/** One's own figures of the quarter. */
export function MyDeals() {
  const { user } = useSession();
  const { data } = useDashboard({ ...daysOf('quarter'), owner_id: user.id });
  const pending = <Skeleton className="my-2 w-20" />;
  const deals = (count: number) => `${formatNumber(count)} ${count === 1 ? 'deal' : 'deals'}`;
  return (
    <dl className="grid grid-cols-2 gap-3 lg:grid-cols-4">
      <Figure
        label="Your open deals"
        value={data ? formatSums(data.open.value, true) : pending}
        detail={data && deals(data.open.count)}
      />
      <Figure
        label="Weighted by stage"
        value={data ? formatSums(data.open.weighted_value, true) : pending}
        detail="of your open deals"
      />
      <Figure
        label="Won this quarter"
        value={data ? formatSums(data.won.value, true) : pending}
        detail={data && deals(data.won.count)}
      />
      <Figure
        label="Win rate this quarter"
        value={data ? (data.win_rate_percent === null ? '—' : `${formatNumber(data.win_rate_percent)} %`) : pending}
        detail={data && `${formatNumber(data.won.count)} won, ${formatNumber(data.lost.count)} lost`}
      />
    </dl>
  );
}
