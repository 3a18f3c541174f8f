import { isHiddenField } from '../../../kernel/resource/custom.ts';
import type { Values } from '../../../kernel/resource/store.ts';
import { type Load, type LoadRow, refuseRow } from '../../../platform/import/index.ts';
import { deal } from '../deal/contract.ts';
import { askingStages, customDefaults, type FieldReader, fieldReader, missingFor } from '../deal/index.ts';
import { dealsNow } from './queries.ts';

/** What a stage asks for counts for files too: for the deals they make in it, and for those they move there. */
export async function askForRequired({ ctx }: Load, rows: LoadRow[]): Promise<void> {
  const placed = rows.filter(({ found, values }) => !found || 'stage' in values || 'pipeline' in values);
  const stages = await askingStages(ctx, placed.map(({ values }) => values.stage_id)); // biome-ignore format: one call
  if (stages.size === 0) return;
  const asked = placed.filter(({ values }) => stages.has(values.stage_id!));
  const known = await dealsNow(ctx, asked.filter(({ found }) => found).map(({ id }) => id)); // biome-ignore format: one call
  // A new deal has an owner in any case: who is named, or who imports it.
  const fresh: Values = { owner_id: true, custom: await customDefaults(ctx) };
  for (const row of asked) {
    const now = known.get(row.id) ?? fresh;
    const stage = stages.get(row.values.stage_id!)!;
    if (now.stage_id === stage.id) continue;
    for (const name of missingFor(stage, heldAfter(row, now))) {
      const title = deal.meta.get(name)?.title ?? name.replace(/^custom\./, '');
      refuseRow(
        row,
        'required_by_stage',
        isHiddenField(ctx, 'deal', name)
          ? `The stage “${stage.name}” asks for a field that you do not see, and this deal has nothing there.`
          : `The stage “${stage.name}” asks for ${title}, which this deal does not have.`,
      );
    }
  }
}

/** A field as the row sets it; what it says nothing of stays. */
function heldAfter({ values }: LoadRow, now: Values): FieldReader {
  const brought = fieldReader(
    // A reason that is not there yet is made with the deal.
    { ...values, lines: values.product_id, close_reason_id: values.close_reason_id ?? values.close_reason },
    JSON.parse(values.custom ?? '{}') as Values,
  );
  // Another outcome has reasons of its own.
  const reason = values.status === now.status ? now.close_reason_id : null;
  const before = fieldReader({ ...now, close_reason_id: reason }, now.custom as Values);
  return (name) => brought(name) ?? before(name);
}
