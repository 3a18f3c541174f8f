import { z } from 'zod';
import { date, integer, reference, requiredReference, requiredSelect } from '../../../kernel/contract/fields.ts';
import { defineResource } from '../../../kernel/contract/resource.ts';
import { dateText } from '../../../kernel/contract/time.ts';
import { financialAccount } from '../financial-account/contract.ts';

export const ownerRoles = ['owner', 'primary_beneficiary', 'contingent_beneficiary'] as const;
const parts_max = 1_000_000_000;

/** Whose an account is, and who gets it next: people or entities, each with an exact part of the whole. */
export const accountOwner = defineResource({
  name: 'account_owner',
  right: 'household',
  plural: 'account-owners',
  table: 'account_owner',
  title: 'owner of an account',
  partOf: [{ column: 'account_id', resource: financialAccount }],
  defaultSort: 'created_at',
  period: { from: 'from_on', to: 'until_on' },
  together: [['share_numerator', 'share_denominator']],
  fields: {
    account_id: requiredReference('financial_account', { title: 'Account', expand: 'account', createOnly: true }),
    contact_id: reference('contact', { title: 'Person', expand: 'contact', createOnly: true }),
    legal_entity_id: reference('legal_entity', { title: 'Legal entity', expand: 'legal_entity', createOnly: true }),
    role: requiredSelect(ownerRoles, { title: 'Role', createOnly: true }),
    share_numerator: integer({ min: 1, max: parts_max }, { title: 'Share' }),
    share_denominator: integer({ min: 1, max: parts_max }, { title: 'Out of' }),
    from_on: date({ title: 'From' }),
    until_on: date({ title: 'Until' }),
  },
});

export const owners_max = 50;
const part = z.int().min(1).max(parts_max).nullable().default(null);

export const ownersPut = z
  .strictObject({
    from_on: dateText()
      .optional()
      .describe('Since when; today by default. Those who own it until then do so until the day before'),
    data: z
      .array(
        z.strictObject({
          contact_id: z.uuid().nullable().default(null),
          legal_entity_id: z.uuid().nullable().default(null),
          role: z.enum(ownerRoles),
          share_numerator: part,
          share_denominator: part,
        }),
      )
      .max(owners_max),
  })
  .meta({ id: 'AccountOwnersPut' });
export const owners = z.object({ data: z.array(accountOwner.row) });
