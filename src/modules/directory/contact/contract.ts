import { z } from 'zod';
import {
  addresses,
  birthday,
  country,
  custom,
  email,
  emailAddress,
  label_characters_max,
  labelled,
  namedReference,
  nested,
  phone,
  reference,
  requiredSelect,
  select,
  tags,
  text,
} from '../../../kernel/contract/fields.ts';
import { filled } from '../../../kernel/contract/names.ts';
import { defineResource } from '../../../kernel/contract/resource.ts';

export const leadStatuses = ['new', 'working', 'qualified', 'unqualified'] as const;
export const lifecycleStages = ['subscriber', 'lead', 'customer', 'former'] as const;
export const consents = ['unknown', 'granted', 'denied'] as const;

const personal = { sensitivity: 'personal' } as const;

/**
 * A further or former position of a contact, as it stands in the contact; the main one is `company_id` and `job_title`.
 */
export const contactPosition = z.object({
  id: z.uuid(),
  company_id: z.uuid(),
  /** Null when the caller may not read the company. */
  company: namedReference.nullable(),
  role: z.string().nullable(),
  started_on: z.iso.date().nullable(),
  /** Null: still today. */
  ended_on: z.iso.date().nullable(),
});

const label = (title: string) => text(label_characters_max, { title });
/** A text with a shape of its own as responses have it, where something else stands for one that does not open. */
const shown = (title: string, characters_max: number) => text(characters_max, { title });
const site = z.url({ protocol: /^https?$/, error: 'Write an address such as https://example.com' }).max(2000);

export const contact = defineResource({
  name: 'contact',
  plural: 'contacts',
  table: 'contact',
  title: 'contact',
  german: { singular: 'Kontakt', plural: 'Kontakte' },
  owner: 'owner_id',
  sortsOfOwner: ['name', 'updated_at'],
  trash: true,
  defaultSort: 'name',
  attachable: true,
  calledInFiles: ['contact name', 'kontakt', 'ansprechpartner'],
  merges: true,
  imported: true,
  settled: true,
  sealedNames: { also: ['middle_name', 'suffix'] },
  fields: {
    external_id: text(200, { title: 'External ID', byCodePoint: true }),
    salutation: text(60, {
      title: 'Salutation',
      headers: [
        'anrede',
        'titel',
        'akademischer titel',
        'name prefix',
        'prefix',
        'honorific',
        'honorific prefix',
        'academic title',
      ],
      ...personal,
      sealable: true,
    }),
    given_name: text(200, { title: 'First name', ...personal, sealable: true }),
    middle_name: text(200, {
      title: 'Middle name',
      headers: ['middle names', 'second name', 'additional name', 'zweiter vorname', 'weitere vornamen', 'mittelname'],
      ...personal,
      sealable: true,
    }),
    family_name: text(200, { title: 'Last name', ...personal, sealable: true }),
    suffix: text(60, {
      title: 'Suffix',
      headers: ['name suffix', 'honorific suffix', 'namenszusatz'],
      ...personal,
      sealable: true,
    }),
    name: text(401, { title: 'Name', readOnly: true, required: true, ...personal, ofSealable: true }),
    email: email({
      title: 'E-mail',
      further: { column: 'other_emails', lookup: 'app.contacts_with_further_email' },
      ...personal,
    }),
    email_label: label('E-mail label'),
    other_emails: labelled(emailAddress(), {
      title: 'More e-mail addresses',
      ...personal,
    }),
    phone: phone({
      title: 'Phone',
      ...personal,
      sealable: true,
      sealedIndex: { of: 'phone', lookup: 'app.contacts_with_sealed_phone' },
      answered: shown('Phone', 50),
    }),
    phone_label: label('Phone label'),
    other_phones: labelled(filled(50), {
      title: 'More phone numbers',
      ...personal,
      sealable: true,
      sealedIndex: { of: 'phone', lookup: 'app.contacts_with_further_sealed_phone' },
    }),
    job_title: text(200, {
      title: 'Job title',
      headers: [
        'title',
        'role',
        'position',
        'job',
        'funktion',
        'berufsbezeichnung',
        'jobbezeichnung',
        'stellenbezeichnung',
        'stelle',
        'rolle',
        'tätigkeit',
      ],
    }),
    company_id: reference('company', { title: 'Company', expand: 'company' }),
    positions: nested(contactPosition, {
      title: 'Positions',
      rowsFrom: {
        view: 'contact_position_item',
        subject: 'contact_id',
        table: 'contact_position',
        rare: { mark: 'had_positions', one: 'app.contact_positions' },
      },
    }),
    owner_id: reference('user_account', { title: 'Owner', expand: 'owner' }),
    source: text(100, { title: 'Source', headers: ['lead source', 'original source', 'origin', 'quelle', 'herkunft'] }),
    lead_status: select(leadStatuses, { title: 'Lead status' }),
    lifecycle_stage: select(lifecycleStages, { title: 'Lifecycle stage' }),
    consent_email: requiredSelect(consents, { title: 'Consent to e-mail' }),
    street: text(300, { title: 'Street', ...personal, sealable: true }),
    city: text(200, { title: 'City' }),
    region: text(200, { title: 'Region' }),
    postal_code: text(20, { title: 'Postal code', ...personal, sealable: true }),
    country: country({ title: 'Country' }),
    address_label: label('Address label'),
    other_addresses: addresses({ title: 'More addresses', ...personal, sealable: true }),
    sites: labelled(site, { title: 'Sites' }),
    social_profiles: labelled(filled(500), { title: 'Social profiles', ...personal, sealable: true }),
    birthday: birthday({ title: 'Birthday', ...personal, sealable: true, answered: shown('Birthday', 20) }),
    time_zone: text(60, { title: 'Time zone', headers: ['timezone', 'zeitzone'] }),
    tags: tags({ title: 'Tags' }),
    custom: custom(),
  },
});
