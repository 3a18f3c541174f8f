import type { z } from 'zod';
import { problems } from '../../../kernel/errors/problem.ts';
import { lockRow, type Values } from '../../../kernel/resource/store.ts';
import type { Context } from '../../../kernel/tenancy/context.ts';
import { deal } from '../deal/contract.ts';
import { changeStage, reopeningStage } from '../deal/index.ts';
import { allStages } from '../stage/index.ts';
import type { closure } from './contract.ts';

export async function closeDeal(
  ctx: Context,
  id: string,
  { outcome, close_reason_id = null, note = null, closed_on }: z.output<typeof closure>,
  version?: number,
): Promise<Values> {
  const current = await lockRow(ctx, deal, id, version);
  if (current.status !== 'open') {
    throw problems.conflict(`This deal is closed already, as ${current.status}. Open it again first.`);
  }
  const stages = await allStages(ctx);
  const stage = stages.find((s) => s.pipeline_id === current.pipeline_id && s.kind === outcome);
  if (!stage)
    throw problems.conflict(`The pipeline of this deal has no stage of the kind "${outcome}". Add one first.`);
  const date = closed_on === undefined ? {} : { closed_on };
  return changeStage(ctx, current, stage.id, {
    close_reason_id,
    close_note: note,
    ...date,
    position: Date.now() / 1000,
  });
}

/** Back to the open stage it came from, or the first one. */
export async function reopenDeal(ctx: Context, id: string, version?: number): Promise<Values> {
  const current = await lockRow(ctx, deal, id, version);
  if (current.status === 'open') throw problems.conflict('This deal is open. There is nothing to open again.');
  const stageId = await reopeningStage(ctx, id);
  if (!stageId) throw problems.conflict('The pipeline of this deal has no open stage. Add one first.');
  return changeStage(ctx, current, stageId, { position: Date.now() / 1000 });
}
