import { type FieldError, invalidField, problems } from '../../../kernel/errors/problem.ts';
import {
  createRows,
  type ErrorPath,
  lockRow,
  rootPath,
  updateRow,
  type Values,
} from '../../../kernel/resource/store.ts';
import type { Context } from '../../../kernel/tenancy/context.ts';
import { type LineInput, putLines } from '../deal-line/index.ts';
import { ensurePipeline } from '../pipeline/index.ts';
import type { StageKind } from '../stage/contract.ts';
import { allStages, type StageRow } from '../stage/index.ts';
import { deal } from './contract.ts';
import { reasonOutcomes, today } from './queries.ts';
import { checkNew, checkRequired } from './required.ts';

const closingFields = ['closed_on', 'close_reason_id', 'close_note'] as const;
const ruledFields = [...closingFields, 'stage_id', 'pipeline_id', 'currency'];

/** Gives new deals their pipeline, stage and dates. */
export async function prepareDeals(ctx: Context, inputs: Values[], errorPath: ErrorPath): Promise<Values[]> {
  const [known, date] = await Promise.all([allStages(ctx), today(ctx)]);
  const stages = known.length > 0 ? known : await firstStages(ctx);
  const prepared = inputs.map((input, index): Values => {
    const stage = stageFor(stages, input, { path: errorPath(index) });
    // A deal that was closed before today was opened before today too: when, is known only if it is sent.
    const isOfThePast = typeof input.closed_on === 'string' && input.closed_on < date;
    return {
      ...(!isOfThePast && { opened_on: date }),
      ...(stage.kind !== 'open' && { closed_on: date }),
      ...input,
      ...standing(stage),
    };
  });
  await checkClosings(ctx, prepared, errorPath);
  return prepared;
}

/** As above, and only with what the stage asks for. */
export async function prepareNewDeals(ctx: Context, inputs: Values[], errorPath: ErrorPath): Promise<Values[]> {
  const prepared = await prepareDeals(ctx, inputs, errorPath);
  await checkNew(ctx, prepared, errorPath);
  return prepared;
}

/** Makes deals, each with its products. */
export async function createDeals(ctx: Context, inputs: Values[], errorPath: ErrorPath): Promise<Values[]> {
  const rows = await createRows(ctx, deal, inputs, {}, errorPath);
  for (const [index, { lines, amount }] of inputs.entries()) {
    const given = { lines: (lines ?? []) as LineInput[], amount: (amount as string | null | undefined) ?? undefined };
    if (given.lines.length > 0) rows[index] = await putLines(ctx, rows[index]!, given, errorPath(index));
  }
  return rows;
}

/** Keeps status, dates and reason in step with the stage of a deal that is changed. */
export async function prepareDealChange(ctx: Context, id: string, input: Values): Promise<Values> {
  if (!ruledFields.some((field) => field in input)) return input;
  const current = await lockRow(ctx, deal, id);
  if (input.currency !== undefined && input.currency !== current.currency && (current.lines as unknown[]).length > 0) {
    throw invalidField(
      'currency',
      'in_use',
      'The products of this deal are priced in its currency. Remove them first.',
    );
  }
  const moves =
    input.stage_id !== undefined || (input.pipeline_id !== undefined && input.pipeline_id !== current.pipeline_id);
  const stage = moves ? stageFor(await allStages(ctx), input, { kind: current.status as StageKind }) : undefined;
  // A card without a given place goes to the end of its new column.
  const place = stage && stage.id !== current.stage_id ? { position: Date.now() / 1000 } : {};
  const change: Values = {
    ...place,
    ...(stage && (await stageChange(ctx, current, stage))),
    ...input,
  };
  await checkClosings(ctx, [{ ...change, status: change.status ?? current.status }]);
  if (stage) await checkRequired(ctx, stage, current, change);
  return change;
}

/** Puts a deal that the caller has locked into a stage, with whatever else changes. */
export async function changeStage(ctx: Context, current: Values, stageId: string, more: Values): Promise<Values> {
  const stage = stageFor(await allStages(ctx), { stage_id: stageId });
  const change: Values = { ...(await stageChange(ctx, current, stage)), ...more };
  await checkClosings(ctx, [{ ...change, status: stage.kind }]);
  await checkRequired(ctx, stage, current, change);
  return updateRow(ctx, deal, current.id as string, change);
}

async function firstStages(ctx: Context): Promise<StageRow[]> {
  await ensurePipeline(ctx);
  return allStages(ctx);
}

/** The stage a request names, or the first of a kind in the pipeline it names, or in the tenant's first pipeline. */
function stageFor(
  stages: StageRow[],
  { stage_id, pipeline_id }: Values,
  { path = '', kind = 'open' }: { path?: string; kind?: StageKind } = {},
): StageRow {
  if (stage_id === undefined) {
    const first = stages.find((s) => s.pipeline_id === (pipeline_id ?? stages[0]?.pipeline_id) && s.kind === kind);
    if (!first)
      throw invalidField(`${path}pipeline_id`, 'no_such_record', 'There is no pipeline with this id and an open stage');
    return first;
  }
  const stage = stages.find((s) => s.id === stage_id);
  if (!stage) throw invalidField(`${path}stage_id`, 'no_such_record', 'There is no such stage');
  if (pipeline_id !== undefined && pipeline_id !== stage.pipeline_id) {
    throw invalidField(`${path}stage_id`, 'other_pipeline', 'This stage belongs to another pipeline');
  }
  return stage;
}

/** What a stage says of the deals in it; the database refuses anything else. */
const standing = (stage: StageRow): Values => ({
  pipeline_id: stage.pipeline_id,
  stage_id: stage.id,
  status: stage.kind,
});

async function stageChange(ctx: Context, current: Values, stage: StageRow): Promise<Values> {
  if (stage.id === current.stage_id) return {};
  if (stage.kind === current.status) return standing(stage);
  const closed = stage.kind === 'open' ? { closed_on: null, close_note: null } : { closed_on: await today(ctx) };
  return { ...standing(stage), ...closed, close_reason_id: null };
}

/** A deal that is open has not been closed; one that is closed has a reason for its own outcome. */
async function checkClosings(ctx: Context, deals: Values[], errorPath: ErrorPath = rootPath): Promise<void> {
  const errors: FieldError[] = [];
  const reasoned = deals.filter((row) => row.status !== 'open' && row.close_reason_id);
  const ids = reasoned.map((row) => row.close_reason_id);
  const found = ids.length > 0 ? await reasonOutcomes(ctx, ids) : [];
  const outcomes = new Map(found.map((reason) => [reason.id, reason.outcome]));
  for (const [index, row] of deals.entries()) {
    const given = closingFields.filter((field) => row[field] != null);
    if (row.status === 'open') {
      for (const field of given) {
        errors.push({
          field: errorPath(index) + field,
          code: 'not_closed',
          message: 'This deal is open. Close it first.',
        });
      }
    } else if (row.close_reason_id && outcomes.get(row.close_reason_id as string) !== row.status) {
      const message = `This is not among the reasons for a ${row.status} deal`;
      errors.push({ field: `${errorPath(index)}close_reason_id`, code: 'other_outcome', message });
    }
  }
  if (errors.length > 0) throw problems.invalid(errors);
}
