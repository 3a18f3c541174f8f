import type { FieldError } from '../../kernel/errors/problem.ts';
import type { TransactionKind } from './transaction/contract.ts';

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
  more: 'This must be greater than zero',
  less: 'This must be negative: it leaves the account',
  none: 'This kind of transaction has none',
  some: 'This kind of transaction requires it',
  not_less: 'This must not be negative',
  not_more: 'This must not be positive: it leaves the account',
};

/** What of a transaction does not go with its kind. `path` is put before the names of its fields. */
export function misfits(input: Readonly<Record<string, unknown>>, path = ''): FieldError[] {
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
