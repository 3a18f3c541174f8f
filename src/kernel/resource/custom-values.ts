import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import { type CustomFieldType, type CustomValueType, isValueType, textPatterns } from '../contract/custom-field.ts';
import { trimmed, trimmedText } from '../contract/names.ts';
import { dateText } from '../contract/time.ts';
import { with_input, wording } from '../errors/field-errors.ts';
import { type FieldError, Problem, problems } from '../errors/problem.ts';
import {
  type CustomField,
  type CustomFields,
  indexed_characters,
  type RetiredField,
  referencedTable,
} from './custom.ts';
import { minorUnits } from './money.ts';

type Values = Record<string, unknown>;
type ValueError = Omit<FieldError, 'field'>;

export const text_characters_max = 2_000;

/** The part of a definition that decides which values are valid. */
type Definition = Pick<CustomField, 'key' | 'type' | 'options' | 'required' | 'rules' | 'is_unique'>;

const uuid = z.uuid({ error: 'This is not an id' });
const schemas: Record<CustomValueType, (field: Definition) => z.ZodType> = {
  text: (field) =>
    trimmed().min(1, { error: 'Send null to clear the field' }).max(charactersMax(field), tooLong(field)),
  integer: () =>
    z
      .int({ error: 'Write a whole number' })
      .min(-2147483648, { error: 'Write at least -2147483648' })
      .max(2147483647, { error: 'Write at most 2147483647' }),
  decimal: () => z.string().regex(/^-?\d{1,15}(\.\d{1,6})?$/, { error: 'Write a decimal number such as "12.5"' }),
  money: () =>
    z.strictObject(
      {
        amount: z.string().regex(/^-?\d{1,15}(\.\d{1,4})?$/, { error: 'Write an amount such as "1054.00"' }),
        currency: z.string(),
      },
      { error: 'Write {"amount": "1054.00", "currency": "USD"}' },
    ),
  date: dateText,
  select: (field) => oneOf(field),
  multi_select: (field) => z.array(oneOf(field), { error: 'Write a list of values' }).max(field.options.length),
  user: () => uuid,
  url: (field) =>
    z
      .url({ protocol: /^https?$/, error: 'Write an address such as https://example.com' })
      .max(charactersMax(field), tooLong(field)),
  boolean: () => z.boolean({ error: 'Write true or false' }),
};

/** Unique values are compared as a whole, so they may be no longer than what the index holds. */
const charactersMax = ({ is_unique }: Definition) => (is_unique ? indexed_characters : text_characters_max);
const tooLong = (field: Definition) => ({ error: `Write at most ${charactersMax(field)} characters` });

const oneOf = (field: Definition) => z.enum(field.options, { error: `Choose one of ${field.options.join(', ')}` });

/** A reference in a request, and the field that holds it. */
export interface Reference {
  field: string;
  table: string;
  id: string;
}

interface Requests {
  creating: boolean;
  errorPath: (index: number) => string;
  retired?: ReadonlyMap<string, RetiredField>;
  /** The record to change. */
  id?: string;
}

/**
 * Checks the `custom` values of requests; throws a 422 that names `custom.<key>`. Returns the references among them.
 */
export function checkCustomValues(
  fields: CustomFields,
  inputs: Values[],
  { creating, errorPath, retired, id }: Requests,
): Reference[] {
  const errors: FieldError[] = [];
  const references: Reference[] = [];
  for (const [index, input] of inputs.entries()) {
    const values = (input.custom ?? {}) as Values;
    const path = `${errorPath(index)}custom.`;
    for (const [key, value] of Object.entries(values)) {
      const field = fields.get(key);
      const error = field
        ? field.changeable
          ? valueError(field, value)
          : fixed
        : retiredError(retired?.get(key), value, { creating, id });
      const table = field && referencedTable(field.type);
      if (error) errors.push({ field: path + key, ...error });
      else if (value !== null && table)
        references.push({ field: path + key, table, id: (value as string).toLowerCase() });
    }
    if (!creating) continue;
    for (const { key, required, has_default, changeable } of fields.values()) {
      // A caller who may not set a required field need not send it.
      if (required && !has_default && changeable && !Object.hasOwn(values, key))
        errors.push({ field: path + key, ...needed });
    }
  }
  if (errors.length > 0) throw problems.invalid(errors);
  return references;
}

const needed: ValueError = { code: 'required', message: 'This is required' };
const unknownField: ValueError = { code: 'unknown_field', message: 'There is no such custom field' };
const fixed: ValueError = { code: 'forbidden', message: 'Your role may see this field, not change it' };

/**
 * A client may send back what it read before the field was retired: only a value that differs from the record's is an
 * error.
 */
function retiredError(
  retired: RetiredField | undefined,
  value: unknown,
  { creating, id }: { creating: boolean; id: string | undefined },
): ValueError | undefined {
  if (!retired) return unknownField;
  const unchanged = id ? isDeepStrictEqual(retired.stored, value) : creating && value === null;
  if (unchanged) return undefined;
  return {
    code: 'retired_field',
    message: `The custom field "${retired.label}" is retired: its values cannot be changed. Leave it out, or restore the field first`,
  };
}

/** The form of a value of a field, without its bounds and whether it is required. */
export const valueSchema = (field: Definition): z.ZodType =>
  isValueType(field.type) ? schemas[field.type](field) : uuid;

/** Why a value does not fit a field; undefined when it does. */
export function valueError(field: Definition, value: unknown): ValueError | undefined {
  if (value === null) return field.required ? needed : undefined;
  if (field.required && Array.isArray(value) && value.length === 0) return needed;
  const checked = valueSchema(field).safeParse(value, with_input);
  if (!checked.success) return { code: 'invalid', message: wording(checked.error.issues[0]!) };
  return (field.type === 'money' ? amountError(field, value as Amount) : undefined) ?? ruleError(field, value);
}

interface Amount {
  amount: string;
  currency: string;
}

function amountError({ key }: Definition, { amount, currency }: Amount): ValueError | undefined {
  try {
    minorUnits(amount, currency, key);
  } catch (error) {
    if (error instanceof Problem) return { code: error.errors[0]!.code, message: error.errors[0]!.message };
    throw error;
  }
  return undefined;
}

function ruleError({ type, rules }: Definition, value: unknown): ValueError | undefined {
  const { min, max, pattern } = rules;
  if (pattern && !textPatterns[pattern].expression.test(value as string))
    return { code: 'pattern', message: textPatterns[pattern].message };
  const size = sizeOf(type, value);
  const unit = type === 'text' || type === 'url' ? ' characters' : '';
  if (size === undefined) return undefined;
  if (min !== undefined && size < boundOf(type, min)!)
    return { code: 'too_small', message: `Write at least ${min}${unit}` };
  if (max !== undefined && size > boundOf(type, max)!)
    return { code: 'too_big', message: `Write at most ${max}${unit}` };
  return undefined;
}

/** What a value is compared by: a length, a number in millionths, a date as sortable text. */
function sizeOf(type: CustomFieldType, value: unknown): bigint | string | undefined {
  switch (type) {
    case 'text':
    case 'url':
      return boundOf(type, String([...trimmedText(value as string)].length));
    case 'integer':
    case 'decimal':
    case 'date':
      return boundOf(type, String(value));
    case 'money':
      return boundOf(type, (value as Amount).amount);
    default:
      return undefined;
  }
}

/** A bound in the form that values are compared in; undefined when it is none, or the type has no bounds. */
export function boundOf(type: CustomFieldType, text: string): bigint | string | undefined {
  switch (type) {
    case 'text':
    case 'url':
      return /^\d{1,4}$/.test(text) ? millionths(text) : undefined;
    case 'integer':
      return /^-?\d{1,10}$/.test(text) ? millionths(text) : undefined;
    case 'decimal':
    case 'money':
      return /^-?\d{1,15}(\.\d{1,6})?$/.test(text) ? millionths(text) : undefined;
    case 'date':
      return dateText().safeParse(text).success ? text : undefined;
    default:
      return undefined;
  }
}

function millionths(text: string): bigint {
  const [whole = '0', part = ''] = text.replace('-', '').split('.');
  const size = BigInt(whole) * 1_000_000n + BigInt(part.padEnd(6, '0'));
  return text.startsWith('-') ? -size : size;
}
