import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startTestApp } from '../test/harness/app.ts';

test('whoever stops a process again, or meanwhile, waits for the same end', { timeout: 60_000 }, async () => {
  const app = await startTestApp();
  const node = await app.secondNode();
  await Promise.all([node.stop(), node.stop()]);
  await assert.doesNotReject(node.stop());
  await app.stop();
});
