import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/** The unit of times in /proc, on every Linux that Node supports. */
const ticks_a_second = 100;

/** The processor time of a process and its children, also those that have ended, in seconds, as Linux counts it. */
export function processorSeconds(pid: number): number {
  const stat = read(`/proc/${pid}/stat`);
  // After the name of the program, which may contain anything.
  const fields = stat
    .slice(stat.lastIndexOf(')') + 2)
    .split(' ')
    .map(Number);
  const ticks = fields.slice(11, 15).reduce((sum, n) => sum + n, 0);
  const children = read(`/proc/${pid}/task/${pid}/children`).split(' ').filter(Boolean).map(Number);
  return children.reduce((sum, child) => sum + processorSeconds(child), ticks / ticks_a_second);
}

/** Empty when the process has ended meanwhile. */
function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

/** The processor time of these processes in the next `ms`, in percent of one processor. */
export async function processorShare(pid: number, ms: number): Promise<number> {
  const [before, began] = [processorSeconds(pid), performance.now()];
  await sleep(ms);
  return (100 * (processorSeconds(pid) - before)) / ((performance.now() - began) / 1000);
}
