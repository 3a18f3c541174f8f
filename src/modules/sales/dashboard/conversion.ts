import { sql } from '../../../kernel/database/database.ts';
import { type Filter, filterSql } from '../../../kernel/resource/filter.ts';
import type { Context } from '../../../kernel/tenancy/context.ts';
import { type PlacedStage, placedStages } from '../stage/index.ts';
import { stageVisit } from '../stage-visit/contract.ts';
import type { FunnelStep } from './contract.ts';
import type { DashboardScope } from './dashboard-scope.ts';
import { allOf, dealFilter, duringDays, equal, type Part } from './filters.ts';
import { countWithoutHistory, type StageFlow, stageFlows } from './queries.ts';
import { percentOf, rowsOf, Sum } from './tally.ts';

/**
 * With a larger share of deals whose way is unknown, a rate would say more about where they came from than about
 * selling.
 */
const unknown_percent_max = 10;

/** Of the deals that came into each open stage in these days, how many went on. */
export async function readConversion(ctx: Context, scope: DashboardScope): Promise<FunnelStep[]> {
  const { query, days, calendar, exchange, stages } = scope;
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
    const entered = sumOf(own, calendar.currency);
    const advanced = sumOf(
      own.filter((flow) => flow.advanced),
      calendar.currency,
    );
    const without = unknown.get(pipeline_id) ?? 0;
    const isKnown = without * 100 <= (entered.count + without) * unknown_percent_max;
    const rows = rowsOfStep(
      id,
      ranked.filter((stage) => stage.pipeline_id === pipeline_id),
      { about, during },
    );
    return {
      stage: { id, name, kind, probability_percent },
      pipeline_id,
      pipeline: { id: pipeline_id, name: pipeline },
      entered: { ...entered, rows: rows.entered },
      advanced: { ...advanced, rows: rows.advanced },
      unknown: { count: without, rows: rows.unknown },
      rate_percent: isKnown ? percentOf(advanced.count, entered.count) : null,
    };
  });
}

/** The deals behind the figures of a stage: of its pipeline these are all stages. */
function rowsOfStep(
  stage_id: string,
  stages: readonly RankedStage[],
  { about, during }: { about: Part; during: Part },
) {
  const { rank } = stages.find(({ id }) => id === stage_id)!;
  const isIn = (some: readonly RankedStage[]): Filter => ({
    field: 'stage_id',
    op: 'in',
    value: some.map(({ id }) => id),
  });
  const open = stages.filter(({ kind }) => kind === 'open');
  const closed = stages.filter(({ kind }) => kind !== 'open');
  const came: Filter = { any: 'stage-visits', where: allOf(equal('stage_id', stage_id), during)! };
  const went: Filter = { any: 'stage-visits', where: isIn(stages.filter((stage) => stage.rank > rank)) };
  const cameClosed: Filter = { any: 'stage-visits', where: allOf(isIn(closed), during)! };
  const neverOpen: Filter = { none: 'stage-visits', where: isIn(open) };
  return {
    entered: rowsOf('deal', allOf(about, came)),
    advanced: rowsOf('deal', allOf(about, came, went)),
    unknown: rowsOf('deal', allOf(about, cameClosed, neverOpen)),
  };
}

type RankedStage = PlacedStage & { rank: number };

/** Later open stages stand higher, won above all of them, lost below. */
function rankOf({ kind }: PlacedStage, index: number, stage_count: number): number {
  if (kind === 'open') return index + 1;
  return kind === 'won' ? stage_count + 1 : 0;
}

function sumOf(flows: StageFlow[], currency: string): Omit<FunnelStep['entered'], 'rows'> {
  const sum = new Sum(currency);
  for (const flow of flows) sum.add(flow);
  return { count: flows.reduce((count, flow) => count + flow.deals, 0), ...sum.worth() };
}
