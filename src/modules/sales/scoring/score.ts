import type { Rule } from '../scoring-rule/index.ts';
import { categoriesOf, type DealFacts, type Factor, isCategory, numberOf, unknown } from './facts.ts';
import type { Contribution, Explained } from './model.ts';
import type { StoredReason } from './queries.ts';

export interface Score {
  score: number;
  base: number;
  rule_points: number;
  reasons: StoredReason[];
}

/** The base of all deals while there is no model. */
export const base_without_history = 50;

/**
 * Computes the score of a deal, from 0 to 100: the prediction of the model, or without one the base of all deals, plus
 * the points of the rules that it meets. The reasons add up to it, unless it was clamped to 0 or 100.
 */
export function combine(facts: DealFacts, start: Explained | number, met: readonly Rule[]): Score {
  const base = Math.round(typeof start === 'number' ? start : start.average);
  const modelled = typeof start === 'number' ? [] : wholePoints(start.contributions, Math.round(start.score) - base);
  const rule_points = met.reduce((sum, { points }) => sum + points, 0);
  const reasons: StoredReason[] = [
    ...modelled.map(({ factor, points }) => ({
      kind: 'model' as const,
      factor,
      values: valuesOf(factor, facts),
      points,
    })),
    ...met.map(({ id, points }) => ({ kind: 'rule' as const, rule_id: id, points })),
  ];
  const sum = reasons.reduce((all, { points }) => all + points, base);
  return {
    score: Math.max(0, Math.min(100, sum)),
    base,
    rule_points,
    reasons: reasons.sort((a, b) => Math.abs(b.points) - Math.abs(a.points)),
  };
}

/**
 * Rounds points so that they add up to the rounded sum: all are rounded down, and those that lose most get one more.
 */
function wholePoints(parts: readonly Contribution[], sum: number): Contribution[] {
  const floors = parts.map(({ factor, points }) => ({
    factor,
    points: Math.floor(points),
    rest: points - Math.floor(points),
  }));
  const missing = sum - floors.reduce((all, { points }) => all + points, 0);
  const raised = floors.toSorted((a, b) => b.rest - a.rest).slice(0, Math.max(0, missing));
  return floors
    .map((part) => ({ factor: part.factor, points: part.points + (raised.includes(part) ? 1 : 0) }))
    .filter(({ points }) => points !== 0);
}

/** The values of a deal for a factor, as they are stored: ids, words, numbers. */
function valuesOf(factor: Factor, facts: DealFacts): string[] {
  if (isCategory(factor)) return categoriesOf[factor](facts).filter((value) => value !== unknown);
  const value = numberOf[factor](facts);
  return value === null ? [] : [String(value)];
}
