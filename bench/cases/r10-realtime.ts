import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Bench, type Case, nth, tenantNamed } from '../bench.ts';
import { type Figure, withSpread } from '../figure.ts';
import { limitFigure } from '../limit.ts';
import { Connection, type Side, throughput } from '../load.ts';
import { signIn } from '../people.ts';
import { median, percentile, spreadOf } from '../statistics.ts';

const streams = 1_000;
/** Nobody may have more than fifty open. */
const people = 25;
const changes_watched = 50;
const pause_between_changes_ms = 100;
const arrival_ms_max = 1_000;
const writers = 4;
const loss_max = 0.05;

interface Pages {
  /** When the streams got the event of a record, in milliseconds of the clock. */
  arrivals(id: string): Promise<number[]>;
  close(): Promise<void>;
}

async function openPages(bench: Bench, { count, watch }: { count: number; watch: boolean }): Promise<Pages> {
  const { holdfastUrl } = bench.dataset;
  const callers = await signIn(holdfastUrl, await tenantNamed(holdfastUrl, 'bench-0'), { role: 'member', people });
  const script = new URL('../workers/streams.ts', import.meta.url);
  const child: ChildProcess = fork(script, [bench.holdfast.url, JSON.stringify(callers), String(count), String(watch)]);
  await once(child, 'message');
  return {
    arrivals: async (id) => {
      const answered = once(child, 'message');
      child.send(id);
      return ((await answered) as [number[]])[0];
    },
    close: async () => {
      const ended = once(child, 'exit');
      child.kill('SIGTERM');
      await ended;
    },
  };
}

/** When each of the streams got the event; those that come last are waited for. */
async function allArrivals(pages: Pages, id: string, count: number): Promise<number[]> {
  for (const until = Date.now() + arrival_ms_max; ; await sleep(50)) {
    const arrivals = await pages.arrivals(id);
    if (arrivals.length === count) return arrivals;
    if (arrivals.length > count || Date.now() > until)
      throw new Error(`${arrivals.length} of ${count} streams got an event`);
  }
}

/** p95 of the time from sending a change to its event at each page; the change itself is part of it. */
async function latency(bench: Bench): Promise<number> {
  const count = bench.smoke ? 10 : streams;
  const pages = await openPages(bench, { count, watch: true });
  const connection = new Connection(bench.holdfast);
  const sent = new Map<string, number>();
  for (let n = 0; n < (bench.smoke ? 3 : changes_watched); n++) {
    const at = Date.now();
    const made = await connection.send({
      method: 'POST',
      path: '/api/v1/contacts',
      body: { given_name: 'Live', family_name: `Number ${n}` },
    });
    sent.set((JSON.parse(made.text) as { id: string }).id, at);
    await sleep(pause_between_changes_ms);
  }
  const taken: number[] = [];
  for (const [id, at] of sent) {
    const arrivals = await allArrivals(pages, id, count);
    for (const arrival of arrivals) taken.push(arrival - at);
  }
  await connection.close();
  await pages.close();
  return percentile(taken, 0.95);
}

/** What writers get done with the pages open, beside what they get done without. */
async function writersLoss(bench: Bench): Promise<Figure> {
  const side: Side = {
    target: bench.holdfast,
    work: (connection, i) =>
      connection.send({
        method: 'PATCH',
        path: `/api/v1/contacts/${nth(bench.samples.contacts, i)}`,
        body: { job_title: `Title ${i}` },
      }),
  };
  const rates: { without: number; with: number }[] = [];
  for (let round = 0; round < bench.effort.rounds; round++) {
    const without = await throughput(side, writers, bench.effort.secondsPerRound);
    const pages = await openPages(bench, { count: bench.smoke ? 10 : streams, watch: false });
    rates.push({ without, with: await throughput(side, writers, bench.effort.secondsPerRound) });
    await pages.close();
  }
  const ratio = median(rates.map((rate) => rate.with / rate.without));
  return {
    id: 'R10.writers',
    what: `${writers} writers with ${streams} open streams, beside without`,
    holdfast: withSpread(spreadOf(rates.map((rate) => rate.with)), '/s'),
    reference: withSpread(spreadOf(rates.map((rate) => rate.without)), '/s'),
    ratio,
    bar: `>= ${1 - loss_max}x`,
    met: ratio >= 1 - loss_max,
  };
}

/** R10: changes at open pages. */
export const r10: Case = {
  id: 'R10',
  sizes: 'largest',
  measure: async (bench) => {
    const values: number[] = [];
    for (let round = 0; round < bench.effort.rounds; round++) values.push(await latency(bench));
    return [
      limitFigure({
        id: 'R10',
        what: `commit to event at the page, ${streams} open streams, p95`,
        unit: 'ms',
        values,
        max: 250,
      }),
      await writersLoss(bench),
    ];
  },
};
