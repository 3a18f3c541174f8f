import { Sums } from '../../../record/Sums.tsx';
import { inSentence, t } from '../../../text/text.ts';
import { formatNumber, formatPercent } from '../../../ui/format.ts';
import type { Dashboard } from './dashboard.ts';
import { type Range, rangeLabels } from './dashboardSearch.ts';
import { Figure } from './Figure.tsx';

export function KeyFigures({ dashboard, range }: { dashboard: Dashboard; range: Range }) {
  const { open, won, lost, win_rate_percent, cycle_days, contacts, companies } = dashboard;
  const when = inSentence(rangeLabels[range]);
  const deals = (count: number) => t('{count, plural, one {# deal} other {# deals}}', { count });
  return (
    <dl className="grid grid-cols-2 gap-3 md:grid-cols-3 lg:grid-cols-6">
      <Figure label={t('Open now')} value={<Sums sums={open.value} compact />} detail={deals(open.count)} />
      <Figure
        label={t('Weighted by stage')}
        value={<Sums sums={open.weighted_value} compact />}
        detail={t('open now')}
      />
      <Figure label={t('Won, {when}', { when })} value={<Sums sums={won.value} compact />} detail={deals(won.count)} />
      <Figure
        label={t('Win rate, {when}', { when })}
        value={win_rate_percent === null ? '—' : formatPercent(win_rate_percent)}
        detail={t('{won, number} won, {lost, number} lost', { won: won.count, lost: lost.count })}
      />
      <Figure
        label={t('Days to win')}
        value={cycle_days === null ? '—' : formatNumber(cycle_days)}
        detail={t('on average')}
      />
      <Figure
        label={t('Contacts')}
        value={formatNumber(contacts.count)}
        detail={t('{count, plural, one {# company} other {# companies}}', { count: companies.count })}
      />
    </dl>
  );
}
