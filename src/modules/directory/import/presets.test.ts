import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startTestApp, type TestApp } from '../../../../test/harness/app.ts';
import { follow, readUploads, upload } from '../../../../test/harness/import.ts';

let app: TestApp;
before(async () => {
  app = await startTestApp();
});
after(() => app.stop());

const fixtures = new URL('../../../../test/fixtures/presets/', import.meta.url);
const products = { hubspot: 'HubSpot', salesforce: 'Salesforce', pipedrive: 'Pipedrive', zoho: 'Zoho CRM' };

for (const [key, product] of Object.entries(products))
  test(`an export from ${product} is recognised by its columns, and goes in without a question`, async () => {
    const { api } = await (await app.tenant()).as('admin');
    const stages = (await api('POST', '/api/v1/pipelines', { name: 'Sales' })).body.stages;
    const stage = stages.find(({ kind }: { kind: string }) => kind === 'open').name;
    const files = (await readUploads(fixtures)).filter(([name]) => name.startsWith(key));
    const made = await upload(
      api,
      files.map(([, content], at) => [`${at}.csv`, String(content).replace('Qualified', stage)]),
    );
    assert.equal(made.status, 201, JSON.stringify(made.body));
    assert.deepEqual(
      made.body.files.map(({ source, resource }: { source: string; resource: string }) => [source, resource]),
      ['company', 'contact', 'deal'].map((resource) => [product, resource]),
    );
    const done = await follow(api, made.body.id, 'runs');
    assert.deepEqual(done.files.map(({ counts }) => counts.created), [1, 1, 1], JSON.stringify(done.problem_samples)); // biome-ignore format: one call
    const [company] = (await api('GET', '/api/v1/companies')).body.data;
    const [contact] = (await api('GET', '/api/v1/contacts')).body.data;
    const [deal] = (await api('GET', '/api/v1/deals')).body.data;
    assert.equal(company.name, 'Nordwind GmbH');
    assert.deepEqual([contact.given_name, contact.family_name, contact.email, contact.phone], ['Ada', 'Berg', 'ada@nordwind.example', '+49 431 555010']); // biome-ignore format: a row
    assert.deepEqual([deal.name, deal.amount, deal.expected_close_on, deal.stage.name], ['Turbines 2027', '125000.50', '2026-12-01', stage]); // biome-ignore format: a row
    assert.ok(
      company.external_id && contact.external_id && deal.external_id,
      'their ids tell them apart the next time',
    );
    assert.equal(contact.company?.id, company.id);
    assert.equal(deal.company?.id, company.id);
  });

test('a file that only shares some columns is nobody’s', async () => {
  const { api } = await (await app.tenant()).as('admin');
  const made = await upload(api, [['a.csv', 'Record ID,First Name,Last Name,Email\n1,Ada,Berg,a@x.example\n']]);
  assert.equal(made.body.files[0].source, null);
});
