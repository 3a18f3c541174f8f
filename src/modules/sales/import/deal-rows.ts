import { scopeOf } from '../../../kernel/access/rights.ts';
import { type Load, type LoadRow, refuseRow } from '../../directory/import/index.ts';
import { clearClosings, insertMissingLines, insertReasons, reasonsOf, type WantedReason } from './queries.ts';
import { findStages, stageKey } from './stages.ts';

const name_characters_max = 200;

/** A deal is called after what is sold and to whom when its file has no name for it. */
export function shapeDeal({ values }: LoadRow): void {
  const name = [values.product, values.company].filter(Boolean).join(' – ') || values.external_id || 'Deal';
  values.name ??= name.slice(0, name_characters_max);
}

export async function prepareDeals(load: Load, rows: LoadRow[]): Promise<void> {
  await putIntoStages(load, rows);
  await giveReasons(load, rows);
}

async function putIntoStages(load: Load, rows: LoadRow[]): Promise<void> {
  const wantedBy = (row: LoadRow) => ({ pipeline: row.values.pipeline ?? null, stage: row.values.stage ?? null });
  const wanted = new Map(rows.map((row) => [stageKey(wantedBy(row)), wantedBy(row)]));
  const stages = await findStages(load, [...wanted.values()]);
  for (const row of rows) {
    const stage = stages.get(stageKey(wantedBy(row)));
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
    if (stage.kind === 'open') expectInsteadOfClosed(row);
  }
}

/** The closing date of a deal that is open is when somebody hopes to close it. */
function expectInsteadOfClosed({ values }: LoadRow): void {
  values.expected_close_on ??= values.closed_on ?? null;
  values.closed_on = null;
  values.close_reason = null;
}

async function giveReasons({ ctx, dry }: Load, rows: LoadRow[]): Promise<void> {
  const named = rows.filter(({ values }) => values.close_reason && values.status !== 'open');
  if (named.length === 0) return;
  const keyOf = ({ name, outcome }: WantedReason) => `${outcome}/${name}`;
  const wantedBy = ({ values }: LoadRow) => ({ name: values.close_reason!.slice(0, 100), outcome: values.status! });
  const wanted = new Map(named.map((row) => [keyOf(wantedBy(row)), wantedBy(row)]));
  if (!dry && scopeOf(ctx.actor.rights, 'pipeline', 'create') !== 'none')
    await insertReasons(ctx, [...wanted.values()]);
  const known = new Map((await reasonsOf(ctx)).map((reason) => [keyOf(reason), reason.id]));
  for (const row of named) row.values.close_reason_id = known.get(keyOf(wantedBy(row))) ?? null;
}

/** One line a product. A single product costs what the deal was closed for; several cost what they usually do. */
export async function addLines({ ctx, import_id }: Load, rows: LoadRow[]): Promise<void> {
  const lines = rows.flatMap(({ id, values }) => {
    const products = values.product_id?.split(';') ?? [];
    const paid = products.length === 1 && values.amount && BigInt(values.amount) > 0n ? values.amount : null;
    return products.map((product_id, at) => ({ deal_id: id, product_id, price: paid, position: at + 1 }));
  });
  if (lines.length > 0) await insertMissingLines(ctx, lines, import_id);
  const reopened = rows.filter((row) => row.found && row.values.status === 'open').map(({ id }) => id);
  if (reopened.length > 0) await clearClosings(ctx, reopened);
}
