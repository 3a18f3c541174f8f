import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { foldedName } from '../../src/kernel/contract/names.ts';
import { type Client, type SharedTestApp, sharedTestApp } from '../harness/app.ts';
import { asOwner } from '../harness/identity.ts';

let app: SharedTestApp;
let api: Client;
before(async () => {
  app = await sharedTestApp();
  ({ api } = await (await app.tenant()).as('admin'));
});

/** Each beside a name that looks like it. */
const alike: [string, string][] = [
  ['Sales', 'sALES'],
  ['Ops', '\u200bOps\u00ad'],
  ['Café', 'Cafe\u0301'],
  ['North  West', 'north\u00a0west'],
  ['ＡＢＣ', 'abc'],
  ['Straße', 'STRAßE'],
  ['★', '★\ufe0f'],
];

test('names are folded by the database as by the program', async () => {
  const names = [
    ...alike.flat(),
    ' a\t\n b ',
    '\u2800',
    '\u3164x\uffa0',
    'ΣΑΣ',
    'İI',
    'Ⅷ',
    'ﬁ',
    '\u{e0041}z',
    '\u1680q\u2028r',
  ];
  // Not letters that have got small ones since the oldest ICU that the database may have.
  for (let code = 1; code < 0x3000; code++)
    if (!/[\u1c80-\u1cbf\u2c2f]/.test(String.fromCodePoint(code))) names.push(`a${String.fromCodePoint(code)}b`);
  const rows = (await asOwner(
    app,
    'select app.folded_name(n) as folded from unnest($1::text[]) with ordinality u (n, at) order by at',
    [names],
  )) as { folded: string }[];
  const differing = names.filter((name, at) => rows[at]!.folded !== foldedName(name));
  assert.deepEqual(
    differing.map((name) => [...name].map((sign) => sign.codePointAt(0)!.toString(16)).join(' ')),
    [],
  );
});

/** Of each list in which no two may have one name: its address, the field, and what else is needed. */
const lists: [path: string, body: object, field?: string][] = [
  ['close-reasons', { outcome: 'lost' }],
  ['custom-fields', { resource: 'contact', type: 'text' }, 'label'],
  ['dashboards', {}],
  ['pipelines', {}],
  ['roles', { rights: {} }],
  ['saved-mappings', { resource: 'contact', columns: {} }],
  ['saved-views', { resource: 'contact' }],
  ['scoring-rules', { resource: 'deal', points: 5, filter: { field: 'name', op: 'not_empty' } }],
  ['sign-in-providers', { kind: 'google', client_id: 'one' }],
  ['tags', {}],
  ['teams', {}],
];

test('no list takes two names that look alike, nor one of nothing to see', async () => {
  for (const [list, body, field = 'name'] of lists) {
    const make = (name: string) =>
      api('POST', `/api/v1/${list}`, { ...body, [field]: name, ...(field === 'label' && { key: `k${keys++}` }) });
    for (const [name, other] of alike) {
      const made = await make(name);
      assert.equal(made.status, 201, `${list} ${name}: ${JSON.stringify(made.body)}`);
      const refused = await make(other);
      assert.ok([409, 422].includes(refused.status), `${list} ${other}: ${refused.status}`);
      assert.deepEqual([refused.body.errors[0].field, refused.body.errors[0].code], [field, 'duplicate'], list);
      // Itself it may be written in another way.
      const address = `/api/v1/${list}/${made.body.id}`;
      assert.equal((await api('PATCH', address, { [field]: other })).status, 200, list);
      assert.ok([200, 204].includes((await api('DELETE', address)).status), list);
    }
    const empty = await make('\u200b\u3164 \u2060');
    assert.deepEqual(
      [empty.status, empty.body.errors[0].field, empty.body.errors[0].message],
      [422, field, 'This must not be empty'],
      list,
    );
  }
});
let keys = 0;

test('the stages of a pipeline have different names too', async () => {
  const { body: pipeline } = await api('POST', '/api/v1/pipelines', { name: 'Renewals' });
  const make = (name: string) => api('POST', '/api/v1/stages', { pipeline_id: pipeline.id, name, kind: 'open' });
  assert.equal((await make('Talks')).status, 201);
  const refused = await make('talks\u200b');
  assert.deepEqual([refused.status, refused.body.errors[0].field], [409, 'name']);
});

test('what nobody can see is no name of a record or a person', async () => {
  const nothing = '\u200b\u2063';
  for (const [method, path, body, field] of [
    ['POST', 'companies', { name: nothing }, 'name'],
    ['POST', 'contacts', { given_name: nothing }, 'given_name'],
    ['POST', 'products', { name: nothing, currency: 'USD' }, 'name'],
    ['POST', 'notes', { body: nothing }, 'body'],
    ['PATCH', 'tenant', { title: nothing }, 'title'],
    ['POST', 'invitations', { name: nothing, email: 'a@example.com', role_ids: [] }, 'name'],
  ] as const) {
    const answer = await api(method, `/api/v1/${path}`, body);
    assert.deepEqual(
      [answer.status, answer.body.errors?.[0].field],
      [422, field],
      `${path} ${JSON.stringify(answer.body)}`,
    );
  }
  const persian = await api('POST', '/api/v1/companies', { name: 'نامه\u200cها' });
  assert.equal(persian.body.name, 'نامه\u200cها', 'what stands between letters stays');
});

const cut = (text: string) => text.normalize('NFD');

test('texts are kept in composed letters, however they are sent', async () => {
  const { api } = await (await app.tenant()).as('admin');
  const make = async (path: string, body: object) => {
    const made = await api('POST', `/api/v1/${path}`, body);
    assert.equal(made.status, 201, JSON.stringify(made.body));
    return made.body;
  };
  await make('custom-fields', {
    resource: 'contact',
    key: 'town',
    label: 'Town',
    type: 'text',
    is_unique: true,
    rules: { pattern: 'letters', max: '6' },
  });
  const sent = { given_name: cut('Zoë'), city: cut('Köln'), custom: { town: cut('Döbeln') } };
  const contact = await make('contacts', { ...sent, other_addresses: [{ label: cut('Büro'), city: cut('Köln') }] });
  assert.deepEqual([contact.name, contact.city, contact.custom.town], ['Zoë', 'Köln', 'Döbeln']);
  assert.deepEqual([contact.other_addresses[0].label, contact.other_addresses[0].city], ['Büro', 'Köln']);
  assert.equal((await make('tags', { name: cut('Größe') })).name, 'Größe');
  assert.equal((await make('companies', { name: 'Ü', description: cut('Für Übersee') })).description, 'Für Übersee');
  const taken = await api('POST', '/api/v1/contacts', { given_name: 'Bo', custom: { town: 'Döbeln' } });
  assert.deepEqual([taken.status, taken.body.errors[0].field], [409, 'custom.town']);
  for (const [field, value] of [
    ['given_name', 'Zoë'],
    ['city', 'Köln'],
    ['custom.town', 'Döbeln'],
  ])
    for (const [op, wanted] of [
      ['eq', value],
      ['eq', cut(value!)],
      ['in', [cut(value!)]],
      ['ne', cut(value!)],
    ] as const) {
      const filter = encodeURIComponent(JSON.stringify({ field, op, value: wanted }));
      const { status, body } = await api('GET', `/api/v1/contacts?filter=${filter}`);
      assert.deepEqual([status, body.data.length], [200, op === 'ne' ? 0 : 1], `${field} ${op}`);
    }
});

test('a filter finds what contains or begins with a text as the search does, and what is a text as it is written', async () => {
  const { api } = await (await app.tenant()).as('admin');
  for (const name of ['Müßig Söhne', 'Café d’Or', 'Ａｃｍｅ 100％', 'Muller']) {
    const made = await api('POST', '/api/v1/companies', { name, description: name });
    assert.equal(made.status, 201, JSON.stringify(made.body));
  }
  const found = async (op: string, value: string, field = 'name') => {
    const filter = encodeURIComponent(JSON.stringify({ field, op, value }));
    const { status, body } = await api('GET', `/api/v1/companies?filter=${filter}&sort=name`);
    assert.equal(status, 200, JSON.stringify(body));
    return body.data.map(({ name }: { name: string }) => name);
  };
  for (const value of ['mussig', 'MÜSSIG', 'müßig s', 'sohne', cut('Söhne')])
    assert.deepEqual(await found('contains', value), ['Müßig Söhne'], value);
  for (const value of ['cafe', "Cafe d'or", 'Café d’O'])
    assert.deepEqual(await found('starts_with', value), ['Café d’Or'], value);
  assert.deepEqual(await found('starts_with', 'müller'), ['Muller']);
  assert.deepEqual(await found('contains', '100%'), ['Ａｃｍｅ 100％']);
  for (const value of ['％', '_', 'o_h']) assert.equal((await found('contains', value)).length, value === '％' ? 1 : 0);
  assert.deepEqual(await found('eq', 'Müller'), []);
  assert.deepEqual(await found('eq', 'Muller'), ['Muller']);
  // Of long texts only the case does not count.
  assert.deepEqual(await found('contains', 'MÜßIG', 'description'), ['Müßig Söhne']);
  assert.deepEqual(await found('contains', 'mussig', 'description'), []);
});
