import { owned } from '../../../kernel/access/table-rule.ts';
import { invalidField, problems } from '../../../kernel/errors/problem.ts';
import type { RecordType } from '../../../kernel/record-type/record-type.ts';
import { type ErrorPath, findRow, type Values } from '../../../kernel/resource/store.ts';
import type { Context } from '../../../kernel/tenancy/context.ts';
import { byHousehold, partOfHousehold } from '../household-reach.ts';
import { fromToday } from '../period.ts';
import { householdAdviser } from './contract.ts';

const set_on_household = 'The primary adviser is set on the household itself';

async function checkNew(ctx: Context, inputs: Values[], errorPath: ErrorPath): Promise<Values[]> {
  const errors = inputs.flatMap(({ role, user_id, team_id }, index) => {
    const path = errorPath(index);
    if (role === 'primary') return { field: `${path}role`, code: 'not_allowed', message: set_on_household };
    if (user_id && team_id)
      return { field: `${path}team_id`, code: 'not_allowed', message: 'Name a person or a team, not both' };
    return user_id || team_id ? [] : { field: `${path}user_id`, code: 'required', message: 'Name a person or a team' };
  });
  if (errors.length > 0) throw problems.invalid(errors);
  return fromToday(ctx, inputs);
}

/** The rows of primary advisers follow from the owner of the household (`app.keep_primary_adviser`). */
async function refusePrimary(ctx: Context, id: string): Promise<void> {
  const row = await findRow(ctx, householdAdviser, id);
  if (row?.role === 'primary') throw problems.conflict(set_on_household);
}

async function checkChange(ctx: Context, id: string, input: Values): Promise<Values> {
  if (input.role === 'primary') throw invalidField('role', 'not_allowed', set_on_household);
  await refusePrimary(ctx, id);
  return input;
}

export const householdAdviserType: RecordType = {
  resource: householdAdviser,
  rule: owned('household_adviser', 'household', null, {
    reach: [byHousehold()],
    rows: partOfHousehold('household_adviser'),
    note: 'Whoever may change a household may let others see it.',
  }),
  rules: { beforeCreate: checkNew, beforeUpdate: checkChange, beforeDelete: refusePrimary },
};
