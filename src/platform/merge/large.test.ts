import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import pg from 'pg';
import { type SharedTestApp, sharedTestApp } from '../../../test/harness/app.ts';

let app: SharedTestApp;
before(async () => {
  app = await sharedTestApp();
});

test('values of custom fields move some thousand at a time, each within the time of a statement', async () => {
  const { tenant_id, as } = await app.tenant();
  const { api } = await as('admin');
  const make = async (noun: string, body: object): Promise<string> =>
    (await api('POST', `/api/v1/${noun}`, body)).body.id;
  await make('custom-fields', { resource: 'contact', key: 'partner', label: 'Partner', type: 'company' });
  const [one, two] = [await make('companies', { name: 'One' }), await make('companies', { name: 'Two' })];
  const owner = new pg.Client({ connectionString: app.database.ownerUrl });
  await owner.connect();
  await owner.query(`select set_config('app.tenant_id', $1, false)`, [tenant_id]);
  await owner.query(
    `insert into contact (tenant_id, given_name, custom) select $1, 'P' || i, jsonb_build_object('partner', $2::text)
      from generate_series(1, 5001) i`,
    [tenant_id, two],
  );
  const merged = await api('POST', `/api/v1/companies/${one}/merge`, { others: [two] });
  assert.equal(merged.status, 200, JSON.stringify(merged.body));
  // Which statement of a transaction wrote a row.
  const { rows } = await owner.query(
    `select count(*)::int as people, count(distinct cmin::text)::int as statements from contact where tenant_id = $1
      and custom ->> 'partner' = $2`,
    [tenant_id, one],
  );
  await owner.end();
  assert.deepEqual(rows, [{ people: 5001, statements: 2 }]);
});
