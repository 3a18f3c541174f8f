import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import pg from 'pg';
import {
  type Answer,
  type Client,
  eventually,
  startTestApp,
  type TestApp,
  type TestTenant,
} from '../../../test/harness/app.ts';
import { findCanaries } from '../../../test/harness/canaries.ts';
import { follow, importNow, upload } from '../../../test/harness/import.ts';
import { type MailSink, startMailSink } from '../../kernel/mail/sink.ts';
import { connectAsSystem } from '../connection.ts';
import { finishSwitches } from './finish.ts';

let app: TestApp;
let sink: MailSink;
let tenant: TestTenant;
let api: Client;
let contact: string;
let other: string;
before(async () => {
  sink = await startMailSink();
  app = await startTestApp({ SMTP_URL: sink.url, PUBLIC_URL: 'https://crm.example' });
  tenant = await app.tenant('sealed');
  api = await tenant.signedIn('admin');
  contact = (await made('contacts', { given_name: 'Ada', family_name: 'Byron' })).id;
  other = (await made('contacts', { given_name: 'Charles', family_name: 'Babbage' })).id;
});
after(async () => {
  await app.stop();
  await sink.close();
});

// A test that failed may leave it sealed.
beforeEach(async () => {
  if ((await read('tenant/personal-sealing')).state !== 'off') await turn(false);
});

const sealing = '/api/v1/tenant/personal-sealing';
const good = (answer: Answer): Answer => {
  assert.ok(answer.status < 300, JSON.stringify(answer.body));
  return answer;
};
const read = async (path: string) => good(await api('GET', `/api/v1/${path}`)).body;
const made = async (path: string, body: unknown) => good(await api('POST', `/api/v1/${path}`, body)).body;
const undo = (changed: Answer) => api('POST', `/api/v1/changes/${changed.headers.get('change-id')}/reversal`);
async function finish(): Promise<void> {
  const client = await connectAsSystem(app.database.ownerUrl, 'bodies-test');
  await finishSwitches({ client, db: app.app.services.db }).finally(() => client.end());
}
const turn = async (on: boolean) => {
  good(await api('PUT', sealing, { on }));
  await finish();
  assert.equal((await read('tenant/personal-sealing')).state, on ? 'on' : 'off');
};
async function asOwner<R>(work: (owner: pg.Client) => Promise<R>): Promise<R> {
  const owner = new pg.Client({ connectionString: app.database.ownerUrl });
  await owner.connect();
  return work(owner).finally(() => owner.end());
}
/** Where a word stands in the database. */
const placesOf = (word: string) => asOwner((owner) => findCanaries(owner, [word]));
const searched = (q: string) => read(`search?q=${encodeURIComponent(q)}`);
const found = async (q: string): Promise<string[]> => (await searched(q)).written.map(({ id }: { id: string }) => id);
const byMeaning = async (q: string): Promise<string[]> =>
  (await read(`search?by=meaning&q=${encodeURIComponent(q)}`)).meaning.passages.map(({ id }: { id: string }) => id);

/** What is written about a record, and how. */
const kinds = [
  {
    resource: 'activity',
    plural: 'activities',
    aside: [{ outcome: 'voicemail' }, { outcome: 'connected' }],
    compared: [
      ['body', 'contains'],
      ['subject', 'eq'],
    ] as const,
    of: (body: string, record = contact) => ({
      kind: 'call',
      subject: `About ${body}`,
      body,
      records: [{ type: 'contact', id: record }],
    }),
  },
  {
    resource: 'note',
    plural: 'notes',
    aside: [{ pinned: true }, { pinned: false }],
    compared: [['body', 'contains']] as const,
    of: (text: string, record = contact) => ({ body: `<p>${text}</p>`, records: [{ type: 'contact', id: record }] }),
  },
  {
    resource: 'comment',
    plural: 'comments',
    aside: undefined,
    compared: [['body', 'contains']] as const,
    of: (text: string, record = contact) => ({ body: `<p>${text}</p>`, record_id: record }),
  },
];
const entriesOf = async (resource: string, record = contact) =>
  (await read(`contacts/${record}/timeline?kinds=${resource}&limit=50`)).data.map(
    (entry: Record<string, { id: string; body: string }>) => entry[resource]!,
  );
const filterOf = (field: string, op: string, value?: string) =>
  encodeURIComponent(JSON.stringify({ field, op, ...(value !== undefined && { value }) }));

/** Comments have no export. */
const exportOf = async (plural: string): Promise<string> =>
  plural === 'comments' ? '' : read(`${plural}/export.csv?sort=id`);

for (const { resource, plural, aside, compared, of } of kinds) {
  test(`${plural} are read, undone and found by what is left, sealed or on the way, and no word of them is in the clear`, async () => {
    const word = `Kupferberg${resource}`;
    const early = await made(plural, of(`${word} early`));
    const changed = good(await api('PATCH', `/api/v1/${plural}/${early.id}`, { body: `${word} changed` }));
    const gone = await made(plural, of(`${word} trashed`));
    good(await api('DELETE', `/api/v1/${plural}/${gone.id}`));
    // What an undo left as it was is kept with its name.
    const twice = await made(plural, of(`${word} twice`, other));
    if (aside) {
      const once = good(await api('PATCH', `/api/v1/${plural}/${twice.id}`, { body: 'Once', ...aside[0] }));
      good(await api('PATCH', `/api/v1/${plural}/${twice.id}`, aside[1]));
      assert.equal(good(await undo(once)).body.skipped, 1);
    }
    assert.deepEqual(new Set(await found(word)), new Set([early.id, twice.id]));
    assert.equal((await searched(word)).bodies_sealed, false);
    const shown = await entriesOf(resource);
    const exported = await exportOf(plural);
    const trash = await read('trash');
    const trail = await read(`audit-events?resource=${resource}&limit=100`);

    const changing = await made(plural, of(`${word} before`, other));

    // On the way: the record of before stands in the clear, the next one does not.
    good(await api('PUT', sealing, { on: true }));
    const late = await made(plural, of(`${word} late`));
    assert.deepEqual(new Set(await found(word)), new Set([early.id, twice.id, changing.id]));
    assert.equal((await searched(word)).bodies_sealed, true);
    // Changed in between, a text is sealed beside a subject that is not yet.
    good(await api('PATCH', `/api/v1/${plural}/${changing.id}`, { body: `${word} between` }));
    const hit = (await searched(word)).written.find(({ id }: { id: string }) => id === changing.id);
    if (resource === 'activity') assert.equal(hit.excerpt, `${word} between`);
    else assert.equal(hit, undefined);
    const both = await entriesOf(resource);
    assert.equal(both.find(({ id }: { id: string }) => id === late.id).body, late.body);
    await finish();

    assert.deepEqual(await placesOf(word), []);
    assert.deepEqual(await entriesOf(resource), both);
    assert.deepEqual(both.slice(1), shown);
    assert.deepEqual(
      (await read(`${plural}/${early.id}`)).body,
      shown.find(({ id }: { id: string }) => id === early.id).body,
    );
    assert.deepEqual((await read('trash')).data, trash.data);
    const events = (await read(`audit-events?resource=${resource}&limit=100`)).data;
    assert.deepEqual(events.slice(-trail.data.length), trail.data);
    const sealedExport = await exportOf(plural);
    assert.ok(sealedExport.startsWith(exported), sealedExport);
    assert.ok(plural === 'comments' || sealedExport.includes(`${word} late`));
    assert.deepEqual(await found(word), []);
    assert.equal((await searched(word)).bodies_sealed, true);
    for (const [field, op] of compared) {
      const refused = await api('GET', `/api/v1/${plural}?filter=${filterOf(field, op, word)}`);
      assert.deepEqual([refused.status, refused.body.code], [422, 'validation_failed']);
      assert.match(JSON.stringify(refused.body.errors), /sealed in this workspace/);
    }
    good(await api('GET', `/api/v1/${plural}?filter=${filterOf('body', 'not_empty')}`));

    assert.equal(good(await undo(changed)).body.state, 'done');
    assert.match((await read(`${plural}/${early.id}`)).body, new RegExp(`${word} early`));
    const long = `${word} ${'ä'.repeat(99_000)}`;
    good(await api('PATCH', `/api/v1/${plural}/${early.id}`, { body: long }));
    assert.ok((await read(`${plural}/${early.id}`)).body.includes(long));
    assert.equal((await api('PATCH', `/api/v1/${plural}/${early.id}`, { body: 'ä'.repeat(100_001) })).status, 422);
    good(await api('PATCH', `/api/v1/${plural}/${early.id}`, { body: `${word} last` }));
    assert.deepEqual(await placesOf(word), []);

    await turn(false);
    assert.deepEqual(new Set(await found(word)), new Set([early.id, late.id, twice.id, changing.id]));
    assert.equal((await searched(word)).bodies_sealed, false);
    assert.match((await read(`${plural}/${early.id}`)).body, new RegExp(`${word} last`));
    for (const { id } of [early, late, twice, changing]) good(await api('DELETE', `/api/v1/${plural}/${id}`));
  });
}

const mention = (id: string, words: string) => `<p><span data-type="mention" data-id="${id}">@x</span> ${words}</p>`;
const mailsTo = (name: string): string[] =>
  sink
    .messages()
    .filter(({ to }) => to.includes(`${name}@sealed.example`))
    .map(({ text }) => text);

test('who is mentioned in a sealed text is told so by the inbox and by mail, with its beginning', async () => {
  const ben = await tenant.as('member', 'ben');
  const inbox = async () => {
    const { body } = good(await ben.api('GET', '/api/v1/notifications?view=all'));
    return body.data.map(({ source }: { source: { text: string } }) => source.text);
  };
  const { of } = kinds.find(({ resource }) => resource === 'note')!;
  await made('notes', { ...of(''), body: mention(ben.user_id, 'saw the <b>Bernsteinzimmer</b> &amp; more') });
  await eventually(async () => (await inbox()).length === 1);
  await turn(true);
  assert.deepEqual(await inbox(), ['@ben saw the Bernsteinzimmer & more']);
  const said = { ...of(''), body: mention(ben.user_id, `Bernsteinzimmer again ${'and again '.repeat(60)}`) };
  const note = await made('notes', said);
  assert.deepEqual(note.mentions, [ben.user_id]);
  await eventually(async () => (await inbox()).length === 2);
  const [again] = await inbox();
  assert.match(again!, /^@ben Bernsteinzimmer again and again/);
  assert.ok(again!.length <= 300);
  await eventually(async () => mailsTo('ben').some((text) => /Bernsteinzimmer again/.test(text)));
  assert.deepEqual(await placesOf('Bernsteinzimmer'), []);
  await turn(false);
  assert.deepEqual((await inbox())[0], again);
});

test('threads of comments are read whole, and who follows a record is told of a sealed comment', async () => {
  const record_id = (await made('contacts', { given_name: 'Thread' })).id;
  const cy = await tenant.as('member', 'cy');
  good(await cy.api('PUT', `/api/v1/contacts/${record_id}/following`));
  const head = await made('comments', { record_id, body: '<p>Alabaster asks</p>' });
  await made('comments', { parent_id: head.id, body: '<p>Alabaster answers</p>' });
  await turn(true);
  await made('comments', { parent_id: head.id, body: '<p>Alabaster answers again</p>' });
  const [thread] = (await read(`contacts/${record_id}/timeline?kinds=comment`)).data;
  assert.equal(thread.comment.body, '<p>Alabaster asks</p>');
  assert.deepEqual(
    thread.replies.map(({ body }: { body: string }) => body),
    ['<p>Alabaster answers</p>', '<p>Alabaster answers again</p>'],
  );
  const inbox = async () =>
    good(await cy.api('GET', '/api/v1/notifications?view=all')).body.data.map(
      ({ source }: { source: { text: string } }) => source.text,
    );
  await eventually(async () => (await inbox()).length === 3);
  assert.deepEqual(await inbox(), ['Alabaster answers again', 'Alabaster answers', 'Alabaster asks']);
  assert.deepEqual(await placesOf('Alabaster'), []);
  await turn(false);
});

test('insights read sealed texts, and excerpts are those of the text', async () => {
  const person = (await made('contacts', { given_name: 'Insight' })).id;
  const promise = 'I will send you the contract of Zinnober by Friday.';
  await made('activities', {
    kind: 'email',
    direction: 'out',
    subject: 'Zinnober',
    body: `${'Dear Ada. '.repeat(20)}${promise}`,
    records: [{ type: 'contact', id: person }],
  });
  const insight = async () => {
    const { summary, promises, texts } = await read(`insights?of=contact&id=${person}`);
    return { summary, promises, texts };
  };
  await made('notes', {
    body: '<p>Ada asked whether Zinnober is <b>red</b>. She decided to buy Zinnober.</p>',
    records: [{ type: 'contact', id: person }],
  });
  const before = await insight();
  assert.match(JSON.stringify(before), /Zinnober/);
  await turn(true);
  assert.deepEqual(await placesOf('Zinnober'), []);
  assert.deepEqual(await insight(), before);
  await turn(false);
});

test('the search by meaning loses the passages and words of what is sealed at once, and gets them back', async () => {
  const person = (await made('contacts', { given_name: 'Meaning' })).id;
  const texts = Array.from({ length: 20 }, (_, n) => [
    `She plans her retirement and asked about the pension, number ${n}. The annuity pays from the age of sixty.`,
    `The pension and its annuity were explained for the retirement in year ${n}.`,
  ]).flat();
  const records = [{ type: 'contact', id: person }];
  await made('activities/bulk', {
    data: texts.map((body, n) => ({ kind: 'call', subject: `Call ${n}`, body, records })),
  });
  const stored = () =>
    asOwner(async (owner) => {
      const { rows } = await owner.query<{ passages: number; words: number }>(
        `select (select count(*)::int from meaning_passage where tenant_id = $1) as passages,
          (select count(*)::int from meaning_term where tenant_id = $1) as words`,
        [tenant.tenant_id],
      );
      return rows[0]!;
    });
  await eventually(async () => (await byMeaning('pension annuity')).length > 0);
  const before = await stored();
  assert.ok(before.passages >= texts.length && before.words > 0, JSON.stringify(before));
  await turn(true);
  assert.deepEqual(await stored(), { passages: 0, words: 0 });
  assert.deepEqual(await byMeaning('pension annuity'), []);
  // Neither a change nor learning anew makes passages of what is sealed.
  const late = await made('activities', { kind: 'call', subject: 'Late', body: texts[0], records });
  good(await api('PATCH', `/api/v1/activities/${late.id}`, { body: texts[1] }));
  await made('meaning-models', {});
  await eventually(async () => {
    const { rows } = await asOwner((owner) =>
      owner.query(`select from job where tenant_id = $1 and kind like 'meaning.%' and state in ('ready', 'running')`, [
        tenant.tenant_id,
      ]),
    );
    return rows.length === 0;
  });
  assert.deepEqual(await stored(), { passages: 0, words: 0 });
  await turn(false);
  await eventually(async () => (await byMeaning('pension annuity')).length > 0);
});

test('an import seals what it keeps in notes, once, and the rows that it shows', async () => {
  const lines =
    'External ID;Given name;Story;E-mail\nn-1;Known;Lapislazuli one;x@y.example\nn-2;Bad;Lapislazuli two;@@\n';
  const kept = await upload(api, [['people.csv', lines]]);
  const files = kept.body.files.map(({ id }: { id: string }) => ({ id, resource: 'contact' }));
  const columns = { Story: 'note' };
  good(
    await api('PATCH', `/api/v1/imports/${kept.body.id}`, {
      files: files.map((file: object) => ({ ...file, columns })),
    }),
  );
  const checked = await follow(api, kept.body.id, 'dry-runs');
  const rows = async () =>
    (await read(`imports/${kept.body.id}/rows?file_id=${checked.files[0]!.id}`)).data as { cells: string[] }[];
  const shown = await rows();
  assert.match(JSON.stringify(shown), /Lapislazuli two/);
  await turn(true);
  assert.deepEqual(await placesOf('Lapislazuli'), []);
  assert.deepEqual(await rows(), shown);
  const load = () =>
    importNow(api, [['people.csv', lines]], ({ files: given }) => ({
      files: given.map(({ id }) => ({ id, resource: 'contact', columns })),
    }));
  const first = await load();
  assert.ok(first.files[0]!.counts.created > 0, JSON.stringify(first));
  await load();
  const notes = (await read('notes?limit=200')).data.filter(({ body }: { body: string }) => /Lapislazuli/.test(body));
  assert.deepEqual(
    notes.map(({ body }: { body: string }) => body).sort(),
    ['one', 'two'].map((which) => `<p><strong>Story</strong>: Lapislazuli ${which}</p>`),
    'the second import writes none again',
  );
  assert.deepEqual(await placesOf('Lapislazuli'), []);
  await turn(false);
});

test('an import repeats no note that somebody wrote by hand, sealed or not', async () => {
  const bodies = ['early', 'late'].map((when) => `<p><strong>Story</strong>: Feldspat ${when}</p>`);
  const { id } = await made('contacts', { given_name: 'Written', external_id: 'w-1' });
  const writes = (body: string) => made('notes', { body, records: [{ type: 'contact', id }] });
  const load = (lines: string) =>
    importNow(api, [['people.csv', `External ID;Given name;Story\n${lines}`]], ({ files }) => ({
      files: files.map((file) => ({ id: file.id, resource: 'contact', columns: { Story: 'note' } })),
    }));
  const notes = async (): Promise<string[]> =>
    (await read('notes?limit=200')).data
      .flatMap(({ body }: { body: string }) => (body.includes('Feldspat') ? body : []))
      .sort();
  await writes(bodies[0]!);
  good(await api('PUT', sealing, { on: true }));
  // The job has not come to the note yet.
  await load('w-1;Written;Feldspat early');
  assert.deepEqual(await notes(), [bodies[0]]);
  await turn(true);
  await writes(bodies[1]!);
  for (const when of ['early', 'late', 'else']) await load(`w-1;Written;Feldspat ${when}`);
  assert.deepEqual(await notes(), [bodies[0], '<p><strong>Story</strong>: Feldspat else</p>', bodies[1]]);
  await turn(false);
});

test('imports seal texts for each record, and their checks keep none in the clear', async () => {
  const external = await made('contacts', { given_name: 'Imported', external_id: 'c-1' });
  const lines = 'Kind,Subject,Text,Contact external ID\ncall,Messinghaus one,Messinghaus text,c-1\n';
  const checked = (await upload(api, [['checked.csv', lines]])).body;
  const files = checked.files.map(({ id }: { id: string }) => ({ id, resource: 'activity' }));
  good(await api('PATCH', `/api/v1/imports/${checked.id}`, { files }));
  await follow(api, checked.id, 'dry-runs');
  assert.notDeepEqual(await placesOf('Messinghaus'), []);
  await turn(true);
  assert.deepEqual(await placesOf('Messinghaus'), []);
  const loaded = await importNow(api, [['activities.csv', lines]], ({ files }) => ({
    files: files.map(({ id }) => ({ id, resource: 'activity' })),
  }));
  assert.equal(loaded.files[0]!.counts.created, 1, JSON.stringify(loaded));
  const entries = await entriesOf('activity', external.id);
  assert.deepEqual(
    entries.map(({ body }: { body: string }) => body),
    ['Messinghaus text'],
  );
  assert.deepEqual(await placesOf('Messinghaus'), []);
  await turn(false);
});
