import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { inCopy, stepsOf } from './follow.ts';

const files_max = 6;

test('whoever follows docs/add-a-field.md has a field that works, in at most six files', {
  timeout: 120_000,
}, async () => {
  const steps = stepsOf('docs/add-a-field.md');
  assert.ok(steps.length > 0 && steps.length <= files_max);
  await inCopy(steps, async (copy) => {
    const written = steps.find((step) => step.path.endsWith('.test.ts'))!.path;
    // Without NODE_TEST_CONTEXT the test runs as a run of its own.
    const { NODE_TEST_CONTEXT: _, ...env } = process.env;
    await promisify(execFile)(process.execPath, ['--test', written, 'test/text/text.test.ts'], { cwd: copy, env });
  });
});
