import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { eventually } from '../../../test/harness/app.ts';
import { createTestDatabase } from '../../../test/harness/cluster.ts';
import { type HoldfastProcess, startProcess } from '../../../test/harness/process.ts';

const run = promisify(execFile);

test('a line says who asked, and holds no secret of an address, whichever verb is tried on it', async () => {
  const database = await createTestDatabase();
  const data = await mkdtemp(join(tmpdir(), 'holdfast-log-'));
  const env = {
    DATABASE_URL: database.ownerUrl,
    HOLDFAST_KEY: randomBytes(32).toString('base64url'),
    HOLDFAST_DATA: data,
    LOG_LEVEL: 'info',
  };
  let running: HoldfastProcess | undefined;
  try {
    running = await startProcess([], env);
    const { url, output } = running;
    for (const method of ['GET', 'HEAD', 'OPTIONS', 'PROPFIND'])
      await fetch(`${url}/api/v1/calendars/very-secret.ics?tasks=todo`, { method });
    await fetch(`${url}/unsubscribe?token=very-secret`, { method: 'POST' });
    const cli = (...args: string[]) => run(process.execPath, ['src/cli/main.ts', ...args, '--json'], { env });
    await cli('tenant', 'create', '--name', 'north', '--title', 'North');
    const made = await cli('user', 'create', '--tenant', 'north', '--email', 'ann@north.example', '--name', 'Ann');
    const { user_id, sign_in_link } = JSON.parse(made.stdout);
    const [page, token] = sign_in_link.split('#');
    assert.equal(page, `${url.replace('127.0.0.1', 'localhost')}/sign-in/link`, 'where the server listens');
    const body = JSON.stringify({ token });
    const headers = { 'content-type': 'application/json' };
    const signedIn = await fetch(`${url}/api/v1/sign-in/link`, { method: 'POST', headers, body });
    const cookie = signedIn.headers.getSetCookie()[0]!.split(';')[0]!;
    const session = await fetch(`${url}/api/v1/session`, { headers: { cookie } });
    assert.equal(session.status, 200);
    await fetch(`${url}/api/v1/the-last`);
    await eventually(async () => output().includes('/api/v1/the-last'));
    assert.match(output(), /"GET","url":"\/api\/v1\/calendars\/\{file\}"/);
    assert.doesNotMatch(output(), /very-secret/);
    const lines = output().split('\n').filter((line) => line.startsWith('{')).map((line) => JSON.parse(line)); // biome-ignore format: one list
    const of = (method: string, path: string) => lines.find((line) => line.method === method && line.url === path);
    const { tenant, user } = of('GET', '/api/v1/session');
    assert.equal(user, user_id);
    assert.match(tenant, /^[0-9a-f-]{36}$/);
    const nobody = of('GET', '/api/v1/the-last');
    assert.deepEqual([nobody.tenant, nobody.user], [null, null]);
  } finally {
    await running?.kill();
    await database.drop();
    await rm(data, { recursive: true, force: true, maxRetries: 10 });
  }
});
