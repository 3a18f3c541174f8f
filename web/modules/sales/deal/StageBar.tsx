import { WaitingMark } from '../../../platform/offline/WaitingMark.tsx';
import { attempt } from '../../../platform/query/attempt.ts';
import type { AnyRecord } from '../../../platform/record/field.ts';
import { useMay } from '../../../platform/session/session.tsx';
import { T } from '../../../text/T.tsx';
import { t } from '../../../text/text.ts';
import { cx } from '../../../ui/cx.ts';
import { DateText } from '../../../ui/DateText.tsx';
import { type Deal, isRotting, type Stage } from './deal.ts';
import { moveToStage } from './dealActions.ts';
import { useStages } from './pipelines.ts';
import { useRequired } from './useRequired.tsx';

/** Of so many the names have room on a phone; of more only that of the present one. */
const named_stages_max = 5;

/** Where a deal stands; a click moves it. */
export default function StageBar({ record }: { record: AnyRecord }) {
  const deal = record as Deal;
  const may = useMay();
  const required = useRequired();
  const stages = useStages(deal.pipeline_id);
  const open = stages.filter((stage) => stage.kind === 'open');
  const current = stages.find((stage) => stage.id === deal.stage_id);
  const reached = open.findIndex((stage) => stage.id === deal.stage_id);
  if (deal.status !== 'open' || open.length === 0) return null;
  const move = (stage: Stage) =>
    required.run(deal.id, (version = deal.version) => moveToStage({ ...deal, version }, stage));
  const movable = may('deal', 'update', deal.owner_id);
  return (
    <div className="px-4 pb-3 md:px-5">
      <ol aria-label={t('Stages')} className="flex gap-1">
        {open.map((stage, index) => (
          <li key={stage.id} className="min-w-0 flex-1">
            <button
              type="button"
              disabled={!movable}
              aria-current={index === reached ? 'step' : undefined}
              onClick={() => index !== reached && void attempt(() => move(stage))}
              className="group/stage flex w-full flex-col gap-1.5 rounded-sm text-start pointer-coarse:min-h-11 pointer-coarse:pt-3"
            >
              <span
                className={cx(
                  'h-1.5 w-full rounded-full',
                  index <= reached ? 'bg-accent' : 'bg-pressed group-hover/stage:bg-line-strong',
                )}
              />
              <span
                className={cx(
                  'flex items-center gap-1 text-12',
                  index === reached ? 'font-medium text-ink' : 'text-muted',
                  index !== reached && open.length > named_stages_max && 'max-sm:sr-only',
                )}
              >
                <span className="truncate">{stage.name}</span>
                {index === reached && <WaitingMark of={deal} field="stage_id" />}
              </span>
            </button>
          </li>
        ))}
      </ol>
      {current && isRotting(deal, current) && (
        <p className="mt-2 text-12 text-attention-ink">
          <T
            text="In this stage since <time></time>, longer than the {days, plural, one {# day} other {# days}} it should take."
            values={{ days: current.rotting_days, time: () => <DateText value={deal.stage_entered_at} /> }}
          />
        </p>
      )}
      {required.dialog}
    </div>
  );
}
