import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { eventually } from '../../../test/harness/app.ts';
import { createTestDatabase, testKey } from '../../../test/harness/cluster.ts';
import { type HoldfastProcess, startProcess } from '../../../test/harness/process.ts';
import { createLog } from './log.ts';

const run = promisify(execFile);

test('a line says who asked, and holds no secret of an address, whichever verb is tried on it', async () => {
  const database = await createTestDatabase();
  const data = await mkdtemp(join(tmpdir(), 'holdfast-log-'));
  const env = {
    DATABASE_URL: database.ownerUrl,
    HOLDFAST_KEY: testKey(),
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

for (const [end, code] of Object.entries({ 'process.exit(3)': 3, "throw new Error('it broke')": 1, '': 0 }))
  test(`a process that ends with "${end}" has written and handed on all its lines`, async () => {
    // The only thread that Node writes with has something else to do when the process ends.
    const script = `import { pbkdf2 } from 'node:crypto';
      import { createLog } from ${JSON.stringify(import.meta.resolve('./log.ts'))};
      process.prependListener('exit', () => pbkdf2('', '', 200_000, 64, 'sha512', () => {}));
      let kept = 0;
      process.on('exit', () => console.error('kept ' + kept));
      const log = createLog('info', { keep: () => kept++ });
      for (const n of [1, 2, 3]) log.info('line ' + n);
      ${end}`;
    const env = { ...process.env, UV_THREADPOOL_SIZE: '1' };
    const child = spawn(process.execPath, ['--input-type=module', '--eval', script], { env });
    const [out, err] = [child.stdout, child.stderr].map((stream) => stream.setEncoding('utf8').toArray());
    const [exited] = await once(child, 'close');
    assert.equal(exited, code);
    const written = (await out!).join('').trim().split('\n');
    assert.deepEqual(
      written.map((line) => JSON.parse(line).msg),
      ['line 1', 'line 2', 'line 3'],
    );
    assert.match((await err!).join(''), /^kept 3$/m);
  });

test('lines that come together are handed on in their order, at the latest when the log is flushed', () => {
  const kept: string[] = [];
  const log = createLog('info', { keep: ({ message }) => kept.push(message) });
  log.info('first');
  log.child({ of: 'a request' }).warn('second');
  assert.deepEqual(kept, []);
  log.flush();
  assert.deepEqual(kept, ['first', 'second']);
});
