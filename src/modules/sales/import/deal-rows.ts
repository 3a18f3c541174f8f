import { scopeOf } from '../../../kernel/access/rights.ts';
import {
  isRefused,
  type Load,
  type LoadRow,
  leaveOutPart,
  pretendedOf,
  refuseRow,
  restage,
} from '../../../platform/import/index.ts';
import { imported_reasons_max } from '../close-reason/contract.ts';
import { pipelines_max } from '../pipeline/contract.ts';
import { stages_max } from '../stage/contract.ts';
import { checkLines, checkPrices, linesOf } from './deal-lines.ts';
import { askForRequired } from './deal-stage.ts';
import {
  currenciesOfPriced,
  insertReasons,
  placeLines,
  reasonsOf,
  type Standing,
  setClosings,
  standings,
  type WantedReason,
} from './queries.ts';
import { findStages, knownStages, stageFinder, stageKey } from './stages.ts';

const name_characters_max = 200;
/** Of pipelines and stages. */
const place_name_characters_max = 100;

/** A new deal is called after what is sold and to whom when its file has no name for it. */
export function shapeDeal(row: LoadRow): void {
  const { values, unmapped } = row;
  if (values.name) return;
  const name = [values.product, values.company].filter(Boolean).join(' – ') || values.external_id || 'Deal';
  values.name = name.slice(0, name_characters_max);
  unmapped.push('name');
}

/** Where each row's deal begins. */
export async function placeDeals(load: Load, rows: LoadRow[]): Promise<void> {
  const wantedBy = (row: LoadRow) => ({ pipeline: row.values.pipeline ?? null, stage: row.values.stage ?? null });
  rows.forEach(refuseLongPlace);
  const placeable = rows.filter((row) => !isRefused(row));
  const wanted = new Map(placeable.map((row) => [stageKey(wantedBy(row)), wantedBy(row)]));
  const stages = await findStages(load, [...wanted.values()]);
  for (const row of placeable) {
    const stage = stages.get(stageKey(wantedBy(row)));
    if (stage && 'ambiguous' in stage) {
      refuseAmbiguous(row, stage.ambiguous);
      continue;
    }
    if (stage && 'too_many' in stage) {
      refuseTooMany(row, stage.too_many);
      continue;
    }
    if (!stage) {
      const message = row.values.stage
        ? `There is no stage “${row.values.stage}”. Make it first, or let somebody import who may make stages.`
        : 'There is no pipeline for deals yet. Map a column to the stage, or make a pipeline first.';
      refuseRow(row, 'no_such_stage', message);
      continue;
    }
    row.values.pipeline_id = stage.pipeline_id;
    row.values.stage_id = stage.id;
    row.values.status = stage.kind;
  }
}

function refuseTooMany(row: LoadRow, what: 'stages' | 'pipelines'): void {
  const message =
    what === 'stages'
      ? `With the stages that this file names, the pipeline would have more than ${stages_max}. Choose the column of the stage, or fewer stages.`
      : `With the pipelines that this file names, there would be more than ${pipelines_max}. Choose the column of the pipeline, or fewer pipelines.`;
  refuseRow(row, 'too_many_stages', message);
}

const refuseAmbiguous = (row: LoadRow, name: string): void =>
  refuseRow(
    row,
    'ambiguous_name',
    `More than one stage or pipeline is called much like “${name}”. Write the name exactly as it is there.`,
  );

/** Cut, the name would be another one. */
function refuseLongPlace(row: LoadRow): void {
  const { pipeline, stage } = row.values;
  if (Math.max(pipeline?.length ?? 0, stage?.length ?? 0) <= place_name_characters_max) return;
  refuseRow(
    row,
    'too_long',
    `The name of a pipeline or stage has at most ${place_name_characters_max} characters. Shorten it, or choose another column.`,
  );
}

/** What rows say of stage and closing, once it is known which deals are there, and where. */
export async function settleDeals(load: Load, rows: LoadRow[]): Promise<void> {
  await keepCurrencies(load, rows);
  for (const row of rows) checkLines(load, row);
  await checkPrices(load, rows);
  const changing = rows.filter(({ found, values }) => found || values.closed_on || values.close_reason);
  const known = rows.filter(({ found }) => found).map(({ id }) => id);
  const before = new Map((await standings(load.ctx, known)).map((standing) => [standing.id, standing]));
  const staying = await keepPlaces(load, rows, before);
  for (const row of changing) if (row.values.status === 'open') expectInsteadOfClosed(row);
  await giveReasons(load, changing);
  // Who moves such a deal meanwhile is not overruled.
  for (const { values } of staying) Object.assign(values, { pipeline_id: null, stage_id: null, status: null });
  for (const { id, values } of rows) values.status_before = before.get(id)?.status ?? null;
  // A reason that is left out here is no empty cell.
  const told = changing.map(({ number, values, unmapped }) => ({ number, values: { ...values, unmapped } }));
  await restage(load.ctx, told, [
    'pipeline_id',
    'stage_id',
    'status',
    'closed_on',
    'expected_close_on',
    'close_reason_id',
    'unmapped',
  ]);
  await askForRequired(load, rows);
}

/**
 * An existing deal stays in its pipeline unless its row names another, and in its stage if the row names none; in
 * another pipeline it stays open, won or lost. Returns the rows of those that stay.
 */
async function keepPlaces(load: Load, rows: LoadRow[], before: Map<string, Standing>): Promise<LoadRow[]> {
  const vague = rows.filter(({ found, values }) => found && !(values.pipeline && values.stage));
  if (vague.length === 0) return [];
  const stages = await knownStages(load);
  const finders = new Map<string, ReturnType<typeof stageFinder>>();
  for (const [id, own] of Map.groupBy(stages, (stage) => stage.pipeline_id)) finders.set(id, stageFinder(own));
  return vague.filter((row) => {
    const { id, values } = row;
    const { pipeline_id, stage_id, status } = before.get(id)!;
    if (values.stage) {
      const stage = finders.get(pipeline_id)?.(values.stage);
      if (stage && 'ambiguous' in stage) refuseAmbiguous(row, stage.ambiguous);
      else if (stage) Object.assign(values, { pipeline_id, stage_id: stage.id, status: stage.kind });
      return false;
    }
    if (values.pipeline && values.pipeline_id && values.pipeline_id !== pipeline_id) {
      const stage = stages.find((each) => each.pipeline_id === values.pipeline_id && each.kind === status);
      if (stage) Object.assign(values, { stage_id: stage.id, status });
      return false;
    }
    Object.assign(values, { pipeline_id, stage_id, status });
    return true;
  });
}

/** The products of a deal are priced in its currency. */
async function keepCurrencies({ ctx }: Load, rows: LoadRow[]): Promise<void> {
  const named = rows.filter(({ found, values }) => found && values.currency);
  if (named.length === 0) return;
  const priced = new Map(
    (
      await currenciesOfPriced(
        ctx,
        named.map(({ id }) => id),
      )
    ).map(({ id, currency }) => [id, currency]),
  );
  for (const row of named)
    if ((priced.get(row.id) ?? row.values.currency) !== row.values.currency)
      refuseRow(row, 'in_use', 'The products of this deal are priced in its currency. Remove them first.');
}

/** The closing date of a deal that is open is when somebody hopes to close it. */
function expectInsteadOfClosed({ values }: LoadRow): void {
  values.expected_close_on ??= values.closed_on ?? null;
  values.closed_on = null;
  values.close_reason = null;
}

async function giveReasons(load: Load, rows: LoadRow[]): Promise<void> {
  const { ctx, dry } = load;
  const named = rows.filter(({ values }) => values.close_reason && values.status !== 'open');
  if (named.length === 0) return;
  const keyOf = ({ name, outcome }: WantedReason) => `${outcome}/${name}`;
  const wantedBy = ({ values }: LoadRow) => ({ name: values.close_reason!.slice(0, 100), outcome: values.status! });
  const wanted = new Map(named.map((row) => [keyOf(wantedBy(row)), wantedBy(row)]));
  const makesReasons = scopeOf(ctx.actor.rights, 'pipeline', 'create') !== 'none';
  const pretended = pretendedOf<WantedReason & { id: null }>(load, 'close_reason');
  const readKnown = async () =>
    new Map([...(await reasonsOf(ctx)), ...pretended].map((reason) => [keyOf(reason), reason.id]));
  let known = await readKnown();
  const fresh = [...wanted].flatMap(([key, reason]) => (known.has(key) ? [] : [reason]));
  const areTooMany = known.size + fresh.length > imported_reasons_max;
  if (makesReasons && !areTooMany && fresh.length > 0) {
    if (dry) pretended.push(...fresh.map((reason) => ({ ...reason, id: null })));
    else await insertReasons(ctx, fresh);
    known = await readKnown();
  }
  for (const row of named) {
    const key = keyOf(wantedBy(row));
    row.values.close_reason_id = known.get(key) ?? null;
    if (!known.has(key) && (!makesReasons || areTooMany)) leaveOutReason(load, row, makesReasons && areTooMany);
  }
}

function leaveOutReason(load: Load, row: LoadRow, areTooMany: boolean): void {
  const text = row.values.close_reason!;
  const problem = areTooMany
    ? {
        code: 'too_many_reasons',
        message: `With the close reasons that this file names, there would be more than ${imported_reasons_max}. Choose the column of the reason, or fewer reasons.`,
      }
    : {
        code: 'no_such_reason',
        message: `There is no close reason “${text}”. Make it first, or let somebody import who may make close reasons.`,
      };
  leaveOutPart(load, row, { ...problem, label: 'Close reason', text });
  row.values.close_reason = null;
  row.unmapped.push('close_reason_id');
}

export async function addLines({ ctx, import_id }: Load, rows: LoadRow[]): Promise<void> {
  const lines = rows.flatMap(linesOf);
  if (lines.length > 0) await placeLines(ctx, lines, import_id);
  const settled = rows.filter(
    ({ values: { status, status_before } }) => status && status_before && status !== status_before,
  );
  if (settled.length > 0)
    await setClosings(
      ctx,
      settled.map(({ id, values: { closed_on, close_reason_id } }) => ({ id, closed_on, close_reason_id })),
    );
}
