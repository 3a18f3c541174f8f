import {
  currency,
  custom,
  date,
  reference,
  requiredReference,
  requiredSelect,
  requiredText,
  secretText,
  tags,
  text,
} from '../../../kernel/contract/fields.ts';
import { defineResource } from '../../../kernel/contract/resource.ts';

export const registrations = [
  'individual',
  'joint_survivorship',
  'joint_common',
  'community_property',
  'by_entirety',
  'trust',
  'entity',
  'traditional_ira',
  'roth_ira',
  'sep_ira',
  'inherited_ira',
  'employer_plan',
  'custodial',
  'education',
  'estate',
  'other',
] as const;
/** What the firm manages, what a client has elsewhere, and what a client owes. */
export const accountKinds = ['managed', 'held_away', 'liability'] as const;

/** An account of a household with a custodian. What is owed stands in it as a negative balance. */
export const financialAccount = defineResource({
  name: 'financial_account',
  right: 'household',
  plural: 'financial-accounts',
  table: 'financial_account',
  title: 'account',
  trash: true,
  defaultSort: 'name',
  attachable: true,
  imported: true,
  fields: {
    external_id: text(200, { title: 'External ID', byCodePoint: true }),
    name: requiredText(200, { title: 'Name', headers: ['account', 'account name', 'konto', 'depot'] }),
    household_id: requiredReference('household', { title: 'Household', expand: 'household' }),
    custodian_id: reference('custodian', { title: 'Custodian', expand: 'custodian' }),
    account_number: secretText(60, {
      title: 'Account number',
      mask: 'last4',
      index: 'equality',
      parts: true,
      within: 'custodian_id',
      headers: ['account no', 'kontonummer', 'depotnummer'],
    }),
    registration: requiredSelect(registrations, { title: 'Registration' }),
    kind: requiredSelect(accountKinds, { title: 'Kind' }),
    currency: currency({ title: 'Currency' }),
    benchmark_id: reference('financial_security', { title: 'Benchmark', expand: 'benchmark' }),
    opened_on: date({ title: 'Opened on' }),
    closed_on: date({ title: 'Closed on' }),
    tags: tags({ title: 'Tags' }),
    custom: custom(),
  },
});
