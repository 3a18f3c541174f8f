import type { MoneyAmount } from '../../../kernel/contract/fields.ts';
import type { Filter } from '../../../kernel/resource/filter.ts';
import { MoneySums } from '../../../kernel/resource/money.ts';
import type { StageKind } from '../stage/contract.ts';
import type { StageRow } from '../stage/index.ts';
import type { DealFigures, Rows } from './contract.ts';
import { allOf, equal, type Part } from './filters.ts';
import type { DealSum } from './queries.ts';

export type Outcome = Pick<
  DealFigures,
  'open' | 'won' | 'lost' | 'decided' | 'win_rate_percent' | 'cycle_days' | 'cycles'
>;

export const rowsOf = (resource: Rows['resource'], filter: Part): Rows => ({
  resource,
  filter: filter === undefined ? null : { ...filter },
});

/** A part of a whole in percent, with one decimal. */
export const percentOf = (part: number, whole: number): string | null =>
  whole === 0 ? null : ((100 * part) / whole).toFixed(1);

const decidedKinds: Filter = { field: 'status', op: 'in', value: ['won', 'lost'] };
const withCycle: Filter = {
  and: [
    { field: 'opened_on', op: 'not_empty' },
    { field: 'closed_on', op: 'not_empty' },
  ],
};

/** What figures are of: the list of deals with a filter, unless they are of something else; and when those that are closed were. */
export interface Behind {
  rows: (filter: Part) => Rows;
  closed: Part;
}

/** Adds up sums of deals that belong together. */
export class Tally {
  private readonly counts: Record<StageKind, number> = { open: 0, won: 0, lost: 0 };
  private readonly values: Record<StageKind, MoneySums> = {
    open: new MoneySums(),
    won: new MoneySums(),
    lost: new MoneySums(),
  };
  /** Amounts times percent. */
  private readonly weighted = new MoneySums();
  private cycleDays = 0;
  private cycles = 0;

  add(sum: DealSum, probabilityPercent: number): void {
    this.counts[sum.status] += sum.deals;
    this.values[sum.status].add(sum.amount, sum.currency);
    if (sum.status === 'open') this.weighted.add(BigInt(sum.amount) * BigInt(probabilityPercent), sum.currency);
    if (sum.status !== 'won') return;
    this.cycleDays += sum.cycle_days;
    this.cycles += sum.cycles;
  }

  get deals(): number {
    return this.counts.open + this.counts.won + this.counts.lost;
  }

  count(kind: StageKind): number {
    return this.counts[kind];
  }

  value(kind: StageKind, currency: string): MoneyAmount[] {
    return this.values[kind].list(currency);
  }

  weightedValue(currency: string): MoneyAmount[] {
    return this.weighted.list(currency, 100n);
  }

  /** `currency`: of a sum of nothing. */
  outcome(currency: string, { rows, closed }: Behind): Outcome {
    const figure = (kind: StageKind) => ({
      count: this.counts[kind],
      value: this.value(kind, currency),
      rows: rows(allOf(equal('status', kind), kind === 'open' ? undefined : closed)),
    });
    const decided = this.counts.won + this.counts.lost;
    return {
      open: { ...figure('open'), weighted_value: this.weightedValue(currency) },
      won: figure('won'),
      lost: figure('lost'),
      decided: { count: decided, rows: rows(allOf(decidedKinds, closed)) },
      win_rate_percent: percentOf(this.counts.won, decided),
      cycle_days: this.cycles === 0 ? null : (this.cycleDays / this.cycles).toFixed(1),
      cycles: { count: this.cycles, rows: rows(allOf(equal('status', 'won'), withCycle, closed)) },
    };
  }
}

/** One tally per key; a sum counts for each of its keys. */
export function tallyBy<Sum extends DealSum, Key>(
  sums: Sum[],
  keysOf: (sum: Sum) => readonly Key[],
  stages: StageRow[],
): Map<Key, Tally> {
  const likely = new Map(stages.map((stage) => [stage.id, stage.probability_percent]));
  const tallies = new Map<Key, Tally>();
  for (const sum of sums) {
    for (const key of keysOf(sum)) {
      const tally = tallies.get(key) ?? new Tally();
      tallies.set(key, tally);
      tally.add(sum, likely.get(sum.stage_id) ?? 0);
    }
  }
  return tallies;
}
