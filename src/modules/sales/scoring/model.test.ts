import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { factors } from './contract.ts';
import { aucOf, brierOf, decilesOf } from './evaluate.ts';
import type { ClosedDeal, DealFacts } from './facts.ts';
import { fitLogistic, type SparseRow, sigmoid } from './logistic.ts';
import { explainer, type FitResult, fitModel, predictor } from './model.ts';

/** Numbers from 0 to 1 that look like chance and are the same each time (mulberry32). */
function chance(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const anyFacts = (roll: () => number): DealFacts => {
  const pick = (list: string[]) => list[Math.floor(roll() * list.length)]!;
  return {
    pipeline_id: 'sales',
    source: pick(['web', 'fair', 'referral']),
    owner_id: pick(['ann', 'bob', 'cid', 'dee']),
    product_ids: [pick(['pump', 'valve', 'press'])],
    industry: pick(['medical', 'retail', 'energy']),
    country: null,
    employees: Math.round(Math.exp(2 + 6 * roll())),
    amount: roll() < 0.2 ? null : Math.round(Math.exp(5 + 5 * roll())),
    won_before: Math.floor(roll() * 4),
    lost_before: Math.floor(roll() * 4),
    weekday: 1 + Math.floor(roll() * 5),
  };
};

/** So many deals, closed one after another, won as likely as `logit` says. */
function history(count: number, seed: number, logit: (facts: DealFacts) => number): ClosedDeal[] {
  const roll = chance(seed);
  return Array.from({ length: count }, (_, i) => {
    const facts = anyFacts(roll);
    const day = new Date(Date.UTC(2024, 0, 1) + Math.floor(i / 4) * 86_400_000).toISOString().slice(0, 10);
    return { id: String(i).padStart(6, '0'), won: roll() < sigmoid(logit(facts)), closed_on: day, facts };
  });
}

const known = ({ source, product_ids, won_before }: DealFacts) =>
  (source === 'referral' ? 1.2 : 0) + (product_ids[0] === 'press' ? -1.4 : 0.2) + 0.3 * won_before - 0.3;
const noise = () => 0.4;

function inUse(result: FitResult) {
  assert.equal(result.verdict, 'in_use');
  return result as Extract<FitResult, { verdict: 'in_use' }>;
}

test('coefficients that made the outcomes are found again', () => {
  const truth = [0.8, -1.2, 0.5];
  const roll = chance(7);
  const rows: SparseRow[] = [];
  const outcomes: boolean[] = [];
  for (let i = 0; i < 20_000; i++) {
    const values = truth.map(() => 4 * roll() - 2);
    rows.push({ columns: [0, 1, 2], values });
    outcomes.push(roll() < sigmoid(values.reduce((sum, value, j) => sum + value * truth[j]!, -0.4)));
  }
  const { intercept, weights } = fitLogistic(rows, outcomes, 3, 1);
  for (const [j, weight] of weights.entries()) assert.ok(Math.abs(weight - truth[j]!) < 0.06, `${weight}`);
  assert.ok(Math.abs(intercept + 0.4) < 0.06);
});

test('where all outcomes are alike, or one column tells them apart, there is a finite answer', () => {
  const rows: SparseRow[] = Array.from({ length: 50 }, (_, i) => ({
    columns: i < 25 ? [0] : [],
    values: i < 25 ? [1] : [],
  }));
  const apart = fitLogistic(
    rows,
    rows.map((_, i) => i < 25),
    1,
    1,
  );
  assert.ok(apart.weights[0]! > 1 && Number.isFinite(apart.intercept));
  const alike = fitLogistic(
    rows,
    rows.map(() => true),
    1,
    1,
  );
  assert.ok(alike.weights.every(Number.isFinite) && Number.isFinite(alike.intercept));
});

test('the area under the curve is how often a won deal came before a lost one', () => {
  const judged = (won: number[], lost: number[]) => [
    ...won.map((probability) => ({ probability, won: true })),
    ...lost.map((probability) => ({ probability, won: false })),
  ];
  assert.equal(aucOf(judged([0.9, 0.8], [0.1, 0.2])).value, 1);
  assert.equal(aucOf(judged([0.5, 0.5], [0.5, 0.5])).value, 0.5);
  assert.equal(aucOf(judged([0.9, 0.3], [0.5, 0.1])).value, 0.75);
  fc.assert(
    fc.property(fc.array(fc.nat(8), { minLength: 2 }), fc.array(fc.nat(8), { minLength: 2 }), (won, lost) => {
      const pairs = won.flatMap((w) => lost.map((l) => (w > l ? 1 : w === l ? 0.5 : 0)));
      const naive = pairs.reduce((sum: number, pair) => sum + pair, 0) / pairs.length;
      const { value, low, high } = aucOf(judged(won, lost));
      assert.ok(Math.abs(value - naive) < 1e-12);
      assert.ok(low <= value && value <= high);
    }),
  );
  const half = judged([0.8, 0.6], [0.6, 0.2]);
  assert.equal(brierOf(half).toFixed(4), ((0.04 + 0.16 + 0.36 + 0.04) / 4).toFixed(4));
});

test('a model learns what made the outcomes, is judged by what came later, and predicts about as often as it says', () => {
  const { judgement, spec } = inUse(fitModel(history(3_000, 1, known)));
  assert.ok(judgement.auc.low > 0.65, JSON.stringify(judgement.auc));
  assert.ok(judgement.brier < judgement.brier_of_base_rate);
  assert.ok(judgement.learnt_from.to < judgement.judged_by.from, 'nobody learns from what is to be foretold');
  assert.equal(judgement.learnt_from.deals + judgement.judged_by.deals, 3_000);
  assert.equal(
    judgement.deciles.reduce((sum, { deals }) => sum + deals, 0),
    judgement.judged_by.deals,
  );
  assert.ok(judgement.deciles[0]!.lift > 1.2 && judgement.deciles[9]!.lift < 0.8);
  for (const { expected, won_share } of judgement.deciles) assert.ok(Math.abs(expected - won_share) < 0.15);
  const predict = predictor(spec);
  const roll = chance(3);
  const misses = Array.from({ length: 300 }, () => anyFacts(roll)).map((facts) =>
    Math.abs(predict(facts) - sigmoid(known(facts))),
  );
  assert.ok(misses.reduce((sum, miss) => sum + miss, 0) / misses.length < 0.06);
});

test('a model of noise is refused, and so is a history that is too short, too one-sided, or of a single day', () => {
  for (const seed of [1, 2, 3, 4]) assert.equal(fitModel(history(1_500, seed, noise)).verdict, 'no_better_than_chance');
  assert.equal(fitModel(history(199, 1, known)).verdict, 'not_enough_history');
  assert.equal(fitModel(history(2_000, 1, () => 6)).verdict, 'not_enough_history');
  const atOnce = history(1_000, 1, known).map((deal) => ({ ...deal, closed_on: '2025-05-05' }));
  assert.equal(fitModel(atOnce).verdict, 'not_enough_history');
  assert.equal(fitModel([]).verdict, 'not_enough_history');
});

test('the same deals make the same model, in whatever order they come', () => {
  const deals = history(800, 5, known);
  const once = JSON.stringify(fitModel(deals));
  assert.equal(JSON.stringify(fitModel(deals.toReversed())), once);
  assert.equal(JSON.stringify(fitModel(structuredClone(deals))), once);
});

test('nothing that is known only after closing is among what a model sees', () => {
  const after = [
    'closed_on',
    'close_reason',
    'close_note',
    'stage',
    'status',
    'probability',
    'moves',
    'duration',
    'position',
    'updated_at',
    'score',
  ];
  const seen = Object.keys(anyFacts(chance(1)));
  for (const name of [...factors, ...seen]) assert.ok(!after.some((word) => name.includes(word)), name);
  const spec = inUse(fitModel(history(2_000, 9, known))).spec;
  const leaking = {
    ...anyFacts(chance(2)),
    closed_on: '2025-01-01',
    close_reason_id: 'price',
    stage_id: 'won',
    final_amount: 1,
  };
  const { closed_on: _, close_reason_id: __, stage_id: ___, final_amount: ____, ...honest } = leaking;
  assert.equal(predictor(spec)(leaking), predictor(spec)(honest));
});

test('the reasons of a score add up to it, and say what is behind it', () => {
  const { spec } = inUse(fitModel(history(3_000, 1, known)));
  const [explain, predict] = [explainer(spec), predictor(spec)];
  const roll = chance(11);
  for (let i = 0; i < 200; i++) {
    const facts = anyFacts(roll);
    const { score, average, contributions } = explain(facts);
    const sum = contributions.reduce((all, { points }) => all + points, average);
    assert.ok(Math.abs(sum - score) < 1e-6);
    assert.ok(Math.abs(score - 100 * predict(facts)) < 1e-6);
    assert.ok(score >= 0 && score <= 100);
  }
  const good = { ...anyFacts(roll), source: 'referral', product_ids: ['pump'] };
  const bad = { ...good, product_ids: ['press'] };
  const ofProduct = (facts: DealFacts) =>
    explain(facts).contributions.find(({ factor }) => factor === 'product')!.points;
  assert.ok(ofProduct(good) > 3 && ofProduct(bad) < -10);
});

test('ten parts, the likeliest first', () => {
  const judged = Array.from({ length: 95 }, (_, i) => ({ probability: i / 95, won: i > 40 }));
  const deciles = decilesOf(judged);
  assert.deepEqual([deciles.length, deciles[0]!.won_share, deciles[9]!.won_share], [10, 1, 0]);
  assert.equal(
    deciles.reduce((sum, { deals }) => sum + deals, 0),
    95,
  );
});
