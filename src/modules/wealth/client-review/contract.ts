import { date, longText, reference, requiredReference } from '../../../kernel/contract/fields.ts';
import { defineResource } from '../../../kernel/contract/resource.ts';
import { household } from '../household/contract.ts';

/** That a household was reviewed, and what came of it. The household then says when the next review is due. */
export const clientReview = defineResource({
  name: 'client_review',
  right: 'household',
  plural: 'client-reviews',
  table: 'client_review',
  title: 'review',
  partOf: [{ column: 'household_id', resource: household }],
  defaultSort: '-held_on',
  fields: {
    household_id: requiredReference('household', { title: 'Household', expand: 'household', createOnly: true }),
    held_on: date({ title: 'Held on', createOnly: true }),
    note: longText(5_000, { title: 'Note', sensitivity: 'personal', sealable: true }),
    author_id: reference('user_account', { title: 'Written down by', expand: 'author', readOnly: true }),
  },
});
