import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type Client, eventually, startTestApp, type TestApp, type TestTenant } from '../../../test/harness/app.ts';
import { asOwner } from '../../../test/harness/identity.ts';
import { sealTenant } from '../../../test/harness/sealing.ts';
import { SealedNames } from '../../kernel/resource/sealed-names/store.ts';
import { systemActor, withContext } from '../../kernel/tenancy/context.ts';
import { contact } from '../../modules/directory/contact/contract.ts';
import { recordTypes } from '../../modules/index.ts';
import type { SearchAnswer } from './contract.ts';
import { search } from './queries.ts';

let app: TestApp;
/** One workspace seals names, and the other has the same records and does not. */
let sealed: TestTenant;
let open: TestTenant;
const admins = new Map<TestTenant, Client>();
before(async () => {
  app = await startTestApp();
  [sealed, open] = [await app.tenant('sealed'), await app.tenant('open')];
  for (const tenant of [sealed, open]) admins.set(tenant, await tenant.signedIn('admin'));
  await sealTenant(app, admins.get(sealed)!);
  for (const tenant of [sealed, open]) await fill(tenant);
});
after(() => app.stop());

const people: [given: string, family: string | null, more?: object][] = [
  ['Ada', 'Byron', { email: 'ada@lovelace.example' }],
  ['Adam', 'Baker'],
  ['Beatrix', 'Adamson'],
  ['Zoë', 'Ångström', { middle_name: 'Quincy' }],
  ['Karl', 'Weiß'],
  ['Rosa', 'Weiss', { phone: '+44 20 7946 0123' }],
  ['太郎', '山田'],
  ['Margaret', 'Hopperschmidt'],
  ['Sean', "O'Connor"],
  ['Jean-Luc', 'de la Cruz'],
  ['Nadia', null, { external_id: 'X-77', suffix: 'Jr.' }],
];

async function create(api: Client, path: string, body: object): Promise<string> {
  const answer = await api('POST', `/api/v1/${path}`, body);
  assert.equal(answer.status, 201, JSON.stringify(answer.body));
  return answer.body.id;
}

async function fill(tenant: TestTenant): Promise<void> {
  const api = admins.get(tenant)!;
  for (const [given_name, family_name, more] of people)
    await create(api, 'contacts', { given_name, family_name, ...more });
  for (const name of ['Adamant Ltd', 'Byron & Sons', 'Weisswurst GmbH']) await create(api, 'companies', { name });
}

async function ask(q: string, api = admins.get(sealed)!): Promise<SearchAnswer> {
  const { status, body } = await api('GET', `/api/v1/search?q=${encodeURIComponent(q)}&limit=20`);
  assert.equal(status, 200, JSON.stringify(body));
  return body;
}
/** Once the names are read. */
async function searched(q: string, api = admins.get(sealed)!): Promise<SearchAnswer> {
  await eventually(async () => (await ask(q, api)).names_sealed !== 'being_read');
  return ask(q, api);
}
const named = ({ data }: SearchAnswer) => data.map(({ resource, name, detail }) => [resource, name, detail]);

const queries = [
  'ada',
  'ADA',
  'adam',
  'byr',
  'baker adam',
  'Byron, Ada',
  'byron ada',
  'angstrom',
  'ÅNGSTRÖM',
  'zoe ang',
  'quin',
  '山田',
  '太郎',
  '山田太郎',
  'hopper',
  'schmidt',
  'opper',
  "o'con",
  'o’connor',
  'connor',
  'jean luc',
  'cruz',
  'de la',
  'jr.',
  'lovelace',
  'ada@love',
  'X-77',
  '+44 20 7946 0123',
  '020 7946 0123',
  'hoperschmidt',
  'margret',
  'nobody',
  'zzz',
  'son',
  '%',
  '_',
];

test('search finds sealed names as it finds names in the clear, in the same order', async () => {
  for (const q of queries)
    assert.deepEqual(named(await searched(q)), named(await ask(q, admins.get(open)!)), `for ${q}`);
});

test('a sharp s is found however it is written', async () => {
  for (const q of ['weiss', 'WEISS', 'weiß', 'weiß karl', 'weiss rosa'])
    assert.deepEqual(
      named(await searched(q)).flatMap(([type, name]) => (type === 'contact' ? name : [])),
      q.includes('karl') ? ['Karl Weiß'] : q.includes('rosa') ? ['Rosa Weiss'] : ['Karl Weiß', 'Rosa Weiss'],
    );
});

test('two letters that were swapped are a typing error, and what nearly matches is marked', async () => {
  assert.deepEqual(
    (await searched('byorn')).data.map(({ name, misspelt }) => [name, misspelt]),
    [['Ada Byron', true]],
  );
});

test('few letters find what begins with them, and the answer says so', async () => {
  assert.equal((await ask('ada', admins.get(open)!)).names_sealed, undefined);
  assert.equal((await searched('ada')).names_sealed, 'searched');
  for (const q of ['ad', 'a', '山']) {
    assert.equal((await searched(q)).names_sealed, 'too_short', q);
    assert.deepEqual(named(await searched(q)), named(await ask(q, admins.get(open)!)), q);
  }
  assert.equal((await searched('太郎')).names_sealed, 'searched');
});

test('a name that was changed or deleted a moment ago is found as it is now', async () => {
  const api = admins.get(sealed)!;
  const id = await create(api, 'contacts', { given_name: 'Quirin', family_name: 'Voss' });
  assert.deepEqual(named(await searched('quirin')), [['contact', 'Quirin Voss', null]]);
  assert.equal((await api('PATCH', `/api/v1/contacts/${id}`, { given_name: 'Ulrike' })).status, 200);
  assert.deepEqual(named(await searched('quirin')), []);
  assert.deepEqual(named(await searched('ulrike')), [['contact', 'Ulrike Voss', null]]);
  assert.equal((await api('DELETE', `/api/v1/contacts/${id}`)).status, 204);
  assert.deepEqual(named(await searched('voss')), []);
});

test('memory that is behind answers no name that is not so any more', async () => {
  const { db } = app.app.services;
  const api = admins.get(sealed)!;
  const id = await create(api, 'contacts', { given_name: 'Ottilie', family_name: 'Krumm' });
  const behind = await new SealedNames(db).names(sealed.tenant_id, contact, 60_000);
  assert.equal((await api('PATCH', `/api/v1/contacts/${id}`, { given_name: 'Hedwig' })).status, 200);
  const find = (q: string) =>
    withContext(db, systemActor(sealed.tenant_id), (ctx) =>
      search(ctx, recordTypes, q, 10, new Map([[contact, behind]])),
    );
  assert.deepEqual(await find('ottilie'), []);
  assert.deepEqual(
    (await find('krumm')).map(({ name }) => name),
    ['Hedwig Krumm'],
  );
});

test('an adviser finds no name of somebody else’s client, also not one that nearly matches', async () => {
  const { api } = await sealed.as('advisor');
  const { api: other } = await sealed.as('advisor', 'other');
  await create(api, 'contacts', { given_name: 'Xanthippe', family_name: 'Mine' });
  await create(other, 'contacts', { given_name: 'Xanthippe', family_name: 'Theirs' });
  for (const q of ['xanthippe', 'xan', 'ippe', 'xanthipe'])
    assert.deepEqual(named(await searched(q, api)), [['contact', 'Xanthippe Mine', null]], q);
  for (const q of ['theirs', 'thiers', 'ada', 'hopperschmidt', 'byron'])
    assert.deepEqual(
      named(await searched(q, api)).filter(([type]) => type === 'contact'),
      [],
      q,
    );
  assert.deepEqual(named(await searched('xanthippe', (await sealed.as('customer')).api)), []);
});

test('while names are being read, all else is found and the answer says so', async () => {
  const large = await app.tenant('large');
  const api = await large.signedIn('admin');
  await sealTenant(app, api);
  await asOwner(
    app,
    `insert into contact (tenant_id, given_name, family_name)
     select $1, 'Number ' || n, 'Larch' from generate_series(1, 30000) n`,
    [large.tenant_id],
  );
  await create(api, 'companies', { name: 'Larch Ltd' });
  const first = await ask('larch', api);
  assert.equal(first.names_sealed, 'being_read');
  assert.deepEqual(
    named(first).filter(([type]) => type === 'company'),
    [['company', 'Larch Ltd', null]],
  );
  // Meanwhile others are not kept waiting.
  assert.notEqual((await ask('ada')).names_sealed, undefined);
  assert.equal((await searched('larch', api)).data.length, 20);
  assert.deepEqual(named(await searched('number 29999', api)), [['contact', 'Number 29999 Larch', null]]);
});
