import { setTimeout as sleep } from 'node:timers/promises';
import type { Bench, Case } from '../bench.ts';
import type { Figure } from '../figure.ts';
import { limitFigure } from '../limit.ts';
import { type Call, Connection } from '../load.ts';
import { type Server, startHoldfast } from '../servers.ts';
import { percentile } from '../statistics.ts';

const cached_ms_max = 150;
const cold_ms_max = 1_000;
const right_ms_max = 2_000;
const cold_calls = 20;
const changes = 10;
const poll_ms = 20;
/** Long enough to hear of a change. */
const forgotten_ms = 250;

/** Each last day is a question of its own, which nobody has asked before. */
let asked = 0;
let teams = 0;
const dashboard = (days: number): Call => {
  const to = new Date(Date.UTC(2026, 0, 1) + days * 86_400_000).toISOString().slice(0, 10);
  return { method: 'GET', path: `/api/v1/analytics/dashboard?from=2025-02-01&to=${to}` };
};

/** A new team may change any figure: all of them are forgotten, those too that are the same for all days. */
async function forgetFigures(connection: Connection): Promise<void> {
  await connection.send({ method: 'POST', path: '/api/v1/teams', body: { name: `Team ${++teams}` } });
  await sleep(forgotten_ms);
}

async function times(connection: Connection, count: number, callOf: () => Call | Promise<Call>): Promise<number[]> {
  const taken: number[] = [];
  for (let n = 0; n < count; n++) {
    const call = await callOf();
    taken.push(await connection.time((c) => c.send(call)));
  }
  return taken;
}

/** From the answer of a change through one process until another one shows it. */
async function untilRight(bench: Bench, other: Server): Promise<number[]> {
  const [here, there] = [new Connection(bench.holdfast), new Connection({ ...bench.holdfast, url: other.url })];
  const openDeals = async () => {
    const { text } = await there.send({ method: 'GET', path: '/api/v1/analytics/dashboard?range=all&period=year' });
    return (JSON.parse(text) as { open: { count: number } }).open.count;
  };
  const taken: number[] = [];
  try {
    for (let n = 0; n < (bench.smoke ? 1 : changes); n++) {
      const before = await openDeals();
      await here.send({ method: 'POST', path: '/api/v1/deals', body: { name: `Counted ${n}`, amount: '100.00' } });
      const changed = performance.now();
      while ((await openDeals()) === before) await sleep(poll_ms);
      taken.push(performance.now() - changed);
    }
  } finally {
    await here.close();
    await there.close();
  }
  return taken;
}

/** R17: all figures of a workspace in one answer: at hand, counted anew, and after a change. */
export const r17: Case = {
  id: 'R17',
  sizes: 'largest',
  measure: async (bench): Promise<Figure[]> => {
    const other = await startHoldfast(bench.cluster, bench.dataset.holdfastUrl, { role: 'web' });
    const connection = new Connection(bench.holdfast);
    try {
      const [cached, cold, right]: [number[], number[], number[]] = [[], [], []];
      // Plans and connections are there before anything counts; figures are not.
      for (let n = 0; n < 5; n++) await connection.send(dashboard(++asked));
      for (let round = 0; round < bench.effort.rounds; round++) {
        const anew = async () => {
          await forgetFigures(connection);
          return dashboard(++asked);
        };
        cold.push(percentile(await times(connection, bench.smoke ? 1 : cold_calls, anew), 0.95));
        cached.push(percentile(await times(connection, bench.effort.timesPerRound, () => dashboard(asked)), 0.95));
        right.push(Math.max(...(await untilRight(bench, other))));
      }
      return [
        limitFigure({
          id: 'R17',
          what: 'dashboard, its figures at hand, p95',
          unit: 'ms',
          values: cached,
          max: cached_ms_max,
        }),
        limitFigure({
          id: 'R17.cold',
          what: 'dashboard, its figures counted anew, p95',
          unit: 'ms',
          values: cold,
          max: cold_ms_max,
        }),
        limitFigure({
          id: 'R17.right',
          what: 'dashboard of another process right after a change, the longest',
          unit: 'ms',
          values: right,
          max: right_ms_max,
        }),
      ];
    } finally {
      await connection.close();
      await other.stop();
    }
  },
};
