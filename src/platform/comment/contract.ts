import { z } from 'zod';
import { list, recordReference, reference, requiredLongText, requiredSelect } from '../../kernel/contract/fields.ts';
import { defineResource } from '../../kernel/contract/resource.ts';
import { mentions_max, text_characters_max } from '../mention/contract.ts';

const fixed = { createOnly: true } as const;

/**
 * Whom a comment is for: colleagues, or also the people outside who take part in the record. It can become public,
 * never internal again.
 */
export const audiences = ['internal', 'public'] as const;
export type Audience = (typeof audiences)[number];

/** What somebody says of a record. It belongs to one record, and may answer another comment there. */
export const comment = defineResource({
  name: 'comment',
  plural: 'comments',
  table: 'comment',
  title: 'comment',
  owner: 'author_id',
  trash: true,
  defaultSort: '-created_at',
  timeline: { at: 'created_at', person: 'author_id' },
  together: [['body', 'mentions']],
  fields: {
    /** HTML of the few elements that src/platform/mention/html.ts lets through. */
    body: requiredLongText(text_characters_max, { title: 'Comment', sensitivity: 'personal', sealable: true }),
    mentions: list(z.uuid(), mentions_max, { title: 'Mentions', readOnly: true }),
    audience: requiredSelect(audiences, { title: 'Audience' }),
    parent_id: reference('comment', { title: 'In reply to', ...fixed }),
    author_id: reference('user_account', { title: 'Author', expand: 'author', readOnly: true }),
    record_id: recordReference(fixed),
  },
});
