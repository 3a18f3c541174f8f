import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startTestApp, type TestApp } from '../../../test/harness/app.ts';
import { systemClient } from '../../../test/harness/identity.ts';
import { connect } from '../connection.ts';
import { Counter } from '../counter.ts';
import { deleteRows } from './rows.ts';

let app: TestApp;
before(async () => {
  app = await startTestApp();
});
after(() => app.stop());

test('while a snapshot keeps what is deleted, foreign keys look up no other rows than before', async () => {
  const [{ tenant_id }, other] = [await app.tenant('goes'), await app.tenant('stays')];
  const [client, owner] = [await systemClient(app), await connect(app.database.ownerUrl, 'a test')];
  for (const [id, count] of [
    [tenant_id, 5_000],
    [other.tenant_id, 50],
  ]) {
    await client.query(`select set_config('app.tenant_id', $1, false), set_config('app.rights', '*', false)`, [id]);
    await client.query(
      `insert into company (tenant_id, name) select $1, 'Company ' || n from generate_series(1, 100) n`,
      [id],
    );
    await client.query(
      `insert into contact (tenant_id, given_name, company_id) select $1, 'Contact ' || n, c.id
        from (select id, row_number() over () as place from company where tenant_id = $1) c join generate_series(1, $2::int) n
          on n % 100 = c.place - 1`,
      [id, count],
    );
  }
  await owner.query('analyze contact, company');
  await owner.query('begin isolation level repeatable read; select from tenant');
  const remove = (name: string) =>
    deleteRows(client, { name, key: [{ name: 'id', type: 'uuid' }] }, tenant_id, new Counter(() => {}, String));
  const read = async () => {
    await client.query('select pg_stat_force_next_flush()');
    const { rows } = await client.query(
      `select sum(idx_tup_read)::int as read from pg_stat_user_indexes where relname = 'contact'`,
    );
    return rows[0].read as number;
  };
  await remove('contact');
  const analyst = await connect(app.database.ownerUrl, 'a test');
  await analyst.query('analyze contact');
  const began = await read();
  await remove('company');
  const looked = (await read()) - began;
  await Promise.all([client, owner, analyst].map((each) => each.end()));
  assert.ok(looked <= 10_000, `${looked} entries of indexes for 100 companies`);
});
