import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { type Client, client, eventually } from '../harness/app.ts';
import { createTestDatabase, testKey } from '../harness/cluster.ts';
import { command } from '../harness/command.ts';
import { type HoldfastProcess, startProcess } from '../harness/process.ts';
import { freePort } from '../harness/service.ts';
import { Ledger, storedContacts } from './ledger.ts';

async function check(api: Client, ledger: Ledger): Promise<void> {
  await ledger.stop();
  assert.deepEqual(ledger.failures, []);
  const stored = await storedContacts(api);
  const lost = [...ledger.answered].filter(([external_id, id]) => stored.get(external_id) !== id);
  assert.deepEqual(lost, [], 'each answered write is there, under the id that was answered');
  assert.equal(stored.size, ledger.answered.size, 'and nothing else');
  const audited = await api('GET', '/api/v1/audit-events?limit=1');
  assert.equal(audited.status, 200, JSON.stringify(audited.body));
}

test('the web server killed under load loses no answered write and makes none twice', {
  timeout: 180_000,
}, async () => {
  const database = await createTestDatabase();
  const data = await mkdtemp(join(tmpdir(), 'holdfast-crash-'));
  const env = {
    DATABASE_URL: database.ownerUrl,
    HOLDFAST_KEY: testKey(),
    HOLDFAST_DATA: data,
  };
  const port = String(await freePort());
  let running: HoldfastProcess | undefined;
  try {
    await command(['tenant', 'create', '--name', 'acme'], env);
    const key = await command(['api-key', 'create', '--tenant', 'acme', '--role', 'admin'], env);
    running = await startProcess(['--port', port], env);
    const api = client(running.url, key);
    const ledger = new Ledger(api, 6);
    for (let round = 0; round < 3; round++) {
      await ledger.more(100);
      await running.kill();
      running = await startProcess(['--port', port], env);
    }
    await ledger.more(50);
    await check(api, ledger);
  } finally {
    await running?.kill();
    await database.drop();
    await rm(data, { recursive: true, force: true, maxRetries: 10 });
  }
});

test('PostgreSQL, then everything, killed under load: the next start recovers by itself', {
  timeout: 240_000,
}, async () => {
  const data = await mkdtemp(join(tmpdir(), 'holdfast-crash-'));
  const port = String(await freePort());
  const args = ['--port', port, '--data', data, '--empty'];
  const postgres = () => Number(readFileSync(join(data, 'postgres', 'postmaster.pid'), 'utf8').split('\n')[0]);
  let running: HoldfastProcess | undefined;
  try {
    running = await startProcess(args);
    const key = await command(['api-key', 'create', '--tenant', 'main', '--role', 'admin', '--data', data]);
    const api = client(running.url, key);
    const ledger = new Ledger(api, 6);
    await ledger.more(100);
    process.kill(postgres(), 'SIGKILL');
    await ledger.more(100);
    // The database stays behind as an orphan.
    await running.kill();
    running = await startProcess(args);
    await ledger.more(100);
    const both = postgres();
    await Promise.all([running.kill(), process.kill(both, 'SIGKILL')]);
    running = await startProcess(args);
    await ledger.more(50);
    await check(api, ledger);
    assert.equal(await running.stop(), 0);
    await eventually(async () =>
      fetch(running!.url).then(
        () => false,
        () => true,
      ),
    );
  } finally {
    await running?.kill();
    await rm(data, { recursive: true, force: true, maxRetries: 10 });
  }
});

test('the worker killed beside its server is started again and ends the job', { timeout: 120_000 }, async () => {
  const database = await createTestDatabase();
  const data = await mkdtemp(join(tmpdir(), 'holdfast-crash-'));
  const env = {
    DATABASE_URL: database.ownerUrl,
    HOLDFAST_KEY: testKey(),
    HOLDFAST_DATA: data,
  };
  let running: HoldfastProcess | undefined;
  try {
    await command(['tenant', 'create', '--name', 'acme'], env);
    const key = await command(['api-key', 'create', '--tenant', 'acme', '--role', 'admin'], env);
    running = await startProcess([], env);
    const api = client(running.url, key);
    await exportContacts(api);
    const [killed] = workersOf(running.pid);
    process.kill(killed!, 'SIGKILL');
    await exportContacts(api);
    assert.notEqual(workersOf(running.pid)[0], killed);
    const last = workersOf(running.pid)[0]!;
    assert.equal(await running.stop(), 0);
    assert.throws(() => process.kill(last, 0), { code: 'ESRCH' }, 'it ends with its server');
  } finally {
    await running?.kill();
    await database.drop();
    await rm(data, { recursive: true, force: true, maxRetries: 10 });
  }
});

/** A job from beginning to end. */
async function exportContacts(api: Client): Promise<void> {
  const { body: made } = await api('POST', '/api/v1/exports', { resource: 'contact' });
  await eventually(async () => (await api('GET', `/api/v1/exports/${made.id}`)).body.state === 'done');
}

/** Processes that a server has started; against an external database that is the worker alone. */
function workersOf(pid: number): number[] {
  const listed = spawnSync('ps', ['-o', 'pid=', '--ppid', String(pid)], { encoding: 'utf8' }).stdout;
  return listed.split('\n').map(Number).filter(Boolean);
}
