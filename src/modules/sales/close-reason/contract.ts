import { requiredSelect, requiredText } from '../../../kernel/contract/fields.ts';
import { defineResource } from '../../../kernel/contract/resource.ts';

export const outcomes = ['won', 'lost'] as const;

/** Files make no more of a workspace: whoever closes a deal chooses among all. */
export const imported_reasons_max = 200;

export const closeReason = defineResource({
  name: 'close_reason',
  right: 'pipeline',
  plural: 'close-reasons',
  table: 'close_reason',
  title: 'close reason',
  uniqueInPart: true,
  defaultSort: 'name',
  fields: {
    name: requiredText(100, { title: 'Name' }),
    outcome: requiredSelect(outcomes, { title: 'Outcome', required: true, createOnly: true }),
  },
});
