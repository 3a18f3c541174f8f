import { setTimeout as sleep } from 'node:timers/promises';
import { LRUCache } from 'lru-cache';
import type { GoogleApiName } from './addresses.ts';

interface Rate {
  per_second: number;
  /** So many at once, after a rest. */
  burst: number;
}

/**
 * What Google lets one person's data be asked, in its units: of Gmail 250 a second; of Calendar 600 requests a minute,
 * in which a burst counts too.
 */
export const unit_rates: Record<GoogleApiName, Rate> = {
  gmail: { per_second: 250, burst: 250 },
  calendar: { per_second: 9, burst: 50 },
};

/** Units that come back with time; who wants more than there are waits. */
export class UnitBudget {
  private readonly rate: Rate;
  private units: number;
  private at = Date.now();

  constructor(rate: Rate) {
    this.rate = rate;
    this.units = rate.burst;
  }

  async take(units: number, signal?: AbortSignal): Promise<void> {
    const { per_second, burst } = this.rate;
    const now = Date.now();
    this.units = Math.min(burst, this.units + ((now - this.at) / 1000) * per_second);
    this.at = now;
    // Taken before the wait, so that those who come later wait longer.
    this.units -= units;
    if (this.units < 0) await sleep((-this.units / per_second) * 1000, undefined, signal ? { signal } : {});
  }
}

const budgets = new LRUCache<string, UnitBudget>({ max: 5_000 });

/** One for each grant of this process: a mailbox or an account has one run at a time. */
export function budgetOf(api: GoogleApiName, grant: string): UnitBudget {
  const key = `${api} ${grant}`;
  const found = budgets.get(key) ?? new UnitBudget(unit_rates[api]);
  budgets.set(key, found);
  return found;
}
