import { t } from '../../text/text.ts';
import { typedDate, typedNumber } from '../../ui/format.ts';
import { type AnyRecord, type FieldDef, type FieldKind, isBlank, type Named, readField } from '../field.ts';

/** A value as one would type it into a spreadsheet. */
export const textIn = (record: AnyRecord, field: FieldDef): string => textOf(field, readField(record, field));

export function textOf(field: FieldDef, value: unknown): string {
  if (isBlank(value)) return '';
  switch (field.kind) {
    case 'money':
      if (typeof value === 'object') return amountText(value as { amount: string; currency: string });
      return isNumber(value) ? typedNumber(value) : String(value);
    case 'decimal':
    case 'integer':
      return isNumber(value) ? typedNumber(value) : String(value);
    case 'date':
    case 'time':
      return typedDate(value as string);
    case 'boolean':
      return value ? t('Yes') : t('No');
    case 'select':
      return labelOf(field, value);
    case 'multi_select':
      return (value as string[]).map((each) => labelOf(field, each)).join(', ');
    case 'lines':
      return (value as string[]).join('\n');
    case 'tags':
      return (value as Named[]).map(({ name }) => name).join(', ');
    case 'reference':
      return typeof value === 'string' ? value : (value as Named).name;
    default:
      return String(value);
  }
}

/** Of a field of the workspace's own, which has its currency with it. */
const amountText = ({ amount, currency }: { amount: string; currency: string }) => `${typedNumber(amount)} ${currency}`;

const isNumber = (value: unknown): value is string | number => !Number.isNaN(Number(value));
const labelOf = (field: FieldDef, value: unknown) =>
  field.options?.find((option) => option.value === value)?.label ?? String(value);

const chosen = new Set<FieldKind>(['select', 'multi_select', 'reference', 'tags', 'boolean', 'date', 'time', 'lines']);

/** Whether a text is a draft for its editor: where one chooses from what there is, it is none. */
export const takesText = ({ kind }: FieldDef): boolean => !chosen.has(kind);
