import { Sums } from '../../../record/Sums.tsx';
import { formatNumber } from '../../../ui/format.ts';
import type { Dashboard } from './dashboard.ts';
import { type Range, rangeLabels } from './dashboardSearch.ts';
import { Figure } from './Figure.tsx';

export function KeyFigures({ dashboard, range }: { dashboard: Dashboard; range: Range }) {
  const { open, won, lost, win_rate_percent, cycle_days, contacts, companies } = dashboard;
  const when = rangeLabels[range].toLowerCase();
  const deals = (count: number) => `${formatNumber(count)} ${count === 1 ? 'deal' : 'deals'}`;
  return (
    <dl className="grid grid-cols-2 gap-3 md:grid-cols-3 lg:grid-cols-6">
      <Figure label="Open now" value={<Sums sums={open.value} compact />} detail={deals(open.count)} />
      <Figure label="Weighted by stage" value={<Sums sums={open.weighted_value} compact />} detail="open now" />
      <Figure label={`Won, ${when}`} value={<Sums sums={won.value} compact />} detail={deals(won.count)} />
      <Figure
        label={`Win rate, ${when}`}
        value={win_rate_percent === null ? '—' : `${formatNumber(win_rate_percent)} %`}
        detail={`${formatNumber(won.count)} won, ${formatNumber(lost.count)} lost`}
      />
      <Figure label="Days to win" value={cycle_days === null ? '—' : formatNumber(cycle_days)} detail="on average" />
      <Figure
        label="Contacts"
        value={formatNumber(contacts.count)}
        detail={`${formatNumber(companies.count)} companies`}
      />
    </dl>
  );
}
