import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type pg from 'pg';
import { type Answer, startTestApp, type TestApp } from '../../../test/harness/app.ts';
import { connectAsSystem } from '../connection.ts';
import { finishSwitches } from './finish.ts';

let app: TestApp;
let system: pg.Client;
before(async () => {
  app = await startTestApp({ HOLDFAST_ROLE: 'web' });
  system = await connectAsSystem(app.database.ownerUrl, 'remnants-test');
});
after(async () => {
  await system.end();
  await app.stop();
});

const notes = 1_200;

test('a table with an index of words is written anew only where that takes a moment; a larger one is named', async () => {
  const tenant = await app.tenant();
  const { api } = await tenant.as('admin');
  const good = ({ status, body }: Answer) => {
    assert.ok(status < 300, JSON.stringify(body));
    return body;
  };
  const { id } = good(await api('POST', '/api/v1/contacts', { given_name: 'Ada' }));
  await system.query(`begin; select set_config('app.tenant_id', '${tenant.tenant_id}', true)`);
  await system.query(
    `insert into note (tenant_id, records, body) select $1, array[$2::uuid],
       (select string_agg(md5(n || ' ' || word), ' ') from generate_series(1, 120 + n * 0) word) from generate_series(1, $3::int) n`,
    [tenant.tenant_id, id, notes],
  );
  await system.query('commit');
  const { rows } = await system.query(`select pg_total_relation_size('note') / 1024 ^ 2 as mb`);
  assert.ok(rows[0].mb > 8 && rows[0].mb < 64, `${rows[0].mb} MB`);
  good(await api('PUT', '/api/v1/tenant/personal-sealing', { on: true }));
  await finishSwitches({ client: system, db: app.app.services.db });
  const { state, remnants } = good(await api('GET', '/api/v1/tenant/personal-sealing'));
  assert.deepEqual([state, remnants], ['on', ['note']]);
});
