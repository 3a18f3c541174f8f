import type { RelationshipKind } from '../../../src/modules/wealth/relationship/contract.ts';
import { t } from '../../text/text.ts';

const kinds: Readonly<Record<RelationshipKind, string>> = {
  parent: t('Parent'),
  spouse: t('Spouse'),
  sibling: t('Sibling'),
  trustee: t('Trustee'),
  grantor: t('Grantor'),
  owner: t('Owner'),
  primary_beneficiary: t('Primary beneficiary'),
  contingent_beneficiary: t('Contingent beneficiary'),
  lawyer: t('Lawyer'),
  accountant: t('Accountant'),
  trusted_contact: t('Trusted contact'),
  other: t('Other relationship'),
};
export const relationshipText = (kind: string): string => kinds[kind as RelationshipKind] ?? kind;
export const relationshipOptions = Object.entries(kinds).map(([value, label]) => ({ value, label }));

/** What one is to whoever is the first of the two: a child to a parent. */
const reciprocals: Readonly<Record<string, string>> = {
  child: t('Child'),
  spouse: t('Spouse'),
  sibling: t('Sibling'),
  trust: t('Trust'),
  owned: t('Owned'),
  benefits: t('Benefits from it'),
  client: t('Client'),
  other: t('Other relationship'),
};
export const reciprocalText = (reciprocal: string | null): string =>
  reciprocals[reciprocal ?? 'other'] ?? reciprocal ?? '';
