import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { migrate, missingMigrations, readMigrations, rollback } from '../src/kernel/database/migrate.ts';
import { describeSchema, schemaDrift } from '../src/kernel/database/schema.ts';
import { startTestApp } from './harness/app.ts';
import { createTestDatabase, type TestDatabase } from './harness/cluster.ts';
import { eventually } from './harness/eventually.ts';
import { ManagedServer } from './harness/managed.ts';

const appRole = { name: 'holdfast_test_migrations', password: 'only for this test' };
const routines = fileURLToPath(new URL('../db/routines/', import.meta.url));
const none = { unexpected: [], missing: [], different: [] };

async function withDatabase(work: (database: TestDatabase, client: pg.Client) => Promise<void>): Promise<void> {
  const database = await createTestDatabase();
  const client = new pg.Client({ connectionString: database.ownerUrl });
  await client.connect();
  try {
    await work(database, client);
  } finally {
    await client.end();
    await database.drop();
  }
}

/**
 * Each of the newest is taken back by itself. What is older was on main with its way back before, so all of it goes at
 * once.
 */
const newest = 6;

test('every migration goes down and up again on filled tables, to the same schema, and all of them leave nothing', async () => {
  // Without a worker, which would ask for tables while they come and go.
  const app = await startTestApp({ HOLDFAST_ROLE: 'web' });
  const { ownerUrl } = app.database;
  try {
    const { api } = await (await app.tenant()).as('admin');
    const company = (await api('POST', '/api/v1/companies', { name: 'Acme' })).body;
    await api('POST', '/api/v1/contacts', { given_name: 'Ada', company_id: company.id });
    const before = await describeSchema(ownerUrl);
    const names = readMigrations().map(({ name }) => name);
    for (const steps of [...Array.from({ length: newest }, (_, step) => step + 1), names.length]) {
      assert.deepEqual(await rollback(ownerUrl, steps), names.slice(-steps).reverse());
      if (steps === names.length) assert.deepEqual(objectsLeft(await describeSchema(ownerUrl)), []);
      const applied = await migrate(ownerUrl, { appRole });
      assert.deepEqual(applied.slice(0, steps), names.slice(-steps));
      await assertSame(ownerUrl, before);
    }
  } finally {
    await app.stop();
  }
});

test('names that are alike when an upgrade forbids it are told apart by a number, and the trail says so', async () => {
  await withDatabase(async ({ ownerUrl }, client) => {
    const version = readMigrations().findIndex(({ name }) => name === '0024_folded_names');
    await rollback(ownerUrl, readMigrations().length - version);
    const { rows } = await client.query(
      `insert into tenant (name, title) values ('acme', 'Acme'), ('other', 'Other') returning id`,
    );
    const [acme, other] = rows.map(({ id }) => id as string);
    const team = (tenant: string | undefined, name: string) =>
      client.query('insert into team (tenant_id, name) values ($1, $2)', [tenant, name]);
    for (const name of ['Sales', 'sales', 'SALES\u200b', 'Sales (2)', 'x'.repeat(200), 'X'.repeat(200)])
      await team(acme, name);
    await team(other, 'sales');
    for (const [name, preset] of [
      ['viewer', false],
      ['Viewer', true],
    ])
      await client.query(`insert into role (tenant_id, name, preset) values ($1, $2, $3)`, [acme, name, preset]);
    await migrate(ownerUrl, { appRole });
    const names = async (table: string) =>
      (
        await client.query(`select name, version from ${table} where tenant_id = $1 order by created_at, id`, [acme])
      ).rows.map((row) => `${row.name} ${row.version}`);
    assert.deepEqual(await names('team'), [
      'Sales 1', 'sales (3) 2', 'SALES\u200b (4) 2', 'Sales (2) 1', `${'x'.repeat(200)} 1`, `${'X'.repeat(196)} (2) 2`,
    ]); // biome-ignore format: a list of words
    assert.deepEqual(await names('role'), ['viewer (2) 2', 'Viewer 1']);
    const { rows: events } = await client.query(
      `select tenant_id, resource, actor_kind, fields from audit_event where action = 'update' order by seq`,
    );
    const renamed = { tenant_id: acme, actor_kind: 'system', fields: ['name'] };
    const teams = Array.from({ length: 3 }, () => ({ ...renamed, resource: 'team' }));
    assert.deepEqual(events, [{ ...renamed, resource: 'role' }, ...teams]);
  });
});

/** With the names of what differs in place of two texts of thousands of lines. */
async function assertSame(ownerUrl: string, before: string): Promise<void> {
  assert.deepEqual(await schemaDrift(ownerUrl), none);
  assert.ok((await describeSchema(ownerUrl)) === before, 'the statements have another order');
}

/** All but the tables that are there before the first migration: what was applied, and by which keys. */
function objectsLeft(schema: string): string[] {
  const made = schema.match(/^(create|grant|alter) .*/gm) ?? [];
  return made.filter((line) => !/app\.(schema_migration|routine_file|key_check)/.test(line));
}

test('a migration that is refused before its commit, or fails on the way, leaves everything as it was', async () => {
  await withDatabase(async ({ ownerUrl }, client) => {
    await rollback(ownerUrl, 2);
    const state = async () => [
      await describeSchema(ownerUrl),
      (await client.query('select version from app.schema_migration')).rows,
      (await client.query('select name from app.routine_file')).rows,
    ];
    const before = await state();
    const missing = (await missingMigrations(ownerUrl)).map(({ name }) => name);
    assert.equal(missing.length, 2);
    const observer = {
      begin: async () => {},
      applied: async () => {},
      beforeCommit: async () => {},
      committed: () => {},
    };
    const refuse = async () => {
      throw new Error('refused');
    };
    await assert.rejects(migrate(ownerUrl, { appRole, observer: { ...observer, beforeCommit: refuse } }), /refused/);
    const fails = {
      ...observer,
      applied: (_: pg.Client, name: string) => (name === missing[1] ? refuse() : Promise.resolve()),
    };
    await assert.rejects(migrate(ownerUrl, { appRole, observer: fails }), /refused/);
    assert.ok(JSON.stringify(await state()) === JSON.stringify(before));
    await migrate(ownerUrl, { appRole });
    assert.deepEqual(await missingMigrations(ownerUrl), []);
  });
});

test('a migration lets others pass while a table is in use, and is done once it is free', async () => {
  await withDatabase(async ({ ownerUrl }, client) => {
    await client.query(`update app.routine_file set checksum = ''`);
    const other = new pg.Client({ connectionString: ownerUrl });
    await other.connect();
    await other.query('begin; lock table contact in access share mode');
    const migrating = migrate(ownerUrl, { appRole });
    // It waits for contact, and everybody who comes after waits behind it: but not for long.
    await eventually(async () => {
      const { rows } = await client.query('select from pg_locks where not granted and relation = $1::regclass', [
        'contact',
      ]);
      return rows.length > 0;
    });
    const began = performance.now();
    await client.query('select from contact limit 1');
    const waited = performance.now() - began;
    assert.ok(waited < 5_000, `waited ${waited} ms`);
    await other.query('commit');
    await other.end();
    assert.equal((await migrating).length, readdirSync(routines).length);
  });
});

test('a routine file whose text changed is applied again, and nothing else', async () => {
  await withDatabase(async ({ ownerUrl }, client) => {
    const appliedAt = async () => {
      const { rows } = await client.query('select name, applied_at::text from app.routine_file order by name');
      return new Map<string, string>(rows.map((row) => [row.name, row.applied_at]));
    };
    const before = await appliedAt();
    assert.deepEqual([...before.keys()], readdirSync(routines).sort());
    assert.deepEqual(await migrate(ownerUrl, { appRole }), []);
    await client.query(
      `update app.routine_file set checksum = 'of an earlier text' where name in ('jobs.sql', 'policies.sql')`,
    );
    await client.query(
      'set role holdfast_system; drop function app.jobs_in_doubt(); reset role; drop policy read on job',
    );
    assert.deepEqual((await schemaDrift(ownerUrl)).missing.toSorted(), [
      'function app.jobs_in_doubt',
      'grants on function app.jobs_in_doubt() to holdfast_app',
      'owner of function app.jobs_in_doubt()',
      'policy read on job',
    ]);
    assert.deepEqual(await migrate(ownerUrl, { appRole }), ['routines/jobs.sql', 'routines/policies.sql']);
    assert.deepEqual(await schemaDrift(ownerUrl), none);
    const after = await appliedAt();
    assert.deepEqual(
      [...after].filter(([name, at]) => at !== before.get(name)).map(([name]) => name),
      ['jobs.sql', 'policies.sql'],
    );
  });
});

test('every routine file can be applied again', async () => {
  await withDatabase(async ({ ownerUrl }, client) => {
    const before = await describeSchema(ownerUrl);
    await client.query(`update app.routine_file set checksum = ''`);
    assert.equal((await migrate(ownerUrl, { appRole })).length, readdirSync(routines).length);
    await assertSame(ownerUrl, before);
  });
});

test('the texts of all functions are valid', async () => {
  await withDatabase(async (_, client) => {
    const { rows } = await client.query<{ name: string; language: string; of_system: boolean }>(
      `select p.oid::regprocedure as name, l.lanname as language, pg_get_userbyid(p.proowner) = 'holdfast_system' as of_system
       from pg_proc p join pg_language l on l.oid = p.prolang where p.pronamespace = 'app'::regnamespace`,
    );
    assert.ok(rows.length > 150);
    for (const { name, language, of_system } of rows) {
      const validator = language === 'sql' ? 'fmgr_sql_validator' : 'plpgsql_validator';
      await client.query(of_system ? 'set role holdfast_system' : 'reset role');
      await client.query(`select ${validator}($1::regprocedure)`, [name]);
    }
  });
});

test('each function, policy, trigger and view is written out once', () => {
  const texts = readdirSync(routines).map((name) => readFileSync(routines + name, 'utf8'));
  const defined = texts.flatMap((text) => [
    ...(text.match(/^create or replace (?:function [\w.]+\([^)]*|view [\w.]+)/gm) ?? []),
    ...(text.match(/^create policy \w+ on \w+/gm) ?? []),
    ...[...text.matchAll(/^create (?:or replace |constraint )?trigger (\w+) .*? on (\w+)/gm)].map((m) =>
      m.slice(1).join(' on '),
    ),
  ]);
  assert.ok(defined.length > 600);
  assert.deepEqual(
    defined.filter((name, at) => defined.indexOf(name) !== at),
    [],
  );
  // A loop that makes them would be a block of its own. The only block asks for the version of the server, for
  // app.uuid_v7.
  assert.equal(texts.flatMap((text) => text.match(/^do \$/gm) ?? []).length, 1);
});

test('a migration that was changed after it was applied is refused', async () => {
  await withDatabase(async ({ ownerUrl }, client) => {
    await client.query(`update app.schema_migration set checksum = 'other' where version = 1`);
    await assert.rejects(migrate(ownerUrl, { appRole }), /0001_baseline was changed after it was applied/);
  });
});

test('a database of a release before the baseline is refused, with what to do', async () => {
  await withDatabase(async ({ ownerUrl }, client) => {
    await client.query(`update app.schema_migration set name = '0001_kernel', checksum = 'other' where version = 1`);
    await client.query(
      `insert into app.schema_migration (version, name, checksum) values (181, '0181_primary_keys_first', 'other')`,
    );
    await client.query('delete from app.routine_file');
    await assert.rejects(migrate(ownerUrl, { appRole }), /made by an earlier release .*holdfast tenant export/);
    assert.equal((await client.query('select from app.routine_file')).rowCount, 0);
  });
});

test('a role that row-level security holds is refused, with what it has to be granted', async () => {
  const server = await ManagedServer.begin();
  try {
    const ownerUrl = await server.database();
    const role = new URL(ownerUrl).username;
    await withDatabase(async (_, client) => void (await client.query(`alter role ${role} nobypassrls`)));
    const appRole = { name: `${role}_app`, password: 'only for this test' };
    await assert.rejects(migrate(ownerUrl, { appRole }), new RegExp(`alter role "${role}" createrole bypassrls`));
  } finally {
    await server.drop();
  }
});

test('a server that takes no changes is refused, with what to name', async () => {
  await withDatabase(async ({ ownerUrl }) => {
    const replica = new URL(ownerUrl);
    replica.searchParams.set('options', '-c default_transaction_read_only=on');
    await assert.rejects(migrate(replica.href, { appRole }), /it is a replica, or read-only\. Name the primary/);
  });
});

/** As PgBouncer with `pool_mode = transaction`: every later connection is served by that of the first. */
async function sharedConnection(ownerUrl: string): Promise<{ url: string; close(): void }> {
  const [ok, ready] = ['R\0\0\0\x08\0\0\0\0', 'Z\0\0\0\x05I'];
  const target = new URL(ownerUrl);
  const far = connect(`${decodeURIComponent(target.hostname)}/.s.PGSQL.${target.port}`);
  let asking: Socket | undefined;
  far.on('data', (bytes) => asking?.write(bytes));
  const server = createServer((near) => {
    const isFirst = asking === undefined;
    near.on('error', () => undefined);
    near.on('data', (bytes) => {
      asking = near;
      if (bytes[0] === 'X'.charCodeAt(0)) near.end();
      else if (!isFirst && bytes[0] === 0) near.write(ok + ready);
      else far.write(bytes);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = new URL(ownerUrl);
  Object.assign(url, { hostname: '127.0.0.1', port: String((server.address() as AddressInfo).port) });
  const close = () => {
    far.destroy();
    server.close();
  };
  return { url: url.href, close };
}

test('a pooler that shares connections between transactions is refused before anything is left in one', async () => {
  await withDatabase(async ({ ownerUrl }) => {
    const pooler = await sharedConnection(ownerUrl);
    try {
      await assert.rejects(migrate(pooler.url, { appRole }), /pool_mode = transaction.*name PostgreSQL itself/);
    } finally {
      pooler.close();
    }
  });
});

test('a release that starts after a newer one leaves its routines alone', async () => {
  await withDatabase(async ({ ownerUrl }, client) => {
    await client.query(
      `insert into app.schema_migration (version, name, checksum) values (9999, '9999_later', 'other')`,
    );
    await client.query(`update app.routine_file set checksum = 'of a later text'`);
    assert.deepEqual(await migrate(ownerUrl, { appRole }), []);
    assert.equal((await client.query(`select from app.routine_file where checksum <> 'of a later text'`)).rowCount, 0);
  });
});

test('drift names what is not as migrations and routines make it', async () => {
  await withDatabase(async ({ ownerUrl }, client) => {
    assert.deepEqual(await schemaDrift(ownerUrl), none);
    await client.query(`drop policy read on contact; alter table company add column secret_plan text;
      alter policy read on company using (true); grant truncate on contact to holdfast_app;
      alter table tag disable row level security; alter table tag disable trigger touch; create sequence stray;
      create or replace function app.currency_factor(currency text) returns int language sql immutable parallel safe as 'select 100'`);
    assert.deepEqual(await schemaDrift(ownerUrl), {
      unexpected: ['column company.secret_plan', 'sequence stray'],
      missing: ['policy read on contact', 'enable row level security on tag'],
      different: [
        'policy read on company',
        'grants on table contact to holdfast_app',
        'trigger touch on tag',
        'function app.currency_factor',
      ],
    });
  });
});
