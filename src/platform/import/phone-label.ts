import { words } from './header-match.ts';

/** By what stands in the name of a column of telephone numbers: what its numbers are for. */
const places: readonly (readonly [label: string, ...words: string[]])[] = [
  ['Work', 'work', 'business', 'office', 'geschaftlich', 'dienstlich', 'buro', 'diensttelefon', 'geschaft', 'arbeit'],
  ['Home', 'home', 'private', 'personal', 'privat', 'festnetz', 'privattelefon'],
];
const kinds: readonly (readonly [label: string, ...words: string[]])[] = [
  [
    'Mobile',
    'mobile',
    'cell',
    'cellphone',
    'cellular',
    'mobil',
    'handy',
    'mobiltelefon',
    'mobilnummer',
    'mobilnr',
    'handynummer',
    'handynr',
    'mobiltelefonnummer',
    'mobilephone',
  ],
  ['Fax', 'fax', 'telefax', 'faxnummer'],
  ['Main', 'main', 'zentrale', 'switchboard', 'haupttelefon'],
];

/**
 * `Telefon geschäftlich` is Work, `Business Fax` is Work Fax, as address books call them. Null where the name says no
 * more than that it is a number.
 */
export function phoneLabel(column: string): string | null {
  const own = new Set([...words(column), words(column).join('')]);
  const of = (table: typeof places) => table.find(([, ...known]) => known.some((word) => own.has(word)))?.[0];
  return [of(places), of(kinds)].filter(Boolean).join(' ') || null;
}
