import { changing } from '../../../app/api.ts';
import { replaceRow } from '../../../app/lists.ts';
import { queryClient } from '../../../app/queryClient.ts';
import { saveRecord } from '../../../app/records.ts';
import { offerUndo } from '../../../app/undo.ts';
import { t } from '../../../text/text.ts';
import type { Deal, Stage } from './deal.ts';

export interface Closure {
  outcome: 'won' | 'lost';
  close_reason_id?: string | null;
  note?: string | null;
  closed_on?: string;
}

/** Puts a card into a column, after another card or first. */
export async function placeDeal(id: string, from: Stage, to: Stage, afterId: string | null): Promise<void> {
  const place = { stage_id: to.id, ...(afterId ? { after_id: afterId } : { position: 'first' }) };
  const { data, change } = await changing.post<Deal>(`/deals/${id}/moves`, place);
  settle(data);
  if (to.id !== from.id) offerUndo(t('Moved to {stage}', { stage: to.name }), change);
}

/** Puts an open deal into another open stage. */
export function moveToStage(deal: Deal, stage: Stage): Promise<Deal> {
  return saveRecord('deal', deal, { stage_id: stage.id }, t('Moved to {stage}', { stage: stage.name }));
}

export async function closeDeal(deal: { id: string; version: number }, closure: Closure): Promise<Deal> {
  const { data, change } = await changing.post<Deal>(`/deals/${deal.id}/closure`, closure, deal.version);
  settle(data);
  offerUndo(closure.outcome === 'won' ? t('Deal won') : t('Deal lost'), change);
  return data;
}

export async function reopenDeal(deal: Deal): Promise<void> {
  const { change } = await changing.delete(`/deals/${deal.id}/closure`);
  await queryClient.invalidateQueries({ queryKey: ['deal'] });
  offerUndo(t('Deal open again'), change);
}

/** Shows a deal as the server answered it, and reads again what depends on it. */
export function settle(deal: Deal): void {
  replaceRow('deal', deal);
  void queryClient.invalidateQueries({ queryKey: ['deal'] });
  void queryClient.invalidateQueries({ queryKey: ['dashboard'] });
}
