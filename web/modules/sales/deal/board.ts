import type { WithWaiting } from '../../../offline/overlay.ts';
import type { Named } from '../../../record/field.ts';
import type { Money, MoneyTotal } from '../../../record/Sums.tsx';
import type { Stage } from './deal.ts';

export interface BoardCard extends WithWaiting {
  id: string;
  name: string;
  amount: string | null;
  currency: string;
  company: Named | null;
  owner: Named | null;
  score: number | null;
  expected_close_on: string | null;
  stage_entered_at: string;
  rotting: boolean;
  version: number;
}

export interface BoardColumnData {
  stage: Stage;
  count: number;
  rotting_count: number;
  amounts: Money[];
  /** None where a change that waits is in a currency that the server has yet to convert. */
  total: MoneyTotal | undefined;
  cards: BoardCard[];
  /** The list that goes on where the cards end. */
  next: { filter: string; sort: string; cursor: string } | null;
}

export interface BoardData {
  pipeline: Named;
  columns: BoardColumnData[];
}
