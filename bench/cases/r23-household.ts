import { listQuery } from '../../src/kernel/contract/resource.ts';
import { queryOf, type Statement, type Tx } from '../../src/kernel/database/statement.ts';
import { listRows } from '../../src/kernel/resource/list.ts';
import { getRow } from '../../src/kernel/resource/store.ts';
import { type Context, withContext } from '../../src/kernel/tenancy/context.ts';
import { holdingsOf, readPerformance } from '../../src/modules/wealth/figures/index.ts';
import { financialAccount } from '../../src/modules/wealth/financial-account/contract.ts';
import { household } from '../../src/modules/wealth/household/contract.ts';
import type { Bench, Case } from '../bench.ts';
import { compare } from '../compare.ts';
import { type Firm, firmOf } from '../dataset/wealth.ts';
import { limitFigure } from '../limit.ts';
import { Connection } from '../load.ts';
import { assertIndexed } from '../plans.ts';
import { startServer } from '../servers.ts';
import { percentile } from '../statistics.ts';

const latency_ratio_max = 2;
const return_ms_max = 300;

const yearsAgo = (years: number) => {
  const day = new Date();
  day.setUTCFullYear(day.getUTCFullYear() - years);
  return day.toISOString().slice(0, 10);
};
/** The periods of which the page shows returns. */
const starts = [`${new Date().getUTCFullYear() - 1}-12-31`, ...[1, 3, 5, 10].map(yearsAgo)];

interface Part {
  name: string;
  path: string;
  /** The same from inside, for its statements. */
  read: (ctx: Context) => Promise<unknown>;
}

/**
 * What the page asks for beside its timeline, which R2 measures: the household, its accounts, what they hold, and what
 * became of it.
 */
function partsOf({ page: { id } }: Firm): Part[] {
  const path = `/api/v1/households/${id}`;
  const accounts = {
    filter: JSON.stringify({ field: 'household_id', op: 'eq', value: id }),
    sort: 'name',
    limit: '200',
  };
  const known = async (ctx: Context, work: () => Promise<unknown>) => {
    await getRow(ctx, household, id);
    return work();
  };
  return [
    { name: 'record', path, read: (ctx) => getRow(ctx, household, id) },
    {
      name: 'accounts',
      path: `/api/v1/financial-accounts?${new URLSearchParams(accounts)}`,
      read: (ctx) => listRows(ctx, financialAccount, listQuery.parse(accounts)),
    },
    {
      name: 'holdings',
      path: `${path}/holdings`,
      read: (ctx) => known(ctx, () => holdingsOf(ctx, { household_id: id })),
    },
    {
      name: 'performance',
      path: `${path}/performance?starts=${starts.join(',')}`,
      read: (ctx) => known(ctx, () => readPerformance(ctx, { household_id: id }, { starts })),
    },
  ];
}

/** The statements that `read` sends. */
async function statementsOf(bench: Bench, { adviser }: Firm, read: Part['read']) {
  const sent: { text: string; values: unknown[] }[] = [];
  const recording = (tx: Tx): Tx => {
    const noted = <Row>(statement: Statement<Row>) => {
      const { text, values = [] } = queryOf(statement);
      sent.push({ text, values });
      return statement;
    };
    return {
      many: (statement) => tx.many(noted(statement)),
      maybe: (statement) => tx.maybe(noted(statement)),
      one: (statement) => tx.one(noted(statement)),
      run: (statement) => tx.run(noted(statement)),
      post: (statement) => tx.post(noted(statement)),
    };
  };
  await withContext(bench.db, adviser, (ctx) => read({ ...ctx, tx: recording(ctx.tx) }), { mode: 'read' });
  return sent;
}

async function comparePage(bench: Bench, firm: Firm) {
  const parts = partsOf(firm);
  const bare = await startServer(
    bench.cluster,
    'same-sql',
    ['bench/reference/same-sql.ts', bench.dataset.holdfastUrl],
    {},
    /ready at (\S+)/,
  );
  try {
    const target = { url: bare.url, headers: {} };
    const connection = new Connection(target);
    for (const { name, read } of parts)
      await connection.send({ method: 'POST', path: `/${name}`, body: await statementsOf(bench, firm, read) });
    await connection.close();
    const ask = async (via: Connection, paths: string[]) => {
      for (const path of paths) await via.send({ method: 'GET', path });
    };
    const effort = { ...bench.effort, timesPerRound: Math.min(bench.effort.timesPerRound, 30) };
    return await compare(
      { ...bench, effort },
      {
        id: 'R23',
        what: 'page of a household with ten accounts and ten years of daily values, beside a bare server with the same SQL',
        latencyMax: latency_ratio_max,
        holdfast: {
          target: firm.asAdviser,
          work: (via) =>
            ask(
              via,
              parts.map(({ path }) => path),
            ),
        },
        reference: {
          target,
          work: (via) =>
            ask(
              via,
              parts.map(({ name }) => `/${name}`),
            ),
        },
      },
    );
  } finally {
    await bare.stop();
  }
}

async function measureReturn(bench: Bench, { asAdviser, page }: Firm) {
  const connection = new Connection(asAdviser);
  const path = `/api/v1/households/${page.id}/performance?from=${yearsAgo(10)}`;
  const answer = JSON.parse((await connection.send({ method: 'GET', path })).text) as { net: { total: number } | null };
  if (!answer.net?.total) throw new Error(`The household of the page has no return: ${JSON.stringify(answer.net)}`);
  const values: number[] = [];
  for (let round = 0; round < bench.effort.rounds; round++) {
    const taken: number[] = [];
    for (let n = 0; n < Math.min(bench.effort.timesPerRound, 30); n++)
      taken.push(await connection.time((c) => c.send({ method: 'GET', path })));
    values.push(percentile(taken, 0.95));
  }
  await connection.close();
  return limitFigure({
    id: 'R23.return',
    what: 'time-weighted return of a household with ten accounts over ten years, p95',
    unit: 'ms',
    values,
    max: return_ms_max,
  });
}

/** R23: what an adviser looks at before a talk with a family. */
export const r23: Case = {
  id: 'R23',
  sizes: 'largest',
  measure: async (bench) => {
    const firm = await firmOf(bench);
    return [...(await comparePage(bench, firm)), await measureReturn(bench, firm)];
  },
  checkPlans: async (bench) => {
    const firm = await firmOf(bench);
    for (const { read } of partsOf(firm)) await assertIndexed(bench, firm.adviser, [], read);
  },
};
