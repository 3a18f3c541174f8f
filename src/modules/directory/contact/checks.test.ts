import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import pg from 'pg';
import { startTestApp, type TestApp, type TestTenant } from '../../../../test/harness/app.ts';

/** What the database itself refuses, whoever writes: an import, a migration, a hand at the console. */

let app: TestApp;
let tenant: TestTenant;
let owner: pg.Client;
before(async () => {
  app = await startTestApp();
  tenant = await app.tenant();
  owner = new pg.Client({ connectionString: app.database.ownerUrl });
  await owner.connect();
});
after(async () => {
  await owner.end();
  await app.stop();
});

const letters = (count: number) => 'x'.repeat(count);
const texts = (count: number) => Array.from({ length: count }, () => 'x');
/** By column: the longest that is allowed and what goes beyond, or one of each. */
const place = {
  street: [letters(300), letters(301)], city: [letters(200), letters(201)], region: [letters(200), letters(201)],
  postal_code: [letters(20), letters(21)], country: [letters(100), letters(101)], phone: [letters(50), letters(51)],
  external_id: [letters(200), letters(201)], custom: ['{}', '[]'],
}; // biome-ignore format: a pair each
const pairs: Record<string, Record<string, unknown[]>> = {
  contact: {
    ...place, given_name: [letters(200), letters(201)], family_name: [letters(200), letters(201)], email: [letters(254), letters(255)],
    other_emails: [texts(20), texts(21)], other_phones: [texts(20), texts(21)], job_title: [letters(200), letters(201)],
    source: [letters(100), letters(101)], lead_status: ['working', 'wished'], lifecycle_stage: ['former', 'future'],
    consent_email: ['denied', 'perhaps'], time_zone: [letters(60), letters(61)],
  },
  company: {
    ...place, name: [letters(200), ''], domain: [letters(253), letters(254)], website: [letters(2_000), letters(2_001)],
    industry: [letters(200), letters(201)], employee_count: [0, -1], currency: ['EUR', 'eur'], founded_year: [1_000, 999],
    description: [letters(20_000), letters(20_001)],
  },
}; // biome-ignore format: a pair each

for (const [table, columns] of Object.entries(pairs))
  test(`the database takes no ${table} that does not fit, and says which column it is`, async () => {
    const { api } = await tenant.as('admin');
    const body = table === 'contact' ? { given_name: 'Fits' } : { name: 'Fits' };
    const path = table === 'contact' ? 'contacts' : 'companies';
    const { id } = (await api('POST', `/api/v1/${path}`, body)).body;
    for (const [column, [good, bad]] of Object.entries(columns)) {
      const set = (value: unknown) => owner.query(`update ${table} set ${column} = $2 where id = $1`, [id, value]);
      assert.equal((await set(good)).rowCount, 1, column);
      await assert.rejects(set(bad), { code: '23514', table, column, constraint: `${table}_fits` });
    }
    const { rows } = await owner.query(`select pg_get_functiondef('app.${table}_fits'::regproc) as text`);
    const checked = [...rows[0].text.matchAll(/ then '(\w+)'/g)].map(([, column]) => column);
    assert.deepEqual(checked.toSorted(), Object.keys(columns).toSorted(), 'each column that is checked is tried here');
  });
