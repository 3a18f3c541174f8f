import assert from 'node:assert/strict';
import { test } from 'node:test';
import pg from 'pg';
import { migrate, readMigrations, rollback } from '../src/kernel/database/migrate.ts';
import { describeSchema, schemaDrift } from '../src/kernel/database/schema.ts';
import { verifyAudit } from '../src/operations/audit-verify.ts';
import { startTestApp } from './harness/app.ts';
import { asOwner } from './harness/identity.ts';

const appRole = { name: 'holdfast_test_migrations', password: 'only for this test' };

/** The first migration whose tables this test fills; below it no row is left that a migration could meet. */
const filled_from = 3;
/**
 * From here on each step down must restore exactly the schema that the step up found. Some older steps restore another wording of a
 * function or a policy, which the steps up replace again. They cannot change any more, so what was tested of them once still holds.
 */
const exact_from = 86;

/** In no order: columns that a step takes away and another brings back stand at the end. */
async function linesOf(ownerUrl: string): Promise<string[]> {
  return (await describeSchema(ownerUrl)).replaceAll(',\n', '\n').split('\n').toSorted();
}

test('every migration goes down and up again on filled tables, to the same schema, and all of them leave nothing', async () => {
  // Without a worker, which would ask for tables while they come and go.
  const app = await startTestApp({ HOLDFAST_ROLE: 'web' });
  const { ownerUrl } = app.database;
  try {
    const { api } = await (await app.tenant()).as('admin');
    const company = (await api('POST', '/api/v1/companies', { name: 'Acme' })).body;
    await api('POST', '/api/v1/contacts', { given_name: 'Ada', company_id: company.id });
    const before = await linesOf(ownerUrl);
    const migrations = readMigrations();
    // The schema after each migration, noted on the way down and compared on the way up: every step runs twice, instead of once
    // more for each migration above it.
    const schemas = new Map<number, string[]>();
    const upper = migrations.filter(({ version }) => version > filled_from);
    for (const { version, name } of upper.toReversed()) {
      if (version >= exact_from) schemas.set(version, await linesOf(ownerUrl));
      assert.deepEqual(await rollback(ownerUrl, 1), [name]);
    }
    for (const { version, name } of upper) {
      assert.deepEqual(await migrate(ownerUrl, { appRole, to: version }), [name]);
      if (version >= exact_from)
        assert.deepEqual(await linesOf(ownerUrl), schemas.get(version), `after taking back ${name}`);
    }
    assert.deepEqual(await linesOf(ownerUrl), before);
    const names = migrations.map(({ name }) => name);
    assert.deepEqual(await rollback(ownerUrl, migrations.length), names.toReversed());
    const left = (await describeSchema(ownerUrl)).match(/^(create|grant|alter) .*/gm) ?? [];
    assert.deepEqual(
      left.filter((line) => !line.includes('app.schema_migration')),
      [],
    );
    assert.deepEqual(await migrate(ownerUrl, { appRole }), names);
    assert.deepEqual(await linesOf(ownerUrl), before);
  } finally {
    await app.stop();
  }
});

test('contacts keep their further addresses when these get labels, and those without a name get one', async () => {
  const app = await startTestApp({ HOLDFAST_ROLE: 'web' });
  const { ownerUrl } = app.database;
  try {
    const tenant = await app.tenant();
    const { api } = await tenant.as('admin');
    const { body } = await api('POST', '/api/v1/contacts', { given_name: 'Ada' });
    await rollback(ownerUrl, readMigrations().filter(({ version }) => version >= 90).length);
    const set = `set given_name = null, other_emails = '{b@c.example,"d e"}', other_phones = '{110}'`;
    await run(ownerUrl, `set role holdfast_system; update contact ${set} where id = '${body.id}'`);
    await migrate(ownerUrl, { appRole });
    const [contact] = await asOwner(app, 'select name, other_emails, other_phones, sites from contact where id = $1', [
      body.id,
    ]);
    const { name, other_emails, other_phones, sites } = contact as Record<string, unknown>;
    const plain = (value: string) => ({ label: null, value });
    assert.deepEqual([name, sites], ['No name', []]);
    assert.deepEqual([other_emails, other_phones], [[plain('b@c.example'), plain('d e')], [plain('110')]]);
    assert.deepEqual((await verifyAudit(ownerUrl)).findings, []);
  } finally {
    await app.stop();
  }
});

test('a migration that was changed after it was applied is refused', async () => {
  const app = await startTestApp();
  try {
    await run(app.database.ownerUrl, `update app.schema_migration set checksum = 'other' where version = 1`);
    await assert.rejects(migrate(app.database.ownerUrl, { appRole }), /0001_kernel was changed/);
  } finally {
    await app.stop();
  }
});

test('drift names what is not as the migrations make it', async () => {
  const app = await startTestApp();
  try {
    assert.deepEqual(await schemaDrift(app.database.ownerUrl), { unexpected: [], missing: [], different: [] });
    await run(
      app.database.ownerUrl,
      `drop policy read on contact; alter table company add column secret_plan text;
       create or replace function app.currency_factor(currency text) returns int language sql immutable parallel safe as 'select 100'`,
    );
    assert.deepEqual(await schemaDrift(app.database.ownerUrl), {
      unexpected: ['column company.secret_plan'],
      missing: ['policy read on contact'],
      different: ['function app.currency_factor'],
    });
  } finally {
    await app.stop();
  }
});

async function run(url: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query(statement).finally(() => client.end());
}
