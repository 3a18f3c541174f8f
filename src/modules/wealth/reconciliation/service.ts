import { Decimal } from 'decimal.js';
import type { z } from 'zod';
import { problems } from '../../../kernel/errors/problem.ts';
import { reverseRow } from '../../../kernel/resource/reversal.ts';
import { createRow, type Values } from '../../../kernel/resource/store.ts';
import type { Context } from '../../../kernel/tenancy/context.ts';
import { inCurrencyOfAccount } from '../account-currency.ts';
import { transaction } from '../transaction/contract.ts';
import { causeOf } from './cause.ts';
import type { accountBreaks, allBreaks, mending, OpenBreak } from './contract.ts';
import { type Compared, readCompared, readMove, readMoves } from './queries.ts';

/** Of all accounts so many are shown, each with its cause. */
const breaks_max = 200;

/** The breaks of an account, also those that are accepted. */
export async function breaksOf(ctx: Context, account_id: string): Promise<z.output<typeof accountBreaks>> {
  const compared = await readCompared(ctx, account_id);
  const data = await withCauses(
    ctx,
    compared.filter(({ differs }) => differs),
  );
  const open = data.filter(({ accepted }) => !accepted).length;
  return { day: compared[0]?.day ?? null, compared: compared.length, open, data };
}

/** Where all accounts that the caller sees differ from what custodians say, and nobody has accepted it. */
export const openDifferences = async (ctx: Context): Promise<Compared[]> =>
  (await readCompared(ctx, null)).filter(({ accepted }) => !accepted);

/** The breaks of all accounts that the caller sees, the open ones and the accepted ones, each with its likely cause. */
export async function breaksOfAll(ctx: Context): Promise<z.output<typeof allBreaks>> {
  const compared = await readCompared(ctx, null);
  const open = compared.filter(({ accepted }) => !accepted);
  const [data, accepted] = await Promise.all([
    withCauses(ctx, open.slice(0, breaks_max)),
    withCauses(ctx, compared.filter((one) => one.accepted).slice(0, breaks_max)),
  ]);
  return { open: open.length, data, accepted };
}

/** Asks for the moves of all breaks at once: they travel together. */
const withCauses = (ctx: Context, breaks: readonly Compared[]): Promise<OpenBreak[]> =>
  Promise.all(
    breaks.map(async (one) => {
      const { day, security_id, security, currency, ours, theirs, difference, accepted } = one;
      const cause = causeOf({ day, ours, theirs, difference, isCash: security_id === null }, await readMoves(ctx, one));
      return {
        account: { id: one.account_id, name: one.account },
        household: { id: one.household_id, name: one.household },
        day,
        security: security_id ? { id: security_id, name: security! } : null,
        currency,
        ours,
        theirs,
        difference,
        ...cause,
        accepted,
      };
    }),
  );

/** Closes a break as it was proposed, by transactions. Refused when it is no longer as the caller saw it. */
export async function mendBreak(
  ctx: Context,
  account_id: string,
  wanted: z.output<typeof mending>,
): Promise<z.output<typeof accountBreaks>> {
  const { data } = await breaksOf(ctx, account_id);
  const one = data.find(
    ({ security, currency }) =>
      (security?.id ?? null) === wanted.security_id && (security || currency === wanted.currency),
  );
  if (!one || one.mend !== wanted.mend || !isEqual(one.difference, wanted.difference))
    throw problems.conflict('This break is not as it was any more. Look at it again.', 'break_changed');
  if (one.mend === 'reversal' || one.mend === 'swap') {
    const before = one.mend === 'swap' ? await readMove(ctx, one.transaction_id!) : undefined;
    await reverseRow(ctx, transaction, one.transaction_id!);
    if (before) await book(ctx, swapped(account_id, one.security!.id, before));
  } else await book(ctx, closing(account_id, one));
  return breaksOf(ctx, account_id);
}

async function book(ctx: Context, values: Values): Promise<void> {
  const [input] = await inCurrencyOfAccount(ctx, [values]);
  await createRow(ctx, transaction, input!);
}

const isEqual = (a: string, b: string): boolean => {
  try {
    return new Decimal(a).eq(b);
  } catch {
    return false;
  }
};

/** The transaction that makes ours what theirs is. */
function closing(account_id: string, { day, security, currency, difference, mend }: OpenBreak): Values {
  const comes = !difference.startsWith('-');
  const said = { account_id, traded_on: day, description: `Reconciled with the custodian as of ${day}` };
  if (mend === 'correction') return { ...said, kind: 'correction', amount: difference, currency };
  const kind = mend === 'split' ? 'split' : comes ? 'transfer_in' : 'transfer_out';
  return { ...said, kind, security_id: security!.id, quantity: difference };
}

function swapped(
  account_id: string,
  security_id: string,
  { quantity, price, ...rest }: Awaited<ReturnType<typeof readMove>>,
): Values {
  const units = new Decimal(price).mul(Math.sign(Number(quantity)));
  return {
    ...rest,
    account_id,
    security_id,
    quantity: units.toFixed(),
    price: new Decimal(quantity).abs().toFixed(),
    description: 'Quantity and price put right',
  };
}
