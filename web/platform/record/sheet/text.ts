import { t } from '../../../text/text.ts';
import { typedDuration } from '../../../ui/duration.ts';
import { typedDate } from '../../../ui/format.ts';
import { numberText, readNumber } from '../../../ui/number.ts';
import {
  type AnyRecord,
  type FieldDef,
  type FieldKind,
  isBlank,
  type ListedValue,
  type MoneyValue,
  type Named,
  readField,
  toLines,
} from '../field.ts';

/** A value as one would type it into a spreadsheet. */
export const textIn = (record: AnyRecord, field: FieldDef): string => textOf(field, readField(record, field));

/** An amount with the currency that stands beside it in its record. */
export function textWithCurrency(record: AnyRecord, field: FieldDef): string {
  const [text, currency] = [textIn(record, field), field.currencyKey && record[field.currencyKey]];
  return text && currency ? `${text} ${currency}` : text;
}

export function textOf(field: FieldDef, value: unknown): string {
  if (isBlank(value)) return '';
  switch (field.kind) {
    case 'money':
      return field.currencyKey ? numberText(value) : amountText(value as MoneyValue);
    case 'decimal':
    case 'integer':
      return numberText(value);
    case 'date':
    case 'time':
      return typedDate(value as string);
    case 'duration':
      return typedDuration(value as string);
    case 'boolean':
      return value ? t('Yes') : t('No');
    case 'select':
      return labelOf(field, value);
    case 'multi_select':
      return (value as string[]).map((each) => labelOf(field, each)).join(', ');
    case 'lines':
      return (value as string[]).join('\n');
    case 'labelled':
    case 'addresses':
      return toLines(value as ListedValue[]);
    case 'tags':
      return (value as Named[]).map(({ name }) => name).join(', ');
    case 'reference':
      return typeof value === 'string' ? value : (value as Named).name;
    default:
      return String(value);
  }
}

/** Of a field of the workspace's own, which has its currency with it. */
const amountText = ({ amount, currency }: MoneyValue) => `${numberText(amount)} ${currency}`;

const labelOf = (field: FieldDef, value: unknown) =>
  field.options?.find((option) => option.value === value)?.label ?? String(value);

const chosen = new Set<FieldKind>([
  'select',
  'multi_select',
  'reference',
  'tags',
  'boolean',
  'currency',
  'date',
  'time',
  'lines',
  'labelled',
  'addresses',
  'birthday',
]);

/** Whether a text is a draft for its editor: where one chooses from what there is, it is none. */
export const takesText = ({ kind }: FieldDef): boolean => !chosen.has(kind);

/** A text as the editor of the field begins with it. */
export function draftOf(field: FieldDef, text: string): unknown {
  switch (field.kind) {
    case 'integer':
    case 'decimal':
      return readNumber(text, field.kind);
    case 'money':
      if (field.currencyKey) return readNumber(text, 'money');
      return { amount: readNumber(text, 'money'), currency: currencyIn(text) ?? '' };
    default:
      return takesText(field) ? text : undefined;
  }
}

/** "EUR", where it stands beside an amount. */
export const currencyIn = (text: string): string | undefined => /\b[A-Z]{3}\b/.exec(text)?.[0];
