import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import pg from 'pg';
import { type Client, client, eventually } from '../../../test/harness/app.ts';
import { createTestDatabase, testKey } from '../../../test/harness/cluster.ts';
import { command } from '../../../test/harness/command.ts';
import { type HoldfastProcess, startProcess } from '../../../test/harness/process.ts';

const rows = 8_000;

const ended = (api: Client, id: string) =>
  eventually(async () => {
    const { body } = await api('GET', `/api/v1/changes/${id}`);
    return !['waiting', 'running'].includes(body.state) && body;
  }, 150_000);

test('a worker killed while it changes many goes on where it was: each record is changed once, and taken back once', {
  timeout: 240_000,
}, async () => {
  const database = await createTestDatabase();
  const data = await mkdtemp(join(tmpdir(), 'holdfast-change-'));
  const env = {
    DATABASE_URL: database.ownerUrl,
    HOLDFAST_KEY: testKey(),
    HOLDFAST_DATA: data,
  };
  const db = new pg.Client({ connectionString: database.ownerUrl });
  await db.connect();
  let running: HoldfastProcess | undefined;
  /** How many events a change has left, and of how many records. */
  const events = async (id: string) => {
    await db.query('set role holdfast_system');
    const { rows: found } = await db.query({
      text: 'select count(*)::int, count(distinct record_id)::int from audit_event where request_id = $1',
      values: [id],
      rowMode: 'array',
    });
    return found[0];
  };
  /** Starts something and kills the worker in the midst of it. */
  const interrupted = async (start: (api: Client) => ReturnType<Client>, key: string) => {
    running ??= await startProcess([], env);
    const api = client(running.url, key);
    const { status, body } = await start(api);
    assert.equal(status, 202, JSON.stringify(body));
    const halfway = await eventually(async () => {
      const now = (await api('GET', `/api/v1/changes/${body.id}`)).body;
      return now.done > 0 && now;
    });
    assert.ok(halfway.done < rows, 'killed too late to show anything');
    await running.kill();
    running = await startProcess([], env);
    return ended(client(running.url, key), body.id);
  };
  try {
    await command(['tenant', 'create', '--name', 'acme'], env);
    const key = await command(['api-key', 'create', '--tenant', 'acme', '--role', 'admin'], env);
    await db.query('begin; set local role holdfast_system');
    await db.query(
      `insert into contact (tenant_id, given_name, city) select id, 'Person ' || n, 'Rome' from tenant, generate_series(1, $1::int) n
        where name = 'acme'`,
      [rows],
    );
    await db.query('commit');
    const action = { kind: 'update', fields: { city: 'Lund' } };
    const change = await interrupted(
      (api) => api('POST', '/api/v1/changes', { resource: 'contact', filter: null, action }),
      key,
    );
    assert.deepEqual([change.state, change.done, change.changed], ['done', rows, rows], change.error);
    assert.deepEqual(await events(change.id), [rows, rows]);
    const reversal = await interrupted((api) => api('POST', `/api/v1/changes/${change.id}/reversal`), key);
    assert.deepEqual([reversal.state, reversal.done, reversal.changed], ['done', rows, rows], reversal.error);
    assert.deepEqual(await events(reversal.id), [rows, rows]);
    const { rows: left } = await db.query(`select count(*)::int as count from contact where city <> 'Rome'`);
    assert.equal(left[0].count, 0);
  } finally {
    await running?.kill();
    await db.end();
    await database.drop();
    await rm(data, { recursive: true, force: true, maxRetries: 10 });
  }
});
