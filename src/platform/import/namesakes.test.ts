import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { type Client, type SharedTestApp, sharedTestApp } from '../../../test/harness/app.ts';
import { importNow } from '../../../test/harness/import.ts';

let app: SharedTestApp;
before(async () => {
  app = await sharedTestApp();
});

const workspace = async () => (await (await app.tenant()).as('admin')).api;

async function make(api: Client, noun: string, body: object) {
  const made = await api('POST', `/api/v1/${noun}`, body);
  assert.equal(made.status, 201, JSON.stringify(made.body));
  return made.body;
}
const contact = async (api: Client, id: string) => (await api('GET', `/api/v1/contacts/${id}`)).body;

test('a row without e-mail and phone is no namesake who has no phone either, and rows that share a name alone are people of their own', async () => {
  const api = await workspace();
  const friend = await make(api, 'contacts', {
    given_name: 'Anna',
    family_name: 'Weber',
    email: 'anna@north.example',
    city: 'Kiel',
    company_id: (await make(api, 'companies', { name: 'North GmbH' })).id,
  });
  const rows = ['Anna,Weber,South AG,München', 'Anna,Weber,East AG,Dresden'];
  const done = await importNow(api, [['fair.csv', `First name,Last name,Company,City\n${rows.join('\n')}\n`]]);
  const { created, updated, errors } = done.files[0]!.counts;
  assert.deepEqual({ created, updated, errors }, { created: 2, updated: 0, errors: 0 });
  const { city, company, version } = await contact(api, friend.id);
  assert.deepEqual([city, company.name, version], ['Kiel', 'North GmbH', 1]);
});
