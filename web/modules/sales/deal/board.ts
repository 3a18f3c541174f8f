import type { z } from 'zod';
import type { boardCard, boardColumn } from '../../../../src/modules/sales/board/contract.ts';
import type { WithWaiting } from '../../../platform/offline/overlay.ts';
import type { Named } from '../../../platform/record/field.ts';
import type { Stage } from './deal.ts';

export type BoardCard = z.output<typeof boardCard> & WithWaiting;

type Column = z.output<typeof boardColumn>;
export interface BoardColumnData extends Omit<Column, 'cards' | 'total' | 'stage'> {
  stage: Stage;
  cards: BoardCard[];
  /** None where a change that waits is in a currency that the server has yet to convert. */
  total: Column['total'] | undefined;
}

export interface BoardData {
  pipeline: Named;
  columns: BoardColumnData[];
}
