import type { LabelledValue } from '../../../../kernel/contract/fields.ts';
import type { PersonAddress } from '../../vcard/index.ts';
import { type AddressBook, type BookRow, isAddress, oneLine, person } from './book.ts';

type Places = readonly (readonly [label: string | null, ...columns: string[]])[];

const emails: Places = [
  [null, 'E-mail Address', 'E-Mail-Adresse'],
  [null, 'E-mail 2 Address', 'E-Mail 2: Adresse', 'E-Mail-Adresse 2'],
  [null, 'E-mail 3 Address', 'E-Mail 3: Adresse', 'E-Mail-Adresse 3'],
];

const phones: Places = [
  ['Main', 'Primary Phone', 'Haupttelefon'],
  ['Work', 'Business Phone', 'Telefon geschäftlich', 'Telefon (geschäftlich)'],
  ['Work', 'Business Phone 2', 'Telefon geschäftlich 2', 'Telefon (geschäftlich 2)'],
  ['Mobile', 'Mobile Phone', 'Mobiltelefon'],
  ['Mobile', 'Mobile Phone 2', 'Mobiltelefon 2'],
  ['Home', 'Home Phone', 'Telefon privat', 'Telefon (privat)'],
  ['Home', 'Home Phone 2', 'Telefon privat 2', 'Telefon (privat 2)'],
  ['Company', 'Company Main Phone', 'Telefon Firma', 'Telefon (Firma)'],
  ['Other', 'Other Phone', 'Weiteres Telefon'],
  ['Car', 'Car Phone', 'Autotelefon'],
  ['Assistant', "Assistant's Phone", 'Telefon Assistent'],
  ['Callback', 'Callback', 'Rückmeldung'],
  ['Work fax', 'Business Fax', 'Fax geschäftlich'],
  ['Home fax', 'Home Fax', 'Fax privat'],
  ['Other fax', 'Other Fax', 'Weiteres Fax'],
  ['Pager', 'Pager'],
  ['Radio', 'Radio Phone', 'Mobilfunk'],
  ['ISDN', 'ISDN'],
  ['Telex', 'Telex'],
  ['TTY', 'TTY/TDD Phone', 'Telefon für Hörbehinderte', 'Texttelefon'],
];

/** Street, city, region, postal code and country; several columns of a part are written one after the other. */
const addresses: readonly (readonly [label: string, ...parts: (readonly string[])[]])[] = [
  [
    'Work',
    [
      'Business Street',
      'Business Street 2',
      'Business Street 3',
      'Business Address PO Box',
      'Straße geschäftlich',
      'Straße geschäftlich 2',
      'Straße geschäftlich 3',
      'Postfach geschäftlich',
    ],
    ['Business City', 'Ort geschäftlich'],
    ['Business State', 'Region geschäftlich', 'Bundesland/Kanton geschäftlich'],
    ['Business Postal Code', 'Postleitzahl geschäftlich'],
    ['Business Country/Region', 'Business Country', 'Land/Region geschäftlich'],
  ],
  [
    'Home',
    [
      'Home Street',
      'Home Street 2',
      'Home Street 3',
      'Home Address PO Box',
      'Straße privat',
      'Straße privat 2',
      'Straße privat 3',
      'Postfach privat',
    ],
    ['Home City', 'Ort privat'],
    ['Home State', 'Bundesland/Kanton privat', 'Region privat'],
    ['Home Postal Code', 'Postleitzahl privat'],
    ['Home Country/Region', 'Home Country', 'Land/Region privat'],
  ],
  [
    'Other',
    [
      'Other Street',
      'Other Street 2',
      'Other Street 3',
      'Other Address PO Box',
      'Weitere Straße',
      'Weitere Straße 2',
      'Weitere Straße 3',
      'Weiteres Postfach',
    ],
    ['Other City', 'Weiterer Ort'],
    ['Other State', 'Weiteres/r Bundesland/Kanton'],
    ['Other Postal Code', 'Weitere Postleitzahl'],
    ['Other Country/Region', 'Other Country', 'Weiteres/e Land/Region'],
  ],
];

/** What is written where nobody said anything. */
const blanks: Readonly<Record<string, string>> = {
  'E-mail Type': 'SMTP',
  'E-mail 2 Type': 'SMTP',
  'E-mail 3 Type': 'SMTP',
  'E-Mail-Typ': 'SMTP',
  'E-Mail 2: Typ': 'SMTP',
  'E-Mail 3: Typ': 'SMTP',
  Gender: 'Unspecified',
  Geschlecht: 'Keine Angabe',
  Priority: 'Normal',
  Priorität: 'Normal',
  Sensitivity: 'Normal',
  Vertraulichkeit: 'Normal',
  Private: 'False',
  Privat: 'Falsch',
};

const valuesOf = (row: BookRow, places: Places): LabelledValue[] =>
  places.flatMap(([label, ...columns]) => {
    const value = row.takeFirst(...columns);
    return value ? [{ label, value }] : [];
  });

function addressesOf(row: BookRow): PersonAddress[] {
  return addresses
    .map(([label, ...parts]): PersonAddress => {
      const [street, city, region, postal_code, country] = parts.map((columns) =>
        oneLine(row.takeAll(...columns).join(', ')),
      );
      return { label, street: street!, city: city!, region: region!, postal_code: postal_code!, country: country! };
    })
    .filter(isAddress);
}

/** `0/0/00` is no day. */
const dayOf = (text: string | null): string | null => (text && /^[0./-]+$/.test(text) ? null : text);

/** The columns that Outlook exports as CSV, in English and in German. */
export const outlook: AddressBook = {
  product: 'Outlook',
  signs: [
    ['E-mail Address', 'E-Mail-Adresse'],
    ['Business Street', 'Home City', 'E-mail 2 Address', 'Straße geschäftlich', 'Ort privat', 'E-Mail 2: Adresse'],
    ['Last Name', 'Nachname', 'First Name', 'Vorname'],
  ],
  blanks,
  read: (row) => {
    const [company, role] = [row.takeFirst('Company', 'Firma'), row.takeFirst('Job Title', 'Position')];
    return person({
      given_name: row.takeFirst('First Name', 'Vorname'),
      salutation: row.takeFirst('Title', 'Anrede'),
      middle_name: row.takeFirst('Middle Name', 'Weitere Vornamen'),
      family_name: row.takeFirst('Last Name', 'Nachname'),
      suffix: row.takeFirst('Suffix'),
      emails: valuesOf(row, emails),
      phones: valuesOf(row, phones),
      addresses: addressesOf(row),
      sites: row.takeAll('Web Page', 'Personal Web Page', 'Webseite').map((value) => ({ label: null, value })),
      birthday: dayOf(row.takeFirst('Birthday', 'Geburtstag')),
      positions: company || role ? [{ company, role }] : [],
      tags: row
        .takeAll('Categories', 'Kategorien')
        .flatMap((text) => text.split(/[;,]/))
        .map((tag) => tag.trim())
        .filter(Boolean),
      notes: row.takeAll('Notes', 'Notizen'),
    });
  },
};
