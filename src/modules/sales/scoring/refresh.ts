import { enqueue } from '../../../kernel/jobs/queue.ts';
import type { Context } from '../../../kernel/tenancy/context.ts';
import { type AskedRule, askedRules, rulesMet } from '../scoring-rule/index.ts';
import type { DealFacts } from './facts.ts';
import { closed_min, type Explained, explainer } from './model.ts';
import { type ModelRow, newestModel } from './model-queries.ts';
import {
  countClosed,
  dealsById,
  dequeueDeals,
  expandTenantWideEntries,
  type KnownDeal,
  lockDeals,
  lockScores,
  requeueSkipped,
  type ScoreRow,
  updateDealScoreColumn,
  upsertDealScores,
} from './queries.ts';
import { base_without_history, combine } from './score.ts';

export const fit_kind = 'score.fit';
const batch_deals_max = 500;
/** Of those it was fitted on, the share of newly closed deals that asks for a new model. */
const new_closed_share = 0.05;

/** What all deals of a workspace are scored by at a moment. */
interface Scoring {
  model: ModelRow | undefined;
  predict: (facts: DealFacts) => Explained | number;
  rules: AskedRule[];
}

async function readScoring(ctx: Context): Promise<Scoring> {
  const [model, rules] = [await newestModel(ctx), await askedRules(ctx, 'deal')];
  return { model, rules, predict: createPredictor(model) };
}

/** Without a usable model every deal gets the same base: the win rate if a model was tried and was no better than chance, otherwise 50. */
function createPredictor(model: ModelRow | undefined): Scoring['predict'] {
  if (model?.spec) return explainer(model.spec);
  const share =
    model?.verdict === 'no_better_than_chance' ? (100 * model.won) / (model.won + model.lost) : base_without_history;
  return () => share;
}

interface Refreshed {
  /** 0 when there is nothing left that could be scored now. */
  deals: number;
  closed: number;
}

/** Scores some of the deals that are due. */
export async function refreshSome(ctx: Context): Promise<Refreshed> {
  await lockScores(ctx);
  await expandTenantWideEntries(ctx);
  const due = await dequeueDeals(ctx, batch_deals_max);
  if (due.length === 0) return { deals: 0, closed: 0 };
  const locked = await lockDeals(ctx, due);
  const deals = await dealsById(ctx, locked);
  const open = deals.filter(({ status }) => status === 'open');
  const rows = await scoreDeals(ctx, open);
  await upsertDealScores(ctx, rows);
  const shown = new Map(rows.map(({ deal_id, score }) => [deal_id, score]));
  await updateDealScoreColumn(
    ctx,
    locked.map((deal_id) => ({ deal_id, score: shown.get(deal_id) ?? null })),
  );
  await requeueSkipped(
    ctx,
    due.filter((id) => !locked.includes(id)),
  );
  return { deals: locked.length, closed: deals.length - open.length };
}

async function scoreDeals(ctx: Context, deals: readonly KnownDeal[]): Promise<ScoreRow[]> {
  const { model, rules, predict } = await readScoring(ctx);
  const ids = deals.map(({ id }) => id);
  const met = await rulesMet(ctx, 'deal', rules, ids);
  const scored = model?.spec || rules.length > 0;
  return deals.map(({ id, known, now }) => {
    const facts = keepFirstAmount(known, now);
    const nothing = { score: null, base: null, rule_points: 0, reasons: [] };
    const result = scored ? combine(facts, predict(facts), met.get(id) ?? []) : nothing;
    return { deal_id: id, model_id: model?.id ?? null, known: facts, ...result };
  });
}

/** The first amount stays in the facts. Salespeople move an amount towards the expected outcome, so a later one would leak the outcome into the features. */
const keepFirstAmount = (known: DealFacts | null, now: DealFacts): DealFacts => ({
  ...now,
  amount: known?.amount ?? now.amount,
});

/** Enqueues a new fit when the number of closed deals has changed by 5 % since the last fit. */
export async function enqueueFitIfNeeded(ctx: Context): Promise<void> {
  const [model, { won, lost }] = [await newestModel(ctx), await countClosed(ctx)];
  const before = (model?.won ?? 0) + (model?.lost ?? 0);
  const still_too_few = won + lost < closed_min && before < closed_min;
  if (!still_too_few && Math.abs(won + lost - before) >= new_closed_share * before)
    await enqueue(ctx, fit_kind, {}, { dedupeKey: 'all' });
}
