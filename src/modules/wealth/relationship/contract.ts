import {
  date,
  integer,
  reference,
  requiredReference,
  requiredSelect,
  select,
  text,
} from '../../../kernel/contract/fields.ts';
import { defineResource } from '../../../kernel/contract/resource.ts';
import { household } from '../household/contract.ts';

/**
 * What somebody is of somebody else, each with what that one is in return. `generated` in the database by the same
 * words.
 */
export const relationshipKinds = {
  parent: 'child',
  spouse: 'spouse',
  sibling: 'sibling',
  trustee: 'trust',
  grantor: 'trust',
  owner: 'owned',
  primary_beneficiary: 'benefits',
  contingent_beneficiary: 'benefits',
  lawyer: 'client',
  accountant: 'client',
  trusted_contact: 'client',
  other: 'other',
} as const;
export type RelationshipKind = keyof typeof relationshipKinds;
const kinds = Object.keys(relationshipKinds) as [RelationshipKind, ...RelationshipKind[]];
const reciprocals = [...new Set(Object.values(relationshipKinds))] as unknown as readonly [string, ...string[]];

/** Of these, several together have the whole, each a part of it. */
export const sharedKinds: readonly RelationshipKind[] = ['owner', 'primary_beneficiary', 'contingent_beneficiary'];

/**
 * That a person or an entity is something of another: the parent of a child, the trustee of a trust. One row says it of
 * both sides. It is seen by the advisers of the household that it is kept with.
 */
export const relationship = defineResource({
  name: 'relationship',
  right: 'household',
  plural: 'relationships',
  table: 'relationship',
  title: 'relationship',
  partOf: [{ column: 'household_id', resource: household }],
  defaultSort: 'created_at',
  period: { from: 'from_on', to: 'until_on' },
  together: [['share_numerator', 'share_denominator']],
  fields: {
    household_id: requiredReference('household', { title: 'Household', expand: 'household', createOnly: true }),
    contact_id: reference('contact', { title: 'Person', expand: 'contact', createOnly: true }),
    legal_entity_id: reference('legal_entity', { title: 'Legal entity', expand: 'legal_entity', createOnly: true }),
    kind: requiredSelect(kinds, { title: 'Kind', createOnly: true }),
    of_contact_id: reference('contact', { title: 'Of the person', expand: 'of_contact', createOnly: true }),
    of_entity_id: reference('legal_entity', { title: 'Or of the entity', expand: 'of_entity', createOnly: true }),
    reciprocal: select(reciprocals, { title: 'Relationship', readOnly: true }),
    share_numerator: integer({ min: 1, max: 1_000_000_000 }, { title: 'Share' }),
    share_denominator: integer({ min: 1, max: 1_000_000_000 }, { title: 'Out of' }),
    from_on: date({ title: 'From' }),
    until_on: date({ title: 'Until' }),
    remark: text(500, { title: 'Remark', sensitivity: 'personal', sealable: true }),
  },
});
