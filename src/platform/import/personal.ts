import { isSealedText, mayHaveSealed, openPersonal, sealsPersonal, sealTexts } from '../../kernel/resource/personal.ts';
import type { Context } from '../../kernel/tenancy/context.ts';
import { type LoadRow, refuseRow } from './load.ts';
import { recordsNow } from './sealed.ts';
import { restage, type StagePlan } from './staging.ts';

/** Refuses a row with what only a stored text may look like. */
export function refuseSealedForm({ personal, headers }: StagePlan, row: LoadRow): void {
  for (const column of personal)
    if (isSealedText(row.values[column]))
      refuseRow(row, 'not_allowed', 'This is what stands in place of a sealed text.', headers.get(column));
}

/** Takes personal texts out of what goes into the stage, where they may be sealed: each record has its own form of them. */
export async function withholdPersonal(ctx: Context, plan: StagePlan, rows: readonly LoadRow[]): Promise<void> {
  if (!(await mayHaveSealed(ctx))) return;
  for (const row of rows) {
    // Of a batch that failed they are withheld already.
    row.personal ??= Object.fromEntries(plan.personal.map((column) => [column, row.values[column] ?? null]));
    for (const column of plan.personal) row.values[column] = null;
  }
}

/**
 * Puts them into the stage as the records have them that rows have found or make. A record with the same text keeps the
 * form in which it has it.
 */
export async function stagePersonal(ctx: Context, plan: StagePlan, rows: readonly LoadRow[]): Promise<void> {
  const { contract } = plan.target;
  const given = rows.filter(({ personal }) => personal && Object.values(personal).some((text) => text !== null));
  if (given.length === 0) return;
  const found = given.flatMap((row) => (row.found ? row.id : []));
  const stored = await recordsNow(ctx, contract.table, plan.personal, found);
  const opened = stored.map((record) => ({ ...record }));
  await openPersonal(ctx, contract, opened);
  const known = new Map(stored.map((record, at) => [record.id as string, { stored: record, opened: opened[at]! }]));
  const staged = given.map((row) => ({ number: row.number, id: row.id, values: { ...row.personal } }));
  const fresh = staged.flatMap(({ id, values }) =>
    plan.personal.flatMap((column) => {
      const text = values[column] ?? null;
      const record = known.get(id);
      if (text === null) return [];
      if (record?.opened[column] !== text) return { values, text, table: contract.table, column, row: id };
      values[column] = record.stored[column] as string;
      return [];
    }),
  );
  if (await sealsPersonal(ctx))
    for (const [at, text] of (await sealTexts(ctx, fresh)).entries()) fresh[at]!.values[fresh[at]!.column] = text;
  await restage(ctx, staged, plan.personal);
}
