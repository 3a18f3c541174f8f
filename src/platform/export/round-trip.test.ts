import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import fc from 'fast-check';
import { type Client, startTestApp, type TestApp } from '../../../test/harness/app.ts';
import { importNow } from '../../../test/harness/import.ts';
import { isNamed } from '../../kernel/contract/person-name.ts';
import { consents, leadStatuses, lifecycleStages } from '../../modules/directory/contact/contract.ts';

let app: TestApp;
before(async () => {
  app = await startTestApp();
});
after(() => app.stop());

/** What tends to be taken for something else on its way through a file. */
const tricky = [
  'null',
  'N/A',
  'none',
  '-',
  '0',
  '007',
  '1,234',
  '1.234',
  '2026-02-03',
  '=1+1',
  "'tis",
  '"quoted"',
  'a;b',
  'a, b',
  'two\nlines',
  'true',
  'a@b.example',
  'x.example',
  '山田',
  'ÅÄÖ',
  '\\N',
  '{}',
  'semi; "colon"',
];
const text = (max: number) =>
  fc.option(
    fc
      .oneof(fc.constantFrom(...tricky), fc.string({ unit: 'grapheme', minLength: 1, maxLength: max }))
      .map((value) => value.replace(/[\0\uFFFD]/g, '').trim())
      .filter((value) => value !== '' && value.length <= max && value.isWellFormed()),
    { nil: null },
  );
const email = fc.emailAddress().filter((value) => value.length < 100 && /^[\w.+-]+@[a-z0-9.-]+$/i.test(value));
const phone = fc.constantFrom('+49 30 1234', '(212) 555-0100', '030/12 34 x5', '+1 555 0100;7', '110');
const labelled = (value: fc.Arbitrary<string>) =>
  fc.record({ label: fc.constantFrom(null, 'Work', 'Büro; 2', 'a:b', '"x"'), value });
const address = fc
  .record({
    label: fc.constantFrom(null, 'Home', 'Büro; "2"'),
    street: text(50),
    city: text(50),
    region: text(50),
    postal_code: text(20),
    country: text(50),
  })
  .filter(({ label: _, ...parts }) => Object.values(parts).some((part) => part !== null));
const profile = fc.constantFrom('@ada', 'https://linkedin.example/in/ada', 'ada; b', 'Net: ada', '"x"', ': 1', '=1+1');
const option = (values: readonly string[]) => fc.option(fc.constantFrom(...values), { nil: null });

const contact = fc
  .record({
    given_name: text(50),
    family_name: text(50),
    email: fc.option(email, { nil: null }),
    other_emails: fc.array(labelled(email), { maxLength: 3 }),
    phone: fc.option(phone, { nil: null }),
    other_phones: fc.array(labelled(fc.oneof(phone, fc.constantFrom('5, 6', '"7"', '8: 9', ': 1'))), { maxLength: 3 }),
    job_title: text(50),
    source: text(50),
    lead_status: option(leadStatuses),
    lifecycle_stage: option(lifecycleStages),
    consent_email: fc.constantFrom(...consents),
    street: text(50),
    city: text(50),
    region: text(50),
    postal_code: text(20),
    country: text(50),
    time_zone: text(50),
    company: fc.option(fc.constantFrom(0, 1, 2), { nil: null }),
    tags: fc.uniqueArray(fc.constantFrom(0, 1, 2), { maxLength: 3 }),
    email_label: text(50),
    phone_label: text(50),
    address_label: text(50),
    other_addresses: fc.array(address, { maxLength: 3 }),
    sites: fc.array(labelled(fc.webUrl({ withQueryParameters: true, withFragments: true })), { maxLength: 3 }),
    social_profiles: fc.array(labelled(profile), { maxLength: 3 }),
    birthday: option(['1990-04-30', '--02-29', '0004-01-01']),
  })
  .filter(isNamed);

const add = async (api: Client, plural: string, data: object[]): Promise<{ id: string }[]> => {
  const { status, body } = await api('POST', `/api/v1/${plural}/bulk`, { data });
  assert.equal(status, 201, JSON.stringify(body));
  return body.data;
};

interface Found extends Record<string, unknown> {
  id: string;
  tags: { name: string }[];
  company: { name: string } | null;
  owner: { name: string } | null;
}

interface Position {
  company: { name: string };
  role: string | null;
  started_on: string | null;
  ended_on: string | null;
}

/** All contacts of a workspace by id, without what names a row of that workspace or a moment. */
async function contacts(api: Client): Promise<Map<string, object>> {
  const { body } = await api('GET', '/api/v1/contacts?limit=200');
  assert.equal(body.next_cursor, null);
  const told = (body.data as Found[]).map(({ id, tags, company, owner, ...rest }): [string, object] => {
    const { version: _v, created_at: _c, updated_at: _u, company_id: _co, owner_id: _o, ...values } = rest;
    const names = tags.map(({ name }) => name).sort();
    return [id, { ...values, tags: names, company: company?.name ?? null, owner: owner?.name ?? null }];
  });
  return new Map(told.sort(([a], [b]) => a.localeCompare(b)));
}

test('further positions come back with their company, role and period, and once however often', async () => {
  const here = (await (await app.tenant()).as('admin')).api;
  const there = (await (await app.tenant()).as('admin')).api;
  const companies = await add(here, 'companies', [{ name: 'Acme; "Sons"' }, { name: 'Beta' }]);
  const [person] = await add(here, 'contacts', [{ given_name: 'Ada', external_id: '1' }, { given_name: 'Bo' }]);
  for (const position of [
    { company_id: companies[0]!.id, role: 'Head; of all', started_on: '2020-02-01' },
    { company_id: companies[1]!.id, role: null, started_on: '2010-01-31', ended_on: '2019-12-31' },
    { company_id: companies[1]!.id, role: 'Clerk' },
  ])
    assert.equal((await here('POST', `/api/v1/contacts/${person!.id}/positions`, position)).status, 201);
  const told = async (api: Client) => {
    const [ada] = (await api('GET', '/api/v1/contacts?sort=given_name')).body.data;
    const line = ({ company, role, started_on, ended_on }: Position) => [company.name, role, started_on, ended_on];
    return ada.positions.map(line).sort();
  };
  const files = await Promise.all(
    ['companies', 'contacts'].map(
      async (plural): Promise<[string, string]> => [
        `${plural}.csv`,
        (await here('GET', `/api/v1/${plural}/export.csv`)).body,
      ],
    ),
  );
  for (let time = 1; time <= 2; time++) {
    const done = await importNow(there, files);
    assert.deepEqual(done.problem_samples, []);
    assert.deepEqual(await told(there), await told(here));
  }
  assert.equal((await told(there)).length, 3);
  const plain = 'First name,Positions at,As\nCy,Beta; Gamma,Clerk; Chair\n';
  await importNow(there, [['plain.csv', plain]], ({ files: [file] }) => ({
    files: [{ id: file!.id, columns: { 'Positions at': 'position_company', As: 'position_role' } }],
  }));
  const { data } = (await there('GET', '/api/v1/contacts?sort=given_name')).body;
  const cy = data.find(({ given_name }: { given_name: string }) => given_name === 'Cy');
  assert.deepEqual(cy.positions.map(({ role }: Position) => role).sort(), ['Chair', 'Clerk']);
});

test('contacts that are exported and imported elsewhere are equal to those that were there', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(contact, { minLength: 1, maxLength: 30 }), async (drawn) => {
      const here = (await (await app.tenant()).as('admin')).api;
      const there = (await (await app.tenant()).as('admin')).api;
      const companies = await add(here, 'companies', [{ name: 'Acme; "Sons"' }, { name: 'N/A' }, { name: '„Zebra“' }]);
      const tags = await add(here, 'tags', [{ name: 'a, b' }, { name: '"vip"; old' }, { name: '=key' }]);
      const data = drawn.map(({ company, ...one }, at) => ({
        ...one,
        external_id: at % 3 ? null : `ext ${at}`,
        email: one.email && `${at}${one.email}`,
        company_id: company === null ? null : companies[company]!.id,
        tags: one.tags.map((tag) => tags[tag]!.id),
      }));
      await add(here, 'contacts', data);
      const files = await Promise.all(
        ['companies', 'contacts'].map(async (plural): Promise<[string, string]> => {
          const { status, body } = await here('GET', `/api/v1/${plural}/export.csv`);
          assert.equal(status, 200);
          return [`${plural}.csv`, body];
        }),
      );
      const done = await importNow(there, files);
      assert.deepEqual(done.problem_samples, []);
      assert.deepEqual(await contacts(there), await contacts(here));
    }),
    { numRuns: 15, endOnFailure: true },
  );
});
