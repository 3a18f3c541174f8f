import { setTimeout as sleep } from 'node:timers/promises';
import type { Bench, Case } from '../bench.ts';
import { withClient } from '../cluster.ts';
import { compare } from '../compare.ts';
import type { Figure } from '../figure.ts';
import { limitFigure } from '../limit.ts';
import { Connection, type Target } from '../load.ts';
import { percentile } from '../statistics.ts';

/** Every contact in nine of the large tenant is one: 100,000 of a million. */
const common = 'maria';
const people = 16;
const reference_ratio_max = 3;
/** With fewer, a search is measured beside the reference's instead of by the clock. */
const limits_from_contacts = 1_000_000;
const pause_between_keys_ms = 120;

export const searchCall = (q: string) =>
  ({ method: 'GET', path: `/api/v1/search?q=${encodeURIComponent(q)}` }) as const;
export const searchReferenceCall = (q: string) =>
  ({ method: 'GET', path: `/search?q=${encodeURIComponent(q)}` }) as const;

/** Names as one types them to find one person of a million: a few hundred others share each. */
export function selectiveTerms(bench: Bench): Promise<string[]> {
  return withClient(bench.dataset.holdfastUrl, async (client) => {
    const { rows } = await client.query('select family_name as name from contact where id = any ($1) order by id', [
      bench.samples.contacts.slice(0, 200),
    ]);
    return rows.map((row) => (row.name as string).toLowerCase());
  });
}

async function p95(target: Target, terms: readonly string[], times: number): Promise<number> {
  const connection = new Connection(target);
  const taken: number[] = [];
  for (let i = 0; i < times; i++)
    taken.push(await connection.time((c) => c.send(searchCall(terms[i % terms.length]!))));
  await connection.close();
  return percentile(taken, 0.95);
}

/**
 * People who type names letter by letter, each letter a search, all at once; half of them reach their own records only.
 */
async function typing(bench: Bench, terms: readonly string[], namesEach: number): Promise<number> {
  const taken: number[] = [];
  await Promise.all(
    Array.from({ length: people }, async (_, person) => {
      const connection = new Connection(person % 2 ? bench.holdfastAsPeople : bench.holdfastAsAdvisers, person);
      for (let n = 0; n < namesEach; n++) {
        const name = n % 4 === 3 ? common : terms[(person * 31 + n) % terms.length]!;
        for (let letters = 1; letters <= name.length; letters++) {
          taken.push(await connection.time((c) => c.send(searchCall(name.slice(0, letters)))));
          await sleep(pause_between_keys_ms);
        }
      }
      await connection.close();
    }),
  );
  return percentile(taken, 0.95);
}

/** A selective term beside the trigram query that one would write by hand. */
function besideTrigrams(bench: Bench, terms: readonly string[]): Promise<Figure[]> {
  const term = (i: number) => terms[i % terms.length]!;
  return compare(bench, {
    id: 'R4.reference',
    what: 'search, selective term',
    latencyMax: reference_ratio_max,
    holdfast: { target: bench.holdfastAsPeople, work: (connection, i) => connection.send(searchCall(term(i))) },
    reference: {
      target: bench.reference,
      work: (connection, i) => connection.send(searchReferenceCall(term(i))),
    },
  });
}

async function measure(bench: Bench): Promise<Figure[]> {
  const terms = await selectiveTerms(bench);
  if (bench.dataset.contacts < limits_from_contacts) return besideTrigrams(bench, terms);
  const { rounds, timesPerRound } = bench.effort;
  const kinds = [
    { id: 'R4.selective', what: 'search, selective term, all records', target: bench.holdfast, terms, max: 50 },
    {
      id: 'R4.common',
      what: `search "${common}", one contact in ten, all records`,
      target: bench.holdfast,
      terms: [common],
      max: 100,
    },
    {
      id: 'R4.own.selective',
      what: 'search, selective term, own records',
      target: bench.holdfastAsAdviser,
      terms,
      max: 50,
    },
    {
      id: 'R4.own.common',
      what: `search "${common}", own records`,
      target: bench.holdfastAsAdviser,
      terms: [common],
      max: 100,
    },
  ];
  for (const kind of kinds) await p95(kind.target, kind.terms, timesPerRound / 3); // warms up
  const values = kinds.map((): number[] => []);
  const typed: number[] = [];
  for (let round = 0; round < rounds; round++) {
    for (const [k, kind] of kinds.entries()) values[k]!.push(await p95(kind.target, kind.terms, timesPerRound));
    typed.push(await typing(bench, terms, bench.smoke ? 1 : 4));
  }
  return [
    ...kinds.map(({ id, what, max }, k) =>
      limitFigure({ id, what: `${what}, p95`, unit: 'ms', values: values[k]!, max }),
    ),
    limitFigure({ id: 'R4.typing', what: `${people} people typing at once, p95`, unit: 'ms', values: typed, max: 250 }),
  ];
}

/**
 * R4: search as one types, under row-level security and "own" scope. Its plans are inside functions, which its own
 * tests look into.
 */
export const r04: Case = { id: 'R4', sizes: 'all', states: 'both', measure };
