import type { RawBuilder } from 'kysely';
import type { Sealing } from '../../kernel/contract/fields.ts';
import type { Resource } from '../../kernel/contract/resource.ts';
import type { Values } from '../../kernel/resource/store.ts';
import type { Load, LoadRow } from './load.ts';

export type TargetType =
  | 'text' | 'long_text' | 'integer' | 'decimal' | 'money' | 'currency' | 'date' | 'boolean' | 'email' | 'phone' | 'url' | 'country' | 'select'
  | 'tags' | 'list' | 'numbers' | 'id' | 'note' | 'birthday' | 'addresses' | 'duration' | 'time' | 'secret'; // biome-ignore format: a list of words

export interface TargetField {
  name: string;
  type: TargetType;
  label: string;
  /** Column names that mean this field, in any case and punctuation. */
  synonyms: readonly string[];
  required?: boolean;
  /** Exports show it; no file sets it. */
  readOnly?: boolean;
  /** Of a sealed field: what people see of its values. */
  mask?: Sealing['mask'];
  /** The cell names another record. */
  reference?: { resource: string; by: 'name' | 'email' | 'external_id'; many?: boolean };
  /** The kind of record that the values of a field of the tenant's own name, where files name it. */
  names?: string;
  values?: readonly string[];
  /** Other words for the values, as other systems and people write them. */
  aliases?: Readonly<Record<string, string>>;
  /** Columns of the table that it fills: one of its own name by default; none when it only leads to other rows. */
  columns?: readonly string[];
  /** Where the id of the record that it names stands in a row; by default its first column. */
  idIn?: string;
  /**
   * What an export shows of it where that is not its first column: another column, or SQL beside the table alias `r`.
   */
  exported?: string | { value: RawBuilder<unknown>; join: RawBuilder<unknown> };
}

/** The kind of record that a field names, be it one of the tenant's own. */
export const namesOf = (field: TargetField): string | undefined => field.reference?.resource ?? field.names;

/** What a kind of record looks like in files. */
export interface TargetResource {
  resource: string;
  label: string;
  /** Words other systems have for such a record; a column name may begin with one: `Deal Stage`, `Account Name`. */
  synonyms: readonly string[];
  /** A file can only be this when a column maps to at least one of these. */
  identity: readonly string[];
  fields: readonly TargetField[];
  /** What other systems write: files with their columns are mapped as they say. */
  presets?: readonly Preset[];
  /**
   * The columns of the tables that a format of the module makes. What no field takes of such a table goes into a note,
   * and its lists are added to those that records have.
   */
  convertedColumns?: readonly string[];
}

/** Whether a table with these columns was made of a file of another format. */
export const isConverted = (names: readonly string[], targets: readonly TargetResource[]): boolean =>
  targets.some(({ convertedColumns }) => convertedColumns?.every((name) => names.includes(name)));

/** How another system names the columns of such records. */
export interface Preset {
  product: string;
  /** Columns that together no other file has. */
  signs: readonly string[];
  /** Field of each column; null: none, whatever it is called like. */
  columns: Readonly<Record<string, string | null>>;
}

/**
 * Columns by which a row finds the record it is about. A row in which one of them is empty finds nothing by them: two
 * blanks are not the same.
 */
export interface MatchKey {
  /** Several records may share what stands in the columns: `sharing` of the target tells them apart. */
  isShared?: boolean;
  /** Fields one of which has to be in the file. */
  from: readonly string[];
  columns: readonly string[];
  /** Columns in which the record may lack what the row has, but has nothing else. */
  within?: readonly string[];
}

/**
 * A row that has found no record, but shares what stands in `column` with some, is listed with them, for people to say
 * whether it is one.
 */
export interface Alike {
  column: string;
  /** What tells such records apart on that list. */
  detail: (record: Values) => string | null;
}

/** How records are told apart that share what else finds a record, as members of a family share an e-mail address. */
export interface Sharing {
  /** The rule for duplicates that may find several, by a field that it has and one that it lacks. */
  rule: { has: string; lacks: string };
  /** Columns of rows by which it tells. */
  columns: readonly string[];
  /** SQL: that the staged row `s` may be about the record `c`. */
  mayBe: RawBuilder<unknown>;
  /** SQL: that, of several, it is `c`. */
  isExactly: RawBuilder<unknown>;
  /** The same of a row and a record, where the columns may be sealed. */
  compare: (row: LoadRow['values'], record: LoadRow['values']) => 'exactly' | 'maybe' | 'no';
  /** Rows of a file that share the columns are about several records when they differ in this. */
  keyOf: (values: LoadRow['values']) => string;
}

export interface RuleField {
  /** Fields of files one of which gives its value. */
  from?: readonly string[];
  /** The column of the table that holds it. */
  column?: string;
}

/** A kind of record that can be imported: what each module declares of its own. */
export interface ImportTarget extends TargetResource {
  contract: Resource;
  /**
   * Strongest first; the rules of the workspace for duplicates come after these. A row never finds a record by a weaker
   * key that differs from it in a stronger one.
   */
  keys: readonly MatchKey[];
  alike?: Alike;
  sharing?: Sharing;
  /**
   * Fields of the workspace's rules for duplicates that files or the table have otherwise than under the field's name.
   */
  ruleFields?: Readonly<Record<string, RuleField>>;
  /** Columns by which rows of other files name such a record, the usual one first. */
  namedBy: readonly string[];
  /** A name is enough to make one when a row of another file names one that is not there. */
  madeByName?: boolean;
  /** What new records have where a file says nothing; these columns are never emptied. */
  defaults: (given: Defaults) => Record<string, string | null>;
  /** Columns of the row that follow from others, without looking into the database. */
  shape?: (row: LoadRow, given: Defaults) => void;
  /** Finds or makes what rows name, with the database. Rows that cannot go in are refused here. */
  prepare?: (load: Load, rows: LoadRow[]) => Promise<void>;
  /**
   * Looks at rows once it is known which of them find a record that is there. Rows that cannot go in are refused here
   * too.
   */
  check?: (load: Load, rows: LoadRow[]) => Promise<void>;
  /** What hangs on records, once they are in place. */
  attach?: (load: Load, rows: LoadRow[]) => Promise<void>;
}

/** What files are analysed with: data alone, which can go to another process. */
export type AnalysisTarget = TargetResource & Pick<ImportTarget, 'keys'>;

export const analysisTarget = ({
  resource,
  label,
  synonyms,
  identity,
  fields,
  presets = [],
  convertedColumns,
  keys,
}: ImportTarget): AnalysisTarget => ({
  resource,
  label,
  synonyms,
  identity,
  keys,
  presets,
  ...(convertedColumns && { convertedColumns }),
  fields: fields.map(({ exported: _, ...field }) => field),
});

export interface Defaults {
  currency: string;
  owner_id: string | null;
}

/** Without what exports alone show. */
export const importable = (target: ImportTarget): ImportTarget => ({
  ...target,
  fields: target.fields.filter(({ readOnly }) => !readOnly),
});

export const columnsOf = (field: TargetField): readonly string[] => field.columns ?? [field.name];
