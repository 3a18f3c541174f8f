import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { definedResources } from '../../src/kernel/contract/resource.ts';
import { sealableFields } from '../../src/kernel/resource/personal.ts';
import '../../src/modules/index.ts';
import { type Answer, type Client, client, eventually } from '../harness/app.ts';
import { BackedUp } from '../harness/backup.ts';
import { findCanaries } from '../harness/canaries.ts';
import { dumpOf, filesWith, formsOf, namedIn } from '../harness/canary-places.ts';
import { follow, importNow, upload } from '../harness/import.ts';
import { asSuperuser } from '../harness/installation.ts';
import { type OtlpReceiver, startOtlpReceiver } from '../harness/otlp.ts';
import { textIn, valueWith } from '../harness/personal-values.ts';
import { type HoldfastProcess, startProcess } from '../harness/process.ts';
import { type RedisServer, redisMissing, startRedisServer } from '../harness/redis-server.ts';

/** What is written before the workspace seals personal texts, and after. */
const earlier = 'Silverbrook';
const later = 'Goldcrest';
const reviews_before = 600;

let it: BackedUp;
let server: HoldfastProcess;
let traces: OtlpReceiver;
let redis: RedisServer | undefined;
let api: Client;
before(async () => {
  it = await BackedUp.prepare();
  traces = await startOtlpReceiver();
  if (!redisMissing) redis = await startRedisServer();
  await start();
});
after(async () => {
  await server.stop();
  await it.close();
  await traces.stop();
  await redis?.close();
});

async function start(): Promise<void> {
  server = await startProcess(['--empty', '--data', it.data], {
    BACKUP_DIR: it.backups,
    LOG_LEVEL: 'debug',
    OTEL_EXPORTER_OTLP_ENDPOINT: traces.url,
    ...(redis && { REDIS_URL: redis.url }),
  });
  api = client(server.url, it.key);
}

const good = (answer: Answer): Answer => {
  assert.ok(answer.status < 300, JSON.stringify(answer.body));
  return answer;
};
let keys = 0;
const onceMore = () => ({ 'idempotency-key': `personal ${++keys}` });
const made = async (plural: string, body: unknown): Promise<string> =>
  good(await api('POST', `/api/v1/${plural}`, body, onceMore())).body.id;
const sealing = '/api/v1/tenant/personal-sealing';
const state = async (): Promise<string> => good(await api('GET', sealing)).body.state;

/** What a record of each type with such a field needs beside it. */
let needed: Record<string, object>;
async function prepare(): Promise<void> {
  const household_id = await made('households', { name: 'Test' });
  const [contact_id, of_contact_id] = [
    await made('contacts', { given_name: 'Ada' }),
    await made('contacts', { given_name: 'Bea' }),
  ];
  await made('household-members', { household_id, contact_id, role: 'head' });
  await made('household-members', { household_id, contact_id: of_contact_id, role: 'child' });
  needed = {
    'client-reviews': { household_id },
    goals: { household_id, name: 'House', target_amount: '1000.00', currency: 'USD' },
    relationships: { household_id, contact_id, of_contact_id, kind: 'parent' },
    'suitability-profiles': { household_id, objective: 'growth' },
    contacts: { given_name: 'Cleo' },
    households: { name: 'Other' },
    communications: { household_id, kind: 'call', direction: 'incoming', subject: 'Call', body: 'x' },
    activities: { kind: 'call', records: [{ type: 'contact', id: contact_id }] },
    notes: { records: [{ type: 'contact', id: contact_id }] },
    comments: { record_id: contact_id },
  };
}

/** A text with the word; where only a day or a number fits, one that stands for it. */
function textOf(field: string, word: string, nth: number): string {
  if (field === 'birthday') return dayOf(word, nth);
  return field.endsWith('phone') || field.endsWith('phones') ? `+${numberOf(word, nth)}` : `${word} ${nth}`;
}
const numberOf = (word: string, nth: number): string => `1617${word === earlier ? 907 : 908}550${nth}`;
const dayOf = (word: string, nth: number): string => `${word === earlier ? 1907 : 1908}-0${nth}-19`;
const wordsOf = (word: string): string[] => [
  word,
  ...[1, 2, 3].flatMap((nth) => [dayOf(word, nth), numberOf(word, nth)]),
];

/** Does what names people elsewhere than in their own record, and asks for them by their names. */
async function nameEverywhere(word: string): Promise<void> {
  const called = { given_name: `${word} given`, family_name: `${word} family`, email: `${++keys}@people.example` };
  const contact_id = await made('contacts', called);
  const other = await made('contacts', { ...called, email: `${++keys}@people.example` });
  const records = [{ type: 'contact', id: contact_id }];
  await made('tasks', { title: 'Call', records });
  const deal = await made('deals', { name: 'Deal', contact_id });
  good(await api('PATCH', `/api/v1/deals/${deal}`, { contact_id: other }, onceMore()));
  const { household_id } = needed.goals as { household_id: string };
  await made('household-members', { household_id, contact_id, role: 'child' });
  const first = await api('PATCH', `/api/v1/contacts/${contact_id}`, { job_title: 'First', source: 'Fair' });
  good(await api('PATCH', `/api/v1/contacts/${contact_id}`, { job_title: 'Second' }));
  good(await api('POST', `/api/v1/changes/${first.headers.get('change-id')}/reversal`));
  const lines = `Name;Contact\nOne;${word} given ${word} family\nTwo;${word} Nobody\n`;
  await importNow(api, [['deals.csv', lines]], ofType('deal'));
  const people = `First name;Last name;Email\n${word} given;${word} third;${called.email}\n${word} new;${word} fourth;\n`;
  const checked = (await upload(api, [['people.csv', people]])).body;
  good(await api('PATCH', `/api/v1/imports/${checked.id}`, ofType('contact')(checked)));
  await follow(api, checked.id, 'dry-runs');
  good(await api('POST', `/api/v1/contacts/${contact_id}/merge`, { others: [other] }));
  good(await api('POST', '/api/v1/contacts/matches', called));
  const asked = [
    'contacts?sort=name',
    `search?q=${word}`,
    'deals/export.csv',
    'tasks/export.csv',
    'contacts/export.csv',
  ];
  for (const path of [...asked, 'adviser-home', `contacts/${contact_id}/timeline`, `deals/${deal}/timeline`])
    await eventually(async () => (await api('GET', `/api/v1/${path}`)).status === 200);
}
const ofType =
  (resource: string) =>
  ({ files }: { files: { id: string }[] }) => ({ files: files.map(({ id }) => ({ id, resource })) });

/** Writes texts of every such field, and does with each all that could leave a trace of it. */
async function writeAll(word: string): Promise<void> {
  for (const resource of definedResources())
    for (const field of sealableFields(resource)) {
      const { plural } = resource;
      assert.ok(needed[plural], `say above what a record of ${plural} needs`);
      // Relationships are between two people once.
      const meta = resource.meta.get(field)!;
      const nth = (number: number) => ({ [field]: valueWith(meta, textOf(field, word, number)) });
      const body = { ...needed[plural], ...nth(1) };
      const id = await made(plural, body);
      const at = `/api/v1/${plural}/${id}`;
      if (meta.createOnly) {
        good(await api('PATCH', at, { contact_id: null }, onceMore()));
        good(await api('GET', `/api/v1/${plural}?limit=200`));
        continue;
      }
      const changed = good(await api('PATCH', at, nth(2), onceMore()));
      good(await api('POST', `/api/v1/changes/${changed.headers.get('change-id')}/reversal`));
      const last = { 'idempotency-key': `last ${keys++}` };
      good(await api('PATCH', at, nth(3), last));
      good(await api('PATCH', at, nth(3), last));
      const filter = encodeURIComponent(JSON.stringify({ field, op: 'contains', value: word }));
      await api('GET', `/api/v1/${plural}?filter=${filter}&sort=${field}`);
      good(await api('GET', `/api/v1/${plural}?limit=200`));
      assert.equal((await api('PATCH', at, { [field]: valueWith(meta, `${word} `.repeat(20_000)) })).status, 422);
      assert.equal((await api('PATCH', at, `{"${field}": "${word}" oops}`)).status, 400);
      const gone = await api('DELETE', at);
      assert.ok(gone.status === 204, JSON.stringify(gone.body));
      const back = await api('POST', `/api/v1/changes/${gone.headers.get('change-id')}/reversal`);
      // Not every type comes back for good.
      if (back.status === 404) continue;
      assert.equal(back.body.state, 'done', JSON.stringify(back.body));
      // Notes are paragraphs.
      assert.equal(textIn(good(await api('GET', at)).body[field]).replace(/<\/?p>/g, ''), textOf(field, word, 3));
    }
}

test('a switch that is killed again and again ends, and then no text of before is left but in old logs and backups', async () => {
  await prepare();
  await writeAll(earlier);
  await nameEverywhere(earlier);
  const some = Array.from({ length: 100 }, (_, at) => ({
    ...needed['client-reviews'],
    note: `${earlier} review ${at}`,
  }));
  for (let at = 0; at < reviews_before; at += some.length)
    good(await api('POST', '/api/v1/client-reviews/bulk', { data: some }, onceMore()));
  good(await api('PUT', sealing, { on: true }));
  let kills = 0;
  for (const ms of [0, 150, 300, 450]) {
    await sleep(ms);
    if ((await state()) === 'on') break;
    await server.kill();
    kills++;
    await start();
  }
  await eventually(async () => (await state()) === 'on', 120_000);
  assert.ok(kills > 0);
  const { texts, sealed_texts, remnants } = good(await api('GET', sealing)).body;
  assert.deepEqual([texts > reviews_before, sealed_texts, remnants], [true, texts, []]);
  await asSuperuser(it.data, async (db) => {
    // Samples that statistics had stay in free space of their table, which the product cannot write anew: the docs say so.
    await db.query('vacuum full pg_catalog.pg_statistic');
    await db.query('checkpoint');
    assert.deepEqual(await findCanaries(db, wordsOf(earlier)), []);
  });
  // The log of the database has what was written, until it is recycled, and so has the store of backups.
  assert.deepEqual(filesWith(it.data, formsOf(wordsOf(earlier)), /\/pg_wal\//), []);
});

test('what is written from then on is nowhere in the clear: database, files, backups, logs, traces, cache', async () => {
  await writeAll(later);
  await nameEverywhere(later);
  good(await api('GET', '/api/v1/audit-events?resource=client_review&limit=100'));
  const { household_id } = needed['client-reviews'] as { household_id: string };
  const archive = await made('examiner-exports', { household_id, reason: 'A test', sealed: 'masked' });
  await eventually(async () => (await api('GET', `/api/v1/examiner-exports/${archive}`)).body.state === 'done');
  await asSuperuser(it.data, async (db) => {
    await db.query('analyze');
    await db.query('checkpoint');
  });
  await it.shipped();
  const forms = formsOf(wordsOf(later));
  const found: string[] = [];
  await asSuperuser(it.data, async (db) => {
    found.push(...(await findCanaries(db, wordsOf(later))));
    const { rows } = await db.query('select left(query, 200) as query from pg_stat_statements where query ~* $1', [
      wordsOf(later).join('|'),
    ]);
    found.push(...rows.map(({ query }) => `statement: ${query}`));
  });
  found.push(
    ...filesWith(it.parent, forms),
    ...namedIn('output', server.output(), forms),
    ...namedIn('traces', traces.texts(), forms),
  );
  if (redis) found.push(...namedIn('redis', await dumpOf(redis.url), forms));
  assert.ok(traces.spans().length > 0);
  assert.deepEqual(found, []);
});
