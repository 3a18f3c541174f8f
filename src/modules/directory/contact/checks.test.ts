import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { type Answer, type SharedTestApp, sharedTestApp, type TestTenant } from '../../../../test/harness/app.ts';
import { asOwner } from '../../../../test/harness/identity.ts';

/** What the database itself refuses, whoever writes: an import, a migration, a hand at the console. */

let app: SharedTestApp;
let tenant: TestTenant;
before(async () => {
  app = await sharedTestApp();
  tenant = await app.tenant();
});

const letters = (count: number) => 'x'.repeat(count);
const listed = (count: number, item: object = { label: null, value: 'x' }) => JSON.stringify(Array(count).fill(item));
/** None of them a list of values with labels. */
const unlabelled = [
  '{}',
  '["x"]',
  '[{"value": ""}]',
  '[{"label": 1, "value": "x"}]',
  '[{"label": null}]',
  '[{"value": "x", "kind": "x"}]',
];
const home = {
  label: letters(60),
  street: letters(300),
  city: letters(200),
  region: letters(200),
  postal_code: letters(20),
  country: letters(100),
};
/** By column: the last that is allowed, or one of them, and what is refused. */
const place = {
  street: [letters(300), letters(301)], city: [letters(200), letters(201)], region: [letters(200), letters(201)],
  postal_code: [letters(20), letters(21)], country: [letters(100), letters(101)], phone: [letters(50), letters(51)],
  external_id: [letters(200), letters(201), ''], custom: ['{}', '[]'],
}; // biome-ignore format: a line of columns
const values: Record<string, Record<string, unknown[]>> = {
  contact: {
    ...place,
    given_name: [letters(200), letters(201)],
    family_name: [letters(200), letters(201)],
    email: [letters(254), letters(255)],
    email_label: [letters(60), letters(61)],
    phone_label: [letters(60), letters(61)],
    address_label: [letters(60), letters(61)],
    other_emails: [
      listed(20),
      listed(21),
      listed(1, { value: letters(255) }),
      listed(1, { label: letters(61), value: 'x' }),
      ...unlabelled,
    ],
    other_phones: [
      listed(20, { label: letters(60), value: letters(50) }),
      listed(21),
      listed(1, { value: letters(51) }),
      ...unlabelled,
    ],
    sites: [listed(20, { value: letters(2_000) }), listed(21), listed(1, { value: letters(2_001) }), ...unlabelled],
    social_profiles: [
      listed(20, { value: letters(500) }),
      listed(21),
      listed(1, { value: letters(501) }),
      ...unlabelled,
    ],
    other_addresses: [
      listed(20, home),
      listed(21, home),
      '{}',
      '["x"]',
      listed(1, {}),
      listed(1, { label: 'Home' }),
      listed(1, { city: 1 }),
      listed(1, { town: 'x' }),
      ...Object.entries(home).map(([part, most]) => listed(1, { city: 'x', [part]: `${most}x` })),
    ],
    birthday: ['--02-29', '1990-02-29', '--13-01', '1990-4-3', '04-30', '90-04-30', 'today'],
    job_title: [letters(200), letters(201)],
    source: [letters(100), letters(101)],
    lead_status: ['working', 'wished'],
    lifecycle_stage: ['former', 'future'],
    consent_email: ['denied', 'perhaps'],
    time_zone: [letters(60), letters(61)],
  },
  company: {
    ...place,
    name: [letters(200), letters(201), ''],
    domain: [letters(253), letters(254)],
    website: [letters(2_000), letters(2_001)],
    industry: [letters(200), letters(201)],
    employee_count: [0, -1],
    currency: ['EUR', 'eur'],
    founded_year: [1_000, 999, 2_201],
    description: [letters(20_000), letters(20_001)],
  },
};

test('a contact has a name, an e-mail address or a phone number, whoever writes it', async () => {
  const { api } = await tenant.as('admin');
  const refused = ({ status, body }: Answer) => {
    assert.equal(status, 422, JSON.stringify(body));
    return body.errors.map(({ field, message }: { field: string; message: string }) => [field, message]);
  };
  const message = 'A contact needs a name, an e-mail address or a phone number';
  assert.deepEqual(refused(await api('POST', '/api/v1/contacts', {})), [['given_name', message]]);
  const bulk = await api('POST', '/api/v1/contacts/bulk', {
    data: [{ phone: '110' }, { given_name: ' ', city: 'Ulm' }],
  });
  assert.deepEqual(refused(bulk), [['data.1.given_name', message]]);
  const { body } = await api('POST', '/api/v1/contacts', { email: 'a@b.example' });
  assert.equal(body.name, 'a@b.example');
  assert.deepEqual(refused(await api('PATCH', `/api/v1/contacts/${body.id}`, { email: null })), [
    ['given_name', message],
  ]);
  await assert.rejects(asOwner(app, `update contact set email = ' ' where id = $1 returning id`, [body.id]), {
    code: '23514',
    message,
  });
});

for (const [table, columns] of Object.entries(values))
  test(`the database takes no ${table} that does not fit, and says which column it is`, async () => {
    const { api } = await tenant.as('admin');
    const body = table === 'contact' ? { given_name: 'Fits' } : { name: 'Fits' };
    const path = table === 'contact' ? 'contacts' : 'companies';
    const { id } = (await api('POST', `/api/v1/${path}`, body)).body;
    for (const [column, [good, ...bad]] of Object.entries(columns)) {
      const set = (value: unknown) =>
        asOwner(app, `update ${table} set ${column} = $2 where id = $1 returning id`, [id, value]);
      assert.deepEqual(await set(good), [{ id }], column);
      for (const value of bad)
        await assert.rejects(set(value), { code: '23514', table, column, constraint: `${table}_fits` });
    }
    const [found] = await asOwner(app, `select pg_get_functiondef('app.${table}_fits'::regproc) as text`);
    const checked = [...(found as { text: string }).text.matchAll(/ then '(\w+)'/g)].map(([, column]) => column);
    assert.deepEqual(checked.toSorted(), Object.keys(columns).toSorted(), 'each column that is checked is tried here');
  });

test('a filter by e-mail finds further addresses too, of the contacts that the reader may see', async () => {
  const tenant = await app.tenant();
  const { api } = await tenant.as('admin');
  const adviser = await tenant.as('advisor');
  const people = [
    { given_name: 'First', email: 'One@x.example' },
    {
      given_name: 'Further',
      email: 'f@y.example',
      other_emails: [
        { label: 'Home', value: 'ONE@x.example' },
        { label: null, value: 'two@x.example' },
      ],
    },
    { given_name: 'Theirs', other_emails: [{ label: null, value: 'one@x.example' }], owner_id: adviser.user_id },
    { given_name: 'None' },
  ];
  for (const person of people)
    assert.equal((await api('POST', '/api/v1/contacts', { phone: '1', ...person })).status, 201);
  const found = async (op: string, value: unknown, by = api) => {
    const filter = encodeURIComponent(JSON.stringify({ field: 'email', op, value }));
    const { status, body } = await by('GET', `/api/v1/contacts?sort=given_name&filter=${filter}`);
    assert.equal(status, 200, JSON.stringify(body));
    return body.data.map(({ given_name }: { given_name: string }) => given_name).join();
  };
  assert.equal(await found('eq', 'one@X.example'), 'First,Further,Theirs');
  assert.equal(await found('eq', 'one@x.example', adviser.api), 'Theirs');
  assert.equal(await found('in', ['two@x.example', 'nobody@x.example']), 'Further');
  assert.equal(await found('ne', 'one@x.example'), 'None');
  assert.equal(await found('contains', 'WO@x'), 'Further');
  assert.equal(await found('starts_with', 'one@'), 'First,Further,Theirs');
  assert.equal(await found('starts_with', 'x.example'), '');
});
