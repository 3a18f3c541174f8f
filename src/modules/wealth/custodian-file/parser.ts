import { createHash } from 'node:crypto';
import { Decimal } from 'decimal.js';
import { storableText } from '../../../kernel/database/text.ts';
import { ParseError } from '../../../kernel/parsing/parse-error.ts';
import { misfits } from '../transaction-shape.ts';
import { readOfx } from './ofx.ts';
import { OfxError } from './ofx-tree.ts';
import type { Preset } from './presets.ts';
import type { FileProblem, FileStatement, FileTransaction, SecurityRef } from './row.ts';
import { securityOfCodes } from './security-codes.ts';
import { readTable, type UnknownTable } from './table.ts';

export interface FileInput {
  bytes: Uint8Array;
  /** What somebody said of a file that nobody knows. */
  own?: Preset | undefined;
  /** Of what the file gives no day. */
  day: string;
}

export interface FileAccount {
  /** As it stands in the file, which nobody but the server gets to see; empty where the file names none. */
  number: string;
  institution: string | null;
  currency: string | null;
  transactions: number;
  positions: number;
}

export interface FileSecurity extends SecurityRef {
  currency: string | null;
  rows: number;
}

/** A movement that sets another one off. */
export interface Correction {
  line: number;
  a: number;
  corrected: string;
  /** It stands for nothing else. */
  deletes: boolean;
}

/** A file as rows for the database, which only it reads: as many JSON arrays as there are batches. */
export interface ParsedFile {
  source: string;
  accounts: FileAccount[];
  securities: FileSecurity[];
  transactions: string[];
  positions: string[];
  corrections: Correction[];
  problems: FileProblem[];
  /** Repeated in a further statement of the same account. */
  repeated: number[];
  rows: number;
}

const batch_rows = 5_000;
const text_characters_max = 500;
const name_characters_max = 200;
/** A shorter number could be any number of a text. */
const number_signs_min = 6;
const rows_max = 500_000;
const positions_max = 20_000;
const accounts_max = 2_000;
const securities_max = 20_000;

/** Reads a file of a custodian, in a process of its own. */
export function parse({ bytes, own, day }: FileInput): ParsedFile | UnknownTable {
  const read = readAny(bytes, own, day);
  if ('columns' in read) return read;
  const book = new Book();
  for (const statement of read.statements) book.add(statement, day);
  const { problems, rows } = read;
  return { ...book.parsed(), source: read.source, problems: [...problems, ...book.problems], rows: rows + book.cash };
}

function readAny(bytes: Uint8Array, own: Preset | undefined, day: string) {
  const head = Buffer.from(bytes.subarray(0, 10_000)).toString('latin1').toUpperCase();
  if (own || !(head.includes('<OFX') || head.includes('OFXHEADER'))) {
    const table = readTable(bytes, own, day);
    if ('columns' in table) return table;
    return { ...table, source: [...new Set(table.presets.map(({ product }) => product))].join(', ') };
  }
  try {
    return { ...readOfx(bytes), source: 'OFX' };
  } catch (error) {
    throw error instanceof OfxError ? new ParseError('not_ofx', error.message) : error;
  }
}

/** Gathers the statements of a file: accounts and securities once each, rows as the database takes them. */
class Book {
  readonly problems: FileProblem[] = [];
  cash = 0;
  readonly #accounts = new Map<string, number>();
  readonly #securities = new Map<string, number>();
  readonly #accountList: FileAccount[] = [];
  readonly #securityList: FileSecurity[] = [];
  readonly #transactions: { description: string | null; [column: string]: unknown }[] = [];
  readonly #positions: object[] = [];
  readonly #corrections: Correction[] = [];
  readonly #repeated: number[] = [];
  readonly #keys = new Set<string>();

  add(statement: FileStatement, day: string): void {
    const a = this.#accountOf(statement);
    const account = this.#accountList[a]!;
    const seen = new Map<string, number>();
    for (const row of statement.transactions) this.#addTransaction(row, a, account, seen);
    for (const { line, security, quantity, price, value, as_of, currency } of statement.positions) {
      const s = this.#securityOf(security, currency ?? statement.currency);
      if (this.#refuseLarge(line, { quantity, price }, 10) || this.#refuseLarge(line, { value }, 12)) continue;
      this.#positions.push({
        line,
        a,
        s,
        day: as_of,
        quantity,
        price,
        value,
        currency: currency ?? statement.currency,
      });
      account.positions++;
    }
    if (!statement.cash) return;
    const { amount, as_of } = statement.cash;
    this.cash++;
    const on = as_of ?? statement.to ?? day;
    this.#positions.push({
      line: 0,
      a,
      s: null,
      day: on,
      quantity: amount,
      price: null,
      value: amount,
      currency: statement.currency,
    });
    account.positions++;
  }

  parsed() {
    const tooMany =
      this.#transactions.length > rows_max ||
      this.#positions.length > positions_max ||
      this.#accountList.length > accounts_max ||
      this.#securityList.length > securities_max;
    if (tooMany)
      throw new ParseError('too_large', 'This file has too many rows. Ask for a shorter period, or split it.');
    return {
      accounts: this.#accountList,
      securities: this.#securityList,
      transactions: batches(this.#withoutNumbers()),
      positions: this.#positions.length > 0 ? [JSON.stringify(this.#positions)] : [],
      corrections: this.#corrections,
      repeated: this.#repeated,
    };
  }

  /** Texts also name other accounts of the file, such as where a transfer goes. */
  #withoutNumbers(): object[] {
    const numbers = this.#accountList
      .map(({ number }) => number.replace(/[^\p{L}\p{N}]/gu, '').toLowerCase())
      .filter(({ length }) => length >= number_signs_min);
    const cut = (text: string) => numbers.reduce(withoutNumber, text);
    return this.#transactions.map((row) =>
      row.description && /\d/.test(row.description) ? { ...row, description: cut(row.description) } : row,
    );
  }

  #addTransaction(row: FileTransaction, a: number, account: FileAccount, seen: Map<string, number>): void {
    const { line, corrects, security } = row;
    if (corrects?.how === 'delete') {
      this.#corrections.push({ line, a, corrected: corrects.external_id, deletes: true });
      account.transactions++;
      return;
    }
    const moved = fitted(row);
    const wrong = misfits({ ...moved, security_id: security })[0];
    if (wrong)
      return void this.problems.push({ line, message: `${titles[wrong.field] ?? wrong.field}: ${wrong.message}` });
    const { quantity, price, amount, fees, taxes } = moved;
    if (this.#refuseLarge(line, { quantity, price }, 10) || this.#refuseLarge(line, { amount, fees, taxes }, 12))
      return;
    const key = row.external_id === null ? contentKey(moved) : storableText(row.external_id, name_characters_max);
    const occurrence = (seen.get(key) ?? 0) + 1;
    seen.set(key, occurrence);
    account.transactions++;
    const place = JSON.stringify([a, key, occurrence]);
    if (this.#keys.has(place)) return void this.#repeated.push(line);
    this.#keys.add(place);
    if (corrects) this.#corrections.push({ line, a, corrected: corrects.external_id, deletes: false });
    const s = security ? this.#securityOf(security, moved.currency) : null;
    const { kind, traded_on, settled_on, currency } = moved;
    const description = moved.description && storableText(moved.description, text_characters_max);
    this.#transactions.push({
      line,
      a,
      s,
      kind,
      traded_on,
      settled_on,
      quantity,
      price,
      amount,
      currency,
      fees,
      taxes,
      description,
      external_id: key,
      occurrence,
    });
  }

  #refuseLarge(line: number, numbers: Record<string, string | null>, whole: number): boolean {
    const wrong = Object.entries(numbers).find(
      ([, value]) => value !== null && new Decimal(value).abs().gte(new Decimal(10).pow(whole)),
    );
    if (wrong) this.problems.push({ line, message: `${titles[wrong[0]] ?? wrong[0]}: This is too large a number` });
    return wrong !== undefined;
  }

  #accountOf({ account: { number, institution }, currency }: FileStatement): number {
    const key = number.toLowerCase().replace(/[\s-]/g, '');
    const known = this.#accounts.get(key);
    if (known !== undefined) return known;
    this.#accountList.push({ number, institution, currency, transactions: 0, positions: 0 });
    this.#accounts.set(key, this.#accountList.length - 1);
    return this.#accountList.length - 1;
  }

  #securityOf(given: SecurityRef, currency: string | null): number {
    const { isin, cusip, ticker, other_id, name } = given;
    // A code that its check digit does not fit is only what the custodian calls it.
    const security = securityOfCodes([isin ?? '', cusip ?? '', ticker ?? ''], other_id ?? '', name ?? '') ?? given;
    const key = security.isin ?? security.cusip ?? security.ticker ?? security.other_id ?? security.name ?? '';
    const known = this.#securities.get(key);
    if (known !== undefined) {
      this.#securityList[known]!.rows++;
      return known;
    }
    const cut = (text: string | null) => text && storableText(text, name_characters_max);
    this.#securityList.push({
      ...security,
      other_id: cut(security.other_id),
      name: cut(security.name),
      currency,
      rows: 1,
    });
    this.#securities.set(key, this.#securityList.length - 1);
    return this.#securityList.length - 1;
  }
}

const titles: Record<string, string> = {
  quantity: 'Quantity',
  amount: 'Amount',
  price: 'Price',
  value: 'Value',
  fees: 'Fees',
  taxes: 'Taxes',
  security_id: 'Security',
};

/** The numbers of a row with the signs and parts that go with its kind, whatever the file writes. */
function fitted(row: FileTransaction): FileTransaction {
  const amount = row.amount === null ? null : new Decimal(row.amount);
  const quantity = row.quantity === null || new Decimal(row.quantity).isZero() ? null : new Decimal(row.quantity);
  const units = (sign: 1 | -1) => quantity?.abs().mul(sign).toFixed() ?? null;
  switch (row.kind) {
    case 'buy':
    case 'reinvestment':
      return { ...row, quantity: units(1) };
    case 'sell':
    case 'transfer_out':
      return { ...row, quantity: units(-1) };
    case 'transfer_in':
      return { ...row, quantity: units(1) };
    case 'deposit':
    case 'withdrawal': {
      const kind = !amount || amount.isZero() ? 'other' : amount.isNegative() ? 'withdrawal' : 'deposit';
      return { ...row, kind, quantity: null };
    }
    case 'fee':
    case 'tax':
    case 'exchange':
    case 'dividend':
    case 'interest':
    case 'capital_gain':
      return { ...row, quantity: null };
    default:
      return { ...row, quantity: quantity?.toFixed() ?? null };
  }
}

/**
 * What stands for a row whose custodian gives it no number: all that it says, so that a second file with the same row
 * has the same.
 */
function contentKey({
  kind,
  traded_on,
  security,
  quantity,
  price,
  amount,
  fees,
  currency,
  description,
}: FileTransaction): string {
  const said = security && (security.isin ?? security.cusip ?? security.ticker ?? security.other_id ?? security.name);
  const content = JSON.stringify([kind, traded_on, said, quantity, price, amount, fees, currency, description]);
  return `row:${createHash('sha256').update(content).digest('hex').slice(0, 32)}`;
}

const separators = ' .-';

/** A text in which the number of an account, which is sealed elsewhere, shows only its end, however it is separated. */
function withoutNumber(text: string, wanted: string): string {
  const signs = [...text];
  const places = signs.flatMap((sign, at) => (separators.includes(sign) ? [] : [{ sign: sign.toLowerCase(), at }]));
  const plain = places.map(({ sign }) => (sign.length === 1 ? sign : '?')).join('');
  let from = plain.lastIndexOf(wanted);
  if (from < 0) return text;
  for (; from >= 0; from = from < wanted.length ? -1 : plain.lastIndexOf(wanted, from - wanted.length)) {
    const [begin, end] = [places[from]!.at, places[from + wanted.length - 1]!.at];
    signs.splice(begin, end - begin + 1, '…', ...wanted.slice(-4));
  }
  return signs.join('');
}

function batches(rows: readonly object[]): string[] {
  const made: string[] = [];
  for (let at = 0; at < rows.length; at += batch_rows) made.push(JSON.stringify(rows.slice(at, at + batch_rows)));
  return made;
}
