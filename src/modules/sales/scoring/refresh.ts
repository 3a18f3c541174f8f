import { enqueue } from '../../../kernel/jobs/queue.ts';
import type { Context } from '../../../kernel/tenancy/context.ts';
import { type AskedRule, askedRules, rulesMet } from '../scoring-rule/index.ts';
import type { DealFacts } from './facts.ts';
import { closed_min, type Explained, explainer } from './model.ts';
import { type ModelRow, newestModel } from './model-queries.ts';
import {
  countClosed,
  dealsById,
  existingDeals,
  type KnownDeal,
  lockDeals,
  lockScores,
  nextDeals,
  type ScoreRow,
  updateDealScoreColumn,
  upsertDealScores,
} from './queries.ts';
import { base_without_history, combine } from './score.ts';

export const fit_kind = 'score.fit';
export const refresh_kind = 'score.refresh';
export const count_kind = 'score.count';
/** Deals scored in one transaction. */
export const batch_deals_max = 500;
const retry_ms = 1_000;
/** A new model is fitted when the number of closed deals has changed by this share. */
const new_closed_share = 0.05;

/** The model and rules by which deals are scored. */
interface Scoring {
  model: ModelRow | undefined;
  predict: (facts: DealFacts) => Explained | number;
  rules: AskedRule[];
}

async function readScoring(ctx: Context): Promise<Scoring> {
  const [model, rules] = [await newestModel(ctx), await askedRules(ctx, 'deal')];
  return { model, rules, predict: createPredictor(model) };
}

/**
 * Without a usable model every deal gets the same base: the win rate if a model was tried and was no better than
 * chance, otherwise 50.
 */
function createPredictor(model: ModelRow | undefined): Scoring['predict'] {
  if (model?.spec) return explainer(model.spec);
  const share =
    model?.verdict === 'no_better_than_chance' ? (100 * model.won) / (model.won + model.lost) : base_without_history;
  return () => share;
}

/** Scores up to `batch_deals_max` deals as they are now. */
export async function refresh(ctx: Context, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  await lockScores(ctx);
  const locked = await lockDeals(ctx, ids);
  const deals = await dealsById(ctx, locked);
  const open = deals.filter(({ status }) => status === 'open');
  const rows = await scoreDeals(ctx, open);
  await upsertDealScores(ctx, rows);
  const shown = new Map(rows.map(({ deal_id, score }) => [deal_id, score]));
  await updateDealScoreColumn(
    ctx,
    locked.map((deal_id) => ({ deal_id, score: shown.get(deal_id) ?? null })),
  );
  const soon = { delayMs: retry_ms };
  // Another transaction has locked these deals, and may roll back without an event.
  const missed = await existingDeals(
    ctx,
    ids.filter((id) => !locked.includes(id)),
  );
  if (missed.length > 0) await enqueue(ctx, refresh_kind, { ids: missed }, soon);
  // Counting closed deals takes longer than scoring, so it is done once for all that are closed within a moment.
  if (open.length < deals.length) await enqueue(ctx, count_kind, {}, { ...soon, dedupeKey: 'all' });
}

/** Scores the next deals of the workspace. Returns the last of them; null when there are no more. */
export async function refreshNext(ctx: Context, after: string | null): Promise<string | null> {
  const ids = await nextDeals(ctx, after, batch_deals_max);
  await refresh(ctx, ids);
  return ids.at(-1) ?? null;
}

/** Enqueues the scoring of all deals of the workspace. */
export const refreshAll = (ctx: Context): Promise<string | null> =>
  enqueue(ctx, refresh_kind, {}, { dedupeKey: 'all' });

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

/**
 * The first amount stays in the facts. Salespeople move an amount towards the expected outcome, so a later one would
 * leak the outcome into the features.
 */
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
