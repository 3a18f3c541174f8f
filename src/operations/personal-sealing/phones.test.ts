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
import { importNow } from '../../../test/harness/import.ts';
import { systemActor, withContext } from '../../kernel/tenancy/context.ts';
import { verifyAudit } from '../audit-verify.ts';
import { connectAsSystem } from '../connection.ts';
import { finishRotations } from '../key-rotation/rotate.ts';
import { beginRotation } from '../key-rotation/workspace-keys.ts';
import { finishSwitches } from './finish.ts';

let app: TestApp;
let tenant: TestTenant;
let api: Client;
let system: pg.Client;
before(async () => {
  app = await startTestApp({ ALLOW_PRIVATE_NETWORKS: 'true' });
  system = await connectAsSystem(app.database.ownerUrl, 'phones-test');
});
beforeEach(async () => {
  tenant = await app.tenant();
  api = (await tenant.as('admin')).api;
});
after(async () => {
  await system.end();
  await app.stop();
});

const good = (answer: Answer): Answer => {
  assert.ok(answer.status < 300, JSON.stringify(answer.body));
  return answer;
};
const made = async (plural: string, body: unknown): Promise<string> =>
  good(await api('POST', `/api/v1/${plural}`, body)).body.id;
const read = async (path: string) => good(await api('GET', `/api/v1/${path}`)).body;
const finish = (signal?: { throwIfAborted: () => void }) =>
  finishSwitches({ client: system, db: app.app.services.db }, signal);
const turn = async (on: boolean) => {
  good(await api('PUT', '/api/v1/tenant/personal-sealing', { on }));
  await finish();
  assert.equal((await read('tenant/personal-sealing')).state, on ? 'on' : 'off');
};
const filtered = (field: string, op: string, value?: unknown, by = api) =>
  // By time, because after a switch names are being read for a moment.
  by('GET', `/api/v1/contacts?sort=created_at&filter=${encodeURIComponent(JSON.stringify({ field, op, value }))}`);
const ids = (answer: Answer): string[] => good(answer).body.data.map(({ id }: { id: string }) => id);
const searched = async (q: string, by = api) => good(await by('GET', `/api/v1/search?q=${encodeURIComponent(q)}`)).body;
const hits = async (q: string, by = api): Promise<string[]> =>
  (await searched(q, by)).data.map(({ id }: { id: string }) => id);
const matches = async (phone: string): Promise<string[]> =>
  ids(await api('POST', '/api/v1/contacts/matches', { phone }));
const rotate = async () => {
  await withContext(app.app.services.db, systemActor(tenant.tenant_id), (ctx) => beginRotation(ctx, { values: true }));
};
const finishRotation = () => {
  const { db, keyRing: ring } = app.app.services;
  return finishRotations({ client: system, db, ring });
};
const stored = async (id: string) =>
  (
    await system.query(
      "select phone, other_phones #>> '{}' as other_phones, app.phone_key(phone) as key, search_text from contact where id = $1",
      [id],
    )
  ).rows[0];
/** Where a text stands in the database. */
async function placesOf(...texts: string[]): Promise<string[]> {
  const owner = new pg.Client({ connectionString: app.database.ownerUrl });
  await owner.connect();
  return findCanaries(owner, texts).finally(() => owner.end());
}
const findings = async () => (await verifyAudit(app.database.ownerUrl, { db: app.app.services.db })).findings;

class Killed extends Error {}
const killedAt = (n: number) => {
  let asked = 0;
  return {
    throwIfAborted: () => {
      if (++asked > n) throw new Killed();
    },
  };
};

const ada = {
  given_name: 'Ada',
  phone: '+1 (617) 907-5501',
  other_phones: [
    { label: 'Mobile', value: '+49 30 9075502' },
    { label: null, value: '110' },
  ],
};

test('sealed numbers are read as ever and found whole, however they are written; parts are refused or said to be left out', async () => {
  const id = await made('contacts', ada);
  const bea = await made('contacts', { given_name: 'Bea', phone: '+1 617 907 5509' });
  const none = await made('contacts', { given_name: 'Cleo' });
  assert.deepEqual([await hits('9075501'), (await searched('9075501')).numbers_sealed], [[id], false]);
  await turn(true);
  const { phone, other_phones, search_text } = await stored(id);
  assert.ok([phone, other_phones].every((text) => text.startsWith('\u0001sealed:')));
  assert.equal(search_text.trim(), '');
  assert.deepEqual(await placesOf('9075501', '907-5501', '9075502'), []);
  const shown = await read(`contacts/${id}`);
  assert.deepEqual([shown.phone, shown.other_phones], [ada.phone, ada.other_phones]);

  for (const written of ['+1 617 907 5501', '001 617 9075501', '6179075501']) {
    assert.deepEqual(ids(await filtered('phone', 'eq', written)), [id], written);
    assert.deepEqual(await hits(written), [id], written);
    assert.deepEqual(await matches(written), [id], written);
  }
  assert.deepEqual(await hits('030 907 5502'), [id], 'a further one');
  assert.deepEqual(ids(await filtered('phone', 'in', [ada.phone, '+1 617 907 5509'])).sort(), [id, bea].sort());
  assert.deepEqual(ids(await filtered('phone', 'ne', ada.phone)).sort(), [bea, none].sort());
  assert.deepEqual(ids(await filtered('phone', 'is_empty')), [none]);
  assert.deepEqual(ids(await filtered('other_phones', 'not_empty')), [id]);
  const part = await searched('9075501');
  assert.deepEqual([part.data, part.numbers_sealed, (await searched('ada')).numbers_sealed], [[], true, false]);
  for (const [field, op, value] of [
    ['phone', 'contains', '9075501'],
    ['phone', 'starts_with', '+1 617'],
    ['phone', 'eq', '110'],
    ['other_phones', 'contains', '9075502'],
  ] as const) {
    const refused = await filtered(field, op, value);
    assert.deepEqual([refused.status, refused.body.code], [422, 'validation_failed'], JSON.stringify(refused.body));
    assert.match(refused.body.errors[0].message, /sealed in this workspace/);
  }

  const related = { any: 'deals', where: { field: 'name', op: 'eq', value: 'x' } };
  const both = {
    and: [
      { field: 'phone', op: 'eq', value: ada.phone },
      { none: 'deals', where: related.where },
    ],
  };
  assert.deepEqual(
    ids(await api('GET', `/api/v1/contacts?sort=created_at&filter=${encodeURIComponent(JSON.stringify(both))}`)),
    [id],
  );
  const nameless = await made('contacts', { phone: '+1 617 907 5510' });
  assert.equal((await read(`contacts/${nameless}`)).name, '+1 617 907 5510');
  assert.deepEqual(
    (await searched('617 907 5510')).data.map(({ name }: { name: string }) => name),
    ['+1 617 907 5510'],
  );
  good(await api('DELETE', `/api/v1/contacts/${nameless}`));
  good(await api('DELETE', `/api/v1/contacts/${bea}`));
  assert.deepEqual([await hits('+1 617 907 5509'), await matches('+1 617 907 5509')], [[], []]);
  await turn(false);
  assert.deepEqual(await hits('9075501'), [id]);
  assert.deepEqual(await findings(), []);
});

const pairs = async () =>
  (await read('duplicates?resource=contact')).data
    .map(({ reasons, records }: { reasons: { code: string }[]; records: { id: string }[] }) => ({
      reasons: reasons.map(({ code }) => code),
      ids: records.map(({ id }) => id).sort(),
    }))
    .sort();
/** Polls until there are so many pairs. */
const untilPairs = (count: number) => eventually(async () => (await pairs()).length === count, 30_000);

test('duplicates by number are found among sealed ones, beside one that is written, and again at the end of a switch', async () => {
  const one = await made('contacts', { given_name: 'Ada', phone: ada.phone });
  const other = await made('contacts', { given_name: 'Bea', phone: '617 907 5501' });
  const wanted = [{ reasons: ['same_phone'], ids: [one, other].sort() }];
  await untilPairs(1);
  await turn(true);
  await eventually(async () => {
    const { rows } = await system.query(
      "select from job where tenant_id = $1 and kind = 'duplicate.search' and state <> 'done'",
      [tenant.tenant_id],
    );
    return rows.length === 0;
  });
  assert.deepEqual(await pairs(), wanted, 'the search for all');
  const third = await made('contacts', { given_name: 'Cleo', phone: '0016179075501' });
  await untilPairs(3);
  good(await api('PATCH', `/api/v1/contacts/${third}`, { phone: null }));
  await untilPairs(1);
  const { fields } = (await read('duplicate-rules')).data.find(
    ({ resource }: { resource: string }) => resource === 'contact',
  );
  assert.equal(fields.find(({ name }: { name: string }) => name === 'phone').sealed, false);
  assert.equal(fields.find(({ name }: { name: string }) => name === 'postal_code').sealed, true);
  const [hit] = good(await api('POST', '/api/v1/contacts/matches', { phone: ada.phone })).body.data;
  assert.ok([ada.phone, '617 907 5501'].includes(hit.detail), hit.detail);
});

test('pairs that a search misses while a switch or a change of keys is under way are found when it ends', async () => {
  await made('contacts', { given_name: 'Ada', phone: ada.phone });
  for (const [on, pair] of [
    [true, 1],
    [false, 3],
  ] as const) {
    const older = new pg.Client({ connectionString: app.database.ownerUrl });
    await older.connect();
    // The job waits for whoever began before the switch.
    await older.query('begin; select 1');
    good(await api('PUT', '/api/v1/tenant/personal-sealing', { on }));
    await made('contacts', { given_name: `${on}`, phone: ada.phone });
    await untilPairs(pair);
    good(await api('POST', '/api/v1/duplicates/search'));
    await untilPairs(on ? 0 : 1);
    await older.query('commit');
    await older.end();
    await finish();
    assert.equal((await read('tenant/personal-sealing')).state, on ? 'on' : 'off');
    await untilPairs(pair);
  }
  await turn(true);
  await rotate();
  await made('contacts', { given_name: 'Dora', phone: ada.phone });
  await untilPairs(6);
  good(await api('POST', '/api/v1/duplicates/search'));
  await untilPairs(3);
  await finishRotation();
  await untilPairs(6);
});

test('imports find records by sealed numbers, write them sealed, and make people who have nothing else', async () => {
  const rules = [
    {
      when: [
        { field: 'email', compare: 'same' },
        { field: 'phone', compare: 'same' },
      ],
      suspects: false,
      imports: true,
    },
  ];
  const { version } = (await read('duplicate-rules')).data.find(
    ({ resource }: { resource: string }) => resource === 'contact',
  );
  good(await api('PUT', '/api/v1/duplicate-rules/contact', { rules }, { 'if-match': `"${version}"` }));
  const id = await made('contacts', { ...ada, phone: '+1 617 707 5501', email: 'family@x.example' });
  await made('contacts', { given_name: 'Bea', email: 'family@x.example', phone: '+1 617 707 5508' });
  await turn(true);
  const csv =
    'First name,E-mail,Phone,More phone numbers,Job title\nAda,family@x.example,617-707-5501,+1 617 707 5503,Pilot\n,,+1 617 707 5504,,\n';
  const report = await importNow(api, [['people.csv', csv]], ({ files }) => ({
    files: files.map((file) => ({ id: file.id, resource: 'contact' })),
  }));
  assert.deepEqual(
    report.files.map(({ counts }) => [counts.created, counts.updated, counts.errors]),
    [[1, 1, 0]],
    JSON.stringify(report),
  );
  const { job_title, phone, other_phones } = await read(`contacts/${id}`);
  assert.deepEqual([job_title, phone, other_phones.length], ['Pilot', '617-707-5501', 3]);
  assert.deepEqual(await hits('+16177075503'), [id]);
  assert.equal((await hits('+16177075504')).length, 1);
  assert.deepEqual(await placesOf('7075503', '707-5501'), []);
});

test('undo, a merge, a card and a file have the numbers, and the trail is sound', async () => {
  const id = await made('contacts', ada);
  const other = await made('contacts', { given_name: 'Bea', phone: '+1 617 907 5505' });
  await turn(true);
  const changed = good(await api('PATCH', `/api/v1/contacts/${id}`, { phone: '+1 617 907 5506' }));
  assert.deepEqual([await hits(ada.phone), await hits('+1 617 907 5506')], [[], [id]]);
  good(await api('POST', `/api/v1/changes/${changed.headers.get('change-id')}/reversal`));
  assert.deepEqual([await hits(ada.phone), await hits('+1 617 907 5506')], [[id], []]);
  const merged = good(await api('POST', `/api/v1/contacts/${id}/merge`, { others: [other] }));
  assert.deepEqual(
    (await read(`contacts/${id}`)).other_phones.map(({ value }: { value: string }) => value),
    ['+49 30 9075502', '110', '+1 617 907 5505'],
  );
  assert.deepEqual(await hits('617 907 5505'), [id]);
  good(await api('POST', `/api/v1/changes/${merged.headers.get('change-id')}/reversal`));
  assert.deepEqual(await hits('617 907 5505'), [other]);
  const card = await api('GET', `/api/v1/contacts/${id}/vcard`);
  assert.match(String(card.body), /617/);
  const filter = JSON.stringify({ field: 'phone', op: 'eq', value: '617 907 5501' });
  for (const format of ['csv', 'vcf']) {
    const { id: export_id } = good(await api('POST', '/api/v1/exports', { resource: 'contact', format, filter })).body;
    const ended = await eventually(async () => {
      const { state } = await read(`exports/${export_id}`);
      return ['done', 'failed'].includes(state) && state;
    });
    assert.equal(ended, 'done');
    const file = String((await api('GET', `/api/v1/exports/${export_id}/content`)).body);
    assert.deepEqual([/907.?5501/.test(file), /9075502/.test(file), /Bea/.test(file)], [true, true, false], file);
  }
  const preview = { records: [{ type: 'contact', id }], subject: 'x', body: 'Your number: {{contact.phone}}' };
  assert.match(good(await api('POST', '/api/v1/mail-previews', preview)).body.body, /907.5501/);
  assert.deepEqual(await findings(), []);
  // What was committed to while it was sealed is known by later keys, and in the clear.
  await rotate();
  await finishRotation();
  assert.deepEqual(await findings(), []);
  await turn(false);
  assert.deepEqual(await findings(), []);
});

test('a switch that is killed at any point finds all numbers meanwhile, in both directions, and so does a change of keys', async () => {
  const [one, other] = [
    await made('contacts', ada),
    await made('contacts', { given_name: 'Bea', phone: '+49 30 9075507' }),
  ];
  const allFound = async () => {
    assert.deepEqual(
      ids(await filtered('phone', 'in', [ada.phone, '030 9075507', '+49 30 9075507'])).sort(),
      [one, other].sort(),
    );
    assert.deepEqual(await hits('+49309075502'), [one]);
    assert.deepEqual(await matches('00493090 75507'), [other]);
  };
  for (const on of [true, false, true]) {
    good(await api('PUT', '/api/v1/tenant/personal-sealing', { on }));
    for (let n = 0; ; n++) {
      try {
        await finish(killedAt(n));
        break;
      } catch (error) {
        if (!(error instanceof Killed)) throw error;
      }
      await allFound();
    }
    await allFound();
  }
  const before = await stored(one);
  await rotate();
  await allFound();
  const third = await made('contacts', { given_name: 'Cleo', phone: ada.phone });
  assert.notEqual((await stored(third)).key, before.key, 'by the new key');
  assert.deepEqual(ids(await filtered('phone', 'eq', ada.phone)).sort(), [one, third].sort());
  await finishRotation();
  assert.equal((await stored(one)).key, (await stored(third)).key);
  assert.deepEqual(ids(await filtered('phone', 'eq', ada.phone)).sort(), [one, third].sort());
  assert.deepEqual(await findings(), []);
});

test('an envelope or index that was moved to another record neither opens nor finds, and other workspaces find nothing', async () => {
  const id = await made('contacts', ada);
  const bea = await made('contacts', { given_name: 'Bea', phone: '+1 617 907 5509' });
  await turn(true);
  const [own, others] = [await stored(id), await stored(bea)];
  const put = async (phone: string) => {
    await system.query('begin');
    await system.query(
      "select set_config('app.tenant_id', $1, true), set_config('app.rights', '*', true), set_config('app.actor_kind', 'system', true), set_config('app.keeping_content', 'on', true)",
      [tenant.tenant_id],
    );
    await system.query('update contact set phone = $2 where id = $1', [bea, phone]);
    await system.query('commit');
  };
  const bytes = (text: string) => Buffer.from(text.slice(text.lastIndexOf(':') + 1), 'base64url');
  const withIndex = Buffer.from(bytes(others.phone));
  bytes(own.phone).copy(withIndex, 29, 29, 45);
  for (const phone of [own.phone, others.phone.slice(0, 45) + withIndex.toString('base64url')]) {
    await put(phone);
    assert.equal((await stored(bea)).key, own.key);
    assert.equal((await read(`contacts/${bea}`)).phone, '• damaged');
    assert.deepEqual(ids(await filtered('phone', 'eq', ada.phone)), [id]);
    assert.deepEqual(await hits(ada.phone), [id]);
  }
  await put(others.phone);
  assert.deepEqual(await hits('+1 617 907 5509'), [bea]);

  const elsewhere = await app.tenant();
  const stranger = (await elsewhere.as('admin')).api;
  good(await stranger('PUT', '/api/v1/tenant/personal-sealing', { on: true }));
  await finish();
  const theirs = good(await stranger('POST', '/api/v1/contacts', ada)).body.id;
  assert.notEqual((await stored(theirs)).key, own.key);
  assert.deepEqual(await hits(ada.phone, stranger), [theirs]);
  assert.deepEqual(await hits(ada.phone), [id]);
  const { api: member } = await tenant.as('advisor', 'Somebody');
  assert.deepEqual(await hits(ada.phone, member), []);
  assert.deepEqual(ids(await filtered('phone', 'eq', ada.phone, member)), []);
});
