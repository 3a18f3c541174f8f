import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type Client, eventually, startTestApp, type TestApp, type TestTenant } from '../../../../test/harness/app.ts';
import { asOwner } from '../../../../test/harness/identity.ts';
import {
  answering,
  type ModelEndpoint,
  modelSettings,
  sendJson,
  startModelEndpoint,
  vectorOf,
} from '../../../../test/harness/model-endpoint.ts';
import type { LanguageModelPut, ModelVectors } from '../language-model/contract.ts';

/** The endpoint counts letters: an anagram points the same way, and has no word in common. */
const hidden = 'listen tinsel';
const asked = 'silent enlist';

let endpoint: ModelEndpoint;
let app: TestApp;
let tenant: TestTenant;
let admin: Client;
let contact: string;
let note: string;
before(async () => {
  endpoint = await startModelEndpoint();
  app = await startTestApp({ OUTBOUND_HOSTS: endpoint.host, LANGUAGE_MODEL_SECONDS_MAX: '2' });
  tenant = await app.tenant();
  admin = (await tenant.as('admin')).api;
  contact = (await made(admin, 'contacts', { given_name: 'Ada' })).id;
  const subjects = [
    'The pension and its annuity were explained in year',
    'He sails his yacht to the harbour in week',
    'The orchard has apples and a press for cider since',
  ];
  const bodies = Array.from({ length: 150 }, (_, n) => `${subjects[n % 3]} ${n}.`);
  await made(admin, 'notes/bulk', { data: bodies.map((body) => noteOf(body)) });
  note = (await made(admin, 'notes', noteOf(hidden))).id;
  await eventually(async () => (await search('pension')).state === 'ready');
});
after(async () => {
  await app?.stop();
  await endpoint?.stop();
});

const noteOf = (body: string) => ({ body: `<p>${body}</p>`, records: [{ type: 'contact', id: contact }] });

async function made(api: Client, path: string, body: object) {
  const answer = await api('POST', `/api/v1/${path}`, body);
  assert.ok(answer.status < 300, `${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
  return answer.body;
}

const put = async (changed: Partial<LanguageModelPut> = {}) => {
  const body = { ...modelSettings(endpoint), features: ['search'], vector_model: 'letters', ...changed };
  const { status, body: answer } = await admin('PUT', '/api/v1/language-model', body);
  assert.equal(status, 200, JSON.stringify(answer));
};
const path = '/api/v1/language-model/vectors';
const state = async (): Promise<ModelVectors> => (await admin('GET', path)).body;
const confirm = (vector_model: string, api = admin) => api('POST', path, { vector_model });
const isServing = () => eventually(async () => (await state()).state === 'serving');

interface Found {
  state: string;
  words_only: boolean;
  passages: { id: string }[];
}

const search = async (q: string, api = admin): Promise<Found> => {
  const { status, body } = await api('GET', `/api/v1/search?by=meaning&q=${encodeURIComponent(q)}`);
  assert.equal(status, 200, JSON.stringify(body));
  return body.meaning;
};
const first = async (q: string, api = admin) => (await search(q, api)).passages[0]?.id;
/** What was sent to be embedded so far. */
const sent = () => endpoint.asked.filter((one) => one.path.endsWith('/embeddings')).flatMap((one) => one.body.input);
const isSent = (text: string) => sent().some((each: string) => each.includes(text));

test('no text leaves before somebody has seen the cost and agreed', async () => {
  await put({ features: ['summary'] });
  assert.equal((await state()).state, 'off');
  await put({ price_vectors: 2 });
  const { state: now, texts, tokens, cost, currency, embedded, days } = await state();
  assert.deepEqual([now, texts, embedded, currency, days], ['unconfirmed', 151, 0, 'USD', 1]);
  assert.ok(tokens > 2_000 && tokens < 8_000, String(tokens));
  assert.equal(cost, (tokens * 2) / 1_000_000);
  assert.deepEqual((await confirm('another')).body.errors?.[0]?.code, 'changed');
  assert.equal((await confirm('letters', (await tenant.as('advisor', 'curious')).api)).status, 403);
  await made(admin, 'meaning-models', {});
  await made(admin, 'notes', noteOf('The annuity of March'));
  await eventually(async () => (await search('March')).passages.length > 0);
  assert.equal((await search(asked)).passages.length, 0);
  assert.deepEqual(sent(), []);
});

const openJobs = async () =>
  (
    await asOwner(
      app,
      `select from job where kind = 'meaning.embed' and state in ('scheduled', 'ready', 'running')`,
      [],
    )
  ).length;

/** Says that it counted a token for three letters. */
const counting: ModelEndpoint['reply'] = ({ body }, response) => {
  const texts = body.input as string[];
  const prompt_tokens = Math.floor(texts.join().length / 3);
  const data = texts.map((text, index) => ({ index, embedding: vectorOf(text) }));
  sendJson(response, { data, usage: { prompt_tokens } });
};

test('where a quota ends the work it goes on later, and sends no text twice', async () => {
  endpoint.reply = counting;
  await put({ feature_tokens_max: 2_200 });
  assert.equal((await confirm('letters')).status, 202);
  // A hundred texts at a time: the second hundred is more than the quota has left.
  await eventually(async () => (await state()).embedded === 100);
  assert.deepEqual([(await state()).state, (await search('pension')).words_only], ['making', false]);
  await put();
  await isServing();
  const { embedded, texts } = await state();
  assert.equal(embedded, texts);
  // Texts of the last minute are looked at again: they may have changed while the others were embedded.
  await eventually(async () => (await openJobs()) === 0);
  const all = sent().filter((text: string) => text !== 'ready');
  assert.equal(new Set(all).size, all.length);
  const { body } = await admin('GET', '/api/v1/language-model/calls?limit=50');
  const sources = (body.data as { sources: string[] }[]).flatMap((call) => call.sources);
  assert.ok(sources.includes(note));
});

test('a question without a word of the text finds it, and what is new or changed too', async () => {
  assert.equal(await first(asked), note);
  assert.equal((await search(asked)).words_only, false);
  const other = (await made(admin, 'notes', noteOf('Elvis lives'))).id;
  await eventually(async () => (await first('evils veils')) === other);
  await admin('PATCH', `/api/v1/notes/${other}`, { body: '<p>Cinema</p>' });
  await eventually(async () => (await first('iceman')) === other);
  await admin('DELETE', `/api/v1/notes/${other}`);
  assert.notEqual(await first('iceman'), other);
});

test('a text that one may not read is not found by its vector either', async () => {
  const adviser = (await tenant.as('advisor', 'meaning')).api;
  assert.deepEqual((await search(asked, adviser)).passages, []);
  const own = (await made(adviser, 'contacts', { given_name: 'Own' })).id;
  const body = { body: '<p>Elbow</p>', records: [{ type: 'contact', id: own }] };
  const mine = (await made(adviser, 'notes', body)).id;
  await eventually(async () => (await first('below', adviser)) === mine);
  assert.deepEqual(
    (await search(asked, adviser)).passages.filter(({ id }) => id !== mine),
    [],
  );
});

test('without an answer of the endpoint words find texts, it says so, and vectors follow once it answers', async () => {
  for (const reply of [
    () => sendJson(endpointResponse!, {}, 500),
    () => sendJson(endpointResponse!, { data: [{ index: 0, embedding: [1, 2] }] }),
  ]) {
    endpoint.reply = (_, response) => {
      endpointResponse = response;
      reply();
    };
    const { words_only, passages } = await search('pension annuity');
    assert.equal(words_only, true);
    assert.ok(passages.length > 0);
    assert.deepEqual((await search(asked)).passages, []);
  }
  const late = (await made(admin, 'notes', noteOf('Dusty stressed'))).id;
  await eventually(async () => (await first('dusty')) === late);
  endpoint.reply = answering('ready');
  assert.notEqual(await first('study desserts'), late);
  await put({ price_vectors: 3 });
  await eventually(async () => (await first('study desserts')) === late);
});
let endpointResponse: Parameters<ModelEndpoint['reply']>[1] | undefined;

test('once it is not used for search nothing is sent, and what was learnt here finds texts again', async () => {
  await put({ features: [] });
  await eventually(async () => {
    const [row] = await asOwner(
      app,
      `select vector_model from meaning_model where tenant_id = $1 and state = 'serving'`,
      [tenant.tenant_id],
    );
    return (row as { vector_model: string | null }).vector_model === null;
  });
  const before = sent().length;
  assert.ok((await search('pension')).passages.length > 0);
  assert.deepEqual((await search(asked)).passages, []);
  assert.equal(sent().length, before);
  assert.ok(isSent(hidden));
});

test('another host or model is agreed to anew', async () => {
  await put();
  assert.equal((await state()).state, 'making');
  await put({ vector_model: 'others' });
  assert.equal((await state()).state, 'unconfirmed');
  await put({ url: `${endpoint.url}/` });
  assert.equal((await state()).state, 'unconfirmed');
});
