import { Decimal } from 'decimal.js';

interface CostMove {
  kind: string;
  /** How many units more are held afterwards. */
  quantity: string | null;
  /** What was paid (negative) or came back. */
  amount: string | null;
  /** What units cost that came in otherwise. */
  cost: string | null;
}

const zero = new Decimal(0);
const paid: ReadonlySet<string> = new Set(['buy', 'reinvestment']);

/**
 * What the units cost on average that are held after these movements, in order; null where that is not known, because
 * units came in of which nobody said what they cost, or more left than there were. Whoever sells takes along their part
 * of the cost; who has sold all begins anew.
 */
export function averageCost(moves: readonly CostMove[]): Decimal | null {
  let [held, cost] = [zero, zero as Decimal | null];
  for (const move of moves) {
    const more = new Decimal(move.quantity ?? 0);
    const after = held.plus(more);
    const given = paid.has(move.kind) ? (move.amount === null ? null : new Decimal(move.amount).neg()) : move.cost;
    if (after.isZero()) cost = zero;
    else if (after.lt(0) || held.lt(0)) cost = null;
    else if (move.kind === 'return_of_capital')
      cost = cost && move.amount ? Decimal.max(0, cost.minus(move.amount)) : null;
    else if (move.kind === 'split') cost = held.isZero() ? null : cost;
    else if (more.gt(0)) cost = cost === null || given === null ? null : cost.plus(given);
    else if (cost) cost = cost.times(after).div(held);
    held = after;
  }
  return cost;
}
