import { z } from 'zod';
import {
  custom,
  email,
  list,
  phone,
  reference,
  requiredSelect,
  select,
  tags,
  text,
} from '../../../kernel/contract/fields.ts';
import { defineResource } from '../../../kernel/contract/resource.ts';

export const leadStatuses = ['new', 'working', 'qualified', 'unqualified'] as const;
export const lifecycleStages = ['subscriber', 'lead', 'customer', 'former'] as const;
export const consents = ['unknown', 'granted', 'denied'] as const;

const personal = { sensitivity: 'personal' } as const;

export const contact = defineResource({
  name: 'contact',
  plural: 'contacts',
  table: 'contact',
  title: 'contact',
  owner: 'owner_id',
  trash: true,
  defaultSort: 'name',
  tagColumn: 'contact_id',
  merges: true,
  imported: true,
  fields: {
    external_id: text(200, { title: 'External id' }),
    given_name: text(200, { title: 'First name', ...personal }),
    family_name: text(200, { title: 'Last name', ...personal }),
    name: text(401, { title: 'Name', readOnly: true, required: true, ...personal }),
    email: email({ title: 'E-mail', ...personal }),
    other_emails: list(z.email().max(254), 20, { title: 'More e-mail addresses', ...personal }),
    phone: phone({ title: 'Phone', ...personal }),
    other_phones: list(z.string().max(50), 20, { title: 'More phone numbers', ...personal }),
    job_title: text(200, {
      title: 'Job title',
      headers: ['title', 'role', 'position', 'job', 'funktion', 'berufsbezeichnung', 'titel'],
    }),
    company_id: reference('company', { title: 'Company', expand: 'company' }),
    owner_id: reference('user_account', { title: 'Owner', expand: 'owner' }),
    source: text(100, { title: 'Source', headers: ['lead source', 'original source', 'origin', 'quelle', 'herkunft'] }),
    lead_status: select(leadStatuses, { title: 'Lead status' }),
    lifecycle_stage: select(lifecycleStages, { title: 'Lifecycle stage' }),
    consent_email: requiredSelect(consents, { title: 'Consent to e-mail' }),
    street: text(300, { title: 'Street', ...personal }),
    city: text(200, { title: 'City' }),
    region: text(200, { title: 'Region' }),
    postal_code: text(20, { title: 'Postal code', ...personal }),
    country: text(100, { title: 'Country' }),
    time_zone: text(60, { title: 'Time zone', headers: ['timezone', 'zeitzone'] }),
    tags: tags({ title: 'Tags' }),
    custom: custom(),
  },
});
