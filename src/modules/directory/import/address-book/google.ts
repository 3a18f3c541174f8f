import type { LabelledValue } from '../../../../kernel/contract/fields.ts';
import type { PersonAddress } from '../../vcard/index.ts';
import { type AddressBook, type BookRow, isAddress, oneLine, person } from './book.ts';

/** Of several values in a cell. */
const separator = ' ::: ';
const groups_max = 20;

const split = (text: string): string[] => text.split(separator.trim()).map((value) => value.trim());
/** `* Work` is what stands first in the list of the product. */
const labelOf = (row: BookRow, group: string): string | null =>
  row.takeFirst(`${group} - Label`, `${group} - Type`)?.replace(/^\*\s*/, '') || null;

function readGroups<T>(row: BookRow, name: string, read: (group: string) => T[]): T[] {
  return Array.from({ length: groups_max }, (_, at) => `${name} ${at + 1}`)
    .filter((group) => row.has(group))
    .flatMap(read);
}

const valuesOf = (row: BookRow, name: string): LabelledValue[] =>
  readGroups(row, name, (group) => {
    const label = labelOf(row, group);
    return split(row.take(`${group} - Value`)).map((value) => ({ label, value }));
  }).filter(({ value }) => value !== '');

function addressesOf(row: BookRow, group: string): PersonAddress[] {
  const label = labelOf(row, group);
  const part = (name: string) => split(row.take(`${group} - ${name}`));
  const [formatted, street, extended, box] = [
    part('Formatted'),
    part('Street'),
    part('Extended Address'),
    part('PO Box'),
  ];
  const [city, region, postal, country] = [part('City'), part('Region'), part('Postal Code'), part('Country')];
  const count = Math.max(
    ...[formatted, street, extended, box, city, region, postal, country].map(({ length }) => length),
  );
  return Array.from({ length: count }, (_, at): PersonAddress => {
    const address = {
      label,
      street: null,
      city: city[at] || null,
      region: region[at] || null,
      postal_code: postal[at] || null,
      country: country[at] || null,
    };
    const lines = [street[at], extended[at], box[at]].filter((line) => line);
    const known = new Set(wordsOf([...lines, ...Object.values(address)].join(' ')));
    // The whole address repeats the parts; what it has beyond them belongs to the street.
    const beyond = (formatted[at] ?? '').split('\n').filter((line) => wordsOf(line).some((word) => !known.has(word)));
    return { ...address, street: oneLine([...lines, ...beyond].join(', ')) };
  }).filter(isAddress);
}

const wordsOf = (text: string): string[] => text.split(/[\s,]+/).filter((word) => word !== '');

function positionsOf(row: BookRow) {
  const named = (group: string) => {
    const company = row.takeFirst(`${group} - Name`, `${group} Name`);
    const role = row.takeFirst(`${group} - Title`, `${group} Title`);
    return company || role ? [{ company, role }] : [];
  };
  return [...named('Organization'), ...readGroups(row, 'Organization', named)];
}

/** The groups of the product itself begin with a star, such as `* myContacts`. */
const tagsOf = (row: BookRow): string[] =>
  split(row.takeFirst('Labels', 'Group Membership') ?? '').filter((label) => label !== '' && !label.startsWith('*'));

/** The columns of today's exports and those of exports before 2024. */
export const google: AddressBook = {
  product: 'Google Contacts',
  signs: [
    [
      'E-mail 1 - Value',
      'Phone 1 - Value',
      'Group Membership',
      'Organization Name',
      'Organization 1 - Name',
      'Address 1 - City',
    ],
  ],
  read: (row) => {
    const given_name = row.takeFirst('First Name', 'Given Name');
    const family_name = row.takeFirst('Last Name', 'Family Name');
    // Older exports give the whole name, too.
    const name = row.takeFirst('Name');
    return person({
      given_name: given_name ?? (family_name ? null : name),
      family_name,
      salutation: row.takeFirst('Name Prefix'),
      middle_name: row.takeFirst('Middle Name', 'Additional Name'),
      suffix: row.takeFirst('Name Suffix'),
      emails: valuesOf(row, 'E-mail'),
      phones: valuesOf(row, 'Phone'),
      addresses: readGroups(row, 'Address', (group) => addressesOf(row, group)),
      sites: valuesOf(row, 'Website'),
      profiles: readGroups(row, 'IM', (group) => {
        const label = row.takeFirst(`${group} - Service`) ?? labelOf(row, group);
        return split(row.take(`${group} - Value`)).map((value) => ({ label, value }));
      }).filter(({ value }) => value !== ''),
      birthday: row.takeFirst('Birthday'),
      positions: positionsOf(row),
      tags: tagsOf(row),
      notes: row.takeAll('Notes'),
    });
  },
};
