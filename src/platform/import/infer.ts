import { decimalsOf } from '../../kernel/contract/currency.ts';
import { isCountry } from './country.ts';
import { type DateEvidence, type DateFormat, decideDateFormat, noDates, parseDate, weighDate } from './date.ts';
import { currenciesOf, currencyInName, splitMoney } from './money.ts';
import {
  decideNumberFormat,
  englishNumbers,
  isNumberLike,
  type NumberEvidence,
  type NumberFormat,
  noEvidence,
  parseNumber,
  weighNumber,
  withoutPercent,
} from './number.ts';
import type { ImportProblem, ImportQuestion } from './problem.ts';

export type ColumnType =
  | { kind: 'text' | 'email' | 'phone' | 'url' | 'boolean' | 'country' }
  | { kind: 'enum'; values: string[] }
  | { kind: 'integer' | 'decimal'; format: NumberFormat }
  | { kind: 'money'; format: NumberFormat; currency: string | null }
  | { kind: 'date'; format: DateFormat };

/** What the values of a column are taken for. */
export interface Reading {
  type: ColumnType;
  /** Texts such as `N/A` that stand for nothing in this column. */
  null_markers: string[];
  questions: ImportQuestion[];
  problems: ImportProblem[];
}

export interface ColumnProfile extends Reading {
  name: string;
  rows: number;
  blank: number;
  /** Of a column of mere text: what those of its values are that are dates or numbers, however few. */
  otherwise?: Reading[];
  /** How often each value occurs, up to a limit; `distinct_complete` says whether that is all of them. */
  distinct: ReadonlyMap<string, number>;
  distinct_complete: boolean;
}

const distinct_max = 5_000;
const distinct_characters_max = 200;
const enum_values_max = 20;

/** Share of a column's values that must be of a kind; the rest is reported cell by cell when it is loaded. */
const share_min = 0.9;

const alwaysNull = new Set(['null', '#n/a', 'n/a', '(null)', '\\n', '<null>']);
/** Words as well as markers: only taken for nothing where the column has another type. */
const nullWhereTyped = new Set([
  'na',
  'none',
  'nil',
  'nan',
  '-',
  '--',
  '—',
  '?',
  'unknown',
  'k.a.',
  'keine angabe',
  '#value!',
  '#ref!',
]);
/** As databases write it. In a text it may be a name too. */
const databaseNull = /^(NULL|null)$/;

/** Whether a text stands for nothing in any column of this type. */
export function isNullMarker(text: string, type: ColumnType): boolean {
  const word = text.toLowerCase();
  return alwaysNull.has(word) ? word !== 'null' || !isWords(type) : nullWhereTyped.has(word) && !isWords(type);
}

/** What a column of texts has at least where `NULL` is no name. */
const null_rows_min = 2;
const null_share_min = 0.05;

/**
 * People are called Null: in a column of texts the word stands for nothing only in a file that says so in more than one
 * column, or where it is a noticeable share of the column.
 */
export function settleNulls(profiles: readonly ColumnProfile[]): ColumnProfile[] {
  const times = new Map<string, number>();
  for (const text of profiles.flatMap(({ null_markers }) => null_markers)) times.set(text, (times.get(text) ?? 0) + 1);
  const written = [...times].flatMap(([text, columns]) => (columns > 1 && databaseNull.test(text) ? text : []));
  return profiles.map((profile) => {
    if (!isWords(profile.type)) return profile;
    const markers = profile.null_markers.filter((text) => {
      const times = profile.distinct.get(text) ?? 0;
      const isFrequent = times >= null_rows_min && times >= profile.rows * null_share_min;
      return text.toLowerCase() !== 'null' || (isFrequent && databaseNull.test(text));
    });
    return { ...profile, null_markers: [...new Set([...markers, ...written])] };
  });
}

const booleans = new Map<string, boolean>([
  ...['true', 'yes', 'y', 't', 'wahr', 'ja', 'j', 'x', 'oui', 'sí'].map((word) => [word, true] as const),
  ...['false', 'no', 'n', 'f', 'falsch', 'nein', 'non'].map((word) => [word, false] as const),
]);

export function parseBoolean(text: string): boolean | null {
  const word = text.trim().toLowerCase();
  if (word === '1') return true;
  if (word === '0') return false;
  return booleans.get(word) ?? null;
}

const email = /^[^\s@<>,;]+@[^\s@<>,;][^\s@<>,;.]*\.[^\s@<>,;]{2,}$/;
const url = /^(https?:\/\/\S+|(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,24}(?:\/\S*)?)$/i;
const phone = /^(?:\+|00|\(|0)?[\d\s().\-/]{6,22}\d(?:\s*(?:x|ext\.?|#|durchwahl|poste)\s*\d{1,6})?$/i;
const codeLike = /^[-+]?0\d|\d{16,}/;

type Count =
  | 'email'
  | 'url'
  | 'phone'
  | 'boolean'
  | 'date'
  | 'number'
  | 'fraction'
  | 'money'
  | 'code'
  | 'country'
  | 'alwaysNull'
  | 'typedNull';

/**
 * Sees the values of one column, one after the other, in constant memory: the sample before mapping, or the whole file
 * when the sample left something open.
 */
export class ColumnProfiler {
  readonly #name: string;
  readonly #likelyNumbers: NumberFormat;
  readonly #counts: Record<Count, number> = {
    email: 0,
    url: 0,
    phone: 0,
    boolean: 0,
    date: 0,
    number: 0,
    fraction: 0,
    money: 0,
    code: 0,
    country: 0,
    alwaysNull: 0,
    typedNull: 0,
  };
  readonly #numbers: NumberEvidence = noEvidence();
  readonly #dates: DateEvidence = noDates();
  readonly #currencies = new Map<string, number>();
  readonly #markers = { always: new Set<string>(), typed: new Set<string>() };
  readonly #distinct = new Map<string, number>();
  #untracked = 0;
  #rows = 0;
  #blank = 0;

  /** `likelyNumbers` is what a file of this delimiter usually has, for columns that do not say themselves. */
  constructor(name: string, likelyNumbers: NumberFormat = englishNumbers) {
    this.#name = name;
    this.#likelyNumbers = likelyNumbers;
  }

  add(cell: string): void {
    this.#rows++;
    const text = cell.trim();
    if (text === '') {
      this.#blank++;
      return;
    }
    this.#remember(text);
    const word = text.toLowerCase();
    if (alwaysNull.has(word)) {
      this.#counts.alwaysNull++;
      this.#markers.always.add(text);
    } else if (nullWhereTyped.has(word)) {
      this.#counts.typedNull++;
      this.#markers.typed.add(text);
    } else {
      this.#classify(text, word);
    }
  }

  #remember(text: string): void {
    const times = this.#distinct.get(text);
    if (times !== undefined) this.#distinct.set(text, times + 1);
    else if (this.#distinct.size < distinct_max && text.length <= distinct_characters_max) this.#distinct.set(text, 1);
    else this.#untracked++;
  }

  #classify(text: string, word: string): void {
    const counts = this.#counts;
    if (booleans.has(word)) counts.boolean++;
    if (text.length > 100) return;
    if (weighDate(text, this.#dates)) {
      counts.date++;
      // `20240102` may be a number after all; `2.1.2024` may not.
      if (!/^\d+$/.test(text)) return;
    }
    if (/\d/.test(text)) {
      if (phone.test(text)) counts.phone++;
      const figure = withoutPercent(text);
      if (isNumberLike(figure)) this.#countNumber(figure);
      else this.#countMoney(text);
    }
    if (text.includes('.')) {
      if (email.test(text)) counts.email++;
      else if (url.test(text)) counts.url++;
    }
    if (isCountry(text)) counts.country++;
  }

  #countNumber(text: string): void {
    this.#counts.number++;
    if (codeLike.test(text)) this.#counts.code++;
    if (/[.,]/.test(text)) this.#counts.fraction++;
    weighNumber(text, this.#numbers);
  }

  #countMoney(text: string): void {
    const parts = splitMoney(text);
    if (!parts || !isNumberLike(parts.number)) return;
    const currencies = currenciesOf(parts.sign);
    if (parts.sign !== '' && currencies.size === 0) return;
    this.#counts.money++;
    const key = parts.sign === '' ? '' : [...currencies].join(' ');
    this.#currencies.set(key, (this.#currencies.get(key) ?? 0) + 1);
    weighNumber(parts.number, this.#numbers);
  }

  profile(): ColumnProfile {
    const reading = this.#read((questions, problems) => this.#decide(questions, problems));
    const { date, number, money } = this.#counts;
    const otherwise: Reading[] = [];
    if (isWords(reading.type) && date > 0)
      otherwise.push(this.#read((questions, problems) => this.#decideDate(questions, problems)));
    if (isWords(reading.type) && number + money > 0)
      otherwise.push(this.#read((questions) => this.#decideNumber(questions)));
    return {
      name: this.#name,
      ...reading,
      rows: this.#rows,
      blank: this.#blank,
      distinct: this.#distinct,
      distinct_complete: this.#untracked === 0,
      ...(otherwise.length > 0 && { otherwise }),
    };
  }

  #read(decide: (questions: ImportQuestion[], problems: ImportProblem[]) => ColumnType): Reading {
    const questions: ImportQuestion[] = [];
    const problems: ImportProblem[] = [];
    const type = decide(questions, problems);
    const null_markers = [...this.#markers.always, ...(isWords(type) ? [] : this.#markers.typed)];
    return { type, null_markers, questions, problems };
  }

  #decide(questions: ImportQuestion[], problems: ImportProblem[]): ColumnType {
    const counts = this.#counts;
    const values = this.#rows - this.#blank - counts.alwaysNull - counts.typedNull;
    const mostly = (count: number) => values > 0 && count >= values * share_min;
    if (mostly(counts.date)) return this.#decideDate(questions, problems);
    if (mostly(counts.email)) return { kind: 'email' };
    if (mostly(counts.boolean)) return { kind: 'boolean' };
    if (mostly(counts.number + counts.money)) return this.#decideNumber(questions);
    if (mostly(counts.phone)) return { kind: 'phone' };
    if (mostly(counts.url)) return { kind: 'url' };
    // Country columns are typed by hand more often than not; a misspelt one is still a country column.
    if (values > 0 && counts.country >= values * 0.7) return { kind: 'country' };
    const repeats =
      values > 0 &&
      this.#untracked === 0 &&
      this.#distinct.size <= enum_values_max &&
      values >= this.#distinct.size * 5;
    return repeats ? { kind: 'enum', values: [...this.#distinct.keys()] } : { kind: 'text' };
  }

  #decideDate(questions: ImportQuestion[], problems: ImportProblem[]): ColumnType {
    const { format, unclear, mixed } = decideDateFormat(this.#dates)!;
    if (unclear) {
      const reading = (as: DateFormat) => ({
        value: as,
        label: `${as}: ${unclear.sample} is ${spelledOut(unclear.sample, as)}`,
      });
      questions.push({
        code: 'ambiguous_date',
        column: this.#name,
        message: `Every date in “${this.#name}” can be read with the day or with the month first. Which is it?`,
        options: [reading(format), reading(unclear.other)],
        proposed: format,
      });
    }
    if (mixed) {
      problems.push({
        code: 'mixed_dates',
        severity: 'warning',
        row: null,
        column: this.#name,
        message: `“${this.#name}” has dates written in more than one way. Most are ${format}; others that are in doubt will be reported cell by cell.`,
      });
    }
    return { kind: 'date', format };
  }

  #decideNumber(questions: ImportQuestion[]): ColumnType {
    const counts = this.#counts;
    if (counts.code > 0 && counts.money === 0) return mostlyPhones(this.#name) ? { kind: 'phone' } : { kind: 'text' };
    const { format, unclear } = decideNumberFormat(this.#numbers, this.#likelyNumbers);
    const sample = this.#numbers.unclear?.sample;
    const currency = currencyInName(this.#name) ?? this.#currency();
    const { sign } = this.#numbers.unclear ?? {};
    // Of 1.234 in a currency of three decimals, those are decimals.
    if (unclear && sign && currency !== null && decimalsOf(currency) === 3)
      return { kind: 'money', format: { decimal: sign, group: null }, currency };
    if (unclear && sample !== undefined && sign) {
      const decimal: NumberFormat = { decimal: sign, group: null };
      const grouped: NumberFormat = { decimal: sign === ',' ? '.' : ',', group: sign };
      const reading = (as: NumberFormat, name: string) => ({
        value: name,
        label: `${sample} is ${String(parseNumber(sample, as))}`,
      });
      questions.push({
        code: 'ambiguous_number',
        column: this.#name,
        message: `In “${this.#name}” the sign in ${sample} can part thousands or decimals. Which is it?`,
        options: [reading(grouped, 'thousands'), reading(decimal, 'decimals')],
        proposed: format.decimal === sign ? 'decimals' : 'thousands',
      });
    }
    if (counts.money > 0) return { kind: 'money', format, currency: this.#currency() };
    if (mostlyPhones(this.#name)) return { kind: 'phone' };
    const whole =
      counts.fraction === 0 || (format.group !== null && this.#numbers.dotDecimal + this.#numbers.commaDecimal === 0);
    return { kind: whole ? 'integer' : 'decimal', format };
  }

  /** Known when all signs in the column leave one currency; `$` alone leaves many. */
  #currency(): string | null {
    const candidates = [...this.#currencies.keys()].filter((key) => key !== '').map((key) => key.split(' '));
    const common = candidates.reduce(
      (left, right) => left.filter((currency) => right.includes(currency)),
      candidates[0] ?? [],
    );
    return common.length === 1 ? common[0]! : null;
  }
}

export const isWords = ({ kind }: ColumnType): boolean => kind === 'text' || kind === 'enum';

/** Digits alone can be a quantity; a header that says telephone settles it. */
function mostlyPhones(header: string): boolean {
  return /phone|tele?fon|mobile|handy|\bfax\b|\btel\b/i.test(header);
}

function spelledOut(sample: string, format: DateFormat): string {
  const date = parseDate(sample, format);
  if (typeof date !== 'string') return 'no date';
  return new Intl.DateTimeFormat('en', { dateStyle: 'long', timeZone: 'UTC' }).format(new Date(date.slice(0, 10)));
}
