import { z } from 'zod';
import {
  currency,
  date,
  integer,
  money,
  requiredReference,
  requiredText,
  text,
} from '../../../kernel/contract/fields.ts';
import { defineResource } from '../../../kernel/contract/resource.ts';

/**
 * What a household saves for. How far it is follows from the accounts that serve it (`GET
 * /households/{id}/goal-progress`).
 */
export const goal = defineResource({
  name: 'goal',
  right: 'household',
  plural: 'goals',
  table: 'goal',
  title: 'goal',
  defaultSort: 'target_on',
  fields: {
    household_id: requiredReference('household', { title: 'Household', expand: 'household', createOnly: true }),
    name: requiredText(200, { title: 'Name' }),
    target_amount: money('currency', { title: 'Target amount', required: true }),
    currency: currency({ title: 'Currency' }),
    target_on: date({ title: 'Target on' }),
    remark: text(500, { title: 'Remark', sensitivity: 'personal', sealable: true }),
  },
});

const parts_max = 1_000_000_000;
const parts = { min: 1, max: parts_max };

/**
 * That an account of the household, or an exact part of it, serves a goal. The parts of an account for all goals are no
 * more than the whole of it.
 */
export const goalAccount = defineResource({
  name: 'goal_account',
  right: 'household',
  plural: 'goal-accounts',
  table: 'goal_account',
  title: 'account for a goal',
  partOf: [{ column: 'goal_id', resource: goal }],
  defaultSort: 'created_at',
  together: [['share_numerator', 'share_denominator']],
  fields: {
    goal_id: requiredReference('goal', { title: 'Goal', expand: 'goal', createOnly: true }),
    account_id: requiredReference('financial_account', { title: 'Account', expand: 'account', createOnly: true }),
    share_numerator: integer(parts, { title: 'Share', required: true }),
    share_denominator: integer(parts, { title: 'Out of', required: true }),
  },
});

export const goal_accounts_max = 50;
const part = z.int().min(1).max(parts_max).default(1);

export const goalAccountsPut = z
  .strictObject({
    data: z
      .array(z.strictObject({ account_id: z.uuid().toLowerCase(), share_numerator: part, share_denominator: part }))
      .max(goal_accounts_max),
  })
  .meta({ id: 'GoalAccountsPut' });
export const goalAccounts = z.object({ data: z.array(goalAccount.row) });

const missing = z
  .object({
    account_id: z.uuid(),
    account: z.string().nullable().describe('Null where the caller does not see it any more'),
    why: z.enum(['not_visible', 'nothing_known', 'no_price', 'no_rate']),
    name: z.string().nullable().describe('The security without a price, or the currency without a rate'),
  })
  .meta({ id: 'GoalMissing' });

export const goalProgress = z
  .object({
    id: z.uuid(),
    version: z.int(),
    name: z.string(),
    target_amount: z.string(),
    currency: z.string(),
    target_on: z.string().nullable(),
    remark: z.string().nullable(),
    accounts: z.array(
      z.object({
        id: z.uuid(),
        name: z.string().nullable(),
        share_numerator: z.int(),
        share_denominator: z.int(),
        value: z
          .string()
          .nullable()
          .describe('What its share is worth in the currency of the goal; null where a part is unknown'),
        is_stale: z.boolean().describe('A price in it is older than its security says'),
      }),
    ),
    known_value: z.string().describe('What is known of the shares'),
    value: z.string().nullable().describe('What the shares are worth; null where `missing` names something'),
    progress: z.number().nullable().describe('The value in terms of the target: 1 is all of it'),
    missing: z.array(missing),
  })
  .meta({ id: 'GoalProgress' });
export type GoalProgress = z.output<typeof goalProgress>;
export const goalsProgress = z.object({
  data: z.array(goalProgress),
  more: z.boolean().describe('There are goals beside these'),
});
