import { problems } from '../../../kernel/errors/problem.ts';
import type { RecordType } from '../../../kernel/record-type/record-type.ts';
import type { ErrorPath, Values } from '../../../kernel/resource/store.ts';
import type { Context } from '../../../kernel/tenancy/context.ts';
import { inCurrencyOfAccount } from '../account-currency.ts';
import { ofAccount } from '../account-reach.ts';
import { misfits } from '../transaction-shape.ts';
import { transaction } from './contract.ts';

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
