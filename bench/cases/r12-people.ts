import { setTimeout as sleep } from 'node:timers/promises';
import { type Bench, type Case, nth, tenantNamed } from '../bench.ts';
import { withClient } from '../cluster.ts';
import { digits, type Figure, withSpread } from '../figure.ts';
import { importFile } from '../import.ts';
import { Connection, type Side, takeTurns, warmUp } from '../load.ts';
import { median, spreadOf } from '../statistics.ts';
import { createAndChange, createAndChangeReference } from './r03-write.ts';
import { searchCall, searchReferenceCall, selectiveTerms } from './r04-search.ts';

const ratio_max = 1.5;
/** Up to so many people are sorted by sealed names (src/kernel/resource/sealed-names/name-order.ts). */
const sorted_by_name_max = 20_000;
const search_ratio_max = 2;
const imported_rows = 20_000;
const sealing_ms_max = 3_600_000;
const poll_ms = 500;
const sealing = '/api/v1/tenant/personal-sealing';

/** What a workspace may seal of a person, beside what the other cases write. */
const texts = (n: number) => ({
  salutation: 'Dr.',
  birthday: `19${10 + (n % 89)}-0${1 + (n % 9)}-1${n % 10}`,
  street: `${1 + (n % 300)} Harbour Street`,
  postal_code: String(10_000 + (n % 80_000)),
});

/** The people of the large workspace get such texts, without an entry in the trail for each. */
async function giveTexts({ dataset }: Bench, tenant_id: string): Promise<void> {
  await withClient(dataset.holdfastUrl, async (client) => {
    await client.query('alter table contact disable trigger user');
    await client.query(
      `update contact c set salutation = 'Dr.', street = (1 + n.at % 300) || ' Harbour Street', postal_code = (10000 + n.at % 80000)::text,
         birthday = format('19%s-0%s-1%s', 10 + n.at % 89, 1 + n.at % 9, n.at % 10)
       from (select id, row_number() over (order by id) as at from contact where tenant_id = $1) n
       where c.tenant_id = $1 and c.id = n.id`,
      [tenant_id],
    );
    await client.query('alter table contact enable trigger user');
  });
}

/** Seals the personal texts of the workspace, and waits until all are. */
async function seal(bench: Bench): Promise<void> {
  const connection = new Connection(bench.holdfast);
  const state = async () => {
    const { text } = await connection.send({ method: 'GET', path: sealing });
    return (JSON.parse(text) as { state: string }).state;
  };
  const began = performance.now();
  await connection.send({ method: 'PUT', path: sealing, body: { on: true } });
  while ((await state()) !== 'on') {
    if (performance.now() - began > sealing_ms_max)
      throw new Error('The personal texts were not sealed within an hour');
    await sleep(poll_ms);
  }
  bench.say(
    `  personal texts of ${bench.dataset.contacts} contacts sealed in ${digits((performance.now() - began) / 1000)} s`,
  );
  await readAllNames(connection);
  await connection.close();
}

/** The first search of a workspace with sealed names begins to read them: waits until they are. */
async function readAllNames(connection: Connection): Promise<void> {
  for (;;) {
    const { text } = await connection.send(searchCall('somebody'));
    if ((JSON.parse(text) as { names_sealed?: string }).names_sealed !== 'being_read') return;
    await sleep(poll_ms);
  }
}

/** What writes left behind would slow down one side more than the other. */
async function tidy({ dataset }: Bench): Promise<void> {
  await withClient(dataset.holdfastUrl, (client) => client.query('vacuum (analyze) contact'));
  await withClient(dataset.referenceUrl, (client) => client.query('vacuum (analyze) contacts'));
}

interface Pair {
  id: string;
  what: string;
  max: number;
  holdfast: Side;
  reference: Side;
}

function pairsOf(bench: Bench, terms: readonly string[]): Pair[] {
  const term = (i: number) => nth(terms, i);
  const isByName = bench.dataset.contacts <= sorted_by_name_max;
  const list = `/contacts?sort=${isByName ? 'name' : '-updated_at'}`;
  const both = (holdfast: Side['work'], reference: Side['work']) => ({
    holdfast: { target: bench.holdfastAsPeople, work: holdfast },
    reference: { target: bench.reference, work: reference },
  });
  return [
    {
      id: 'R12.people.list',
      what: `list 50 contacts ${isByName ? 'by name' : 'by their last change'}`,
      max: ratio_max,
      ...both(
        (connection) => connection.send({ method: 'GET', path: `/api/v1${list}&limit=50` }),
        (connection) => connection.send({ method: 'GET', path: list }),
      ),
    },
    {
      id: 'R12.people.search',
      what: 'search people by name, selective term',
      max: search_ratio_max,
      ...both(
        (connection, i) => connection.send(searchCall(term(i))),
        (connection, i) => connection.send(searchReferenceCall(term(i))),
      ),
    },
    {
      id: 'R12.people.write',
      what: 'create and update a contact',
      max: ratio_max,
      ...both(
        (connection, i) => createAndChange(bench, connection, i, texts(i)),
        (connection, i) => createAndChangeReference(bench, connection, i),
      ),
    },
  ];
}

/** Milliseconds of each round, ours and the reference's, which says how busy the machine was. */
async function rounds({ effort }: Bench, { holdfast, reference }: Pair): Promise<number[][]> {
  await warmUp([holdfast, reference], effort.timesPerRound);
  const values: number[][] = [];
  for (let round = 0; round < effort.rounds; round++)
    values.push((await takeTurns([holdfast, reference], effort.timesPerRound)).map(median));
  return values;
}

let files = 0;
async function importSeconds(bench: Bench): Promise<number> {
  const from = ++files * imported_rows;
  const head = 'External id,First name,Last name,E-mail,Street,Postal code,Birthday';
  const rows = Array.from({ length: imported_rows }, (_, at) => {
    const { street, postal_code, birthday } = texts(at);
    return `P${from + at},Nora,Number ${from + at},nora${from + at}@example.com,${street},${postal_code},${birthday}`;
  });
  return (await importFile(bench.holdfast, new Blob([[head, ...rows].join('\n')]), 'people.csv')).seconds;
}

/** As many people are listed before as after. */
async function deleteImported({ dataset }: Bench, tenant_id: string): Promise<void> {
  await withClient(dataset.holdfastUrl, async (client) => {
    await client.query('alter table contact disable trigger user');
    await client.query(
      `delete from contact where tenant_id = $1 and external_id ~ '^P[0-9]+$' and given_name = 'Nora'`,
      [tenant_id],
    );
    await client.query('alter table contact enable trigger user');
  });
}

const beside = (values: number[][]) => median(values.map(([ours, theirs]) => ours! / theirs!));

/** What sealing the personal texts of people costs: each figure beside the same before, both beside the reference. */
async function measure(bench: Bench): Promise<Figure[]> {
  const terms = await selectiveTerms(bench);
  const tenant_id = await tenantNamed(bench.dataset.holdfastUrl, 'bench-0');
  await giveTexts(bench, tenant_id);
  const pairs = pairsOf(bench, terms);
  await tidy(bench);
  const clear: number[][][] = [];
  for (const pair of pairs) clear.push(await rounds(bench, pair));
  const clearImport = await importSeconds(bench);
  await deleteImported(bench, tenant_id);
  await seal(bench);
  await tidy(bench);
  const figures: Figure[] = [];
  for (const [n, pair] of pairs.entries()) {
    const sealed = await rounds(bench, pair);
    const ratio = beside(sealed) / beside(clear[n]!);
    const side = (values: number[][]) => withSpread(spreadOf(values.map(([ours]) => ours!)), 'ms');
    figures.push({
      id: pair.id,
      what: `${pair.what}, personal texts sealed, p50, beside not sealed`,
      holdfast: side(sealed),
      reference: side(clear[n]!),
      ratio,
      bar: `<= ${pair.max}x`,
      met: ratio <= pair.max,
    });
  }
  const sealedImport = await importSeconds(bench);
  return [
    ...figures,
    {
      id: 'R12.people.import',
      what: `import of ${imported_rows} people, personal texts sealed, beside not sealed`,
      holdfast: `${digits(sealedImport)} s`,
      reference: `${digits(clearImport)} s`,
      ratio: sealedImport / clearImport,
      bar: `<= ${ratio_max}x`,
      met: sealedImport / clearImport <= ratio_max,
    },
  ];
}

/** Leaves the workspace sealed, so that it is the last one. */
export const r12People: Case = { id: 'R12.people', sizes: 'smallest', smoke: false, measure };
