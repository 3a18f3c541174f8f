import type { Dice } from './random.ts';

const hour_ms = 3_600_000;
const day_ms = 24 * hour_ms;

/** Times of the demo, all counted from the moment it is loaded. */
export class Clock {
  readonly now: number;
  private readonly dice: Dice;

  constructor(now: Date, dice: Dice) {
    this.now = now.getTime();
    this.dice = dice;
  }

  daysAgo(days: number): number {
    return this.now - days * day_ms;
  }

  /**
   * A time in the working hours of that day, or of the Friday before a weekend; never later than now unless it is meant
   * to be.
   */
  working(at: number, future = false): number {
    const day = new Date(at);
    const weekend = { 0: 2, 6: 1 }[day.getUTCDay()] ?? 0;
    day.setUTCDate(day.getUTCDate() - weekend);
    day.setUTCHours(this.dice.int(7, 16), this.dice.pick([0, 5, 10, 15, 20, 30, 40, 45, 50]), 0, 0);
    return future ? day.getTime() : Math.min(day.getTime(), this.now - this.dice.int(5, 90) * 60_000);
  }
}

export const days = (count: number): number => count * day_ms;
export const hours = (count: number): number => count * hour_ms;
export const time = (at: number): string => new Date(at).toISOString();
export const date = (at: number): string => time(at).slice(0, 10);
