import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';

const folder = mkdtempSync(join(tmpdir(), 'holdfast-watched-'));
test.after(() => rmSync(folder, { recursive: true }));

/** Runs the tests by a process of its own, as a run within a run does nothing. */
function watched(source: string): { failed: number; passed: number; failures: string[]; longest: object } {
  const file = join(folder, 'some.test.ts');
  writeFileSync(
    file,
    `import { test } from 'node:test';\nimport { setTimeout as sleep } from 'node:timers/promises';\n${source}`,
  );
  const { NODE_TEST_CONTEXT: _, ...env } = process.env;
  const module = JSON.stringify(join(import.meta.dirname, 'watched-run.ts'));
  const run = `const { runWatched } = await import(${module});
    const signal = new AbortController().signal;
    const result = await runWatched(${JSON.stringify(file)}, { root: ${JSON.stringify(folder)}, signal, still_ms_max: 5_000, print() {} });
    console.log(JSON.stringify(result));
    process.exit();`;
  const script = join(folder, 'run.mjs');
  writeFileSync(script, run);
  const { stdout, stderr } = spawnSync(process.execPath, [script], { env, encoding: 'utf8', timeout: 60_000 });
  assert.ok(stdout, stderr);
  return JSON.parse(stdout);
}

test('tests run for as long as they make progress, and the one that takes longest is named', () => {
  const { passed, failed, longest } = watched(
    `for (let n = 0; n < 5; n++) test('step ' + n, () => sleep(n === 3 ? 2_500 : 1_200));`,
  );
  assert.deepEqual([passed, failed], [5, 0]);
  assert.match(JSON.stringify(longest), /"some\.test\.ts":\{"name":"step 3"/);
});

test('a test in which nothing goes on is ended, and fails by its name', () => {
  const { passed, failed, failures } = watched(
    `test('goes', () => {}); test('hangs', () => new Promise(() => setInterval(() => {}, 1_000)));`,
  );
  assert.deepEqual([passed, failed], [1, 1]);
  assert.match(failures[0]!, /hangs\n.*nothing went on for 5 s/);
});
