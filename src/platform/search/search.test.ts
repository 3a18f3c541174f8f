import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import pg from 'pg';
import { type Client, type SharedTestApp, sharedTestApp, type TestTenant } from '../../../test/harness/app.ts';

let app: SharedTestApp;
let tenant: TestTenant;
let admin: Client;
before(async () => {
  app = await sharedTestApp();
  tenant = await app.tenant();
  admin = (await tenant.as('admin')).api;
  const contacts = [
    { given_name: 'Anna', family_name: 'Müller', email: 'anna@example.com', phone: '+1 (212) 555-0100' },
    { given_name: 'Joanna', family_name: 'Smith', email: 'jo@example.com', external_id: 'C-17' },
    { given_name: 'Zoë', family_name: 'Annandale', email: 'zoe@example.com' },
    { family_name: 'Иванова', given_name: 'Мария' },
    { given_name: '伟', family_name: '王' },
    { given_name: '100%', family_name: 'O\'Neil "x" a_b\\c' },
    { email: 'only-mail@example.com' },
  ];
  const companies = [{ name: 'Annapolis Boats', domain: 'boats.example' }, { name: 'Blue Ltd' }];
  for (const [path, data] of [
    ['contacts', contacts],
    ['companies', companies],
  ] as const) {
    const answer = await admin('POST', `/api/v1/${path}/bulk`, { data });
    assert.equal(answer.status, 201, JSON.stringify(answer.body));
  }
});

async function names(q: string, api = admin): Promise<string[]> {
  const { status, body } = await api('GET', `/api/v1/search?q=${encodeURIComponent(q)}`);
  assert.equal(status, 200, JSON.stringify(body));
  return body.data.map((hit: { name: string }) => hit.name);
}

test('beginnings come first, then beginnings of words, then any part', async () => {
  assert.deepEqual(await names('anna'), ['Annapolis Boats', 'Anna Müller', 'Zoë Annandale', 'Joanna Smith']);
});

test('a person is found as lists have them, the last name first', async () => {
  for (const q of ['Müller, Anna', 'muller,anna', 'Müller,', 'Müller, A'])
    assert.deepEqual(await names(q), ['Anna Müller'], q);
  assert.deepEqual(await names('Mueler, Anna'), ['Anna Müller'], 'misspelt too');
});

test('hits of one kind and tier are in order of their names, and the kinds take turns', async () => {
  const tenant = await app.tenant();
  const { api } = await tenant.as('admin');
  const data = Array.from({ length: 9 }, (_, n) => n);
  const contacts = data.map((n) => ({ given_name: `Quill ${9 - n}` }));
  const companies = data.map((n) => ({ name: `Quill ${9 - n} Ltd` }));
  assert.equal((await api('POST', '/api/v1/contacts/bulk', { data: contacts })).status, 201);
  assert.equal((await api('POST', '/api/v1/companies/bulk', { data: companies })).status, 201);
  const turns = [1, 2, 3, 4, 5].flatMap((n) => [`Quill ${n} Ltd`, `Quill ${n}`]);
  assert.deepEqual(await names('quill', api), turns);
});

test('a sharp s is found however it is written, by its own spelling first', async () => {
  const { api } = await (await app.tenant()).as('admin');
  for (const family_name of ['Weiß', 'Prüss']) await api('POST', '/api/v1/contacts', { family_name });
  const found = async (q: string) =>
    (await api('GET', `/api/v1/search?q=${encodeURIComponent(q)}`)).body.data.map(({ name }: { name: string }) => name);
  for (const q of ['weiss', 'WEISS', 'Weiß']) assert.deepEqual(await found(q), ['Weiß'], q);
  for (const q of ['Prüß', 'pruß', 'Prüss']) assert.deepEqual(await found(q), ['Prüss'], q);
  await api('POST', '/api/v1/contacts', { given_name: 'Jessica', family_name: 'Weiß' });
  for (const q of ['jessica weiss', 'JESSICA WEISS']) assert.deepEqual(await found(q), ['Jessica Weiß'], q);
  await api('POST', '/api/v1/contacts', { family_name: 'O’Brien' });
  for (const q of ["o'brien", 'o’brien']) assert.deepEqual(await found(q), ['O’Brien'], q);
  await api('POST', '/api/v1/contacts', { family_name: 'Weiss' });
  assert.deepEqual(await found('Weiss'), ['Weiss']);
});

test('case, accents and the writing of telephone numbers do not matter', async () => {
  for (const q of ['müller', 'MULLER', 'anna muller', 'muller anna', '+12125550100', '212 555', 'anna@exa'])
    assert.deepEqual(await names(q), ['Anna Müller'], q);
  assert.deepEqual(await names('zoe ann'), ['Zoë Annandale']);
  assert.deepEqual(await names('иван'), ['Мария Иванова']);
  for (const q of ['王', '王伟']) assert.deepEqual(await names(q), ['王伟'], q);
});

test('an e-mail address or external id finds its record first', async () => {
  assert.deepEqual((await names('jo@example.com'))[0], 'Joanna Smith');
  assert.deepEqual(await names('C-17'), ['Joanna Smith']);
  assert.deepEqual(await names('only-'), ['only-mail@example.com']);
});

test('deals of one name are told apart by their stage and amount', async () => {
  const { stages } = (await admin('POST', '/api/v1/pipelines', { name: 'Boats' })).body;
  for (const [at, amount] of [
    [0, '1096.5'],
    [1, null],
  ] as const) {
    const deal = { name: 'Rowing boats', stage_id: stages[at].id, amount, currency: 'USD' };
    assert.equal((await admin('POST', '/api/v1/deals', deal)).status, 201);
  }
  const { body } = await admin('GET', '/api/v1/search?q=rowing');
  const found = body.data.map(({ name, facts }: { name: string; facts: unknown[] }) => [name, ...facts]);
  assert.deepEqual(new Set(found), new Set([
    ['Rowing boats', stages[0].name, { amount: '1096.50', currency: 'USD' }],
    ['Rowing boats', stages[1].name],
  ])); // biome-ignore format: a table
  assert.deepEqual((await admin('GET', '/api/v1/search?q=annapolis')).body.data[0].facts, []);
});

test('middle name and suffix find their person, after whom they begin', async () => {
  const { api } = await (await app.tenant()).as('admin');
  const data = [
    { given_name: 'Ada', middle_name: 'Byron', family_name: 'Lovelace', suffix: 'Ph.D.' },
    { given_name: 'Byron', family_name: 'Lane' },
  ];
  assert.equal((await api('POST', '/api/v1/contacts/bulk', { data })).status, 201);
  assert.deepEqual(await names('byron', api), ['Byron Lane', 'Ada Lovelace']);
  for (const q of ['ada byron', 'ada lovelace', 'ph.d.', 'lovelace ph.d'])
    assert.deepEqual(await names(q, api), ['Ada Lovelace'], q);
});

test('wildcards, quotes and backslashes mean themselves', async () => {
  const odd = '100% O\'Neil "x" a_b\\c';
  for (const q of ['100%', 'a_b\\c neil', 'o\'neil "x"', 'neil "']) assert.deepEqual(await names(q), [odd], q);
  for (const q of ['%', '_', '\\', '%%%', '___', 'a__a', 'an%a', "'; drop table contact; --", '---'])
    assert.deepEqual(await names(q), [], q);
});

test('one or two letters find beginnings only', async () => {
  assert.deepEqual(await names('an'), ['Annapolis Boats', 'Anna Müller']);
  assert.deepEqual(await names('mi'), []);
});

test('short words of Chinese and Japanese, short addresses and numbers written in another way are found', async () => {
  const { api } = await (await app.tenant()).as('admin');
  const data = [
    { given_name: '花子', family_name: '山田', email: 'hanako@example.jp' },
    { given_name: 'Max', family_name: 'Contributor', email: 'mc@x.example' },
    { given_name: 'Urs', family_name: 'Meier', phone: '+41 44 123 45 67' },
    { given_name: 'Vreni', family_name: 'Huber', phone: '044 765 43 21' },
    {
      given_name: 'Two',
      family_name: 'Homes',
      email: 'first@two.example',
      other_emails: [{ label: 'Home', value: 'second@elsewhere.example' }],
      other_phones: [{ label: 'Work', value: '+49 30 555 777' }],
    },
  ];
  const answer = await api('POST', '/api/v1/contacts/bulk', { data });
  assert.equal(answer.status, 201, JSON.stringify(answer.body));
  assert.equal((await api('POST', '/api/v1/companies', { name: '株式会社日立製作所' })).status, 201);
  for (const [q, name] of [
    ['花子', '山田花子'],
    ['山田', '山田花子'],
    ['田花', '山田花子'],
    ['子', '山田花子'],
    ['山田花子', '山田花子'],
    ['日立', '株式会社日立製作所'],
    ['製作所', '株式会社日立製作所'],
    ['mc@x.ex', 'Max Contributor'],
    ['c@x.example', 'Max Contributor'],
    ['044 123 45 67', 'Urs Meier'],
    ['0041 44 123 45 67', 'Urs Meier'],
    ['+41441234567', 'Urs Meier'],
    ['123 45 67', 'Urs Meier'],
    ['+41 44 765 43 21', 'Vreni Huber'],
    ['044 765 43 21', 'Vreni Huber'],
    ['second@elsewhere.example', 'Two Homes'],
    ['elsewhere', 'Two Homes'],
    ['030 555777', 'Two Homes'],
  ] as const)
    assert.deepEqual(await names(q, api), [name], q);
});

test('a name of digits is found as it is written, though it looks like a telephone number', async () => {
  const { api } = await (await app.tenant()).as('admin');
  for (const [plural, name] of [
    ['companies', '24/7 Fitness'],
    ['deals', '2026-0142'],
    ['deals', 'Renewal 2026/27'],
    ['deals', '1.5 million'],
  ] as const)
    assert.equal((await api('POST', `/api/v1/${plural}`, { name })).status, 201, name);
  for (const [q, name] of [
    ['24/7', '24/7 Fitness'], ['2026-0142', '2026-0142'], ['26-0142', '2026-0142'], ['0142', '2026-0142'],
    ['2026/27', 'Renewal 2026/27'], ['1.5', '1.5 million'],
  ] as const) // biome-ignore format: a table
    assert.deepEqual(await names(q, api), [name], q);
});

test('a word with a typing error finds what is nearly the same, unless something is the same', async () => {
  const { api } = await (await app.tenant()).as('admin');
  const data = [
    ['John', 'Smith'],
    ['Siobhan', 'Gallagher'],
    ['Joan', 'Smythe'],
    ['Matthias', 'Zimmermann'],
  ];
  for (const [given_name, family_name] of data)
    assert.equal((await api('POST', '/api/v1/contacts', { given_name, family_name })).status, 201);
  assert.equal((await api('POST', '/api/v1/companies', { name: 'Contoso Pharmaceuticals' })).status, 201);
  const wrong = ['smiht', 'smth', 'smitth', 'jon smiht', 'john smiht', 'smiht john'];
  for (const q of wrong) assert.equal((await names(q, api))[0], 'John Smith', q);
  for (const q of ['galagher', 'gallaher', 'siobahn']) assert.deepEqual(await names(q, api), ['Siobhan Gallagher'], q);
  for (const q of ['zimerman', 'matias zimmerman']) assert.deepEqual(await names(q, api), ['Matthias Zimmermann'], q);
  for (const q of ['contso', 'farmaceuticals']) assert.deepEqual(await names(q, api), ['Contoso Pharmaceuticals'], q);
  const misspelt = async (q: string) =>
    (await api('GET', `/api/v1/search?q=${q}`)).body.data.map((hit: { misspelt: boolean }) => hit.misspelt);
  assert.deepEqual(await misspelt('galagher'), [true]);
  assert.deepEqual(await misspelt('gallagher'), [false]);
  // What is there is not mixed with what only looks like it.
  assert.deepEqual(await names('smith', api), ['John Smith']);
  for (const q of ['xqzw', 'john xqzwv', 'smi xq']) assert.deepEqual(await names(q, api), [], q);
});

test('an empty search and one that is too long are refused', async () => {
  for (const q of ['', '%20%20', 'x'.repeat(201), 'a%00b']) {
    const { status } = await admin('GET', `/api/v1/search?q=${q}`);
    assert.ok(status === 422 || status === 400, `${q}: ${status}`);
  }
  assert.equal((await admin('GET', '/api/v1/search')).status, 422);
});

test('what is in the trash, of another tenant or out of scope is not found', async () => {
  const stranger = (await (await app.tenant()).as('admin')).api;
  assert.deepEqual(await names('anna', stranger), []);

  const adviser = await tenant.as('advisor');
  assert.deepEqual(await names('anna', adviser.api), []);
  const own = await adviser.api('POST', '/api/v1/contacts', { given_name: 'Annika', family_name: 'Own' });
  assert.equal(own.status, 201);
  for (const q of ['annika', 'an', 'own', 'ika']) assert.deepEqual(await names(q, adviser.api), ['Annika Own'], q);

  await adviser.api('DELETE', `/api/v1/contacts/${own.body.id}`);
  assert.deepEqual(await names('annika', adviser.api), []);
  assert.deepEqual(await names('annika'), []);

  const customer = await tenant.as('customer');
  assert.deepEqual(await names('anna', customer.api), []);
});

test('with the scope of a team one finds what its members own, and nothing else', async () => {
  const owner = new pg.Client({ connectionString: app.database.ownerUrl });
  await owner.connect();
  await owner.query(`insert into role (tenant_id, key, name, rights) values ($1, 'teammate', 'Teammate', $2)`, [
    tenant.tenant_id,
    { contact: { read: 'team', create: 'own' } },
  ]);
  const [one, two, outside] = [
    await tenant.as('teammate', 'one'),
    await tenant.as('teammate', 'two'),
    await tenant.as('teammate', 'outside'),
  ];
  await owner.query(
    `with made as (insert into team (tenant_id, name) values ($1, 'Team') returning id)
     insert into team_member (tenant_id, team_id, user_id) select $1, made.id, u from made, unnest($2::uuid[]) u`,
    [tenant.tenant_id, [one.user_id, two.user_id]],
  );
  await owner.end();
  for (const [person, given_name] of [
    [one, 'Quirin'],
    [two, 'Quirina'],
    [outside, 'Quirinus'],
  ] as const)
    assert.equal((await person.api('POST', '/api/v1/contacts', { given_name })).status, 201);
  for (const q of ['quirin', 'uirin', 'qu']) {
    assert.deepEqual(await names(q, one.api), ['Quirin', 'Quirina'], q);
    assert.deepEqual(await names(q, outside.api), ['Quirinus'], q);
  }
});
