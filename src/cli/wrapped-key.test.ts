import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { filesWith } from '../../test/harness/canary-places.ts';
import { eventually } from '../../test/harness/eventually.ts';
import { kms_keys, startKms, type TestKms } from '../../test/harness/kms.ts';
import { type HoldfastProcess, holdfast, startProcess } from '../../test/harness/process.ts';

/** The key of an installation that a KMS wraps, with a KMS that answers, hangs, denies and fails. */

let kms: TestKms;
let parent: string;
let data: string;
let server: HoldfastProcess | undefined;
before(async () => {
  kms = await startKms();
  parent = await mkdtemp(join(tmpdir(), 'holdfast-kms-'));
  data = join(parent, 'data');
});
after(async () => {
  await server?.stop();
  await kms.stop();
  await rm(parent, { recursive: true, force: true });
});

/** Longer than a process waits between two looks at its key. */
const looked_ms = 5_000;

const file = () => join(data, 'master.key');
const stored = async () => (await readFile(file(), 'utf8')).trim();
const start = async (more: Record<string, string> = {}): Promise<void> => {
  server = await startProcess(['--empty', '--data', data], { ...kms.env, ...more });
};
const refusal = async (more: Record<string, string> = {}): Promise<string> =>
  start(more).then(
    () => assert.fail('it serves'),
    ({ message }: Error) => message,
  );

test('a key in a file is wrapped beside a server that runs, also after a call that was killed, and is on disk no more', async () => {
  await start();
  const plain = await stored();
  assert.deepEqual(filesWith(data, [plain]), [`${file()}: ${plain}`]);
  kms.behave('hangs');
  const killed = holdfast(['keys', 'wrap', '--data', data], kms.env);
  await assert.rejects(killed, /AWS KMS, key arn:.*: it does not answer, for 20 s/s);
  assert.equal(await stored(), plain, 'nothing was changed');
  // As a call leaves it that was killed while it put the key back.
  await writeFile(`${file()}.unfinished`, plain, { mode: 0o600 });
  kms.behave('well');
  assert.match(await holdfast(['keys', 'wrap', '--data', data], kms.env), /^Wrapped: /);
  assert.match(await stored(), /^kms:[\w-]+$/);
  assert.deepEqual(filesWith(data, [plain]), []);
  assert.match(await holdfast(['keys', 'wrap', '--data', data], kms.env), /wrapped already/);
  // The server and its worker follow the file, and each has it unwrapped once.
  await eventually(async () => {
    const before = kms.asked.length;
    await sleep(looked_ms);
    return kms.asked.length === before && before >= 4;
  });
});

test('a server that runs goes on without the KMS; a start without it says what is wrong, in time', async () => {
  kms.behave('denies');
  const before = kms.asked.length;
  const healthy = async () => (await fetch(`${server!.url}/api/health/ready`)).ok;
  await sleep(looked_ms);
  assert.ok(await healthy());
  assert.equal(kms.asked.length, before, 'a key that is open is not asked for again');
  await server!.stop();
  assert.match(await refusal(), /its credentials may not use that key.*Nothing was changed/s);
  kms.behave('fails');
  assert.match(await refusal(), /it fails \(KMSInternalException\), for 20 s/);
  kms.behave('well');
  assert.match(await refusal({ HOLDFAST_KMS_KEY_ID: kms_keys.other }), /wrapped with another key of the KMS/);
  assert.match(await refusal({ AWS_SECRET_ACCESS_KEY: 'another' }), /the credentials are wrong/);
  assert.match(await refusal({ HOLDFAST_KMS_KEY_ID: '' }), /name the key of the KMS in HOLDFAST_KMS_KEY_ID/);
  const whole = await stored();
  const blob = Buffer.from(whole.slice(4), 'base64url');
  blob[blob.length - 1]! ^= 1;
  await writeFile(file(), `kms:${blob.toString('base64url')}`);
  assert.match(await refusal(), /the wrapped keys were changed or cut/);
  await writeFile(file(), whole);
  // It comes while the start waits for it.
  kms.behave('fails');
  const begun = start();
  await eventually(async () => kms.asked.at(-1) === 'Decrypt');
  kms.behave('well');
  await begun;
  assert.ok(await healthy());
});

test('a key is put back, and serves without a KMS', async () => {
  assert.match(await holdfast(['keys', 'unwrap', '--data', data], kms.env), /^Unwrapped: /);
  assert.match(await holdfast(['keys', 'unwrap', '--data', data], kms.env), /not wrapped/);
  await server!.stop();
  kms.behave('denies');
  await start({ HOLDFAST_KMS_KEY_ID: '' });
});

test('a key in the environment is wrapped on stdout, and is the same key', async () => {
  kms.behave('well');
  const plain = await stored();
  const wrapped = await holdfast(['keys', 'wrap', '--data', data], { ...kms.env, HOLDFAST_KEY: plain });
  await server!.stop();
  await start({ HOLDFAST_KEY: wrapped });
});
