import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { type Client, type SharedTestApp, sharedTestApp, type TestTenant } from '../../../test/harness/app.ts';

let app: SharedTestApp;
let tenant: TestTenant;
let admin: Client;
/** What a contact holds in its fields, one of each type. */
let values: Record<string, unknown>;
let contact_id: string;

/**
 * Of each field: its definition, and what it takes not. Where JSON Schema cannot tell, there is nothing of the latter.
 */
const fields: [key: string, definition: object, wrong: unknown[]][] = [
  ['code', { type: 'text', rules: { min: '2', max: '4', pattern: 'capitals_digits' } }, ['A', 'ABCDE', 'ab', 1]],
  ['visits', { type: 'integer', rules: { min: '-3', max: '10' }, required: true }, [-4, 11, 1.5, '1', null]],
  ['ratio', { type: 'decimal', rules: { min: '0.5' } }, [1, 'x']],
  ['fee', { type: 'money', rules: { max: '99.5' } }, ['1', { amount: '1' }]],
  ['since', { type: 'date', rules: { min: '2000-01-01' } }, ['2024-02-30', '1 May']],
  ['tier', { type: 'select', options: ['A', 'B'], required: true, default_value: 'B' }, ['C', null]],
  ['likes', { type: 'multi_select', options: ['Tea', 'Milk'] }, [['Cola'], 'Tea']],
  ['page', { type: 'url', rules: { max: '22' } }, ['nothing', 'https://a.example/123456']],
  ['vip', { type: 'boolean', is_unique: false }, ['true']],
  ['agent', { type: 'user' }, ['me']],
  ['friend', { type: 'contact' }, ['me']],
  ['firm', { type: 'company' }, [7]],
  ['sale', { type: 'deal' }, ['x']],
];

before(async () => {
  app = await sharedTestApp();
  tenant = await app.tenant();
  const { api, user_id } = await tenant.as('admin');
  admin = api;
  const company = await made('companies', { name: 'Firm' });
  const contact = await made('contacts', { given_name: 'Bo' });
  const deal = await made('deals', { name: 'Sale' });
  values = {
    code: 'X-12',
    visits: 10,
    ratio: '0.5',
    fee: { amount: '99.50', currency: 'USD' },
    since: '2000-01-01',
    tier: 'A',
    likes: ['Tea', 'Milk'],
    page: 'https://a.example/1234',
    vip: false,
    agent: user_id,
    friend: contact.id,
    firm: company.id,
    sale: deal.id,
  };
  for (const [key, definition] of fields)
    await made('custom-fields', { resource: 'contact', key, label: `The ${key}`, ...definition });
  contact_id = (await made('contacts', { given_name: 'Ada', custom: values })).id;
});

async function made(where: string, body: object) {
  const answer = await admin('POST', `/api/v1/${where}`, body);
  assert.equal(answer.status, 201, JSON.stringify(answer.body));
  return answer.body;
}

async function documentOf(api: Client) {
  const { status, body } = await api('GET', '/api/v1/openapi.json');
  assert.equal(status, 200);
  assert.equal(body.openapi, '3.1.0');
  return body;
}

/** What checks JSON against a schema of the document. Every schema has to be one, and to refer to what is there. */
function checks(document: { components: { schemas: object } }): (name: string) => ValidateFunction {
  const ajv = new Ajv2020({ strict: false });
  addFormats.default(ajv);
  ajv.addSchema(document, 'api');
  const compiled = new Map(
    Object.keys(document.components.schemas).map((name) => [
      name,
      ajv.compile({ $ref: `api#/components/schemas/${name}` }),
    ]),
  );
  return (name) => compiled.get(name)!;
}

const request = (custom: object) => ({ given_name: 'Eve', custom });

test('a record is as the document of the workspace says', async () => {
  const check = checks(await documentOf(admin));
  const isRecord = check('Contact');
  const { body } = await admin('GET', `/api/v1/contacts/${contact_id}`);
  assert.deepEqual(body.custom, values);
  assert.ok(!isRecord({ ...body, custom: { ...values, other: 1 } }), 'there are no others');
  assert.ok(isRecord(body), JSON.stringify(isRecord.errors));
});

test('what the document takes the API takes, and what it refuses the API refuses', async () => {
  const check = checks(await documentOf(admin));
  const attempts: object[] = [
    { given_name: 'Eve' },
    request({}),
    request({ visits: 1 }),
    request({ visits: 1, other: 2 }),
    ...fields.flatMap(([key, , wrong]) => wrong.map((value) => request({ visits: 1, [key]: value }))),
    ...Object.entries(values).map(([key, value]) => request({ visits: 1, [key]: value })),
    ...Object.keys(values).map((key) => request({ visits: 1, [key]: null })),
  ];
  const taken = { POST: 0, PATCH: 0 };
  for (const [method, path, schema] of [
    ['POST', '/api/v1/contacts', 'ContactCreate'],
    ['PATCH', `/api/v1/contacts/${contact_id}`, 'ContactUpdate'],
  ] as const) {
    for (const body of attempts) {
      const answer = await admin(method, path, body);
      assert.equal(answer.status < 300, check(schema)(body), `${method} ${JSON.stringify([body, answer.body])}`);
      if (answer.status >= 300) continue;
      taken[method]++;
      assert.ok(check('Contact')(answer.body), JSON.stringify([answer.body, check('Contact').errors]));
    }
  }
  // A new record needs its visits, which two attempts leave out.
  assert.deepEqual(taken, { POST: 25, PATCH: 27 });
});

test('it names, explains and bounds the fields', async () => {
  const { Contact, ContactCreate, Company } = (await documentOf(admin)).components.schemas;
  const { properties, required } = ContactCreate.properties.custom;
  assert.deepEqual(required, ['visits'], 'what has a default can be left out');
  assert.ok(ContactCreate.required.includes('custom'));
  assert.deepEqual(Object.keys(properties), Object.keys(values));
  assert.deepEqual(properties.visits, {
    title: 'The visits',
    description: 'Whole number; at least -3; at most 10; must be filled in',
    type: 'integer',
    minimum: -3,
    maximum: 10,
  });
  assert.equal(properties.ratio.anyOf[0]['x-minimum'], '0.5');
  assert.equal(properties.since.anyOf[0]['x-minimum'], '2000-01-01');
  assert.deepEqual(Contact.properties.custom.properties.tier, {
    title: 'The tier',
    description: 'One of the choices; must be filled in; new records that do not say have a default',
    type: 'string',
    enum: ['A', 'B'],
  });
  assert.deepEqual(Company.properties.custom.properties, {}, 'companies have none');
});

test('it shows each caller what their role may see and fill in, by session and by key, and nobody else’s', async () => {
  const roles = (await admin('GET', '/api/v1/roles?limit=200')).body.data;
  const manager = roles.find(({ key }: { key: string }) => key === 'manager').id;
  const task = { resource: 'task', type: 'text' };
  await made('custom-fields', { ...task, key: 'hidden', label: 'Hidden one', visible_to: [manager] });
  await made('custom-fields', { ...task, key: 'fixed', label: 'Fixed one', editable_by: [manager] });
  const shown = async (api: Client) => {
    const { schemas } = (await documentOf(api)).components;
    return ['Task', 'TaskCreate', 'TaskUpdate'].map((name) => Object.keys(schemas[name].properties.custom.properties));
  };
  const all = ['hidden', 'fixed'];
  assert.deepEqual(await shown(admin), [all, all, all]);
  for (const api of [(await tenant.as('member')).api, await tenant.signedIn('member')]) {
    assert.deepEqual(await shown(api), [['fixed'], [], []]);
    assert.ok(!JSON.stringify(await documentOf(api)).includes('Hidden one'));
  }
  assert.deepEqual(await shown((await (await app.tenant()).as('admin')).api), [[], [], []]);
  assert.equal((await app.client()('GET', '/api/v1/openapi.json')).status, 401);
  const { body } = await app.client()('GET', '/api/openapi.json');
  assert.ok(!JSON.stringify(body).includes('The visits'), 'the document for everybody stays as it is');
});

test('the document says where If-Match is heeded, also by requests that neither change nor delete a record as such', async () => {
  const { paths } = (await app.client()('GET', '/api/openapi.json')).body;
  const heeds = (path: string, method: string): boolean =>
    paths[`/api/v1${path}`][method].parameters.some(({ name }: { name: string }) => name === 'If-Match');
  for (const [path, method] of [
    ['/custom-fields/{id}', 'patch'],
    ['/custom-fields/{id}/conversion', 'post'],
    ['/deals/{id}/closure', 'post'],
    ['/deals/{id}/lines', 'put'],
    ['/contacts/{id}/merge', 'post'],
    ['/users/{id}/roles', 'put'],
  ] as const)
    assert.equal(heeds(path, method), true, path);
  assert.equal(heeds('/custom-fields', 'post'), false);
});
