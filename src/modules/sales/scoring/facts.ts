import { categoryFactors, type factors, type numberFactors } from './contract.ts';

/**
 * What is known of a deal while it is open, and nothing else: the model sees deals only through this. What comes into being with the closing (its date
 * and reason, the note, the stage, the last amount, how long it took, how often it moved) is no part of it. `docs/scoring.md` says why of each.
 */
export interface DealFacts {
  pipeline_id: string;
  source: string | null;
  owner_id: string | null;
  product_ids: string[];
  industry: string | null;
  country: string | null;
  employees: number | null;
  /** The first amount that was written down, in units of the workspace's currency. */
  amount: number | null;
  /** Deals of the same company that had been won, and lost, before this one was opened. */
  won_before: number;
  lost_before: number;
  /** Of the day it was opened: 1 is Monday. */
  weekday: number | null;
}

export interface ClosedDeal {
  id: string;
  won: boolean;
  /** YYYY-MM-DD */
  closed_on: string;
  facts: DealFacts;
}

export type CategoryFactor = (typeof categoryFactors)[number];
export type NumberFactor = (typeof numberFactors)[number];
export type Factor = (typeof factors)[number];

/** Of a category that is not known. */
export const unknown = '';

/** A deal may have several products; of everything else it has one. */
export const categoriesOf: Record<CategoryFactor, (facts: DealFacts) => string[]> = {
  pipeline: (facts) => [facts.pipeline_id],
  source: (facts) => [facts.source ?? unknown],
  owner: (facts) => [facts.owner_id ?? unknown],
  product: (facts) => (facts.product_ids.length > 0 ? facts.product_ids : [unknown]),
  industry: (facts) => [facts.industry ?? unknown],
  country: (facts) => [facts.country ?? unknown],
  weekday: (facts) => [facts.weekday === null ? unknown : String(facts.weekday)],
};

export const numberOf: Record<NumberFactor, (facts: DealFacts) => number | null> = {
  employees: (facts) => facts.employees,
  amount: (facts) => facts.amount,
  won_before: (facts) => facts.won_before,
  lost_before: (facts) => facts.lost_before,
};

export const isCategory = (factor: Factor): factor is CategoryFactor =>
  (categoryFactors as readonly string[]).includes(factor);
