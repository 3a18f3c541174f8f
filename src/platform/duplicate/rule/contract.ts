import { z } from 'zod';
import { hasOwnWay, type OwnWay, suspectResource, suspectType } from '../contract.ts';

/*
 * What counts as the same record is for each workspace to say: rules, each of conditions that must all hold. Without rules of its own a workspace
 * has the ones here. The warning under a new record, the list of pairs and imports go by them alike.
 */

export const rules_max = 10;
const conditions_max = 5;
/** Below this nothing is looked up as similar. */
const similar_min = 0.5;

/** Fields by which records are compared. Those that identify find records by themselves; the others tell apart what was found. */
const ruleFields: Record<OwnWay, RuleFields> = {
  contact: {
    identify: ['email', 'phone', 'name'],
    others: ['company', 'job_title', 'city', 'postal_code', 'country'],
  },
  company: {
    identify: ['domain', 'name'],
    others: ['phone', 'city', 'postal_code', 'country'],
  },
};
interface RuleFields {
  identify: readonly string[];
  others: readonly string[];
}
export const ruleFieldsOf = (type: string): RuleFields =>
  hasOwnWay(type) ? ruleFields[type] : { identify: suspectResource(type).duplicateKeys!, others: [] };

const fieldLabels: Record<string, string> = {
  email: 'E-mail address', phone: 'Phone number', name: 'Name', domain: 'Domain', company: 'Company', job_title: 'Job title', city: 'City',
  postal_code: 'Postal code', country: 'Country',
}; // biome-ignore format: a list of words

export const fieldLabel = (type: string, field: string): string =>
  hasOwnWay(type) ? fieldLabels[field]! : suspectResource(type).meta.get(field)!.title;

/** By these an import can look up a million records. */
export const importedBy = (type: string): readonly string[] =>
  hasOwnWay(type) ? ['email', 'domain', 'name'] : suspectResource(type).duplicateKeys!;

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

export const ruleChange = z.strictObject({ rules: z.array(rule).max(rules_max) });
export const ruleParams = z.strictObject({ resource: suspectType });

export const ruleSet = z.object({
  resource: suspectType,
  rules: z.array(rule),
  /** The workspace has none of its own. */
  standard: z.boolean(),
  version: z.int().describe('Of its own rules; 0 while it has none'),
  fields: z.array(z.object({ name: z.string(), label: z.string(), identifies: z.boolean(), importable: z.boolean() })),
});
export type RuleSet = z.infer<typeof ruleSet>;
export const ruleSets = z.object({ data: z.array(ruleSet) });

/** The job that counts; once it is done, `progress.done` is how many pairs there are. */
export const pairCount = z.object({ job_id: z.uuid().nullable() });

const same = (field: string): RuleCondition => ({ field, compare: 'same' });
const ownRules: Record<OwnWay, Rule[]> = {
  contact: [
    { when: [same('email')], suspects: true, imports: true },
    { when: [same('phone')], suspects: true, imports: false },
    { when: [{ field: 'name', compare: 'similar', from: 0.6 }, same('company')], suspects: true, imports: false },
    { when: [same('name'), same('phone')], suspects: false, imports: true },
  ],
  company: [
    { when: [same('domain')], suspects: true, imports: true },
    { when: [{ field: 'name', compare: 'similar', from: 0.6 }, same('city')], suspects: true, imports: false },
    {
      when: [
        { field: 'name', compare: 'same_core' },
        { field: 'city', compare: 'not_other' },
      ],
      suspects: true,
      imports: false,
    },
    { when: [same('name')], suspects: false, imports: true },
  ],
};
export const standardRules = (type: string): Rule[] =>
  hasOwnWay(type)
    ? ownRules[type]
    : suspectResource(type).duplicateKeys!.map((field) => ({ when: [same(field)], suspects: true, imports: true }));
