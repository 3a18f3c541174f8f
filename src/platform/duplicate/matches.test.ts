import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { type Client, type SharedTestApp, sharedTestApp, type TestTenant } from '../../../test/harness/app.ts';

let app: SharedTestApp;
let tenant: TestTenant;
let api: Client;
before(async () => {
  app = await sharedTestApp();
  tenant = await app.tenant();
  ({ api } = await tenant.as('admin'));
});

async function make(noun: string, body: object, by = api): Promise<string> {
  const made = await by('POST', `/api/v1/${noun}`, body);
  assert.equal(made.status, 201, JSON.stringify(made.body));
  return made.body.id;
}
interface Found {
  id: string;
  reasons: { code: string; text: string }[];
}
async function matches(noun: string, draft: object, by = api): Promise<[string, string[]][]> {
  const { status, body } = await by('POST', `/api/v1/${noun}/matches`, draft);
  assert.equal(status, 200, JSON.stringify(body));
  return body.data.map(({ id, reasons }: Found) => [id, reasons.map(({ text }) => text)]);
}

test('a contact is found by its addresses, its number however it is written, and its name at the same company', async () => {
  const acme = await make('companies', { name: 'Acme' });
  const other = await make('companies', { name: 'Other' });
  const zoe = {
    given_name: 'Zoë',
    family_name: 'Müller',
    email: 'Zoe@x.example',
    other_emails: [{ value: 'Z@y.example' }],
    phone: '+49 (30) 555-0101',
  };
  const id = await make('contacts', { ...zoe, company_id: acme });
  await make('contacts', {
    given_name: 'Somebody',
    family_name: 'Else',
    company_id: acme,
    email: 's@x.example',
    phone: '+49 30 555 0199',
  });
  assert.deepEqual(await matches('contacts', { email: 'zoe@X.example' }), [[id, ['Same e-mail address']]]);
  assert.deepEqual(await matches('contacts', { email: 'z@y.example' }), [[id, ['Same e-mail address']]]);
  assert.deepEqual(await matches('contacts', { phone: '030 5550101' }), [[id, ['Same phone number']]]);
  assert.deepEqual(await matches('contacts', { given_name: 'zoe', family_name: 'Mueller', company_id: acme }), [
    [id, ['Similar name']],
  ]);
  assert.deepEqual(await matches('contacts', { given_name: 'ZOE', family_name: 'Muller', company_id: acme }), [
    [id, ['Same name']],
  ]);
  assert.deepEqual(await matches('contacts', { given_name: 'Zoe', family_name: 'Mueller', company_id: other }), []);
  assert.deepEqual(await matches('contacts', { given_name: 'zoë', family_name: 'müller' }), [[id, ['Same name']]]);
  assert.deepEqual(await matches('contacts', { given_name: 'Z', email: '', phone: '12' }), []);
  const all = await matches('contacts', {
    ...{ email: zoe.email, phone: zoe.phone },
    given_name: 'Zoë',
    family_name: 'Müller',
    company_id: acme,
  });
  assert.deepEqual(all, [[id, ['Same e-mail address', 'Same name', 'Same phone number']]]);
  await api('DELETE', `/api/v1/contacts/${id}`);
  assert.deepEqual(await matches('contacts', { email: zoe.email }), []);
});

test('names are compared without case, accents, sharp s, the form of Unicode and the kinds of apostrophes, dashes and spaces', async () => {
  const acme = await make('companies', { name: 'Spelling' });
  const alike: [string, string, string, string][] = [
    ['Jürgen', 'Müßig', 'Jurgen', 'Müssig'],
    ['Jessica', 'Weiss', 'JESSICA', 'Weiß'],
    ['Vanessa', 'Groß-Voss', 'Vanessa', 'Gross-Voß'],
    ['José', 'Peña', 'Jose'.normalize('NFD'), 'Peña'.normalize('NFD')],
    ['Róisín', 'O’Brien', 'Roisin', "O'Brien"],
    ['Conor', "D'Arcy", 'Conor', 'D’Arcy'],
    ['Jean‐Luc', 'Roux', 'Jean-Luc', 'Roux'],
    ['Anne-Marie', 'Roux', 'Anne–Marie', 'Roux'],
    ['Eva  Maria', 'Lang', 'Eva Maria', 'Lang'],
  ];
  for (const [given_name, family_name, given, family] of alike) {
    const id = await make('contacts', { given_name, family_name, company_id: acme });
    const typed = { given_name: given, family_name: family };
    const found = [[id, ['Same name']]];
    assert.deepEqual(await matches('contacts', { ...typed, company_id: acme }), found, `${given} ${family} there`);
    // Of people anywhere the beginnings of names are looked up, which an index has as they are written.
    if (!given_name.includes('  ')) assert.deepEqual(await matches('contacts', typed), found, `${given} ${family}`);
  }
  const id = await make('companies', { name: 'Straßenbau Groß GmbH' });
  for (const name of ['STRASSENBAU GROSS GMBH', 'Strassenbau Groß GmbH'])
    assert.deepEqual(await matches('companies', { name }), [[id, ['Same name']]], name);
  assert.deepEqual(await matches('companies', { name: 'Strassenbau Gross' }), [
    [id, ['Same name except for the legal form']],
  ]);
});

test('a company is found by its domain and by a name like it', async () => {
  const id = await make('companies', { name: 'Initech Industries', domain: 'Initech.example' });
  assert.deepEqual(await matches('companies', { domain: 'initech.EXAMPLE' }), [[id, ['Same domain']]]);
  assert.deepEqual(await matches('companies', { name: 'Initech Industry' }), [[id, ['Similar name']]]);
  assert.deepEqual(await matches('companies', { name: 'INITECH industries', domain: 'initech.example' }), [
    [id, ['Same domain', 'Same name']],
  ]);
  assert.deepEqual(await matches('companies', { name: 'Globex' }), []);
  for (const name of ['INITECH Industries', 'Initech Industries, Inc.'])
    assert.ok(
      (await matches('companies', { name })).some(([found]) => found === id),
      name,
    );
  const short = await make('companies', { name: 'Umbra' });
  assert.deepEqual(await matches('companies', { name: 'UMBRA, Inc.' }), [
    [short, ['Same name except for the legal form']],
  ]);
});

test('only what the caller may read is named, and no more than five', async () => {
  const email = 'many@x.example';
  for (let n = 0; n < 6; n++) await make('contacts', { given_name: `M${n}`, email });
  assert.equal((await matches('contacts', { email })).length, 5);
  const advisor = await tenant.as('advisor');
  assert.deepEqual(await matches('contacts', { email }, advisor.api), []);
  const own = await make('contacts', { given_name: 'Mine', email }, advisor.api);
  assert.deepEqual(await matches('contacts', { email }, advisor.api), [[own, ['Same e-mail address']]]);
  const stranger = await (await app.tenant()).as('admin');
  assert.deepEqual(await matches('contacts', { email }, stranger.api), []);
});
