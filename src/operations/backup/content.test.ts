import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { eventually, startTestApp, type TestApp } from '../../../test/harness/app.ts';
import { connect, connectAsSystem } from '../connection.ts';
import { seeMoment } from './backup.ts';
import { Checks } from './checks.ts';
import { auditedWithOthers, hashContents, newSeed, readKeptTables, unauditedTables } from './contents.ts';
import type { BackupManifest } from './manifest.ts';
import { checkContent } from './prove-checks.ts';

let app: TestApp;
let ids: string[];
before(async () => {
  app = await startTestApp();
  const { api } = await (await app.tenant('content')).as('admin');
  const made = async (given_name: string, job_title: string | null) => {
    const other_emails = [{ label: 'Home', value: `${given_name}@home.example` }];
    const { status, body } = await api('POST', '/api/v1/contacts', { given_name, job_title, other_emails });
    assert.equal(status, 201, JSON.stringify(body));
    return body.id as string;
  };
  ids = [await made('Ada', 'Engineer'), await made('Grace', 'Admiral'), await made('Joan', null)];
});
after(() => app.stop());

/** Writes past the program, as damage does: nothing notices it. */
async function damage(statement: string, table = 'contact'): Promise<void> {
  const client = await connect(app.database.ownerUrl, 'damage');
  await client.query(`begin; alter table ${table} disable trigger user; set local role holdfast_system`);
  await client.query(statement.replaceAll(/\$(\d)/g, (_, n) => `'${ids[Number(n) - 1]}'`));
  await client.query(`reset role; alter table ${table} enable trigger user; commit`);
  await client.end();
}

async function record(seed: string): Promise<BackupManifest['tenants']> {
  const client = await connectAsSystem(app.database.ownerUrl, 'record');
  return hashContents(client, seed).finally(() => client.end());
}

/** What the proof says of the content. */
async function compared(seed: string, tenants: BackupManifest['tenants']): Promise<string> {
  const checks = new Checks(() => {});
  const { appUrl, ownerUrl } = app.database;
  await checks.share('content', (share) => checkContent(appUrl, ownerUrl, { tenants, seed } as BackupManifest, share));
  return checks.all[0]!.detail;
}

const changes: [what: string, change: string, back: string][] = [
  [
    'one letter',
    `update contact set given_name = 'Adb' where id = $1`,
    `update contact set given_name = 'Ada' where id = $1`,
  ],
  [
    'a letter that became a capital',
    `update contact set given_name = 'ADa' where id = $1`,
    `update contact set given_name = 'Ada' where id = $1`,
  ],
  [
    'two values that were swapped',
    `update contact set job_title = case id when $1 then 'Admiral' else 'Engineer' end where id in ($1, $2)`,
    `update contact set job_title = case id when $1 then 'Engineer' else 'Admiral' end where id in ($1, $2)`,
  ],
  [
    'nothing that became empty',
    `update contact set job_title = '' where id = $3`,
    'update contact set job_title = null where id = $3',
  ],
  [
    'a value within a list',
    `update contact set other_emails = jsonb_set(other_emails, '{0,label}', '"Work"') where id = $2`,
    `update contact set other_emails = jsonb_set(other_emails, '{0,label}', '"Home"') where id = $2`,
  ],
  [
    'a value that moved to the next column',
    'update contact set family_name = job_title, job_title = null where id = $2',
    'update contact set job_title = family_name, family_name = null where id = $2',
  ],
];

test('whatever became of a value, the content is not what was recorded', async (t) => {
  const seed = newSeed();
  const tenants = await record(seed);
  assert.match(await compared(seed, tenants), /rows of \d+ workspaces, equal by hash/);
  assert.match(await compared(seed, tenants), / of 1 workspaces/, 'the one of the program itself does not count');
  for (const [what, change, back] of changes)
    await t.test(what, async () => {
      await damage(change);
      assert.match(
        await compared(seed, tenants),
        /contact of the workspace content.* holds something else than it did/,
      );
      await damage(back);
      assert.match(await compared(seed, tenants), /equal by hash/);
    });
  await damage('delete from contact where id = $3');
  assert.match(await compared(seed, tenants), /contact of the workspace content.* has 2 rows and had 3/);
});

test('a row in a table that was empty is noticed', async () => {
  const seed = newSeed();
  const tenants = await record(seed);
  await damage("insert into tag (tenant_id, name) select tenant_id, 'Crept in' from contact where id = $1", 'tag');
  assert.match(await compared(seed, tenants), /tag of the workspace content.* has 1 rows and had 0/);
  await damage('delete from tag', 'tag');
});

test('what a migration has yet to make is no reason not to back up', async () => {
  const client = await connect(app.database.ownerUrl, 'an older one');
  await client.query('begin; alter table sales_target rename to made_later; set local role holdfast_system');
  const tenants = await hashContents(client, newSeed());
  await client.end();
  assert.ok(Object.values(tenants).some(({ tables }) => tables.contact));
});

test('of each table that is recorded it is known whether all its changes are in the audit trail', async () => {
  const client = await connect(app.database.ownerUrl, 'test');
  const { rows } = await client.query<{ name: string }>(
    `select name from unnest($1::text[]) as name where (
       select count(distinct operation) from pg_trigger t join pg_proc p on p.oid = t.tgfoid,
         lateral unnest(array[4, 8, 16]) as operation
       where t.tgrelid = ('public.' || name)::regclass and p.proname in ('record_change', 'record_statement')
         and t.tgtype & operation <> 0) < 3`,
    [await readKeptTables(client)],
  );
  await client.end();
  assert.deepEqual(rows.map(({ name }) => name).sort(), [...unauditedTables, ...auditedWithOthers].sort());
});

test('at the moment that is recorded nothing changes, neither what the audit trail knows nor what it does not', async () => {
  const open = () => connect(app.database.ownerUrl, 'test');
  const [admin, reader, other] = [await open(), await open(), await open()];
  const { pid } = (await admin.query('select pg_backend_pid() as pid')).rows[0];
  // As a change of it does.
  const touch = (table: string) => `lock table public.${table} in row exclusive mode`;
  await other.query(`set lock_timeout = '300ms'; begin; ${touch('api_key')}`);
  const seen = seeMoment(admin, reader);
  await eventually(async () => {
    const { rows } = await reader.query(`select query from pg_stat_activity where pid = ${pid}`);
    return rows[0].query === 'rollback';
  });
  // Whoever changes one of these tables, and then another, does not wait for the backup, which would wait for them.
  await other.query(`${touch('audit_event')}; commit`);
  await seen;
  for (const table of ['audit_event', 'api_key', 'notification', 'import_row']) {
    await assert.rejects(other.query(`begin; ${touch(table)}`), { code: '55P03' }, table);
    await other.query('rollback');
  }
  await admin.query('commit');
  await other.query(`begin; ${unauditedTables.map(touch).join('; ')}; commit`);
  for (const client of [admin, reader, other]) await client.end();
});

test('another seed makes other hashes, so none can be prepared', async () => {
  const [one, other] = [await record('1'), await record('2')];
  const hashOf = (tenants: BackupManifest['tenants']) =>
    Object.values(tenants).flatMap(({ tables }) => (tables.contact?.rows ? [tables.contact.hash] : []));
  assert.equal(hashOf(one).length, 1);
  assert.notDeepEqual(hashOf(one), hashOf(other));
});
