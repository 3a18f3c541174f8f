import { readFile } from 'node:fs/promises';
import type pg from 'pg';
import { uuidV7 } from '../../src/kernel/database/uuid.ts';
import type { LogLine } from '../../src/kernel/logs/line.ts';
import { openPostgresLogStore } from '../../src/kernel/logs/postgres-log-store.ts';
import { type Bench, type Case, tenantNamed } from '../bench.ts';
import { withClient } from '../cluster.ts';
import { compareThroughput } from '../compare.ts';
import type { Figure } from '../figure.ts';
import { limitFigure } from '../limit.ts';
import { Connection, type Target } from '../load.ts';
import { signIn } from '../people.ts';
import { startHoldfast } from '../servers.ts';
import { percentile } from '../statistics.ts';

const days = 10;
const lines_total = 10_000_000;
const lines_total_smoke = 20_000;
const search_ms_max = 500;
const ingest_per_second_min = 5_000;
/** What people's requests keep of their rate while their lines are stored. */
const kept_min = 0.95;
const batch_lines = 2_000;
const calls_each = 40;
const day_ms = 86_400_000;

type Filter = Record<string, string>;
type Row = Pick<LogLine, 'at' | 'level' | 'tenant_id' | 'user_id' | 'route' | 'request_id' | 'trace_id'>;

const dayAgo = (ago: number): Date => new Date(Math.floor(Date.now() / day_ms) * day_ms - ago * day_ms);
const tableOf = (day: Date): string => `log_line_${day.toISOString().slice(0, 10).replaceAll('-', '_')}`;

async function dropLines(client: pg.Client): Promise<void> {
  const { rows } = await client.query(
    `select inhrelid::regclass::text as name from pg_inherits where inhparent = 'log_line'::regclass`,
  );
  for (const { name } of rows) await client.query(`drop table ${name}`);
  await client.query('truncate log_count');
  await client.query('select app.ensure_log_partitions()');
}

/** Fills the log of the last ten days, today's up to now. Indexes for texts are made as housekeeping does. */
async function fill({ dataset, smoke, say }: Bench, tenant_id: string): Promise<void> {
  const template = await readFile(new URL('../dataset/log-day.sql', import.meta.url), 'utf8');
  const settings = `set maintenance_work_mem = '512MB'; set synchronous_commit = off`;
  const began = performance.now();
  const since = () => `${Math.round((performance.now() - began) / 1000)} s`;
  await withClient(dataset.holdfastUrl, dropLines);
  const left = Array.from({ length: days }, (_, ago) => ago);
  const fillDays = (client: pg.Client) =>
    client.query(settings).then(async () => {
      for (let ago = left.pop(); ago !== undefined; ago = left.pop()) await fillDay(client, ago);
    });
  const fillDay = async (client: pg.Client, ago: number) => {
    const [day, next] = [dayAgo(ago), dayAgo(ago - 1)];
    const values: Record<string, string> = {
      TABLE: tableOf(day),
      LINES: String((smoke ? lines_total_smoke : lines_total) / days),
      TENANT: tenant_id,
      DAY: day.toISOString(),
      FROM: day.toISOString(),
      NEXT: next.toISOString(),
      TO: new Date(Math.min(Date.now(), next.getTime() - 1)).toISOString(),
    };
    await client.query(`drop table if exists ${values.TABLE}`);
    await client.query(template.replaceAll(/\$([A-Z]+)/g, (_, name: string) => values[name]!));
  };
  await Promise.all([withClient(dataset.holdfastUrl, fillDays), withClient(dataset.holdfastUrl, fillDays)]);
  say(`the log is filled after ${since()}`);
  await withClient(dataset.holdfastUrl, async (client) => {
    await client.query(settings);
    while ((await client.query('select app.index_log() as made')).rows[0].made);
  });
  say(`its texts are indexed after ${since()}`);
}

/** Lines that are there, so that a search finds something. */
const sampleRows = ({ dataset }: Bench): Promise<Row[]> =>
  withClient(dataset.holdfastUrl, async (client) => {
    const { rows } = await client.query(
      `select at, level, tenant_id, user_id, route, request_id, trace_id from log_line tablesample system (0.05)
        where tenant_id is not null order by random() limit 500`,
    );
    if (rows.length > 0) return rows;
    return (await client.query('select * from log_line where tenant_id is not null order by random() limit 500')).rows;
  });

const texts = ['needle', 'connection timeout', 'records-17', 'nowhere to be found'];
const levelNames: Record<number, string> = { 30: 'warn', 40: 'warn', 50: 'error' };

/** What one could ask of a line by. */
const parts: Record<string, (row: Row, i: number) => string> = {
  level: ({ level }) => levelNames[level]!,
  user_id: ({ user_id }) => user_id ?? '00000000-0000-4000-8000-000000000000',
  route: ({ route }) => route!,
  request_id: ({ request_id }) => request_id!,
  trace_id: ({ trace_id }) => trace_id!,
  text: (_, i) => texts[i % texts.length]!,
  tenant_id: ({ tenant_id }) => tenant_id!,
};

/** All of the log, its last hour, or a day around the line. */
function periodOf({ at }: Row, i: number): Filter {
  const [now, then] = [Date.now() + 60_000, new Date(at).getTime()];
  const [from, to] = [
    [now - (days + 1) * day_ms, now],
    [now - day_ms / 24, now],
    [then - day_ms / 2, then + day_ms / 2],
  ][i % 3]!;
  return { from: new Date(from!).toISOString(), to: new Date(to!).toISOString() };
}

interface Searcher {
  connection: Connection;
  /** Answers that had all they were asked for within their time. */
  complete: number;
  calls: number;
}

async function search(searcher: Searcher, histogram: boolean, filter: Filter): Promise<number> {
  const query = new URLSearchParams({ ...filter, ...(histogram ? { bars: '60' } : { limit: '100' }) });
  const path = `/api/v1/installation/log-lines${histogram ? '/histogram' : ''}?${query}`;
  const began = performance.now();
  const { text } = await searcher.connection.send({ method: 'GET', path });
  const taken = performance.now() - began;
  const answer = JSON.parse(text) as { searched_to?: string | null; counted_to?: string | null };
  searcher.calls++;
  if (!answer.searched_to && !answer.counted_to) searcher.complete++;
  return taken;
}

const typical: Record<string, { filter: (row: Row, i: number) => Filter; histogram?: boolean }> = {
  latest: { filter: () => ({}) },
  level: { filter: () => ({ level: 'error' }) },
  request: { filter: ({ request_id }) => ({ request_id: request_id! }) },
  user: { filter: (row, i) => ({ user_id: parts.user_id!(row, i) }) },
  tenant: { filter: ({ tenant_id }) => ({ tenant_id: tenant_id! }) },
  text: { filter: (_, i) => ({ text: texts[i % texts.length]! }) },
  histogram: { filter: () => ({}), histogram: true },
  'histogram-text': { filter: (_, i) => ({ text: texts[i % texts.length]! }), histogram: true },
};

const shares = ({ complete, calls }: Searcher): string => `${Math.round((100 * complete) / calls)} % complete at once`;

async function searches(target: Target, rows: Row[], { smoke, effort }: Bench): Promise<Figure[]> {
  const connection = new Connection(target);
  const figures: Figure[] = [];
  const measured = async (
    id: string,
    what: string,
    asked: (searcher: Searcher, round: number) => Promise<number[]>,
  ) => {
    const searcher = { connection, complete: 0, calls: 0 };
    const values: number[] = [];
    for (let round = 0; round < Math.min(3, effort.rounds); round++)
      values.push(percentile(await asked(searcher, round), 0.95));
    figures.push(
      limitFigure({ id, what: `${what}, p95, ${shares(searcher)}`, unit: 'ms', values, max: search_ms_max }),
    );
  };
  let next = 0;
  const row = () => rows[next++ % rows.length]!;
  try {
    for (const [name, { filter, histogram = false }] of Object.entries(typical))
      await measured(`R15.${name}`, `log, ${name}`, async (searcher) => {
        const taken: number[] = [];
        for (let i = 0; i < (smoke ? 2 : calls_each); i++) {
          const of = row();
          taken.push(await search(searcher, histogram, { ...periodOf(of, 0), ...filter(of, i) }));
        }
        return taken;
      });
    const names = Object.keys(parts);
    for (const histogram of [false, true])
      await measured(
        histogram ? 'R15.histogram-any' : 'R15.any',
        `log, any combination of filters and times${histogram ? ', histogram' : ''}`,
        async (searcher, round) => {
          const taken: number[] = [];
          for (let mask = 0; mask < (smoke ? 4 : 1 << names.length); mask++) {
            const of = row();
            const chosen = names.filter((_, n) => mask & (1 << n));
            const filter = Object.fromEntries(chosen.map((name) => [name, parts[name]!(of, mask + round)]));
            taken.push(await search(searcher, histogram, { ...periodOf(of, mask + round), ...filter }));
          }
          return taken;
        },
      );
  } finally {
    await connection.close();
  }
  return figures;
}

function made(i: number, tenant_id: string): LogLine {
  const at = new Date().toISOString();
  const data = JSON.stringify({ method: 'GET', url: `/api/v1/contacts/${uuidV7()}`, status: 200, ms: i % 50 });
  return { id: uuidV7(), at, level: 30, tenant_id, user_id: uuidV7(), route: `GET /api/v1/records-${i % 53}`, request_id: uuidV7(),
    trace_id: uuidV7().replaceAll('-', ''), process: 'web@bench:1', message: 'request', data }; // biome-ignore format: a line
}

/** How many lines a second one process stores, beside the ten million. */
async function ingest({ databaseUrl, smoke, effort }: Bench, tenant_id: string): Promise<Figure> {
  const store = openPostgresLogStore({ url: databaseUrl, days: 30 });
  const values: number[] = [];
  try {
    for (let round = 0; round < Math.min(3, effort.rounds); round++) {
      const batches = Array.from({ length: smoke ? 1 : 10 }, () =>
        Array.from({ length: batch_lines }, (_, i) => made(i, tenant_id)),
      );
      const began = performance.now();
      for (const batch of batches) await store.append(batch);
      values.push((batches.length * batch_lines) / ((performance.now() - began) / 1000));
    }
  } finally {
    await store.close();
  }
  return limitFigure({
    id: 'R15.ingest',
    what: 'log, lines stored by one process',
    unit: 'lines/s',
    values,
    min: ingest_per_second_min,
  });
}

/**
 * What people pay for the lines of their requests: lists, by a server that stores each line, and by one that logs
 * warnings alone.
 */
async function cost(bench: Bench): Promise<Figure> {
  const { cluster, dataset, holdfastAsPeople } = bench;
  const start = (settings: Record<string, string>) =>
    startHoldfast(cluster, dataset.holdfastUrl, { role: 'web', settings });
  const servers = await Promise.all([start({}), start({ LOG_LEVEL: 'warn' })]);
  try {
    const [holdfast, reference] = servers.map(({ url }) => ({
      target: { ...holdfastAsPeople, url },
      work: async (connection: Connection) =>
        void (await connection.send({ method: 'GET', path: '/api/v1/contacts?sort=name&limit=50' })),
    }));
    return await compareThroughput(bench, {
      id: 'R15.cost',
      what: 'lists while their lines are stored, beside none',
      holdfast: holdfast!,
      reference: reference!,
      throughputMin: kept_min,
    });
  } finally {
    for (const server of servers) await server.stop();
  }
}

/** R15: the log viewer at ten million lines, as an operator asks for them. */
export const r15: Case = {
  id: 'R15',
  sizes: 'largest',
  measure: async (bench): Promise<Figure[]> => {
    const { holdfastUrl } = bench.dataset;
    const tenant_id = await tenantNamed(holdfastUrl, 'bench-0');
    const [headers] = await signIn(holdfastUrl, tenant_id, { role: 'admin', people: 1 });
    await withClient(holdfastUrl, async (client) => {
      await client.query(
        `insert into operator (tenant_id, user_id, granted_by) select tenant_id, user_id, 'a benchmark' from session where tenant_id = $1
         order by created_at desc limit 1 on conflict do nothing`,
        [tenant_id],
      );
    });
    try {
      await fill(bench, tenant_id);
      const target = { url: bench.holdfastServer.url, headers: headers! };
      const found = await searches(target, await sampleRows(bench), bench);
      return [...found, await ingest(bench, tenant_id), await cost(bench)];
    } finally {
      await withClient(holdfastUrl, dropLines);
    }
  },
};
