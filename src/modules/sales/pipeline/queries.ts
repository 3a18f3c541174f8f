import { sql } from '../../../kernel/database/database.ts';
import type { Context } from '../../../kernel/tenancy/context.ts';
import type { StageKind } from '../stage/contract.ts';

export interface NewStage {
  name: string;
  kind: StageKind;
  probability_percent: number;
}

export function insertStages(ctx: Context, pipelineIds: string[], stages: NewStage[]): Promise<number> {
  return ctx.tx.run(sql`insert into stage (tenant_id, pipeline_id, name, kind, probability_percent, position)
    select ${ctx.tenant_id}, pipeline_id, s.name, s.kind, s.probability_percent, s.position
    from unnest(${pipelineIds}::uuid[]) as pipelines (pipeline_id)
    cross join rows from (jsonb_to_recordset(${JSON.stringify(stages)}) as (name text, kind text, probability_percent int))
      with ordinality as s (name, kind, probability_percent, position)`);
}

/**
 * How many pipelines there are, and where the last one stands, for one maker of pipelines at a time: what one adds, the
 * next one counts.
 */
export async function lastPlace(ctx: Context): Promise<{ pipelines: number; last: number }> {
  await ctx.tx.run(sql`select pg_advisory_xact_lock(hashtextextended(${`pipelines ${ctx.tenant_id}`}, 0))`);
  return ctx.tx.one(
    sql`select count(*)::int as pipelines, coalesce(max(position), 0) as last from pipeline where tenant_id = ${ctx.tenant_id}`,
  );
}

/** Makes the tenant's first pipeline unless there is one by now. Returns whether it did. */
export async function insertFirstPipeline(ctx: Context, name: string): Promise<string | undefined> {
  const row = await ctx.tx.maybe<{ id: string }>(sql`insert into pipeline (tenant_id, name, position)
    select ${ctx.tenant_id}, ${name}, 1 where not exists (select from pipeline where tenant_id = ${ctx.tenant_id})
    on conflict do nothing returning id`);
  return row?.id;
}
