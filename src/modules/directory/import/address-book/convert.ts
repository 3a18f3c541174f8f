import { csvLine } from '../../../../platform/csv/index.ts';
import { type Dialect, readRows, sniff } from '../../../../platform/import/table/index.ts';
import { personHeader, personLine } from '../../vcard/index.ts';
import { type AddressBook, BookRow, groupsOf } from './book.ts';
import { google } from './google.ts';
import { linkedin } from './linkedin.ts';
import { outlook } from './outlook.ts';

const books: readonly AddressBook[] = [google, outlook, linkedin];
const knownColumns = new Set(books.flatMap(({ signs }) => signs.flat()));
const text_characters = 64 * 1024;

/** An address book, by the product that writes it, as a file is written. */
export interface FoundBook {
  product: string;
  dialect: Dialect;
  columns: string[];
}

/** Which address book wrote a file, by its first bytes; undefined for any other file. */
export async function findAddressBook(sample: Uint8Array, complete: boolean): Promise<FoundBook | undefined> {
  const isKnownName = (text: string) => knownColumns.has(text.trim());
  const { dialect, columns, problems } = await sniff(sample, { complete, isKnownName });
  if (!dialect.header || problems.some(({ severity }) => severity === 'fatal')) return undefined;
  const names = new Set(columns);
  const book = books.find(({ signs }) => signs.every((group) => group.some((column) => names.has(column))));
  return book && { product: book.product, dialect, columns };
}

/**
 * The people of an address book as rows of contacts, in pieces: repeated groups of columns become labelled lists.
 * Columns of which nothing is made stand behind, as they are, and rows keep their numbers.
 */
export async function* bookAsCsv(
  source: AsyncIterable<Uint8Array>,
  { product, dialect, columns }: FoundBook,
): AsyncGenerator<string> {
  const book = books.find((one) => one.product === product)!;
  const taken = new Set<string>();
  const groups = groupsOf(columns);
  // The same columns are taken of every row.
  book.read(new BookRow(new Map(columns.map((column) => [column, ''])), taken, groups));
  const others = columns.flatMap((name, at) => (taken.has(name) ? [] : [{ name, at }]));
  let text = '';
  let line = 0;
  const write = (number: number, cells: string) => {
    text += '\r\n'.repeat(Math.max(0, number - line - 1)) + cells;
    line = Math.max(line + 1, number);
  };
  for await (const { rows } of readRows(source, dialect, { columns })) {
    for (const { number, cells, problems } of rows) {
      if (line === 0) write(number - 1, csvLine([...personHeader, ...others.map(({ name }) => name)]));
      const texts = new Map(columns.map((column, at) => [column, cells[at]!]));
      const person = book.read(new BookRow(texts, new Set(), groups));
      const broken = problems.filter(({ severity }) => severity === 'error');
      person.details.push(...broken.map(({ message }) => ({ label: 'Problem', value: message })));
      write(
        number,
        personLine(
          person,
          others.map(({ name, at }) => (cells[at] === book.blanks?.[name] ? '' : cells[at]!)),
        ),
      );
      if (text.length < text_characters) continue;
      yield text;
      text = '';
    }
  }
  yield text;
}
