import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { copyBinaries, packageRoot } from './binaries.ts';

const mode = (path: string) => (statSync(path).mode & 0o777).toString(8);

test('a copy of the binaries runs for everyone, and what lies beside it stays private', async (t) => {
  const parent = mkdtempSync(join(tmpdir(), 'holdfast-binaries-'));
  t.after(() => rmSync(parent, { recursive: true, force: true }));
  const secret = join(parent, 'secret');
  writeFileSync(secret, '', { mode: 0o600 });
  const earlier = process.umask(0o077);
  t.after(() => process.umask(earlier));

  const { version } = JSON.parse(readFileSync(join(packageRoot(), 'package.json'), 'utf8'));
  // Of a process that was killed while it copied, and of one that still does.
  const { pid: ended } = spawnSync(process.execPath, ['--version']);
  for (const pid of [ended, process.ppid]) mkdirSync(join(parent, `postgresql-${version}.${pid}`));
  const copy = await copyBinaries(parent, packageRoot());
  assert.deepEqual(readdirSync(parent).sort(), [
    `postgresql-${version}`,
    `postgresql-${version}.${process.ppid}`,
    'secret',
  ]);
  assert.match(execFileSync(join(copy, 'native', 'bin', 'postgres'), ['--version'], { encoding: 'utf8' }), / 18\./);
  assert.equal(mode(copy), '755');
  assert.equal(mode(join(copy, 'native', 'bin', 'postgres')), '755');
  assert.equal(mode(parent), '700');
  assert.equal(mode(secret), '600');
  assert.equal(await copyBinaries(parent, packageRoot()), copy);
});
