import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import pg from 'pg';
import { createTestDatabase, type TestDatabase } from './harness/cluster.ts';
import { eventually } from './harness/eventually.ts';

let database: TestDatabase;
let [first, second]: pg.Client[] = [];
before(async () => {
  database = await createTestDatabase();
  [first, second] = [0, 1].map(() => new pg.Client({ connectionString: database.ownerUrl }));
  for (const client of [first!, second!]) await client.connect();
});
after(async () => {
  for (const client of [first!, second!]) await client.end();
  await database.drop();
});

for (const { parent, make } of [
  { parent: 'log_line', make: `select app.ensure_log_partition('2020-02-03')` },
  { parent: 'audit_event', make: 'select app.ensure_partitions(0, 30)' },
])
  test(`two processes that miss the same partition of ${parent} make it once`, async () => {
    const partitions = async () =>
      (await first!.query('select from pg_inherits where inhparent = $1::regclass', [parent])).rowCount!;
    const before = await partitions();
    await first!.query('begin');
    await first!.query(make);
    const { rows } = await second!.query('select pg_backend_pid() as pid');
    const made = second!.query(make);
    await eventually(async () => {
      const { rowCount } = await first!.query(`select from pg_locks where pid = $1 and not granted`, [rows[0].pid]);
      return rowCount === 1;
    });
    await first!.query('commit');
    await made;
    assert.ok((await partitions()) > before);
  });
