import { api } from '../../../app/api.ts';
import { replaceRow } from '../../../app/lists.ts';
import { queryClient } from '../../../app/queryClient.ts';
import { attempt, saveRecord } from '../../../app/records.ts';
import { toast } from '../../../ui/toast.ts';
import type { Deal, Stage } from './deal.ts';

export interface Closure {
  outcome: 'won' | 'lost';
  close_reason_id?: string | null;
  close_note?: string | null;
  closed_on?: string;
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

export async function closeDeal(deal: Deal, closure: Closure): Promise<Deal> {
  const closed = await api.post<Deal>(`/deals/${deal.id}/closure`, closure);
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

function settle(deal: Deal) {
  replaceRow('deal', deal);
  void queryClient.invalidateQueries({ queryKey: ['deal'] });
  void queryClient.invalidateQueries({ queryKey: ['dashboard'] });
}
