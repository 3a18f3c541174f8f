import { CsvError, parse } from 'csv-parse/sync';
import { Decimal } from 'decimal.js';
import { ParseError } from '../../../kernel/parsing/parse-error.ts';
import type { TransactionKind } from '../transaction/contract.ts';
import { dayIn, decimalIn, tradeIn } from './numbers.ts';
import { type FileField, type KindRule, type Preset, presets, type RowKind } from './presets.ts';
import type { CustodianFile, FileStatement, FileTransaction, SecurityRef } from './row.ts';
import { securityOfCodes } from './security-codes.ts';

/** A row that is not taken, with the reason. */
class RowError extends Error {
  readonly skipped: boolean;
  constructor(message: string, skipped = false) {
    super(message);
    this.skipped = skipped;
  }
}

interface Table extends CustodianFile {
  /** Which presets the file was read by. */
  presets: readonly Preset[];
}

interface Line {
  number: number;
  cells: string[];
}

/** What nobody recognises, for somebody to say what its columns are. */
export interface UnknownTable {
  columns: string[];
  samples: string[][];
}

const record_bytes_max = 1_000_000;
const head_lines_max = 200;
const delimiters = [';', ',', '\t'] as const;

/**
 * Reads a table of a custodian by the preset whose columns it has, wherever in the file they begin; a file may have
 * several tables, and lines around them. `own`: what somebody said of a file that no preset knows. `day`: of positions,
 * where the file says none.
 */
export function readTable(bytes: Uint8Array, own: Preset | undefined, day: string): Table | UnknownTable {
  const text = decode(bytes);
  const known = own ? [own] : presets;
  for (const delimiter of delimitersBy(text)) {
    const lines = linesOf(text, delimiter);
    const found = readLines(lines, known, day);
    if (found) return found;
  }
  const lines = linesOf(text, delimitersBy(text)[0]!);
  const widest = Math.max(0, ...lines.slice(0, head_lines_max).map(({ cells }) => cells.length));
  const head = lines.findIndex(
    ({ cells }) => cells.length === widest && cells.filter((cell) => cell.trim()).length > 1,
  );
  if (head < 0 || widest < 3) throw new ParseError('unreadable', 'This file is no table and no OFX file.');
  return {
    columns: lines[head]!.cells.map((cell) => cell.trim()),
    samples: lines.slice(head + 1, head + 6).map(({ cells }) => cells.map((cell) => cell.slice(0, 200))),
  };
}

function decode(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder(bytes[0] === 0xff && bytes[1] === 0xfe ? 'utf-16le' : 'windows-1252').decode(bytes);
  }
}

/** The one that stands most often in the first lines is tried first. */
function delimitersBy(text: string): string[] {
  const head = text.slice(0, 20_000);
  const count = (sign: string) => head.split(sign).length;
  return delimiters.toSorted((a, b) => count(b) - count(a));
}

function linesOf(text: string, delimiter: string): Line[] {
  try {
    const lines: Line[] = [];
    parse(text, {
      delimiter,
      bom: true,
      relax_column_count: true,
      relax_quotes: true,
      skip_empty_lines: true,
      max_record_size: record_bytes_max,
      on_record: (cells: string[], { lines: number }) => {
        if (cells.some((cell) => cell.trim() !== '')) lines.push({ number, cells });
        return null;
      },
    });
    return lines;
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    throw new ParseError('unreadable', `Row ${error.lines ?? '?'} of the file cannot be read: a quote is not closed.`);
  }
}

const plain = (cell: string): string => cell.replaceAll('\ufeff', '').trim().replace(/\s+/g, ' ').toLowerCase();

interface Section {
  preset: Preset;
  at: Map<FileField, number>;
  /** Of those of which several are added up. */
  all: Map<FileField, number[]>;
  names: string[];
}

/** The columns of a preset in a row; undefined when the row is not the head of its table. */
function sectionOf(preset: Preset, cells: readonly string[]): Section | undefined {
  if (preset.section !== undefined && cells[0] !== preset.section) return undefined;
  const names = cells.map(plain);
  const place = (name: string) => {
    const [column, further] = name.split('+');
    const at = names.indexOf(column!);
    return at < 0 ? -1 : at + Number(further ?? 0);
  };
  const all = new Map<FileField, number[]>();
  for (const [field, alternatives] of Object.entries(preset.columns) as [FileField, readonly string[]][]) {
    const found = alternatives.map(place).filter((at) => at >= 0);
    if (found.length > 0) all.set(field, found);
  }
  if (!preset.required.every((field) => all.has(field))) return undefined;
  return { preset, at: new Map([...all].map(([field, [first]]) => [field, first!])), all, names };
}

const added_up: ReadonlySet<FileField> = new Set(['fees', 'taxes']);

function readLines(lines: readonly Line[], known: readonly Preset[], day: string): Table | undefined {
  const words = new Set(known.flatMap(({ columns }) => Object.values(columns).flat()));
  // Of rows of data one of the first cells has a digit, which the names of columns do not have.
  const isHead = (cells: readonly string[]) =>
    !cells.some((cell) => /\d/.test(cell)) && cells.filter((cell) => words.has(plain(cell))).length >= 2;
  const table: Table = { statements: [], securities: [], problems: [], rows: 0, presets: [] };
  const used = new Set<Preset>();
  const statements = new Map<string, FileStatement>();
  const above: string[][] = [];
  let section: Section | undefined;
  for (const { number, cells } of lines) {
    const begun = isHead(cells)
      ? known.flatMap((preset) => sectionOf(preset, cells) ?? []).sort((a, b) => b.at.size - a.at.size)[0]
      : undefined;
    if (begun) {
      section = begun;
      used.add(begun.preset);
      continue;
    }
    if (!section) {
      if (above.length < head_lines_max) above.push(cells);
      continue;
    }
    table.rows++;
    try {
      takeRow(section, { number, cells }, { above, day, statements });
    } catch (error) {
      if (!(error instanceof RowError)) throw error;
      table.problems.push({ line: number, message: error.message, ...(error.skipped && { skipped: true as const }) });
    }
  }
  return section ? { ...table, statements: [...statements.values()], presets: [...used] } : undefined;
}

interface Around {
  above: readonly string[][];
  day: string;
  statements: Map<string, FileStatement>;
}

function takeRow(section: Section, line: Line, { above, day, statements }: Around): void {
  const { preset } = section;
  const read = readerOf(section, line);
  if (preset.section !== undefined && line.cells[0] !== preset.section)
    throw new RowError('It belongs to another part of the file', true);
  const beside = (label: string | undefined) => {
    if (label === undefined) return '';
    const row = above.find((cells) => cells.some((cell) => cell.trim() === label));
    return row?.slice(row.findIndex((cell) => cell.trim() === label) + 1).find((cell) => cell.trim() !== '') ?? '';
  };
  const number = (read.text('account') || beside(preset.head?.account)).trim();
  const currency = currencyOf(read.text('currency') || beside(preset.head?.currency) || preset.currency || '');
  const made =
    preset.of === 'positions'
      ? { position: positionOf(read, line, currency, day) }
      : { transaction: transactionOf(section, read, line, currency) };
  const statement = statements.get(number) ?? {
    account: { number, institution: preset.product, kind: null },
    currency: preset.columns.currency ? null : currency,
    from: null,
    to: null,
    transactions: [],
    positions: [],
    cash: null,
  };
  statements.set(number, statement);
  if (made.transaction) statement.transactions.push(made.transaction);
  if (made.position) statement.positions.push(made.position);
}

type Reader = ReturnType<typeof readerOf>;

function readerOf({ preset, at, all, names }: Section, { cells }: Line) {
  const cell = (column: number | undefined) => (column === undefined ? '' : (cells[column] ?? '').trim());
  const text = (field: FileField) => {
    const found = cell(at.get(field));
    return found === '-' ? '' : found;
  };
  const numberAt = (column: number) => {
    const value = decimalIn(cell(column), preset.decimal);
    if (value === undefined)
      throw new RowError(
        `“${cell(column).slice(0, 60)}” is not a number (${names[column] || 'a column without a name'})`,
      );
    return value;
  };
  const number = (field: FileField): string | null => {
    const column = at.get(field);
    return column === undefined ? null : numberAt(column);
  };
  const sum = (field: FileField): string | null => {
    const found = (all.get(field) ?? []).flatMap((column) => numberAt(column) ?? []);
    return found.length === 0 ? null : found.reduce((total, one) => total.plus(one), new Decimal(0)).toFixed();
  };
  return { text, number: (field: FileField) => (added_up.has(field) ? sum(field) : number(field)) };
}

const currencies: ReadonlySet<string> = new Set(Intl.supportedValuesOf('currency'));
/** Prices on some exchanges are in hundredths of a currency that has a code of its own. */
const hundredths: Record<string, string> = { GBX: 'GBP', GBp: 'GBP', ILA: 'ILS', ZAC: 'ZAR' };

function currencyOf(code: string): string | null {
  if (code === '') return null;
  const known = hundredths[code] ?? code.toUpperCase();
  if (!currencies.has(known)) throw new RowError(`“${code.slice(0, 20)}” is no currency`);
  return known;
}

function positionOf(read: Reader, { number }: Line, currency: string | null, day: string) {
  const quantity = read.number('quantity');
  const security = securityIn(read, '', '');
  if (quantity === null || !security) throw new RowError('It names no security with a number of units', true);
  return {
    line: number,
    security,
    quantity,
    price: read.number('price'),
    value: read.number('value'),
    as_of: day,
    currency,
  };
}

function transactionOf({ preset }: Section, read: Reader, line: Line, currency: string | null): FileTransaction {
  const words = `${read.text('kind')} ${read.text('side')}`.trim();
  const amountText = read.text('amount') || read.text('gross');
  const dated = dayIn(read.text('traded_on'), preset.order);
  if (
    words === '' &&
    (amountText === '' || decimalIn(amountText, preset.decimal) === '0') &&
    read.text('quantity') === ''
  )
    throw new RowError('It is no movement, but a note or the rest of another row', true);
  const rule = ruleFor(preset.kinds, words);
  if (rule?.[1] === 'skip') throw new RowError(rule[2]?.why ?? 'It is no movement', true);
  if (words !== '' && dated === null && read.text('kind') === '') throw new RowError('It has no date', true);
  if (dated === null && ruleFor(preset.kinds, words) === undefined && amountText !== '' && words === '')
    throw new RowError('It is a sum of other rows', true);
  if (!rule)
    throw new RowError(
      words === '' ? 'It does not say what it is' : `“${words.slice(0, 60)}” is no kind that is known`,
    );
  if (dated === null) throw new RowError(`“${read.text('traded_on').slice(0, 40)}” is not a day`);
  const settledText = read.text('settled_on');
  const settled_on = settledText === '' ? null : dayIn(settledText, preset.order);
  if (settledText !== '' && settled_on === null) throw new RowError(`“${settledText.slice(0, 40)}” is not a day`);
  const traded =
    preset.traded_in && traded_kinds.has(rule[1]) ? tradeIn(read.text(preset.traded_in), preset.decimal) : undefined;
  const quantity = read.number('quantity') ?? traded?.quantity ?? null;
  const isPriceElsewhere = read.text('price_currency') !== '' && read.text('price_currency').toUpperCase() !== currency;
  const price = isPriceElsewhere ? null : (read.number('price') ?? traded?.price ?? null);
  const security = securityIn(read, traded?.code ?? '', traded?.name ?? '');
  const made = {
    line: line.number,
    external_id: read.text('external_id').slice(0, 200) || null,
    corrects: null,
    traded_on: dated,
    settled_on,
    fees: absolute(read.number('fees')),
    taxes: absolute(read.number('taxes')),
    currency,
    description: read.text('description').slice(0, 500) || null,
  };
  const quoted = price !== null && preset.price_in_hundredths ? new Decimal(price).div(100).toFixed() : price;
  const moved = {
    quantity,
    price: quoted,
    amount: read.number('amount'),
    gross: read.number('gross'),
    fees: made.fees,
  };
  return { ...made, ...directed(rule, moved, security, { currency, code: read.text('ticker') }) };
}

function ruleFor(kinds: readonly KindRule[], words: string): KindRule | undefined {
  const small = words.toLowerCase();
  return kinds.find(([begins]) => small.startsWith(begins));
}

/** Of which the words say how many units they are. */
const traded_kinds: ReadonlySet<RowKind> = new Set(['buy', 'sell', 'reinvestment', 'trade', 'split', 'merger']);

interface Moved {
  quantity: string | null;
  price: string | null;
  amount: string | null;
  gross: string | null;
  fees: string | null;
}

const holds_units: ReadonlySet<RowKind> = new Set([
  'buy', 'sell', 'reinvestment', 'transfer_in', 'transfer_out', 'split', 'merger', 'spin_off', 'correction', 'other',
]); // biome-ignore format: a list of words

/** The kind of a row, and its numbers with the signs that go with it: files do not agree on them. */
function directed(
  [, named, { sign } = {}]: KindRule,
  { quantity, price, amount, gross, fees }: Moved,
  security: SecurityRef | null,
  paid: { currency: string | null; code: string },
): Pick<FileTransaction, 'kind' | 'quantity' | 'price' | 'amount' | 'security' | 'currency'> {
  const isLess = (value: string | null) => value?.startsWith('-') === true;
  const kind = ((): TransactionKind => {
    if (named === 'cash') return isLess(amount ?? quantity) ? 'withdrawal' : 'deposit';
    if (named === 'trade') return isLess(quantity) ? 'sell' : 'buy';
    if (named === 'transfer') return isLess(nonZero(quantity) ?? amount) ? 'transfer_out' : 'transfer_in';
    return named as TransactionKind;
  })();
  // Money that the file counts as units of a currency.
  const isMoney =
    (kind === 'deposit' || kind === 'withdrawal') && amount === null && currencies.has(paid.code.toUpperCase());
  const net = isMoney ? quantity : (amount ?? netOf(gross, kind, fees));
  const units = holds_units.has(kind) && security ? nonZero(quantity) : null;
  if ((kind === 'buy' || kind === 'sell') && !security) throw new RowError('It names no security that is traded');
  const isCoded =
    security !== null && (security.isin ?? security.cusip ?? security.ticker ?? security.other_id) !== null;
  return {
    kind,
    quantity: withSign(units, sign ?? unitSigns[kind]),
    price: units ? price : null,
    amount: kind === 'split' ? null : withSign(net, amountSigns[kind]),
    security: units || (isOfSecurity.has(kind) && isCoded) ? security : null,
    currency: isMoney ? paid.code.toUpperCase() : paid.currency,
  };
}

const isOfSecurity: ReadonlySet<TransactionKind> = new Set([
  'dividend', 'interest', 'capital_gain', 'return_of_capital', 'tax', 'fee', 'other', 'correction',
]); // biome-ignore format: a list of words
const unitSigns: Partial<Record<TransactionKind, 1 | -1>> = {
  buy: 1,
  reinvestment: 1,
  sell: -1,
  transfer_in: 1,
  transfer_out: -1,
  spin_off: 1,
};
const amountSigns: Partial<Record<TransactionKind, 1 | -1>> = {
  buy: -1,
  reinvestment: -1,
  sell: 1,
  deposit: 1,
  withdrawal: -1,
  transfer_in: 1,
  transfer_out: -1,
  return_of_capital: 1,
};

const nonZero = (value: string | null): string | null => (value === null || new Decimal(value).isZero() ? null : value);
const absolute = (value: string | null): string | null => (value === null ? null : new Decimal(value).abs().toFixed());
const withSign = (value: string | null, sign: 1 | -1 | undefined): string | null =>
  value === null || sign === undefined ? value : new Decimal(value).abs().mul(sign).toFixed();

/** What a trade does to the cash, where the file has only its value and the fee. */
function netOf(gross: string | null, kind: TransactionKind, fees: string | null): string | null {
  if (gross === null) return null;
  const paid = new Decimal(fees ?? 0);
  if (kind === 'buy') return new Decimal(gross).abs().plus(paid).neg().toFixed();
  if (kind === 'sell') return new Decimal(gross).abs().minus(paid).toFixed();
  return gross;
}

/** The security of a row, by what its columns and, in brackets, its words say. */
function securityIn(read: Reader, code: string, name: string): SecurityRef | null {
  const ticker = read.text('ticker');
  const bracketed = /\(([A-Z]{2}[0-9A-Z]{9}\d)\)/.exec(read.text('description').slice(0, 500))?.[1] ?? '';
  return securityOfCodes(
    [read.text('isin'), bracketed, read.text('cusip'), ticker.split(' (')[0]!, code],
    read.text('other_id'),
    read.text('name') || name,
  );
}
