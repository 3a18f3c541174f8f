import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Bench, type Case, startBench } from './bench.ts';
import { cases } from './cases/index.ts';
import { type Cluster, startCluster, withClient } from './cluster.ts';
import { type Dataset, describeShape, ensureDataset, type Shape, usualShape } from './dataset/dataset.ts';
import { emptyDataset } from './dataset/fresh.ts';
import { describeRun, writeDocument } from './document.ts';
import { digits, type Figure, markdownTable } from './figure.ts';
import { type Options, parseOptions } from './options.ts';

/** `npm run bench`: runs the benchmarks, prints a table, and writes it to bench/results/latest.json. */

const root = new URL('..', import.meta.url).pathname;
const at_rest_ms_max = 300_000;
/** No plan is checked on a fresh installation, so a few rows prove as much as many. */
const fresh_contacts_smoke = 1_000;
const say = (line: string) => void process.stderr.write(`${line}\n`);

async function main(options: Options): Promise<void> {
  const cluster = await startCluster(join(root, '.cache', 'bench', options.smoke ? 'smoke' : 'cluster'));
  const figures: Figure[] = [];
  const run = await describeRun(cluster.urlOf('postgres'), options.contacts, options.rounds);
  try {
    for (const contacts of options.contacts)
      for (const state of options.states) figures.push(...(await measureAt(cluster, contacts, state, options)));
    if (options.shapes) for (const shape of shapes) figures.push(...(await measureShape(cluster, shape, options)));
  } finally {
    await cluster.stop();
  }
  if (options.smoke) return void console.log(`Every benchmark runs: ${figures.map((figure) => figure.id).join(', ')}`);
  console.log(`${run}\n\n${markdownTable(figures)}`);
  await mkdir(join(root, 'bench', 'results'), { recursive: true });
  await writeFile(join(root, 'bench', 'results', 'latest.json'), `${JSON.stringify(figures, null, 2)}\n`);
  if (options.document) await writeDocument(root, run, figures);
}

async function measureAt(
  cluster: Cluster,
  contacts: number,
  state: Dataset['state'],
  options: Options,
): Promise<Figure[]> {
  const isLargest = contacts === options.contacts.at(-1);
  const wanted = cases.filter(
    (c) =>
      options.only.includes(c.id) &&
      (c.sizes === 'all' || (c.sizes === 'largest' ? isLargest : contacts === options.contacts[0])) &&
      !(options.smoke && c.smoke === false) &&
      (state === 'old' || (options.smoke ? c.id === 'R5' : c.states === 'both')),
  );
  if (wanted.length === 0) return [];
  const dataset = await (state === 'old'
    ? ensureDataset(cluster, usualShape(contacts), say)
    : emptyDataset(cluster, usualShape(options.smoke ? fresh_contacts_smoke : contacts)));
  const figures = await measureOn(cluster, dataset, wanted, options);
  const suffix = `${isLargest ? '' : `.at-${contacts}`}${state === 'old' ? '' : '.fresh'}`;
  return figures.map((figure) => ({
    ...figure,
    id: `${figure.id}${suffix}`,
    what: `${figure.what} (${contacts.toLocaleString('en')} contacts${state === 'old' ? '' : ', fresh'})`,
  }));
}

/** Data for which the planner's estimates are wrong: few companies, many, and tenants of the same size. */
const shapes: Shape[] = [
  { contacts: 100_000, companies: 50, tenants: 'one-large' },
  { contacts: 100_000, companies: 500_000, tenants: 'one-large' },
  { contacts: 100_000, companies: 5_000, tenants: 'equal' },
];

async function measureShape(cluster: Cluster, shape: Shape, options: Options): Promise<Figure[]> {
  const dataset = await ensureDataset(cluster, shape, say);
  const figures = await measureOn(
    cluster,
    dataset,
    cases.filter((c) => c.id === 'R1'),
    options,
  );
  const suffix = `.${shape.companies}-companies.${shape.tenants}`;
  return figures.map((figure) => ({
    ...figure,
    id: `${figure.id}${suffix}`,
    what: `${figure.what} (${describeShape(shape)})`,
  }));
}

async function measureOn(
  cluster: Cluster,
  dataset: Dataset,
  wanted: readonly Case[],
  options: Options,
): Promise<Figure[]> {
  const effort = options.smoke
    ? { rounds: 1, timesPerRound: 3, secondsPerRound: 0.05 }
    : { rounds: options.rounds, timesPerRound: 200, secondsPerRound: 2 };
  const bench = await startBench({ cluster, dataset, effort, smoke: options.smoke, mails: options.mails, say });
  try {
    const figures: Figure[] = [];
    for (const c of wanted) {
      const measured = await measure(bench, c);
      for (const f of measured)
        say(`  ${f.id}: ${f.holdfast}${f.ratio === null ? '' : `, ${digits(f.ratio)}x`}; bar ${f.bar}`);
      figures.push(...measured);
    }
    return figures;
  } finally {
    await bench.stop();
    await dataset.drop();
  }
}

async function measure(bench: Bench, c: Case): Promise<Figure[]> {
  say(`${c.id} at ${describeShape(bench.dataset)}, ${bench.dataset.state} …`);
  try {
    // On a fresh installation, sequential scans of empty tables are right.
    if (bench.dataset.state === 'old') await c.checkPlans?.(bench);
    if (!bench.smoke) await untilAtRest(bench);
    bench.memory.reset();
    const figures = await c.measure(bench);
    bench.peaks.set(c.id, bench.memory.peak);
    return figures;
  } catch (error) {
    if (bench.smoke) throw error;
    // A failing case must not discard hours of others.
    const what = (error as Error).message.slice(0, 200);
    return [{ id: c.id, what, holdfast: 'failed', reference: null, ratio: null, bar: 'to run at all', met: false }];
  }
}

/** Waits for the background work of the start, or of the case before: scores and notifications. */
async function untilAtRest({ dataset }: Bench): Promise<void> {
  const isBusy = `select exists (select from feed_mark)
    or exists (select from job where state in ('ready', 'running')) as busy`;
  await withClient(dataset.holdfastUrl, async (client) => {
    await client.query('set role holdfast_system');
    for (const until = Date.now() + at_rest_ms_max; (await client.query(isBusy)).rows[0].busy; await sleep(500))
      if (Date.now() > until) throw new Error('The background has not come to rest');
  });
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));
try {
  await main(parseOptions());
} catch (error) {
  say(`bench: ${(error as Error).stack ?? error}`);
  // Servers of a failed start would keep this process alive; they end with it.
  process.exit(1);
}
