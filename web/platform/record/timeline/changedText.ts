import { t } from '../../../text/text.ts';
import { formatDuration } from '../../../ui/duration.ts';
import { formatBirthday, formatDate, formatDecimal, formatMoney } from '../../../ui/format.ts';
import { isDay } from '../../../ui/isDay.ts';
import { type FieldDef, isBlank, type ListedValue, toLines } from '../field.ts';
import type { Money } from '../money.ts';

const text_chars_max = 200;

/**
 * A value before or after a change, in words. The page may not know the field: one that is hidden or retired, or of
 * another release.
 */
export function changedText(value: unknown, field: FieldDef | undefined, currency: string | null): string {
  if (isBlank(value)) return t('empty');
  if (Array.isArray(value)) return value.map((each) => changedText(each, field, currency)).join(', ');
  if (typeof value === 'object') {
    if ('amount' in value!) return money(value as Money);
    if ('label' in value!) return toLines([value as ListedValue]);
    return 'name' in value! ? String(value.name ?? t('a hidden record')) : JSON.stringify(value);
  }
  if (typeof value === 'boolean') return value ? t('yes') : t('no');
  const plain = String(value);
  const option = field?.options?.find((each) => each.value === plain);
  if (option) return option.label;
  if (field?.kind === 'money' && currency) return money({ amount: plain, currency });
  if (field?.kind === 'birthday') return formatBirthday(plain);
  if (field?.kind === 'duration') return formatDuration(plain);
  if (isNumber(field)) return formatDecimal(plain);
  if (mayHoldDate(field) && isDate(plain)) return formatDate(plain);
  return plain.length > text_chars_max ? `${plain.slice(0, text_chars_max)}…` : plain;
}

const money = ({ amount, currency }: Money) => formatMoney(amount, currency, { aligned: true });

/** A year is not counted. */
const isNumber = (field: FieldDef | undefined) =>
  ['money', 'decimal', 'integer'].includes(field?.kind ?? '') && !field?.key.endsWith('_year');

const mayHoldDate = (field: FieldDef | undefined) => !field || field.kind === 'date' || field.kind === 'time';

/** A text may begin like a date and be none: `2024-31-12`. */
const isDate = (text: string) => isDay(text) || (/^\d{4}-\d\d-\d\dT/.test(text) && !Number.isNaN(Date.parse(text)));
