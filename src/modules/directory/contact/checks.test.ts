import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startTestApp, type TestApp, type TestTenant } from '../../../../test/harness/app.ts';
import { asOwner } from '../../../../test/harness/identity.ts';

/** What the database itself refuses, whoever writes: an import, a migration, a hand at the console. */

let app: TestApp;
let tenant: TestTenant;
before(async () => {
  app = await startTestApp();
  tenant = await app.tenant();
});
after(() => app.stop());

const letters = (count: number) => 'x'.repeat(count);
const texts = (count: number) => Array.from({ length: count }, () => 'x');
/** By column: the last that is allowed, or one of them, and what is refused. */
const place = {
  street: [letters(300), letters(301)], city: [letters(200), letters(201)], region: [letters(200), letters(201)],
  postal_code: [letters(20), letters(21)], country: [letters(100), letters(101)], phone: [letters(50), letters(51)],
  external_id: [letters(200), letters(201), ''], custom: ['{}', '[]'],
}; // biome-ignore format: a line of columns
const values: Record<string, Record<string, unknown[]>> = {
  contact: {
    ...place, given_name: [letters(200), letters(201)], family_name: [letters(200), letters(201)], email: [letters(254), letters(255)],
    other_emails: [texts(20), texts(21)], other_phones: [texts(20), texts(21)], job_title: [letters(200), letters(201)],
    source: [letters(100), letters(101)], lead_status: ['working', 'wished'], lifecycle_stage: ['former', 'future'],
    consent_email: ['denied', 'perhaps'], time_zone: [letters(60), letters(61)],
  },
  company: {
    ...place, name: [letters(200), letters(201), ''], domain: [letters(253), letters(254)], website: [letters(2_000), letters(2_001)],
    industry: [letters(200), letters(201)], employee_count: [0, -1], currency: ['EUR', 'eur'], founded_year: [1_000, 999, 2_201],
    description: [letters(20_000), letters(20_001)],
  },
}; // biome-ignore format: a line of columns

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
