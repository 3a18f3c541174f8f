import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { type Client, type SharedTestApp, sharedTestApp, type TestTenant } from '../../../../test/harness/app.ts';
import { asOwner } from '../../../../test/harness/identity.ts';
import type { Insights } from './contract.ts';
import { dueOn, isPromise } from './promises.ts';

let app: SharedTestApp;
let tenant: TestTenant;
let admin: Client;
before(async () => {
  app = await sharedTestApp();
  tenant = await app.tenant();
  admin = (await tenant.as('admin')).api;
});

async function made(api: Client, path: string, body: object) {
  const answer = await api('POST', `/api/v1/${path}`, body);
  assert.ok(answer.status < 300, `${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
  return answer.body;
}

async function insightsOf(of: string, id: string, api = admin): Promise<Insights> {
  const { status, body } = await api('GET', `/api/v1/insights?of=${of}&id=${id}`);
  assert.equal(status, 200, JSON.stringify(body));
  return body;
}

const daysAgo = (days: number) => new Date(Date.now() - days * 86_400_000).toISOString();

interface Mail {
  box: string;
  records: string[];
  direction: 'in' | 'out';
  days: number;
  subject?: string;
  body: string;
  conversation?: string;
}

/** A message as it stands once its mailbox was read. */
async function mail({
  box,
  records,
  direction,
  days,
  subject = 'Policy',
  body,
  conversation = crypto.randomUUID(),
}: Mail) {
  const [row] = await asOwner(
    app,
    `insert into mail_message (tenant_id, digest, conversation_id, subject, body, direction, occurred_at, records, records_set, mailbox_ids)
     values ($1, sha256(gen_random_uuid()::text::bytea), $2, $3, $4, $5, $6, $7::uuid[], true, array[$8::uuid]) returning id`,
    [tenant.tenant_id, conversation, subject, body, direction, daysAgo(days), records, box],
  );
  const [thread] = await asOwner(
    app,
    `insert into mail_thread (tenant_id, mailbox_id, conversation_id, last_at, messages, unread) values ($1, $2, $3, $4, 1, 0)
     on conflict (tenant_id, mailbox_id, conversation_id) do update set messages = mail_thread.messages + 1 returning id`,
    [tenant.tenant_id, box, conversation, daysAgo(days)],
  );
  return { id: (row as { id: string }).id, thread: (thread as { id: string }).id, conversation };
}

const mailbox = (api: Client, address: string, sharing: string) =>
  made(api, 'mailboxes', { name: address, address, sharing });
const person = async (given_name: string, api = admin): Promise<string> =>
  (await made(api, 'contacts', { given_name })).id;
const note = (record: string, body: string, api = admin) =>
  made(api, 'notes', { body: `<p>${body}</p>`, records: [{ type: 'contact', id: record }] });

test('a promise is known in English and German, with the day that it names', () => {
  for (const text of [
    "I'll send it by Friday.",
    'We will call the custodian tomorrow.',
    'I’m going to check the fees.',
    'Ich schicke Ihnen den Vertrag bis Freitag.',
    'Wir werden das Depot prüfen.',
    'Bis Dienstag melden wir uns bei Ihnen.',
    'Den Antrag reiche ich nächste Woche ein.',
  ])
    assert.ok(isPromise(text), text);
  for (const text of [
    'Will you send it by Friday?',
    'If we will meet, bring it.',
    'I will not send it.',
    'They sent the contract on Friday.',
    'Wenn ich es schicke, melde ich mich.',
    'Ich werde das nicht tun.',
    'The will of her father was read.',
  ])
    assert.ok(!isPromise(text), text);
  // A Wednesday.
  const written = '2026-03-04T10:00:00Z';
  for (const [text, day] of [
    ['by Friday', '2026-03-06'],
    ['bis Freitag', '2026-03-06'],
    ['on Wednesday', '2026-03-11'],
    ['tomorrow', '2026-03-05'],
    ['bis morgen', '2026-03-05'],
    ['by March 12', '2026-03-12'],
    ['bis zum 12. März', '2026-03-12'],
    ['bis 3.4.', '2026-04-03'],
    ['by 2026-05-01', '2026-05-01'],
    ['on 12 January', '2027-01-12'],
    ['next week', '2026-03-13'],
    ['some day', null],
    ['31.02.2026', null],
  ] as const)
    assert.equal(dueOn(text, written), day, text);
});

test('each sentence stands in a text, word for word, and names it', async () => {
  const box = await mailbox(admin, 'own@mail.example', 'private');
  const ada = await person('Ada');
  const written: Record<string, string> = {};
  const bodies = [
    'The portfolio review showed that the pension plan is underfunded. Ada wants to retire at sixty.',
    'She asked for a second opinion on the pension plan of her employer. Best regards',
    'The children inherit the house in Zurich. See https://evil.example/pension plan now.',
  ];
  for (const body of bodies) written[(await note(ada, body)).id] = body;
  const sent =
    'Dear Ada, the pension plan pays 4,000 a month from sixty on.\n> Old text about the pension plan of last year.\n';
  const { id, thread } = await mail({ box: box.id, records: [ada], direction: 'out', days: 3, body: sent });
  written[id] = sent;
  const { summary, made_by, texts } = await insightsOf('contact', ada);
  assert.equal(made_by, 'rules');
  assert.equal(texts, 4);
  assert.ok(summary.length >= 3);
  for (const { text, source } of summary) {
    assert.ok(written[source.id]!.includes(text), `${text} does not stand in its source`);
    assert.equal(source.subject?.id, ada);
    assert.doesNotMatch(text, /https|Best regards|Old text/);
  }
  const ofThread = await insightsOf('thread', thread);
  assert.ok(
    ofThread.summary.length > 0 && ofThread.summary.every(({ source }) => source.id === id && source.subject === null),
  );
  assert.equal(ofThread.strength, null);
});

test('a promise is open until whoever made it says that it is done', async () => {
  const box = await mailbox(admin, 'promise@mail.example', 'private');
  const bob = await person('Bob');
  const { conversation, id } = await mail({
    box: box.id,
    records: [bob],
    direction: 'out',
    days: 20,
    body: 'I will send you the signed contract by tomorrow.',
  });
  await mail({
    box: box.id,
    records: [bob],
    direction: 'in',
    days: 10,
    body: "We'll transfer the custody account documents next month.",
  });
  const before = await insightsOf('contact', bob);
  assert.deepEqual(
    before.promises.map(({ by, overdue, source }) => [by, overdue, source.id === id]),
    [
      ['them', false, false],
      ['us', true, true],
    ],
  );
  assert.equal(before.next_action?.rule, 'keep_promise');
  assert.equal(before.next_action?.source.id, id);
  await mail({
    box: box.id,
    records: [bob],
    direction: 'in',
    days: 9,
    conversation,
    body: 'The signed contract is attached to nothing yet, as promised by you.',
  });
  assert.equal(
    (await insightsOf('contact', bob)).promises.filter(({ by }) => by === 'us').length,
    1,
    'they cannot keep it for us',
  );
  await mail({
    box: box.id,
    records: [bob],
    direction: 'out',
    days: 8,
    conversation,
    body: 'As promised, the signed contract is attached.',
  });
  const after = await insightsOf('contact', bob);
  assert.deepEqual(
    after.promises.map(({ by }) => by),
    ['them'],
  );
  assert.equal(
    after.next_action?.rule,
    'answer',
    'their mail of ten days ago stands last but one, in a conversation that nobody answered',
  );
});

test('the strength of a relationship is the sum of its parts, and rises with answers', async () => {
  const box = await mailbox(admin, 'strength@mail.example', 'private');
  const cleo = await person('Cleo');
  assert.equal((await insightsOf('contact', cleo)).strength, null);
  const asked = await mail({
    box: box.id,
    records: [cleo],
    direction: 'in',
    days: 5,
    body: 'Could you look into the fees of my account?',
  });
  const one = (await insightsOf('contact', cleo)).strength!;
  const value = (strength: typeof one, name: string) => strength.parts.find(({ part }) => part === name)!.value;
  assert.equal(value(one, 'replies'), 0);
  assert.equal(value(one, 'reciprocity'), 0);
  assert.equal(value(one, 'recency'), 5);
  assert.equal((await insightsOf('contact', cleo)).next_action?.rule, 'answer');
  await mail({
    box: box.id,
    records: [cleo],
    direction: 'out',
    days: 4,
    conversation: asked.conversation,
    body: 'The fees are half a percent a year.',
  });
  const two = (await insightsOf('contact', cleo)).strength!;
  assert.equal(value(two, 'replies'), 1);
  assert.equal(value(two, 'reciprocity'), 1);
  assert.ok(two.score > one.score);
  for (const { score, parts } of [one, two])
    assert.equal(
      parts.reduce((sum, { points }) => sum + points, 0),
      score,
    );
});

test('nothing of what the caller may not read is in an insight: neither a sentence nor a figure', async () => {
  const owner = await tenant.as('advisor', 'owner');
  const dora = await person('Dora', owner.api);
  const box = await mailbox(owner.api, 'private@mail.example', 'private');
  await mail({
    box: box.id,
    records: [dora],
    direction: 'in',
    days: 1,
    body: 'The secret merger will be announced to nobody. I will call the lawyer by Friday.',
  });
  await note(dora, 'Dora likes to sail with her brother on the lake.', owner.api);
  const own = await insightsOf('contact', dora, owner.api);
  assert.match(JSON.stringify(own), /secret merger/);
  assert.equal(own.promises.length, 1);
  for (const [sharing, reads] of [
    ['private', false],
    ['participants', false],
    ['subjects', false],
    ['all', true],
  ] as const) {
    await owner.api('PATCH', `/api/v1/mailboxes/${box.id}`, { sharing });
    const others = await insightsOf('contact', dora);
    assert.equal(/secret merger/.test(JSON.stringify(others)), reads, sharing);
    assert.equal(others.strength !== null, reads, sharing);
    assert.equal(others.texts, reads ? 2 : 1, sharing);
  }
  const stranger = await tenant.as('advisor', 'stranger');
  assert.equal((await stranger.api('GET', `/api/v1/insights?of=contact&id=${dora}`)).status, 404);
  const elsewhere = (await (await app.tenant()).as('admin')).api;
  assert.equal((await elsewhere('GET', `/api/v1/insights?of=contact&id=${dora}`)).status, 404);
});

test('a household is told of by what its members wrote; a task that is overdue comes before silence', async () => {
  const household = await made(admin, 'households', { name: 'Byron' });
  const eve = await person('Eve');
  await made(admin, 'household-members', { household_id: household.id, contact_id: eve, role: 'head' });
  for (const days of [50, 60, 70])
    await made(admin, 'activities', {
      kind: 'call',
      subject: `Talk ${days}`,
      body: 'We talked about the trust of the family and its heirs.',
      occurred_at: daysAgo(days),
      records: [{ type: 'contact', id: eve }],
    });
  const silent = await insightsOf('household', household.id);
  assert.ok(silent.summary.some(({ text }) => /trust of the family/.test(text)));
  assert.equal(silent.next_action?.rule, 'get_in_touch');
  await made(admin, 'tasks', {
    title: 'Send the trust deed',
    due_at: daysAgo(2),
    records: [{ type: 'household', id: household.id }],
  });
  const due = (await insightsOf('household', household.id)).next_action!;
  assert.deepEqual([due.rule, due.text, due.source.resource], ['do_task', 'Send the trust deed', 'task']);
  const deal = await made(admin, 'deals', {
    name: 'Trust',
    stage_id: (await made(admin, 'pipelines', { name: 'P' })).stages[0].id,
  });
  assert.deepEqual((await insightsOf('deal', deal.id)).summary, []);
});
