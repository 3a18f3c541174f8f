import { setTimeout as sleep } from 'node:timers/promises';
import { type Bench, nth } from './bench.ts';
import { listCall } from './cases/r01-list.ts';
import { digits, type Figure } from './figure.ts';
import { Connection } from './load.ts';
import { percentile } from './statistics.ts';

const list_pause_ms = 50;

/** p95 of what others' lists take until `isOver`. */
export async function listP95(bench: Bench, isOver: () => boolean): Promise<number> {
  const least = bench.smoke ? 2 : 20;
  const connection = new Connection(bench.holdfast);
  const taken: number[] = [];
  for (let i = 0; !isOver() || taken.length < least; i++) {
    taken.push(await connection.time((c) => c.send(listCall(nth(bench.samples.owners, i)))));
    await sleep(list_pause_ms);
  }
  await connection.close();
  return percentile(taken, 0.95);
}

/** The same for so long. */
export function listP95For(bench: Bench, ms: number): Promise<number> {
  const until = performance.now() + ms;
  return listP95(bench, () => performance.now() > until);
}

/** p95 of others' lists while `work` runs, and what became of it. */
export async function listP95During<Result>(bench: Bench, work: Promise<Result>): Promise<[number, Result]> {
  let over = false;
  const end = () => {
    over = true;
  };
  work.then(end, end);
  const taken = await listP95(bench, () => over);
  return [taken, await work];
}

/** One value beside that of the reference, or of before. */
export const ratio = (
  holdfast: number,
  reference: number,
  unit: string,
  max: number,
): Pick<Figure, 'holdfast' | 'reference' | 'ratio' | 'bar' | 'met'> => ({
  holdfast: `${digits(holdfast)} ${unit}`,
  reference: `${digits(reference)} ${unit}`,
  ratio: holdfast / reference,
  bar: `<= ${max}x`,
  met: holdfast / reference <= max,
});
