import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import {
  type Client,
  eventually,
  startTestApp,
  type TestApp,
  type TestTenant,
  unlimited,
} from '../../../../test/harness/app.ts';
import { asOwner } from '../../../../test/harness/identity.ts';
import {
  type AskedModel,
  answering,
  completionOf,
  type ModelEndpoint,
  modelSettings,
  sendJson,
  startModelEndpoint,
} from '../../../../test/harness/model-endpoint.ts';
import type { ModelCall } from '../language-model/contract.ts';
import type { InsightAnswer } from './contract.ts';

let endpoint: ModelEndpoint;
let app: TestApp;
let tenant: TestTenant;
let admin: Client;
before(async () => {
  endpoint = await startModelEndpoint();
  app = await startTestApp({ ...unlimited, OUTBOUND_HOSTS: endpoint.host, LANGUAGE_MODEL_SECONDS_MAX: '2' });
  tenant = await app.tenant();
  admin = (await tenant.as('admin')).api;
});
after(async () => {
  await app?.stop();
  await endpoint?.stop();
});
beforeEach(() => set());

const set = async (changed: object = {}) => {
  const answer = await admin('PUT', '/api/v1/language-model', { ...modelSettings(endpoint), ...changed });
  assert.equal(answer.status, 200, JSON.stringify(answer.body));
};

async function made(path: string, body: object, api = admin) {
  const answer = await api('POST', `/api/v1/${path}`, body);
  assert.ok(answer.status < 300, `${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
  return answer.body;
}

async function ask(of: string, id: string, kind = 'summary', api = admin): Promise<InsightAnswer> {
  const { status, body } = await api('POST', '/api/v1/insight-answers', { of, id, kind });
  assert.equal(status, 200, JSON.stringify(body));
  return body;
}

const person = async (given_name: string, api = admin): Promise<string> =>
  (await made('contacts', { given_name }, api)).id;
const note = async (record: string, body: string, api = admin): Promise<string> =>
  (await made('notes', { body: `<p>${body}</p>`, records: [{ type: 'contact', id: record }] }, api)).id;

async function mail(box: string, record: string, body: string, subject = 'Policy') {
  const conversation = crypto.randomUUID();
  const [row] = await asOwner(
    app,
    `insert into mail_message (tenant_id, digest, conversation_id, subject, body, direction, occurred_at, records, records_set, mailbox_ids)
     values ($1, sha256(gen_random_uuid()::text::bytea), $2, $3, $4, 'in', now() - interval '1 day', $5::uuid[], true, array[$6::uuid])
     returning id`,
    [tenant.tenant_id, conversation, subject, body, [record], box],
  );
  return (row as { id: string }).id;
}

/** The texts that a request has, as the model sees them. */
const textsIn = (asked: AskedModel): { id: string; text: string; title: string | null }[] =>
  JSON.parse(asked.body.messages[1].content).texts;
const saying = (...sentences: { text: string; sources: string[] }[]) => answering(JSON.stringify({ sentences }));

test('each sentence names texts that were sent; what is no plain sentence of them is left out and counted', async () => {
  const ada = await person('Ada');
  const first = await note(ada, 'The pension plan of Ada is underfunded by a third.');
  const second = await note(ada, 'She wants to retire at sixty and sell the house.');
  endpoint.reply = saying(
    { text: 'Ada wants to **retire** at sixty.', sources: ['S1'] },
    { text: 'Her pension plan\u200b is underfunded.', sources: ['S2', 'S2'] },
    { text: 'It knows something without a source.', sources: [] },
    { text: 'It names a text that was not sent.', sources: ['S1', 'S3'] },
    { text: `It names a record: ${crypto.randomUUID()}.`, sources: ['S1'] },
    { text: 'Read more at https://evil.example/?q=retire', sources: ['S1'] },
    { text: 'Read more at evil.example now.', sources: ['S1'] },
    { text: '![x](//evil.example/a.png)', sources: ['S1'] },
    { text: '<img src=x> Ada wants to retire.', sources: ['S1'] },
    { text: 'x'.repeat(700), sources: ['S1'] },
  );
  const answer = await ask('contact', ada);
  assert.deepEqual([answer.made_by, answer.model, answer.why, answer.dropped], ['model', 'test-chat', null, 8]);
  assert.deepEqual(
    answer.sentences.map(({ text, sources }) => [text, sources.map(({ id }) => id)]),
    [
      ['Ada wants to retire at sixty.', [second]],
      ['Her pension plan is underfunded.', [first]],
    ],
  );
  const asked = endpoint.asked.at(-1)!;
  assert.equal(asked.body.response_format.json_schema.strict, true);
  assert.equal(asked.body.tools, undefined);
  assert.doesNotMatch(JSON.stringify(asked.body), new RegExp(`${ada}|${first}|${second}`), 'no id of ours leaves');
  const { body } = await admin('GET', '/api/v1/language-model/calls?limit=1');
  const [call] = body.data as ModelCall[];
  assert.deepEqual([call!.feature, call!.resource, call!.record_id, call!.outcome], ['summary', 'contact', ada, 'ok']);
  assert.deepEqual(new Set(call!.sources), new Set([first, second]));
  assert.doesNotMatch(JSON.stringify(call), /pension|retire/);
});

test('whatever the endpoint does instead of answering, the rules answer and say why', async () => {
  const bob = await person('Bob');
  await note(bob, 'Bob asked for a second opinion on the custody account of his mother.');
  const good = JSON.stringify({ sentences: [{ text: 'Bob asked.', sources: ['S1'] }] });
  const cut = { ...completionOf(good), choices: [{ finish_reason: 'length', message: { content: good } }] };
  for (const [why, reply] of [
    ['not_json', '<html><body>Sign in to the hotspot</body></html>'],
    ['not_json', '{"choices": NaN}'],
    ['invalid', JSON.stringify(completionOf('Bob asked for a second opinion.'))],
    ['invalid', JSON.stringify(completionOf(`\`\`\`json\n${good}\n\`\`\``))],
    ['invalid', JSON.stringify(completionOf(JSON.stringify({ sentences: [], tool: 'send_mail' })))],
    ['invalid', JSON.stringify(completionOf(JSON.stringify({ sentences: [{ text: 'Bob.', sources: [1] }] })))],
    ['invalid', JSON.stringify(cut)],
    ['invalid', JSON.stringify({ error: 'none' })],
    ['nothing_left', JSON.stringify(completionOf(JSON.stringify({ sentences: [] })))],
    ['tool_call', JSON.stringify(completionOf(good, { tool_calls: [{ function: { name: 'send_mail' } }] }))],
    ['too_large', JSON.stringify(completionOf('x'.repeat(400_000)))],
  ] as const) {
    endpoint.reply = (_, response) => void response.end(reply);
    const answer = await ask('contact', bob);
    assert.deepEqual([answer.made_by, answer.why], ['rules', why], reply.slice(0, 80));
    assert.match(answer.sentences[0]!.text, /second opinion/);
  }
  for (const [status, why] of [
    [429, 'rate_limited'],
    [401, 'refused'],
    [503, 'status'],
    [302, 'redirect'],
  ] as const) {
    endpoint.reply = (_, response) => sendJson(response, {}, status);
    assert.equal((await ask('contact', bob)).why, why);
  }
  endpoint.reply = () => undefined;
  assert.equal((await ask('contact', bob)).why, 'timeout');
  endpoint.reply = (_, response) => void response.destroy();
  assert.equal((await ask('contact', bob)).why, 'connection');
  const before = endpoint.asked.length;
  await set({ features: ['reply_draft'] });
  assert.equal((await ask('contact', bob)).why, 'feature_off');
  await set({ person_tokens_max: 10 });
  assert.equal((await ask('contact', bob)).why, 'quota_person');
  await admin('DELETE', '/api/v1/language-model');
  const without = await ask('contact', bob);
  assert.deepEqual([without.why, without.made_by, without.sentences.length], ['not_configured', 'rules', 1]);
  await set();
  assert.equal((await ask('contact', await person('Nobody'))).why, 'nothing_to_read');
  assert.equal(endpoint.asked.length, before);
});

test('an answer is kept for those alone who may read every source, and ends with any of them', async () => {
  const owner = (await tenant.as('advisor', 'owner')).api;
  const dora = await person('Dora', owner);
  const box = await made('mailboxes', { name: 'Own', address: 'own@mail.example', sharing: 'private' }, owner);
  await mail(box.id, dora, 'The secret merger is announced on Friday.');
  const written = await note(dora, 'Dora likes to sail on the lake with her brother.', owner);
  endpoint.reply = answering((asked) =>
    JSON.stringify({
      sentences: textsIn(asked).map(({ id, text }) => ({ text: `It says: ${text}`, sources: [id] })),
    }),
  );
  const own = await ask('contact', dora, 'summary', owner);
  assert.match(JSON.stringify(own), /secret merger/);
  assert.deepEqual([own.is_cached, (await ask('contact', dora, 'summary', owner)).is_cached], [false, true]);
  const calls = endpoint.asked.length;
  // The same question by somebody who reads less goes to the model anew, with less.
  const others = await ask('contact', dora);
  assert.equal(endpoint.asked.length, calls + 1);
  assert.doesNotMatch(JSON.stringify([others, endpoint.asked.at(-1)!.body]), /secret merger/);
  assert.equal(others.is_cached, false);
  assert.equal((await ask('contact', dora)).is_cached, true);
  const stranger = (await tenant.as('advisor', 'stranger')).api;
  assert.equal(
    (await stranger('POST', '/api/v1/insight-answers', { of: 'contact', id: dora, kind: 'summary' })).status,
    404,
  );
  // What is shared counts at once.
  await owner('PATCH', `/api/v1/mailboxes/${box.id}`, { sharing: 'all' });
  const shared = await ask('contact', dora);
  assert.match(JSON.stringify(shared), /secret merger/);
  assert.equal(shared.is_cached, true, 'the owner has asked the same of the same texts');
  await owner('PATCH', `/api/v1/mailboxes/${box.id}`, { sharing: 'private' });
  assert.doesNotMatch(JSON.stringify(await ask('contact', dora)), /secret merger/);
  const count = async () => {
    const [row] = await asOwner(app, 'select count(*)::int as n from language_model_answer where $1 = any (sources)', [
      written,
    ]);
    return (row as { n: number }).n;
  };
  assert.ok((await count()) >= 2);
  await owner('PATCH', `/api/v1/notes/${written}`, { body: '<p>Dora sold the boat.</p>' });
  const changed = await ask('contact', dora);
  assert.equal(changed.is_cached, false);
  assert.match(JSON.stringify(changed), /sold the boat/);
  await eventually(async () => (await count()) === 1);
});

test('what a model wrote is not shown once its sources may no longer be read', async () => {
  const owner = (await tenant.as('advisor', 'owner')).api;
  const eve = await person('Eve', owner);
  const box = await made('mailboxes', { name: 'Lent', address: 'lent@mail.example', sharing: 'all' }, owner);
  await mail(box.id, eve, 'The secret merger is announced on Monday.');
  endpoint.reply = async (asked, response) => {
    await owner('PATCH', `/api/v1/mailboxes/${box.id}`, { sharing: 'private' });
    return answering(JSON.stringify({ sentences: [{ text: 'A secret merger comes.', sources: ['S1'] }] }))(
      asked,
      response,
    );
  };
  const answer = await ask('contact', eve);
  assert.equal(answer.why, 'nothing_to_read');
  assert.doesNotMatch(JSON.stringify(answer), /secret merger/);
});

test('an answer to a text that changes while the model thinks is neither shown nor kept', async () => {
  for (const [change, status] of [
    [(_: string, text: string) => admin('PATCH', `/api/v1/notes/${text}`, { body: '<p>He sold the boat.</p>' }), 200],
    [(_: string, text: string) => admin('DELETE', `/api/v1/notes/${text}`), 200],
    [(record: string) => admin('DELETE', `/api/v1/contacts/${record}`), 404],
  ] as const) {
    const record = await person('Gus');
    const text = await note(record, 'Gus wants to buy a boat for the lake.');
    endpoint.reply = async (asked, response) => {
      assert.ok((await change(record, text)).status < 300);
      return saying({ text: 'Gus wants to buy a boat.', sources: ['S1'] })(asked, response);
    };
    const answer = await admin('POST', '/api/v1/insight-answers', { of: 'contact', id: record, kind: 'summary' });
    assert.equal(answer.status, status, JSON.stringify(answer.body));
    if (status === 200) assert.equal(answer.body.made_by, 'rules');
    assert.doesNotMatch(JSON.stringify(answer.body), /buy a boat/);
    const kept = await asOwner(app, 'select from language_model_answer where $1 = any (sources)', [text]);
    assert.equal(kept.length, 0, change.toString());
  }
});

test('a draft answers a mail, a next step is one sentence, and neither changes anything', async () => {
  const box = await made('mailboxes', { name: 'Draft', address: 'draft@mail.example', sharing: 'private' });
  const finn = await person('Finn');
  const id = await mail(box.id, finn, 'Could you send me the fees of the account? I also wonder about the taxes.');
  endpoint.reply = saying(
    { text: 'Thank you for your question about the fees.', sources: ['S1'] },
    { text: 'We will look into the taxes.', sources: ['S1'] },
  );
  const draft = await ask('message', id, 'reply_draft');
  assert.equal(draft.sentences.length, 2);
  assert.equal((await ask('contact', finn, 'next_action')).sentences.length, 1);
  endpoint.reply = () => undefined;
  const byRules = await ask('contact', finn, 'reply_draft');
  assert.equal(byRules.why, 'timeout');
  assert.deepEqual(
    byRules.sentences.map(({ text }) => text),
    ['Could you send me the fees of the account?'],
  );
  assert.deepEqual((await admin('GET', `/api/v1/outgoing-mails?mailbox_id=${box.id}`)).body.data, []);
  const { model } = (await admin('GET', `/api/v1/insights?of=contact&id=${finn}`)).body;
  assert.deepEqual(model, { name: 'test-chat', features: ['summary', 'next_action', 'reply_draft'] });
});
