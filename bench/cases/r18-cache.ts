import { setTimeout as sleep } from 'node:timers/promises';
import { type Bench, type Case, nth } from '../bench.ts';
import type { Figure } from '../figure.ts';
import { limitFigure } from '../limit.ts';
import { Connection } from '../load.ts';
import { countRoundTrips } from '../round-trips.ts';
import { startHoldfast } from '../servers.ts';

const saved_share_min = 0.6;
const stale_ms_max = 1_000;
const passes = 3;
const changes = 20;
const poll_ms = 10;

const json = (value: object) => encodeURIComponent(JSON.stringify(value));
/** Every page has them beside it. */
const views = '/saved-views?sort=name&limit=200';
const field = (name: string, value: string) => ({ field: name, op: 'eq', value });

/** What each page asks the server for as it opens, as a browser was seen to; every page begins with the session. */
function pageViews({ samples: { owners, busyContacts } }: Bench, pipeline: string, pass: number): string[][] {
  const [me, contact] = [nth(owners, 0), nth(busyContacts, pass)];
  const mine = { and: [field('assignee_id', me), field('status', 'open')] };
  const open = json(field('status', 'open'));
  return [
    [
      `/analytics/dashboard?range=this_quarter&owner_id=${me}`,
      '/contacts?limit=1',
      `/tasks?filter=${json(mine)}&sort=due_at&limit=12`,
    ],
    ['/custom-fields?limit=200', '/contacts?sort=name&limit=50&count=true'],
    [
      '/custom-fields?limit=200',
      '/companies?limit=1&sums=annual_revenue,employee_count',
      '/companies?sort=name&limit=50&count=true',
    ],
    ['/custom-fields?limit=200', '/pipelines?limit=200&sort=position', `/pipelines/${pipeline}/board?limit=30`],
    [
      '/custom-fields?limit=200',
      '/pipelines?limit=200&sort=position',
      `/deals?filter=${open}&limit=1&sums=amount`,
      `/deals?filter=${open}&sort=-created_at&limit=50&count=true`,
    ],
    [`/tasks?filter=${json(mine)}&sort=due_at&limit=100`],
    [
      '/custom-fields?limit=200',
      '/pipelines?limit=200&sort=position',
      `/contacts/${contact}/timeline?record=true&limit=25`,
    ],
    [
      '/pipelines?limit=200&sort=position',
      '/dashboards?sort=name&limit=200',
      '/sales-targets?limit=200',
      '/analytics/dashboard?range=last_12_months&period=month',
    ],
    [
      '/pipelines?limit=200&sort=position',
      '/products?limit=200&sort=name',
      '/tags?limit=200&sort=name',
      '/close-reasons?limit=200',
    ],
  ].map((requests) => ['/session', views, ...requests]);
}

/** The statements that some passes over all pages cause, after a first one that does not count. */
async function statements(bench: Bench, settings: Record<string, string>): Promise<number> {
  const counter = await countRoundTrips(bench.dataset.holdfastUrl);
  const server = await startHoldfast(bench.cluster, counter.url, { role: 'web', settings });
  const connection = new Connection({ ...bench.holdfast, url: server.url });
  const get = (path: string) => connection.send({ method: 'GET', path: `/api/v1${path}` });
  const visit = async (pipeline: string, pass: number) => {
    for (const page of pageViews(bench, pipeline, pass)) for (const path of page) await get(path);
  };
  try {
    const [pipeline] = (JSON.parse((await get('/pipelines')).text) as { data: { id: string }[] }).data;
    await visit(pipeline!.id, 0);
    const trips = await counter.during(async () => {
      for (let pass = 1; pass <= passes; pass++) await visit(pipeline!.id, pass);
    });
    return trips.flat().length;
  } finally {
    await connection.close();
    await server.stop();
    await counter.stop();
  }
}

async function saved(bench: Bench): Promise<Figure> {
  const off = await statements(bench, { CACHE_MEGABYTES: '0' });
  const warm = await statements(bench, {});
  const share = 1 - warm / off;
  return {
    id: 'R18',
    what: 'statements of a recorded mix of page views with the cache warm, beside it off',
    holdfast: String(warm),
    reference: String(off),
    ratio: warm / off,
    bar: `<= ${(1 - saved_share_min).toFixed(1)}x`,
    met: share >= saved_share_min,
  };
}

/**
 * From the answer of a change through one process until another, which had the old answer at hand, gives the new one.
 */
async function longestStale(bench: Bench): Promise<number[]> {
  const other = await startHoldfast(bench.cluster, bench.dataset.holdfastUrl, { role: 'web' });
  const [here, there] = [new Connection(bench.holdfast), new Connection({ ...bench.holdfast, url: other.url })];
  const taken: number[] = [];
  try {
    for (let n = 0; n < (bench.smoke ? 1 : changes); n++) {
      const name = `Tag ${n} of ${Date.now()}`;
      const shown = async () =>
        (await there.send({ method: 'GET', path: '/api/v1/tags?limit=200&sort=-created_at' })).text.includes(name);
      await shown();
      await here.send({ method: 'POST', path: '/api/v1/tags', body: { name } });
      const changed = performance.now();
      while (!(await shown())) await sleep(poll_ms);
      taken.push(performance.now() - changed);
    }
  } finally {
    await here.close();
    await there.close();
    await other.stop();
  }
  return taken;
}

/** R18: what the cache spares the database, and that it never shows what is long gone. */
export const r18: Case = {
  id: 'R18',
  sizes: 'largest',
  measure: async (bench) => [
    await saved(bench),
    limitFigure({
      id: 'R18.stale',
      what: 'another process shows a change that it had the old answer of, the longest',
      unit: 'ms',
      values: [Math.max(...(await longestStale(bench)))],
      max: stale_ms_max,
    }),
  ],
};
