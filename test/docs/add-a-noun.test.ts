import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { inCopy, stepsOf } from './follow.ts';

const files_max = 9;
/** Those that take up a new record type by themselves. */
const suites = [
  'test/fixtures/vehicle/platform.ts',
  'src/modules/record-types.test.ts',
  'test/isolation/tables.test.ts',
  'test/isolation/routes.test.ts',
  'test/text/text.test.ts',
  'web/platform/record/fieldWords.test.ts',
];

/** What says nothing of the new record type, and takes a while. */
const of_others = [
  '^(?!vehicles ).* have custom fields, saved views, imports',
  '^what is attached to records is imported by the command line',
  '^the suite notices when any one policy is dropped',
  '^a trigger on a temporary table',
  '^each role may call what the table of rights says',
].map((pattern) => `--test-skip-pattern=${pattern}`);

test('whoever follows docs/add-a-noun.md has a record type that works, in at most nine files', {
  timeout: 660_000,
}, async () => {
  const steps = stepsOf('docs/add-a-noun.md');
  const files = new Set(steps.map(({ path }) => path));
  assert.ok(files.size > 0 && files.size <= files_max, `${files.size} files`);
  await inCopy(steps, async (copy) => {
    const written = steps.find((step) => step.path.endsWith('.test.ts'))!.path;
    // Without NODE_TEST_CONTEXT each run is one of its own.
    const { NODE_TEST_CONTEXT: _, ...env } = process.env;
    const run = async (files: string[], more = {}) => {
      const options = { cwd: copy, env: { ...env, ...more }, maxBuffer: 64 * 1024 * 1024 };
      // In one process, which loads the program and starts what they share once.
      const args = ['--test', '--test-isolation=none', ...of_others, ...files];
      await promisify(execFile)(process.execPath, args, options).catch((error) => {
        throw new Error(`${files.join(' ')}: ${error.stdout}`);
      });
    };
    await run(['test/generated.test.ts'], { HOLDFAST_GENERATE: 'true' });
    await run([written, ...suites]);
  });
});
