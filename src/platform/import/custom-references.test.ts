import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startTestApp, type TestApp } from '../../../test/harness/app.ts';
import { follow, importNow, upload } from '../../../test/harness/import.ts';

let app: TestApp;
before(async () => {
  app = await startTestApp();
});
after(() => app.stop());

test('custom fields that name a member or a record are exported by name, and read by name or id', async () => {
  const { api, user_id } = await (await app.tenant()).as('admin');
  for (const [key, type] of [['coach', 'user'], ['partner', 'company']]) {
    const made = await api('POST', '/api/v1/custom-fields', { resource: 'company', key, label: key, type });
    assert.equal(made.status, 201, JSON.stringify(made.body));
  } // biome-ignore format: one loop
  const me = (await api('GET', `/api/v1/users/${user_id}`)).body.name;
  const acme = (await api('POST', '/api/v1/companies', { name: 'Acme Ltd' })).body.id;
  const csv = [
    'Company ID,Company name,coach,partner',
    `1,Named,${me},acme ltd`,
    `2,By id,${user_id},${acme}`,
    `3,Unknown,Nobody,${crypto.randomUUID()}`,
    '4,Empty,,',
  ];
  const done = await importNow(api, [['c.csv', csv.join('\n')]], ({ files }) => ({
    files: [{ id: files[0]!.id, columns: { coach: 'custom.coach', partner: 'custom.partner' } }],
  }));
  assert.deepEqual(done.files[0]!.counts, { rows: 4, created: 4, updated: 0, unchanged: 0, skipped: 0, errors: 0 });
  assert.deepEqual(
    done.problem_samples.map(({ row, column, code }) => [row, column, code]).sort(),
    [[4, 'coach', 'no_such_record'], [4, 'partner', 'no_such_record']], // biome-ignore format: one list
  );
  const { data } = (await api('GET', '/api/v1/companies?sort=name')).body;
  const both = { coach: user_id, partner: acme };
  assert.deepEqual(
    data.map(({ name, custom }: { name: string; custom: object }) => [name, custom]),
    [
      ['Acme Ltd', {}],
      ['By id', both],
      ['Empty', {}],
      ['Named', both],
      ['Unknown', {}],
    ],
  );
  const exported = (await api('GET', '/api/v1/companies/export.csv?sort=name&columns=name,custom.coach,custom.partner'))
    .body;
  assert.match(exported, new RegExp(`By id,${me},Acme Ltd`));
  const again = await importNow(api, [['again.csv', (await api('GET', '/api/v1/companies/export.csv')).body]]);
  assert.equal(again.files[0]!.counts.unchanged, 5, JSON.stringify(again.problem_samples));
});

test('custom fields that name a record without a name of its own are exported and read by id', async () => {
  const { api } = await (await app.tenant()).as('admin');
  const field = await api('POST', '/api/v1/custom-fields', {
    resource: 'company',
    key: 'job',
    label: 'Job',
    type: 'task',
  });
  assert.equal(field.status, 201, JSON.stringify(field.body));
  const task = await api('POST', '/api/v1/tasks', { title: 'Call them' });
  assert.equal(task.status, 201, JSON.stringify(task.body));
  const csv = `Company ID,Company name,Job\n1,Acme,${task.body.id}\n2,Umbrella,Call them\n`;
  const done = await importNow(api, [['c.csv', csv]], ({ files }) => ({
    files: [{ id: files[0]!.id, columns: { Job: 'custom.job' } }],
  }));
  assert.equal(done.state, 'done', String(done.error));
  assert.equal(done.files[0]!.counts.created, 2, JSON.stringify(done.problem_samples));
  assert.deepEqual(
    done.problem_samples.map(({ row, column }) => [row, column]),
    [[3, 'Job']],
  );
  const exported = (await api('GET', '/api/v1/companies/export.csv?sort=name&columns=name,custom.job')).body;
  assert.match(exported, new RegExp(`Acme,${task.body.id}\\n`));
  const again = await importNow(api, [['again.csv', (await api('GET', '/api/v1/companies/export.csv')).body]]);
  assert.equal(again.files[0]!.counts.unchanged, 2, JSON.stringify(again.problem_samples));
});

test('a custom field names records that another file of the same import makes', async () => {
  const { api } = await (await app.tenant()).as('admin');
  const field = { resource: 'company', key: 'first_deal', label: 'First deal', type: 'deal' };
  assert.equal((await api('POST', '/api/v1/custom-fields', field)).status, 201);
  const { body } = await upload(api, [
    ['c.csv', 'Company ID,Company name,First deal\n1,Acme,Big one\n'],
    ['d.csv', 'Deal ID,Deal Name,Stage\n1,Big one,Won\n'],
  ]);
  for (const step of ['dry-runs', 'runs'] as const)
    assert.deepEqual((await follow(api, body.id, step)).problem_samples, [], step);
  const [deal] = (await api('GET', '/api/v1/deals')).body.data;
  assert.deepEqual((await api('GET', '/api/v1/companies')).body.data[0].custom, { first_deal: deal.id });
});
