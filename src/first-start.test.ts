import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';
import pg from 'pg';
import { createTestDatabase, type TestDatabase, testKey } from '../test/harness/cluster.ts';
import { demos } from './demo/index.ts';
import { firstStart } from './first-start.ts';
import './modules/index.ts';
import { parseMasterKeys } from './kernel/vault/master-key.ts';

let database: TestDatabase;
beforeEach(async () => {
  database = await createTestDatabase();
});
afterEach(() => database.drop());

const masterKeys = parseMasterKeys(testKey());
const start = (demo = false) =>
  firstStart({ ownerUrl: database.ownerUrl, databaseUrl: database.appUrl, masterKeys }, { demo });

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
  assert.equal(await start(), undefined, 'only the first start gives a link');
  assert.equal((await operators()).length, 1);
  await query('delete from operator');
  assert.equal(await start(), undefined);
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
  assert.equal(await start(), undefined);
  assert.deepEqual(await operators(), [], 'a revocation stays');
});

test('the first start fills a workspace for each demo, or the next one does; no later one makes one anew', async () => {
  const filled = () => query(`select name from tenant where features ? 'demo' order by created_at`);
  const names = demos.map(({ workspace }) => ({ name: workspace.name }));
  const last = demos.at(-1)!.workspace.title.replaceAll("'", "''");
  await query(
    `create function public.fail() returns trigger language plpgsql as $$ begin raise exception 'killed'; end $$;
     create trigger fail before update on tenant for each row when (new.title = '${last}') execute function public.fail()`,
    'none',
  );
  await assert.rejects(start(true), /killed/);
  assert.deepEqual(await filled(), names.slice(0, -1));
  await query('drop function public.fail cascade', 'none');
  assert.ok(await start(true));
  assert.deepEqual(await filled(), names);
  const admins = `select from user_account where email = 'admin@example.com' and status = 'active'`;
  assert.equal((await query(admins)).length, demos.length);
  // The administrator works there: they have tasks.
  assert.ok((await query(`select from task where assignee_id in (${admins.replace('from', 'id from')})`)).length > 0);
  const links = await query('select person_id from account_link');
  assert.equal(links.length, demos.length > 1 ? demos.length : 0);
  assert.ok(new Set(links.map(({ person_id }) => person_id)).size <= 1);
  await query(
    `update tenant set features = features - 'demo', name = name || '-renamed' where name not in ('demo', 'system')`,
  );
  await start(true);
  assert.equal((await query(`select from tenant where name <> 'system'`)).length, demos.length);
});
