import { sql } from '../../../kernel/database/database.ts';
import { type Filter, filterSql } from '../../../kernel/resource/filter.ts';
import type { Context } from '../../../kernel/tenancy/context.ts';
import { type PlacedStage, placedStages } from '../stage/index.ts';
import { stageVisit } from '../stage-visit/contract.ts';
import type { FunnelStep } from './contract.ts';
import type { DashboardScope } from './dashboard-scope.ts';
import { allOf, dealFilter, duringDays, equal } from './filters.ts';
import { countWithoutHistory, type StageFlow, stageFlows } from './queries.ts';
import { percentOf, rowsOf, Sum } from './tally.ts';

/** With a larger share of deals whose way is unknown, a rate would say more about where they came from than about selling. */
const unknown_percent_max = 10;

/** Of the deals that came into each open stage in these days, how many went on. */
export async function readConversion(
  ctx: Context,
  { query, days, calendar, exchange, stages }: DashboardScope,
): Promise<FunnelStep[]> {
  const shown = stages.filter((stage) => query.pipeline_id === undefined || stage.pipeline_id === query.pipeline_id);
  const steps = shown.filter((stage) => stage.kind === 'open');
  if (steps.length === 0) return [];
  const [about, during] = [dealFilter(query), duringDays('entered_at', days, calendar.time_zone)];
  // A deal that went on to a stage that is deleted by now went on.
  const placed = await placedStages(ctx);
  const ranked = placed.map((stage, index) => ({ ...stage, rank: rankOf(stage, index, placed.length) }));
  const visited = during ? filterSql(stageVisit, during) : sql`true`;
  const [flows, unknown] = await Promise.all([
    stageFlows(ctx, exchange, { filter: about, visited, stages: ranked }),
    countWithoutHistory(ctx, { filter: about, visited, stages: ranked }),
  ]);
  return steps.map(({ id, name, kind, probability_percent, pipeline_id, pipeline }) => {
    const own = flows.filter((flow) => flow.stage_id === id);
    const rank = ranked.find((stage) => stage.id === id)!.rank;
    const later = ranked.filter((stage) => stage.pipeline_id === pipeline_id && stage.rank > rank);
    const came: Filter = { any: 'stage-visits', where: allOf(equal('stage_id', id), during)! };
    const went: Filter = {
      any: 'stage-visits',
      where: { field: 'stage_id', op: 'in', value: later.map((stage) => stage.id) },
    };
    const ofPipeline = ranked.filter((stage) => stage.pipeline_id === pipeline_id);
    const inStages = (kinds: 'open' | 'closed'): Filter => ({
      field: 'stage_id',
      op: 'in',
      value: ofPipeline.filter((stage) => (stage.kind === 'open') === (kinds === 'open')).map((stage) => stage.id),
    });
    const entered = sumOf(own, calendar.currency);
    const without = unknown.get(pipeline_id) ?? 0;
    const isKnown = without * 100 <= (entered.count + without) * unknown_percent_max;
    const advanced = sumOf(
      own.filter((flow) => flow.advanced),
      calendar.currency,
    );
    return {
      stage: { id, name, kind, probability_percent },
      pipeline_id,
      pipeline: { id: pipeline_id, name: pipeline },
      entered: { ...entered, rows: rowsOf('deal', allOf(about, came)) },
      advanced: { ...advanced, rows: rowsOf('deal', allOf(about, came, went)) },
      unknown: {
        count: without,
        rows: rowsOf(
          'deal',
          allOf(
            about,
            { any: 'stage-visits', where: allOf(inStages('closed'), during)! },
            { none: 'stage-visits', where: inStages('open') },
          ),
        ),
      },
      rate_percent: isKnown ? percentOf(advanced.count, entered.count) : null,
    };
  });
}

/** Later open stages stand higher, won above all of them, lost below. */
function rankOf({ kind }: PlacedStage, index: number, stages: number): number {
  if (kind === 'open') return index + 1;
  return kind === 'won' ? stages + 1 : 0;
}

function sumOf(flows: StageFlow[], currency: string): Omit<FunnelStep['entered'], 'rows'> {
  const sum = new Sum(currency);
  for (const flow of flows) sum.add(flow);
  return { count: flows.reduce((count, flow) => count + flow.deals, 0), ...sum.worth() };
}
