import { t } from '../../../text/text.ts';
import { formatDays, formatNumber, formatPercent } from '../../../ui/format.ts';
import { Figure } from '../dashboard/Figure.tsx';
import type { ScoreModel } from '../score/score.ts';

type Judgement = NonNullable<ScoreModel['judgement']>;

const figure = (value: number, digits = 3) =>
  formatNumber(value, { minimumFractionDigits: digits, maximumFractionDigits: digits });
const percent = (share: number) => formatPercent(Math.round(share * 100));

/** How the model did on later deals, whatever it came to. */
export function JudgementReport({ judgement }: { judgement: Judgement }) {
  const { auc, brier, brier_of_base_rate, learnt_from, judged_by, won_share } = judgement;
  return (
    <section aria-label={t('How it was evaluated')} className="flex flex-col gap-4">
      <p className="text-13 text-muted">
        {t(
          'To evaluate it, it was trained on {learnt, number} deals closed {learntDays} and predicted {judged, number} closed {judgedDays}, which it had not seen.',
          {
            learnt: learnt_from.deals,
            learntDays: formatDays(learnt_from.from, learnt_from.to),
            judged: judged_by.deals,
            judgedDays: formatDays(judged_by.from, judged_by.to),
          },
        )}
      </p>
      <dl className="grid gap-3 sm:grid-cols-3">
        <Figure
          label={t('AUC: a won deal ranks above a lost one')}
          value={figure(auc.value)}
          detail={t('95% between {low} and {high}; 0.5 is chance', { low: figure(auc.low), high: figure(auc.high) })}
        />
        <Figure
          label={t('Brier score: distance from the outcomes')}
          value={figure(brier)}
          detail={t('{base} with the win rate alone; lower is better', { base: figure(brier_of_base_rate) })}
        />
        <Figure
          label={t('Won of these')}
          value={percent(won_share)}
          detail={t('{won, number} of {all, number}', { won: judged_by.won, all: judged_by.deals })}
        />
      </dl>
      <DecileTable deciles={judgement.deciles} />
    </section>
  );
}

const cell = 'px-3 py-1.5 text-end whitespace-nowrap';

/** Expected and come, tenth by tenth: calibration and lift in one. */
function DecileTable({ deciles }: { deciles: Judgement['deciles'] }) {
  const title = t('Expected and actual outcomes');
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <section aria-label={title} tabIndex={0} className="overflow-x-auto">
      <table className="w-full min-w-120 text-13 tabular-nums">
        <caption className="pb-2 text-start text-13 font-medium">{title}</caption>
        <thead>
          <tr className="border-b border-line text-12 text-muted">
            <th scope="col" className="py-1.5 pe-3 text-start font-medium">
              {t('Tenth of the deals')}
            </th>
            <th scope="col" className={`${cell} font-medium`}>
              {t('Expected')}
            </th>
            <th scope="col" className="w-2/5 px-3 py-1.5 text-start font-medium">
              {t('Won')}
            </th>
            <th scope="col" className={`${cell} font-medium`}>
              {t('Against all')}
            </th>
          </tr>
        </thead>
        <tbody>
          {deciles.map(({ deals, expected, won_share, lift }, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a tenth is its place
            <tr key={index} className="border-b border-line">
              <th scope="row" className="py-1.5 pe-3 text-start font-normal">
                {index === 0
                  ? t('The likeliest {count, number}', { count: deals })
                  : index === deciles.length - 1
                    ? t('The least likely {count, number}', { count: deals })
                    : t('The next {count, number}', { count: deals })}
              </th>
              <td className={cell}>{percent(expected)}</td>
              <td className="px-3 py-1.5">
                <div className="relative flex items-center gap-2">
                  <span
                    aria-hidden="true"
                    className="relative h-2 flex-1 rounded-sm bg-sunken forced-color-adjust-none"
                  >
                    <span
                      className="absolute inset-y-0 start-0 rounded-sm bg-accent"
                      style={{ width: `${won_share * 100}%` }}
                    />
                    <span
                      className="absolute -inset-y-0.5 w-0.5 bg-ink"
                      style={{ insetInlineStart: `${expected * 100}%` }}
                    />
                  </span>
                  <span className="w-12 text-end">{percent(won_share)}</span>
                </div>
              </td>
              <td className={cell}>{t('{lift} ×', { lift: figure(lift, 2) })}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <p className="mt-2 text-12 text-muted">{t('The bar shows what happened, the mark what was expected.')}</p>
    </section>
  );
}
