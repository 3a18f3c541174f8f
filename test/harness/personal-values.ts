import type { FieldMeta } from '../../src/kernel/contract/fields.ts';

/** A value with the text, of a field that may be sealed. */
export function valueWith({ type }: Pick<FieldMeta, 'type'>, text: string): unknown {
  if (type === 'list') return [text];
  if (type === 'labelled') return [{ label: 'Home', value: text }];
  if (type !== 'addresses') return text;
  return [{ label: 'Home', street: text, city: 'Bern', region: null, postal_code: null, country: 'Switzerland' }];
}

/** The text that `valueWith` put there. */
export function textIn(value: unknown): string {
  if (!Array.isArray(value)) return value as string;
  return value[0]?.value ?? value[0]?.street ?? value[0];
}
