import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { createTestDatabase, type TestDatabase } from '../../../test/harness/cluster.ts';
import '../../modules/index.ts';
import { createTenant } from '../identity/index.ts';
import { settingsOf, systemActor } from '../tenancy/context.ts';
import type { SessionSettings } from './context.ts';
import { Database, sql } from './database.ts';

let database: TestDatabase;
let db: Database;
let settings: SessionSettings;
before(async () => {
  database = await createTestDatabase();
  db = new Database({ url: database.appUrl, connectionsMax: 8, statementTimeoutMs: 10_000, applicationName: 'test' });
  const { tenant_id } = await createTenant(database.ownerUrl, { name: 'acme', title: 'Acme' });
  settings = settingsOf(systemActor(tenant_id));
  await db.transaction(settings, (tx) =>
    tx.run(sql`insert into tag (tenant_id, name) values (${tenant_id}, 'a'), (${tenant_id}, 'b')`),
  );
});
after(async () => {
  await db.close();
  await database.drop();
});

const color = (name: string, by: string) => sql`update tag set color = ${by} where name = ${name}`;

/**
 * Two transactions that lock two rows in opposite order, and do not lock the second one before both have their first.
 */
async function crossing(interactive: boolean): Promise<{ outcomes: PromiseSettledResult<void>[]; tries: number }> {
  let [begun, tries] = [0, 0];
  const bothHold = Promise.withResolvers<void>();
  const change = (by: string, first: string, second: string) =>
    db.transaction(
      settings,
      async (tx) => {
        tries++;
        await tx.run(color(first, by));
        if (++begun >= 2) bothHold.resolve();
        await bothHold.promise;
        await tx.run(color(second, by));
      },
      { interactive },
    );
  const outcomes = await Promise.allSettled([change('red', 'a', 'b'), change('blue', 'b', 'a')]);
  return { outcomes, tries };
}

test('what somebody waits for is done again when it and another waited for each other', async () => {
  const { outcomes, tries } = await crossing(true);
  assert.deepEqual(
    outcomes.map(({ status }) => status),
    ['fulfilled', 'fulfilled'],
  );
  // On a busy machine it may come before the other again, and wait once more.
  assert.ok(tries >= 3, 'one of the two more than once');
  const rows = await db.transaction(settings, (tx) => tx.many<{ color: string }>(sql`select color from tag`));
  assert.equal(new Set(rows.map(({ color }) => color)).size, 1, 'both rows are of the one that came last');
});

test('a transaction of the program fails instead: its job has tries of its own', async () => {
  const { outcomes, tries } = await crossing(false);
  assert.deepEqual(outcomes.map(({ status }) => status).sort(), ['fulfilled', 'rejected']);
  assert.equal(tries, 2);
});
