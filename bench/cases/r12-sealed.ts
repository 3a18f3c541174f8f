import { createSecretKey, randomBytes, randomUUID } from 'node:crypto';
import { blindIndex, openText, sealText } from '../../src/kernel/vault/envelope.ts';
import type { Bench, Case } from '../bench.ts';
import { withClient } from '../cluster.ts';
import { digits, type Figure, withSpread } from '../figure.ts';
import { Connection, type Side, takeTurns, warmUp } from '../load.ts';
import { median, spreadOf } from '../statistics.ts';

const rate_ratio_min = 10;
const list_ratio_max = 1.5;
const values_in_earnest = 5_000;
const listed = 50;
/** Of a client profile. No record type has the eight of the bar, so that what they take is scaled. */
const sealed_fields = 3;
const fields_of_bar = 8;

const person = (n: number) => ({
  ssn: `219-${String(10 + (n % 89))}-${String(1000 + n)}`,
  tax_id: `98-${7_654_321 + n}`,
  date_of_birth: `19${10 + (n % 89)}-03-0${1 + (n % 9)}`,
});

/**
 * Values a second: sealed with their blind index and opened here, encrypted and decrypted by the functions of pgcrypto
 * in the database.
 */
async function rates(bench: Bench): Promise<{ seal: number[][]; open: number[][] }> {
  const count = bench.smoke ? 50 : values_in_earnest;
  const [data, index] = [createSecretKey(randomBytes(32)), createSecretKey(randomBytes(32))];
  const [tenant, id] = [randomUUID(), randomUUID()];
  const texts = Array.from({ length: count }, (_, n) => person(n).ssn);
  const bindings = texts.map(() => ({ tenant, table: 'client_profile', column: 'ssn', row: randomUUID() }));
  const a_second = (work: () => void) => {
    const began = performance.now();
    work();
    return (count * 1000) / (performance.now() - began);
  };
  let sealed: Buffer[] = [];
  const seal = () => {
    sealed = texts.map((text, n) =>
      sealText({ id, key: data }, text, bindings[n]!, blindIndex(index, bindings[n]!, text)),
    );
  };
  const open = () => {
    for (const [n, envelope] of sealed.entries())
      if (openText(data, envelope, bindings[n]!) !== texts[n]) throw new Error('A sealed value opened as another one');
  };
  const rounds = { seal: [] as number[][], open: [] as number[][] };
  await withClient(bench.dataset.referenceUrl, async (client) => {
    await client.query('create extension if not exists pgcrypto');
    await client.query('create temporary table plain as select n, t from unnest($1::text[]) with ordinality p (t, n)', [
      texts,
    ]);
    const key = randomBytes(32).toString('base64');
    const timed = async (text: string, values: unknown[]) => {
      const began = performance.now();
      await client.query(text, values);
      return (count * 1000) / (performance.now() - began);
    };
    for (let round = -1; round < bench.effort.rounds; round++) {
      await client.query('drop table if exists sealed');
      const ours = [a_second(seal), a_second(open)];
      const theirs = [
        await timed(
          `create temporary table sealed as select n, pgp_sym_encrypt(t, '${key}', 'cipher-algo=aes256') as s from plain`,
          [],
        ),
        await timed('select count(pgp_sym_decrypt(s, $1)) from sealed', [key]),
      ];
      // The first round lets compilers settle.
      if (round < 0) continue;
      rounds.seal.push([ours[0]!, theirs[0]!]);
      rounds.open.push([ours[1]!, theirs[1]!]);
    }
  });
  return rounds;
}

function rateFigure(id: string, what: string, values: number[][]): Figure {
  const ratio = median(values.map(([ours, theirs]) => ours! / theirs!));
  const side = (n: number) => withSpread(spreadOf(values.map((round) => round[n]!)), '/s');
  return {
    id,
    what,
    holdfast: side(0),
    reference: side(1),
    ratio,
    bar: `>= ${rate_ratio_min}x`,
    met: ratio >= rate_ratio_min,
  };
}

/**
 * Client profiles: fifty with all that is sealed of them, of a low risk, and fifty with nothing of it, of a high one.
 */
async function makeProfiles(bench: Bench): Promise<void> {
  const connection = new Connection(bench.holdfast);
  const rows = bench.smoke ? 5 : listed;
  const { text } = await connection.send({ method: 'GET', path: `/api/v1/contacts?limit=${2 * rows}` });
  const { data } = JSON.parse(text) as { data: { id: string }[] };
  for (const [n, { id }] of data.entries())
    await connection.send({
      method: 'PUT',
      path: `/api/v1/contacts/${id}/client-profile`,
      body: n < rows ? { risk_class: 'low', ...person(n) } : { risk_class: 'high' },
    });
  await connection.close();
}

async function compareLists(bench: Bench): Promise<Figure> {
  await makeProfiles(bench);
  const list = (risk_class: string): Side => {
    const filter = JSON.stringify({ field: 'risk_class', op: 'eq', value: risk_class });
    const path = `/api/v1/client-profiles?${new URLSearchParams({ filter, limit: String(listed) })}`;
    return { target: bench.holdfast, work: (connection) => connection.send({ method: 'GET', path }) };
  };
  const sides = [list('low'), list('high')];
  const { rounds, timesPerRound } = bench.effort;
  await warmUp(sides, timesPerRound);
  const values: number[][] = [];
  for (let round = 0; round < rounds; round++) {
    const [sealed, plain] = (await takeTurns(sides, timesPerRound)).map(median);
    values.push([plain! + ((sealed! - plain!) * fields_of_bar) / sealed_fields, plain!, sealed!]);
  }
  const ratio = median(values.map(([eight, plain]) => eight! / plain!));
  const side = (n: number) => spreadOf(values.map((round) => round[n]!));
  return {
    id: 'R12.list',
    what: `list of ${listed} client profiles, p50: with their ${sealed_fields} sealed fields ${digits(side(2).median)} ms, scaled to ${fields_of_bar}, beside none`,
    holdfast: withSpread(side(0), 'ms'),
    reference: withSpread(side(1), 'ms'),
    ratio,
    bar: `<= ${list_ratio_max}x`,
    met: ratio <= list_ratio_max,
  };
}

/** R12: what sealing costs, beside encrypting in the database, and in a list. */
export const r12: Case = {
  id: 'R12',
  sizes: 'largest',
  measure: async (bench) => {
    const { seal, open } = await rates(bench);
    return [
      rateFigure('R12.seal', 'values sealed with their blind index, beside pgp_sym_encrypt', seal),
      rateFigure('R12.open', 'values opened, beside pgp_sym_decrypt', open),
      await compareLists(bench),
    ];
  },
};
