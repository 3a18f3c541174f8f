import { inSentence, nameKey, t } from '../../../text/text.ts';
import { readDuration } from '../../../ui/duration.ts';
import { currencySign, typingHabits, unmarked } from '../../../ui/format.ts';
import { isUnread, type Mark, type NumberKind, readNumber } from '../../../ui/number.ts';
import type { CellWrite } from '../../../ui/table/column.ts';
import { Temporal } from '../../../ui/temporal.ts';
import { fromTyped } from '../../../ui/zoned.ts';
import { type AnyRecord, type FieldDef, isBlank, type LabelledValue } from '../field.ts';
import { currencyIn } from './text.ts';

/** What a text says an amount is in, when that is not the currency of the record. */
export function otherCurrency(text: string, currency: unknown): string | null {
  const said = /\p{Sc}|\b[A-Z]{3}\b/u.exec(text)?.[0];
  if (!said || typeof currency !== 'string' || said === currency || said === currencySign(currency)) return null;
  return said;
}

/** What currency an amount is in that is written to a cell, when that is not the currency there. */
export function foreignCurrency(from: CellWrite<AnyRecord>['from'], currencyKey: string, currency: unknown) {
  if ('text' in from) return otherCurrency(from.text, currency);
  const filled = from.like?.[currencyKey];
  return filled && filled !== currency && !isBlank(from.value) ? String(filled) : null;
}

/** A value as an editor of the field holds it, or why the text is none. */
export type ParsedCell = { value: unknown } | { reason: string };

/** Names that were looked up, in lower case; null for a name that several have. */
export type Names = ReadonlyMap<string, { id: string; name: string } | null>;

/**
 * What a text from a spreadsheet means in a field. `mark`: what parts decimals in the numbers beside it, where they
 * show it.
 */
export function parseCell(field: FieldDef, text: string, names: Names, mark: Mark | null = null): ParsedCell {
  const trimmed = unmarked(text).trim();
  if (trimmed === '') return { value: field.kind === 'boolean' ? false : null };
  switch (field.kind) {
    case 'integer':
    case 'decimal':
      return number(field.kind, trimmed, mark);
    case 'money':
      return field.currencyKey ? number('money', trimmed, mark) : amount(trimmed, mark);
    case 'date':
      return day(trimmed);
    case 'time':
      return moment(trimmed);
    case 'boolean':
      return truth(trimmed);
    case 'select':
      return option(field, trimmed);
    case 'multi_select':
      return all(optionTexts(field, trimmed), (each) => option(field, each));
    case 'reference':
      return named(field, trimmed, names);
    case 'tags':
      return all(partsOf(trimmed), (each) => named(field, each, names));
    case 'lines':
      return { value: linesOf(text) };
    case 'labelled':
      return { value: linesOf(trimmed).map(labelledValue) };
    case 'addresses':
      return { reason: t('An address has several parts: enter it in the cell itself') };
    case 'duration':
      return { value: readDuration(trimmed) };
    case 'currency':
      return { value: trimmed.toUpperCase() };
    default:
      return { value: trimmed };
  }
}

/** The parts of a text that holds several values. */
export const partsOf = (text: string): string[] =>
  text
    .split(/[,;\n]/)
    .map((part) => part.trim())
    .filter((part) => part !== '');

/**
 * The same of options, which may have the marks between them in themselves: of neighbouring parts, the most that are
 * one option.
 */
function optionTexts(field: FieldDef, text: string): string[] {
  const marksIn = (label: string) => label.split(/[,;\n]/).length - 1;
  const marks_max = Math.max(0, ...(field.options ?? []).map(({ label }) => marksIn(label)));
  if (marks_max === 0) return partsOf(text);
  // With the marks, at every other place.
  const parts = text.split(/([,;\n])/);
  const texts: string[] = [];
  for (let at = 0, end: number; at < parts.length; at = end + 1) {
    const joined = (to: number) => parts.slice(at, to).join('').trim();
    end = Math.min(parts.length, at + 2 * marks_max + 1);
    while (end > at + 1 && !('value' in option(field, joined(end)))) end -= 2;
    texts.push(joined(end));
  }
  return texts.filter((each) => each !== '');
}

const linesOf = (text: string): string[] => text.split(/\r?\n/);

/** "Work: ada@example.com", as lists of such values are copied, or the value alone. */
function labelledValue(line: string): LabelledValue {
  const [, label = null, value = line] = /^([^:]+):\s(.*)$/s.exec(line) ?? [];
  return { label: label?.trim() ?? null, value: value.trim() };
}

function all(parts: readonly string[], one: (part: string) => ParsedCell): ParsedCell {
  const values: unknown[] = [];
  for (const part of parts) {
    const understood = one(part);
    if ('reason' in understood) return understood;
    values.push(understood.value);
  }
  return { value: values };
}

function number(kind: NumberKind, text: string, mark: Mark | null): ParsedCell {
  const value = readNumber(text, kind, mark);
  return isUnread(value) ? value : { value };
}

/** An amount of a field of the workspace's own says which currency it is in. */
function amount(text: string, mark: Mark | null): ParsedCell {
  const currency = currencyIn(text);
  const figure = number('money', text, mark);
  if ('reason' in figure) return figure;
  if (!currency) return { reason: t('Write the currency too, such as {example}', { example: `${text} EUR` }) };
  return { value: { amount: figure.value, currency } };
}

function day(text: string): ParsedCell {
  const date = calendarDay(text);
  return date ? { value: date } : noDay(text);
}

function calendarDay(text: string): string | null {
  const found = /^(\d+)\D+(\d+)\D+(\d+)\D*$/.exec(text);
  if (!found) return null;
  const order = found[1]?.length === 4 ? (['year', 'month', 'day'] as const) : typingHabits().order;
  const fields = Object.fromEntries(order.map((part, index) => [part, Number(found[index + 1])]));
  // Of a year of two digits nobody can tell the century.
  if ((fields.year ?? 0) < 1000) return null;
  try {
    return Temporal.PlainDate.from(fields as { year: number; month: number; day: number }, {
      overflow: 'reject',
    }).toString();
  } catch {
    return null;
  }
}

function noDay(text: string): ParsedCell {
  const letters = { day: t('DD'), month: t('MM'), year: t('YYYY') } as Record<string, string>;
  const order = typingHabits().order.map((part) => letters[part]);
  return {
    reason: t('“{text}” is not a date. Write it as {order} or YYYY-MM-DD, with a four-digit year', {
      text,
      order: order.join(' '),
    }),
  };
}

/**
 * No day with a time is longer; of a text that is, the pattern would try each run of spaces from each of its spaces on.
 */
const moment_characters_max = 100;

function moment(text: string): ParsedCell {
  const found = text.length <= moment_characters_max ? /^(.*?)[,T\s]+(\d{1,2}):(\d{2})$/.exec(text) : null;
  const date = found && calendarDay(found[1] as string);
  const hour = found?.[2]?.padStart(2, '0') ?? '';
  if (!date || Number(hour) > 23 || Number(found[3]) > 59)
    return { reason: t('“{text}” is not a date with a time such as 14:30', { text }) };
  return { value: fromTyped(`${date}T${hour}:${found[3]}`) };
}

const truths: Record<string, boolean> = {
  [t('Yes').toLowerCase()]: true,
  yes: true,
  true: true,
  '1': true,
  [t('No').toLowerCase()]: false,
  no: false,
  false: false,
  '0': false,
};

function truth(text: string): ParsedCell {
  const value = truths[text.toLowerCase()];
  return value === undefined ? { reason: t('“{text}” is neither Yes nor No', { text }) } : { value };
}

function option({ options = [], label }: FieldDef, text: string): ParsedCell {
  const wanted = nameKey(text);
  const found = options.find((each) => nameKey(each.label) === wanted) ?? options.find(({ value }) => value === text);
  return found
    ? { value: found.value }
    : { reason: t('“{text}” is not an option of {field}', { text, field: inSentence(label) }) };
}

function named(field: FieldDef, text: string, names: Names): ParsedCell {
  const found = names.get(nameKey(text));
  const what = inSentence(field.label);
  if (found === null) return { reason: t('Several are named “{text}”. Choose the {what} in the cell', { text, what }) };
  return found ? { value: found } : { reason: t('No {what} is named “{text}”', { what, text }) };
}
