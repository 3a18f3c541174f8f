import type { KeyObject } from 'node:crypto';
import type { FieldMeta, LabelledValue } from '../contract/fields.ts';
import { phoneKey } from '../contract/phone.ts';
import { definedResources } from '../contract/resource.ts';
import { blindIndex, type TextIndex } from '../vault/envelope.ts';

/**
 * Telephone numbers that are sealed are found by blind indexes in their envelopes, one for each entry of a list. Whoever
 * looks up a number asks by all keys that it may have: that of the number in the clear, and one of each index key in
 * use, as `app.phone_key` and `app.phone_keys` give them for what is stored.
 */
export type IndexKind = NonNullable<FieldMeta['sealedIndex']>['of'];

/** What is compared of a value; null where it tells nothing. */
export const comparedForms: Readonly<Record<IndexKind, (text: string) => string | null>> = { phone: phoneKey };

/** The field whose sealed values have an index, of a column. */
export const indexedField = (table: string, column: string): FieldMeta | undefined => {
  const meta = definedResources()
    .find((resource) => resource.table === table)
    ?.meta.get(column);
  return meta?.sealedIndex && meta;
};

/** What of a text, or of each entry of a list, stands in its envelope to find it by. */
export function indexOfText(key: KeyObject, table: string, meta: FieldMeta, text: string): TextIndex | undefined {
  const { of } = meta.sealedIndex!;
  const indexOf = (value: string) => {
    const form = comparedForms[of](value);
    return form === null ? [] : [blindIndex(key, { table, column: of }, form)];
  };
  if (meta.type !== 'labelled') return indexOf(text)[0];
  return (JSON.parse(text) as LabelledValue[]).flatMap(({ value }) => indexOf(value));
}

/** The index of a compared form by each of these keys, as `app.sealed_index` cuts it out of a sealed text. */
export const indexTexts = (keys: readonly KeyObject[], table: string, of: IndexKind, form: string): string[] =>
  keys.map((key) => `index:${blindIndex(key, { table, column: of }, form).toString('hex')}`);
