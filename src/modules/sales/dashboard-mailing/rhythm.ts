import { nextRun } from '../../../kernel/jobs/schedule.ts';
import type { Rhythm } from './contract.ts';

const days: Record<Rhythm, string> = { daily: '* * *', weekly: '* * 1', monthly: '1 * *' };

/** The next time after a moment, by the clock of a zone; an hour that the clocks skip is the one after it. */
export const nextTime = (after: Date, rhythm: Rhythm, hour: number, zone: string): Date =>
  nextRun(`0 ${hour} ${days[rhythm]}`, zone, after)!;
