import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import {
  type Client,
  eventually,
  startTestApp,
  type TestApp,
  type TestTenant,
  unlimited,
} from '../../../test/harness/app.ts';
import { type Dovecot, dovecotSkip, mixed, rawMail, startDovecot } from '../../../test/harness/dovecot.ts';
import {
  compare,
  connectionOf,
  connectMailbox,
  inSync,
  made,
  read,
  startSubmission,
} from '../../../test/harness/mailbox.ts';
import { startReceiver } from '../../../test/harness/receiver.ts';
import { openStream } from '../../../test/harness/stream.ts';
import type { MailSink } from '../../kernel/mail/sink.ts';

const address = 'olga@post.example';
const lee = 'lee@lee.example';
/** Each stands in one mail alone: in its subject, and in its text. */
const [subject_word, text_word] = ['Quartzite', 'basaltine'];
/** A word of two mails has a vector, here one near to what everybody's notes say. */
const vector_word = 'malachite';
const alike = `The ${vector_word} floor was laid, and the invoice of the ${vector_word} floor was paid.`;
const levels = ['private', 'participants', 'subjects', 'all'] as const;
type Level = (typeof levels)[number];

let app: TestApp;
let tenant: TestTenant;
let dovecot: Dovecot;
let smtp: MailSink;
let owner: Client;
let admin: { api: Client; key: string };
let mailbox: string;
const records: Record<string, string> = {};
before(async () => {
  if (dovecotSkip) return;
  dovecot = await startDovecot();
  smtp = await startSubmission();
  app = await startTestApp({
    ALLOW_PRIVATE_NETWORKS: 'true',
    ...unlimited,
  });
  tenant = await app.tenant('sharing');
  owner = (await tenant.as('member', 'Olga')).api;
  admin = await tenant.as('admin');
  records.company = (await made(owner, 'companies', { name: 'Lee Ltd', domain: 'lee.example' })).id;
  const person = { given_name: 'Lee', email: lee, company_id: records.company };
  records.contact = (await made(owner, 'contacts', person)).id;
  await dovecot.as(address, async (client) => {
    await client.mailboxCreate('Projects');
    await client.append('Projects', withFile);
    for (const subject of ['Other', 'Further'])
      await client.append(
        'INBOX',
        rawMail({ from: 'else@else.example', to: address, subject, id: `${subject}@else.example`, body: alike }),
      );
  });
  mailbox = await connected();
});
after(async () => {
  await app?.stop();
  await dovecot?.stop();
  await smtp?.close();
});

const withFile = rawMail({
  from: `Lee <${lee}>`,
  to: address,
  subject: subject_word,
  id: 'q@lee.example',
  date: new Date(Date.now() - 3 * 86_400_000).toISOString(),
  ...mixed(
    ['Content-Type: text/html', '', `<p>I will send the ${text_word} floor to you by Friday.</p>`],
    [
      'Content-Type: text/plain; name=plan.txt',
      'Content-Disposition: attachment; filename=plan.txt',
      '',
      `The ${text_word} plan`,
    ],
  ),
});

async function connected(): Promise<string> {
  const { id } = await made(owner, 'mailboxes', { name: 'Olga', address, sharing: 'private' });
  await connectMailbox(owner, id, connectionOf(address, dovecot, smtp));
  return id;
}

const filterOf = (value: string) => encodeURIComponent(JSON.stringify({ field: 'subject', op: 'eq', value }));
const messageOf = async (subject: string) => (await read(owner, `messages?filter=${filterOf(subject)}`)).data[0];
const threadOf = async (subject: string) =>
  (await read(owner, `threads?mailbox_id=${mailbox}&limit=100`)).data.find(
    (thread: { subject: string }) => thread.subject === subject,
  );
async function share(sharing: Level) {
  const answer = await owner('PATCH', `/api/v1/mailboxes/${mailbox}`, { sharing });
  assert.equal(answer.status, 200, JSON.stringify(answer.body));
}
async function except(kind: string, target_id: string, level: Level) {
  const answer = await owner('PUT', `/api/v1/mailboxes/${mailbox}/sharing-exceptions`, { kind, target_id, level });
  assert.equal(answer.status, 200, JSON.stringify(answer.body));
  return answer.body;
}
const exceptions = async () => (await read(owner, `mailboxes/${mailbox}/sharing-exceptions`)).data;
async function withoutExceptions() {
  for (const { id } of await exceptions())
    assert.equal((await owner('DELETE', `/api/v1/sharing-exceptions/${id}`)).status, 204);
}

/** What somebody gets to see of the mail on each way to it, and all that was answered, to look for its words in. */
async function seen(api: Client, { id, thread, part }: { id: string; thread: string; part: number }) {
  const answers: string[] = [];
  const get = async (path: string) => {
    const answer = await api('GET', `/api/v1/${path}`);
    answers.push(JSON.stringify(answer.body));
    return answer;
  };
  // biome-ignore lint/suspicious/noExplicitAny: rows of every kind
  const rowsOf = async (path: string): Promise<any[]> => (await get(path)).body.data ?? [];
  const isIn = (rows: { id: string }[], wanted = id) => rows.some((row) => row.id === wanted);
  const isRead = async (path: string) => (await get(path)).status === 200;
  const entryOf = async (path: string) => {
    const [entry, among] = [
      await rowsOf(`${path}/timeline?kinds=mail_message`),
      await rowsOf(`${path}/timeline?limit=100`),
    ].map((entries) => entries.find((one) => one.id === id)?.mail_message);
    assert.deepEqual(among, entry, 'a timeline of all kinds shows as much of it');
    return entry;
  };
  const quotes = async (of: string, which: string) => {
    const { status, body } = await get(`insights?of=${of}&id=${which}`);
    return status === 200 && JSON.stringify(body).includes(text_word);
  };
  const each: (Record<string, string> | undefined)[] = [
    (await get(`messages/${id}`)).body,
    (await rowsOf('messages?limit=100')).find((row) => row.id === id),
    (await rowsOf(`messages/${id}/conversation`)).find((row) => row.id === id),
    await entryOf(`contacts/${records.contact}`),
    await entryOf(`companies/${records.company}`),
    ...(records.deal ? [await entryOf(`deals/${records.deal}`)] : []),
  ];
  const counted = (await get(`messages?filter=${filterOf(subject_word)}&count=exact`)).body;
  const words = [subject_word, text_word];
  const result = {
    rows: [
      ...new Set(
        each.map((row) => `${row?.shown} ${row?.subject ?? null} ${row?.snippet?.includes(text_word) ?? false}`),
      ),
    ],
    filtered: [isIn(counted.data), counted.total],
    content: [
      await isRead(`messages/${id}/content`),
      await isRead(`messages/${id}/html`),
      await isRead(`messages/${id}/files/${part}`),
    ],
    words: await Promise.all(words.map(async (word) => isIn((await get(`search?q=${word}`)).body.written))),
    meaning: await Promise.all(
      words.map(async (word) => isIn((await get(`search?by=meaning&q=${word}`)).body.meaning.passages)),
    ),
    insights: [
      await quotes('contact', records.contact!),
      await quotes('company', records.company!),
      await quotes('message', id),
    ],
    thread: [await isRead(`threads/${thread}/messages`), await quotes('thread', thread)],
    listed: [
      isIn(await rowsOf(`threads?mailbox_id=${mailbox}`), thread),
      isIn(await rowsOf(`threads?mailbox_id=${mailbox}&q=${text_word}`), thread),
    ],
  };
  for (const path of ['notifications', 'audit-events?limit=100', `mailboxes/${mailbox}/folders`]) await get(path);
  return { result, answers: answers.join('\n') };
}

/** So much a level shows on each way. `thread`, `listed`: whether the conversation is there as a row of the mailbox. */
function expected(level: Level, thread = level === 'all', listed = thread) {
  const [names, reads] = [level === 'subjects' || level === 'all', level === 'all'];
  const shown = { private: undefined, participants: 'exists', subjects: 'subject', all: 'everything' }[level];
  return {
    rows: [`${shown} ${names ? subject_word : null} ${reads}`],
    filtered: [names, names ? 1 : 0],
    content: [reads, reads, reads],
    words: [reads, reads],
    meaning: [reads, reads],
    insights: [reads, reads, reads],
    thread: [thread, thread],
    listed: [listed, listed],
  };
}

async function assertSeen(level: Level, state: string, thread?: boolean, listed?: boolean) {
  const mail = { ...(await messageOf(subject_word)), thread: (await threadOf(subject_word)).id };
  const [{ part }] = (await read(owner, `messages/${mail.id}/content`)).files;
  const { result, answers } = await seen(admin.api, { ...mail, part });
  assert.deepEqual(result, expected(level, thread, listed), state);
  if (level !== 'all') assert.doesNotMatch(answers, new RegExp(text_word), state);
  if (level !== 'all' && level !== 'subjects') assert.doesNotMatch(answers, new RegExp(subject_word), state);
  assert.deepEqual((await seen(owner, { ...mail, part })).result, expected('all'), `${state}: the owner`);
}

/** There is enough text to learn from, and the mail was embedded. */
async function learnt(id: string) {
  const notes = Array.from({ length: 40 }, (_, n) => ({
    body: `<p>The floor number ${n} was laid, and the invoice of the floor was paid.</p>`,
    records: [{ type: 'contact', id: records.contact }],
  }));
  await made(owner, 'notes/bulk', { data: notes });
  await eventually(async () => {
    const { meaning } = await read(owner, `search?by=meaning&q=${text_word}`);
    return meaning.passages.some((hit: { id: string }) => hit.id === id);
  });
}

test('each level and each kind of exception shows what it says on each way to a mail, and no word of the rest', {
  skip: dovecotSkip,
}, async () => {
  const { id, records: about } = await messageOf(subject_word);
  assert.equal(about.length, 2);
  await learnt(id);
  /** Whether a word that stands in mail alone leads anywhere, to notes that everybody reads too. */
  const leads = async (api: Client) =>
    (await read(api, `search?by=meaning&q=${vector_word}`)).meaning.passages.length > 0;
  for (const level of levels) {
    await share(level);
    await assertSeen(level, `the mailbox shares ${level}`);
    assert.deepEqual([await leads(admin.api), await leads(owner)], [level === 'all', true], level);
  }
  const folders = (await read(owner, `mailboxes/${mailbox}/folders`)).data;
  const targets: Record<string, string> = {
    thread: (await threadOf(subject_word)).conversation_id,
    folder: folders.find(({ name }: { name: string }) => name === 'Projects').id,
    contact: records.contact!,
    company: records.company!,
  };
  await except('folder', folders.find(({ role }: { role: string }) => role === 'inbox').id, 'subjects');
  assert.equal(await leads(admin.api), false, 'nor is there a vector of what an exception hides');
  await withoutExceptions();
  for (const base of ['private', 'all'] as const)
    for (const [kind, target] of Object.entries(targets)) {
      await share(base);
      for (const level of levels) {
        await except(kind, target, level);
        // Of a mailbox that shares nothing there is no list, and no row of a conversation for a person or company.
        const thread = level === 'all' && (base === 'all' || kind === 'thread' || kind === 'folder');
        await assertSeen(level, `${level} for the ${kind}, ${base} for the rest`, thread, thread && base === 'all');
      }
      const others = (await read(admin.api, 'messages?limit=100')).data.length;
      assert.equal(others, base === 'all' ? 3 : 1, 'it says nothing of other mail');
      await withoutExceptions();
      await assertSeen(base, `no exception any more, ${base}`);
    }
});

test('what is said of a conversation comes before its folder, this before a person, and this before a company', {
  skip: dovecotSkip,
}, async () => {
  await share('subjects');
  const thread = await threadOf(subject_word);
  const folder = (await read(owner, `mailboxes/${mailbox}/folders`)).data.find(
    ({ name }: { name: string }) => name === 'Projects',
  );
  const { id } = await messageOf(subject_word);
  const shown = async () => (await admin.api('GET', `/api/v1/messages/${id}`)).body.shown ?? 'nothing';
  const said = async () => {
    const { level, exception } = await read(owner, `threads/${thread.id}/sharing`);
    return [level, exception?.kind ?? null];
  };
  assert.deepEqual([await shown(), await said()], ['subject', ['subjects', null]]);
  const steps = [
    ['company', records.company!, 'private', 'nothing'],
    ['contact', records.contact!, 'all', 'everything'],
    ['folder', folder.id, 'participants', 'exists'],
    ['thread', thread.conversation_id, 'all', 'everything'],
  ] as const;
  for (const [kind, target, level, wanted] of steps) {
    await except(kind, target, level);
    assert.deepEqual([await shown(), await said()], [wanted, [level, kind]], kind);
  }
  await withoutExceptions();
  const second = await made(owner, 'contacts', { given_name: 'Second', email: address.replace('olga', 'second') });
  const before = (await messageOf(subject_word)).records;
  const both = [
    ...before.map((each: { type: string; id: string }) => ({ type: each.type, id: each.id })),
    { type: 'contact', id: second.id },
  ];
  assert.equal((await owner('PATCH', `/api/v1/messages/${id}`, { records: both })).status, 200);
  await except('contact', records.contact!, 'all');
  await except('contact', second.id, 'participants');
  assert.equal(await shown(), 'exists', 'of two people the one of whom less is shared');
  await withoutExceptions();
});

test('webhooks and exports have nothing of mail, and open pages what their people see of it', {
  skip: dovecotSkip,
}, async () => {
  const receiver = await startReceiver();
  const { received } = receiver;
  try {
    const hook = (events: object) => admin.api('POST', '/api/v1/webhooks', { name: 'Hook', url: receiver.url, events });
    const verbs = ['created', 'updated'];
    assert.equal((await hook({ mail_message: { verbs } })).status, 422, 'mail is told to nobody elsewhere');
    assert.equal(
      (await admin.api('POST', '/api/v1/exports', { resource: 'mail_message' })).status,
      422,
      'there is no file of it',
    );
    assert.equal((await hook({ deal: { verbs }, contact: { verbs } })).status, 201);
    await share('private');
    const message = await messageOf(subject_word);
    const known = message.records.map(({ type, id }: { type: string; id: string }) => ({ type, id }));
    let at = 0;
    for (const level of levels) {
      await except('contact', records.contact!, level);
      const stream = await openStream(app.url, admin.key);
      // Another deal each time, so that something changes: the mail stands in its timeline then, too.
      const deal = await made(owner, 'deals', { name: `Floor ${at++}`, contact_id: records.contact });
      records.deal = deal.id;
      assert.equal(
        (await owner('PATCH', `/api/v1/messages/${message.id}`, { records: [...known, { type: 'deal', id: deal.id }] }))
          .status,
        200,
      );
      await assertSeen(level, `${level}, as its owner says`, false, false);
      // What comes after it has come too.
      const marker = await made(owner, 'contacts', { given_name: 'Marker' });
      await eventually(async () => stream.changes().some(({ data }) => data.id === marker.id));
      assert.equal(
        stream.changes().some(({ data }) => data.id === message.id),
        level !== 'private',
        level,
      );
      assert.doesNotMatch(JSON.stringify(stream.events), new RegExp(`${subject_word}|${text_word}`));
      stream.close();
    }
    await eventually(async () => received.length >= 2 * levels.length);
    assert.doesNotMatch(received.map(({ text }) => text).join(), new RegExp(`${subject_word}|${text_word}`));
  } finally {
    await receiver.stop();
    await withoutExceptions();
    delete records.deal;
  }
});

test('nobody but its owner shares more of a mailbox, neither by asking nor by changing whom mail is from', {
  skip: dovecotSkip,
}, async () => {
  const colleague = (await tenant.as('manager', 'Mona')).api;
  const mine = await except('contact', records.contact!, 'all');
  for (const api of [admin.api, colleague]) {
    await share('subjects');
    const path = `/api/v1/mailboxes/${mailbox}/sharing-exceptions`;
    const body = { kind: 'contact', target_id: records.contact, level: 'all' };
    assert.deepEqual([(await api('PUT', path, body)).status, (await api('GET', path)).status], [403, 403]);
    assert.equal((await api('DELETE', `/api/v1/sharing-exceptions/${mine.id}`)).status, 404);
    await share('private');
    assert.equal((await api('PUT', path, body)).status, 404);
  }
  const other = await messageOf('Other');
  const isSeen = async (id: string) => (await admin.api('GET', `/api/v1/messages/${id}`)).status === 200;
  const aboutOf = async (id: string) =>
    (await read(owner, `messages/${id}`)).records.map((each: { id: string }) => each.id);
  const change = async (path: string, body: object) => {
    const answer = await colleague('PATCH', `/api/v1/${path}`, body);
    assert.equal(answer.status, 200, JSON.stringify(answer.body));
  };
  // An address that a colleague gives a contact brings mail to them, which their exception does not share.
  await change(`contacts/${records.contact}`, { other_emails: [{ label: null, value: 'else@else.example' }] });
  await eventually(async () => (await aboutOf(other.id)).includes(records.contact));
  assert.equal(await isSeen(other.id), false);
  assert.deepEqual((await except('contact', records.contact!, 'all')).addresses, ['else@else.example', lee]);
  assert.equal(await isSeen(other.id), true, 'once its owner has seen the address');
  await withoutExceptions();

  // Nor is anything shared once a colleague takes an address from a contact of whom nothing is, or deletes or merges them.
  await change(`contacts/${records.contact}`, { other_emails: [] });
  const kim = await made(colleague, 'contacts', { given_name: 'Kim', email: 'else@else.example' });
  await eventually(async () => String(await aboutOf(other.id)) === kim.id);
  await share('all');
  await except('contact', kim.id, 'private');
  assert.equal(await isSeen(other.id), false);
  await change(`contacts/${kim.id}`, { email: 'new@else.example' });
  await eventually(async () => (await aboutOf(other.id)).length === 0);
  assert.equal(await isSeen(other.id), false, 'by another address');
  assert.equal((await colleague('DELETE', `/api/v1/contacts/${kim.id}`)).status, 204);
  assert.equal(await isSeen(other.id), false, 'of somebody who is gone');
  assert.deepEqual(
    (await exceptions()).map(({ name, addresses }: { name: null; addresses: string[] }) => [name, addresses]),
    [[null, ['else@else.example']]],
  );
  await withoutExceptions();
  assert.equal(await isSeen(other.id), true);
});

test('a mail that its owner says is about somebody else follows the exception of that person', {
  skip: dovecotSkip,
}, async () => {
  await share('all');
  const further = await messageOf('Further');
  const isSeen = async () => (await admin.api('GET', `/api/v1/messages/${further.id}`)).status === 200;
  const say = async (...ids: string[]) => {
    const answer = await owner('PATCH', `/api/v1/messages/${further.id}`, {
      records: ids.map((id) => ({ type: 'contact', id })),
    });
    assert.equal(answer.status, 200, JSON.stringify(answer.body));
  };
  const wrong = await made(owner, 'contacts', { given_name: 'Wrong', email: 'else@else.example' });
  const right = await made(owner, 'contacts', { given_name: 'Right', email: 'right@right.example' });
  await eventually(async () => (await messageOf('Further')).records[0]?.id === wrong.id);
  await except('contact', wrong.id, 'private');
  assert.equal(await isSeen(), false);
  await say(right.id);
  assert.equal(await isSeen(), true, 'it is not from them');
  await except('contact', right.id, 'private');
  assert.equal(await isSeen(), false);
  await share('private');
  await except('contact', right.id, 'all');
  assert.equal(await isSeen(), true);
  await say(wrong.id);
  assert.equal(await isSeen(), false);
  await withoutExceptions();
});

test('a mail that joins two conversations shares neither of them more', { skip: dovecotSkip }, async () => {
  await share('private');
  const append = (subject: string, references?: string) =>
    dovecot.as(address, (client) =>
      client.append(
        'INBOX',
        rawMail({
          from: 'x@x.example',
          to: address,
          subject,
          id: `${subject}@x.example`,
          ...(references && { references }),
        }),
      ),
    );
  for (const subject of ['Known', 'Secret']) await append(subject);
  await compare(owner, mailbox);
  await inSync(owner, mailbox);
  await except('thread', (await threadOf('Known')).conversation_id, 'all');
  const [known, secret] = [await messageOf('Known'), await messageOf('Secret')];
  const isSeen = async ({ id }: { id: string }) => (await admin.api('GET', `/api/v1/messages/${id}`)).status === 200;
  assert.deepEqual([await isSeen(known), await isSeen(secret)], [true, false]);
  await append('Joining', 'Known@x.example Secret@x.example');
  await compare(owner, mailbox);
  await inSync(owner, mailbox);
  await eventually(async () => (await read(owner, `messages/${known.id}/conversation`)).data.length === 3);
  assert.deepEqual([await isSeen(known), await isSeen(secret)], [false, false]);
  const [joined] = await exceptions();
  assert.deepEqual([joined.kind, joined.level, joined.only_narrows], ['thread', 'all', true]);
  // Nor does it come before what is said of the person who wrote them.
  await share('all');
  const writer = await made(owner, 'contacts', { given_name: 'Xenia', email: 'x@x.example' });
  await except('contact', writer.id, 'private');
  assert.deepEqual([await isSeen(known), await isSeen(secret)], [false, false]);
  const { data } = await read(owner, `threads?mailbox_id=${mailbox}`);
  const thread = data.find(({ messages }: { messages: number }) => messages === 3);
  await except('thread', thread.conversation_id, 'all');
  assert.deepEqual([await isSeen(known), await isSeen(secret)], [true, true], 'once its owner says so');
});

test('nor does it once the mail that joins them is read before one of them', { skip: dovecotSkip }, async () => {
  await withoutExceptions();
  await share('private');
  const append = async (subject: string, references?: string) => {
    const mail = { from: 'y@y.example', to: address, subject, id: `${subject}@y.example` };
    await dovecot.as(address, (client) =>
      client.append('INBOX', rawMail({ ...mail, ...(references && { references }) })),
    );
    await compare(owner, mailbox);
    await inSync(owner, mailbox);
  };
  await append('Open');
  await except('thread', (await threadOf('Open')).conversation_id, 'all');
  const isSeen = async (subject: string) =>
    (await admin.api('GET', `/api/v1/messages/${(await messageOf(subject)).id}`)).status === 200;
  assert.equal(await isSeen('Open'), true);
  await append('Between', 'Open@y.example Hidden@y.example');
  assert.equal(await isSeen('Between'), true, 'it answers what is shared');
  await append('Hidden');
  assert.equal((await read(owner, `messages/${(await messageOf('Open')).id}/conversation`)).data.length, 3);
  assert.deepEqual([await isSeen('Hidden'), await isSeen('Open')], [false, false]);
});

test('a mailbox that is deleted shares nothing by what others share', { skip: dovecotSkip }, async () => {
  await withoutExceptions();
  await share('private');
  const { api: bob } = await tenant.as('member', 'Bob');
  const { id } = await made(bob, 'mailboxes', { name: 'Bob', address: 'bob@post.example', sharing: 'private' });
  const other = await messageOf(subject_word);
  assert.equal(other.records[0].id, records.contact);
  const exception = { kind: 'contact', target_id: records.contact, level: 'all' };
  const put = await bob('PUT', `/api/v1/mailboxes/${id}/sharing-exceptions`, exception);
  assert.equal(put.status, 200, JSON.stringify(put.body));
  const seenBy = async (api: Client) => (await api('GET', `/api/v1/messages/${other.id}`)).status;
  assert.equal(await seenBy(admin.api), 404);
  assert.equal((await owner('DELETE', `/api/v1/mailboxes/${mailbox}`)).status, 204);
  assert.equal(await seenBy(admin.api), 404);
});
