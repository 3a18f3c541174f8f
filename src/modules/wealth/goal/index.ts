import { owned, partOf, reachesRecord } from '../../../kernel/access/table-rule.ts';
import { idParams } from '../../../kernel/contract/resource.ts';
import { invalidField } from '../../../kernel/errors/problem.ts';
import { route } from '../../../kernel/http/route.ts';
import type { RecordType } from '../../../kernel/record-type/record-type.ts';
import { type ErrorPath, getRow, type Values } from '../../../kernel/resource/store.ts';
import type { Context } from '../../../kernel/tenancy/context.ts';
import { household } from '../household/contract.ts';
import { byHousehold, partOfHousehold } from '../household-reach.ts';
import { goal, goalAccount, goalAccounts, goalAccountsPut, goalsProgress } from './contract.ts';
import { putAccounts, readProgress } from './service.ts';

/** A goal is more than nothing. */
function checkTarget(input: Values, path = ''): void {
  const { target_amount } = input;
  if (target_amount === undefined) return;
  if (target_amount === null) throw invalidField(`${path}target_amount`, 'required', 'Write what the goal costs');
  if (Number(target_amount) <= 0)
    throw invalidField(`${path}target_amount`, 'invalid_value', 'This must be more than zero');
}

async function checkNew(_: Context, inputs: Values[], errorPath: ErrorPath): Promise<Values[]> {
  for (const [at, input] of inputs.entries()) checkTarget(input, errorPath(at));
  return inputs;
}

async function checkChange(_: Context, __: string, input: Values): Promise<Values> {
  checkTarget(input);
  return input;
}

export const goalType: RecordType = {
  resource: goal,
  rule: owned('goal', 'household', null, {
    reach: [byHousehold()],
    rows: partOfHousehold('goal'),
    note: 'Whoever may change a household may change its goals.',
  }),
  rules: { beforeCreate: checkNew, beforeUpdate: checkChange },
  routes: [
    route({
      method: 'GET',
      path: '/api/v1/households/{id}/goal-progress',
      tag: 'Goals',
      summary: 'How far the goals of a household are, and what is not known of it',
      access: { resource: 'household', action: 'read' },
      params: idParams,
      response: goalsProgress,
      handler: async (ctx, { params }) => {
        await getRow(ctx, household, params.id);
        return { body: await readProgress(ctx, params.id) };
      },
    }),
    route({
      method: 'PUT',
      path: '/api/v1/goals/{id}/accounts',
      tag: 'Goals',
      summary: 'Set which accounts serve a goal, all together',
      access: { resource: 'household', action: 'update' },
      params: idParams,
      body: goalAccountsPut,
      response: goalAccounts,
      handler: async (ctx, { params, body }) => ({ body: { data: await putAccounts(ctx, params.id, body) } }),
    }),
  ],
};

const mayChangeGoal = () =>
  `exists (select from goal g where g.tenant_id = goal_account.tenant_id and g.id = goal_account.goal_id
    and g.tenant_id = (select app.tenant_id()) and (${reachesRecord('goal', 'update', 'g.')}))`;

export const goalAccountType: RecordType = {
  resource: goalAccount,
  rule: partOf(
    'goal_account',
    'household',
    { table: 'goal', column: 'goal_id' },
    {
      rows: () => ({ append: mayChangeGoal(), change: mayChangeGoal(), remove: mayChangeGoal() }),
      note: 'Whoever may change a goal may say which accounts serve it.',
    },
  ),
};
