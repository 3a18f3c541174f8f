import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { type Client, type SharedTestApp, sharedTestApp } from '../../../test/harness/app.ts';
import { follow, importNow, upload } from '../../../test/harness/import.ts';
import { cellsOf, cellsOfContact, fairFile, fairRows, friends, namesakes } from '../../../test/harness/trade-fair.ts';

let app: SharedTestApp;
before(async () => {
  app = await sharedTestApp();
});

const workspace = async () => (await (await app.tenant()).as('admin')).api;
const make = async (api: Client, body: object) => (await api('POST', '/api/v1/contacts', body)).body;
const contacts = async (api: Client) => (await api('GET', '/api/v1/contacts?sort=created_at&limit=200')).body.data;
const item = (label: string | null, value: string) => ({ label, value });

const german = [
  'Anrede;Titel;Vorname;Nachname;Firma;Position;Telefon geschäftlich;Mobiltelefon;E-Mail-Adresse;Straße;PLZ;Ort;Land',
  'Frau;Dr.;Jana;Müller;Bergbau AG;Leitung Einkauf;030 1234567;0170 1112223;jana@bergbau.example;Lange Straße 5;01067;Dresden;Deutschland',
  'Herr;;Uwe;Groß;Hafen GmbH;Disposition;040 7654321;0171 3334445;uwe@hafen.example; Kai 1;20457;Hamburg;Deutschland',
];

test('a German list of addresses keeps all of it: one address, both telephone numbers with what they are for, salutation and title', async () => {
  const api = await workspace();
  const done = await importNow(api, [['adressen.csv', `${german.join('\n')}\n`]]);
  const [file] = done.files;
  assert.deepEqual(file!.columns.filter(({ field }) => field === null).map(({ name }) => name), []); // biome-ignore format: one call
  const [jana] = await contacts(api);
  const {
    salutation,
    job_title,
    phone,
    phone_label,
    other_phones,
    street,
    postal_code,
    city,
    country,
    other_addresses,
  } = jana;
  assert.deepEqual(
    { salutation, job_title, phone, phone_label, other_phones, street, postal_code, city, country, other_addresses },
    {
      salutation: 'Frau Dr.',
      job_title: 'Leitung Einkauf',
      phone: '030 1234567',
      phone_label: 'Work',
      other_phones: [item('Mobile', '0170 1112223')],
      street: 'Lange Straße 5',
      postal_code: '01067',
      city: 'Dresden',
      country: 'Germany',
      other_addresses: [],
    },
  );
  const again = await importNow(api, [['adressen.csv', `${german.join('\n')}\n`]]);
  assert.equal(again.files[0]!.counts.unchanged, 2);
});

test('Mobile phone and Work phone, and HubSpot’s Mobile Phone Number, become numbers with labels', async () => {
  const api = await workspace();
  await importNow(api, [
    ['a.csv', 'First name,Email,Mobile phone,Work phone,Fax\nAda,ada@x.example,+1 555 0101,+1 555 0102,+1 555 0103\n'],
  ]);
  const hubspot =
    'Record ID,First Name,Last Name,Email,Phone Number,Mobile Phone Number,Contact owner\n1,Bo,Dahl,bo@x.example,+1 555 0104,+1 555 0105,\n';
  await importNow(api, [['b.csv', hubspot]]);
  const numbers = (await contacts(api)).map((one: Record<string, unknown>) => [
    one.phone,
    one.phone_label,
    one.other_phones,
  ]);
  assert.deepEqual(numbers, [
    ['+1 555 0101', 'Mobile', [item('Work', '+1 555 0102'), item('Fax', '+1 555 0103')]],
    ['+1 555 0104', null, [item('Mobile', '+1 555 0105')]],
  ]);
});

test('of several e-mail addresses in a cell all stay, and lists of a record get what a row says beside what is in them', async () => {
  const api = await workspace();
  const ada = await make(api, {
    given_name: 'Ada',
    email: 'ada@x.example',
    phone: '+1 555 0100',
    phone_label: 'Desk',
    other_emails: [item('Home', 'ada@home.example')],
    other_phones: [item('Lab', '+1 555 0109')],
  });
  const csv =
    'First name,Email,Work phone,Mobile phone\nAda,ada@x.example; ADA@home.example; ada@lab.example,+1 555 0100,+1 (555) 0109\nBo,"bo@x.example, bo@y.example",,\n';
  const done = await importNow(api, [['a.csv', csv]]);
  assert.deepEqual(done.problem_samples, []);
  const [found, bo] = await contacts(api);
  assert.equal(found.id, ada.id);
  assert.deepEqual(found.other_emails, [item('Home', 'ada@home.example'), item(null, 'ada@lab.example')]);
  assert.deepEqual([found.phone_label, found.other_phones], ['Desk', [item('Lab', '+1 555 0109')]]);
  assert.deepEqual([bo.email, bo.other_emails], ['bo@x.example', [item(null, 'bo@y.example')]]);
});

test('salutation, middle name and suffix go in and out: by the API, a file, an export and a vCard', async () => {
  const api = await workspace();
  await importNow(api, [['a.csv', 'Salutation,First name,Middle name,Last name,Suffix\nDr.,Ada,Maria,Berg,PhD\n']]);
  const [ada] = await contacts(api);
  const parts = { salutation: 'Dr.', given_name: 'Ada', middle_name: 'Maria', family_name: 'Berg', suffix: 'PhD' };
  for (const [field, value] of Object.entries(parts)) assert.equal(ada[field], value, field);
  const card = (await api('GET', `/api/v1/contacts/${ada.id}/vcard`)).body;
  assert.match(card, /^N:Berg;Ada;Maria;Dr\.;PhD\r$/m);
  assert.match(card, /^FN:Ada Maria Berg\\, PhD\r$/m);
  const other = await workspace();
  await importNow(other, [['ada.vcf', card.replaceAll(/^X-HOLDFAST-ID.*\r\n/gm, '')]]);
  const [copied] = await contacts(other);
  for (const [field, value] of Object.entries(parts)) assert.equal(copied[field], value, `${field} of the card`);
  const refused = await api('PATCH', `/api/v1/contacts/${ada.id}`, { suffix: 'x'.repeat(61) });
  assert.equal(refused.body.errors[0].field, 'suffix');
  const filter = encodeURIComponent(JSON.stringify({ field: 'middle_name', op: 'eq', value: 'Maria' }));
  assert.equal((await api('GET', `/api/v1/contacts?filter=${filter}`)).body.data.length, 1);
});

test('a trade-fair list of 300 rows over existing contacts overwrites, joins and loses nothing', async () => {
  const api = await workspace();
  const made = await api('POST', '/api/v1/contacts/bulk', { data: friends });
  assert.equal(made.status, 201, JSON.stringify(made.body).slice(0, 500));
  const before = new Map((await contacts(api)).map((one: { id: string }) => [one.id, one]));
  const { body } = await upload(api, [['messe.csv', fairFile]]);
  const checked = await follow(api, body.id, 'dry-runs');
  const expected = { rows: 300, created: 300, updated: 0, unchanged: 0, skipped: 0, errors: 0 };
  assert.deepEqual(checked.files[0]!.counts, expected);
  const could = (await api('GET', `/api/v1/imports/${body.id}/outcomes?kind=could_be`)).body;
  assert.equal(could.total, namesakes, 'all of those who are called as a friend is');
  const done = await follow(api, body.id, 'runs');
  assert.deepEqual(done.files[0]!.counts, expected);
  assert.deepEqual(done.files[0]!.columns.filter(({ field }) => field === null), []); // biome-ignore format: one call

  const total = async (query: string) => {
    const ids = new Set<string>();
    for (let cursor = ''; ; ) {
      const page = (await api('GET', `/api/v1/contacts?limit=200${query}${cursor}`)).body;
      for (const one of page.data) ids.add(one.id);
      if (page.next_cursor === null) return ids.size;
      cursor = `&cursor=${encodeURIComponent(page.next_cursor)}`;
    }
  };
  assert.equal(await total(''), 360);
  for (const [id, old] of before) assert.deepEqual((await api('GET', `/api/v1/contacts/${id}`)).body, old);
  const filter = encodeURIComponent(JSON.stringify({ field: 'import_id', op: 'eq', value: body.id }));
  const fresh = [];
  for (const sort of ['street', '-street'])
    fresh.push(...(await api('GET', `/api/v1/contacts?limit=200&sort=${sort}&filter=${filter}`)).body.data);
  const byStreet = new Map(fresh.map((one) => [one.street, one]));
  assert.equal(byStreet.size, 300);
  for (const [n, row] of fairRows.entries())
    assert.deepEqual(cellsOfContact(byStreet.get(`Halle ${n}`)), cellsOf(row), `row ${n + 2}`);
  const couple = [0, 1].map((n) => byStreet.get(`Halle ${n}`).email);
  assert.deepEqual(couple, ['familie1@otto.example', 'familie1@otto.example']);
});
