import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { BackedUp } from '../../test/harness/backup.ts';
import { command } from '../../test/harness/command.ts';
import { eventually } from '../../test/harness/eventually.ts';
import { asSuperuser } from '../../test/harness/installation.ts';
import { startProcess } from '../../test/harness/process.ts';
import { settings_file_name } from '../kernel/config/settings-file.ts';
import { loadCommands } from './command-line.ts';

/** Keys that are not those of an installation: whoever comes with one is refused before anything is changed. */

let it: BackedUp;
before(async () => {
  it = await BackedUp.begin();
});
after(() => it.close());

const newKey = () => randomBytes(32).toString('base64url');
const refused = /is not the key of .*Nothing was changed\./s;
const keyFile = () => join(it.data, 'master.key');

/** Each with what it needs to be told. */
const reading: Record<string, string[]> = {
  'user list': ['--tenant', 'acme'],
  'tenant hash': ['acme'],
  'tenant export': ['acme'],
};
const readingCommands = async () =>
  (await loadCommands())
    .filter((one) => 'reads' in one && one.reads)
    .map(({ name }) => [
      ...name.split(' '),
      ...(reading[name] ?? []),
      ...(name === 'tenant export' ? [join(it.parent, newKey())] : []),
    ]);

const configured = ['postgresql.conf', 'postgresql.auto.conf', 'pg_hba.conf', 'pg_ident.conf'];

/**
 * What a command that reads must leave as it is: roles with their passwords, catalogs, settings, and the files that
 * configure the installation.
 */
async function cluster(): Promise<Record<string, unknown>> {
  const of = (sql: string) => asSuperuser(it.data, async (client) => (await client.query(sql)).rows);
  const hashOf = async (sql: string) =>
    createHash('sha256')
      .update(JSON.stringify(await of(sql)))
      .digest('hex');
  const files = [
    ...configured.map((name) => join('postgres', name)),
    'master.key',
    'key-check.json',
    'postgres-password',
  ];
  return {
    roles: await of('select rolname, rolpassword, rolcanlogin, rolsuper, xmin::text from pg_authid order by 1'),
    roleSettings: await of('select setdatabase, setrole, setconfig, xmin::text from pg_db_role_setting order by 1, 2'),
    members: await of('select roleid, member, xmin::text from pg_auth_members order by 1, 2'),
    databases: await of('select datname, datacl, datconnlimit from pg_database order by 1'),
    slots: await of('select slot_name from pg_replication_slots order by 1'),
    functions: await hashOf('select oid, xmin::text, prosrc, proacl::text from pg_proc order by 1'),
    tables: await hashOf(
      `select oid, relname, relacl::text, relrowsecurity from pg_class where relnamespace <> 'pg_toast'::regnamespace and relname !~ '^pg_'
        order by 1`,
    ),
    policies: await hashOf('select oid, xmin::text from pg_policy order by 1'),
    triggers: await hashOf('select oid, xmin::text from pg_trigger order by 1'),
    settings: await hashOf('select name, setting, source from pg_settings order by 1'),
    notes: await hashOf(
      `select (select json_agg(m) from app.schema_migration m), (select json_agg(r) from app.routine_file r), (select json_agg(k)
        from app.key_check k)`,
    ),
    files: Object.fromEntries(
      files.map((name) => [name, existsSync(join(it.data, name)) ? readFileSync(join(it.data, name), 'utf8') : null]),
    ),
    data: (await readdir(it.data)).sort(),
  };
}

test('a command that reads changes nothing, with the key of the installation as with another', async () => {
  const found = await cluster();
  for (const args of await readingCommands()) {
    const other = { ...it.environment(), HOLDFAST_KEY: newKey() };
    await assert.rejects(command(args, other), { code: 1, stderr: refused }, args.join(' '));
    assert.deepEqual(await cluster(), found, `${args.join(' ')} with another key`);
    await command(args, it.environment()).catch((error: { stdout?: string; stderr?: string }) => {
      assert.ok(error.stdout, `${args.join(' ')}: ${error.stderr}`);
    });
    assert.deepEqual(await cluster(), found, args.join(' '));
  }
  assert.ok((await readingCommands()).length > 10);
  const writing = command(['tenant', 'create', '--name', 'lost'], { ...it.environment(), HOLDFAST_KEY: newKey() });
  await assert.rejects(writing, { stderr: refused });
  assert.deepEqual(await cluster(), found);
  // Connections that the server opens from now on.
  await it.asked(`select pg_terminate_backend(pid) from pg_stat_activity where usename like 'holdfast_app_%'`);
  await eventually(async () => (await it.api('GET', 'companies?limit=1')).status === 200);
});

test('a new key in front is recorded while the program runs; a start with another, or without the old one, is refused', async () => {
  const old = (await readFile(keyFile(), 'utf8')).trim();
  const rotated = `2:${newKey()},1:${old}`;
  await writeFile(keyFile(), rotated);
  await eventually(async () => (await it.asked('select from app.key_check where version = 2')).rowCount === 1);
  await it.server.stop();
  const stored = (await readdir(it.backups, { recursive: true })).sort();
  const stopped = async () =>
    (await readdir(it.data, { recursive: true, withFileTypes: true }))
      .filter((entry) => entry.isFile())
      .map(({ parentPath, name }) => join(parentPath, name))
      .map((path) => `${path} ${createHash('sha256').update(readFileSync(path)).digest('hex')}`)
      .sort();
  const found = await stopped();
  const start = (env: Record<string, string>) =>
    startProcess(['--empty', '--data', it.data], { BACKUP_DIR: it.backups, ...env }).then(
      async (server) => {
        await server.stop();
        return 'it serves';
      },
      ({ message }: Error) => message,
    );
  for (const [key, why] of [
    [newKey(), /its key 1 is another one/],
    [`2:${newKey()},1:${old}`, /its key 2 is another one/],
    [`3:${newKey()}`, /none of the keys that were used there, which have the numbers 1, 2/],
  ] as const) {
    const said = await start({ HOLDFAST_KEY: key });
    assert.match(said, why);
    assert.match(said, refused);
    assert.match(said, /Unset HOLDFAST_KEY: then .*master\.key is used/);
  }
  // Of a database that is not asked, as it does not run, the data directory knows.
  await assert.rejects(command(['jobs', 'list'], { ...it.environment(), HOLDFAST_KEY: newKey() }), { stderr: refused });
  assert.deepEqual(await stopped(), found, 'nothing of what is stopped was changed');
  await rename(keyFile(), `${keyFile()}.safe`);
  assert.match(await start({}), /The key of the installation in .* is missing\. Put it to .*Nothing was changed/);
  assert.ok(!existsSync(keyFile()), 'none is made');
  await rename(`${keyFile()}.safe`, keyFile());
  // As the directory of a version before, or one that was copied without it: the database tells.
  await rename(join(it.data, 'key-check.json'), join(it.parent, 'key-check.json'));
  assert.match(await start({ HOLDFAST_KEY: newKey() }), refused);
  assert.deepEqual(
    (await readdir(it.backups, { recursive: true })).sort(),
    stored,
    'nothing is written to the backup store',
  );
  await it.start();
  assert.ok(existsSync(join(it.data, 'key-check.json')));
  assert.equal((await it.api('GET', 'companies?limit=1')).status, 200);
});

test('commands of a shell that knows nothing follow the settings file of the installation', async () => {
  const path = join(it.data, settings_file_name);
  await writeFile(path, `# As the service\nBACKUP_DIR=${it.backups}\nBACKUP_DAYS=9\n`, { mode: 0o600 });
  assert.match(
    await command(['config', '--data', it.data], { BACKUP_DAYS: '12' }),
    new RegExp(`^BACKUP_DIR +${it.backups} \\(file ${path}, line 2\\)[^]*^BACKUP_DAYS +12 \\(environment\\)`, 'm'),
  );
  assert.ok(JSON.parse(await command(['backup', 'list', '--data', it.data, '--json'])).length > 0);
  await writeFile(path, 'BACKUP_DAYS=many\n');
  for (const words of [['backup', 'list'], ['doctor']])
    await assert.rejects(command([...words, '--data', it.data]), {
      stderr: /BACKUP_DAYS.*BACKUP_DAYS is on line 1\)/,
    });
  await rm(path);
});

test('the database of a version that recorded no keys tells by the password that the key gave to the role', async () => {
  await it.asked('drop table app.key_check');
  await rename(join(it.data, 'key-check.json'), join(it.parent, 'before'));
  const found = await it.asked('select rolpassword from pg_authid order by 1');
  await assert.rejects(command(['tenant', 'list'], { ...it.environment(), HOLDFAST_KEY: newKey() }), {
    stderr: refused,
  });
  const create = ['tenant', 'create', '--name', 'lost'];
  await assert.rejects(command(create, { ...it.environment(), HOLDFAST_KEY: newKey() }), { stderr: refused });
  assert.deepEqual((await it.asked('select rolpassword from pg_authid order by 1')).rows, found.rows);
  await command(['tenant', 'create', '--name', 'found'], it.environment());
  assert.equal((await it.asked('select from app.key_check')).rowCount, 2, 'from now on it is recorded');
});
