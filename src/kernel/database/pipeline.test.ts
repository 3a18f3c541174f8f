import assert from 'node:assert/strict';
import { availableParallelism } from 'node:os';
import { after, before, test } from 'node:test';
import { getHeapSpaceStatistics } from 'node:v8';
import pg from 'pg';
import { createTestDatabase, type TestDatabase } from '../../../test/harness/cluster.ts';
import '../../modules/index.ts';
import { toProblem } from '../http/errors.ts';
import { createTenant } from '../identity/index.ts';
import { systemActor, withContext } from '../tenancy/context.ts';
import { Database, sql } from './database.ts';

let database: TestDatabase;
let db: Database;
let tenant_id: string;
before(async () => {
  database = await createTestDatabase();
  db = new Database({ url: database.appUrl, connectionsMax: 1, statementTimeoutMs: 5_000, applicationName: 'test' });
  ({ tenant_id } = await createTenant(database.ownerUrl, { name: 'acme', title: 'Acme' }));
});
after(async () => {
  await db.close();
  await database.drop();
});

const insertTag = (name: string) => sql`insert into tag (tenant_id, name) values (${tenant_id}, ${name})`;
const findTag = (name: string) => sql`select name from tag where name = ${name}`;
const system = () => systemActor(tenant_id);

test('a read holds no connection while the program does something else', async () => {
  const both = withContext(
    db,
    system(),
    async (outer) => {
      const first = await outer.tx.one<{ name: string }>(sql`select name from tenant`);
      // With the only connection still held, this would wait forever.
      const inner = await withContext(db, system(), (ctx) =>
        ctx.tx.one<{ name: string }>(sql`select name from tenant`),
      );
      const last = await outer.tx.one<{ name: string }>(sql`select name from tenant`);
      return [first.name, inner.name, last.name];
    },
    { mode: 'read' },
  );
  assert.deepEqual(await both, ['acme', 'acme', 'acme']);
});

test('reads that fail, or take long, do not keep others waiting', async () => {
  const atOnce = 2 * availableParallelism();
  const wide = new Database({
    url: database.appUrl,
    connectionsMax: atOnce + 1,
    statementTimeoutMs: 5_000,
    applicationName: 'test',
  });
  const read = (statement: string) =>
    withContext(wide, system(), (ctx) => ctx.tx.run(sql.raw(statement)), { mode: 'read' });
  const many = (statement: string) => Array.from({ length: atOnce }, () => read(statement));
  try {
    const failed = await Promise.allSettled(many('select 1 / 0'));
    assert.ok(failed.every(({ status }) => status === 'rejected'));
    const ended: string[] = [];
    const slow = many('select pg_sleep(1)').map((answer) => answer.then(() => ended.push('slow')));
    await read('select 1').then(() => ended.push('quick'));
    await Promise.all(slow);
    assert.equal(ended[0], 'quick');
  } finally {
    await wide.close();
  }
});

test('of a read that fails all statements say why, also those behind', async () => {
  const failures = await withContext(
    db,
    system(),
    ({ tx }) => Promise.allSettled([tx.one(sql`select 1`), tx.one(sql`select 1 / 0`), tx.one(sql`select 2`)]),
    { mode: 'read' },
  );
  assert.deepEqual(
    failures.map((one) => (one.status === 'rejected' ? one.reason.code : one.status)),
    ['fulfilled', '22012', '22012'],
  );
});

test('statements of a read sent together travel as one transaction', async () => {
  const [a, b] = await withContext(
    db,
    system(),
    (ctx) => Promise.all([1, 2].map(() => ctx.tx.one<{ at: string }>(sql`select now()::text as at`))),
    { mode: 'read' },
  );
  assert.equal(a!.at, b!.at);
});

test('a read cannot write, says why it failed, and leaves the connection fit for the next', async () => {
  const read = <R>(work: Parameters<typeof withContext<R>>[2]) => withContext(db, system(), work, { mode: 'read' });
  await assert.rejects(
    read((ctx) => ctx.tx.run(insertTag('forbidden'))),
    { code: '25006' },
  );
  await assert.rejects(
    read(async (ctx) => {
      await Promise.all([ctx.tx.one(sql`select 1 / 0`), ctx.tx.one(sql`select 1`)]);
    }),
    { code: '22012' },
  );
  await assert.rejects(
    withContext(db, { ...system(), tenant_id: 'nonsense' }, (ctx) => ctx.tx.many(findTag('x')), { mode: 'read' }),
    { code: '22P02' },
  );
  assert.deepEqual(await read((ctx) => ctx.tx.many(findTag('forbidden'))), []);
});

test('what is posted commits with the transaction, and fails it', async () => {
  await withContext(db, system(), async (ctx) => ctx.tx.post(insertTag('posted')));
  const failing = withContext(db, system(), async (ctx) => {
    await ctx.tx.run(insertTag('undone'));
    ctx.tx.post(insertTag('posted'));
  });
  await assert.rejects(failing, { code: '23505' });
  const names = await withContext(db, system(), (ctx) => ctx.tx.many<{ name: string }>(sql`select name from tag`));
  assert.deepEqual(names, [{ name: 'posted' }]);
});

test('of statements sent together the first to fail is the cause', async () => {
  const work = withContext(db, system(), async (ctx) => {
    const failing = ctx.tx.one(sql`select 1 / 0`).catch(() => {});
    await ctx.tx.one(sql`select 1`);
    await failing;
  });
  await assert.rejects(work, { code: '22012' });
});

test('a connection that the server ends fails what runs on it and is not given out again', async () => {
  const end = sql`select pg_terminate_backend(pg_backend_pid())`;
  const read = <R>(work: Parameters<typeof withContext<R>>[2]) => withContext(db, system(), work, { mode: 'read' });
  for (let n = 0; n < 5; n++) {
    await assert.rejects(db.call(end), { code: '57P01' });
    await assert.rejects(
      read((ctx) => ctx.tx.run(end)),
      { code: '57P01' },
    );
    assert.equal((await db.call(sql`select 1`)).length, 1);
  }
});

test('a statement whose columns a migration changed is prepared anew, and does not fail for as long as its connection lives', async (t) => {
  const owner = new pg.Client({ connectionString: database.ownerUrl });
  await owner.connect();
  t.after(() => owner.end());
  await owner.query('create table widening as select 1 as a; grant select on widening to holdfast_app');
  const find = sql<object>`select * from widening`;
  const ways = [
    () => db.call(find),
    () => withContext(db, system(), ({ tx }) => tx.many(find), { mode: 'read' }),
    () => withContext(db, system(), ({ tx }) => tx.many(find)),
  ];
  for (const [n, ask] of ways.entries()) {
    await ask();
    await owner.query(`alter table widening add column added_${n} int`);
    // PostgreSQL says so once, and whoever asked is told to ask again.
    await ask().catch((error: { code: string }) =>
      assert.deepEqual([error.code, toProblem(error)?.status], ['0A000', 503]),
    );
    assert.equal(Object.keys((await ask())[0]!).length, n + 2);
  }
});

test('rows that were answered are forgotten before they count as old', async () => {
  const reads = 1_500;
  const read = () =>
    withContext(
      db,
      system(),
      (ctx) =>
        ctx.tx.many(
          sql`select 'a text of the row ' || n as a, 'another text of it ' || n as b from generate_series(1, 500) n`,
        ),
      { mode: 'read' },
    );
  const old = () => getHeapSpaceStatistics().find(({ space_name }) => space_name === 'old_space')!.space_used_size;
  let grown = 0;
  let before = old();
  for (let n = 0; n < reads; n++) {
    await read();
    const now = old();
    // Less than before when the old has been looked through.
    grown += Math.max(0, now - before);
    before = now;
  }
  assert.ok(grown < 20_000_000, `${Math.round(grown / 1e6)} MB of what ${reads} reads answered grew old`);
});
