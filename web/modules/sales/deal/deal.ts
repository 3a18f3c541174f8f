import type { RowOf } from '../../../../src/kernel/contract/resource.ts';
import type { deal } from '../../../../src/modules/sales/deal/contract.ts';
import type { pipeline } from '../../../../src/modules/sales/pipeline/contract.ts';
import type { AnyRecord } from '../../../platform/record/field.ts';

export type Deal = AnyRecord & RowOf<typeof deal> & { stage_entered_at: string };

export type Stage = Pipeline['stages'][number];

export type Pipeline = RowOf<typeof pipeline>;

const day_ms = 86_400_000;

/** Whether a deal has stood in its stage for longer than the stage allows. */
export function isRotting(deal: Deal, stage: Stage): boolean {
  if (deal.status !== 'open' || stage.rotting_days === null) return false;
  return Date.now() - Date.parse(deal.stage_entered_at) > stage.rotting_days * day_ms;
}
