import { type Column, columnsFor, encoder } from './encode.ts';
import { type Auc, aucOf, brierOf, type Decile, decilesOf, type Prediction, shareWon } from './evaluate.ts';
import type { ClosedDeal, DealFacts, Factor } from './facts.ts';
import { fitLogistic, logitOf, logLoss, type SparseRow, sigmoid } from './logistic.ts';

/** Fewer say nothing: the later 30 % are judged by, and of 60 deals an AUC is known to about ±0.15. */
export const closed_min = 200;
export const each_outcome_min = 50;
/** Of those it learns from, and of those it is judged by: what was closed on one day cannot be divided by time. */
const part_min = 30;
const part_each_min = 10;
/** The earlier share of the deals, by closing date, from which a model learns before it is judged by the rest. */
const learning_share = 0.7;
/** Inverse variances of the prior, from hardly any shrinking to almost nothing left. */
const penalties = [1, 4, 16, 64, 256];

/** What is kept of a model: enough to score any deal and to say why. */
export interface ModelSpec {
  intercept: number;
  penalty: number;
  /** `average` is the mean of the column over the deals it was fitted on. */
  columns: (Column & { weight: number; average: number })[];
}

/** How a model that had seen only the earlier deals did on the later ones. */
export interface Judgement {
  learnt_from: { deals: number; from: string; to: string };
  judged_by: { deals: number; won: number; from: string; to: string };
  auc: Auc;
  brier: number;
  /** Of holding every deal for as likely as the earlier ones were won. */
  brier_of_base_rate: number;
  won_share: number;
  deciles: Decile[];
}

export type Fitting =
  | { verdict: 'not_enough_history' }
  | { verdict: 'no_better_than_chance'; judgement: Judgement }
  | { verdict: 'in_use'; judgement: Judgement; spec: ModelSpec };

/**
 * Fits a model on closed deals and judges it by time: it learns from the earlier closings and predicts the later ones, as it will have to do in
 * earnest. One that cannot be told from chance (the confidence interval of its AUC reaches 0.5) is not used. One that is, is fitted anew on all.
 */
export function fitModel(closed: readonly ClosedDeal[]): Fitting {
  const deals = closed.toSorted((a, b) => order(a.closed_on, b.closed_on) || order(a.id, b.id));
  const [earlier, later] = splitByTime(deals);
  const divisible = [earlier, later].every((part) => enough(part, part_min, part_each_min));
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

/** At the end of a day, so that no later closing is known to those who learn. */
function splitByTime(deals: readonly ClosedDeal[]): [ClosedDeal[], ClosedDeal[]] {
  const day = deals[Math.floor(deals.length * learning_share)]?.closed_on ?? '';
  return [deals.filter(({ closed_on }) => closed_on < day), deals.filter(({ closed_on }) => closed_on >= day)];
}

/** The penalty that predicts the latest of the training deals best. */
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

/** How likely the model holds a deal to be won, from 0 to 1. */
export function predictor(spec: ModelSpec): (facts: DealFacts) => number {
  const encode = encoder(spec.columns);
  const coefficients = { intercept: spec.intercept, weights: spec.columns.map(({ weight }) => weight) };
  return (facts) => sigmoid(logitOf(coefficients, encode(facts)));
}

/** What a factor adds to a score, or takes, against the average deal. */
export interface Contribution {
  factor: Factor;
  points: number;
}

export interface Explained {
  /** 0 to 100. */
  score: number;
  /** Of a deal that is average in everything. */
  average: number;
  contributions: Contribution[];
}

/**
 * A score and where it comes from. The model adds up in log odds; each factor's part of the distance to the average deal, in points, is as large as
 * its part in log odds. So the parts add up to the score and keep their signs.
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
    for (const [i, place] of row.columns.entries()) {
      const column = spec.columns[place]!;
      add(column.factor, column.weight * row.values[i]!);
    }
    const distance = [...parts.values()].reduce((sum, part) => sum + part, 0);
    const score = 100 * sigmoid(averageLogit + distance);
    const near = Math.abs(distance) < 1e-9;
    // So close to the average, the curve is its tangent.
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

/** Points that one unit of log odds is worth to the average deal. */
export function slopeAtAverage(spec: ModelSpec): number {
  const average = sigmoid(averageLogitOf(spec));
  return 100 * average * (1 - average);
}
