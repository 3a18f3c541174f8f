import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { eventually, type SharedTestApp, sharedTestApp } from '../../../test/harness/app.ts';
import { systemClient } from '../../../test/harness/identity.ts';

let app: SharedTestApp;
before(async () => {
  app = await sharedTestApp();
});

test('an amount and a currency that are changed at the same moment are both kept', async (t) => {
  const { api } = await (await app.tenant()).as('admin');
  const money = { annual_revenue: '100.00', currency: 'USD' };
  const { id } = (await api('POST', '/api/v1/companies', { name: 'Both', ...money })).body;
  const other = await systemClient(app);
  t.after(() => other.end());
  const waiting = 'select from pg_locks where not granted and pg_backend_pid() = any (pg_blocking_pids(pid))';
  for (const [theirs, mine, both] of [
    [`currency = 'EUR'`, { annual_revenue: '250.00' }, ['250.00', 'EUR']],
    [`annual_revenue = 30000`, { currency: 'CHF' }, ['300.00', 'CHF']],
  ] as const) {
    await other.query('begin');
    await other.query(`update company set ${theirs} where id = $1`, [id]);
    const changed = api('PATCH', `/api/v1/companies/${id}`, mine);
    await eventually(async () => (await other.query(waiting)).rowCount === 1);
    await other.query('commit');
    const { status, body } = await changed;
    assert.deepEqual([status, body.annual_revenue, body.currency], [200, ...both]);
  }
});
