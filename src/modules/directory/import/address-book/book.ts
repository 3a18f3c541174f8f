import { nobody, type Person, type PersonAddress } from '../../vcard/index.ts';

/** A row of an address book, by its columns. Taking a cell marks its column as one that needs no place of its own. */
export class BookRow {
  readonly #cells: ReadonlyMap<string, string>;
  readonly #taken: Set<string>;
  readonly #groups: ReadonlySet<string>;

  constructor(cells: ReadonlyMap<string, string>, taken: Set<string>, groups: ReadonlySet<string>) {
    this.#cells = cells;
    this.#taken = taken;
    this.#groups = groups;
  }

  /** Whether there are columns such as `E-mail 2 - Value`, of the group `E-mail 2`. */
  has(group: string): boolean {
    return this.#groups.has(group);
  }

  take(column: string): string {
    const text = this.#cells.get(column);
    if (text === undefined) return '';
    this.#taken.add(column);
    return text.trim();
  }

  /** The first of these columns that has a value; all of them are taken. */
  takeFirst(...columns: string[]): string | null {
    return this.takeAll(...columns)[0] ?? null;
  }

  takeAll(...columns: string[]): string[] {
    return columns.map((column) => this.take(column)).filter((text) => text !== '');
  }
}

/**
 * The groups of columns of a file. Few of those that a product could write are there, and each row would look for all.
 */
export const groupsOf = (columns: readonly string[]): ReadonlySet<string> =>
  new Set(columns.map((column) => column.split(' ', 2).join(' ')));

/** How one program writes people into a table. */
export interface AddressBook {
  product: string;
  /** Each of these groups has to be there, by one of its columns. */
  signs: readonly (readonly string[])[];
  /** What the product writes into columns of which nobody said anything: no value. */
  blanks?: Readonly<Record<string, string>>;
  read: (row: BookRow) => Person;
}

export const person = (more: Partial<Person>): Person => ({ ...nobody(), ...more });

export const oneLine = (text: string | null | undefined): string | null =>
  text
    ?.split(/[\r\n]/)
    .map((line) => line.trim())
    .filter(Boolean)
    .join(', ') || null;

export const isAddress = ({ label: _, ...parts }: PersonAddress): boolean => Object.values(parts).some(Boolean);
