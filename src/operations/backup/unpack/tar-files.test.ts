import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type TestContext, test } from 'node:test';
import { TarFiles } from './tar-files.ts';

async function folder(t: TestContext): Promise<string> {
  const made = await mkdtemp(join(tmpdir(), 'holdfast-tar-'));
  t.after(() => rm(made, { recursive: true, force: true }));
  return made;
}

/** As GNU tar makes it of a folder. */
async function tarOf(from: string): Promise<Buffer> {
  execFileSync('tar', ['-c', '--format=ustar', '-f', `${from}.tar`, '-C', from, '.']);
  const bytes = await readFile(`${from}.tar`);
  await rm(`${from}.tar`);
  return bytes;
}

async function contents(of: string): Promise<Record<string, string | null>> {
  const entries = (await readdir(of, { recursive: true, withFileTypes: true })).map(async (entry) => {
    const path = join(entry.parentPath, entry.name);
    return [path.slice(of.length), entry.isFile() ? (await readFile(path)).toString('base64') : null] as const;
  });
  return Object.fromEntries((await Promise.all(entries)).sort(([a], [b]) => a.localeCompare(b)));
}

function* cut(bytes: Buffer, length: () => number): Generator<Buffer> {
  for (let at = 0; at < bytes.length; ) {
    const end = at + length();
    yield bytes.subarray(at, end);
    at = end;
  }
}

const unpack = (pieces: Iterable<Buffer>, into: string) => pipeline(Readable.from(pieces), new TarFiles(into));

test('a tar becomes the files it was made of, in whatever pieces it comes', async (t) => {
  const from = await folder(t);
  await mkdir(join(from, 'base', '1'), { recursive: true });
  await mkdir(join(from, 'empty'));
  for (const bytes of [0, 1, 511, 512, 513, 100_000])
    await writeFile(join(from, 'base', '1', `of-${bytes}`), Buffer.alloc(bytes, `${bytes}-x`));
  const tar = await tarOf(from);
  const there = await contents(from);
  for (const length of [() => 1 + Math.floor(Math.random() * 2_000), () => 512, () => 10_000_000]) {
    const into = await folder(t);
    await unpack(cut(tar, length), into);
    assert.deepEqual(await contents(into), there);
  }
});

test('one that is cut off, damaged, or holds what PostgreSQL would not put there, is refused', async (t) => {
  const from = await folder(t);
  await writeFile(join(from, 'PG_VERSION'), '18\n'.repeat(1_000));
  const tar = await tarOf(from);
  const refused = async (bytes: Buffer, reason: RegExp) => assert.rejects(unpack([bytes], await folder(t)), reason);
  const second = 512;
  await refused(tar.subarray(0, second + 512 + 100), /cut off/);
  await refused(tar.subarray(0, second + 100), /cut off/);
  const damaged = Buffer.from(tar);
  damaged[second + 3]! ^= 1;
  await refused(damaged, /no tar as PostgreSQL makes it/);
  await symlink('/etc', join(from, 'link'));
  await refused(await tarOf(from), /link, which is neither file nor folder/);
});

test('nothing is written outside of the folder', async (t) => {
  const from = await folder(t);
  await writeFile(join(from, 'x'), 'x');
  for (const name of ['../escaped', '/tmp/holdfast-escaped']) {
    const tar = join(from, 'made.tar');
    execFileSync('tar', ['-c', '-P', '--format=ustar', `--transform=s,^x$,${name},`, '-f', tar, '-C', from, 'x']);
    await assert.rejects(unpack([await readFile(tar)], await folder(t)), /would lie outside of it/);
  }
});
