import { z } from 'zod';

/** What a tenant's own fields can hold, beside records of one type. */
export const customValueTypes = [
  'text', 'integer', 'decimal', 'money', 'date', 'select', 'multi_select', 'user', 'url', 'boolean',
] as const; // biome-ignore format: a list of words
export type CustomValueType = (typeof customValueTypes)[number];
const valueTypes: ReadonlySet<string> = new Set(customValueTypes);

/** One of these, or the name of a record type: then it holds the id of such a record. */
export type CustomFieldType = string;

export const isValueType = (type: CustomFieldType): type is CustomValueType => valueTypes.has(type);
/** Whether its values are ids, of members or of records. */
export const isReferenceType = (type: CustomFieldType): boolean => type === 'user' || !isValueType(type);

/** Ways in which a text can be written. Expressions of one's own would let anybody write one that never ends. */
export const textPatterns = {
  digits: { expression: /^\d+$/, message: 'Write digits only' },
  letters: { expression: /^[\p{L}\p{M} .'’-]+$/u, message: 'Write letters only' },
  letters_digits: { expression: /^[\p{L}\p{M}\d]+$/u, message: 'Write letters and digits only' },
  capitals_digits: {
    expression: /^[A-Z\d][A-Z\d./-]*$/,
    message: 'Write capital letters, digits, ".", "/" and "-" only',
  },
  email: { expression: /^[^\s@]+@[^\s@]+\.[^\s@.]+$/, message: 'Write an address such as name@example.com' },
  phone: { expression: /^\+?[\d\s()./-]+$/, message: 'Write a number such as +1 212 555 0100' },
} as const;
type TextPattern = keyof typeof textPatterns;

/**
 * Bounds of a field: of numbers, amounts and days themselves, of texts their length. All are written as texts: "0",
 * "12.50", "2026-01-01".
 */
export const fieldRules = z
  .strictObject({
    min: z.string().max(40).optional(),
    max: z.string().max(40).optional(),
    pattern: z.enum(Object.keys(textPatterns) as [TextPattern, ...TextPattern[]]).optional(),
  })
  .meta({ id: 'CustomFieldRules' });
export type FieldRules = z.infer<typeof fieldRules>;
