import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Bench, type Case, tenantNamed } from '../bench.ts';
import { type Figure, withSpread } from '../figure.ts';
import { limitFigure } from '../limit.ts';
import { type Call, Connection, type Target } from '../load.ts';
import { signIn } from '../people.ts';
import { median, percentile, spreadOf } from '../statistics.ts';

const callers = 20;
/** Of a list and of a create. */
const ratio_max = { list: 2, create: 2.5 };
const answer_seconds_max = 6;
const pause_ms = 40;
const neighbours = 4;

const contains = (field: string, value: string) => ({ field, op: 'contains', value });
/** Companies of contacts of companies …: hardly any match, and no index knows which. */
const filters = [
  {
    or: [
      { any: 'company', where: { any: 'contacts', where: contains('job_title', 'zzz') } },
      contains('job_title', 'zzq'),
    ],
  },
  {
    or: [
      { any: 'company', where: { none: 'contacts', where: contains('email', 'zz') } },
      { any: 'deals', where: contains('name', 'zz') },
    ],
  },
  { or: [contains('city', 'qx'), contains('source', 'zz')] },
];

const list = (noun: string, query: Record<string, string>): Call => ({
  method: 'GET',
  path: `/api/v1/${noun}?${new URLSearchParams({ limit: '200', ...query })}`,
});

/** The dearest requests that the API takes, one after the other by each caller. */
const dearest: Call[] = [
  ...filters.map((filter) => list('contacts', { filter: JSON.stringify(filter), count: 'exact', sort: 'name' })),
  ...filters.map((filter) => list('contacts', { filter: JSON.stringify(filter), count: 'exact', sort: '-updated_at' })),
  list('contacts', { count: 'exact', sort: 'job_title' }),
  list('deals', { count: 'exact', sums: 'amount' }),
  { method: 'GET', path: '/api/v1/search?q=a' },
  { method: 'GET', path: '/api/v1/search?q=zzqx' },
  { method: 'POST', path: '/api/v1/exports', body: { resource: 'contact', format: 'xlsx' } },
];

interface Crowd {
  /** Seconds of each answer. */
  seconds: number[];
  /** Answers that are neither good nor an error that says what is wrong. */
  bad: string[];
  statuses: Map<number, number>;
}

/** Twenty callers of one tenant, each beginning the next request when one is answered, until `isOver`. */
async function crowd(target: Target, isOver: () => boolean): Promise<Crowd> {
  const seen: Crowd = { seconds: [], bad: [], statuses: new Map() };
  await Promise.all(
    Array.from({ length: callers }, async (_, n) => {
      const connection = new Connection(target, n);
      for (let i = n; !isOver(); i++) {
        const call = dearest[i % dearest.length]!;
        const started = performance.now();
        const { status, text } = await connection.ask(call);
        seen.seconds.push((performance.now() - started) / 1000);
        seen.statuses.set(status, (seen.statuses.get(status) ?? 0) + 1);
        const isTold = status < 300 || ((status < 500 || status === 503) && 'code' in JSON.parse(text));
        if (!isTold) seen.bad.push(`${call.path}: ${status} ${text.slice(0, 200)}`);
      }
      await connection.close();
    }),
  );
  return seen;
}

interface Work {
  list: number[];
  create: number[];
  failed: string[];
}

/** What people of another tenant do meanwhile: milliseconds of their lists and of what they create. */
async function neighbour(target: Target, isOver: () => boolean): Promise<Work> {
  const seen: Work = { list: [], create: [], failed: [] };
  await Promise.all(
    Array.from({ length: neighbours }, async (_, n) => {
      const connection = new Connection(target, n);
      const timed = async (kind: 'list' | 'create', call: Call) => {
        const started = performance.now();
        const { status, text } = await connection.ask(call);
        seen[kind].push(performance.now() - started);
        if (status >= 300) seen.failed.push(`${status} ${text.slice(0, 200)}`);
      };
      for (let i = 0; !isOver(); i++) {
        await timed('list', list('contacts', { sort: 'name', limit: '50' }));
        const body = { given_name: 'Grace', family_name: `Neighbour ${n} ${i}` };
        await timed('create', {
          method: 'POST',
          path: '/api/v1/contacts',
          headers: { 'idempotency-key': randomUUID() },
          body,
        });
        await sleep(pause_ms);
      }
      await connection.close();
    }),
  );
  return seen;
}

const besides = (
  max: number,
  before: number[],
  during: number[],
): Pick<Figure, 'holdfast' | 'reference' | 'ratio' | 'bar' | 'met'> => {
  const ratio = median(during) / median(before);
  return {
    holdfast: withSpread(spreadOf(during), 'ms'),
    reference: withSpread(spreadOf(before), 'ms'),
    ratio,
    bar: `<= ${max}x`,
    met: ratio <= max,
  };
};

async function measure(bench: Bench): Promise<Figure[]> {
  const { holdfastUrl } = bench.dataset;
  const people = async (tenant: string, count: number): Promise<Target> => ({
    url: bench.holdfast.url,
    headers: {},
    callers: await signIn(holdfastUrl, await tenantNamed(holdfastUrl, tenant), { role: 'member', people: count }),
  });
  const [noisy, other] = [await people('bench-0', callers), await people('bench-1', neighbours)];
  const round_ms = bench.smoke ? 300 : 12_000;
  const during = <T>(work: (isOver: () => boolean) => Promise<T>): Promise<T> => {
    const until = performance.now() + round_ms;
    return work(() => performance.now() > until);
  };
  await during((isOver) => neighbour(other, isOver));
  const p95s = {
    list: { before: [] as number[], during: [] as number[] },
    create: { before: [] as number[], during: [] as number[] },
  };
  const all: Crowd = { seconds: [], bad: [], statuses: new Map() };
  const failed: string[] = [];
  for (let round = 0; round < Math.min(bench.effort.rounds, 3); round++) {
    const quiet = await during((isOver) => neighbour(other, isOver));
    const [beside, seen] = await during((isOver) => Promise.all([neighbour(other, isOver), crowd(noisy, isOver)]));
    for (const kind of ['list', 'create'] as const) {
      p95s[kind].before.push(percentile(quiet[kind], 0.95));
      p95s[kind].during.push(percentile(beside[kind], 0.95));
    }
    all.seconds.push(...seen.seconds);
    all.bad.push(...seen.bad);
    for (const [status, count] of seen.statuses) all.statuses.set(status, (all.statuses.get(status) ?? 0) + count);
    failed.push(...quiet.failed, ...beside.failed);
  }
  for (const line of [...new Set([...all.bad, ...failed])].slice(0, 5)) bench.say(`  ${line}`);
  bench.say(`  the twenty got ${[...all.statuses].map(([status, count]) => `${status}: ${count}`).join(', ')}`);
  const what = `${callers} callers of one tenant with the dearest requests`;
  return [
    {
      id: 'R19.list',
      what: `${what}: another tenant's list, beside before, p95`,
      ...besides(ratio_max.list, p95s.list.before, p95s.list.during),
    },
    {
      id: 'R19.create',
      what: `${what}: another tenant's create, beside before, p95`,
      ...besides(ratio_max.create, p95s.create.before, p95s.create.during),
    },
    limitFigure({
      id: 'R19.failed',
      what: `${what}: the other's requests that failed`,
      unit: 'requests',
      values: [failed.length],
      max: 0,
    }),
    limitFigure({
      id: 'R19.answers',
      what: `${what}: the slowest of their answers`,
      unit: 's',
      values: [Math.max(...all.seconds)],
      max: answer_seconds_max,
    }),
    limitFigure({
      id: 'R19.unsaid',
      what: `${what}: answers without a code of their own`,
      unit: 'answers',
      values: [all.bad.length],
      max: 0,
    }),
  ];
}

/** R19: what people of one tenant feel of those of another who ask for all they can. */
export const r19: Case = { id: 'R19', sizes: 'all', states: 'both', measure };
