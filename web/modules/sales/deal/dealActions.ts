import { addChange } from '../../../platform/offline/add.ts';
import type { Fields } from '../../../platform/offline/waiting.ts';
import { changing } from '../../../platform/query/api.ts';
import { replaceRow } from '../../../platform/query/lists.ts';
import { queryClient } from '../../../platform/query/queryClient.ts';
import { type OptimisticFields, type Sent, sendFields, untilOnline } from '../../../platform/query/records.ts';
import { offerUndo } from '../../../platform/query/undo.ts';
import { t } from '../../../text/text.ts';
import type { BoardCard } from './board.ts';
import type { Deal, Stage } from './deal.ts';

/** What a page needs to know of a deal to change it: the record, or a card of the board in its column. */
export type Movable = Fields & { id: string; version: number };

export interface Closure {
  close_reason_id: string | null;
  close_note?: string;
  closed_on?: string;
}

/** A card as the record it stands for, as far as its column says. */
export const inStage = (card: BoardCard, stage: Stage): Movable => ({
  ...card,
  stage_id: stage.id,
  ...fieldsInStage(stage),
});

const fieldsInStage = ({ id, name, kind }: Stage): OptimisticFields => ({ stage: { id, name }, status: kind });

/** Puts a card into a column, after another card or first. Answers whether that waits until the page is online. */
export async function placeDeal(card: BoardCard, from: Stage, to: Stage, afterId: string | null): Promise<boolean> {
  const place = afterId ? { after_id: afterId } : ({ position: 'first' } as const);
  const body = { stage_id: to.id };
  const sent = await addChange<Deal>(
    {
      id: crypto.randomUUID(),
      kind: 'update',
      resource: 'deal',
      record_id: card.id,
      record: inStage(card, from),
      body,
      place,
      optimistic: fieldsInStage(to),
    },
    () => changing.post<Deal>(`/deals/${card.id}/moves`, { ...body, ...place }),
  );
  show(sent, to.id === from.id ? null : movedTo(to));
  return sent.waits === true;
}

const movedTo = (stage: Stage) => t('Moved to {stage}', { stage: stage.name });

/** Puts an open deal into another open stage. */
export const moveToStage = async (deal: Movable, stage: Stage): Promise<void> =>
  show(await sendFields<Deal>('deal', deal, { stage_id: stage.id }, fieldsInStage(stage)), movedTo(stage));

/** Puts a deal into a stage in which deals are won or lost. What is not given of its closing stays as it is. */
export async function closeDeal(deal: Movable, stage: Stage, closure: Closure): Promise<void> {
  const sent = await sendFields<Deal>('deal', deal, { stage_id: stage.id, ...closure }, fieldsInStage(stage));
  show(sent, stage.kind === 'won' ? t('Deal won') : t('Deal lost'));
}

/** Back to where it came from, which the server knows. */
export async function reopenDeal(deal: Deal): Promise<void> {
  const sent = await addChange<Deal>(
    {
      id: crypto.randomUUID(),
      kind: 'reopen',
      resource: 'deal',
      record_id: deal.id,
      record: deal,
      body: { status: 'open' },
      optimistic: {},
    },
    () => changing.delete<Deal>(`/deals/${deal.id}/closure`),
  );
  show(sent, t('Deal reopened'));
}

function show({ data, change, waits }: Sent<Deal>, title: string | null): void {
  if (!waits) settle(data);
  // Several may be said at once, of deals in any column.
  if (title) offerUndo(title, change, waits ? untilOnline() : data.name);
}

/** Shows a deal as the server answered it, and reads again what depends on it. */
export function settle(deal: Deal): void {
  replaceRow('deal', deal);
  void queryClient.invalidateQueries({ queryKey: ['deal'] });
  void queryClient.invalidateQueries({ queryKey: ['dashboard'] });
}
