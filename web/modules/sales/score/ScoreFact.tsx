import { Gauge } from 'lucide-react';
import { Fact } from '../../../platform/record/Fact.tsx';
import { t } from '../../../text/text.ts';
import { Popover } from '../../../ui/Popover.tsx';
import { ScoreReasons } from './ScoreReasons.tsx';
import { useScore } from './score.ts';

/** The score in the head of a deal; a click says why. Nothing where there is none. */
export default function ScoreFact({ dealId }: { dealId: string }) {
  const { data: score } = useScore(dealId);
  if (!score || score.score === null) return null;
  return (
    <Fact label={score.is_current ? t('Score') : t('Score before closing')}>
      <Popover
        label={t('Where the score comes from')}
        trigger={
          <button
            type="button"
            className="flex min-h-6 items-center gap-1.5 rounded-sm tabular-nums underline decoration-line-strong decoration-dotted underline-offset-4 hover:decoration-ink"
          >
            <Gauge size={14} aria-hidden="true" className="text-muted" />
            {t('{score, number} of 100', { score: score.score })}
          </button>
        }
      >
        <ScoreReasons score={score} />
      </Popover>
    </Fact>
  );
}
