import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Bench, type Case, nth } from '../bench.ts';
import type { Figure } from '../figure.ts';
import { limitFigure } from '../limit.ts';
import { type Side, throughput } from '../load.ts';
import { residentMegabytes } from '../memory.ts';
import { processorShare } from '../processor.ts';
import { nodeFlags, startHoldfast, startServer } from '../servers.ts';
import { listCall } from './r01-list.ts';

const idle_max_megabytes = 400;
const loaded_max_megabytes = 700;
const settled_ms = 10_000;
const idle_max_percent = 2;
const page_max_percent = 3;
const idle_settled_ms = 60_000;
const idle_round_ms = 30_000;
const load = ['R1', 'R2', 'R3', 'R4', 'R5', 'R6'];

async function idle(bench: Bench): Promise<number> {
  // The smoke run already has such a server and checks no memory.
  if (bench.smoke) return residentMegabytes(bench.holdfastServer.pid);
  const server = await startHoldfast(bench.cluster, bench.dataset.holdfastUrl, { role: 'all' });
  await sleep(settled_ms);
  const megabytes = residentMegabytes(server.pid);
  await server.stop();
  return megabytes;
}

/** Opens the stream that every open page has, and nothing else: a page that nobody touches asks for nothing. */
async function openPage(link: string): Promise<() => void> {
  const { origin, hash } = new URL(link);
  const headers = { 'content-type': 'application/json' };
  const body = JSON.stringify({ token: hash.slice(1) });
  const signedIn = await fetch(`${origin}/api/v1/sign-in/link`, { method: 'POST', headers, body });
  const [cookie] = signedIn.headers.getSetCookie().map((header) => header.split(';')[0]!);
  const closing = new AbortController();
  const { signal } = closing;
  const stream = await fetch(`${origin}/api/v1/events`, { headers: { cookie: cookie! }, signal });
  if (stream.status !== 200) throw new Error(`The stream was answered ${stream.status}`);
  return () => closing.abort();
}

/**
 * The processor that a new installation takes when it has done the work of its first start, with the PostgreSQL it
 * brings along.
 */
async function idleProcessor(bench: Bench): Promise<Figure[]> {
  const data = join(bench.cluster.directory, 'idle');
  await rm(data, { recursive: true, force: true });
  const args = [...nodeFlags(), 'bin/start.mjs', '--data', data, '--port', '0', ...(bench.smoke ? ['--empty'] : [])];
  const server = await startServer(bench.cluster, 'idle', args, {}, /(http\S+\/sign-in\/link#\S+)/);
  const shares = async () => {
    await sleep(bench.smoke ? 100 : idle_settled_ms);
    const values: number[] = [];
    for (let round = 0; round < bench.effort.rounds; round++)
      values.push(await processorShare(server.pid, bench.smoke ? 100 : idle_round_ms));
    return values;
  };
  const [unit, what] = ['% of a core', 'processor when nobody works, PostgreSQL included'];
  const alone = await shares();
  const close = await openPage(server.url);
  const withPage = await shares();
  close();
  await server.stop();
  await rm(data, { recursive: true, force: true });
  return [
    limitFigure({ id: 'R8.processor', what: `${what}, no page open`, unit, values: alone, max: idle_max_percent }),
    limitFigure({ id: 'R8.page', what: `${what}, one page open`, unit, values: withPage, max: page_max_percent }),
  ];
}

/**
 * R8: memory of server and worker, and the processor they take when nobody works. The peak of memory is that of the
 * cases it is about, as far as they ran, and of lists at the least.
 */
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
      ...(await idleProcessor(bench)),
    ];
  },
};
