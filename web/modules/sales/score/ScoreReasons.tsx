import { t } from '../../../text/text.ts';
import { cx } from '../../../ui/cx.ts';
import { formatNumber } from '../../../ui/format.ts';
import { type DealScore, factorTitles, type Reason, shownValue, signed } from './score.ts';

const starts: Record<DealScore['base_is'], string> = {
  average_deal: t('The average deal'),
  share_won: t('Share of deals that are won'),
  half: t('Starting value, without enough history'),
};

/** A score as a sum: what it starts from, what the model says, what the rules give. */
export function ScoreReasons({ score }: { score: DealScore }) {
  const of = (kind: Reason['kind']) => score.reasons.filter((reason) => reason.kind === kind);
  return (
    <div className="flex w-72 flex-col gap-3 p-3 text-13">
      {!score.is_current && <p className="text-muted">{t('The score before the deal was closed.')}</p>}
      {score.base !== null && (
        <Line label={starts[score.base_is]} points={formatNumber(score.base)} className="font-medium" />
      )}
      <Group title={t('From won and lost deals')} reasons={of('model')} />
      <Group title={t('From your rules')} reasons={of('rule')} />
      <Line
        label={t('Score')}
        points={score.score === null ? '—' : formatNumber(score.score)}
        className="border-t border-line pt-2 font-semibold"
      />
    </div>
  );
}

function Group({ title, reasons }: { title: string; reasons: readonly Reason[] }) {
  if (reasons.length === 0) return null;
  return (
    <section aria-label={title} className="flex flex-col gap-1">
      <h3 className="text-12 font-medium text-muted">{title}</h3>
      {reasons.map(({ points, ...reason }, at) => (
        <Line
          key={reason.rule?.id ?? reason.factor ?? at}
          label={reason.rule ? reason.rule.name : wordsOf(reason)}
          points={points === null ? '' : signed(points)}
          pointsClass={points !== null && points > 0 ? 'text-good-ink' : 'text-bad-ink'}
        />
      ))}
    </section>
  );
}

function wordsOf({ factor, values }: Pick<Reason, 'factor' | 'values'>): string {
  if (!factor) return '';
  if (!values) return factorTitles[factor];
  const shown = values.length > 0 ? values.map((value) => shownValue(factor, value)).join(', ') : t('not known');
  return `${factorTitles[factor]}: ${shown}`;
}

interface LineProps {
  label: string;
  points: string;
  className?: string;
  pointsClass?: string;
}

function Line({ label, points, className, pointsClass }: LineProps) {
  return (
    <p className={cx('flex items-baseline gap-3', className)}>
      <span className="min-w-0 flex-1 wrap-anywhere">
        <bdi>{label}</bdi>
      </span>
      <span className={cx('tabular-nums', pointsClass)}>{points}</span>
    </p>
  );
}
