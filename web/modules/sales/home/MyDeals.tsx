import { NotRead } from '../../../platform/record/RelatedList.tsx';
import { Total } from '../../../platform/record/Sums.tsx';
import { t } from '../../../text/text.ts';
import { formatPercent } from '../../../ui/format.ts';
import { Skeleton } from '../../../ui/Skeleton.tsx';
import { Figure } from '../dashboard/Figure.tsx';
import { WithoutRate } from '../dashboard/WithoutRate.tsx';
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
        value={data ? <Total sums={data.open.value} total={data.open.total} compact /> : pending}
        note={data && <WithoutRate amounts={data.open.total.without_rate} />}
        detail={data && deals(data.open.count)}
      />
      <Figure
        label={t('Weighted by stage')}
        value={data ? <Total sums={data.open.weighted_value} total={data.open.weighted_total} compact /> : pending}
        note={data && <WithoutRate amounts={data.open.weighted_total.without_rate} />}
        detail={own ? t('of your open deals') : t('of all open deals')}
      />
      <Figure
        label={t('Won this quarter')}
        value={data ? <Total sums={data.won.value} total={data.won.total} compact /> : pending}
        note={data && <WithoutRate amounts={data.won.total.without_rate} />}
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
