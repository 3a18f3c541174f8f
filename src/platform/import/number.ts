import { Decimal } from 'decimal.js';
import { type Refusal, refuse, shown } from './refusal.ts';

/** `1,234.56`, `1.234,56`, `1 234,56`, `1'234.56`: which sign parts the decimals, and which one the thousands. */
export interface NumberFormat {
  decimal: '.' | ',';
  group: ',' | '.' | ' ' | "'" | null;
}

export const plainNumbers: NumberFormat = { decimal: '.', group: null };
export const englishNumbers: NumberFormat = { decimal: '.', group: ',' };
export const germanNumbers: NumberFormat = { decimal: ',', group: '.' };

const digits_max = 38;
const groupSigns: Record<NonNullable<NumberFormat['group']>, string> = {
  ',': ',',
  '.': '\\.',
  ' ': '[ \\u00a0\\u202f\\u2009]',
  "'": "['’]",
};

const patterns = new Map<string, RegExp>();

function patternOf({ decimal, group }: NumberFormat): RegExp {
  const key = `${decimal}${group ?? ''}`;
  let pattern = patterns.get(key);
  if (!pattern) {
    const fraction = `(?:\\${decimal}(\\d+))?`;
    const whole = group === null ? '\\d+' : `\\d{1,3}(?:${groupSigns[group]}\\d{2,3})*${groupSigns[group]}\\d{3}|\\d+`;
    pattern = new RegExp(`^([-+\\u2212]?)(${whole})${fraction}$|^([-+\\u2212]?)\\${decimal}(\\d+)$`);
    patterns.set(key, pattern);
  }
  return pattern;
}

/** The same number as PostgreSQL's `numeric` reads it, digit for digit; nothing on the way is a float. */
export function parseNumber(text: string, format: NumberFormat): string | Refusal {
  const trimmed = text.trim();
  const match = patternOf(format).exec(trimmed);
  if (!match) return notANumber(trimmed);
  const whole = (match[2] ?? '0').replace(/\D/g, '').replace(/^0+(?=\d)/, '');
  const fraction = match[3] ?? match[5] ?? '';
  if (whole.length + fraction.length > digits_max) {
    return refuse('too_many_digits', `${shown(trimmed)} has more than ${digits_max} digits.`);
  }
  const sign = match[1] ?? match[4] ?? '';
  const negative = sign !== '' && sign !== '+' && /[1-9]/.test(whole + fraction);
  return (negative ? '-' : '') + whole + (fraction === '' ? '' : `.${fraction}`);
}

export function parseInteger(text: string, format: NumberFormat): string | Refusal {
  const number = parseNumber(text, format);
  if (typeof number !== 'string') return number;
  const [whole, fraction = ''] = number.split('.');
  if (/[1-9]/.test(fraction)) return refuse('not_an_integer', `${shown(text)} is not a whole number.`);
  return whole === '-0' ? '0' : whole!;
}

function notANumber(text: string): Refusal {
  if (/^[-+]?\d[\d.,]*e[-+]?\d+$/i.test(text)) {
    return refuse(
      'shortened_number',
      `${shown(text)} is in scientific notation, which loses digits. Format the column as a number in the spreadsheet and export it again.`,
    );
  }
  return refuse('not_a_number', `${shown(text)} is not a number.`);
}

export function multiply(number: string, factor: string): string {
  return exact(number).times(factor).toFixed();
}

const ExactDecimal = Decimal.clone({ precision: 2 * digits_max });

function exact(number: string): Decimal {
  return new ExactDecimal(number);
}

/** `12.5 %` is 12.5, as where one types a number. */
export const withoutPercent = (text: string): string => text.replace(/%$/, '').trimEnd();

const numberLike = /^[-+\u2212(]?(?:\d[\d.,'’ \u00a0\u202f]*\d|\d)?(?:[.,]\d+)?[)]?$/;

/** Whether a text could be a number in some format; which one is decided over a whole column. */
export function isNumberLike(text: string): boolean {
  return /\d/.test(text) && numberLike.test(text);
}

/**
 * What the values of a column say about its number format. Most say nothing (`12`), some are certain (`1.234,50`), and
 * `1,234` alone could be a thousand or one and a bit.
 */
export interface NumberEvidence {
  /** Votes that can only be meant this way. */
  commaDecimal: number;
  dotDecimal: number;
  groups: Set<NonNullable<NumberFormat['group']>>;
  /** A sample of `1,234` or `1.234`, with its sign. */
  unclear: { sign: ',' | '.'; sample: string } | null;
}

export function noEvidence(): NumberEvidence {
  return { commaDecimal: 0, dotDecimal: 0, groups: new Set(), unclear: null };
}

export function weighNumber(text: string, evidence: NumberEvidence): void {
  const group = /\d([ \u00a0\u202f\u2009'’])\d{3}(?!\d)/.exec(text)?.[1];
  if (group) evidence.groups.add(group === "'" || group === '’' ? "'" : ' ');
  const dots = text.split('.').length - 1;
  const commas = text.split(',').length - 1;
  if (dots === 0 && commas === 0) return;
  if (dots > 0 && commas > 0) {
    voteFor(evidence, text.lastIndexOf('.') > text.lastIndexOf(',') ? '.' : ',', true);
  } else if (dots > 1 || commas > 1) {
    voteFor(evidence, dots > 1 ? ',' : '.', true);
  } else {
    const sign = dots === 1 ? '.' : ',';
    const [whole = '', fraction = ''] = text.replace(/[^\d.,]/g, '').split(sign);
    const couldGroup = fraction.length === 3 && /^[1-9]\d{0,2}$/.test(whole) && !group;
    if (couldGroup) evidence.unclear ??= { sign, sample: text };
    else voteFor(evidence, sign, false);
  }
}

function voteFor(evidence: NumberEvidence, decimal: '.' | ',', grouped: boolean): void {
  if (decimal === '.') evidence.dotDecimal++;
  else evidence.commaDecimal++;
  if (grouped) evidence.groups.add(decimal === '.' ? ',' : '.');
}

/** `likely` settles what the values leave open; `unclear` says that they did. */
export function decideNumberFormat(
  evidence: NumberEvidence,
  likely: NumberFormat,
): { format: NumberFormat; unclear: boolean } {
  const { commaDecimal, dotDecimal, groups, unclear } = evidence;
  const decided = commaDecimal !== dotDecimal || commaDecimal > 0;
  const decimal = decided ? (commaDecimal > dotDecimal ? ',' : '.') : likely.decimal;
  const group =
    [...groups].find((sign) => sign !== decimal) ?? (unclear && unclear.sign !== decimal ? unclear.sign : null);
  return { format: { decimal, group }, unclear: unclear !== null && !decided };
}
