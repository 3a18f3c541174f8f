import { problems } from '../../../kernel/errors/problem.ts';
import { createRows, type ErrorPath, getRow, type Values } from '../../../kernel/resource/store.ts';
import { type Context, systemActor, withContext } from '../../../kernel/tenancy/context.ts';
import { pipeline, pipelines_max } from './contract.ts';
import { insertFirstPipeline, insertStages, lastPlace, type NewStage } from './queries.ts';

const first_pipeline_name = 'Sales';

/** What a new pipeline starts with; people change it as they like. */
const defaultStages: NewStage[] = [
  { name: 'Qualified', kind: 'open', probability_percent: 20 },
  { name: 'Proposal', kind: 'open', probability_percent: 50 },
  { name: 'Negotiation', kind: 'open', probability_percent: 80 },
  { name: 'Won', kind: 'won', probability_percent: 100 },
  { name: 'Lost', kind: 'lost', probability_percent: 0 },
];

export async function createPipelines(ctx: Context, inputs: Values[], errorPath: ErrorPath): Promise<Values[]> {
  const { pipelines, last } = await lastPlace(ctx);
  if (pipelines + inputs.length > pipelines_max)
    throw problems.conflict(`A workspace has at most ${pipelines_max} pipelines. Delete one that is no longer needed.`);
  const placed = inputs.map((input, i) => ({ position: last + i + 1, ...input }));
  const ids = (await createRows(ctx, pipeline, placed, {}, errorPath)).map((row) => row.id as string);
  await insertStages(ctx, ids, defaultStages);
  return Promise.all(ids.map((id) => getRow(ctx, pipeline, id)));
}

/**
 * The first deal of a workspace needs a pipeline, and whoever makes it need not have the right to make one. In a
 * transaction of its own, so that two first deals at a time do not wait for each other.
 */
export function ensurePipeline(ctx: Context): Promise<void> {
  return withContext(ctx.db, systemActor(ctx.tenant_id), async (own) => {
    const id = await insertFirstPipeline(own, first_pipeline_name);
    if (id) await insertStages(own, [id], defaultStages);
  });
}
