import { sql } from '../../../kernel/database/database.ts';
import type { Context } from '../../../kernel/tenancy/context.ts';
import type { StageKind } from './contract.ts';

export interface StageRow {
  id: string;
  pipeline_id: string;
  /** Its name. */
  pipeline: string;
  name: string;
  kind: StageKind;
  probability_percent: number;
  required_fields: string[];
}

/** What a stage asks for, hidden fields too, but no retired ones: nobody could fill them in. */
export const askedFields = sql`array(select f from unnest(required_fields) f
  where not app.name_retired(f, (select app.retired_keys('deal')))) as required_fields`;

/** Every stage of the tenant: the first pipeline first, each in its order. */
export function allStages(ctx: Context): Promise<StageRow[]> {
  return ctx.tx.many<StageRow>(sql`select s.id, s.pipeline_id, p.name as pipeline, s.name, s.kind, s.probability_percent, ${askedFields}
    from stage s join pipeline p on p.tenant_id = s.tenant_id and p.id = s.pipeline_id
    where s.tenant_id = ${ctx.tenant_id} order by p.position, p.id, s.position, s.id`);
}

export interface PipelineEnd {
  pipeline_id: string;
  last: number;
  stages: number;
}

export function lastPositions(ctx: Context, pipelineIds: unknown[]): Promise<PipelineEnd[]> {
  return ctx.tx.many<PipelineEnd>(sql`select pipeline_id, max(position) as last, count(*)::int as stages from stage
    where tenant_id = ${ctx.tenant_id} and pipeline_id = any (${pipelineIds}) group by pipeline_id`);
}

/** As below, of several pipelines, in one order so that two requests do not wait crosswise. */
export async function lockPipelines(ctx: Context, ids: readonly string[]): Promise<void> {
  await ctx.tx.run(
    sql`select from pipeline where tenant_id = ${ctx.tenant_id} and id = any (${ids}::uuid[]) order by id for update`,
  );
}

/**
 * Waits for others who change stages of the same pipeline, so that two cannot each take away what the other counts on.
 */
export async function lockPipelineOf(ctx: Context, stageId: string): Promise<void> {
  await ctx.tx.run(sql`select from pipeline where tenant_id = ${ctx.tenant_id}
    and id = (select pipeline_id from stage where tenant_id = ${ctx.tenant_id} and id = ${stageId}) for update`);
}

/** The stage's kind, and how many others of its pipeline are of that kind. */
export function kindAndOthers(ctx: Context, stageId: string): Promise<{ kind: StageKind; others: number } | undefined> {
  return ctx.tx.maybe(sql`select s.kind, (select count(*)::int from stage o where o.tenant_id = s.tenant_id
      and o.pipeline_id = s.pipeline_id and o.kind = s.kind and o.id <> s.id) as others
    from stage s where s.tenant_id = ${ctx.tenant_id} and s.id = ${stageId}`);
}

/** What a stage asks for and the caller does not see, because it is hidden from them or retired. */
export async function unseenFields(ctx: Context, stageId: string): Promise<string[]> {
  const stage = await ctx.tx.maybe<{ unseen: string[] }>(sql`select array(select f from unnest(required_fields) f
      where f <> all (app.shown_fields('deal', required_fields))) as unseen
    from stage where tenant_id = ${ctx.tenant_id} and id = ${stageId}`);
  return stage?.unseen ?? [];
}

/** A stage in the order of its pipeline, or one that was deleted and in which deals have been. */
export interface PlacedStage {
  id: string;
  pipeline_id: string;
  kind: StageKind;
  is_deleted: boolean;
}

/** Those of all pipelines, or of one, in the order in which deals pass them. */
export function placedStages(ctx: Context, pipeline_id?: string): Promise<PlacedStage[]> {
  return ctx.tx.many<PlacedStage>(sql`select s.id, s.pipeline_id, s.kind, s.is_deleted from (
      select tenant_id, id, pipeline_id, kind, position, false as is_deleted from stage
      union all select tenant_id, id, pipeline_id, kind, position, true from deleted_stage) s
    join pipeline p on p.tenant_id = s.tenant_id and p.id = s.pipeline_id
    where s.tenant_id = ${ctx.tenant_id} and ${pipeline_id ? sql`s.pipeline_id = ${pipeline_id}` : sql`true`}
    order by p.position, p.id, s.position, s.id`);
}

/** Gives stages their places from 1. */
export async function placeStages(ctx: Context, ids: readonly string[]): Promise<void> {
  for (const table of ['stage', 'deleted_stage'])
    await ctx.tx.run(sql`update ${sql.table(table)} s set position = o.place from unnest(${ids}::uuid[]) with ordinality as o (id, place)
      where s.tenant_id = ${ctx.tenant_id} and s.id = o.id and s.position <> o.place`);
}
