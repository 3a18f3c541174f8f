import { z } from 'zod';
import { boolean, custom, list, records, reference, requiredLongText } from '../../kernel/contract/fields.ts';
import { defineResource } from '../../kernel/contract/resource.ts';
import { mentions_max, text_characters_max } from '../mention/contract.ts';

export const note = defineResource({
  name: 'note',
  plural: 'notes',
  table: 'note',
  title: 'note',
  owner: 'author_id',
  trash: true,
  defaultSort: '-created_at',
  timeline: { at: 'created_at', person: 'author_id' },
  together: [['body', 'mentions']],
  fields: {
    /** HTML of the few elements that src/platform/mention/html.ts lets through. */
    body: requiredLongText(text_characters_max, {
      title: 'Note',
      sensitivity: 'personal',
      sealable: true,
      headers: ['note text', 'text', 'content', 'notiz', 'notiztext'],
    }),
    mentions: list(z.uuid(), mentions_max, { title: 'Mentions', readOnly: true }),
    pinned: boolean({ title: 'Pinned' }),
    author_id: reference('user_account', { title: 'Author', expand: 'author', readOnly: true }),
    records: records(),
    custom: custom(),
  },
});
