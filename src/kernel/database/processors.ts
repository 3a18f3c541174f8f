import { availableParallelism } from 'node:os';
import { leavesMachine } from '../loopback.ts';

/** More that only compute get no more done: on two processors, sixteen lists at once a tenth less over ten connections than over four. */
const short_reads_per_processor = 2;
/** One more than a single tenant may have, so that there is one for others. */
const long_reads_min = 2;

/** Whether the database is on another machine, with processors of its own, and a way there. */
export const isElsewhere = (url: string) => leavesMachine(new URL(url).hostname);

/** How many reads are run at once. */
export function readsAtOnce(url: string, connectionsMax: number): { shortAtOnce: number; longAtOnce: number } {
  const processors = availableParallelism();
  return isElsewhere(url)
    ? { shortAtOnce: connectionsMax, longAtOnce: Math.max(long_reads_min, Math.floor(connectionsMax / 3)) }
    : {
        shortAtOnce: short_reads_per_processor * processors,
        longAtOnce: Math.max(long_reads_min, Math.floor(processors / 2)),
      };
}

/** How many workers of PostgreSQL may help with each long read here: all reads together can have the processors once, not several times over. */
export const helpersOfLongRead = (longAtOnce: number) =>
  Math.max(0, Math.floor(availableParallelism() / longAtOnce) - 1);
