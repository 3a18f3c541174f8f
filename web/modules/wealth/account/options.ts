import type { SelectOption } from '../../../platform/record/field.ts';
import { t } from '../../../text/text.ts';

const registrations: Readonly<Record<string, string>> = {
  individual: t('Individual'),
  joint_survivorship: t('Joint with survivorship'),
  joint_common: t('Joint in common'),
  community_property: t('Community property'),
  by_entirety: t('By entirety'),
  trust: t('Trust'),
  entity: t('Entity'),
  traditional_ira: t('Traditional IRA'),
  roth_ira: t('Roth IRA'),
  sep_ira: t('SEP IRA'),
  inherited_ira: t('Inherited IRA'),
  employer_plan: t('Employer plan'),
  custodial: t('Custodial for a minor'),
  education: t('Education (529)'),
  estate: t('Estate'),
  other: t('Other'),
};
export const registrationText = (registration: string): string => registrations[registration] ?? registration;
export const registrationOptions = Object.entries(registrations).map(([value, label]) => ({ value, label }));

/** Owners of these have no shares: whoever lives longest has all of it. */
export const hasSurvivorship = (registration: unknown): boolean =>
  registration === 'joint_survivorship' || registration === 'by_entirety';

export const accountKindOptions: readonly SelectOption[] = [
  { value: 'managed', label: t('Managed'), meaning: 'accent' },
  { value: 'held_away', label: t('Held away') },
  { value: 'liability', label: t('Liability'), meaning: 'attention' },
];

const ownerRoles: Readonly<Record<string, string>> = {
  owner: t('Account owner'),
  primary_beneficiary: t('Primary beneficiary'),
  contingent_beneficiary: t('Contingent beneficiary'),
};
export const ownerRoleText = (role: string): string => ownerRoles[role] ?? role;
export const ownerRoleOptions = Object.entries(ownerRoles).map(([value, label]) => ({ value, label }));
