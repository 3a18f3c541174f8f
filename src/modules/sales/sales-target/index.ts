import { full, readAll } from '../../../kernel/access/rights.ts';
import { shared } from '../../../kernel/access/table-rule.ts';
import { invalidField } from '../../../kernel/errors/problem.ts';
import type { RecordType } from '../../../kernel/record-type/record-type.ts';
import { type ErrorPath, getRow, rootPath, type Values } from '../../../kernel/resource/store.ts';
import { tenantCurrency } from '../../../kernel/tenancy/currency.ts';
import { salesTarget } from './contract.ts';

declare module '../../../kernel/access/rights.ts' {
  interface RightNames {
    sales_target: true;
  }
}

export const salesTargetType: RecordType = {
  resource: salesTarget,
  rule: shared('sales_target', 'sales_target'),
  right: { roles: { manager: full, member: readAll, advisor: readAll, viewer: readAll } },
  rules: {
    cacheTags: ['sales_target'],
    beforeCreate: async (ctx, inputs, errorPath) => {
      const currency = await tenantCurrency(ctx);
      const prepared = inputs.map((input) => ({ currency, ...input }));
      for (const [index, input] of prepared.entries()) check(input, errorPath, index);
      return prepared;
    },
    beforeUpdate: async (ctx, id, input) => {
      check({ ...(await getRow(ctx, salesTarget, id)), ...input }, rootPath, 0);
      return input;
    },
  },
};

/** A target is of one party, and is money or deals, whichever its figure is. */
function check(target: Values, errorPath: ErrorPath, index: number): void {
  const refuse = (field: string, code: string, message: string) => {
    throw invalidField(errorPath(index) + field, code, message);
  };
  const [own, other] = target.figure === 'won_value' ? (['amount', 'deals'] as const) : (['deals', 'amount'] as const);
  if (target[own] == null) refuse(own, 'required', 'Say how much is to be won');
  if (target[other] != null) refuse(other, 'not_of_figure', `A target of this figure has "${own}" and not this`);
  if (own === 'amount' && Number(target.amount) <= 0) refuse('amount', 'too_small', 'Write an amount above zero');
  if (target.owner_id && target.team_id)
    refuse('team_id', 'two_parties', 'A target is for a person or a team, not for both');
}
