import { t } from '../text/text.ts';
import { typedNumber, typingHabits, unmarked } from './format.ts';

export type NumberKind = 'integer' | 'decimal' | 'money';

export const isNumeric = <Kind extends string>(field: { kind: Kind }): field is { kind: Kind & NumberKind } =>
  field.kind === 'integer' || field.kind === 'decimal' || field.kind === 'money';

/** What stands where a number belongs, and is none or could be two. */
export interface Unread {
  typed: string;
  reason: string;
}

/** A number as editors hold it: a decimal string with a point, empty for none, or what could not be read. */
export type TypedNumber = string | Unread;

export const isUnread = (value: unknown): value is Unread =>
  typeof value === 'object' && value !== null && 'typed' in value && 'reason' in value;

/** A held number as its reader types it. */
export function numberText(value: unknown): string {
  if (value === null || value === undefined || value === '') return '';
  if (isUnread(value)) return value.typed;
  return Number.isNaN(Number(value)) ? String(value) : typedNumber(value as number | string);
}

const marks = ['.', ','] as const;
export type Mark = (typeof marks)[number];

/**
 * A text as a number. Either mark may part its decimals, as long as it can be read in one way only: `1,234.50` is the
 * same wherever one lives. `1.234` is two numbers, a thousand times apart. Then the mark counts that the numbers beside
 * it show, or the reader's own. What would part thousands in the reader's way is not taken for it without doubt: in
 * files and programs a point parts decimals everywhere. An integer has none, and an amount has no three of them after a
 * comma.
 */
export function readNumber(text: string, kind: NumberKind = 'decimal', shown: Mark | null = null): TypedNumber {
  const typed = unmarked(text).trim();
  if (typed === '') return '';
  const own = typingHabits().decimal as Mark;
  const found = readings(typed);
  const [value, other] = [...new Set(found.values())];
  if (value === undefined) {
    const example = `1234${own}5`;
    return { typed, reason: t('“{text}” is not a number. Write one such as {example}', { text: typed, example }) };
  }
  if (other === undefined) return ofKind(kind, typed, value);
  const clear = typed.includes(own) || kind === 'integer' || (kind === 'money' && typed.includes(','));
  if (shown || clear) return ofKind(kind, typed, found.get(shown ?? own) as string);
  return {
    typed,
    reason: t('“{text}” can mean {one} or {other}. Write it in one of these ways', {
      text: typed,
      one: typedNumber(value),
      other: typedNumber(other),
    }),
  };
}

function ofKind(kind: NumberKind, typed: string, value: string): TypedNumber {
  if (kind !== 'integer') return value;
  const [integer = '', fraction = ''] = value.split('.');
  return /[1-9]/.test(fraction) ? { typed, reason: t('“{text}” is not a whole number', { text: typed }) } : integer;
}

/** The mark of decimals that all of these can be read by, if it is the only one. */
export function markOf(texts: readonly string[]): Mark | null {
  const all = texts.map(readings).filter((found) => found.size > 0);
  const fitting = marks.filter((mark) => all.every((found) => found.has(mark)));
  return fitting.length === 1 ? (fitting[0] as Mark) : null;
}

/**
 * What a text is with either mark before its decimals. Signs of currencies and of percent are for reading, as are gaps
 * between thousands.
 */
function readings(text: string): Map<Mark, string> {
  const bare = unmarked(text)
    .replace(/(?<=\d)[\s'’](?=\d{3}(?!\d))/g, '')
    .replace(/[\p{Sc}%]|(?<![A-Za-z])[A-Z]{3}(?![A-Za-z])/gu, '')
    .trim();
  const [, sign, figure = ''] = /^([+\-−(]?)\s*([\d.,]*\d[.,]?)\)?$/.exec(bare) ?? [];
  const found = new Map<Mark, string>();
  for (const mark of marks) {
    const [decimal, group] = mark === '.' ? ['\\.', ','] : [',', '\\.'];
    const match = new RegExp(`^(\\d*|[1-9]\\d{0,2}(?:${group}\\d{3})+)(?:${decimal}(\\d*))?$`).exec(figure);
    if (!match || figure === '') continue;
    const [, integer = '', fraction] = match;
    const value = (integer.replace(/[.,]/g, '') || '0') + (fraction ? `.${fraction}` : '');
    found.set(mark, sign && sign !== '+' ? `-${value}` : value);
  }
  return found;
}
