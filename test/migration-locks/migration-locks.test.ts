import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import pg from 'pg';
import { migrate, readMigrations, rollback } from '../../src/kernel/database/migrate.ts';
import { MigrationMeasure } from '../../src/operations/upgrade/measure.ts';
import { createTestDatabase, type TestDatabase } from '../harness/cluster.ts';
import { slowStatements } from './statements.ts';

/** A table that people work on may be blocked for so long. */
const blocked_ms_max = 2_000;
const rows = 20_000;
const appRole = { name: 'holdfast_test_locks', password: 'only for this test' };
/** After the baseline, which makes all its tables. */
const added = readMigrations().filter(({ version }) => version > 1);
/** What migrations did before they were looked at: to tables that were small, in versions that nobody had. */
const before_the_rule: Record<string, string[]> = {
  '0002_webhooks': ['notification', 'role'],
  '0003_operator': ['job'],
  '0004_logs': ['role'],
  '0007_new_files': ['file'],
};

let database: TestDatabase;
before(async () => {
  database = await createTestDatabase();
  await withClient((client) => fill(client));
});
after(() => database.drop());

async function withClient<R>(work: (client: pg.Client) => Promise<R>): Promise<R> {
  const client = new pg.Client({ connectionString: database.ownerUrl });
  await client.connect();
  return work(client).finally(() => client.end());
}

async function fill(client: pg.Client): Promise<void> {
  const tenant = await client.query(`insert into tenant (name, title) values ('busy', 'Busy') returning id`);
  const { id } = tenant.rows[0] as { id: string };
  for (const table of ['company', 'contact', 'job']) await client.query(`alter table ${table} disable trigger user`);
  await client.query(
    `insert into company (tenant_id, name) select $1, 'Company ' || i from generate_series(1, ${rows}) i`,
    [id],
  );
  await client.query(
    `insert into contact (tenant_id, given_name, family_name) select $1, 'Given', 'Family ' || i from generate_series(1, ${rows}) i`,
    [id],
  );
  await client.query(
    `insert into job (tenant_id, kind, payload, state, finished_at) select $1, 'busy', '{}', 'done', now()
      from generate_series(1, ${rows}) i`,
    [id],
  );
  for (const table of ['company', 'contact', 'job']) await client.query(`alter table ${table} enable trigger user`);
}

interface Load {
  slowest_ms: number;
  statements: number;
}

/** Reads and writes on busy tables, one after the other on each of some connections, for as long as the work takes. */
async function underLoad(work: () => Promise<unknown>): Promise<Load> {
  const load: Load = { slowest_ms: 0, statements: 0 };
  let ended = false;
  const worker = (number: number) =>
    withClient(async (client) => {
      const { rows: some } = await client.query('select tenant_id, id from company order by id offset $1 limit 200', [
        number * 300,
      ]);
      for (let n = 0; !ended; n++) {
        const { tenant_id, id } = some[n % some.length];
        for (const [statement, values] of [
          [`update company set name = name where tenant_id = $1 and id = $2`, [tenant_id, id]],
          [`select * from contact where tenant_id = $1 order by created_at limit 20`, [tenant_id]],
          [`insert into job (tenant_id, kind, payload) values ($1, 'load', '{}')`, [tenant_id]],
        ] as const) {
          const from = performance.now();
          await client.query(statement, [...values]);
          load.slowest_ms = Math.max(load.slowest_ms, performance.now() - from);
          load.statements++;
        }
      }
    });
  const workers = Promise.all([worker(0), worker(1)]);
  try {
    await work();
  } finally {
    ended = true;
    await workers;
  }
  return load;
}

/** One migration in a transaction of its own, without the routines. */
async function apply(up: string): Promise<MigrationMeasure> {
  const measure = new MigrationMeasure();
  await withClient(async (client) => {
    await client.query('begin; set local check_function_bodies = off');
    await measure.begin(client);
    await client.query(up);
    await measure.applied(client, 'migration');
    await client.query('commit');
    measure.committed();
  });
  return measure;
}

/** Tables that it blocked for too long, and whoever waited too long. */
function tooLong(name: string, measure: MigrationMeasure, { slowest_ms }: Load): string[] {
  const locks = measure.locks().filter(({ held_ms }) => held_ms > blocked_ms_max);
  const blocked = locks.map(({ table, blocks, held_ms }) => `${name} blocks ${blocks} of ${table} for ${held_ms} ms`);
  return slowest_ms > blocked_ms_max ? [...blocked, `${name}: somebody waited ${Math.round(slowest_ms)} ms`] : blocked;
}

test('no migration blocks a busy table for more than two seconds, nor do the routines that are applied after it', async () => {
  await rollback(database.ownerUrl, added.length);
  for (const { name, up } of added) {
    let measure!: MigrationMeasure;
    const load = await underLoad(async () => {
      measure = await apply(up);
    });
    assert.deepEqual(tooLong(name, measure, load), []);
  }
  await rollbackBookkeeping();
  const measure = new MigrationMeasure();
  const load = await underLoad(() => migrate(database.ownerUrl, { appRole, observer: measure }));
  assert.ok(measure.steps.length > 30 && measure.locks().length > 0 && load.statements > 10);
  assert.deepEqual(tooLong('routines', measure, load), []);
});

/** The migrations were applied past the migrator, which is left to apply the routines. */
const rollbackBookkeeping = () =>
  withClient(async (client) => {
    for (const { version, name, checksum } of added)
      await client.query('insert into app.schema_migration (version, name, checksum) values ($1, $2, $3)', [
        version,
        name,
        checksum,
      ]);
  });

test('a migration that blocks a busy table for longer is rejected', async () => {
  let measure!: MigrationMeasure;
  const load = await underLoad(async () => {
    measure = await apply('alter table company add column nickname text; select pg_sleep(2.2)');
  });
  const found = tooLong('slow', measure, load);
  assert.match(found.join('\n'), /^slow blocks reads and writes of company for 2\d\d\d ms$/m);
  assert.match(found.join('\n'), /^slow: somebody waited 2\d\d\d ms$/m);
});

test('no migration has a statement that takes longer the more rows a table has, unless it says why that is no harm', () => {
  for (const { name, up } of added) {
    const found = slowStatements(up).filter(({ table }) => !before_the_rule[name]?.includes(table));
    assert.deepEqual(
      found.map(({ table, why }) => `${name} ${why}: ${table}`),
      [],
    );
  }
  // The exceptions are none that nothing needs.
  for (const [name, tables] of Object.entries(before_the_rule)) {
    const { up } = added.find((migration) => migration.name === name)!;
    assert.deepEqual([...new Set(slowStatements(up).map(({ table }) => table))].sort(), tables);
  }
});

const slow: Record<string, RegExp> = {
  'create index on contact (name)': /builds an index/,
  'create unique index contact_x\n  on public.contact (name)': /builds an index/,
  'alter table contact add check (name is not null)': /checks all rows/,
  'alter table contact add constraint x foreign key (a) references b': /checks all rows/,
  'alter table contact add column a uuid references b': /checks all rows/,
  'alter table contact add unique (a)': /builds an index/,
  'alter table contact alter column a type bigint': /writes the table anew/,
  'alter table contact alter a set not null': /reads all rows/,
  'alter table contact add column a uuid default app.uuid_v7()': /writes the table anew/,
  'alter table contact add a text generated always as (lower(b)) stored': /writes the table anew/,
  'update contact set a = 1': /changes rows/,
  'delete from contact': /deletes rows/,
  'lock table contact': /locks the table/,
};
const quick = [
  'create index on later (name); create table later (a int)',
  'create table later (a int); update later set a = 1',
  'alter table contact add column a text',
  `alter table contact add column a text not null default 'none'`,
  'alter table contact add column a int default 0',
  'alter table contact add constraint x check (a > 0) not valid',
  'alter table contact drop column a',
  '-- update contact set a = 1',
  '-- locks contact: only those of today\nupdate contact set a = 1',
  `comment on table contact is 'update contact set x'`,
];

test('slow statements are known, and quick ones let through', () => {
  for (const [statement, why] of Object.entries(slow)) {
    const [found] = slowStatements(statement);
    assert.ok(found?.table === 'contact' && why.test(found.why), `${statement}: ${JSON.stringify(found)}`);
  }
  for (const statement of quick) assert.deepEqual(slowStatements(statement), [], statement);
});
