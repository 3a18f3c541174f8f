import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import type { Bench, Case } from '../bench.ts';
import { withClient } from '../cluster.ts';
import { limitFigure } from '../limit.ts';
import { Connection, type Target } from '../load.ts';
import { percentile } from '../statistics.ts';

const notes = 100_000;
const notes_smoke = 1_000;
/** One in so many is of the adviser, who reads no others. */
const adviser_share = 100;
const limit_ms = 150;
const learning_seconds_max = 1_200;

/** Words of forty subjects, and of none: most are rare, as in texts that people write. */
const subject = (n: number) => Array.from({ length: 60 }, (_, at) => `topic${n}word${at}`);
const questions = Array.from(
  { length: 40 },
  (_, n) => `${subject(n)[1]} ${subject(n)[7]} ${subject((n + 1) % 40)[20]} common${n}`,
);

const asSystem = <R>({ dataset }: Bench, work: (client: pg.Client) => Promise<R>): Promise<R> =>
  withClient(dataset.holdfastUrl, async (client) => {
    await client.query('set role holdfast_system');
    return work(client);
  });

/**
 * Notes of forty words: of one subject for the most part, each word the rarer the later it stands among those of its
 * kind.
 */
async function fill(bench: Bench, rows: number): Promise<void> {
  const { tenant_id, user_id } = bench.admin;
  await asSystem(bench, async (client) => {
    const { rows: found } = await client.query(
      'select id from contact where tenant_id = $1 and owner_id = $2 limit 1',
      [tenant_id, bench.adviser.user_id],
    );
    const contact = found[0]?.id ?? bench.samples.contacts[0];
    await client.query('update contact set owner_id = $3 where tenant_id = $1 and id = $2', [
      tenant_id,
      contact,
      bench.adviser.user_id,
    ]);
    await client.query(
      `insert into note (tenant_id, body, author_id, records)
       select $1, (select string_agg(case when w % 4 = 0 then 'common' || floor(400 * random() ^ 3 + g * 0)
         else 'topic' || g % 40 || 'word' || floor(60 * random() ^ 2) end, ' ')
           from generate_series(1, 40) w) || ' number ' || g, case when g % $5 = 0 then $3::uuid else $2::uuid end, array[$4::uuid]
       from generate_series(1, $6::int) g`,
      [tenant_id, user_id, bench.adviser.user_id, contact, adviser_share, rows],
    );
    await client.query('analyze note');
  });
}

async function learnt(bench: Bench, rows: number): Promise<void> {
  const connection = new Connection(bench.holdfast);
  await connection.send({ method: 'POST', path: '/api/v1/meaning-models' });
  await connection.close();
  await asSystem(bench, async (client) => {
    const question = `select count(*)::int as n from meaning_passage p join meaning_model m on m.tenant_id = p.tenant_id
      and m.id = p.model_id and m.state = 'serving'
      where p.tenant_id = $1`;
    for (
      const until = Date.now() + learning_seconds_max * 1000;
      (await client.query(question, [bench.admin.tenant_id])).rows[0].n < rows;
      await sleep(500)
    )
      if (Date.now() > until) throw new Error('No model of these notes came to serve');
  });
}

async function p95(target: Target, times: number): Promise<number> {
  const connection = new Connection(target);
  const taken: number[] = [];
  for (let i = 0; i < times; i++) {
    const path = `/api/v1/search?by=meaning&limit=10&q=${encodeURIComponent(questions[i % questions.length]!)}`;
    taken.push(await connection.time((c) => c.send({ method: 'GET', path })));
  }
  await connection.close();
  return percentile(taken, 0.95);
}

async function measure(bench: Bench) {
  const rows = bench.smoke ? notes_smoke : notes;
  const { rounds, timesPerRound } = bench.effort;
  await fill(bench, rows);
  await learnt(bench, rows);
  const kinds = [
    { id: 'R25.all', what: 'search by meaning in 100,000 passages, all of them', target: bench.holdfast },
    {
      id: 'R25.few',
      what: 'search by meaning in 100,000 passages, by somebody who reads 1 %',
      target: bench.holdfastAsAdviser,
    },
  ];
  const values = kinds.map((): number[] => []);
  for (const { target } of kinds) await p95(target, Math.min(timesPerRound, questions.length));
  for (let round = 0; round < rounds; round++)
    for (const [k, { target }] of kinds.entries()) values[k]!.push(await p95(target, timesPerRound));
  // What follows measures with the data that it expects.
  await asSystem(bench, (client) =>
    client.query(`delete from note where tenant_id = $1 and body like '% number %' and body like '%common%'`, [
      bench.admin.tenant_id,
    ]),
  );
  return kinds.map(({ id, what }, k) =>
    limitFigure({ id, what: `${what}, p95`, unit: 'ms', values: values[k]!, max: limit_ms }),
  );
}

/** R25: search by meaning under row-level security. What it finds is measured by bench/meaning-cisi.ts. */
export const r25: Case = { id: 'R25', sizes: 'largest', measure };
