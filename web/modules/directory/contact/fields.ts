import type { FieldView } from '../../../platform/record/contractFields.ts';
import type { SelectOption } from '../../../platform/record/field.ts';
import { t } from '../../../text/text.ts';

export const leadStatuses: SelectOption[] = [
  { value: 'new', label: t('New'), meaning: 'info' },
  { value: 'working', label: t('Working'), meaning: 'attention' },
  { value: 'qualified', label: t('Qualified'), meaning: 'good' },
  { value: 'unqualified', label: t('Unqualified') },
];

export const lifecycleStages: SelectOption[] = [
  { value: 'subscriber', label: t('Subscriber') },
  { value: 'lead', label: t('Lead'), meaning: 'info' },
  { value: 'customer', label: t('Customer'), meaning: 'good' },
  { value: 'former', label: t('Former customer') },
];

const consents: SelectOption[] = [
  { value: 'unknown', label: t('Not asked') },
  { value: 'granted', label: t('Granted'), meaning: 'good' },
  { value: 'denied', label: t('Denied'), meaning: 'bad' },
];

export const contactFields: FieldView[] = [
  { key: 'name', section: null, label: t('Name'), inTable: true },
  { key: 'salutation', label: t('Salutation'), section: t('Person') },
  { key: 'given_name', label: t('First name'), section: t('Person'), inForm: true },
  { key: 'middle_name', label: t('Middle name'), section: t('Person') },
  { key: 'family_name', label: t('Last name'), section: t('Person'), inForm: true },
  { key: 'suffix', label: t('Suffix'), section: t('Person') },
  { key: 'email', label: t('E-mail'), within: 'other_emails', section: null, inForm: true, inTable: true, width: 240 },
  { key: 'phone', label: t('Phone'), within: 'other_phones', section: null, inForm: true, inTable: true, width: 150 },
  {
    key: 'other_emails',
    label: t('E-mails'),
    each: 'email',
    first: { label: 'email_label', value: 'email' },
    section: t('Person'),
  },
  {
    key: 'other_phones',
    label: t('Phones'),
    each: 'phone',
    first: { label: 'phone_label', value: 'phone' },
    section: t('Person'),
  },
  { key: 'company_id', label: t('Company'), section: t('Person'), inForm: true, inTable: true, width: 200 },
  { key: 'job_title', label: t('Job title'), section: t('Person'), inForm: true, inTable: true, width: 180 },
  {
    key: 'lifecycle_stage',
    label: t('Lifecycle'),
    options: lifecycleStages,
    section: t('Relationship'),
    inForm: true,
    inTable: true,
    width: 140,
  },
  {
    key: 'lead_status',
    label: t('Lead status'),
    options: leadStatuses,
    section: t('Relationship'),
    inForm: true,
    inTable: true,
    width: 130,
  },
  { key: 'owner_id', label: t('Owner'), section: t('Relationship'), inForm: true, inTable: true, width: 170 },
  { key: 'source', label: t('Source'), section: t('Relationship'), help: t('Where you first heard of them') },
  {
    key: 'consent_email',
    label: t('Email consent'),
    options: consents,
    section: t('Relationship'),
    required: true,
    prevails: 'denied',
  },
  { key: 'tags', label: t('Tags'), section: t('Relationship'), inTable: true, width: 200 },
  { key: 'birthday', label: t('Birthday'), kind: 'birthday', section: t('Person'), filterable: false },
  { key: 'sites', label: t('Sites'), each: 'url', section: t('Person') },
  { key: 'social_profiles', label: t('Social profiles'), each: 'profile', section: t('Person') },
  { key: 'email_label', label: t('E-mail label'), within: 'other_emails', section: null, filterable: false },
  { key: 'phone_label', label: t('Phone label'), within: 'other_phones', section: null, filterable: false },
  { key: 'address_label', label: t('Address label'), within: 'other_addresses', section: null, filterable: false },
  {
    key: 'other_addresses',
    label: t('Addresses'),
    first: {
      label: 'address_label',
      street: 'street',
      postal_code: 'postal_code',
      city: 'city',
      region: 'region',
      country: 'country',
    },
    section: t('Address'),
  },
  { key: 'street', label: t('Street'), within: 'other_addresses', section: null },
  { key: 'postal_code', label: t('Postal code'), within: 'other_addresses', section: null },
  { key: 'city', label: t('City'), within: 'other_addresses', section: null },
  { key: 'region', label: t('Region'), within: 'other_addresses', section: null },
  { key: 'country', label: t('Country'), within: 'other_addresses', section: null },
  { key: 'time_zone', label: t('Time zone'), section: t('Address'), placeholder: 'Europe/Berlin' },
  {
    key: 'external_id',
    label: t('External ID'),
    section: t('Record'),
    help: t('The id this contact has in another system'),
  },
];
