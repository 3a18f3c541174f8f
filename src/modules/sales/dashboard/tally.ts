import type { Filter } from '../../../kernel/resource/filter.ts';
import { MoneySums } from '../../../kernel/resource/money.ts';
import { type RatedSum, Total } from '../currency/index.ts';
import type { StageKind } from '../stage/contract.ts';
import type { DealFigures, Rows } from './contract.ts';
import type { DashboardScope } from './dashboard-scope.ts';
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

/**
 * What figures are of: the list of deals with a filter, unless they are of something else; and when those that are
 * closed were.
 */
export interface DrillDown {
  rows: (filter: Part) => Rows;
  closed: Part;
}

type Worth = Pick<DealFigures['won'], 'value' | 'total'>;

/** A sum by currency, and the same converted. */
export class Sum {
  private readonly value = new MoneySums();
  private readonly total: Total;
  private readonly currency: string;

  /** `currency`: the workspace's own. */
  constructor(currency: string) {
    this.currency = currency;
    this.total = new Total(currency);
  }

  /** `times`: as often as that. */
  add(sum: RatedSum, times = 1n): void {
    this.value.add(BigInt(sum.amount) * times, sum.currency);
    this.total.add(sum, times);
  }

  /** `divisor`: undoes how often the amounts were added. */
  worth(divisor = 1n): Worth {
    return { value: this.value.list(this.currency, divisor), total: this.total.result(divisor) };
  }
}

/** Adds up sums of deals that belong together. */
export class Tally {
  private readonly counts: Record<StageKind, number> = { open: 0, won: 0, lost: 0 };
  private readonly sums: Record<StageKind, Sum>;
  /** Amounts times percent. */
  private readonly weighted: Sum;
  private cycleDays = 0;
  private cycles = 0;

  /** `currency`: the workspace's own. */
  constructor(currency: string) {
    this.sums = { open: new Sum(currency), won: new Sum(currency), lost: new Sum(currency) };
    this.weighted = new Sum(currency);
  }

  add(sum: DealSum, probabilityPercent: number): void {
    this.counts[sum.status] += sum.deals;
    this.sums[sum.status].add(sum);
    if (sum.status === 'open') this.weighted.add(sum, BigInt(probabilityPercent));
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

  worth(kind: StageKind): Worth & { count: number } {
    return { count: this.counts[kind], ...this.sums[kind].worth() };
  }

  open(): Omit<DealFigures['open'], 'rows'> {
    const { value, total } = this.weighted.worth(100n);
    return { ...this.worth('open'), weighted_value: value, weighted_total: total };
  }

  /** How much there is of each figure, by which groups are compared; of money, what has a rate. */
  get sizes(): number[] {
    const { total, weighted_total } = this.open();
    const amounts = [total, weighted_total, this.worth('won').total, this.worth('lost').total];
    return [...Object.values(this.counts), ...amounts.map(({ amount }) => Number(amount))];
  }

  outcome({ rows, closed }: DrillDown): Outcome {
    const decided = this.counts.won + this.counts.lost;
    return {
      open: { ...this.open(), rows: rows(equal('status', 'open')) },
      won: { ...this.worth('won'), rows: rows(allOf(equal('status', 'won'), closed)) },
      lost: { ...this.worth('lost'), rows: rows(allOf(equal('status', 'lost'), closed)) },
      decided: { count: decided, rows: rows(allOf(decidedKinds, closed)) },
      win_rate_percent: percentOf(this.counts.won, decided),
      cycle_days: this.cycles === 0 ? null : (this.cycleDays / this.cycles).toFixed(1),
      cycles: { count: this.cycles, rows: rows(allOf(equal('status', 'won'), withCycle, closed)) },
    };
  }
}

/** One tally per key; a sum counts for each of its keys. */
export function tallyBy<Row extends DealSum, Key>(
  sums: Row[],
  keysOf: (sum: Row) => readonly Key[],
  { stages, calendar }: Pick<DashboardScope, 'stages' | 'calendar'>,
): Map<Key, Tally> {
  const likely = new Map(stages.map((stage) => [stage.id, stage.probability_percent]));
  const tallies = new Map<Key, Tally>();
  for (const sum of sums) {
    for (const key of keysOf(sum)) {
      const tally = tallies.get(key) ?? new Tally(calendar.currency);
      tallies.set(key, tally);
      tally.add(sum, likely.get(sum.stage_id) ?? 0);
    }
  }
  return tallies;
}
