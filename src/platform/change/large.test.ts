import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type Client, eventually, startTestApp, type TestApp, type TestTenant } from '../../../test/harness/app.ts';
import { asOwner } from '../../../test/harness/identity.ts';

/** As many as stay quick; `BULK_ROWS=100000` tries it in earnest. */
const rows = Number(process.env.BULK_ROWS ?? 10_000);
const ms_max = 240_000;
/** So many changes of single records somebody else makes meanwhile at least: held up by the whole, it would be one. */
const beside_min = 3;

let app: TestApp;
let tenant: TestTenant;
let api: Client;
before(async () => {
  app = await startTestApp({ RATE_LIMIT_ADDRESS_PER_MINUTE: '1000000', RATE_LIMIT_CALLER_PER_MINUTE: '1000000' });
  tenant = await app.tenant();
  ({ api } = await tenant.as('admin'));
});
after(() => app.stop());

const filter = JSON.stringify({ field: 'source', op: 'eq', value: 'large' });

/** Follows a change to its end, while somebody changes single records of those it is about. Answers how many. */
async function meanwhile(id: string, ids: string[]): Promise<{ change: Record<string, unknown>; beside: number }> {
  const { api: other } = await tenant.as('manager');
  let beside = 0;
  const change = await eventually(async () => {
    const record = ids[Math.floor(Math.random() * ids.length)];
    const { status } = await other('PATCH', `/api/v1/contacts/${record}`, { time_zone: `Zone/${beside}` });
    assert.equal(status, 200);
    beside++;
    const { body } = await api('GET', `/api/v1/changes/${id}`);
    return !['waiting', 'running'].includes(body.state) && body;
  }, ms_max);
  return { change, beside };
}

/** What stands in the fields that the change set and those it did not. */
const content = async () =>
  (
    await asOwner(
      app,
      `select md5(string_agg(id || coalesce(city, '-') || given_name, ',' order by id)) as hash from contact`,
    )
  )[0];

test(`${rows} records are changed at once, nobody waits long for it, and all is taken back`, {
  timeout: 2 * ms_max,
}, async () => {
  await asOwner(
    app,
    `insert into contact (tenant_id, given_name, family_name, city, source)
     select $1, 'Person ' || n, 'Large', case n % 3 when 0 then 'Rome' when 1 then 'Bern' end, 'large' from generate_series(1, $2::int) n`,
    [tenant.tenant_id, rows],
  );
  const ids = (await asOwner(app, 'select id from contact limit 500')).map((row) => (row as { id: string }).id);
  const before = await content();
  const started = await api('POST', '/api/v1/changes', {
    resource: 'contact',
    filter,
    action: { kind: 'update', fields: { city: 'Lund' } },
  });
  assert.deepEqual([started.status, started.body.total], [202, rows], JSON.stringify(started.body));
  const { change, beside } = await meanwhile(started.body.id, ids);
  assert.deepEqual([change.state, change.changed, change.skipped], ['done', rows, 0]);
  assert.ok(beside >= beside_min, `somebody changed ${beside} meanwhile`);
  assert.notDeepEqual(await content(), before);

  const reversal = await api('POST', `/api/v1/changes/${started.body.id}/reversal`);
  assert.equal(reversal.status, 202, JSON.stringify(reversal.body));
  const back = await meanwhile(reversal.body.id, ids);
  assert.deepEqual([back.change.state, back.change.changed, back.change.skipped], ['done', rows, 0]);
  assert.ok(back.beside >= beside_min, `somebody changed ${back.beside} meanwhile`);
  assert.deepEqual(await content(), before, 'edits of other fields meanwhile stay, and nothing else is different');
});

test('a record that was made is taken back at once, where many came just before', async () => {
  const { id: company_id } = (await api('POST', '/api/v1/companies', { name: 'Meant' })).body;
  const made = await api('POST', '/api/v1/companies', { name: 'Mistaken' });
  await asOwner(
    app,
    `insert into contact (tenant_id, given_name, company_id) select $1, 'Person ' || n, $2 from generate_series(1, 2000) n`,
    [tenant.tenant_id, company_id],
  );
  const begun = performance.now();
  const { status } = await api('POST', `/api/v1/changes/${made.headers.get('change-id')}/reversal`);
  assert.equal(status, 200);
  const ms = performance.now() - begun;
  assert.ok(ms < 10_000, `it took ${ms} ms`);
});
