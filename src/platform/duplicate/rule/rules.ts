import { type FieldError, problems } from '../../../kernel/errors/problem.ts';
import { isHiddenField, readCustomFields } from '../../../kernel/resource/custom.ts';
import { isPersonalText, mayHaveSealed, sealableFields } from '../../../kernel/resource/personal.ts';
import type { Context } from '../../../kernel/tenancy/context.ts';
import { suspectResource, suspectTypes } from '../contract.ts';
import { wayOf } from '../way/contract.ts';
import { fieldLabel, importedBy, type Rule, type RuleSet, ruleFieldsOf, standardRules } from './contract.ts';
import { findRules } from './queries.ts';

/** The rules that hold for a kind of record now. */
export async function rulesOf(ctx: Context, resource: string): Promise<Rule[]> {
  return (await findRules(ctx, resource))?.rules ?? standardRules(resource);
}

export const describeRules = (ctx: Context): Promise<RuleSet[]> =>
  Promise.all(suspectTypes().map((resource) => describeRulesOf(ctx, resource)));

export async function describeRulesOf(ctx: Context, resource: string): Promise<RuleSet> {
  const [own, fields] = await Promise.all([findRules(ctx, resource), fieldsOf(ctx, resource)]);
  const rules = (own?.rules ?? standardRules(resource)).filter((rule) => !isHidden(ctx, resource, rule));
  return { resource, rules, standard: own === undefined, version: own?.version ?? 0, fields };
}

/** The rules of which the caller sees all fields. */
export const shownRulesOf = async (ctx: Context, resource: string): Promise<Rule[]> =>
  (await rulesOf(ctx, resource)).filter((rule) => !isHidden(ctx, resource, rule));

const isHidden = (ctx: Context, resource: string, { when }: Rule): boolean =>
  when.some(({ field }) => isHiddenField(ctx, resource, field));

async function fieldsOf(ctx: Context, resource: string): Promise<RuleSet['fields']> {
  const { identify, others } = ruleFieldsOf(resource);
  const suspect = suspectResource(resource);
  const isSealed = sealableFields(suspect).length > 0 && (await mayHaveSealed(ctx));
  const built = (names: readonly string[], identifies: boolean) =>
    names.map((name) => {
      const sealed = isSealed && isPersonalText(suspect, name) && !suspect.meta.get(name)?.sealedIndex;
      return { name, label: fieldLabel(resource, name), identifies, importable: true, sealed };
    });
  const custom = [...(await readCustomFields(ctx, suspectResource(resource))).values()]
    .filter(({ type }) => type === 'text')
    .map(({ key, label }) => ({ name: `custom.${key}`, label, identifies: false, importable: false, sealed: false }));
  return [...built(identify, true), ...built(others, false), ...custom];
}

/**
 * Of each rule by which imports go, its fields; what is looked up by an index comes first. Undefined: it has no such
 * rules.
 */
export async function importKeys(ctx: Context, name: string): Promise<string[][] | undefined> {
  if (!suspectTypes().includes(name)) return undefined;
  const imported = importedBy(name);
  const rules = (await rulesOf(ctx, name)).filter(({ imports }) => imports);
  return rules.map(({ when }) => {
    const fields = when.map(({ field }) => field);
    return [
      ...imported.filter((field) => fields.includes(field)),
      ...fields.filter((field) => !imported.includes(field)),
    ];
  });
}

/** Refuses rules by which nothing could be found, or not in a reasonable time. */
export async function checkRules(ctx: Context, resource: string, rules: readonly Rule[]): Promise<void> {
  const fields = await fieldsOf(ctx, resource);
  const errors = rules.flatMap((rule, at) =>
    ruleErrors(resource, rule, fields).map((error) => ({ ...error, field: `rules.${at}.${error.field}` })),
  );
  if (errors.length > 0) throw problems.invalid(errors);
}

function ruleErrors(resource: string, { when, imports }: Rule, fields: RuleSet['fields']): FieldError[] {
  const errors: FieldError[] = [];
  const complain = (field: string, code: string, message: string) => errors.push({ field, code, message });
  const known = (name: string) => fields.find((field) => field.name === name);
  for (const [at, { field, compare }] of when.entries()) {
    if (!known(field))
      complain(`when.${at}.field`, 'invalid_value', `Choose one of ${fields.map(({ name }) => name).join(', ')}`);
    if (when.findIndex((other) => other.field === field) !== at)
      complain(`when.${at}.field`, 'repeated', 'Use each field once in a rule');
    if (compare === 'same_core' && (field !== 'name' || !wayOf(resource)?.legalForms))
      complain(`when.${at}.compare`, 'invalid_value', 'Only names of companies have a legal form');
    if (compare === 'similar' && (field !== 'name' || !wayOf(resource)))
      complain(
        `when.${at}.compare`,
        'invalid_value',
        'Only names can be similar; other fields are the same or are not',
      );
  }
  if (!when.some(({ field, compare }) => known(field)?.identifies && compare !== 'not_other')) {
    const names = fields.filter(({ identifies }) => identifies).map(({ label }) => label.toLowerCase());
    complain('when', 'finds_nothing', `Add one of ${names.join(', ')}: by the others alone records cannot be found`);
  }
  if (when.some(({ compare }) => compare === 'similar') && !when.some(({ compare }) => compare === 'same'))
    complain('when', 'finds_too_much', 'Add something that is the same, such as the city: too many names are similar');
  if (imports && !when.every(({ field, compare }) => compare === 'same' && known(field)?.importable))
    complain(
      'imports',
      'invalid_value',
      'An import goes by fields that are the same and are not custom ones: a row that is only similar must not change a record',
    );
  // Of other types the keys are all that identifies, and that one is among the conditions was asked above.
  if (imports && wayOf(resource) && !when.some(({ field }) => importedBy(resource).includes(field)))
    complain('imports', 'invalid_value', 'An import needs an e-mail address, a domain or a name to find records by');
  return errors;
}
