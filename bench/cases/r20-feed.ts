import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import { type Bench, type Case, nth } from '../bench.ts';
import { withClient } from '../cluster.ts';
import { connections } from '../compare.ts';
import { withSpread } from '../figure.ts';
import { limitFigure } from '../limit.ts';
import { type Side, throughput } from '../load.ts';
import { median, percentile, spreadOf } from '../statistics.ts';

const lag_ms_max = 500;
const kept_min = 0.95;
const bulk_rows = 100_000;
const bulk_seconds_max = 60;
const at_rest_seconds_max = 300;

const asSystem = <R>({ dataset }: Bench, work: (client: pg.Client) => Promise<R>): Promise<R> =>
  withClient(dataset.holdfastUrl, async (client) => {
    await client.query('set role holdfast_system');
    return work(client);
  });

/**
 * Until everything that was written so far is consumed. The smoke run does not wait for the search for duplicates,
 * which rests for up to ten seconds after a batch.
 */
async function untilConsumed(bench: Bench): Promise<void> {
  const question = `select exists (select from feed_mark ${bench.smoke ? "where consumer <> 'duplicates'" : ''})
    or exists (select from audit_event e cross join feed_router p where (e.xid, e.seq) > (p.xid, p.seq)) as behind`;
  await asSystem(bench, async (client) => {
    for (
      const until = Date.now() + at_rest_seconds_max * 1000;
      (await client.query(question)).rows[0].behind;
      await sleep(50)
    )
      if (Date.now() > until) throw new Error('The consumers do not catch up');
  });
}

/** What happens during it is for nobody. */
async function withoutConsumers<R>(bench: Bench, work: () => Promise<R>): Promise<R> {
  await untilConsumed(bench);
  const { rows } = await asSystem(bench, (client) => client.query('delete from feed_consumer returning *'));
  const result = await work();
  await asSystem(bench, async (client) => {
    // What was written must be behind the router before anybody wants it.
    const behind = `select exists (select from audit_event e cross join feed_router p where (e.xid, e.seq) > (p.xid, p.seq)) as behind`;
    while ((await client.query(behind)).rows[0].behind) await sleep(50);
    // Once a minute the program makes its consumers known by itself.
    await client.query(
      'insert into feed_consumer select * from jsonb_populate_recordset(null::feed_consumer, $1) on conflict do nothing',
      [JSON.stringify(rows)],
    );
  });
  return result;
}

async function lagsOf(child: ChildProcess): Promise<number[]> {
  child.send('report');
  return ((await once(child, 'message')) as [number[]])[0];
}

/** How long it takes until a change of many contacts in one statement is consumed, in seconds. */
async function bulkChange(bench: Bench): Promise<number> {
  const rows = bench.smoke ? 1_000 : bulk_rows;
  await untilConsumed(bench);
  const began = performance.now();
  await asSystem(bench, async (client) => {
    await client.query('begin');
    await client.query(
      `select set_config('app.tenant_id', $1, true), set_config('app.request_id', 'bench', true), set_config('app.actor_kind', 'system',
        true)`,
      [bench.admin.tenant_id],
    );
    await client.query(
      `update contact set job_title = 'Changed ' || txid_current() where tenant_id = $1 and id in (select id from contact
        where tenant_id = $1 limit $2)`,
      [bench.admin.tenant_id, rows],
    );
    await client.query('commit');
  });
  await untilConsumed(bench);
  return (performance.now() - began) / 1000;
}

/**
 * R20: consumers of the feed: the three of the product, and three more in a process of their own, while people create
 * and change contacts.
 */
export const r20: Case = {
  id: 'R20',
  sizes: 'largest',
  measure: async (bench) => {
    const side: Side = {
      target: bench.holdfastAsPeople,
      work: async (connection, i) => {
        const body = { given_name: 'Grace', family_name: `Number ${i}`, company_id: nth(bench.samples.companies, i) };
        const made = await connection.send({ method: 'POST', path: '/api/v1/contacts', body });
        await connection.send({ method: 'PATCH', path: made.headers.location as string, body: { job_title: 'Head' } });
      },
    };
    const child = fork(new URL('../workers/consumers.ts', import.meta.url), [bench.databaseUrl]);
    await once(child, 'message');
    const { rounds, secondsPerRound } = bench.effort;
    const rates: { without: number; with: number }[] = [];
    const lags: number[] = [];
    for (let round = 0; round < rounds; round++) {
      const without = await withoutConsumers(bench, () => throughput(side, connections, secondsPerRound));
      await lagsOf(child);
      rates.push({ without, with: await throughput(side, connections, secondsPerRound) });
      await untilConsumed(bench);
      lags.push(percentile(await lagsOf(child), 0.95));
    }
    const bulk: number[] = [];
    for (let round = 0; round < Math.min(rounds, 3); round++) bulk.push(await bulkChange(bench));
    const ended = once(child, 'exit');
    child.kill('SIGTERM');
    await ended;
    await asSystem(bench, (client) => client.query(`delete from feed_consumer where name like 'bench.%'`));
    const ratio = median(rates.map((rate) => rate.with / rate.without));
    return [
      limitFigure({
        id: 'R20',
        what: 'begin of a change to its consumer, six of them, p95',
        unit: 'ms',
        values: lags,
        max: lag_ms_max,
      }),
      {
        id: 'R20.writers',
        what: 'create and update a contact with six consumers, beside none',
        holdfast: withSpread(spreadOf(rates.map((rate) => rate.with)), '/s'),
        reference: withSpread(spreadOf(rates.map((rate) => rate.without)), '/s'),
        ratio,
        bar: `>= ${kept_min}x`,
        met: ratio >= kept_min,
      },
      limitFigure({
        id: 'R20.bulk',
        what: `a change of ${bulk_rows} contacts is made and consumed`,
        unit: 's',
        values: bulk,
        max: bulk_seconds_max,
      }),
    ];
  },
};
