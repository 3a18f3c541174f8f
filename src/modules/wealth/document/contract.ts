import { z } from 'zod';
import {
  date,
  integer,
  namedReference,
  reference,
  requiredReference,
  requiredSelect,
  requiredText,
  secretText,
  select,
  shapedText,
  text,
  time,
} from '../../../kernel/contract/fields.ts';
import { defineResource } from '../../../kernel/contract/resource.ts';

const documentTypes = [
  'statement', 'confirmation', 'agreement', 'identity', 'tax', 'trust_deed', 'will', 'power_of_attorney', 'other',
] as const; // biome-ignore format: a list of words
/** How old it is: up to two years, up to six, older. */
export const ages = ['hot', 'warm', 'cold'] as const;

const fixed = { readOnly: true } as const;

/**
 * A paper of a household, with all its versions. How long it is kept follows from its type, in the database
 * (db/routines/papers.sql).
 */
export const document = defineResource({
  name: 'document',
  right: 'household',
  plural: 'documents',
  table: 'document',
  title: 'document',
  trash: true,
  defaultSort: '-dated_on',
  fields: {
    household_id: requiredReference('household', { title: 'Household', expand: 'household' }),
    contact_id: reference('contact', { title: 'Person', expand: 'contact' }),
    legal_entity_id: reference('legal_entity', { title: 'Legal entity', expand: 'legal_entity' }),
    account_id: reference('financial_account', { title: 'Account', expand: 'account' }),
    type: requiredSelect(documentTypes, { title: 'Type' }),
    name: requiredText(200, { title: 'Name', sensitivity: 'personal' }),
    dated_on: date({ title: 'Date' }),
    /** Where it lies outside of Holdfast, such as in the firm's own filing. */
    storage_path: secretText(1_000, { title: 'Storage path', mask: 'all' }),
    /** An upload; another one is a new version. */
    file_id: shapedText(z.uuid({ error: 'This is not an id' }).nullable(), {
      title: 'File',
      filterable: false,
      sortable: false,
    }),
    file_name: text(255, { title: 'File name', sensitivity: 'personal', ...fixed }),
    content_type: text(255, { title: 'Type of file', ...fixed }),
    size_bytes: integer({ min: 0 }, { title: 'Size', ...fixed }),
    sha256: text(64, { title: 'SHA-256', ...fixed }),
    number: integer({ min: 0 }, { title: 'Version', ...fixed }),
    written_at: time({ title: 'Version of', ...fixed }),
    /** Null while the account that it is about is open. */
    kept_until: date({ title: 'Kept until', ...fixed }),
    tier: select(ages, { title: 'Tier', ...fixed }),
  },
});

export const documentVersion = z
  .object({
    number: z.int(),
    name: z.string(),
    content_type: z.string(),
    size_bytes: z.int(),
    sha256: z.string(),
    written_at: z.iso.datetime(),
    author: namedReference.nullable(),
  })
  .meta({ id: 'DocumentVersion' });
export type DocumentVersion = z.infer<typeof documentVersion>;
