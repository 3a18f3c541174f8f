import type { Rule } from '../scoring-rule/index.ts';
import { categoriesOf, type DealFacts, type Factor, isCategory, numberOf, unknown } from './facts.ts';
import type { Contribution, Explained } from './model.ts';
import type { KeptReason } from './queries.ts';

export interface Score {
  score: number;
  base: number;
  rule_points: number;
  reasons: KeptReason[];
}

/** Where there is no model to start from. */
export const base_without_history = 50;

/**
 * A score of 0 to 100: what the model says, or where there is none what all deals start from, and the points of the rules that the deal meets. The
 * reasons add up to it, but where 0 or 100 is the end.
 */
export function combine(facts: DealFacts, start: Explained | number, met: readonly Rule[]): Score {
  const base = Math.round(typeof start === 'number' ? start : start.average);
  const modelled = typeof start === 'number' ? [] : wholePoints(start.contributions, Math.round(start.score) - base);
  const rule_points = met.reduce((sum, { points }) => sum + points, 0);
  const reasons: KeptReason[] = [
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

/** Whole points that add up to a whole sum: each is rounded down, and those that lose most by it get one more. */
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

/** What the deal has there, as it is kept: ids, words, numbers. */
function valuesOf(factor: Factor, facts: DealFacts): string[] {
  if (isCategory(factor)) return categoriesOf[factor](facts).filter((value) => value !== unknown);
  const value = numberOf[factor](facts);
  return value === null ? [] : [String(value)];
}
