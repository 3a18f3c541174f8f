import { type CustomFieldType, type FieldRules, isReferenceType } from '../../kernel/contract/custom-field.ts';
import { type FieldError, problems } from '../../kernel/errors/problem.ts';
import { boundOf, valueError } from '../../kernel/resource/custom-values.ts';

/** A definition as it will be, whatever part of it a request names. */
export interface Definition {
  key: string;
  type: CustomFieldType;
  options: string[];
  required: boolean;
  rules: FieldRules;
  default_value: unknown;
  is_unique: boolean;
}

const unique_types: ReadonlySet<CustomFieldType> = new Set(['text', 'integer', 'decimal', 'date', 'url']);

export const isUniqueType = (type: CustomFieldType): boolean => unique_types.has(type);

export const hasOptions = (type: CustomFieldType) => type === 'select' || type === 'multi_select';

/** Throws a 422 that names what in a definition does not go together. */
export function checkDefinition(definition: Definition, path: string): void {
  const errors = [
    ...optionErrors(definition),
    ...ruleErrors(definition),
    ...uniqueErrors(definition),
    ...defaultErrors(definition),
  ];
  if (errors.length > 0) throw problems.invalid(errors.map((error) => ({ ...error, field: path + error.field })));
}

function optionErrors({ type, options }: Definition): FieldError[] {
  if (hasOptions(type) && options.length === 0)
    return [{ field: 'options', code: 'required', message: 'Write at least one option' }];
  if (!hasOptions(type) && options.length > 0)
    return [{ field: 'options', code: 'not_allowed', message: 'Only select and multi_select have options' }];
  if (new Set(options).size < options.length)
    return [{ field: 'options', code: 'duplicate', message: 'List each option once' }];
  return [];
}

function ruleErrors({ type, rules }: Definition): FieldError[] {
  const errors: FieldError[] = [];
  const bounds = (['min', 'max'] as const).map((side) => {
    const text = rules[side];
    const bound = text === undefined ? undefined : boundOf(type, text);
    if (text !== undefined && bound === undefined)
      errors.push({ field: `rules.${side}`, code: 'invalid', message: boundHint(type) });
    return bound;
  });
  const [min, max] = bounds;
  if (min !== undefined && max !== undefined && min > max)
    errors.push({ field: 'rules.max', code: 'invalid', message: 'This must not be below the minimum' });
  if (rules.pattern && type !== 'text')
    errors.push({ field: 'rules.pattern', code: 'not_allowed', message: 'Only a text is written in a certain way' });
  return errors;
}

function boundHint(type: CustomFieldType): string {
  switch (type) {
    case 'text':
    case 'url':
      return 'Write a number of characters such as "10"';
    case 'integer':
      return 'Write a whole number such as "10"';
    case 'decimal':
    case 'money':
      return 'Write a number such as "12.50"';
    case 'date':
      return 'Write a date that exists, such as "2026-11-20"';
    default:
      return 'A field of this type has no bounds';
  }
}

function uniqueErrors({ type, is_unique, default_value }: Definition): FieldError[] {
  if (!is_unique) return [];
  if (!isUniqueType(type))
    return [
      { field: 'is_unique', code: 'not_allowed', message: 'Only texts, numbers, dates and addresses can be unique' },
    ];
  if (default_value !== null)
    return [
      {
        field: 'default_value',
        code: 'not_allowed',
        message: 'A default would be the same on every record, and this field is unique',
      },
    ];
  return [];
}

function defaultErrors(definition: Definition): FieldError[] {
  const { type, default_value } = definition;
  if (default_value === null) return [];
  if (isReferenceType(type))
    return [{ field: 'default_value', code: 'not_allowed', message: 'A field that names a record has no default' }];
  const error = valueError(definition, default_value);
  return error ? [{ field: 'default_value', ...error }] : [];
}
