import {
  reference,
  requiredReference,
  requiredSelect,
  requiredText,
  text,
  time,
} from '../../../kernel/contract/fields.ts';
import { defineResource } from '../../../kernel/contract/resource.ts';
import { exportStates } from '../../../platform/export/contract.ts';

/** Sealed values stand in it as masks, or opened, each of which the trail has. */
const sealedChoices = ['masked', 'revealed'] as const;

const once = { createOnly: true } as const;
const fixed = { readOnly: true } as const;

/**
 * All records and files of a household in one archive, with a manifest, for an examiner. Made in the background, and
 * kept for a week.
 */
export const examinerExport = defineResource({
  name: 'examiner_export',
  plural: 'examiner-exports',
  table: 'examiner_export',
  title: "examiner's export",
  owner: 'created_by',
  defaultSort: '-created_at',
  fields: {
    household_id: requiredReference('household', { title: 'Household', expand: 'household', ...once }),
    reason: requiredText(500, { title: 'Reason', ...once }),
    sealed: requiredSelect(sealedChoices, { title: 'Sealed values', ...once }),
    state: requiredSelect(exportStates, { title: 'State', ...fixed }),
    sha256: text(64, { title: 'SHA-256', ...fixed }),
    error: text(4000, { title: 'Error', ...fixed }),
    created_by: reference('user_account', { title: 'Made by', expand: 'maker', ...fixed }),
    finished_at: time({ title: 'Finished', ...fixed }),
  },
});
