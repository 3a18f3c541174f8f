import { availableParallelism } from 'node:os';
import { leavesMachine } from '../loopback.ts';

/**
 * More reads at once would only compete for the processors: on two processors, sixteen lists at once were a tenth
 * slower over ten connections than over four.
 */
const short_reads_per_processor = 2;
/** One more than a single tenant may have, so that one is left for others. */
const long_reads_min = 2;

/** Whether the database is on another machine, which has processors of its own and a network between. */
export const isElsewhere = (url: string) => leavesMachine(new URL(url).hostname);

/** How many reads run at once. */
export function readsAtOnce(url: string, connectionsMax: number): { shortAtOnce: number; longAtOnce: number } {
  const processors = availableParallelism();
  return isElsewhere(url)
    ? { shortAtOnce: connectionsMax, longAtOnce: Math.max(long_reads_min, Math.floor(connectionsMax / 3)) }
    : {
        shortAtOnce: short_reads_per_processor * processors,
        longAtOnce: Math.max(long_reads_min, Math.floor(processors / 2)),
      };
}

/** How many parallel workers of PostgreSQL each long read may use: all long reads together use each processor once. */
export const helpersOfLongRead = (longAtOnce: number) =>
  Math.max(0, Math.floor(availableParallelism() / longAtOnce) - 1);
