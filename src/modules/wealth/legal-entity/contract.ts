import {
  custom,
  date,
  longText,
  requiredReference,
  requiredSelect,
  requiredText,
  secretText,
  tags,
  text,
} from '../../../kernel/contract/fields.ts';
import { defineResource } from '../../../kernel/contract/resource.ts';

export const entityKinds = ['trust', 'llc', 'partnership', 'foundation', 'estate', 'company'] as const;

/**
 * What owns and is owned beside people: a trust, a company of the family. It belongs to the household that it is kept
 * with.
 */
export const legalEntity = defineResource({
  name: 'legal_entity',
  right: 'household',
  plural: 'legal-entities',
  table: 'legal_entity',
  title: 'legal entity',
  trash: true,
  defaultSort: 'name',
  attachable: true,
  imported: true,
  fields: {
    external_id: text(200, { title: 'External ID', byCodePoint: true }),
    name: requiredText(200, { title: 'Name' }),
    kind: requiredSelect(entityKinds, { title: 'Kind' }),
    household_id: requiredReference('household', { title: 'Household', expand: 'household' }),
    jurisdiction: text(200, { title: 'Jurisdiction', headers: ['state of formation', 'sitz'] }),
    tax_id: secretText(40, {
      title: 'Tax id',
      mask: 'last4',
      index: 'equality',
      parts: true,
      headers: ['ein', 'tin', 'steuernummer'],
    }),
    formed_on: date({ title: 'Formed on', headers: ['date of formation', 'gegründet am'] }),
    dissolved_on: date({ title: 'Dissolved on' }),
    purpose: longText(5_000, { title: 'Purpose' }),
    tags: tags({ title: 'Tags' }),
    custom: custom(),
  },
});
