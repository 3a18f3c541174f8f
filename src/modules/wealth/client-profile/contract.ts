import { z } from 'zod';
import {
  countryCode,
  date,
  requiredReference,
  requiredSelect,
  secret,
  secretText,
  select,
} from '../../../kernel/contract/fields.ts';
import { defineResource } from '../../../kernel/contract/resource.ts';
import { dateText } from '../../../kernel/contract/time.ts';
import { contact } from '../../directory/contact/contract.ts';

export const riskClasses = ['low', 'medium', 'high'] as const;
export const documentKinds = ['passport', 'identity_card', 'driving_licence', 'residence_permit', 'other'] as const;

/**
 * A number of the US Social Security Administration: it never gives the areas 000, 666 and 900 to 999, the group 00,
 * nor the serial 0000.
 */
const ssnText = () =>
  z
    .string()
    .trim()
    .max(11, { abort: true })
    .regex(/^\d{3}-?\d{2}-?\d{4}$/, { error: 'Write nine digits, such as 219-09-9999', abort: true })
    .overwrite((digits) => digits.replace(/^(\d{3})-?(\d{2})-?(\d{4})$/, '$1-$2-$3'))
    .refine((ssn) => !/^(000|666|9)|-00-|-0000$/.test(ssn), { error: 'No social security number is like this one' });

const earliest_birth = '1880-01-01';

/** The day somebody was born on: not in the future, wherever on earth today began. */
const birthText = () =>
  dateText()
    .refine((day) => day <= new Date(Date.now() + 14 * 3_600_000).toISOString().slice(0, 10), {
      error: 'Nobody was born in the future',
    })
    .refine((day) => day >= earliest_birth, { error: 'Nobody who lives was born that long ago' });

const ofPerson = { keyOf: 'contact_id' } as const;

/**
 * What a firm knows of a client and tells nobody. One a person; after a merge, the one that was changed last counts.
 */
export const clientProfile = defineResource({
  name: 'client_profile',
  plural: 'client-profiles',
  table: 'client_profile',
  title: 'client profile',
  partOf: [{ column: 'contact_id', resource: contact }],
  defaultSort: 'created_at',
  imported: true,
  derived: { kyc_due_on: 'kyc_checked_on' },
  fields: {
    contact_id: requiredReference('contact', { title: 'Client', expand: 'contact', createOnly: true }),
    ssn: secret(ssnText().nullable(), {
      title: 'Social security number',
      mask: 'last4',
      index: 'equality',
      ...ofPerson,
    }),
    tax_id: secretText(40, { title: 'Tax id', mask: 'last4', index: 'equality', ...ofPerson }),
    date_of_birth: secret(birthText().nullable(), { title: 'Date of birth', mask: 'all', ...ofPerson }),
    died_on: date({ title: 'Died on' }),
    risk_class: select(riskClasses, { title: 'Risk class' }),
    kyc_checked_on: date({ title: 'Identity checked on' }),
    /** 5, 3 or 1 years later by the risk class, as the database says (app.plan_identity_check). */
    kyc_due_on: date({ title: 'Next check due on', readOnly: true }),
  },
});

/** A passport or the like of a client. */
export const identityDocument = defineResource({
  name: 'identity_document',
  right: 'client_profile',
  plural: 'identity-documents',
  table: 'identity_document',
  title: 'identity document',
  partOf: [{ column: 'contact_id', resource: contact }],
  defaultSort: 'created_at',
  fields: {
    contact_id: requiredReference('contact', { title: 'Client', expand: 'contact', createOnly: true }),
    kind: requiredSelect(documentKinds, { title: 'Kind', required: true }),
    number: secretText(40, { title: 'Number', mask: 'last4', ...ofPerson }),
    country: countryCode({ title: 'Country' }),
    expires_on: date({ title: 'Expires on' }),
  },
});

const { contact_id: _, ...given } = clientProfile.create.shape;
export const profilePut = z.strictObject(given).meta({ id: 'ClientProfilePut' });

export const disclosure = z
  .object({
    at: z.iso.datetime(),
    action: z.string().describe('reveal, download or export'),
    /** Who; null for the program itself. */
    person: z.object({ id: z.uuid(), name: z.string() }).nullable(),
    /** What was seen: a field of a record. Null where the values of the trail have been erased since. */
    resource: z.string().nullable(),
    record_id: z.uuid().nullable(),
    field: z.string().nullable(),
    reason: z.string().nullable(),
    ip: z.string().nullable(),
  })
  .meta({ id: 'Disclosure' });
export const disclosures = z.object({ data: z.array(disclosure), more: z.boolean() });
