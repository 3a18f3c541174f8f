import { type Column, columnsFor, encoder } from './encode.ts';
import { type Auc, aucOf, brierOf, type Decile, decilesOf, type Prediction, shareWon } from './evaluate.ts';
import type { ClosedDeal, DealFacts, Factor } from './facts.ts';
import { fitLogistic, logitOf, logLoss, type SparseRow, sigmoid } from './logistic.ts';

/**
 * The fewest closed deals to fit a model on. Of these, the later 30 % are for validation, and 60 deals give an AUC to
 * within about ±0.15.
 */
export const closed_min = 200;
export const each_outcome_min = 50;
/** The fewest deals in the training and in the validation set: deals closed on one day cannot be split by time. */
const split_min = 30;
const split_each_min = 10;
/** The share of the deals, the earlier ones by closing date, that a model is trained on; the rest is for validation. */
const training_share = 0.7;
/** Candidates for the inverse variance of the prior, from weak to strong shrinkage. */
const penalties = [1, 4, 16, 64, 256];

/** A stored model: enough to score any deal and to explain the score. */
export interface ModelSpec {
  intercept: number;
  penalty: number;
  /** `average` is the mean of the column over the deals it was fitted on. */
  columns: (Column & { weight: number; average: number })[];
}

/** How a model that was trained on the earlier deals predicts the later ones. */
export interface Judgement {
  learnt_from: { deals: number; from: string; to: string };
  judged_by: { deals: number; won: number; from: string; to: string };
  auc: Auc;
  brier: number;
  /** The Brier score of predicting the base rate of the earlier deals for each. */
  brier_of_base_rate: number;
  won_share: number;
  deciles: Decile[];
}

export type FitResult =
  | { verdict: 'not_enough_history' }
  | { verdict: 'no_better_than_chance'; judgement: Judgement }
  | { verdict: 'in_use'; judgement: Judgement; spec: ModelSpec };

/**
 * Fits a model on closed deals and validates it by time, as it will be used: trained on earlier closings, it predicts
 * later ones. A model that is no better than chance (the confidence interval of its AUC includes 0.5) is not used; any
 * other is fitted again on all deals.
 */
export function fitModel(closed: readonly ClosedDeal[]): FitResult {
  const deals = closed.toSorted((a, b) => order(a.closed_on, b.closed_on) || order(a.id, b.id));
  const [earlier, later] = splitByTime(deals);
  const divisible = [earlier, later].every((part) => enough(part, split_min, split_each_min));
  if (!divisible || !enough(deals, closed_min, each_outcome_min)) return { verdict: 'not_enough_history' };
  const penalty = choosePenalty(earlier);
  const judgement = evaluate(fit(earlier, penalty), earlier, later);
  if (judgement.auc.low <= 0.5) return { verdict: 'no_better_than_chance', judgement };
  return { verdict: 'in_use', judgement, spec: fit(deals, penalty) };
}

const order = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);

function enough(deals: readonly ClosedDeal[], all: number, each: number): boolean {
  const won = deals.filter((deal) => deal.won).length;
  return deals.length >= all && won >= each && deals.length - won >= each;
}

/** Splits between two days, so that no later closing is in the training set. */
function splitByTime(deals: readonly ClosedDeal[]): [ClosedDeal[], ClosedDeal[]] {
  const day = deals[Math.floor(deals.length * training_share)]?.closed_on ?? '';
  return [deals.filter(({ closed_on }) => closed_on < day), deals.filter(({ closed_on }) => closed_on >= day)];
}

/** The penalty whose model best predicts the latest of the training deals. */
function choosePenalty(deals: readonly ClosedDeal[]): number {
  const [earlier, later] = splitByTime(deals);
  if (earlier.length === 0 || later.length === 0) return penalties.at(-1)!;
  const losses = penalties.map((penalty) => {
    const predict = predictor(fit(earlier, penalty));
    return logLoss(
      later.map(({ facts }) => predict(facts)),
      later.map((deal) => deal.won),
    );
  });
  return penalties[losses.indexOf(Math.min(...losses))]!;
}

function fit(deals: readonly ClosedDeal[], penalty: number): ModelSpec {
  const columns = columnsFor(deals.map(({ facts }) => facts));
  const encode = encoder(columns);
  const rows = deals.map(({ facts }) => encode(facts));
  const outcomes = deals.map((deal) => deal.won);
  const { intercept, weights } = fitLogistic(rows, outcomes, columns.length, penalty);
  const averages = averagesOf(rows, columns.length);
  return {
    intercept,
    penalty,
    columns: columns.map((column, j) => ({ ...column, weight: weights[j]!, average: averages[j]! })),
  };
}

function averagesOf(rows: readonly SparseRow[], width: number): number[] {
  const sums = new Array<number>(width).fill(0);
  for (const { columns, values } of rows) for (const [i, column] of columns.entries()) sums[column]! += values[i]!;
  return sums.map((sum) => sum / rows.length);
}

function evaluate(spec: ModelSpec, earlier: readonly ClosedDeal[], later: readonly ClosedDeal[]): Judgement {
  const predict = predictor(spec);
  const judged: Prediction[] = later.map(({ facts, won }) => ({ probability: predict(facts), won }));
  const base = shareWon(earlier);
  const spanOf = (deals: readonly ClosedDeal[]) => ({ from: deals[0]!.closed_on, to: deals.at(-1)!.closed_on });
  return {
    learnt_from: { deals: earlier.length, ...spanOf(earlier) },
    judged_by: { deals: later.length, won: later.filter(({ won }) => won).length, ...spanOf(later) },
    auc: aucOf(judged),
    brier: brierOf(judged),
    brier_of_base_rate: brierOf(later.map(({ won }) => ({ probability: base, won }))),
    won_share: shareWon(later),
    deciles: decilesOf(judged),
  };
}

/** The probability that a deal is won, by the model. */
export function predictor(spec: ModelSpec): (facts: DealFacts) => number {
  const encode = encoder(spec.columns);
  const coefficients = { intercept: spec.intercept, weights: spec.columns.map(({ weight }) => weight) };
  return (facts) => sigmoid(logitOf(coefficients, encode(facts)));
}

/** The points of a factor, relative to the average deal. */
export interface Contribution {
  factor: Factor;
  points: number;
}

export interface Explained {
  /** 0 to 100. */
  score: number;
  /** The score of a deal that is average in everything. */
  average: number;
  contributions: Contribution[];
}

/**
 * Explains scores. The model is additive in log odds. A factor's share of the distance to the average deal is the same
 * in points as in log odds, so the points add up to the score and keep their signs.
 */
export function explainer(spec: ModelSpec): (facts: DealFacts) => Explained {
  const encode = encoder(spec.columns);
  const averageLogit = averageLogitOf(spec);
  const average = 100 * sigmoid(averageLogit);
  return (facts) => {
    const row = encode(facts);
    const parts = new Map<Factor, number>();
    const add = (factor: Factor, logit: number) => parts.set(factor, (parts.get(factor) ?? 0) + logit);
    for (const { factor, weight, average: mean } of spec.columns) add(factor, -weight * mean);
    for (const [i, index] of row.columns.entries()) {
      const column = spec.columns[index]!;
      add(column.factor, column.weight * row.values[i]!);
    }
    const distance = [...parts.values()].reduce((sum, part) => sum + part, 0);
    const score = 100 * sigmoid(averageLogit + distance);
    const near = Math.abs(distance) < 1e-9;
    // This close to the average, the tangent replaces the curve.
    const slope = near ? slopeAtAverage(spec) : (score - average) / distance;
    return {
      score,
      average,
      contributions: [...parts].map(([factor, part]) => ({ factor, points: part * slope })),
    };
  };
}

const averageLogitOf = ({ intercept, columns }: ModelSpec): number =>
  columns.reduce((sum, { weight, average }) => sum + weight * average, intercept);

/** The points of one unit of log odds at the average deal. */
export function slopeAtAverage(spec: ModelSpec): number {
  const average = sigmoid(averageLogitOf(spec));
  return 100 * average * (1 - average);
}
