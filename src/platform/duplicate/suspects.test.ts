import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type Client, eventually, startTestApp, type TestApp, type TestTenant } from '../../../test/harness/app.ts';
import { consumed } from '../../../test/harness/feed.ts';
import { systemClient } from '../../../test/harness/identity.ts';

let app: TestApp;
let tenant: TestTenant;
let api: Client;
before(async () => {
  app = await startTestApp();
  tenant = await app.tenant();
  ({ api } = await tenant.as('admin'));
});
after(() => app.stop());

async function make(noun: string, body: object, by = api): Promise<string> {
  const made = await by('POST', `/api/v1/${noun}`, body);
  assert.equal(made.status, 201, JSON.stringify(made.body));
  return made.body.id;
}
interface Suspect {
  id: string;
  score: number;
  reasons: { text: string }[];
  records: { id: string }[];
}
const list = async (resource: string, by = api): Promise<Suspect[]> =>
  (await by('GET', `/api/v1/duplicates?resource=${resource}`)).body.data;
const pairs = (suspects: Suspect[]) =>
  suspects.map(({ records, reasons }) => [records.map(({ id }) => id).sort(), reasons.map(({ text }) => text)]);

async function search(by = api): Promise<void> {
  const { status, body } = await by('POST', '/api/v1/duplicates/search');
  assert.equal(status, 202);
  await eventually(async () => (await by('GET', `/api/v1/jobs/${body.job_id}`)).body.state === 'done');
}

test('pairs are found by address, number, name at one company and domain, each once with all its reasons', async () => {
  const acme = await make('companies', { name: 'Acme Works', domain: 'acme.example', city: 'Bern' });
  const again = await make('companies', { name: 'Acme Work', domain: 'ACME.example', city: 'bern' });
  const away = await make('companies', { name: 'Acme Works', city: 'Oslo' });
  const one = await make('contacts', {
    given_name: 'Zoë',
    family_name: 'Miller',
    email: 'z@x.example',
    phone: '+49 30 555 0101',
    company_id: acme,
  });
  const two = await make('contacts', {
    given_name: 'Zoe',
    family_name: 'Miller',
    email: 'Z@x.example',
    phone: '030 5550101',
    company_id: acme,
  });
  await make('contacts', { given_name: 'Zoe', family_name: 'Miller', company_id: away });
  await search();
  assert.deepEqual(pairs(await list('contact')), [
    [[one, two].sort(), ['Same e-mail address', 'Same name', 'Same phone number']],
  ]);
  assert.deepEqual(pairs(await list('company')), [[[acme, again].sort(), ['Same domain', 'Similar name']]]);

  const [suspect] = await list('contact');
  const dismissal = `/api/v1/duplicates/${suspect!.id}/dismissal`;
  assert.equal((await api('POST', dismissal)).status, 204);
  assert.equal((await api('DELETE', dismissal)).status, 204);
  assert.deepEqual(await list('contact'), [suspect], 'named again');
  assert.equal((await api('DELETE', dismissal)).status, 404, 'is not dismissed');
  assert.equal((await api('POST', dismissal)).status, 204);
  await search();
  assert.deepEqual(await list('contact'), [], 'dismissed for good');
  const merged = await api('POST', `/api/v1/companies/${acme}/merge`, { others: [again] });
  assert.equal(merged.status, 200);
  assert.deepEqual(await list('company'), [], 'what was merged is no pair any more');
});

test('pairs are found by additional e-mail addresses too, and stay found when one of them is checked again', async () => {
  const own = (await app.tenant()).as('admin');
  const by = (await own).api;
  const add = async (body: object) => (await by('POST', '/api/v1/contacts', body)).body.id as string;
  const shared = [{ label: 'Work', value: 'Grace@Two.example' }];
  const one = await add({ given_name: 'Grace', email: 'g@one.example', other_emails: shared });
  const two = await add({ given_name: 'Amazing', email: 'grace@two.example' });
  const three = await add({
    given_name: 'Third',
    email: 'third@one.example',
    other_emails: [{ value: 'g@one.example' }],
  });
  const found = async () => pairs((await by('GET', '/api/v1/duplicates?resource=contact')).body.data);
  const expected = [[one, two].sort(), [one, three].sort()].map((ids) => [ids, ['Same e-mail address']]);
  await search(by);
  assert.deepEqual((await found()).sort(), expected.sort());
  await by('PATCH', `/api/v1/contacts/${one}`, { phone: '+49 30 1234567' });
  await consumed(app);
  assert.deepEqual((await found()).sort(), expected.sort());
});

test('records that are made or changed by hand are compared at once, companies whatever their legal form', async () => {
  const names = async (resource: string) =>
    (await list(resource))
      .map(({ records }) =>
        (records as unknown as { name: string }[])
          .map(({ name }) => name)
          .sort()
          .join(' + '),
      )
      .sort();
  const found = (resource: string, expected: string[]) =>
    eventually(async () => JSON.stringify(await names(resource)) === JSON.stringify(expected.toSorted()), 10_000);
  await make('companies', { name: 'Globex' });
  const inc = await make('companies', { name: 'Globex, Inc.' });
  await make('companies', { name: 'GLOBEX GmbH & Co. KG', city: 'Kiel' });
  await make('companies', { name: 'Globex Hotels' });
  const pairs_of_globex = [
    'Globex + Globex, Inc.',
    'GLOBEX GmbH & Co. KG + Globex',
    'GLOBEX GmbH & Co. KG + Globex, Inc.',
  ];
  await found('company', pairs_of_globex);
  const [{ reasons }] = (await list('company')) as [Suspect];
  assert.deepEqual(reasons.map(({ text }) => text), ['Same name except for the legal form']); // biome-ignore format: one call
  await search();
  assert.deepEqual(await names('company'), pairs_of_globex.toSorted(), 'the search of all finds the same');
  assert.equal((await api('PATCH', `/api/v1/companies/${inc}`, { city: 'Bern' })).status, 200);
  await found('company', pairs_of_globex.slice(0, 2));
  // Whatever ß is written as.
  await make('companies', { name: 'Straßenbau Groß AG' });
  await make('companies', { name: 'STRASSENBAU GROSS' });
  const with_builders = [...pairs_of_globex.slice(0, 2), 'STRASSENBAU GROSS + Straßenbau Groß AG'];
  await found('company', with_builders);
  await search();
  assert.deepEqual(await names('company'), with_builders.toSorted());

  const ada = await make('contacts', { given_name: 'Ada', family_name: 'Ek', email: 'ek@x.example' });
  const ida = await make('contacts', { given_name: 'Ida', family_name: 'Ek', email: 'ida@x.example' });
  await api('PATCH', `/api/v1/contacts/${ida}`, { email: 'EK@x.example' });
  await found('contact', ['Ada Ek + Ida Ek']);
  await api('PATCH', `/api/v1/contacts/${ada}`, { email: null });
  await found('contact', []);
  // By further addresses too, whichever of the two was changed.
  await api('PATCH', `/api/v1/contacts/${ada}`, {
    other_emails: [{ value: 'first@x.example' }, { value: 'Ek@x.example' }],
  });
  await found('contact', ['Ada Ek + Ida Ek']);
  await api('PATCH', `/api/v1/contacts/${ada}`, { other_emails: [] });
  await found('contact', []);
});

test('who may not read both sees nothing of a pair, and cannot dismiss it', async () => {
  for (const name of ['A', 'B']) await make('contacts', { given_name: name, email: 'pair@x.example' });
  await search();
  const [suspect] = await list('contact');
  const advisor = await tenant.as('advisor');
  assert.deepEqual(await list('contact', advisor.api), []);
  assert.equal((await advisor.api('POST', `/api/v1/duplicates/${suspect!.id}/dismissal`)).status, 404);
  const viewer = await tenant.as('viewer');
  for (const method of ['POST', 'DELETE'])
    assert.equal((await viewer.api(method, `/api/v1/duplicates/${suspect!.id}/dismissal`)).status, 403);
  assert.equal((await list('contact')).length, 1);
});

test('who may read both, and change one of them, cannot dismiss a pair', async () => {
  const rights = { contact: { read: 'all', create: 'own', update: 'own' } };
  const role = (await api('POST', '/api/v1/roles', { name: 'Own contacts', rights })).body;
  const member = await tenant.as(role.key);
  const theirs = await make('contacts', { given_name: 'C', email: 'other@x.example' });
  const own = await make('contacts', { given_name: 'D', email: 'other@x.example' }, member.api);
  await search();
  const pair = (await list('contact', member.api)).find(({ records }) => records.some(({ id }) => id === own));
  assert.deepEqual(pair!.records.map(({ id }) => id).sort(), [theirs, own].sort());
  const dismissal = `/api/v1/duplicates/${pair!.id}/dismissal`;
  assert.equal((await member.api('POST', dismissal)).status, 404);
  assert.equal((await api('POST', dismissal)).status, 204);
  assert.equal((await member.api('DELETE', dismissal)).status, 404);
});

test('of a flood of records all are searched once it is over, and none is compared by itself', async () => {
  const flooded = await app.tenant();
  const { api: there } = await flooded.as('admin');
  const data = Array.from({ length: 150 }, (_, n) => ({
    given_name: `Person ${n >> 1}`,
    email: `p${n >> 1}@x.example`,
  }));
  assert.equal((await there('POST', '/api/v1/contacts/bulk', { data })).status, 201);
  const owner = await systemClient(app);
  const searches = `job where tenant_id = $1 and kind = 'duplicate.search' and state = 'scheduled'`;
  const is = async (question: string) =>
    (await owner.query(`select ${question} as yes`, [flooded.tenant_id])).rows[0].yes;
  await eventually(() => is(`exists (select from ${searches} and run_at > now() + interval '4 minutes')`));
  await consumed(app);
  assert.deepEqual(await list('contact', there), []);
  await owner.query(
    `with due as (select id from ${searches}) update job j set run_at = now() from due where j.id = due.id`,
    [flooded.tenant_id],
  );
  await eventually(async () => (await list('contact', there)).length > 0);
  const done = `job where tenant_id = $1 and kind = 'duplicate.search' and state = 'done'`;
  await eventually(() => is(`exists (select from ${done})`));
  await owner.query(
    `with done as (select id from ${done}) update job j set started_at = finished_at - interval '1 hour' from done where j.id = done.id`,
    [flooded.tenant_id],
  );
  assert.equal((await there('POST', '/api/v1/contacts/bulk', { data })).status, 201);
  await eventually(() => is(`exists (select from ${searches})`));
  assert.ok(
    await is(`exists (select from ${searches} and run_at > now() + interval '8 hours')`),
    'and it rests for long',
  );
  await owner.end();
});

const similarNames = (field: string) => {
  const when = [
    { field: 'name', compare: 'similar', from: 0.6 },
    { field, compare: 'same' },
  ];
  return { rules: [{ when, suspects: true, imports: false }] };
};

test('a comparison takes back nothing that the search found and that still holds', async () => {
  const searched = await app.tenant();
  const { api: there } = await searched.as('admin');
  assert.equal((await there('PUT', '/api/v1/duplicate-rules/contact', similarNames('city'))).status, 200);
  const [first] = await Promise.all(
    ['Hopper', 'Hoppers'].map((family_name) =>
      make('contacts', { given_name: 'Grace', family_name, city: 'Bern' }, there),
    ),
  );
  await consumed(app);
  await search(there);
  assert.equal((await list('contact', there)).length, 1);
  for (const [family_name, pairs] of [
    ['Hoper', 1],
    ['Lovelace', 0],
  ] as const) {
    assert.equal((await there('PATCH', `/api/v1/contacts/${first}`, { family_name })).status, 200);
    await consumed(app);
    assert.equal((await list('contact', there)).length, pairs, family_name);
  }
});

test('similar names are found by a field of one’s own as the second comes in, and a warning says so before', async () => {
  const own = await app.tenant();
  const { api: there } = await own.as('admin');
  const field = { resource: 'contact', key: 'iban', label: 'IBAN', type: 'text' };
  await make('custom-fields', field, there);
  assert.equal((await there('PUT', '/api/v1/duplicate-rules/contact', similarNames('custom.iban'))).status, 200);
  const person = (family_name: string, iban: string) => ({ given_name: 'Grace', family_name, custom: { iban } });
  const one = await make('contacts', person('Hopper', 'DE42'), there);
  await make('contacts', person('Hopper', 'DE43'), there);
  await consumed(app);
  await search(there);
  assert.deepEqual(await list('contact', there), []);
  const second = person('Hoppers', 'de42');
  const warned = (await there('POST', '/api/v1/contacts/matches', second)).body.data;
  assert.deepEqual(
    warned.map(({ id }: { id: string }) => id),
    [one],
  );
  const two = await make('contacts', second, there);
  await consumed(app);
  assert.deepEqual(pairs(await list('contact', there)), [[[one, two].sort(), ['Same IBAN', 'Similar name']]]);
  // What more share than can be told apart by it says nothing, as for the search.
  const crowd = Array.from({ length: 50 }, (_, n) => ({ given_name: `Person ${n}`, custom: { iban: 'SHARED' } }));
  assert.equal((await there('POST', '/api/v1/contacts/bulk', { data: crowd })).status, 201);
  await Promise.all(['Lovelace', 'Lovelaces'].map((name) => make('contacts', person(name, 'SHARED'), there)));
  await consumed(app);
  assert.equal((await list('contact', there)).length, 1);
});

test('a comparison that began by older rules takes back nothing of what newer ones find', async () => {
  const changed = await app.tenant();
  const { api: there } = await changed.as('admin');
  // What looks for the companies of mail and meetings would wait for the table as well.
  assert.equal((await there('PATCH', '/api/v1/features', { mail: false })).status, 200);
  const [holder, owner] = await Promise.all([systemClient(app), systemClient(app)]);
  const count = async (what: string, values: string[] = []) =>
    (await owner.query(`select count(*)::int as n from ${what}`, values)).rows[0].n;
  const waiting = `pg_locks where not granted and database = (select oid from pg_database where datname = current_database())`;
  for (const family_name of ['Ek', 'Ek'])
    assert.equal((await there('POST', '/api/v1/contacts', { family_name, city: 'Bern' })).status, 201);

  await consumed(app);
  // The comparison stops at the company, its rules read; the search at the companies, having been through the contacts.
  // What it is about is in the feed before: while the table is locked, nothing that comes later is read.
  const serve = (not_before: string | null) =>
    owner.query(`update feed_cursor set not_before = $2 where tenant_id = $1 and consumer = 'duplicates'`, [
      changed.tenant_id,
      not_before,
    ]);
  // No longer than a consumer may wait: a later time would count as one from before the clock was set back.
  await serve(new Date(Date.now() + 60_000).toISOString());
  await owner.query(
    `insert into audit_event (tenant_id, action, resource, record_id) select tenant_id, 'create', 'contact', id from contact
      where tenant_id = $1
      union all select $1, 'create', 'company', gen_random_uuid()`,
    [changed.tenant_id],
  );
  await eventually(async () => (await count('feed_mark where tenant_id = $1', [changed.tenant_id])) === 1);
  await holder.query('begin');
  await holder.query('lock table company in access exclusive mode');
  await serve(null);
  await eventually(async () => (await count(waiting)) === 1);
  const when = ['name', 'city'].map((field) => ({ field, compare: 'same' }));
  const rules = [{ when, suspects: true, imports: false }];
  assert.equal((await there('PUT', '/api/v1/duplicate-rules/contact', { rules })).status, 200);
  await eventually(async () => (await count(waiting)) === 2);
  await holder.query('rollback');

  const unfinished = `job where tenant_id = $1 and kind like 'duplicate.%' and state <> 'done'`;
  await eventually(async () => (await count(unfinished, [changed.tenant_id])) === 0);
  assert.equal((await list('contact', there)).length, 1);
  await Promise.all([holder.end(), owner.end()]);
});
