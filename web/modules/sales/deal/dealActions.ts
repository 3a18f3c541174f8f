import { api } from '../../../app/api.ts';
import { replaceRow } from '../../../app/lists.ts';
import { queryClient } from '../../../app/queryClient.ts';
import { attempt, saveRecord } from '../../../app/records.ts';
import { toast } from '../../../ui/toast.ts';
import type { Deal, Stage } from './deal.ts';

export interface Closure {
  outcome: 'won' | 'lost';
  close_reason_id?: string | null;
  note?: string | null;
  closed_on?: string;
}

/** Puts a card into a column, after another card or first. */
export async function placeDeal(id: string, from: Stage, to: Stage, afterId: string | null): Promise<void> {
  const move = (body: object) => api.post<Deal>(`/deals/${id}/moves`, body).then(settle);
  await move({ stage_id: to.id, ...(afterId ? { after_id: afterId } : { position: 'first' }) });
  if (to.id === from.id) return;
  toast(`Moved to ${to.name}`, {
    action: { label: 'Undo', run: () => void attempt(() => move({ stage_id: from.id })) },
  });
}

/** Puts an open deal into another open stage. */
export function moveToStage(deal: Deal, stage: Stage): Promise<Deal> {
  return saveRecord(
    'deal',
    deal,
    { stage_id: stage.id },
    { title: `Moved to ${stage.name}`, previous: { stage_id: deal.stage_id } },
  );
}

export async function closeDeal(deal: { id: string; version: number }, closure: Closure): Promise<Deal> {
  const closed = await api.post<Deal>(`/deals/${deal.id}/closure`, closure, deal.version);
  settle(closed);
  toast(closure.outcome === 'won' ? 'Deal won' : 'Deal lost', {
    action: { label: 'Undo', run: () => void attempt(() => reopenDeal(closed)) },
  });
  return closed;
}

export async function reopenDeal(deal: Deal): Promise<void> {
  await api.delete(`/deals/${deal.id}/closure`);
  await queryClient.invalidateQueries({ queryKey: ['deal'] });
}

/** Shows a deal as the server answered it, and reads again what depends on it. */
export function settle(deal: Deal): void {
  replaceRow('deal', deal);
  void queryClient.invalidateQueries({ queryKey: ['deal'] });
  void queryClient.invalidateQueries({ queryKey: ['dashboard'] });
}
