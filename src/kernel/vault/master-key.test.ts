import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmod, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { inspect } from 'node:util';
import fc from 'fast-check';
import {
  deriveKey,
  loadMasterKeys,
  MasterKeyError,
  makeKeyFile,
  parseMasterKey,
  parseMasterKeys,
} from './master-key.ts';

const anyKey = fc.noShrink(fc.constant(0).map(() => randomBytes(32)));

test('one key is read alike from base64url, base64 and hexadecimal', () => {
  fc.assert(
    fc.property(anyKey, (bytes) => {
      const forms = [
        bytes.toString('base64url'),
        bytes.toString('base64'),
        bytes.toString('base64').replace('=', ''),
        `${bytes.toString('base64url')}\n`,
        bytes.toString('hex'),
        bytes.toString('hex').toUpperCase(),
      ];
      for (const form of forms) assert.deepEqual(parseMasterKey(form).export(), bytes, form);
    }),
  );
});

test('a random text of 32 bytes is a key', () => {
  const text = 'q7Rk#2vLz!9XwTb4@NcYe6&HsGd8^JmP';
  assert.deepEqual(parseMasterKey(text).export(), Buffer.from(text));
});

const weak: [string, string, RegExp][] = [
  ['nothing', '', /is empty/],
  ['a short password', 'hunter2', /too short/],
  ['16 bytes in hexadecimal', randomBytes(16).toString('hex'), /too short/],
  ['31 bytes in base64', randomBytes(31).toString('base64url'), /no known form/],
  ['33 bytes in base64', randomBytes(33).toString('base64url'), /no known form/],
  ['zeros', Buffer.alloc(32).toString('base64'), /weak/],
  ['one byte repeated', 'ab'.repeat(32), /weak/],
  ['four bytes repeated', 'deadbeef'.repeat(8), /weak/],
  ['16 bytes twice', '00112233445566778899aabbccddeeff'.repeat(2), /repeats one pattern/],
  ['counting up', Buffer.from(Array.from({ length: 32 }, (_, i) => i)).toString('hex'), /counts up/],
  ['counting down by three', Buffer.from(Array.from({ length: 32 }, (_, i) => 255 - 3 * i)).toString('hex'), /counts/],
  ['the alphabet', 'abcdefghijklmnopqrstuvwxyz123456', /counts up/],
  ['a placeholder', 'change-me-change-me-change-me-32', /weak/],
  ['a sentence', 'correct horse battery staple now', /weak/],
  ['a typing error in base64', `${randomBytes(32).toString('base64url').slice(0, 42)}B`, /damaged/],
];

for (const [what, text, expected] of weak) {
  test(`refused as a master key: ${what}`, () => {
    assert.throws(
      () => parseMasterKey(text),
      (error: unknown) => {
        assert.ok(error instanceof MasterKeyError);
        assert.match(error.message, expected);
        assert.match(error.message, /Make one with/);
        if (text) assert.ok(!error.message.includes(text), 'the message repeats the key');
        return true;
      },
    );
  });
}

test('the command in the message makes a key that is accepted', async () => {
  const { message } = new MasterKeyError('');
  const code = /node -e "(.+?)" and/.exec(message)?.[1];
  assert.ok(code);
  const { execFileSync } = await import('node:child_process');
  parseMasterKey(execFileSync(process.execPath, ['-e', code], { encoding: 'utf8' }));
});

test('without a key, with two, or with an unreadable file, loading fails', async () => {
  const value = randomBytes(32).toString('base64url');
  await assert.rejects(loadMasterKeys({}), /is not set/);
  await assert.rejects(loadMasterKeys({ value: '' }), /is not set/);
  await assert.rejects(loadMasterKeys({ value, file: '/dev/null' }), /given twice/);
  await assert.rejects(loadMasterKeys({ file: '/nowhere/key' }), /cannot be read from the file \/nowhere\/key/);
});

test('a key file works as mounted secrets are written, with a line break', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-key-'));
  t.after(() => rm(folder, { recursive: true }));
  const bytes = randomBytes(32);
  await writeFile(join(folder, 'key'), `${bytes.toString('base64')}\n`);
  assert.deepEqual((await loadMasterKeys({ file: join(folder, 'key') })).keys.get(1)!.export(), bytes);
  await writeFile(join(folder, 'huge'), 'a'.repeat(100_000));
  await assert.rejects(loadMasterKeys({ file: join(folder, 'huge') }), /100000 bytes/);
  await chmod(join(folder, 'key'), 0o444);
  assert.equal((await loadMasterKeys({ file: join(folder, 'key') })).current, 1, 'as Kubernetes mounts it');
  await chmod(join(folder, 'key'), 0o666);
  await assert.rejects(loadMasterKeys({ file: join(folder, 'key') }), /everybody on this machine may write to it/);
  await assert.rejects(loadMasterKeys({ file: folder }), /cannot be read from the file/);
});

test('several keys are read by their versions, and the first one writes', () => {
  const [old, fresh] = [randomBytes(32).toString('base64url'), randomBytes(32).toString('hex')];
  const { current, keys } = parseMasterKeys(`2:${fresh},\n1:${old}\n`);
  assert.equal(current, 2);
  assert.deepEqual(
    [...keys].map(([version, key]) => [version, key.export().toString('base64url')]),
    [
      [2, Buffer.from(fresh, 'hex').toString('base64url')],
      [1, old],
    ],
  );
  assert.equal(parseMasterKeys(old).keys.get(1)!.export().toString('base64url'), old);
  for (const wrong of [`1:${old},1:${fresh}`, `0:${old}`, `2:${fresh},${old}`, `2:short,1:${old}`])
    assert.throws(() => parseMasterKeys(wrong), MasterKeyError, wrong);
});

test('a key shows nothing of itself when logged', () => {
  const bytes = randomBytes(32);
  const shown = inspect(parseMasterKey(bytes.toString('hex')), { depth: 9, showHidden: true });
  assert.ok(!shown.includes(bytes.toString('hex')) && !/[0-9a-f]{2} [0-9a-f]{2} [0-9a-f]{2}/.test(shown), shown);
});

test('keys differ by purpose and by master, and are the same each time', () => {
  const master = parseMasterKey(randomBytes(32).toString('hex'));
  const other = parseMasterKey(randomBytes(32).toString('hex'));
  assert.ok(deriveKey(master, 'session').equals(deriveKey(master, 'session')));
  assert.ok(!deriveKey(master, 'session').equals(deriveKey(master, 'fields')));
  assert.ok(!deriveKey(master, 'session').equals(deriveKey(other, 'session')));
  assert.ok(!deriveKey(master, 'session').equals(master));
  assert.throws(() => deriveKey(master, ''), RangeError);
});

test('a key is made once, and a full disk leaves none that is not whole', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-key-'));
  const file = join(folder, 'master.key');
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=8k', 'holdfast', folder]).status === 0;
  try {
    if (mounted) {
      await writeFile(join(folder, 'other'), Buffer.alloc(8192));
      await assert.rejects(makeKeyFile(file), /ENOSPC/);
      assert.deepEqual(await readdir(folder), ['other']);
      await rm(join(folder, 'other'));
    } else t.diagnostic('file systems may not be mounted here');
    await makeKeyFile(file);
    const key = await readFile(file, 'utf8');
    await makeKeyFile(file);
    assert.deepEqual([await readFile(file, 'utf8'), await readdir(folder)], [key, ['master.key']]);
    assert.equal((await loadMasterKeys({ file })).current, 1);
  } finally {
    if (mounted) spawnSync('umount', [folder]);
    await rm(folder, { recursive: true });
  }
});
