import { problems } from '../../../kernel/errors/problem.ts';
import { enqueue } from '../../../kernel/jobs/queue.ts';
import { getRow } from '../../../kernel/resource/store.ts';
import type { Context } from '../../../kernel/tenancy/context.ts';
import { contact } from '../../directory/contact/contract.ts';
import { deal } from '../deal/contract.ts';
import { askedRules, rulesMet, shownRuleNames } from '../scoring-rule/index.ts';
import type { DealScore } from './contract.ts';
import { type Factor, unknown } from './facts.ts';
import { closed_min, each_outcome_min, type ModelSpec, slopeAtAverage } from './model.ts';
import { isBeingFitted, newestModel } from './model-queries.ts';
import { countClosed, findScore, namesOf, type StoredReason } from './queries.ts';
import { fit_kind } from './refresh.ts';
import { companyFactors, reasonInWords, signed, valueInWords } from './words.ts';

/** A deal's score with its reasons; a 404 for a deal that was not scored yet. */
export async function readScore(ctx: Context, id: string): Promise<DealScore> {
  const row = await getRow(ctx, deal, id);
  const found = await findScore(ctx, id);
  if (!found) throw problems.notFound('score of this deal yet');
  const { deal_id, score, base, rule_points, reasons, scored_at, status, verdict } = found;
  const named = reasons.flatMap(({ values = [] }) => values).filter(isId);
  const rules = reasons.flatMap(({ rule_id }) => rule_id ?? []);
  const [names, ruleNames] = await Promise.all([namesOf(ctx, named), shownRuleNames(ctx, rules, row)]);
  const presented = reasons.map((reason) => presentReason(reason, { names, ruleNames }, row.company !== null));
  return {
    deal_id,
    score,
    base,
    base_is: verdict === 'in_use' ? 'average_deal' : verdict === 'no_better_than_chance' ? 'share_won' : 'half',
    model_points: reasons.reduce((sum, { kind, points }) => sum + (kind === 'model' ? points : 0), 0),
    rule_points,
    reasons: presented,
    scored_at,
    is_current: status === 'open',
  };
}

const isId = (value: string) => /^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$/.test(value);

function presentReason(
  { factor, values = [], rule_id, points }: StoredReason,
  { names, ruleNames }: { names: Map<string, string>; ruleNames: Map<string, string> },
  seesCompany: boolean,
): DealScore['reasons'][number] {
  if (rule_id !== undefined) {
    const name = ruleNames.get(rule_id);
    const rule = { kind: 'rule' as const, factor: null, values: [] };
    if (name) return { ...rule, rule: { id: rule_id, name }, points, text: `${name}: ${signed(points)}` };
    // With the points or the id one could tell which of the rules that are not shown it is, and so what the deal has in
    // a hidden field.
    const unseen = 'A rule that was deleted or that you may not see';
    return { ...rule, rule: { id: null, name: unseen }, points: null, text: unseen };
  }
  const known = factor as Factor;
  // Values of a company that was deleted or that the caller may not read are left out.
  const withValues = seesCompany || !companyFactors.has(known);
  const words = withValues ? values.map((value) => valueInWords(known, value, names)) : null;
  const text = reasonInWords(known, words, points);
  return { kind: 'model', factor: known, values: words, rule: null, points, text };
}

/** The points of a contact by the rules, computed now. */
export async function readContactPoints(ctx: Context, id: string) {
  await getRow(ctx, contact, id);
  const met = (await rulesMet(ctx, 'contact', await askedRules(ctx, 'contact'), [id])).get(id) ?? [];
  return {
    contact_id: id,
    points: met.reduce((sum, { points }) => sum + points, 0),
    rules: met.map(({ id, name, points }) => ({ id, name, points })),
  };
}

export async function readModel(ctx: Context) {
  const [model, closed, is_being_fitted] = [
    await newestModel(ctx),
    await countClosed(ctx),
    await isBeingFitted(ctx, fit_kind),
  ];
  const verdict = model?.verdict ?? 'not_enough_history';
  // While there are too few deals, the present count is shown, so that people see it grow.
  const { won, lost } = model && verdict !== 'not_enough_history' ? model : closed;
  return {
    verdict,
    won,
    lost,
    needed: { closed: closed_min, of_each_outcome: each_outcome_min },
    fitted_at: model?.created_at ?? null,
    is_being_fitted,
    judgement: model?.judgement ?? null,
    effects: model?.spec ? await effectsOf(ctx, model.spec) : [],
  };
}

/** The points of each value for a deal that is average in everything else. */
async function effectsOf(ctx: Context, spec: ModelSpec) {
  const slope = slopeAtAverage(spec);
  const middles = new Map<Factor, number>();
  for (const { factor, weight, average } of spec.columns)
    middles.set(factor, (middles.get(factor) ?? 0) + weight * average);
  const ids = spec.columns.flatMap((column) =>
    column.kind === 'category' && isId(column.value) ? [column.value] : [],
  );
  const names = await namesOf(ctx, ids);
  return spec.columns
    .filter((column) => column.kind !== 'missing')
    .map((column) => {
      const { factor, weight } = column;
      if (column.kind === 'number')
        return { factor, value: null, points: slope * weight * (Math.LN2 / column.deviation) };
      const value = column.value === unknown ? '' : valueInWords(factor, column.value, names);
      return { factor, value, points: slope * (weight - middles.get(factor)!) };
    })
    .sort((a, b) => Math.abs(b.points) - Math.abs(a.points));
}

export const enqueueFit = (ctx: Context): Promise<string | null> => enqueue(ctx, fit_kind, {}, { dedupeKey: 'all' });
