import { setTimeout as sleep } from 'node:timers/promises';
import { LRUCache } from 'lru-cache';

/** What Google lets one person's mailbox be asked a second, in its units. */
export const units_per_second = 250;

/** Units that come back with time; who wants more than there are waits. */
export class UnitBudget {
  private units = units_per_second;
  private at = Date.now();

  async take(units: number, signal?: AbortSignal): Promise<void> {
    const now = Date.now();
    this.units = Math.min(units_per_second, this.units + ((now - this.at) / 1000) * units_per_second);
    this.at = now;
    // Taken before the wait, so that those who come later wait longer.
    this.units -= units;
    if (this.units < 0) await sleep((-this.units / units_per_second) * 1000, undefined, signal ? { signal } : {});
  }
}

const budgets = new LRUCache<string, UnitBudget>({ max: 5_000 });

/** One for each grant of this process: a mailbox has one run at a time. */
export function budgetOf(grant: string): UnitBudget {
  const found = budgets.get(grant) ?? new UnitBudget();
  budgets.set(grant, found);
  return found;
}
