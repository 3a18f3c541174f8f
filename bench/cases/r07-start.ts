import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Bench, Case } from '../bench.ts';
import { limitFigure } from '../limit.ts';
import { startServer } from '../servers.ts';

const first_seconds_max = 30;
const again_seconds_max = 5;

/** Seconds from the command to the line that says it is ready. */
async function start(bench: Bench, data: string): Promise<number> {
  const args = ['bin/start.mjs', '--data', data, '--port', '0'];
  const started = performance.now();
  const server = await startServer(bench.cluster, 'start', args, {}, /ready after/);
  const seconds = (performance.now() - started) / 1000;
  await server.stop();
  return seconds;
}

/**
 * R7: the start of `npm start`, with dependencies installed: first with making database and demo workspace, then on
 * what is there.
 */
export const r07: Case = {
  id: 'R7',
  sizes: 'largest',
  // R8 starts an installation in the same way, and tests start one again.
  smoke: false,
  measure: async (bench) => {
    const data = join(bench.cluster.directory, 'start');
    await rm(data, { recursive: true, force: true });
    const first = await start(bench, data);
    const again: number[] = [];
    for (let round = 0; round < bench.effort.rounds; round++) again.push(await start(bench, data));
    await rm(data, { recursive: true, force: true });
    return [
      limitFigure({
        id: 'R7.first',
        what: 'first start: database made, demo loaded',
        unit: 's',
        values: [first],
        max: first_seconds_max,
      }),
      limitFigure({ id: 'R7', what: 'start on existing data', unit: 's', values: again, max: again_seconds_max }),
    ];
  },
};
