import { z } from 'zod';
import { suspectResource, suspectType } from '../contract.ts';
import { type Rule, rule, same, wayOf } from '../way/contract.ts';

export type { Rule, RuleCondition } from '../way/contract.ts';

/*
 * What counts as the same record is for each workspace to say: rules, each of conditions that must all hold. Without
 * rules of its own a workspace has the ones here. The warning under a new record, the list of pairs and imports go by
 * them alike.
 */

export const rules_max = 10;
interface RuleFields {
  identify: readonly string[];
  others: readonly string[];
}
/**
 * Fields by which records are compared. Those that identify find records by themselves; the others tell apart what was
 * found.
 */
export const ruleFieldsOf = (type: string): RuleFields =>
  wayOf(type) ?? { identify: suspectResource(type).duplicateKeys!, others: [] };

const fieldLabels: Record<string, string> = {
  email: 'E-mail address', phone: 'Phone number', name: 'Name', domain: 'Domain', job_title: 'Job title', city: 'City',
  postal_code: 'Postal code', country: 'Country',
}; // biome-ignore format: a list of words

export function fieldLabel(type: string, field: string): string {
  const way = wayOf(type);
  return way ? (way.labels?.[field] ?? fieldLabels[field]!) : suspectResource(type).meta.get(field)!.title;
}

/** By these an import can look up a million records. */
export const importedBy = (type: string): readonly string[] =>
  wayOf(type) ? ['email', 'domain', 'name'] : suspectResource(type).duplicateKeys!;

export const ruleChange = z.strictObject({ rules: z.array(rule).max(rules_max) });
export const ruleParams = z.strictObject({ resource: suspectType });

export const ruleSet = z.object({
  resource: suspectType,
  rules: z.array(rule),
  /** The workspace has none of its own. */
  standard: z.boolean(),
  version: z.int().describe('Of its own rules; 0 while it has none'),
  fields: z.array(
    z.object({
      name: z.string(),
      label: z.string(),
      identifies: z.boolean(),
      importable: z.boolean(),
      sealed: z.boolean().describe('Its texts are sealed in the workspace: by it nothing is found or told apart'),
    }),
  ),
});
export type RuleSet = z.infer<typeof ruleSet>;
export const ruleSets = z.object({ data: z.array(ruleSet) });

/** The job that counts; once it is done, `progress.done` is how many pairs there are. */
export const pairCount = z.object({ job_id: z.uuid().nullable() });

export const standardRules = (type: string): Rule[] =>
  wayOf(type)?.rules ??
  suspectResource(type).duplicateKeys!.map((field) => ({ when: [same(field)], suspects: true, imports: true }));
