import { NotRead } from '../../record/RelatedList.tsx';
import { Sums } from '../../record/Sums.tsx';
import { t } from '../../text/text.ts';
import { formatPercent } from '../../ui/format.ts';
import { Skeleton } from '../../ui/Skeleton.tsx';
import { Figure } from '../sales/dashboard/Figure.tsx';
import { useHomeFigures } from './useHomeFigures.ts';

/** The figures of the quarter: one's own, or everybody's for those who sell nothing themselves. */
export function MyDeals() {
  const { figures: data, failed, own } = useHomeFigures();
  const pending = <Skeleton className="my-2 w-20" />;
  const deals = (count: number) => t('{count, plural, one {# deal} other {# deals}}', { count });
  if (failed) return <NotRead />;
  return (
    <dl className="grid grid-cols-2 gap-3 lg:grid-cols-4">
      <Figure
        label={own ? t('Your open deals') : t('Open deals')}
        value={data ? <Sums sums={data.open.value} compact /> : pending}
        detail={data && deals(data.open.count)}
      />
      <Figure
        label={t('Weighted by stage')}
        value={data ? <Sums sums={data.open.weighted_value} compact /> : pending}
        detail={own ? t('of your open deals') : t('of all open deals')}
      />
      <Figure
        label={t('Won this quarter')}
        value={data ? <Sums sums={data.won.value} compact /> : pending}
        detail={data && deals(data.won.count)}
      />
      <Figure
        label={t('Win rate this quarter')}
        value={data ? (data.win_rate_percent === null ? '—' : formatPercent(data.win_rate_percent)) : pending}
        detail={data && t('{won, number} won, {lost, number} lost', { won: data.won.count, lost: data.lost.count })}
      />
    </dl>
  );
}
