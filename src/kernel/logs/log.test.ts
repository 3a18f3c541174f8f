import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { test } from 'node:test';
import { eventually } from '../../../test/harness/app.ts';
import { createTestDatabase } from '../../../test/harness/cluster.ts';
import { type HoldfastProcess, startProcess } from '../../../test/harness/process.ts';

test('a secret that stands in an address is in no line, whichever verb is tried on it', async () => {
  const database = await createTestDatabase();
  const data = await mkdtemp('/tmp/holdfast-log-');
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
    await fetch(`${url}/api/v1/the-last`);
    await eventually(async () => output().includes('/api/v1/the-last'));
    assert.match(output(), /"GET","url":"\/api\/v1\/calendars\/\{file\}"/);
    assert.doesNotMatch(output(), /very-secret/);
  } finally {
    await running?.kill();
    await database.drop();
    await rm(data, { recursive: true, force: true, maxRetries: 10 });
  }
});
