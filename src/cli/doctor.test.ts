import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { createTestDatabase, testKey } from '../../test/harness/cluster.ts';
import { command } from '../../test/harness/command.ts';
import { holdfast } from '../../test/harness/process.ts';
import { migrate } from '../kernel/database/migrate.ts';
import { appRoleOf } from '../kernel/installation.ts';
import { loadMasterKeys } from '../kernel/vault/master-key.ts';
import { connect } from '../operations/connection.ts';

test('what doctor advises can be done where there is no npm, as in the container image', async () => {
  const database = await createTestDatabase();
  const data = await mkdtemp(join(tmpdir(), 'holdfast-doctor-'));
  const key = testKey();
  try {
    const masterKeys = await loadMasterKeys({ value: key });
    await migrate(database.ownerUrl, { appRole: appRoleOf(database.ownerUrl, masterKeys) });
    const owner = await connect(database.ownerUrl, 'test');
    await owner.query('create table public.stray (n int)');
    await owner.query('create schema fifteen');
    // A PostgreSQL 15, as far as a database can say so.
    await owner.query(`create function fifteen.current_setting(name text) returns text language sql
      as $$ select case name when 'server_version_num' then '150008' when 'server_version' then '15.8' else pg_catalog.current_setting(name) end $$`);
    const named = new URL(database.ownerUrl).pathname.slice(1);
    await owner.query(`alter database ${named} set search_path = fifteen, pg_catalog, public`);
    await assert.rejects(
      command(['tenant', 'list'], { DATABASE_URL: database.ownerUrl, HOLDFAST_KEY: key, HOLDFAST_DATA: data }),
      { code: 1, stderr: /is of version 15\.8\. Holdfast needs 16 to 18: upgrade it .*Nothing was changed/ },
    );
    await owner.query(`alter database ${named} reset search_path`);
    await owner.query('drop schema fifteen cascade');
    await owner.end();
    const server = await connect(database.ownerUrl, 'holdfast-web');
    const answer = await holdfast(['doctor', '--json'], {
      DATABASE_URL: database.ownerUrl,
      HOLDFAST_KEY: key,
      HOLDFAST_DATA: data,
      S3_ENDPOINT: 'http://127.0.0.1:1',
      S3_BUCKET: 'files',
      S3_ACCESS_KEY_ID: 'key',
      S3_SECRET_ACCESS_KEY: 'secret',
    }).catch((error: { stdout?: string }) => error.stdout ?? assert.fail(String(error)));
    await server.end();
    const findings: { check: string; ok: boolean; detail: string; advice?: string }[] = JSON.parse(answer);
    const schema = findings.find(({ check }) => check === 'schema')!;
    assert.deepEqual([schema.ok, schema.advice], [false, 'Run: holdfast db validate']);
    const files = findings.find(({ check }) => check === 'files')!;
    assert.equal(files.ok, false, 'a store of files that does not answer is seen');
    assert.match(files.detail, /does not answer/);
    const worker = findings.find(({ check }) => check === 'worker')!;
    assert.deepEqual([worker.ok, worker.detail], [false, 'No worker is connected to the database']);
    for (const { advice = '' } of findings) assert.doesNotMatch(advice, /npm run/);
    const readOnly = createServer((request, response) => {
      request.resume();
      response.writeHead(request.method === 'PUT' ? 403 : 404).end();
    });
    await once(readOnly.listen(0, '127.0.0.1'), 'listening');
    const asIs = await holdfast(['doctor', '--json'], {
      DATABASE_URL: database.ownerUrl,
      HOLDFAST_KEY: key,
      HOLDFAST_DATA: data,
      S3_ENDPOINT: `http://127.0.0.1:${(readOnly.address() as AddressInfo).port}`,
      S3_BUCKET: 'files',
      S3_ACCESS_KEY_ID: 'key',
      S3_SECRET_ACCESS_KEY: 'secret',
    }).catch((error: { stdout?: string }) => error.stdout ?? assert.fail(String(error)));
    readOnly.closeAllConnections();
    readOnly.close();
    const found = (name: string) => JSON.parse(asIs).find(({ check }: { check: string }) => check === name);
    assert.deepEqual([found('worker').ok, found('worker').detail], [true, 'Neither a server nor a worker runs']);
    assert.equal(found('files').ok, false, 'a store that takes no files is seen');
    assert.match(found('files').detail, /takes no files/);
  } finally {
    await database.drop();
    await rm(data, { recursive: true, force: true });
  }
});

test('a database that does not answer is a finding, and hides no other', async () => {
  const data = await mkdtemp(join(tmpdir(), 'holdfast-doctor-'));
  const env = { DATABASE_URL: 'postgresql://holdfast:secret@127.0.0.1:1/holdfast', HOLDFAST_DATA: data };
  const key = testKey();
  const answer = await command(['doctor', '--json'], { ...env, HOLDFAST_KEY: key })
    .catch((error: { stdout?: string }) => error.stdout ?? assert.fail(String(error)))
    .finally(() => rm(data, { recursive: true }));
  const findings: { check: string; ok: boolean; detail: string; advice?: string }[] = JSON.parse(answer);
  const found = (name: string) => findings.find(({ check }) => check === name);
  assert.match(found('versions')!.detail, /ECONNREFUSED/);
  assert.match(found('versions')!.advice!, /whether PostgreSQL runs/);
  assert.ok(found('disk'));
  // By the names that they have when all is well.
  for (const name of ['schema', 'application role', 'log store']) assert.equal(found(name)?.ok, false, name);
  assert.doesNotMatch(found('log store')!.advice!, /MONGODB_URL/, 'which is not set');
});

test('a database that hangs is told of within seconds, and the command ends', async (t) => {
  const data = await mkdtemp(join(tmpdir(), 'holdfast-doctor-'));
  const hung = createTcpServer(() => {}).listen(0, '127.0.0.1');
  await once(hung, 'listening');
  t.after(() => Promise.all([rm(data, { recursive: true }), hung.close()]));
  const { port } = hung.address() as AddressInfo;
  const began = performance.now();
  const answer = await holdfast(['doctor', '--json'], {
    DATABASE_URL: `postgresql://holdfast:secret@127.0.0.1:${port}/holdfast`,
    HOLDFAST_KEY: testKey(),
    HOLDFAST_DATA: data,
  }).catch((error: { stdout?: string }) => error.stdout ?? assert.fail(String(error)));
  assert.ok(performance.now() - began < 40_000, `${performance.now() - began} ms`);
  const schema = JSON.parse(answer).find(({ check }: { check: string }) => check === 'schema');
  assert.equal(schema.detail, 'No answer within 10 s');
});
