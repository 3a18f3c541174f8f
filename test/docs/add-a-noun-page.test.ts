import { execFile } from 'node:child_process';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { inCopy, stepsOf } from './follow.ts';

test('the record type of docs/add-a-noun.md is on the page: list, form, record, filters, views, timeline, trash', {
  timeout: 280_000,
}, async () => {
  await inCopy(stepsOf('docs/add-a-noun.md'), async (copy) => {
    // Without NODE_TEST_CONTEXT each run is one of its own.
    const { NODE_TEST_CONTEXT: _, ...env } = process.env;
    const run = async (args: string[], more = {}) => {
      const options = { cwd: copy, env: { ...env, ...more }, maxBuffer: 64 * 1024 * 1024 };
      await promisify(execFile)(process.execPath, args, options).catch((error) => {
        throw new Error(`${args.join(' ')}: ${error.stdout}${error.stderr}`);
      });
    };
    await run(['--test', 'test/generated.test.ts'], { HOLDFAST_GENERATE: 'true' });
    await run(['node_modules/vite/bin/vite.js', 'build', '--config', 'web/vite.config.ts']);
    // It closes the browser, which a file by itself leaves open for the next one.
    await run(['test/run.ts', 'test/fixtures/vehicle/page.ts']);
  });
});
