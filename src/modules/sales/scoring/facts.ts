import { categoryFactors, type factors, type numberFactors } from './contract.ts';

/**
 * The facts of a deal while it is open; the model sees nothing else of it. Facts that come with the closing (its date
 * and reason, the note, the stage, the last amount, its duration, the number of moves) are excluded. `docs/scoring.md`
 * says why for each.
 */
export interface DealFacts {
  pipeline_id: string;
  source: string | null;
  owner_id: string | null;
  product_ids: string[];
  industry: string | null;
  country: string | null;
  employees: number | null;
  /** The first amount that was entered, in units of the workspace's currency. */
  amount: number | null;
  /** Deals of the same company that were won, and lost, before this one was opened. */
  won_before: number;
  lost_before: number;
  /** The weekday on which it was opened: 1 is Monday. */
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

/** The value of an unknown category. */
export const unknown = '';

/** A deal may have several products; of other categories it has one value. */
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
