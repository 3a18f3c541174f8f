import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { type Answer, type Client, type SharedTestApp, sharedTestApp } from '../../../../test/harness/app.ts';
import { asOwner } from '../../../../test/harness/identity.ts';
import { importNow } from '../../../../test/harness/import.ts';

/** The lists of values with labels that a contact has, beside the main one of each kind, and its birthday. */

let app: SharedTestApp;
let api: Client;
before(async () => {
  app = await sharedTestApp();
  ({ api } = await (await app.tenant()).as('admin'));
});

const contacts = '/api/v1/contacts';
const letters = (count: number) => 'x'.repeat(count);

const nowhere = { label: null, street: null, city: null, region: null, postal_code: null, country: null };
const full = {
  email: 'ada@work.example',
  email_label: 'Work',
  other_emails: [{ label: 'Home', value: 'ada@home.example' }, { label: null, value: 'Ada@Old.example' }],
  phone: '+49 30 1',
  phone_label: 'Desk',
  other_phones: [{ label: 'Mobile', value: '+49 170 2' }, { label: null, value: 'ask for Ada' }],
  street: 'Ring 1',
  address_label: 'Office',
  other_addresses: [
    { label: 'Home', street: 'Deich 2', city: 'Husum', region: 'SH', postal_code: '25813', country: 'Germany' },
    { ...nowhere, country: 'Italy' },
  ],
  sites: [{ label: 'Blog', value: 'https://ada.example/?a=1' }, { label: null, value: 'http://x.example' }],
  social_profiles: [{ label: 'LinkedIn', value: 'https://linkedin.example/in/ada' }, { label: null, value: '@ada' }],
  birthday: '1990-04-30',
}; // biome-ignore format: a list a line
const lists = ['other_emails', 'other_phones', 'other_addresses', 'sites', 'social_profiles'] as const;
const cleared = {
  ...Object.fromEntries(Object.keys(full).map((field) => [field, null])),
  ...Object.fromEntries(lists.map((list) => [list, []])),
};

async function made(values: object): Promise<Record<string, unknown> & { id: string }> {
  const answer = await api('POST', contacts, { given_name: 'Ada', ...values });
  assert.equal(answer.status, 201, JSON.stringify(answer.body));
  return answer.body;
}

/** What a contact has of these fields, read by itself and as one of a list. */
async function detailsOf(id: string, by = api): Promise<object> {
  const filter = encodeURIComponent(JSON.stringify({ field: 'id', op: 'eq', value: id }));
  const { body: one } = await by('GET', `${contacts}/${id}`);
  const [listed] = (await by('GET', `${contacts}?filter=${filter}`)).body.data;
  const details = (row: Record<string, unknown>) => Object.fromEntries(Object.keys(full).map((key) => [key, row[key]]));
  assert.deepEqual(details(listed), details(one));
  return details(one);
}

const changed = async (id: string, values: object): Promise<Answer> => {
  const answer = await api('PATCH', `${contacts}/${id}`, values);
  assert.equal(answer.status, 200, JSON.stringify(answer.body));
  return answer;
};

test('lists of values with labels and a birthday are stored in their order, changed one by one, and cleared', async () => {
  const { id, ...row } = await made(full);
  assert.deepEqual({ ...row, ...full }, row);
  assert.deepEqual(await detailsOf(id), full);

  const [home, old] = full.other_emails;
  await changed(id, { other_emails: [old, home], birthday: '--02-29' });
  assert.deepEqual(await detailsOf(id), { ...full, other_emails: [old, home], birthday: '--02-29' });
  await changed(id, {
    other_addresses: [{ city: ' Rome ' }],
    sites: [{ value: 'https://b.example', label: ' Shop ' }],
  });
  assert.deepEqual(await detailsOf(id), {
    ...full,
    other_emails: [old, home],
    birthday: '--02-29',
    other_addresses: [{ ...nowhere, city: 'Rome' }],
    sites: [{ label: 'Shop', value: 'https://b.example' }],
  });
  await changed(id, cleared);
  assert.deepEqual(await detailsOf(id), cleared);
  assert.deepEqual(await detailsOf((await made({})).id), cleared, 'a new contact has none');
});

test('each list takes as many values and as long ones as it says, and no more; what is wrong with which is said', async () => {
  const longest = {
    other_emails: { label: letters(60), value: `${letters(63)}@${`${letters(60)}.`.repeat(3)}example` },
    other_phones: { label: letters(60), value: letters(50) },
    other_addresses: {
      label: letters(60),
      street: letters(300),
      city: letters(200),
      region: letters(200),
      postal_code: letters(20),
      country: letters(100),
    },
    sites: { label: letters(60), value: `https://x.example/${letters(2_000 - 18)}` },
    social_profiles: { label: letters(60), value: letters(500) },
  };
  const most = Object.fromEntries(lists.map((list) => [list, Array(20).fill(longest[list])]));
  const { id } = await made(most);
  assert.deepEqual(await detailsOf(id), { ...cleared, ...most });

  const valued = ['other_emails', 'other_phones', 'sites', 'social_profiles'] as const;
  const bad: [values: object, field: string, code: string][] = [
    ...lists.flatMap((list): [object, string, string][] => [
      [{ [list]: Array(21).fill(longest[list]) }, list, 'too_big'],
      [{ [list]: [longest[list], { ...longest[list], label: letters(61) }] }, `${list}.1.label`, 'too_big'],
      [{ [list]: [{ ...longest[list], label: ' ' }] }, `${list}.0.label`, 'too_small'],
      [{ [list]: [{ ...longest[list], kind: 'x' }] }, `${list}.0.kind`, 'unknown_field'],
      [{ [list]: ['x'] }, `${list}.0`, 'invalid_type'],
      [{ [list]: {} }, list, 'invalid_type'],
      [{ [list]: null }, list, 'invalid_type'],
    ]),
    ...valued.flatMap((list): [object, string, string][] => [
      [{ [list]: [{ label: 'Work' }] }, `${list}.0.value`, 'invalid_type'],
      [{ [list]: [{ value: `${longest[list].value}x` }] }, `${list}.0.value`, 'too_big'],
    ]),
    [{ other_emails: [{ value: 'nobody' }] }, 'other_emails.0.value', 'invalid_format'],
    [{ other_phones: [{ value: ' ' }] }, 'other_phones.0.value', 'too_small'],
    [{ social_profiles: [{ value: '' }] }, 'social_profiles.0.value', 'too_small'],
    [{ sites: [{ value: 'x.example' }] }, 'sites.0.value', 'invalid_format'],
    [{ sites: [{ value: 'javascript:alert(1)' }] }, 'sites.0.value', 'invalid_format'],
    ...Object.entries(longest.other_addresses).map(([part, text]): [object, string, string] => [
      { other_addresses: [{ city: 'x', [part]: `${text}x` }] }, `other_addresses.0.${part}`, 'too_big',
    ]),
    [{ other_addresses: [{ label: 'Home', city: ' ' }] }, 'other_addresses.0', 'custom'],
    ...['1990-02-29', '--02-30', '--13-01', '1990-4-3', '04-30', 'today', ''].map((day): [object, string, string] => [
      { birthday: day }, 'birthday', day === '1990-02-29' || /^--/.test(day) ? 'custom' : 'invalid_format',
    ]),
    ...(['email_label', 'phone_label', 'address_label'] as const).map((label): [object, string, string] => [
      { [label]: letters(61) }, label, 'too_big',
    ]),
  ]; // biome-ignore format: a table
  for (const [values, field, code] of bad)
    for (const answer of [
      await api('POST', contacts, { given_name: 'Bad', ...values }),
      await api('PATCH', `${contacts}/${id}`, values),
    ]) {
      assert.equal(answer.status, 422, `${field}: ${JSON.stringify(values).slice(0, 200)}`);
      const [error] = answer.body.errors;
      assert.deepEqual([answer.body.errors.length, error.field, error.code], [1, field, code]);
      assert.ok(error.message.length > 5);
    }
  assert.deepEqual(await detailsOf(id), { ...cleared, ...most });
});

test('a change of them is taken back whole, leaves what was changed since, and a deleted contact comes back with all of them', async () => {
  const undo = (answer: Answer) => api('POST', `/api/v1/changes/${answer.headers.get('change-id')}/reversal`);
  const { id } = await made(full);
  const clearing = await changed(id, { ...cleared, email: 'new@x.example' });
  assert.equal((await undo(clearing)).status, 200);
  assert.deepEqual(await detailsOf(id), full);

  const older = await changed(id, { sites: [], social_profiles: [], birthday: null });
  await changed(id, { sites: [{ value: 'https://since.example' }] });
  const { body } = await undo(older);
  assert.deepEqual(body.skipped_samples.map(({ fields }: { fields: string[] }) => fields), [['sites']]); // biome-ignore format: one check
  const now = { ...full, sites: [{ label: null, value: 'https://since.example' }] };
  assert.deepEqual(await detailsOf(id), now);

  const deletion = await api('DELETE', `${contacts}/${id}`);
  assert.equal((await undo(deletion)).status, 200);
  assert.deepEqual(await detailsOf(id), now);
});

test('addresses with a domain of any script are one however it is written, and a phone keeps its extension, over HTTP, in imports and in search', async () => {
  const { api } = await (await app.tenant()).as('admin');
  const create = async (body: object) => {
    const made = await api('POST', '/api/v1/contacts', body);
    assert.equal(made.status, 201, JSON.stringify(made.body));
    return made.body;
  };
  const named = async (path: string) =>
    (await api('GET', `/api/v1/${path}`)).body.data.map(({ name }: { name: string }) => name);
  const filtered = (value: string) =>
    named(`contacts?filter=${encodeURIComponent(JSON.stringify({ field: 'email', op: 'eq', value }))}`);
  const mona = await create({ given_name: 'Mona', email: 'Info@müller.example', phone: '+1 212 555 0100 ext. 12' });
  assert.deepEqual([mona.email, mona.phone], ['Info@müller.example', '+1 212 555 0100 ext. 12']);
  const other_emails = [{ label: null, value: 'r&d@xn--mller-kva.example' }];
  await create({ given_name: 'Olga', email: 'office@xn--e1afmkfd.xn--p1ai', other_emails });
  assert.equal((await api('POST', '/api/v1/contacts', { given_name: 'No', email: 'a b@x.example' })).status, 422);
  assert.deepEqual(await filtered('info@xn--mller-kva.example'), ['Mona']);
  assert.deepEqual(await filtered('office@пример.рф'), ['Olga']);
  assert.deepEqual(await filtered('office@xn--e1afmkfd.xn--p1ai'), ['Olga']);
  assert.deepEqual(await filtered('r&d@müller.example'), ['Olga']);
  assert.deepEqual(await named(`search?q=${encodeURIComponent('info@xn--mller-kva.example')}`), ['Mona']);

  const csv = [
    'First name,E-mail,Phone',
    'Mona,info@xn--mller-kva.example,+1 212 555 0100 ext. 13',
    'Rita,r&d@acme.example,030 1234567 Durchwahl 12',
    'Yves,yves@acme.example,+33 1 23 45 67 89 poste 301',
    'Xena,xena@acme.example,(312) 555-0199 x204',
  ];
  const { files, problem_samples } = await importNow(api, [['people.csv', csv.join('\n')]]);
  assert.deepEqual(problem_samples, []);
  assert.deepEqual([files[0]!.counts.created, files[0]!.counts.updated], [3, 1]);
  const { data } = (await api('GET', '/api/v1/contacts?sort=name')).body;
  assert.deepEqual(data.map(({ email, phone }: Record<string, string>) => [email, phone]), [
    ['info@müller.example', '+1 212 555 0100 ext. 13'],
    ['office@пример.рф', null],
    ['r&d@acme.example', '030 1234567 Durchwahl 12'],
    ['xena@acme.example', '(312) 555-0199 x204'],
    ['yves@acme.example', '+33 1 23 45 67 89 poste 301'],
  ]); // biome-ignore format: a table
  assert.deepEqual(await named('search?q=0301234567'), ['Rita']);
});

test('a country is one, however it is written: in the API, in files, in filters, groups, and in what was there before', async () => {
  const workspace = await (await app.tenant()).as('admin');
  const make = async (given_name: string, values: object) =>
    (await workspace.api('POST', contacts, { given_name, ...values })).body;
  const written = ['UK', 'gb', 'Great Britain', 'Vereinigtes Königreich', 'united kingdom'];
  for (const country of written) assert.equal((await make('Ada', { country })).country, 'United Kingdom', country);
  assert.equal(
    (await make('Bo', { country: 'Narnia' })).country,
    'Narnia',
    'what is no country stays as it is written',
  );
  assert.equal((await make('Cy', { country: 'England' })).country, 'England', 'and so does a part of one');
  const { id, other_addresses } = await make('Di', {
    country: 'AT',
    other_addresses: [{ city: 'Leeds', country: 'GBR' }],
  });
  assert.equal(other_addresses[0].country, 'United Kingdom');
  await importNow(workspace.api, [
    ['a.csv', 'First name,Email,Country\nEd,ed@x.example,Großbritannien\nFi,fi@x.example,Schweiz\n'],
  ]);
  // As texts were stored when each was kept as it was written.
  await asOwner(app, `update contact set country = 'UK' where id = $1 returning id`, [id]);

  const listed = async (op: string, value: unknown) => {
    const filter = encodeURIComponent(JSON.stringify({ field: 'country', op, value }));
    const { data } = (await workspace.api('GET', `${contacts}?limit=200&filter=${filter}`)).body;
    return data.map((one: { given_name: string }) => one.given_name).sort();
  };
  const british = [...written.map(() => 'Ada'), 'Di', 'Ed'];
  for (const value of ['GB', 'United Kingdom', 'großbritannien'])
    assert.deepEqual(await listed('eq', value), british, value);
  assert.deepEqual(await listed('in', ['UK', 'CH']), [...british, 'Fi']);
  assert.deepEqual(await listed('ne', 'UK'), ['Bo', 'Cy', 'Fi']);
  const { groups } = (await workspace.api('GET', `${contacts}?group=country`)).body;
  assert.deepEqual(
    groups.map(({ value, count }: { value: string; count: number }) => [value, count]),
    [
      ['England', 1],
      ['Narnia', 1],
      ['Switzerland', 1],
      ['United Kingdom', british.length],
    ],
  );
});
