export type TargetType =
  | 'text' | 'long_text' | 'integer' | 'decimal' | 'money' | 'currency' | 'date' | 'boolean' | 'email' | 'phone' | 'url' | 'country' | 'select'; // biome-ignore format: a list of words

export interface TargetField {
  name: string;
  type: TargetType;
  label: string;
  /** Column names that mean this field, in any case and punctuation. */
  synonyms: readonly string[];
  required?: boolean;
  /** The cell names another record. */
  reference?: { resource: string; by: 'name' | 'email' | 'external_id' };
  values?: readonly string[];
  /** Other words for the values, as other systems and people write them. */
  aliases?: Readonly<Record<string, string>>;
}

export interface TargetResource {
  resource: string;
  label: string;
  /** Words other systems have for such a record; a column name may begin with one: `Deal Stage`, `Account Name`. */
  synonyms: readonly string[];
  /** A file can only be this when a column maps to at least one of these. */
  identity: readonly string[];
  fields: readonly TargetField[];
}
