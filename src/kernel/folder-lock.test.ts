import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { isFolderLocked, lockFolder, look_ms_max } from './folder-lock.ts';

const looks = 2_000;

test('commands that look whether the data directory is in use keep neither a start from taking it nor each other from seeing that it is free', async (t) => {
  const dir = await mkdtemp(join(tmpdir(), 'holdfast-test-'));
  t.after(() => rm(dir, { recursive: true }));
  const script = `import { isFolderLocked } from './src/kernel/folder-lock.ts';
    while (true) isFolderLocked(${JSON.stringify(dir)});`;
  const looking = spawn(process.execPath, ['--input-type=module', '-e', `console.log('looking');${script}`]);
  await once(looking.stdout, 'data');
  try {
    for (let i = 0; i < looks; i++) assert.equal(isFolderLocked(dir), false, `look ${i}`);
    for (let i = 0; i < looks; i++) {
      const lock = lockFolder(dir, { waitMs: look_ms_max });
      assert.ok(lock, `start ${i}`);
      if (i === 0) assert.equal(isFolderLocked(dir), true);
      lock.release();
    }
  } finally {
    const exited = once(looking, 'exit');
    looking.kill();
    await exited;
  }
});
