import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from '../../src/kernel/database/database.ts';
import { enqueueMany } from '../../src/kernel/jobs/queue.ts';
import { withContext } from '../../src/kernel/tenancy/context.ts';
import { eventually } from '../../test/harness/eventually.ts';
import type { Bench, Case } from '../bench.ts';
import type { Figure } from '../figure.ts';
import { limitFigure } from '../limit.ts';
import { type Server, startServer } from '../servers.ts';
import { percentile } from '../statistics.ts';

const workers = 2;
const jobs_each_round = 5_000;
const single_jobs = 100;
const wait_ms_max = 120_000;

interface JobTimes {
  state: string;
  attempts: number;
  created_at: string;
  started_at: string | null;
  finished_at: string | null;
}

const enqueueJobs = (bench: Bench, kind: string, count: number) =>
  withContext(bench.db, bench.admin, (ctx) =>
    enqueueMany(
      ctx,
      kind,
      Array.from({ length: count }, () => ({})),
    ),
  );

const timesOf = (bench: Bench, ids: string[]) =>
  withContext(bench.db, bench.admin, (ctx) =>
    ctx.tx.many<JobTimes>(sql`select state, attempts, created_at, started_at, finished_at from job
      where tenant_id = ${ctx.tenant_id} and id = any (${ids}::uuid[])`),
  );

async function finished(bench: Bench, ids: string[]): Promise<JobTimes[]> {
  return eventually(async () => {
    const jobs = await timesOf(bench, ids);
    return jobs.every((job) => job.state === 'done') && jobs;
  }, wait_ms_max);
}

const ms = (time: string | null) => Date.parse(time!);

/** Jobs a second, from the moment the first could have begun to the end of the last. */
async function jobsASecond(bench: Bench, count: number): Promise<number> {
  const jobs = await finished(bench, await enqueueJobs(bench, 'bench.nothing', count));
  const begin = Math.max(...jobs.map((job) => ms(job.created_at)));
  return (count / (Math.max(...jobs.map((job) => ms(job.finished_at))) - begin)) * 1000;
}

/** p95 of the wait of single jobs on idle workers, from their creation to their start. */
async function startLatency(bench: Bench, count: number): Promise<number> {
  const ids: string[] = [];
  for (let n = 0; n < count; n++) {
    ids.push(...(await enqueueJobs(bench, 'bench.nothing', 1)));
    await sleep(20 + (n % 7) * 10);
  }
  const jobs = await finished(bench, ids);
  return percentile(
    jobs.map((job) => ms(job.started_at) - ms(job.created_at)),
    0.95,
  );
}

/** Seconds from the killing of a worker to the end of its job on another. */
async function secondsUntilTakenOver(bench: Bench, start: () => Promise<Server>): Promise<number> {
  const doomed = await start();
  const ids = await enqueueJobs(bench, 'bench.stuck_once', 1);
  await eventually(async () => (await timesOf(bench, ids))[0]!.state === 'running', wait_ms_max);
  const other = await start();
  const killed = Date.now();
  process.kill(doomed.pid, 'SIGKILL');
  await finished(bench, ids);
  const seconds = (Date.now() - killed) / 1000;
  await other.stop();
  return seconds;
}

/** R9: jobs that do nothing. */
async function measure(bench: Bench): Promise<Figure[]> {
  const start = () => startServer(bench.cluster, 'jobs', ['bench/workers/jobs.ts', bench.databaseUrl], {}, /ready/);
  const running = await Promise.all(Array.from({ length: workers }, start));
  const rates: number[] = [];
  const waits: number[] = [];
  for (let round = 0; round < bench.effort.rounds; round++) {
    rates.push(await jobsASecond(bench, bench.smoke ? 100 : jobs_each_round));
    waits.push(await startLatency(bench, bench.smoke ? 5 : single_jobs));
  }
  await Promise.all(running.map((worker) => worker.stop()));
  const figures = [
    limitFigure({
      id: 'R9.throughput',
      what: `jobs that do nothing, ${workers} workers`,
      unit: '/s',
      values: rates,
      min: 1000,
    }),
    limitFigure({ id: 'R9.start', what: 'start of a job on idle workers, p95', unit: 'ms', values: waits, max: 100 }),
  ];
  if (bench.smoke) return figures;
  const takenOver = await secondsUntilTakenOver(bench, start);
  return [
    ...figures,
    limitFigure({
      id: 'R9.killed',
      what: 'the job of a killed worker has run elsewhere',
      unit: 's',
      values: [takenOver],
      max: 30,
    }),
  ];
}

export const r09: Case = { id: 'R9', sizes: 'largest', measure };
