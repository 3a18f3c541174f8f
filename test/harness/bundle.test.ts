import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { withBundles } from './bundle.ts';

test('a file that cannot be imported fails with its error, whatever it has opened by then', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-bundle-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'page.test.ts');
  writeFileSync(file, "new BroadcastChannel('page');\ndocument.title = 'Page';\n");
  // Without NODE_TEST_CONTEXT the run is one of its own.
  const { NODE_TEST_CONTEXT: _, ...env } = process.env;
  const ended = await withBundles(folder, [[file]], async ([bundle]) =>
    spawnSync(process.execPath, ['--test-reporter=tap', bundle!.module], { env, encoding: 'utf8', timeout: 20_000 }),
  );
  assert.equal(ended.signal, null, 'it ends by itself');
  assert.equal(ended.status, 1);
  assert.match(ended.stdout, /document is not defined/);
});
