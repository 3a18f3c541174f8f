import { type FieldError, problems } from '../../../kernel/errors/problem.ts';
import type { RecordType } from '../../../kernel/record-type/record-type.ts';
import type { ErrorPath, Values } from '../../../kernel/resource/store.ts';
import type { Context } from '../../../kernel/tenancy/context.ts';
import { inCurrencyOfAccount } from '../account-currency.ts';
import { ofAccount } from '../account-reach.ts';
import { type TransactionKind, transaction } from './contract.ts';

type Sign = 'more' | 'less' | 'none' | 'some' | 'not_less' | 'not_more';
interface Shape {
  quantity?: Sign;
  amount?: Sign;
}

/** What a kind says of its quantity and its amount; the database holds the same (account_transaction_kind_check1). */
const shapes: Partial<Record<TransactionKind, Shape>> = {
  buy: { quantity: 'more', amount: 'not_more' },
  reinvestment: { quantity: 'more', amount: 'not_more' },
  sell: { quantity: 'less', amount: 'not_less' },
  deposit: { quantity: 'none', amount: 'more' },
  withdrawal: { quantity: 'none', amount: 'less' },
  transfer_in: { quantity: 'not_less', amount: 'not_less' },
  transfer_out: { quantity: 'not_more', amount: 'not_more' },
  split: { quantity: 'some' },
  spin_off: { quantity: 'more' },
  fee: { quantity: 'none' },
  tax: { quantity: 'none' },
  exchange: { quantity: 'none' },
};

const fits: Record<Sign, (value: number | null) => boolean> = {
  more: (value) => value !== null && value > 0,
  less: (value) => value !== null && value < 0,
  none: (value) => value === null,
  some: (value) => value !== null && value !== 0,
  not_less: (value) => value === null || value >= 0,
  not_more: (value) => value === null || value <= 0,
};
const said: Record<Sign, string> = {
  more: 'This must be more than zero here',
  less: 'This must be less than zero here: it leaves the account',
  none: 'This kind of transaction has none',
  some: 'This is needed here',
  not_less: 'This must not be less than zero here',
  not_more: 'This must not be more than zero here: it leaves the account',
};

function misfits(input: Values, path: string): FieldError[] {
  const number = (key: string) => (input[key] === undefined || input[key] === null ? null : Number(input[key]));
  const error = (field: string, code: string, message: string): FieldError => ({ field: path + field, code, message });
  const shape = shapes[input.kind as TransactionKind] ?? {};
  const errors = (['quantity', 'amount'] as const).flatMap((key) => {
    const sign = shape[key];
    return sign && !fits[sign](number(key)) ? [error(key, 'not_allowed', said[sign])] : [];
  });
  if (errors.length > 0) return errors;
  if (number('quantity') !== null && !input.security_id)
    return [error('security_id', 'required', 'Name the security of this quantity')];
  if (number('quantity') === null && number('amount') === null)
    return [error('amount', 'required', 'Write an amount or a quantity')];
  return [];
}

function checkNew(ctx: Context, inputs: Values[], errorPath: ErrorPath): Promise<Values[]> {
  const errors = inputs.flatMap((input, at) => misfits(input, errorPath(at)));
  if (errors.length > 0) throw problems.invalid(errors);
  return inCurrencyOfAccount(ctx, inputs);
}

export const transactionType: RecordType = {
  resource: transaction,
  rule: ofAccount('account_transaction', { change: null, remove: null }),
  rules: { beforeCreate: checkNew },
};
