import { setTimeout as sleep } from 'node:timers/promises';
import { type Bench, type Case, nth } from '../bench.ts';
import { limitFigure } from '../limit.ts';
import { type Side, throughput } from '../load.ts';
import { residentMegabytes } from '../memory.ts';
import { startHoldfast } from '../servers.ts';
import { listCall } from './r01-list.ts';

const idle_max_megabytes = 400;
const loaded_max_megabytes = 700;
const settled_ms = 10_000;
const load = ['R1', 'R2', 'R3', 'R4', 'R5', 'R6'];

async function idle(bench: Bench): Promise<number> {
  const server = await startHoldfast(bench.cluster, bench.dataset.holdfastUrl, { role: 'all' });
  await sleep(bench.smoke ? 100 : settled_ms);
  const megabytes = residentMegabytes(server.pid);
  await server.stop();
  return megabytes;
}

/** R8: memory of server and worker. Its peak is that of the cases it is about, as far as they ran, and of lists at the least. */
export const r08: Case = {
  id: 'R8',
  sizes: 'largest',
  measure: async (bench) => {
    const lists: Side = {
      target: bench.holdfast,
      work: (connection, i) => connection.send(listCall(nth(bench.samples.owners, i))),
    };
    await throughput(lists, 16, bench.effort.secondsPerRound);
    const peaks = load.flatMap((id) => bench.peaks.get(id) ?? []);
    for (const [id, megabytes] of bench.peaks) bench.say(`  ${id} took ${Math.round(megabytes)} MB`);
    return [
      limitFigure({
        id: 'R8.idle',
        what: 'memory of server and worker, idle',
        unit: 'MB',
        values: [await idle(bench)],
        max: idle_max_megabytes,
      }),
      limitFigure({
        id: 'R8',
        what: `memory of server and worker, most under the load of ${load.filter((id) => bench.peaks.has(id)).join(', ') || 'lists'}`,
        unit: 'MB',
        values: [Math.max(bench.memory.peak, ...peaks)],
        max: loaded_max_megabytes,
      }),
    ];
  },
};
