import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import pg from 'pg';
import {
  type Client,
  eventually,
  type SharedTestApp,
  sharedTestApp,
  type TestTenant,
} from '../../../../test/harness/app.ts';
import { asOwner, asTableOwner } from '../../../../test/harness/identity.ts';

let app: SharedTestApp;
let tenant: TestTenant;
let admin: Client;
let contact: string;
before(async () => {
  app = await sharedTestApp();
  tenant = await app.tenant();
  admin = (await tenant.as('admin')).api;
  contact = (await made(admin, 'contacts', { given_name: 'Ada', family_name: 'Byron' })).id;
});

async function made(api: Client, path: string, body: object) {
  const answer = await api('POST', `/api/v1/${path}`, body);
  assert.ok(answer.status < 300, `${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
  return answer.body;
}

interface Hit {
  resource: string;
  id: string;
  title: string | null;
  passage: string;
  subject: { id: string } | null;
}

async function byMeaning(q: string, api = admin): Promise<{ state: string; passages: Hit[] }> {
  const { status, body } = await api('GET', `/api/v1/search?by=meaning&q=${encodeURIComponent(q)}`);
  assert.equal(status, 200, JSON.stringify(body));
  assert.deepEqual([body.data, body.written], [[], []]);
  return body.meaning;
}
const ids = async (q: string, api = admin) => (await byMeaning(q, api)).passages.map(({ id }) => id);

/** Texts of two subjects: pension and retirement stand together, boats and sailing do, and never one with the other. */
const texts = Array.from({ length: 20 }, (_, n) => [
  `She plans her retirement and asked about the pension, number ${n}. The annuity pays from the age of sixty.`,
  `The pension and its annuity were explained for the retirement in year ${n}.`,
  `He sails his yacht near the harbour, the regatta number ${n} was won by the crew.`,
  `A new yacht with a taller mast, and the crew trains for the regatta in week ${n}.`,
]).flat();

const addNotes = (bodies: readonly string[], record = contact, api = admin) =>
  made(api, 'notes/bulk', {
    data: bodies.map((body) => ({ body: `<p>${body}</p>`, records: [{ type: 'contact', id: record }] })),
  });

const served = async () => {
  const [model] = await asOwner(
    app,
    `select id, documents from meaning_model where tenant_id = $1 and state = 'serving'`,
    [tenant.tenant_id],
  );
  return model as { id: string; documents: number } | undefined;
};

test('it says that there is too little text; once there is enough, it learns, and finds what says the same in other words', async () => {
  assert.deepEqual(await byMeaning('pension'), { state: 'too_little_text', words_only: false, passages: [] });
  await addNotes(texts);
  await eventually(async () => (await byMeaning('pension')).state === 'ready');
  // "Mast" stands in one note of four, and in none with "harbour"; both are about yachts.
  const note = await made(admin, 'notes', {
    body: '<p>Ordered new sails for the mast.</p>',
    records: [{ type: 'contact', id: contact }],
  });
  await eventually(async () => (await ids('harbour yacht')).length > 0 && (await ids('mast')).includes(note.id));
  const { passages } = await byMeaning('regatta harbour');
  assert.ok(passages.length > 0);
  for (const { passage, resource, subject } of passages) {
    assert.match(passage, /yacht/);
    assert.equal(resource, 'note');
    assert.equal(subject?.id, contact);
  }
  const alike = await byMeaning('taller harbour');
  assert.ok(
    alike.passages.every(({ passage }) => !/pension/.test(passage)),
    JSON.stringify(alike),
  );
});

test('names and numbers are found by their words, whatever else is alike', async () => {
  const record = [{ type: 'contact', id: contact }];
  const named = await made(admin, 'activities', {
    kind: 'call',
    subject: 'Talk with Xanthippe',
    body: 'Contract 4711-B of the yacht',
    records: record,
  });
  for (const q of ['Xanthippe', '4711', 'yacht 4711', 'xanthippe regatta'])
    await eventually(async () => (await ids(q))[0] === named.id);
  assert.equal((await byMeaning('xanthippe')).passages[0]!.title, 'Talk with Xanthippe');
});

test('notes on records that one does not see are not found, nor does a word that stands in those alone lead anywhere', async () => {
  const secret = await made(admin, 'contacts', { given_name: 'Secret' });
  const words = Array.from({ length: 6 }, (_, n) => `The divorce of the heiress concerns a zephyr, file ${n}.`);
  await addNotes(words, secret.id);
  const adviser = await tenant.as('advisor', 'meaning');
  const own = await made(adviser.api, 'contacts', { given_name: 'Own' });
  await addNotes(
    ['The yacht lies in the harbour after the regatta.', 'The pension of Own.', 'A zephyr over the lake.'],
    own.id,
    adviser.api,
  );
  await eventually(async () => (await ids('yacht regatta', adviser.api)).length === 1);
  await made(admin, 'meaning-models', {});
  await eventually(async () => {
    const [term] = await asOwner(
      app,
      `select count(*)::int as n from meaning_term t join meaning_model m on m.tenant_id = t.tenant_id and m.id = t.model_id
      where t.tenant_id = $1 and m.state = 'serving' and m.documents > $2`,
      [tenant.tenant_id, texts.length + 5],
    );
    return (term as { n: number }).n > 0;
  });
  await eventually(async () => (await ids('divorce heiress')).length > 0);
  assert.deepEqual(await ids('divorce heiress', adviser.api), []);
  assert.deepEqual((await ids('yacht', adviser.api)).length, 1);
  // A word that they read has its place from all texts, so something else of theirs may follow.
  assert.match((await byMeaning('zephyr', adviser.api)).passages[0]!.passage, /zephyr/);
  const mixed = await byMeaning('pension heiress', adviser.api);
  assert.deepEqual(
    mixed.passages.map(({ passage }) => passage),
    ['The pension of Own.'],
  );
  assert.deepEqual((await byMeaning('yacht', (await (await app.tenant()).as('admin')).api)).passages, []);
});

test('mail is found as far as the owner of its mailbox shares it, at once', async () => {
  const owner = await tenant.as('advisor', 'postman');
  const box = await made(owner.api, 'mailboxes', { name: 'Post', address: 'post@mail.example', sharing: 'private' });
  const [row] = await asOwner(app, `insert into mail_message (tenant_id, digest, conversation_id, subject, body, occurred_at, mailbox_ids)
    values ($1, sha256('meaning'), gen_random_uuid(), 'Chandlery',
      'The yacht of Zuleika has a leak, says the harbour.' || chr(10) || '> quoted pension words', now(), array[$2::uuid])
        returning id, conversation_id`,
    [tenant.tenant_id, box.id]); // biome-ignore format: a statement
  const mail = row as { id: string; conversation_id: string };
  await asOwner(
    app,
    `insert into mail_thread (tenant_id, mailbox_id, conversation_id, last_at, messages, unread) values ($1, $2, $3, now(), 1, 0)`,
    [tenant.tenant_id, box.id, mail.conversation_id],
  );
  await eventually(async () => (await ids('zuleika', owner.api)).includes(mail.id));
  assert.deepEqual(await ids('zuleika'), [], 'an administrator does not read it either');
  assert.ok(!(await ids('yacht harbour leak')).includes(mail.id));
  assert.doesNotMatch((await byMeaning('zuleika', owner.api)).passages[0]!.passage, /quoted/);
  for (const [sharing, reads] of [['subjects', false], ['all', true], ['private', false]] as const) {
    const answer = await owner.api('PATCH', `/api/v1/mailboxes/${box.id}`, { sharing });
    assert.equal(answer.status, 200, JSON.stringify(answer.body));
    assert.equal((await ids('zuleika')).includes(mail.id), reads, sharing);
  } // biome-ignore format: a table
});

test('a word that stands in mail of others alone leads nowhere, though the model knows what it is like', async () => {
  const owner = await tenant.as('admin', 'courier');
  const box = await made(owner.api, 'mailboxes', { name: 'Post', address: 'courier@mail.example', sharing: 'private' });
  for (const n of [1, 2, 3, 4])
    await asOwner(
      app,
      `with mail as (
         insert into mail_message (tenant_id, digest, conversation_id, subject, body, occurred_at, mailbox_ids)
         values ($1, sha256(('courier' || $3)::bytea), gen_random_uuid(), 'Crew ' || $3::text,
           'Xerxes steers the yacht of the regatta into the harbour.', now(), array[$2::uuid]) returning conversation_id)
       insert into mail_thread (tenant_id, mailbox_id, conversation_id, last_at, messages, unread)
         select $1, $2, conversation_id, now(), 1, 0 from mail`,
      [tenant.tenant_id, box.id, n],
    );
  await made(admin, 'meaning-models', {});
  // The owner finds more by the word than what it stands in.
  await eventually(
    async () => (await byMeaning('xerxes', owner.api)).passages.some(({ passage }) => !/Xerxes/.test(passage)),
    240_000,
  );
  assert.deepEqual((await byMeaning('xerxes')).passages, []);
});

test('what is changed or deleted is found by what it says now', async () => {
  const note = await made(admin, 'notes', {
    body: '<p>Quagga regatta</p>',
    records: [{ type: 'contact', id: contact }],
  });
  await eventually(async () => (await ids('quagga')).includes(note.id));
  await admin('PATCH', `/api/v1/notes/${note.id}`, { body: '<p>Okapi regatta</p>' });
  await eventually(async () => (await ids('okapi'))[0] === note.id);
  assert.ok((await byMeaning('quagga')).passages.every(({ passage }) => !/Quagga/.test(passage)));
  const model = await served();
  await admin('DELETE', `/api/v1/notes/${note.id}`);
  assert.deepEqual(await ids('okapi'), [], 'at once');
  await eventually(async () => (await passagesOf(note.id)) === 0);
  assert.equal((await served())?.id, model?.id, 'without a new model');
});

const passagesOf = async (id: string) => {
  const [row] = await asOwner(
    app,
    'select count(*)::int as n from meaning_passage where tenant_id = $1 and record_id = $2',
    [tenant.tenant_id, id],
  );
  return (row as { n: number }).n;
};

test('while a new model is made the old one serves, and afterwards nothing is left of it', async () => {
  const before = await served();
  await addNotes(Array.from({ length: 60 }, (_, n) => `The orchard has apples and pears, the cider press ${n} works.`));
  let answers = 0;
  await eventually(async () => {
    const { state, passages } = await byMeaning('regatta');
    assert.equal(state, 'ready');
    assert.ok(passages.length > 0, 'at no time is there no answer');
    answers++;
    return (await served())!.id !== before!.id;
  });
  assert.ok(answers > 0);
  await eventually(async () => {
    const models = await asOwner(app, 'select id from meaning_model where tenant_id = $1', [tenant.tenant_id]);
    return models.length === 1;
  });
  for (const { passage } of (await byMeaning('cider orchard')).passages) assert.match(passage, /orchard/);
  const stored = JSON.stringify(
    await asOwner(app, 'select * from meaning_passage where tenant_id = $1 limit 50', [tenant.tenant_id]),
  );
  assert.doesNotMatch(stored, /yacht|orchard|pension/, 'no index holds the words of a text');
});

test('a search that is under way while another model takes over finds as much', async () => {
  const { id } = (await served())!;
  const client = new pg.Client({ connectionString: app.database.ownerUrl });
  await client.connect();
  const copy = (table: string, other: string, where: string) =>
    client.query(
      `insert into ${table} select (jsonb_populate_record(null::${table}, to_jsonb(t) || jsonb_build_object(${other}))).* from ${table} t
       where t.tenant_id = '${tenant.tenant_id}' and ${where}`,
    );
  try {
    const next = crypto.randomUUID();
    await client.query('begin; set local role holdfast_system');
    await copy('meaning_model', `'id', '${next}', 'state', 'training'`, `t.id = '${id}'`);
    await copy('meaning_term', `'model_id', '${next}'`, `t.model_id = '${id}'`);
    await copy('meaning_passage', `'model_id', '${next}', 'id', gen_random_uuid()`, `t.model_id = '${id}'`);
    // The search knows its model, and waits for the passages.
    await client.query('lock table meaning_passage in access exclusive mode');
    const searched = byMeaning('regatta');
    await eventually(async () => {
      const waiting = `select from pg_locks where relation = 'meaning_passage'::regclass and not granted`;
      return (await client.query(waiting)).rowCount === 1;
    });
    await client.query(`update meaning_model set state = 'retired' where id = '${id}'`);
    await client.query(`update meaning_model set state = 'serving' where id = '${next}'`);
    await client.query(`delete from meaning_passage where model_id = '${id}'; commit`);
    assert.ok((await searched).passages.length > 0);
  } finally {
    await client.end();
  }
});

test('a run that was taken for lost puts its model into use no more', async () => {
  const before = await served();
  // As another run does: it retires what is in the making.
  await asTableOwner(
    app,
    'meaning_passage',
    `create function lose_model() returns trigger language plpgsql as $$ begin
       update meaning_model set state = 'retired' where tenant_id = '${tenant.tenant_id}' and state = 'training';
       return null;
     end $$;
     create trigger lost after insert on meaning_passage for each statement execute function lose_model()`,
  );
  const learnt = async () =>
    (
      await asOwner(
        app,
        `select from job where tenant_id = $1 and kind = 'meaning.learn' and payload ->> 'anew' = 'true' and state = 'done'`,
        [tenant.tenant_id],
      )
    ).length;
  const earlier = await learnt();
  await made(admin, 'meaning-models', {});
  await eventually(async () => (await learnt()) > earlier);
  await asTableOwner(app, 'meaning_passage', 'drop trigger lost on meaning_passage; drop function lose_model()');
  assert.deepEqual(await served(), before);
  assert.ok((await byMeaning('regatta')).passages.length > 0);
});

test('with the product switched off nothing is found by meaning', async () => {
  const other = await app.tenant();
  const { api } = await other.as('admin');
  assert.equal((await api('PATCH', '/api/v1/features', { insight: false })).status, 200);
  assert.equal((await api('GET', '/api/v1/search?by=meaning&q=yacht')).status, 403);
  assert.equal((await api('GET', '/api/v1/search?q=yacht')).status, 200);
});
