import { z } from 'zod';
import {
  date,
  list,
  mask_sign,
  reference,
  requiredReference,
  requiredSelect,
  requiredText,
  secret,
  select,
  time,
} from '../../../kernel/contract/fields.ts';
import { filled } from '../../../kernel/contract/names.ts';
import { defineResource } from '../../../kernel/contract/resource.ts';
import { ages } from '../document/contract.ts';

const communicationKinds = ['email', 'letter', 'call', 'message'] as const;
const directions = ['incoming', 'outgoing'] as const;
const body_characters_max = 100_000;
const participants_max = 50;

const once = { createOnly: true } as const;
const fixed = { readOnly: true } as const;

/**
 * What was said or written: kept for six years as it was. Under which records it is filed may change, and nothing else
 * (app.keep_communication).
 */
export const communication = defineResource({
  name: 'communication',
  right: 'household',
  plural: 'communications',
  table: 'communication',
  title: 'communication',
  defaultSort: '-occurred_at',
  fields: {
    household_id: requiredReference('household', { title: 'Household', expand: 'household' }),
    contact_id: reference('contact', { title: 'Person', expand: 'contact' }),
    legal_entity_id: reference('legal_entity', { title: 'Legal entity', expand: 'legal_entity' }),
    account_id: reference('financial_account', { title: 'Account', expand: 'account' }),
    document_id: reference('document', { title: 'Document', expand: 'document' }),
    kind: requiredSelect(communicationKinds, { title: 'Kind', ...once }),
    direction: requiredSelect(directions, { title: 'Direction', ...once }),
    occurred_at: time({ title: 'When', ...once }),
    subject: requiredText(300, { title: 'Subject', sensitivity: 'personal', sealable: true, ...once }),
    /** Names or addresses. */
    participants: list(filled(320), participants_max, {
      title: 'Participants',
      sensitivity: 'personal',
      sealable: true,
      ...once,
    }),
    body: secret(
      z
        .string()
        .normalize()
        .max(body_characters_max)
        .refine((text) => !text.includes(`${mask_sign}${mask_sign}`), {
          error: 'This is what is shown in place of the text',
        })
        .nullable(),
      { title: 'Text', mask: 'all', ...once },
    ),
    author_id: reference('user_account', { title: 'Written down by', expand: 'author', ...fixed }),
    kept_until: date({ title: 'Kept until', ...fixed }),
    tier: select(ages, { title: 'Tier', ...fixed }),
  },
});
