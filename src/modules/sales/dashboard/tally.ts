import type { MoneyAmount } from '../../../kernel/contract/fields.ts';
import type { Filter } from '../../../kernel/resource/filter.ts';
import { MoneySums } from '../../../kernel/resource/money.ts';
import type { StageKind } from '../stage/contract.ts';
import type { StageRow } from '../stage/index.ts';
import type { Dashboard } from './contract.ts';
import { allOf, equal } from './filters.ts';
import type { DealSum } from './queries.ts';

type Outcome = Pick<Dashboard, 'open' | 'won' | 'lost' | 'win_rate_percent' | 'cycle_days'>;
export type Rows = Dashboard['contacts']['rows'];

export const rowsOf = (resource: Rows['resource'], filter: Filter | undefined): Rows => ({
  resource,
  filter: filter === undefined ? null : { ...filter },
});

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

  /** `about`: what these deals have in common; `closed`: when those that are closed were. */
  outcome(currency: string, about: Filter | undefined, closed: Filter | undefined): Outcome {
    const figure = (kind: StageKind) => ({
      count: this.counts[kind],
      value: this.value(kind, currency),
      rows: rowsOf('deal', allOf(about, equal('status', kind), kind === 'open' ? undefined : closed)),
    });
    const decided = this.counts.won + this.counts.lost;
    return {
      open: { ...figure('open'), weighted_value: this.weighted.list(currency, 100n) },
      won: figure('won'),
      lost: figure('lost'),
      win_rate_percent: decided === 0 ? null : ((100 * this.counts.won) / decided).toFixed(1),
      cycle_days: this.cycles === 0 ? null : (this.cycleDays / this.cycles).toFixed(1),
    };
  }
}

/** One tally per value that `keyOf` finds. */
export function tallyBy<Sum extends DealSum, Key>(
  sums: Sum[],
  keyOf: (sum: Sum) => Key,
  stages: StageRow[],
): Map<Key, Tally> {
  const likely = new Map(stages.map((stage) => [stage.id, stage.probability_percent]));
  const tallies = new Map<Key, Tally>();
  for (const sum of sums) {
    const key = keyOf(sum);
    const tally = tallies.get(key) ?? new Tally();
    tallies.set(key, tally);
    tally.add(sum, likely.get(sum.stage_id) ?? 0);
  }
  return tallies;
}
