import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { getPriority } from 'node:os';
import { before, test } from 'node:test';
import { type SharedTestApp, sharedTestApp } from '../../test/harness/app.ts';
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

function readGroup(pid: number): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/autogroup`, 'utf8');
  } catch {
    return undefined;
  }
}
