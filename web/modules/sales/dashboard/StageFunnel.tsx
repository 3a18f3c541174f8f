import { Link } from '@tanstack/react-router';
import { Sums } from '../../../record/Sums.tsx';
import { t } from '../../../text/text.ts';
import { usePipelines } from '../deal/pipelines.ts';
import { type Dashboard, sumIn } from './dashboard.ts';

/** What stands in each open stage now. */
export function StageFunnel({ stages, currency }: { stages: Dashboard['by_stage']; currency: string }) {
  const open = stages.filter(({ stage, count }) => stage.kind === 'open' && count > 0);
  const { data: pipelines = [] } = usePipelines();
  const several = new Set(open.map(({ pipeline_id }) => pipeline_id)).size > 1;
  const nameOf = (id: string) => pipelines.find((pipeline) => pipeline.id === id)?.name;
  const most = Math.max(1, ...open.map(({ value }) => sumIn(value, currency)));
  if (open.length === 0) return null;
  return (
    <section aria-label={t('Open value by stage')}>
      <h2 className="mb-3 text-14">{t('Open value by stage, now')}</h2>
      <ul className="flex flex-col gap-1">
        {open.map(({ stage, pipeline_id, count, value }) => (
          <li key={stage.id}>
            <Link
              to="/deals"
              search={{
                as: 'table',
                view: 'all',
                filter: { field: 'stage_id', op: 'eq', value: stage.id },
                pipeline: pipeline_id,
              }}
              className="grid grid-cols-[7rem_1fr_auto] items-center gap-3 rounded-md px-2 py-1.5 text-13 hover:bg-hover sm:-mx-2 sm:grid-cols-[16rem_1fr_auto]"
            >
              <span className="truncate font-medium">
                {stage.name}
                {several && (
                  <span className="font-normal text-muted">
                    {' '}
                    {t('in {pipeline}', { pipeline: nameOf(pipeline_id) })}
                  </span>
                )}
              </span>
              <span className="h-4" aria-hidden="true">
                <span
                  className="block h-full min-w-0.5 rounded-sm bg-accent-soft-hover"
                  style={{ width: `${(sumIn(value, currency) / most) * 100}%` }}
                />
              </span>
              <span className="text-end tabular-nums">
                <Sums sums={value} compact />{' '}
                <span className="text-muted">· {t('{count, plural, one {# deal} other {# deals}}', { count })}</span>
              </span>
            </Link>
          </li>
        ))}
      </ul>
    </section>
  );
}
