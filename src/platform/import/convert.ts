import { Temporal } from 'temporal-polyfill';
import { z } from 'zod';
import { durationText, typedDurationSeconds } from '../../kernel/contract/duration.ts';
import { isEmail } from '../../kernel/contract/email.ts';
import { trimmedText } from '../../kernel/contract/names.ts';
import { numbersIn, phonePattern } from '../../kernel/contract/phone.ts';
import { parseCellList } from '../csv/index.ts';
import { type DateFormat, readDate } from './date.ts';
import { type ColumnType, isNullMarker, parseBoolean } from './infer.ts';
import { currenciesOf, parseMoney } from './money.ts';
import { normalise } from './normalise.ts';
import { type NumberFormat, parseInteger, parseNumber, plainNumbers, withoutPercent } from './number.ts';
import { isRefusal, type Refusal, refuse, shown } from './refusal.ts';
import type { TargetField } from './target.ts';

/** How the cells of a column are meant: what was inferred, and what somebody answered. */
export interface CellMeaning {
  type: ColumnType;
  null_markers: readonly string[];
  /** Of what was exported here: nothing but an empty cell stands for nothing. */
  exported?: boolean;
  /** Currency of amounts that do not name one. */
  currency: string;
  /** Where the clock hangs of times that do not name a zone. */
  time_zone?: string;
  /** What a figure stands for: `1000000` in a column of millions. */
  multiplier?: string;
}

/** A cell as the field's value in the form the database reads, null for nothing, or why it is refused. */
export type CellReader = (cell: string) => string | null | Refusal;

export function cellReader(field: TargetField, meaning: CellMeaning): CellReader {
  const nulls = new Set(meaning.null_markers);
  const read = valueReader(field, meaning);
  const findOption = optionFinder(field.values ?? []);
  // Those that the sample of the file did not have count too. A choice may be called like one.
  const isNothing = (text: string) =>
    !meaning.exported && (nulls.has(text) || isNullMarker(text, meaning.type)) && findOption(text) === undefined;
  return (cell) => {
    const text = trimmedText(cell);
    return text === '' || isNothing(text) ? null : read(text);
  };
}

function valueReader(field: TargetField, meaning: CellMeaning): (text: string) => string | Refusal {
  const numbers = numberFormat(meaning.type);
  switch (field.type) {
    case 'integer':
      return (text) => parseInteger(withoutPercent(text), numbers);
    case 'decimal':
      return (text) => readDecimal(text, numbers);
    case 'numbers':
      return (text) => readNumbers(text, numbers);
    case 'money': {
      const format = { ...numbers, ...(meaning.multiplier ? { multiplier: meaning.multiplier } : {}) };
      return (text) => {
        const money = parseMoney(text, meaning.currency, format);
        return 'amount' in money ? money.amount : money;
      };
    }
    case 'date': {
      const format = dateFormat(meaning.type);
      return (text) => {
        const date = readDate(text, format);
        return typeof date === 'string' ? date.slice(0, 10) : date;
      };
    }
    case 'time':
      return timeReader(dateFormat(meaning.type), meaning.time_zone ?? 'UTC');
    case 'birthday':
      return birthdayReader(dateFormat(meaning.type));
    case 'boolean':
      return readBoolean;
    case 'duration':
      return readDuration;
    case 'email':
      return readEmail;
    case 'phone':
      return readPhone;
    case 'url':
      return readUrl;
    case 'currency':
      return (text) => readCurrency(text, meaning.currency);
    case 'select':
      return selectReader(field);
    default:
      return (text) => text;
  }
}

/**
 * Without the zero that keeps 1.234 of a workbook from being read as 1234, which may be one decimal too many for the
 * field.
 */
function readDecimal(text: string, format: NumberFormat): string | Refusal {
  const number = parseNumber(withoutPercent(text), format);
  return isRefusal(number) ? number : number.replace(/(\.\d{3})0+$/, '$1');
}

/** As one text again: `2;1.5`. */
function readNumbers(text: string, format: NumberFormat): string | Refusal {
  const values = parseCellList(text, ';').map((value) => readDecimal(value, format));
  return values.find(isRefusal) ?? values.join(';');
}

export function numberFormat(type: ColumnType): NumberFormat {
  return 'format' in type && typeof type.format === 'object' ? type.format : plainNumbers;
}

/** Whole numbers in a column of dates are what a spreadsheet writes when it forgets to format them. */
function dateFormat(type: ColumnType): DateFormat {
  if (type.kind === 'date') return type.format;
  return type.kind === 'integer' || type.kind === 'decimal' ? 'excel' : 'YYYY-MM-DD';
}

/** `--04-30` is a day of which nobody knows the year. */
function birthdayReader(format: DateFormat): (text: string) => string | Refusal {
  return (text) => {
    const [, month, day] = /^--(\d\d)-?(\d\d)$/.exec(text) ?? [];
    if (month) return `--${month}-${day}`;
    const date = readDate(text, format);
    return isRefusal(date) ? date : inThePast(date.slice(0, 10), text);
  };
}

/** Nobody is born in the future: of two digits that say such a year, the century is the last one. */
function inThePast(day: string, text: string): string {
  if (text.includes(day.slice(0, 4)) || day <= Temporal.Now.plainDateISO('UTC').toString()) return day;
  return Temporal.PlainDate.from(day).subtract({ years: 100 }).toString();
}

/** A day alone is its beginning. */
function timeReader(format: DateFormat, time_zone: string): (text: string) => string | Refusal {
  return (text) => {
    if (isInstant(text)) return text;
    const read = readDate(text, format);
    if (isRefusal(read) || isInstant(read)) return read;
    return Temporal.PlainDateTime.from(read).toZonedDateTime(time_zone).toInstant().toString();
  };
}

const isInstant = (text: string): boolean => z.iso.datetime({ offset: true }).safeParse(text).success;

function readBoolean(text: string): string | Refusal {
  const value = parseBoolean(text);
  return value === null
    ? refuse('not_yes_or_no', `${shown(text)} is neither yes nor no. Write yes or no.`)
    : String(value);
}

/** As the contract writes it. */
function readDuration(text: string): string | Refusal {
  const seconds = typedDurationSeconds(text);
  return seconds === undefined
    ? refuse('not_a_duration', `${shown(text)} is not a duration. Write one such as 1:30:00 or PT1H30M.`)
    : durationText(seconds);
}

function readEmail(text: string): string | Refusal {
  const address = (/<([^<>]+)>$/.exec(text)?.[1] ?? text).replace(/^mailto:/i, '');
  if (!isEmail(address)) {
    const [first, ...others] = text.split(/[\s;,]+/);
    if (first && others.length > 0 && [first, ...others].every(isEmail))
      return {
        ...refuse(
          'several_emails',
          `${shown(text)} are several e-mail addresses, of which one fits. Put the others into a column for more e-mail addresses.`,
        ),
        part: { value: first, left_out: others.join('; ') },
      };
    return refuse('not_an_email', `${shown(text)} is not an e-mail address. Write one such as name@example.com.`);
  }
  return address;
}

/** The least digits by which a number is told from an extension or a year. */
const phone_digits_min = 5;
/** No number is longer, with all that is written beside it. */
const phone_characters_max = 200;

/** People write whose number it is beside it: `Tel. 030 123456 (private)`. */
function readPhone(text: string): string | Refusal {
  if (!/\p{L}{2}/u.test(text) || text.length > phone_characters_max || phonePattern.test(text)) return text;
  const [number, ...others] = numbersIn(text).filter((each) => each.replace(/\D/g, '').length >= phone_digits_min);
  if (!number || others.length > 0) return text;
  const value = /^.*[\d)]/s.exec(number)![0];
  return {
    ...refuse('words_in_phone', `${shown(text)} has words beside the number, which are left out.`),
    part: { value, left_out: text },
  };
}

/** People leave out the protocol; nobody means anything but the web by that. */
function readUrl(text: string): string | Refusal {
  const address = /^[a-z][a-z\d+.-]*:/i.test(text) && !/^[^/]+:\d/.test(text) ? text : `https://${text}`;
  const parsed = URL.parse(address);
  if (!parsed || !/^https?:$/.test(parsed.protocol) || !parsed.hostname.includes('.')) {
    return refuse('not_a_url', `${shown(text)} is not a web address. Write one such as https://example.com.`);
  }
  return address;
}

/**
 * A code, or a sign: `€` stands for one currency. One that stands for several, such as `$`, means the expected currency
 * where that is among them.
 */
function readCurrency(text: string, expected: string): string | Refusal {
  const code = text.toUpperCase();
  if (/^[A-Z]{3}$/.test(code) && Intl.supportedValuesOf('currency').includes(code)) return code;
  const named = currenciesOf(text);
  if (named.has(expected)) return expected;
  const [only, ...others] = named;
  if (only && others.length === 0) return only;
  return refuse('unknown_currency', `${shown(text)} is not the code of a currency. Write one such as USD.`);
}

function selectReader({ values = [], aliases = {} }: TargetField): (text: string) => string | Refusal {
  const find = optionFinder(values);
  const meant = new Map(Object.entries(aliases).map(([word, value]) => [normalise(word), value]));
  return (text) =>
    find(text) ??
    meant.get(normalise(text)) ??
    refuse('not_a_choice', `${shown(text)} is not one of ${values.join(', ')}. Choose one of them.`);
}

/** Finds an option by its exact text, or else by its letters, as long as they are those of one option alone. */
export function optionFinder(options: readonly string[]): (text: string) => string | undefined {
  const exact = new Set(options);
  const similar = Map.groupBy(options, normalise);
  return (text) => {
    if (exact.has(text)) return text;
    const key = normalise(text);
    const found = key === '' ? undefined : similar.get(key);
    return found?.length === 1 ? found[0] : undefined;
  };
}
