import { z } from 'zod';
import { sql } from '../../../kernel/database/database.ts';
import { type DuplicateWay, same, typedCustom, typedText } from '../../../platform/duplicate/way/contract.ts';
import { text } from './text.ts';

/** Companies: by their domains, and by their names in a city, with or without the legal form. */
export const companyWay: DuplicateWay = {
  draft: z.strictObject({
    name: typedText,
    domain: typedText,
    phone: typedText,
    city: typedText,
    postal_code: typedText,
    country: typedText,
    custom: typedCustom,
  }),
  identify: ['domain', 'name'],
  others: ['phone', 'city', 'postal_code', 'country'],
  rules: [
    { when: [same('domain')], suspects: true, imports: true },
    { when: [{ field: 'name', compare: 'similar', from: 0.6 }, same('city')], suspects: true, imports: false },
    {
      when: [
        { field: 'name', compare: 'same_core' },
        { field: 'city', compare: 'not_other' },
      ],
      suspects: true,
      imports: false,
    },
    { when: [same('name')], suspects: false, imports: true },
  ],
  compared: ['name', 'domain', 'phone', 'city', 'deleted_at'],
  columns: sql`r.name, r.domain, r.phone, r.city, r.postal_code, r.country, r.custom`,
  name: sql`app.compared_text(r.name)`,
  detail: sql`coalesce(r.domain, r.city)`,
  namesake: 'domain',
  texts: (given) => given,
  // This function forces tenant and rights itself; db/routines/duplicates.sql says why.
  candidates: ({ domain, name }) =>
    sql`app.company_candidates(${text(domain)}, coalesce(app.company_core(${text(name)}), ${text(name)}))`,
  legalForms: true,
};
