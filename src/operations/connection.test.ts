import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { getPriority } from 'node:os';
import { before, test } from 'node:test';
import pg from 'pg';
import { type SharedTestApp, sharedTestApp } from '../../test/harness/app.ts';
import { eventually } from '../../test/harness/eventually.ts';
import { backendOf } from '../kernel/database/pipeline.ts';
import { connect } from './connection.ts';

let app: SharedTestApp;
before(async () => {
  app = await sharedTestApp();
});

test('what an operation asks of a database of this machine leaves the processor to others', async () => {
  const client = await connect(app.database.ownerUrl, 'a test');
  const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid');
  const { pid } = rows[0]!;
  assert.ok(getPriority(pid) >= getPriority(process.pid) + 5, `${getPriority(pid)}`);
  // A session of its own, which some kernels schedule as a group.
  const group = readGroup(pid);
  if (group) assert.match(group, / nice 5$/m);
  await client.end();
});

test('a statement whose process was killed ends within seconds', async () => {
  const ofServer = new pg.Client({ connectionString: app.database.appUrl });
  ofServer.on('error', () => {});
  await ofServer.connect();
  const watcher = await connect(app.database.ownerUrl, 'a test');
  for (const client of [await connect(app.database.ownerUrl, 'a test'), ofServer]) {
    const { processID } = backendOf(client);
    const asked = assert.rejects(client.query('select pg_sleep(60)'));
    const active = `select from pg_stat_activity where pid = $1 and state = 'active'`;
    const isRunning = async () => (await watcher.query(active, [processID])).rowCount === 1;
    await eventually(isRunning);
    client.connection.stream.destroy();
    await asked;
    await eventually(async () => !(await isRunning()), 20_000);
  }
  await watcher.end();
});

function readGroup(pid: number): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/autogroup`, 'utf8');
  } catch {
    return undefined;
  }
}
