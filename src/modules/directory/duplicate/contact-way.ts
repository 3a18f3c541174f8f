import { z } from 'zod';
import { emailText } from '../../../kernel/contract/email.ts';
import { sql } from '../../../kernel/database/database.ts';
import { clearSql, nameMarkSql } from '../../../kernel/resource/personal.ts';
import {
  type DuplicateWay,
  same,
  type Texts,
  typedCustom,
  typedText,
} from '../../../platform/duplicate/way/contract.ts';
import { given, text } from './text.ts';

/** People: by their addresses and numbers, and by their names among colleagues. */
export const contactWay: DuplicateWay = {
  draft: z.strictObject({
    given_name: typedText,
    family_name: typedText,
    email: typedText,
    phone: typedText,
    company_id: z.uuid().nullable().optional(),
    job_title: typedText,
    city: typedText,
    postal_code: typedText,
    country: typedText,
    custom: typedCustom,
  }),
  identify: ['email', 'phone', 'name'],
  others: ['company', 'job_title', 'city', 'postal_code', 'country'],
  labels: { company: 'Company' },
  rules: [
    { when: [same('email')], suspects: true, imports: true },
    { when: [same('phone')], suspects: true, imports: false },
    { when: [{ field: 'name', compare: 'similar', from: 0.6 }, same('company')], suspects: true, imports: false },
    { when: [same('name'), same('phone')], suspects: false, imports: true },
  ],
  // Not the company: merging two companies changes that of thousands of contacts, and the daily search sees it.
  compared: ['given_name', 'family_name', 'email', 'other_emails', 'phone', 'deleted_at'],
  columns: sql`${clearSql(sql`r.given_name`)} as given_name, ${clearSql(sql`r.family_name`)} as family_name, r.name, r.email, r.phone, r.company_id, r.job_title, r.city,
    ${clearSql(sql`r.postal_code`)} as postal_code, r.country, r.custom,
    array_to_string(app.label_keys(r.other_emails), ' ') as other_emails`,
  // Of a name that is sealed nothing is compared.
  name: sql`app.compared_text(case when not starts_with(r.name, ${nameMarkSql}) then app.person_name(r.given_name, r.family_name) end)`,
  values: { company: sql`r.company_id::text` },
  detail: sql`coalesce(r.email, r.phone)`,
  sealedDetail: 'phone',
  namesake: 'email',
  texts: textsOf,
  // This function forces tenant and rights itself; db/routines/duplicates.sql says why.
  candidates: ({ email, phone, phone_keys, given_name, family_name, company_id }) =>
    sql`app.contact_candidates(${text(typeof email === 'string' ? emailText(email) : email)}, ${text(phone)},
      app.person_name(${given(given_name)}, ${given(family_name)}), ${company_id ?? null}::uuid, string_to_array(${phone_keys ?? ''}, ' '))`,
  furtherCandidates,
  exactAlone: true,
};

/** Whoever has only further e-mail addresses is compared by these; who has no name has none to compare. */
function textsOf({ company_id, given_name, family_name, name: _, email, other_emails, ...others }: Texts): Texts {
  const name = [given_name, family_name].flatMap((part) => given(part) ?? []).join(' ');
  return { ...others, email: email || other_emails?.split(' ')[0], other_emails, name, company: company_id };
}

/** Contacts that have one of the further e-mail addresses of a contact; that of a draft is one alone. */
function furtherCandidates({ other_emails }: Texts) {
  const addresses = (other_emails ?? '').split(' ').filter(Boolean);
  return sql.join(
    addresses.map((address) => sql`union select id from app.contact_candidates(${address}, null, null, null)`),
    sql` `,
  );
}
