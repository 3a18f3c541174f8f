import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type Client, eventually, startTestApp, type TestApp, type TestTenant } from '../../../../test/harness/app.ts';
import { asOwner, countBlocked, systemClient } from '../../../../test/harness/identity.ts';
import {
  answering,
  completionOf,
  type ModelEndpoint,
  modelSettings,
  sendJson,
  startModelEndpoint,
} from '../../../../test/harness/model-endpoint.ts';
import type { LanguageModelPut, ModelCall } from './contract.ts';

let endpoint: ModelEndpoint;
let app: TestApp;
let tenant: TestTenant;
let admin: Client;
before(async () => {
  endpoint = await startModelEndpoint();
  app = await startTestApp({ OUTBOUND_HOSTS: `models.example ${endpoint.host}`, LANGUAGE_MODEL_SECONDS_MAX: '2' });
  tenant = await app.tenant();
  admin = (await tenant.as('admin')).api;
});
after(async () => {
  await app?.stop();
  await endpoint?.stop();
});

const settings = (): LanguageModelPut => ({
  ...modelSettings(endpoint),
  key: 'sk-secret-of-the-workspace',
  vector_model: 'test-vectors',
  workspace_tokens_max: 1_000_000,
  person_tokens_max: 1_000_000,
  feature_tokens_max: 1_000_000,
  price_in: 2,
  price_out: 8,
  price_vectors: 0.1,
});

const put = (changed: Partial<LanguageModelPut> = {}, api = admin) =>
  api('PUT', '/api/v1/language-model', { ...settings(), ...changed });
const tests = async () => (await admin('POST', '/api/v1/language-model/tests')).body;
const calls = async (): Promise<ModelCall[]> => (await admin('GET', '/api/v1/language-model/calls')).body.data;

test('only a host that the operator lists can be entered, private ones included', async () => {
  for (const [url, code] of [
    ['https://elsewhere.example/v1', 'not_listed'],
    ['http://127.0.0.1:1/v1', 'not_listed'],
    ['http://localhost/v1', 'not_listed'],
    ['https://models.example:8443/v1', 'not_listed'],
    ['http://models.example/v1', 'plaintext'],
    ['https://user:password@models.example/v1', 'credentials'],
  ] as const) {
    const { status, body } = await put({ url });
    assert.equal(status, 422, url);
    assert.deepEqual([body.errors[0].field, body.errors[0].code], ['url', code], url);
  }
  assert.equal((await put()).status, 200);
  assert.equal((await put({ url: 'https://models.example/v1' })).status, 200);
  const { body } = await put();
  assert.deepEqual(body.destinations, ['models.example', endpoint.host]);
  assert.equal(body.settings.url, endpoint.url);
});

test('the key is written, sealed, and never read; it goes to no other host', async () => {
  await put();
  const { body } = await admin('GET', '/api/v1/language-model');
  assert.equal(body.settings.has_key, true);
  const rows = await asOwner(
    app,
    `select row_to_json(m)::text as row, (select string_agg(h.after::text, '') from record_history h where h.tenant_id = m.tenant_id
       and h.resource = 'language_model') as history from language_model m where tenant_id = $1`,
    [tenant.tenant_id],
  );
  assert.doesNotMatch(JSON.stringify([body, rows]), /sk-secret/);
  const { key: _, ...rest } = settings();
  assert.equal((await admin('PUT', '/api/v1/language-model', { ...rest, features: ['summary'] })).status, 200);
  await tests();
  assert.equal(endpoint.asked.at(-1)?.key, 'Bearer sk-secret-of-the-workspace');
  const moved = await admin('PUT', '/api/v1/language-model', { ...rest, url: 'https://models.example/v1' });
  assert.deepEqual([moved.status, moved.body.errors[0].code], [422, 'required']);
  assert.equal((await put({ key: null })).body.settings.has_key, false);
  await tests();
  assert.equal(endpoint.asked.at(-1)?.key, undefined);
});

test('only whoever may change the workspace sees or sets it, and its log', async () => {
  await put();
  for (const api of [(await tenant.as('advisor')).api, (await (await app.tenant()).as('advisor')).api]) {
    assert.equal((await put({}, api)).status, 403);
    for (const path of ['language-model', 'language-model/calls'])
      assert.equal((await api('GET', `/api/v1/${path}`)).status, 403);
    assert.equal((await api('POST', '/api/v1/language-model/tests')).status, 403);
  }
  const other = (await (await app.tenant()).as('admin')).api;
  assert.equal((await other('GET', '/api/v1/language-model')).body.settings, null);
  assert.deepEqual((await other('GET', '/api/v1/language-model/calls')).body.data, []);
});

test('a try says what came back, whatever that is, and each call stands in the log without its text', async () => {
  await put();
  endpoint.reply = answering('ready');
  const well = await tests();
  assert.deepEqual([well.chat.outcome, well.chat.answer], ['ok', 'ready']);
  assert.deepEqual([well.vectors.outcome, well.vectors.answer], ['ok', '26']);
  const [vectors, chat] = await calls();
  assert.deepEqual(
    [chat!.feature, chat!.model, chat!.host, chat!.outcome, chat!.tokens_in, chat!.tokens_out, chat!.cost],
    ['test', 'test-chat', endpoint.host, 'ok', 100, 20, (100 * 2 + 20 * 8) / 1_000_000],
  );
  assert.ok(chat!.bytes_sent > 50 && chat!.bytes_received! > 50 && chat!.user);
  assert.equal(vectors!.model, 'test-vectors');
  assert.doesNotMatch(JSON.stringify(await calls()), /single word/);
  const vector = (embedding: unknown) => ({ data: [{ index: 0, embedding }] });
  for (const [name, reply, outcome, ofVectors = outcome] of [
    ['HTML', '<html>Sign in</html>', 'not_json'],
    ['NaN', '{"data":[{"index":0,"embedding":[1,NaN]}]}', 'not_json'],
    ['an infinite number', '{"data":[{"index":0,"embedding":[1,1e999]}]}', 'invalid'],
    ['a vector of nothing', JSON.stringify(vector([0, 0])), 'invalid'],
    ['a vector of texts', JSON.stringify(vector(['1'])), 'invalid'],
    ['two vectors for one', JSON.stringify({ data: [...vector([1]).data, { index: 1, embedding: [1] }] }), 'invalid'],
    ['too long a vector', JSON.stringify(vector(new Array(4097).fill(1))), 'invalid'],
    ['too much', `"${'x'.repeat(20_000_000)}"`, 'too_large'],
    ['a tool call', JSON.stringify(completionOf('', { tool_calls: [{ id: '1' }] })), 'tool_call', 'invalid'],
    ['nothing', '', 'not_json'],
  ] as const) {
    endpoint.reply = (_, response) => void response.end(reply);
    const { chat: wrote, vectors: gave } = await tests();
    assert.deepEqual([wrote.outcome, gave.outcome], [outcome, ofVectors], name);
    assert.equal((await calls())[0]!.outcome, ofVectors, name);
  }
  for (const [status, outcome] of [
    [429, 'rate_limited'],
    [401, 'refused'],
    [500, 'status'],
  ] as const) {
    endpoint.reply = (_, response) => sendJson(response, {}, status);
    assert.equal((await tests()).chat.outcome, outcome);
  }
  endpoint.reply = () => undefined;
  assert.equal((await tests()).chat.outcome, 'timeout', 'it hangs');
  endpoint.reply = (_, response) => {
    const drip = setInterval(() => response.write(' '), 100);
    response.on('close', () => clearInterval(drip));
  };
  assert.equal((await tests()).chat.outcome, 'timeout', 'it sends a byte now and then');
});

test('no redirect is followed, and a host that the operator took away is not asked', async () => {
  await put();
  endpoint.reply = (_, response) => void response.writeHead(307, { location: `${endpoint.url}/elsewhere` }).end();
  const before = endpoint.asked.length;
  const { chat, vectors } = await tests();
  assert.deepEqual([chat.outcome, vectors.outcome], ['redirect', 'redirect']);
  assert.deepEqual(
    endpoint.asked.slice(before).map(({ path }) => path),
    ['/v1/chat/completions', '/v1/embeddings'],
  );
  const strict = await app.secondNode({ OUTBOUND_HOSTS: 'models.example' });
  const { key } = await tenant.as('admin');
  const answer = await fetch(`${strict.address}/api/v1/language-model/tests`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}` },
  });
  assert.equal(((await answer.json()) as { chat: { outcome: string } }).chat.outcome, 'not_listed');
  assert.equal(endpoint.asked.length, before + 2);
});

test('calls at the same time cannot exceed a quota, and what is not used comes back', async () => {
  const other = await app.tenant();
  const api = (await other.as('admin')).api;
  const most = 400;
  await put({ vector_model: null, workspace_tokens_max: most }, api);
  let most_at_once = 0;
  let now = 0;
  endpoint.reply = async (asked, response) => {
    most_at_once = Math.max(most_at_once, ++now);
    await new Promise((done) => setTimeout(done, 300));
    now--;
    return answering('ready')(asked, response);
  };
  const answers = await Promise.all(
    Array.from({ length: 12 }, () => api('POST', '/api/v1/language-model/tests').then(({ body }) => body.chat.outcome)),
  );
  const asked = answers.filter((outcome) => outcome === 'ok').length;
  assert.ok(asked >= 1 && answers.filter((outcome) => outcome === 'quota_workspace').length === 12 - asked);
  const [used] = await asOwner(
    app,
    `select max(tokens_reserved)::int as reserved, (select tokens::int from language_model_usage u where u.tenant_id = c.tenant_id
       and kind = 'workspace') as tokens from language_model_call c where tenant_id = $1 group by tenant_id`,
    [other.tenant_id],
  );
  const { reserved, tokens } = used as { reserved: number; tokens: number };
  assert.ok(most_at_once * reserved <= most, `${most_at_once} calls of ${reserved} tokens at once exceed ${most}`);
  assert.equal(tokens, asked * 120, 'settled by what the endpoint counted');
  for (const [quota, outcome] of [
    ['person_tokens_max', 'quota_person'],
    ['feature_tokens_max', 'quota_feature'],
  ] as const) {
    await put({ vector_model: null, [quota]: 1 }, api);
    assert.equal((await api('POST', '/api/v1/language-model/tests')).body.chat.outcome, outcome);
  }
});

test('first saves at the same time leave a key that opens', async (t) => {
  const { api } = await (await app.tenant()).as('admin');
  const holder = await systemClient(app);
  t.after(() => holder.end());
  // Writing waits, reading does not: both would find no settings yet.
  await holder.query('begin');
  await holder.query('lock table language_model in share mode');
  const saves = [put({}, api), put({}, api)];
  await eventually(async () => (await countBlocked(holder)) >= 2);
  await holder.query('rollback');
  for (const { status } of await Promise.all(saves)) assert.equal(status, 200);
  endpoint.reply = answering('ready');
  assert.equal((await api('POST', '/api/v1/language-model/tests')).body.chat?.outcome, 'ok');
  assert.equal(endpoint.asked.at(-1)?.key, 'Bearer sk-secret-of-the-workspace');
});

test('a key that cannot be opened takes nothing from the quotas, and leaves no call unsettled', async () => {
  const other = await app.tenant();
  const { api } = await other.as('admin');
  await put({}, api);
  await asOwner(
    app,
    `update language_model set sealed_key = set_byte(sealed_key, 40, get_byte(sealed_key, 40) # 1) where tenant_id = $1`,
    [other.tenant_id],
  );
  assert.equal((await api('POST', '/api/v1/language-model/tests')).status, 500);
  assert.deepEqual((await api('GET', '/api/v1/language-model')).body.used_today, []);
  assert.deepEqual((await api('GET', '/api/v1/language-model/calls')).body.data, []);
});
