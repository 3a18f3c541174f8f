import { Decimal } from 'decimal.js';
import type { OpenBreak } from './contract.ts';

/** A transaction that a break may come from. For cash the quantity is the amount. */
export interface Move {
  id: string;
  kind: string;
  traded_on: string;
  settled_on: string | null;
  quantity: string;
  price: string | null;
  amount: string | null;
}

type Found = Pick<OpenBreak, 'cause' | 'transaction_id' | 'mend'>;

/** How splits go: so many new units for so many old ones. */
const splits = [2, 3, 4, 5, 6, 7, 8, 10, 15, 20, 25, 30, 40, 50, 100]
  .flatMap((n) => [
    [n, 1],
    [1, n],
  ])
  .concat([
    [3, 2],
    [5, 4],
    [4, 3],
    [5, 2],
    [6, 5],
    [11, 10],
  ]);
/** Units of fractions are paid out, so a ratio need not be met to the last digit. */
const ratio_within = 0.002;
/** After so many days a trade is in the books of both. */
const days_late_max = 7;
const day_ms = 86_400_000;

/**
 * What the difference between a custodian and our transactions likely comes from. `moves`: of the same account and
 * security, until some days after the day that is compared. What explains it exactly goes before what only fits.
 */
export function causeOf(
  one: { day: string; ours: string; theirs: string; difference: string; isCash: boolean },
  moves: readonly Move[],
): Found {
  const difference = new Decimal(one.difference);
  const is = (value: Decimal | null) => value?.eq(difference) === true;
  const quantityOf = ({ quantity }: Move) => new Decimal(quantity);
  const found = (cause: Found['cause'], mend: Found['mend'], move?: Move): Found => ({
    cause,
    mend,
    transaction_id: move?.id ?? null,
  });
  const apart = ({ traded_on }: Move) => (Date.parse(traded_on) - Date.parse(one.day)) / day_ms;
  const counted = moves.filter((move) => apart(move) <= 0);

  const late = moves.find((move) => apart(move) > 0 && apart(move) <= days_late_max && is(quantityOf(move)));
  if (late) return found('timing', null, late);
  const unsettled = counted.find(
    (move) =>
      is(quantityOf(move).neg()) && (move.settled_on ? move.settled_on > one.day : apart(move) > -days_late_max),
  );
  const doubled = counted.find(
    (move) => is(quantityOf(move).neg()) && counted.filter((other) => isSame(move, other)).length > 1,
  );
  if (doubled) return found('doubled', 'reversal', doubled);
  if (unsettled) return found('timing', null, unsettled);
  if (one.isCash) return found('missing_transaction', 'correction');

  const swapped = counted.find(
    ({ quantity, price }) => price !== null && is(new Decimal(price).mul(Math.sign(Number(quantity))).minus(quantity)),
  );
  if (swapped) return found('swapped', 'swap', swapped);
  const [ours, theirs] = [new Decimal(one.ours), new Decimal(one.theirs)];
  if (!ours.isZero() && !theirs.isZero() && ours.isPositive() === theirs.isPositive()) {
    const ratio = theirs.div(ours).toNumber();
    if (splits.some(([to, from]) => Math.abs(ratio / (to! / from!) - 1) <= ratio_within))
      return found('missing_split', 'split');
  }
  return found(counted.length === 0 ? 'not_opened' : 'missing_transaction', 'transfer');
}

const isSame = (a: Move, b: Move): boolean =>
  a.traded_on === b.traded_on &&
  a.kind === b.kind &&
  a.quantity === b.quantity &&
  a.price === b.price &&
  a.amount === b.amount;
