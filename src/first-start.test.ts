import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';
import pg from 'pg';
import { createTestDatabase, type TestDatabase } from '../test/harness/cluster.ts';
import { firstStart } from './first-start.ts';
import './modules/index.ts';

let database: TestDatabase;
beforeEach(async () => {
  database = await createTestDatabase();
});
afterEach(() => database.drop());

const start = () => firstStart({ ownerUrl: database.ownerUrl, databaseUrl: database.appUrl }, { demo: false });

async function query(text: string, role = 'holdfast_system') {
  const client = new pg.Client({ connectionString: database.ownerUrl });
  await client.connect();
  try {
    await client.query(`set role ${role}`);
    return (await client.query(text)).rows;
  } finally {
    await client.end();
  }
}

const operators = () =>
  query('select u.email from operator o join user_account u on u.tenant_id = o.tenant_id and u.id = o.user_id');

test('the first start makes its administrator the operator; no later one does, so that a revocation stays', async () => {
  assert.ok(await start());
  assert.deepEqual(await operators(), [{ email: 'admin@example.com' }]);
  assert.ok(await start());
  assert.equal((await operators()).length, 1);
  await query('delete from operator');
  assert.ok(await start(), 'the administrator still gets a link');
  assert.deepEqual(await operators(), []);
});

test('a first start that ended before its administrator was the operator is finished by the next', async () => {
  await query(
    `create function public.fail() returns trigger language plpgsql as $$ begin raise exception 'killed'; end $$;
     create trigger fail before insert on operator for each row execute function public.fail()`,
    'none',
  );
  await assert.rejects(start(), /killed/);
  assert.deepEqual(await query('select email from user_account'), [{ email: 'admin@example.com' }]);
  assert.deepEqual(await operators(), []);
  await query('drop function public.fail cascade', 'none');
  assert.ok(await start());
  assert.deepEqual(await operators(), [{ email: 'admin@example.com' }]);
  await query('delete from operator');
  assert.ok(await start());
  assert.deepEqual(await operators(), [], 'a revocation stays');
});
