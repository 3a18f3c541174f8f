import { isNamed } from '../../../kernel/contract/person-name.ts';
import type { ExportTarget } from '../../../platform/export/index.ts';
import {
  address,
  externalId,
  field,
  holdfastId,
  type Load,
  type LoadRow,
  note,
  owner,
  refuseRow,
  tags,
  textsOf,
  textsOfRow,
} from '../../../platform/import/index.ts';
import { consents, contact, leadStatuses, lifecycleStages } from '../contact/contract.ts';
import { positionExported } from '../contact-position/index.ts';
import { personHeader } from '../vcard/index.ts';
import { cardFormat } from '../vcard-export/index.ts';
import { companyNames } from './company-names.ts';
import { splitFullName } from './full-name.ts';
import { addPositions, checkPositions, positionLabels } from './positions.ts';
import { contactPresets } from './presets.ts';
import { personDetail, samePerson } from './same-person.ts';

/** The first such column is the telephone number, and the others are further ones, each with what it is for. */
const phoneNames = [
  'phone number',
  'telephone',
  'telephone number',
  'mobile',
  'mobile phone',
  'mobile phone number',
  'mobile number',
  'cell',
  'cell phone',
  'work phone',
  'work phone number',
  'business phone',
  'business phone number',
  'office phone',
  'home phone',
  'home phone number',
  'main phone',
  'phone work',
  'phone mobile',
  'phone home',
  'telefon',
  'telefonnummer',
  'telefonnr',
  'rufnummer',
  'tel',
  'tel nr',
  'telefon geschäftlich',
  'telefon dienstlich',
  'telefon büro',
  'telefon privat',
  'diensttelefon',
  'festnetz',
  'handy',
  'handynummer',
  'mobil',
  'mobiltelefon',
  'mobilnummer',
  'mobiltelefonnummer',
  'telefon mobil',
  'telefonzentrale',
];

export const contactTarget: ExportTarget = {
  resource: 'contact',
  label: 'Contacts',
  synonyms: ['contact', 'person', 'lead', 'kontakt', 'ansprechpartner', 'mailing'],
  identity: ['full_name', 'given_name', 'family_name', 'email', 'external_id'],
  fields: [
    holdfastId(),
    externalId('contact id', 'lead id', 'person id', 'kontaktnummer', 'kundennummer', 'kundennr'),
    field('given_name', 'text', 'First name', ['given name', 'firstname', 'forename', 'vorname']),
    field('family_name', 'text', 'Last name', ['family name', 'lastname', 'surname', 'nachname', 'familienname']),
    field(
      'full_name',
      'text',
      'Full name',
      ['name', 'contact', 'contact name', 'person name', 'kontakt', 'kontaktname', 'ansprechpartner'],
      { columns: ['given_name', 'family_name'] },
    ),
    field('email', 'email', 'E-mail', ['email', 'email address', 'mail', 'e mail adresse', 'email work']),
    field('other_emails', 'list', 'More e-mail addresses', [
      'additional email addresses',
      'additional emails',
      'secondary email',
      'email 2',
      'email 3',
      'e mail 2',
      'private email',
      'personal email',
      'email privat',
      'e mail privat',
      'weitere e mail adressen',
    ]),
    field('email_label', 'text', 'E-mail label', []),
    field('phone', 'phone', 'Phone', phoneNames),
    field('other_phones', 'list', 'More phone numbers', [
      'additional phone numbers',
      'secondary phone',
      'phone 2',
      'other phone',
      'weitere telefonnummern',
      ...phoneNames,
      'fax',
      'fax number',
      'work fax',
      'business fax',
      'home fax',
      'telefax',
      'faxnummer',
      'fax geschäftlich',
      'fax privat',
    ]),
    field('phone_label', 'text', 'Phone label', []),
    field('address_label', 'text', 'Address label', []),
    field('other_addresses', 'addresses', 'More addresses', []),
    field('sites', 'list', 'Sites', ['website', 'web page', 'webseite', 'homepage']),
    field('social_profiles', 'list', 'Social profiles', ['linkedin', 'linkedin url', 'social profile']),
    field('birthday', 'birthday', 'Birthday', [
      'date of birth',
      'birthdate',
      'geburtstag',
      'geburtsdatum',
      'geb',
      'geb datum',
    ]),
    field('position_company', 'text', 'Further companies', [], {
      reference: { resource: 'company', by: 'name', many: true },
      columns: [],
      exported: positionExported('companies'),
    }),
    field('position_role', 'text', positionLabels.position_role, [], {
      columns: [],
      exported: positionExported('roles'),
    }),
    field('position_started_on', 'text', positionLabels.position_started_on, [], {
      columns: [],
      exported: positionExported('started_on'),
    }),
    field('position_ended_on', 'text', positionLabels.position_ended_on, [], {
      columns: [],
      exported: positionExported('ended_on'),
    }),
    field('company', 'text', 'Company', companyNames, {
      reference: { resource: 'company', by: 'name' },
      columns: ['company_id'],
    }),
    owner(),
    field('lead_status', 'select', 'Lead status', ['status', 'lead state'], {
      values: leadStatuses,
      aliases: {
        open: 'new',
        contacted: 'working',
        connected: 'working',
        'in progress': 'working',
        disqualified: 'unqualified',
        neu: 'new',
        offen: 'new',
        kontaktiert: 'working',
        'in bearbeitung': 'working',
        qualifiziert: 'qualified',
        unqualifiziert: 'unqualified',
        'nicht qualifiziert': 'unqualified',
      },
    }),
    field(
      'lifecycle_stage',
      'select',
      'Lifecycle stage',
      ['lifecycle', 'lifecyclestage', 'lifecycle phase', 'lebenszyklusphase'],
      {
        values: lifecycleStages,
        aliases: {
          'marketing qualified lead': 'lead',
          'sales qualified lead': 'lead',
          opportunity: 'lead',
          abonnent: 'subscriber',
          interessent: 'lead',
          kunde: 'customer',
          ehemalig: 'former',
          'ehemaliger kunde': 'former',
        },
      },
    ),
    ...address(),
    field(
      'consent_email',
      'select',
      'Consent to e-mail',
      [
        'consent',
        'marketing consent',
        'opt in',
        'email opt in',
        'newsletter',
        'gdpr consent',
        'einwilligung',
        'werbeeinwilligung',
      ],
      {
        values: consents,
        aliases: {
          yes: 'granted',
          true: 'granted',
          ja: 'granted',
          '1': 'granted',
          no: 'denied',
          false: 'denied',
          nein: 'denied',
          '0': 'denied',
        },
      },
    ),
    ...textsOf(contact),
    tags(),
    note('notes', 'notiz', 'notizen', 'bemerkung', 'bemerkungen', 'comment', 'comments', 'kommentar'),
    {
      ...field('positions', 'text', 'Positions', [], {
        readOnly: true,
        columns: [],
        exported: positionExported('lines'),
      }),
      names: 'company',
    },
  ],
  presets: contactPresets,
  convertedColumns: personHeader,
  contract: contact,
  formats: { vcf: cardFormat },
  keys: [
    { from: ['holdfast_id'], columns: ['id'] },
    { from: ['external_id'], columns: ['external_id'] },
  ],
  namedBy: ['name', 'email', 'external_id'],
  alike: { column: 'name', detail: personDetail },
  sharing: samePerson,
  ruleFields: {
    name: { from: ['name', 'given_name', 'family_name', 'full_name'] },
    email: { column: 'email_key' },
    company: { column: 'company_id' },
  },
  defaults: ({ owner_id }) => ({ owner_id, consent_email: 'unknown' }),
  shape: shapeContact,
  prepare: checkPositions,
  attach: addPositions,
  check: requireNames,
};

async function requireNames(_: Load, rows: LoadRow[]): Promise<void> {
  for (const row of rows)
    if (!row.found && !isNamed(textsOfRow(row)))
      refuseRow(row, 'required', 'A contact needs a name, an e-mail address or a phone number.');
}

/** The columns that the database works out itself are worked out here too, to find the contact by them. */
function shapeContact({ values }: LoadRow): void {
  if (values.full_name && !values.given_name && !values.family_name) {
    Object.assign(values, splitFullName(values.full_name));
  }
  values.email_key = values.email?.toLowerCase() ?? null;
  const name = `${values.given_name ?? ''} ${values.family_name ?? ''}`.trim();
  values.name = name || values.email || values.phone || null;
}
