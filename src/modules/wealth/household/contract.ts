import {
  country,
  custom,
  date,
  integer,
  reference,
  requiredSelect,
  requiredText,
  select,
  tags,
  text,
} from '../../../kernel/contract/fields.ts';
import { defineResource } from '../../../kernel/contract/resource.ts';

export const householdStatuses = ['active', 'prospect', 'inactive', 'former'] as const;
export const serviceTiers = ['platinum', 'gold', 'silver', 'bronze'] as const;

const sealable = { sensitivity: 'personal', sealable: true } as const;

/** A family or another circle of people that a firm advises together. */
export const household = defineResource({
  name: 'household',
  plural: 'households',
  table: 'household',
  title: 'household',
  german: { singular: 'Haushalt', plural: 'Haushalte' },
  owner: 'owner_id',
  handedOver: true,
  sortsOfOwner: ['name'],
  trash: true,
  defaultSort: 'name',
  attachable: true,
  imported: true,
  fields: {
    external_id: text(200, { title: 'External ID', byCodePoint: true }),
    name: requiredText(200, { title: 'Name', headers: ['household', 'haushalt', 'family', 'familie'] }),
    status: requiredSelect(householdStatuses, { title: 'Status' }),
    tier: select(serviceTiers, { title: 'Service tier', headers: ['tier', 'segment', 'betreuungsstufe'] }),
    review_months: integer({ min: 1, max: 60 }, { title: 'Review every (months)', headers: ['review cycle'] }),
    last_review_on: date({ title: 'Last review', headers: ['last review', 'last review date'] }),
    next_review_on: date({ title: 'Next review', headers: ['next review', 'review date'] }),
    salutation: text(300, { title: 'Salutation', headers: ['greeting', 'anrede', 'briefanrede'] }),
    street: text(300, { title: 'Street', ...sealable }),
    city: text(200, { title: 'City' }),
    region: text(200, { title: 'Region' }),
    postal_code: text(20, { title: 'Postal code', ...sealable }),
    country: country({ title: 'Country' }),
    owner_id: reference('user_account', { title: 'Primary adviser', expand: 'owner' }),
    tags: tags({ title: 'Tags' }),
    custom: custom(),
  },
});
