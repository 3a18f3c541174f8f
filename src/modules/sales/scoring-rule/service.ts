import type { RawBuilder } from 'kysely';
import { errorsBelow, invalidField, Problem, problems } from '../../../kernel/errors/problem.ts';
import {
  comparesPersonal,
  type Filter,
  filterSql,
  parseFilter,
  relatedTypes,
} from '../../../kernel/resource/filter.ts';
import { tenantFieldsFor } from '../../../kernel/resource/list.ts';
import { mayHaveSealed } from '../../../kernel/resource/personal.ts';
import { readsAll, refuseUnlessReadsAll } from '../../../kernel/resource/reads-all.ts';
import type { Subject } from '../../../kernel/resource/related.ts';
import { type ErrorPath, getRow, type Values } from '../../../kernel/resource/store.ts';
import type { Context } from '../../../kernel/tenancy/context.ts';
import { contact } from '../../directory/contact/contract.ts';
import { deal } from '../deal/contract.ts';
import { type RuleResource, scoringRule } from './contract.ts';
import { activeRules, askConditions, countMatches, countRules, type Rule, rulesById } from './queries.ts';

const rules_max = 50;
const counted_max = 100_000;

const typeOf = (resource: RuleResource) => (resource === 'deal' ? deal : contact);

/** What a filter asks, over the alias `r` of its own table. Throws a 422 for one that cannot be asked. */
async function conditionOf(ctx: Context, resource: RuleResource, filter: unknown): Promise<RawBuilder<unknown>> {
  const text = JSON.stringify(filter);
  return filterSql(typeOf(resource), parseFilter(text), await tenantFieldsFor(ctx, { filter: text }));
}

/**
 * Whoever sees a deal sees what it scores, and so whether it meets a rule, which is asked with all rights. So what a
 * rule asks about other records than the deal itself is for whoever may read all of those.
 */
async function checkFilter(ctx: Context, resource: RuleResource, filter: unknown): Promise<void> {
  await conditionOf(ctx, resource, filter);
  const text = JSON.stringify(filter);
  const subject = { resource: typeOf(resource), alias: 'r', fields: await tenantFieldsFor(ctx, { filter: text }) };
  const related = relatedTypes(subject, parseFilter(text));
  refuseUnlessReadsAll(ctx, resource === 'deal' ? related : [contact, ...related]);
}

export async function checkNewRules(ctx: Context, inputs: Values[], errorPath: ErrorPath): Promise<Values[]> {
  if ((await countRules(ctx)) + inputs.length > rules_max)
    throw problems.conflict(`A workspace has at most ${rules_max} scoring rules. Delete one that is no longer needed.`);
  for (const [index, input] of inputs.entries())
    await errorsBelow(errorPath(index), async () => {
      await checkFilter(ctx, input.resource as RuleResource, input.filter);
      checkPoints(input);
    });
  return inputs;
}

export async function checkRuleChange(ctx: Context, id: string, input: Values): Promise<Values> {
  if (input.filter !== undefined) {
    const { resource } = await getRow(ctx, scoringRule, id);
    await checkFilter(ctx, resource as RuleResource, input.filter);
  }
  checkPoints(input);
  return input;
}

function checkPoints({ points }: Values): void {
  if (points === 0 || points === null)
    throw invalidField('points', 'invalid', 'Write a whole number from -100 to 100 that is not 0');
}

export async function previewRule(ctx: Context, resource: RuleResource, filter: unknown) {
  const condition = await conditionOf(ctx, resource, filter);
  const { matches, total } = await countMatches(ctx, resource, condition, counted_max);
  return { matches, total, is_exact: total < counted_max };
}

/** The names of those of these rules of which the reader of a deal may see all records that they ask about. */
export async function shownRuleNames(ctx: Context, ids: readonly string[], row: Values): Promise<Map<string, string>> {
  const rules = await rulesById(ctx, ids);
  const fields = await tenantFieldsFor(ctx, { filter: JSON.stringify(rules.map(({ filter }) => filter)) });
  const shown = rules.filter((rule) => {
    try {
      return seesAsked(ctx, { resource: deal, alias: 'r', fields }, aboutDeal(rule), row);
    } catch (error) {
      // It names what is no longer there.
      if (error instanceof Problem) return false;
      throw error;
    }
  });
  return new Map(shown.map(({ id, name }) => [id, name]));
}

/**
 * Whether somebody who sees a deal as this row sees the records that a filter asks about: those the row itself has, of
 * others all of their kind.
 */
function seesAsked(ctx: Context, subject: Subject, filter: Filter, row: Values): boolean {
  if ('and' in filter) return filter.and.every((part) => seesAsked(ctx, subject, part, row));
  if ('or' in filter) return filter.or.every((part) => seesAsked(ctx, subject, part, row));
  if ('field' in filter) return true;
  const [asked, ...further] = relatedTypes(subject, filter);
  const own = row['any' in filter ? filter.any : filter.none];
  const isShown = typeof own === 'object' && own !== null && 'id' in own;
  return readsAll(ctx, isShown ? further : [asked!, ...further]);
}

/** A rule in use, as a question about records under the alias `r`. */
export interface AskedRule extends Rule {
  condition: RawBuilder<unknown>;
}

/** A rule about contacts asks about the deal's contact. */
const aboutDeal = ({ resource, filter }: Rule): Filter =>
  resource === 'deal' ? filter : { any: 'contact', where: filter };

/**
 * The rules in use, as questions about contacts, or about deals. One that names a field which is
 * no longer there counts for nothing until somebody mends it, and so does one that compares texts which may be sealed.
 */
export async function askedRules(ctx: Context, of: RuleResource): Promise<AskedRule[]> {
  const [active, mayBeSealed] = await Promise.all([activeRules(ctx), mayHaveSealed(ctx)]);
  const rules = active.filter(({ resource }) => of === 'deal' || resource === of);
  const fields = await tenantFieldsFor(ctx, { filter: JSON.stringify(rules.map(({ filter }) => filter)) });
  const subject = { resource: of === 'deal' ? deal : contact, alias: 'r', fields };
  return rules.flatMap((rule) => {
    const filter = of === 'deal' ? aboutDeal(rule) : rule.filter;
    try {
      if (mayBeSealed && comparesPersonal(subject, filter)) return [];
      return [{ ...rule, condition: filterSql(subject.resource, filter, fields) }];
    } catch (error) {
      if (error instanceof Problem) return [];
      throw error;
    }
  });
}

/** Which of these rules each record meets. */
export async function rulesMet(
  ctx: Context,
  of: RuleResource,
  rules: readonly AskedRule[],
  ids: readonly string[],
): Promise<Map<string, Rule[]>> {
  if (rules.length === 0) return new Map();
  const rows = await askConditions(
    ctx,
    of,
    rules.map(({ condition }) => condition),
    ids,
  );
  return new Map(rows.map(({ id, met }) => [id, rules.filter((_, i) => met[i])]));
}
