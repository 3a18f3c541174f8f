import type { z } from 'zod';
import { invalidField, problems } from '../../../kernel/errors/problem.ts';
import { readCustomFields } from '../../../kernel/resource/custom.ts';
import { type ErrorPath, getRow, type Values } from '../../../kernel/resource/store.ts';
import type { Context } from '../../../kernel/tenancy/context.ts';
import { deal } from '../deal/contract.ts';
import { type StageKind, stage, type stageOrder, stages_max } from './contract.ts';
import {
  kindAndOthers,
  lastPositions,
  lockPipelineOf,
  lockPipelines,
  type PlacedStage,
  placedStages,
  placeStages,
  unseenFields,
} from './queries.ts';
import { requirableFields } from './requirement/contract.ts';

const usualProbability: Record<StageKind, number> = { open: 50, won: 100, lost: 0 };

/**
 * A stage without a position goes to the end of its pipeline; its kind says how likely its deals are when nobody does.
 */
export async function prepareStages(ctx: Context, inputs: Values[], errorPath: ErrorPath): Promise<Values[]> {
  for (const [index, input] of inputs.entries()) {
    await checkRequiredFields(ctx, input, errorPath(index));
    refuseReasonOfOpen(input, errorPath(index));
  }
  const pipelines = [...new Set(inputs.map((input) => input.pipeline_id as string))];
  await lockPipelines(ctx, pipelines);
  const ends = await lastPositions(ctx, pipelines);
  const last = new Map(ends.map((end) => [end.pipeline_id, end.last]));
  for (const { pipeline_id, stages } of ends)
    if (stages + inputs.filter((input) => input.pipeline_id === pipeline_id).length > stages_max)
      throw problems.conflict(`A pipeline has at most ${stages_max} stages. Delete one that is no longer needed.`);
  return inputs.map((input) => {
    const pipeline_id = input.pipeline_id as string;
    const kind = (input.kind ?? 'open') as StageKind;
    const position = (input.position as number | undefined) ?? (last.get(pipeline_id) ?? 0) + 1;
    last.set(pipeline_id, Math.max(position, last.get(pipeline_id) ?? 0));
    return { probability_percent: usualProbability[kind], ...input, position };
  });
}

export async function checkStageChange(ctx: Context, id: string, input: Values): Promise<Values> {
  await checkRequiredFields(ctx, input);
  if (input.kind !== undefined || input.required_fields !== undefined) {
    await lockPipelineOf(ctx, id);
    refuseReasonOfOpen({ ...(await getRow(ctx, stage, id)), ...input });
  }
  const change =
    input.kind === undefined ? input : await changeKind(ctx, id, { ...input, kind: input.kind as StageKind });
  if (input.required_fields === undefined) return change;
  // Whoever sees only some of them sends back only these; a retired field is asked for again once it is brought back.
  return { ...change, required_fields: [...(input.required_fields as string[]), ...(await unseenFields(ctx, id))] };
}

/** Another kind says anew how likely the deals are, unless whoever changes it does. */
async function changeKind(ctx: Context, id: string, input: Values & { kind: StageKind }): Promise<Values> {
  const before = await keepOneOfEachKind(ctx, id, input.kind);
  return before === input.kind ? input : { probability_percent: usualProbability[input.kind], ...input };
}

async function checkRequiredFields(ctx: Context, { required_fields }: Values, path = ''): Promise<void> {
  const names = (required_fields as string[] | undefined) ?? [];
  if (names.length === 0) return;
  const own = [...(await readCustomFields(ctx, deal)).keys()].map((key) => `custom.${key}`);
  const known = new Set<string>([...requirableFields, ...own]);
  const unknown = names.find((name) => !known.has(name));
  if (unknown !== undefined) {
    const message = `A stage can ask for ${[...known].join(', ')}, not for "${unknown}"`;
    throw invalidField(`${path}required_fields`, 'unknown_field', message);
  }
}

/** No deal could come to such a stage: one that is open has no close reason. */
function refuseReasonOfOpen({ kind = 'open', required_fields }: Values, path = ''): void {
  if (kind !== 'open' || !(required_fields as string[] | undefined)?.includes('close_reason_id')) return;
  throw invalidField(
    `${path}required_fields`,
    'not_closed',
    'Only a stage in which deals are won or lost can ask for the close reason',
  );
}

/** A deal must always have somewhere to go: open, won, or lost. Returns the kind that the stage has now. */
export async function keepOneOfEachKind(ctx: Context, id: string, newKind?: StageKind): Promise<StageKind | undefined> {
  await lockPipelineOf(ctx, id);
  const stage = await kindAndOthers(ctx, id);
  if (!stage || stage.kind === newKind || stage.others > 0) return stage?.kind;
  throw problems.conflict(
    `A pipeline keeps at least one stage of the kind "${stage.kind}", and this is the last. Add another one first.`,
  );
}

/** Numbers the stages of a pipeline in this order; those that are not named stay behind those that are. */
export async function orderStages(ctx: Context, { pipeline_id, ids }: z.infer<typeof stageOrder>): Promise<void> {
  await lockPipelines(ctx, [pipeline_id]);
  const placed = await placedStages(ctx, pipeline_id);
  const known = placed.filter(({ is_deleted }) => !is_deleted).map(({ id }) => id);
  const stranger = ids.findIndex((id) => !known.includes(id));
  if (stranger !== -1)
    throw invalidField(`ids.${stranger}`, 'no_such_record', 'There is no such stage in this pipeline');
  await placeStages(ctx, withDeleted([...ids, ...known.filter((id) => !ids.includes(id))], placed));
}

/** A deleted stage stays behind the one that it came after. */
function withDeleted(order: readonly string[], placed: readonly PlacedStage[]): string[] {
  let last = '';
  const behind = Map.groupBy(placed, ({ id, is_deleted }) => {
    if (!is_deleted) last = id;
    return last;
  });
  const deletedBehind = (id: string) =>
    (behind.get(id) ?? []).filter(({ is_deleted }) => is_deleted).map((stage) => stage.id);
  return [...deletedBehind(''), ...order.flatMap((id) => [id, ...deletedBehind(id)])];
}
