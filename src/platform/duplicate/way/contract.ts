import type { RawBuilder } from 'kysely';
import { z } from 'zod';
import { record } from '../../../kernel/contract/bounds.ts';
import { custom_fields_max } from '../../../kernel/contract/fields.ts';

const conditions_max = 5;
/** Below this nothing is looked up as similar. */
const similar_min = 0.5;

export const ruleCondition = z.strictObject({
  field: z.string().max(80).describe('One of the fields that are listed, or custom.<key> of a text field'),
  compare: z
    .enum(['same', 'similar', 'same_core', 'not_other'])
    .describe(
      'same_core: the same name of a company but for its legal form; not_other: the same, or missing on one side',
    ),
  from: z.number().min(similar_min).max(1).optional().describe('How similar, 1 being the same'),
});
export type RuleCondition = z.output<typeof ruleCondition>;

export const rule = z
  .strictObject({
    when: z.array(ruleCondition).min(1).max(conditions_max),
    suspects: z.boolean().describe('Warn of such records, and list them'),
    imports: z.boolean().describe('A row of a file is about the record that it finds'),
  })
  .meta({ id: 'DuplicateRule' });
export type Rule = z.output<typeof rule>;

export const same = (field: string): RuleCondition => ({ field, compare: 'same' });

/** What somebody has typed so far: it may not be valid yet. */
export const typedText = z.string().normalize().max(400).nullable().optional();
export const typedCustom = record(z.string().max(80), typedText, custom_fields_max)
  .optional()
  .describe('Texts of custom fields');

type Sql = RawBuilder<unknown>;
/** By field. */
export type Texts = Readonly<Record<string, string | null | undefined>>;

/**
 * How records of a type are compared that are more than their `duplicateKeys`: by names that are similar, by several
 * addresses.
 */
export interface DuplicateWay {
  /** What somebody has typed so far of a new one. */
  draft: z.ZodObject;
  /** The fields of its rules: those that find records by themselves, and those that tell apart what was found. */
  identify: readonly string[];
  others: readonly string[];
  labels?: Readonly<Record<string, string>>;
  /** While the workspace has none of its own. */
  rules: Rule[];
  /** When one of these fields was changed, a record is compared again. */
  compared: readonly string[];
  /** What of a record `r` is compared with others, by its columns. */
  columns: Sql;
  /** What is compared of a record `r` as its name, and as fields of rules that are not columns. */
  name: Sql;
  values?: Readonly<Record<string, Sql>>;
  /** What tells namesakes apart, of a record `r`: beside a new one, and as a column in the list. */
  detail: Sql;
  /** The field whose text that may be, as it is stored. */
  sealedDetail?: string;
  namesake: string;
  /** The texts of a draft or record by the fields of rules. */
  texts: (given: Texts) => Texts;
  /** The ids of records that may be like it, up to a bound (`phone_keys` has what its number is found by); of further ones that its columns alone lead to. */
  candidates: (given: Texts) => Sql;
  furtherCandidates?: (texts: Texts) => Sql;
  /** Nothing but a name being known, it must be the same. */
  exactAlone?: true;
  /** A name may be compared without its legal form. */
  legalForms?: true;
}

const ways = new Map<string, DuplicateWay>();

/** Declares how types are compared; in this order lists and documents have them. */
export function declareDuplicateWays(declared: Readonly<Record<string, DuplicateWay>>): void {
  for (const [type, way] of Object.entries(declared)) ways.set(type, way);
}

export const wayOf = (type: string): DuplicateWay | undefined => ways.get(type);
export const waysDeclared = (): string[] => [...ways.keys()];
